//! Any bytes, formatted wherever they have no errors; mutated with the grammar, or few would have none.
#![no_main]

use eventflow_fuzz::mutate::mutate;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|input: &[u8]| eventflow_tests::front_end::formats(input));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(data, size, max_size, seed, fuzzer_mutate)
});
