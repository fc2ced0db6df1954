//! A digest of everything that rendering reads: two plans with one fingerprint give the same text.

use super::Plan;
use crate::digest::Digest;

/// How many bytes of the digest are kept: two plans that differ never share them.
const BYTES: usize = 32;

impl Plan<'_> {
    /// The fingerprint of this plan, in hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        const PLAIN: &str = "the plan and the IR are plain data, and a digest takes everything";
        let mut digest = Digest::new();
        serde_json::to_writer(&mut digest, self).expect(PLAIN);
        serde_json::to_writer(&mut digest, self.system).expect(PLAIN);
        for place in &self.places {
            digest.text(&place.text);
            digest.text(&place.at);
        }
        digest.hexadecimal(BYTES)
    }
}
