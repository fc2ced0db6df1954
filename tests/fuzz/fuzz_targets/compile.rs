//! Any bytes, compiled to the end.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| eventflow_tests::front_end::compiles(input));
