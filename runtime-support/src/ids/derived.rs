//! Ids that follow from what they name, so that whatever is done again gets the same ones: the engine's part of the ids.

use super::{InstanceId, MessageId};

/// What makes a request from outside the same request when it is sent again.
#[derive(Clone, Copy, Debug)]
pub struct RequestKey<'a> {
    /// As which actor it was sent.
    pub actor: &'a str,
    /// By whom.
    pub subject: &'a str,
    /// The HTTP method, or the like of it.
    pub method: &'a str,
    /// The address, with the instance's id in it.
    pub route: &'a str,
    /// The idempotency key; a fresh random text if the caller gave none.
    pub key: &'a str,
}

impl MessageId {
    /// The message that `command` decided at `index`.
    #[must_use]
    pub fn derive(command: MessageId, index: u64) -> MessageId {
        MessageId::hash("message", &[&command.0, &index.to_be_bytes()])
    }

    /// The command that a request from outside is.
    #[must_use]
    pub fn of_request(request: &RequestKey<'_>) -> MessageId {
        let RequestKey { actor, subject, method, route, key } = *request;
        MessageId::hash("request", &[actor, subject, method, route, key].map(str::as_bytes))
    }

    /// The copy of a broadcast that goes to one instance.
    #[must_use]
    pub fn of_member(broadcast: MessageId, instance: &InstanceId) -> MessageId {
        MessageId::hash("member", &[&broadcast.0, instance.machine().as_bytes(), instance.key().as_bytes()])
    }

    /// The length stands before each part, so that no two lists of parts give the same bytes.
    fn hash(purpose: &str, parts: &[&[u8]]) -> MessageId {
        let mut hash = hmac_sha256::Hash::new();
        for part in core::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        MessageId(id)
    }
}
