//! Reads a record of any version of the format.
//!
//! Parts that the envelope does not interpret are cut out of the text as they stand, so that writing the record again
//! gives the same bytes.

use super::{Armed, Emitted, FORMAT, Note, Recipient, Record, Replied, SentBy};
use crate::dynamic::Sender;
use crate::ids::{ConversationId, InstanceId};
use crate::timestamp::Timestamp;
use core::fmt;
use core::str::FromStr;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A text that is no record, or one of a version that this runtime does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    what: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl core::error::Error for ReadError {}

impl Record {
    /// The record that a text holds.
    ///
    /// # Errors
    /// If the text is no record, or one of a later version of the format.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        let envelope = Members::of(text)?;
        let version: i64 = envelope.parsed("v")?;
        if version != FORMAT {
            return Err(error(format!("format {version} is not known; this runtime reads format {FORMAT}")));
        }
        let timers = envelope.optional("timers", Members::of)?.unwrap_or_default();
        Ok(Self {
            seq: envelope.parsed("seq")?,
            event: envelope.event("type")?,
            at: timestamp(envelope.raw("at")?)?,
            flow: envelope.text("flow")?,
            message: envelope.parsed_text("msg")?,
            from: envelope.sender("from")?,
            conversation: conversation(&envelope.text("conv")?)?,
            data: envelope.raw("data")?.to_owned(),
            state: envelope.list("state", text_of)?,
            set: envelope.optional("set", own)?,
            emits: envelope.list("emits", emitted)?,
            armed: timers.list("armed", armed)?,
            disarmed: timers.list("disarmed", |raw| parse_text(&text_of(raw)?))?,
            calls: envelope.list("calls", |raw| Ok((raw != "null").then(|| raw.to_owned())))?,
            reply: envelope.optional("reply", replied)?,
            names: envelope.list("names", text_of)?,
            note: envelope.optional("note", note)?,
        })
    }
}

fn emitted(raw: &str) -> Result<Emitted, ReadError> {
    let members = Members::of(raw)?;
    let way = members.text("way")?;
    let known = SentBy::ALL.into_iter().find(|known| known.word() == way);
    Ok(Emitted {
        id: members.parsed_text("id")?,
        way: known.ok_or_else(|| error(format!("`{way}` is no way of sending")))?,
        event: members.event("event")?,
        to: recipient(members.raw("to")?)?,
        data: members.raw("data")?.to_owned(),
    })
}

fn recipient(raw: &str) -> Result<Recipient, ReadError> {
    let members = Members::of(raw)?;
    if members.has("actor") {
        return Ok(Recipient::Actor { actor: members.text("actor")?, subject: members.optional("subject", text_of)? });
    }
    let machine = members.text("machine")?;
    if members.has("id") {
        return Ok(Recipient::Instance(instance(&machine, &members.text("id")?)?));
    }
    if members.has("states") {
        return Ok(Recipient::Every { machine, states: members.list("states", text_of)? });
    }
    Ok(Recipient::Machine(machine))
}

pub(crate) fn armed(raw: &str) -> Result<Armed, ReadError> {
    let members = Members::of(raw)?;
    let (id, event) = (members.parsed_text("id")?, members.event("event")?);
    Ok(Armed { id, event, due: timestamp(members.raw("due")?)? })
}

fn replied(raw: &str) -> Result<Replied, ReadError> {
    let members = Members::of(raw)?;
    let promises = members.optional("promises", |raw| event_name(&text_of(raw)?))?;
    Ok(Replied { status: members.parsed("status")?, body: members.optional("body", own)?, promises })
}

fn note(raw: &str) -> Result<Note, ReadError> {
    let members = Members::of(raw)?;
    Ok(Note { event: members.event("event")?, data: members.raw("data")?.to_owned() })
}

/// The members of an object, each as it stands in the text.
#[derive(Default)]
pub(crate) struct Members<'a>(BTreeMap<Cow<'a, str>, &'a RawValue>);

impl<'a> Members<'a> {
    pub(crate) fn of(text: &'a str) -> Result<Self, ReadError> {
        serde_json::from_str(text).map(Self).map_err(|cause| error(format!("no JSON object: {cause}")))
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub(crate) fn raw(&self, key: &str) -> Result<&'a str, ReadError> {
        self.0.get(key).map(|raw| raw.get()).ok_or_else(|| error(format!("`{key}` is missing")))
    }

