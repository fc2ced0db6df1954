//! Names of things that outlive a process: instances, messages, conversations, timers.

#[cfg(feature = "engine")]
mod derived;

#[cfg(feature = "engine")]
pub use self::derived::RequestKey;

use core::fmt;
use core::str::FromStr;
use std::sync::Arc;

/// An id of an instance or a conversation may hold so many characters.
pub const MAX_ID_LENGTH: usize = 128;

/// Which instance of which machine.
///
/// The key is the id as the outside sees it: `<machine>-<uuid>` where the runtime chose it, else what the flow assigned.
///
/// ```
/// use eventflow::InstanceId;
///
/// let id = InstanceId::parse("order", "@order:0190a5c2-6f5e-7cc0-8a39-5d2f1b9b8c11")?;
/// assert_eq!(id.to_string(), "order-0190a5c2-6f5e-7cc0-8a39-5d2f1b9b8c11");
/// assert_eq!(InstanceId::parse("order", "A-17")?.key(), "A-17");
/// # Ok::<(), eventflow::InvalidId>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId {
    machine: Arc<str>,
    key: Arc<str>,
}

impl InstanceId {
    /// The id of a new instance of `machine`, from a fresh uuid.
    #[must_use]
    pub fn fresh(machine: &str, uuid: &str) -> InstanceId {
        InstanceId { machine: machine.into(), key: format!("{machine}-{uuid}").into() }
    }

    /// Reads an id of `machine` as anybody may write it: `@order:ID`, `order-UUID`, the UUID alone, or an id that the
    /// flow assigned.
    ///
    /// # Errors
    /// If the id has a character that ids cannot have, none at all, or too many.
    pub fn parse(machine: &str, text: &str) -> Result<InstanceId, InvalidId> {
        let addressed = text.strip_prefix('@').and_then(|rest| rest.strip_prefix(machine)?.strip_prefix(':'));
        let text = addressed.unwrap_or(text);
        let key = if is_uuid(text) { format!("{machine}-{text}").into() } else { Arc::from(text) };
        check_id(&key)?;
        Ok(InstanceId { machine: machine.into(), key })
    }

    /// The machine's name.
    #[must_use]
    pub fn machine(&self) -> &str {
        &self.machine
    }

    /// The id without the machine that it belongs to, as replies and addresses show it.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)
    }
}

impl fmt::Debug for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}:{}", self.machine, self.key)
    }
}

/// A text that is no id: ids have 1 to 128 of `A-Z a-z 0-9 . _ ~ -` and are neither `.` nor `..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    text: String,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no id: an id has 1 to 128 of the characters A-Z a-z 0-9 . _ ~ -", self.text)
    }
}

impl core::error::Error for InvalidId {}

fn check_id(text: &str) -> Result<(), InvalidId> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'-');
    let right_length = (1..=MAX_ID_LENGTH).contains(&text.len());
    if right_length && text.bytes().all(allowed) && text != "." && text != ".." {
        return Ok(());
    }
    // Shown shortened: the text may be megabytes, and come from anybody.
    Err(InvalidId { text: text.chars().take(MAX_ID_LENGTH).flat_map(char::escape_debug).collect() })
}

fn is_uuid(text: &str) -> bool {
    let hyphen_at = |place: usize| matches!(place, 8 | 13 | 18 | 23);
    text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(place, byte)| if hyphen_at(place) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// Which conversation a message belongs to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(Arc<str>);

impl ConversationId {
    /// Reads an id.
    ///
    /// # Errors
    /// If the id has a character that ids cannot have, none at all, or too many.
    pub fn parse(text: &str) -> Result<ConversationId, InvalidId> {
        check_id(text)?;
        Ok(ConversationId(text.into()))
    }

    /// The conversation that a command opens; the same one if the command is decided again.
    #[must_use]
    pub fn opened_by(command: MessageId) -> ConversationId {
        ConversationId(command.to_string().into())
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which message: a hash of the command that caused it and of its place among what that command decided.
///
/// A command that is decided again gives the same ids, so that nothing can be enqueued twice. The text is base32 in
/// lower case, 26 characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId([u8; 16]);

/// Which command a commit carries out: the message that is handled, or the request from outside.
pub type CommandId = MessageId;

impl MessageId {
    /// The 128 bits.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The id with these 128 bits.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> MessageId {
        MessageId(bytes)
    }
}

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const BASE32_LENGTH: usize = 26;

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = u128::from_be_bytes(self.0);
        // 26 digits of 5 bits are 130: the last one holds 3 bits and two zeros.
        let digit = |place: usize| {
            let group = if place == BASE32_LENGTH - 1 { bits << 2 } else { bits >> (123 - 5 * place) };
            char::from(BASE32[(group & 31) as usize])
        };
        f.write_str(&(0..BASE32_LENGTH).map(digit).collect::<String>())
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for MessageId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<MessageId, InvalidId> {
        let digit = |byte: u8| BASE32.iter().position(|known| *known == byte).map(|digit| digit as u128);
        let invalid = || InvalidId { text: text.chars().take(MAX_ID_LENGTH).flat_map(char::escape_debug).collect() };
        if text.len() != BASE32_LENGTH {
            return Err(invalid());
        }
        let digits: Vec<u128> = text.bytes().map(digit).collect::<Option<_>>().ok_or_else(invalid)?;
        let (last, leading) = digits.split_last().ok_or_else(invalid)?;
        if last & 3 != 0 {
            return Err(invalid());
        }
        let bits = leading.iter().fold(0, |bits, digit| bits << 5 | digit) << 3 | last >> 2;
        Ok(MessageId(bits.to_be_bytes()))
    }
}

/// Which arming of a timer: the place of the statement among what its turn decided, hashed like a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId(MessageId);

impl TimerId {
    /// The message that the timer sends when it fires.
    #[must_use]
    pub const fn message(self) -> MessageId {
        self.0
    }
}

impl From<MessageId> for TimerId {
    fn from(message: MessageId) -> TimerId {
        TimerId(message)
    }
}

impl fmt::Display for TimerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for TimerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(all(test, feature = "engine"))]
mod tests;
