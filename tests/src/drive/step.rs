//! What happens to a system from outside, step by step, as data and as a line of text.
//!
//! Instances are told apart by when an answer first told of them, so that a sequence keeps its meaning in a system that
//! names or numbers them otherwise.

use eventflow::Json;
use std::fmt;
use std::str::FromStr;

/// One step of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A request.
    Send(Sent),
    /// The last request that had a key, once more.
    Again,
    /// Time passes: so many seconds.
    Wait(i64),
    /// The dead letter at this place of the list is tried again.
    Retry(usize),
    /// The process ends and another one goes on with the store.
    Restart,
}

/// A request, as a step says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The machine.
    pub machine: String,
    /// The event.
    pub event: String,
    /// The actor as whom it is sent, by name.
    pub actor: Option<String>,
    /// The instance it goes to, by its place among those that answers told of.
    pub to: Option<usize>,
    /// Whether it goes on with the conversation of the last answer.
    pub joins: bool,
    /// Its idempotency key.
    pub key: Option<String>,
    /// The payload.
    pub data: Json,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(sent) => write!(f, "{sent}"),
            Self::Again => f.write_str("again"),
            Self::Wait(seconds) => write!(f, "wait {seconds}"),
            Self::Retry(place) => write!(f, "retry {place}"),
            Self::Restart => f.write_str("restart"),
        }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "send :{} to @{}", self.event, self.machine)?;
        if let Some(place) = self.to {
            write!(f, " #{place}")?;
        }
        if let Some(actor) = &self.actor {
            write!(f, " from @{actor}")?;
        }
        if let Some(key) = &self.key {
            write!(f, " key {key}")?;
        }
        if self.joins {
            f.write_str(" joining")?;
        }
        write!(f, " {}", self.data)
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let number = || rest.parse::<usize>().map_err(|error| format!("`{line}`: {error}"));
        match word {
            "send" => sent(rest).map(Self::Send).ok_or_else(|| format!("`{line}` is no request")),
            "again" => Ok(Self::Again),
            "wait" => rest.parse().map(Self::Wait).map_err(|error| format!("`{line}`: {error}")),
            "retry" => number().map(Self::Retry),
            "restart" => Ok(Self::Restart),
            _ => Err(format!("`{line}` is no step")),
        }
    }
}

fn sent(text: &str) -> Option<Sent> {
    let (head, data) = text.split_at(text.find(" {")?);
    let data = data.trim().parse().ok()?;
    let mut sent =
        Sent { machine: String::new(), event: String::new(), actor: None, to: None, joins: false, key: None, data };
    let mut words = head.split(' ');
    while let Some(word) = words.next() {
        match word.split_at_checked(1)? {
            (":", event) => sent.event = event.to_owned(),
            ("#", place) => sent.to = Some(place.parse().ok()?),
            _ => match word {
                "to" => sent.machine = words.next()?.strip_prefix('@')?.to_owned(),
                "from" => sent.actor = Some(words.next()?.strip_prefix('@')?.to_owned()),
                "key" => sent.key = Some(words.next()?.to_owned()),
                "joining" => sent.joins = true,
                _ => return None,
            },
        }
    }
    Some(sent)
}

/// Reads the steps of a sequence, one a line.
///
/// # Errors
/// If a line is no step.
pub fn read(text: &str) -> Result<Vec<Step>, String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::{Step, read};

    #[test]
    fn steps_read_as_they_are_written() {
        let lines = "send :begin to @order {}\n\
            send :pay to @order #2 from @customer key key-7 joining {\"amount\":\"2.5\",\"note\":\"a {b\"}\n\
            again\nwait 60\nretry 0\nrestart\n";
        let steps = read(lines).expect("steps");
        assert_eq!(steps.iter().map(|step| format!("{step}\n")).collect::<String>(), lines);
        let Step::Send(sent) = &steps[1] else { panic!("a request: {steps:?}") };
        assert_eq!((sent.to, sent.joins, sent.key.as_deref()), (Some(2), true, Some("key-7")));
        assert!(read("sned :a to @b {}").is_err());
    }
}
