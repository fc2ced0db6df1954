//! The hash that names a flow's version in every record: of the whole IR in its serialized form.

use super::System;
use crate::digest::Digest;

/// How many bytes of the digest are kept: enough to tell the versions of one flow apart, and little in every record.
const BYTES: usize = 8;

impl System {
    /// The hash of what the flow means, in hexadecimal digits. The same flow has the same hash on every machine.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut digest = Digest::new();
        serde_json::to_writer(&mut digest, self).expect("the IR is plain data, and a digest takes everything");
        digest.hexadecimal(BYTES)
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