    pub(crate) fn optional<T>(
        &self,
        key: &str,
        read: impl FnOnce(&'a str) -> Result<T, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        self.0.get(key).map(|raw| read(raw.get())).transpose().map_err(|cause| cause.within(key))
    }

    pub(crate) fn text(&self, key: &str) -> Result<String, ReadError> {
        text_of(self.raw(key)?).map_err(|cause| cause.within(key))
    }

    pub(crate) fn event(&self, key: &str) -> Result<String, ReadError> {
        event_name(&self.text(key)?).map_err(|cause| cause.within(key))
    }

    /// A number or a truth value.
    pub(crate) fn parsed<T: FromStr>(&self, key: &str) -> Result<T, ReadError> {
        self.raw(key)?.parse().map_err(|_| error(format!("`{key}` has a value that does not fit it")))
    }

    /// A text that means something.
    pub(crate) fn parsed_text<T: FromStr>(&self, key: &str) -> Result<T, ReadError> {
        parse_text(&self.text(key)?).map_err(|cause| cause.within(key))
    }

    pub(crate) fn list<T>(
        &self,
        key: &str,
        mut read: impl FnMut(&'a str) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        let Some(raw) = self.0.get(key) else { return Ok(Vec::new()) };
        let items: Vec<&'a RawValue> =
            serde_json::from_str(raw.get()).map_err(|cause| error(format!("`{key}` is no array: {cause}")))?;
        items.into_iter().map(|item| read(item.get())).collect::<Result<_, _>>().map_err(|cause| cause.within(key))
    }

    pub(crate) fn sender(&self, key: &str) -> Result<Sender, ReadError> {
        let nobody = Sender::Actor { actor: Cow::Borrowed(""), subject: None };
        Ok(self.optional(key, sender)?.unwrap_or(nobody))
    }
}

fn sender(raw: &str) -> Result<Sender, ReadError> {
    let members = Members::of(raw)?;
    if members.has("machine") {
        return Ok(Sender::Instance(instance(&members.text("machine")?, &members.text("id")?)?));
    }
    let actor = members.optional("actor", text_of)?.unwrap_or_default();
    let subject = members.optional("subject", text_of)?;
    if actor == "system" && subject.is_none() {
        return Ok(Sender::System);
    }
    Ok(Sender::Actor { actor: actor.into(), subject })
}

/// The instance that a `{machine, id}` means.
pub(crate) fn instance_of(raw: &str) -> Result<InstanceId, ReadError> {
    let members = Members::of(raw)?;
    instance(&members.text("machine")?, &members.text("id")?)
}

fn instance(machine: &str, key: &str) -> Result<InstanceId, ReadError> {
    InstanceId::parse(machine, key).map_err(|cause| error(cause.to_string()))
}

pub(crate) fn conversation(text: &str) -> Result<ConversationId, ReadError> {
    ConversationId::parse(text).map_err(|cause| error(cause.to_string()))
}

pub(crate) fn timestamp(raw: &str) -> Result<Timestamp, ReadError> {
    let micros = raw.parse().ok().and_then(Timestamp::from_micros);
    micros.ok_or_else(|| error(format!("`{raw:.40}` is no time in microseconds")))
}

pub(crate) fn text_of(raw: &str) -> Result<String, ReadError> {
    serde_json::from_str(raw).map_err(|cause| error(format!("no string: {cause}")))
}

fn own(raw: &str) -> Result<String, ReadError> {
    Ok(raw.to_owned())
}

fn parse_text<T: FromStr>(text: &str) -> Result<T, ReadError> {
    text.parse().map_err(|_| error(format!("`{text:.40}` does not fit its place")))
}

fn event_name(text: &str) -> Result<String, ReadError> {
    text.strip_prefix(':').map(str::to_owned).ok_or_else(|| error(format!("`{text:.40}` is no event: it has no `:`")))
}

fn error(what: String) -> ReadError {
    ReadError { what }
}

impl ReadError {
    /// An error of the engine's own bodies, which are read with the same means.
    pub(crate) fn new(what: String) -> Self {
        Self { what }
    }

    fn within(self, key: &str) -> Self {
        Self { what: format!("in `{key}`: {}", self.what) }
    }
}
