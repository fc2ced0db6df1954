//! SHA-256 of what is written into it, in hexadecimal digits.

use hmac_sha256::Hash;
use std::fmt::Write as _;
use std::io;

/// A digest in the making: a serializer may write into it.
#[derive(Clone)]
pub(crate) struct Digest(Hash);

impl Digest {
    /// Of nothing yet.
    pub(crate) fn new() -> Self {
        Self(Hash::new())
    }

    /// Of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut digest = Self::new();
        digest.0.update(bytes);
        digest
    }

    /// Adds a text so that two texts never read like two others: with its length before it.
    pub(crate) fn text(&mut self, text: &str) {
        self.0.update(text.len().to_le_bytes());
        self.0.update(text);
    }

    /// The first `bytes` of the digest, two digits each.
    pub(crate) fn hexadecimal(self, bytes: usize) -> String {
        let mut text = String::with_capacity(2 * bytes);
        for byte in self.0.finalize().iter().take(bytes) {
            write!(text, "{byte:02x}").expect("a string takes everything");
        }
        text
    }
}

impl io::Write for Digest {
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
    use super::*;

    #[test]
    fn a_digest_tells_where_one_text_ends() {
        let of = |texts: &[&str]| {
            let mut digest = Digest::new();
            texts.iter().for_each(|text| digest.text(text));
            digest.hexadecimal(32)
        };
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").hexadecimal(32), empty);
        assert_eq!(Digest::of(b"").hexadecimal(4), empty[..8]);
    }
}
