//! The hash that names a flow's version in every record: of the whole IR in its serialized form.

use super::System;
use hmac_sha256::Hash;
use std::fmt::Write as _;
use std::io;

/// How many bytes of the digest are kept: enough to tell the versions of one flow apart, and little in every record.
const BYTES: usize = 8;

impl System {
    /// The hash of what the flow means, in hexadecimal digits. The same flow has the same hash on every machine.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut digest = Feed(Hash::new());
        serde_json::to_writer(&mut digest, self).expect("the IR is plain data, and a digest takes everything");
        let mut text = String::with_capacity(2 * BYTES);
        for byte in digest.0.finalize().iter().take(BYTES) {
            write!(text, "{byte:02x}").expect("a string takes everything");
        }
        text
    }
}

/// A digest that a serializer writes into.
struct Feed(Hash);

impl io::Write for Feed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::{System, VERSION};

    fn named(name: &str) -> System {
        System {
            version: VERSION,
            name: name.to_owned(),
            title: name.to_owned(),
            machines: Vec::new(),
            actors: Vec::new(),
            records: Vec::new(),
        }
    }

    #[test]
    fn a_hash_is_that_of_the_meaning() {
        assert_eq!(named("shop").hash(), named("shop").hash());
        assert_ne!(named("shop").hash(), named("stall").hash());
        let hash = named("shop").hash();
        assert_eq!(hash.len(), 16);
        assert!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
    }
}
