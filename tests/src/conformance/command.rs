//! The commands of a script.

use eventflow::Duration;
use eventflow::Json;

/// One command.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command {
    /// `ACTOR [SUBJECT] sends :EVENT to @MACHINE [NUMBER|ID] [in NUMBER] [key KEY] [with JSON]`; `somebody`: no actor
    Send(Send),
    /// `work`: everything that is due
    Work,
    /// `wait 15 minutes`
    Wait(Duration),
    /// `code NAME: …`: what the user's code does from now on
    Code(String, Answer),
    /// `@ACTOR hears :EVENT: …`: what an external actor answers from now on
    Port(String, String, Answer),
    /// `keys`: from now on what is asked of code is noted with the key of the call
    Keys,
    /// `look`: every instance: its state and its context
    Look,
    /// `records`: every record, oldest first
    Records,
    /// `versions`: every record, and which flow it says has decided it
    Versions,
    /// `dead`: the dead letters
    Dead,
    /// `retry`: gives all dead letters another try
    Retry,
    /// `status NUMBER`: what became of a request, by the number of its answer
    Status(usize),
}

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Send {
    pub(super) actor: Option<String>,
    pub(super) subject: String,
    pub(super) event: String,
    pub(super) machine: String,
    pub(super) to: Option<To>,
    pub(super) conversation: Option<usize>,
    pub(super) key: Option<String>,
    pub(super) data: String,
}

/// To which instance.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum To {
    /// The nth instance of the machine that an answer told of.
    Number(usize),
    /// The one of this id.
    Id(String),
}

/// What code or an actor does when asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// It gives a value.
    Value(Json),
    /// It fails with this error.
    Fails(String),
    /// It panics with this message.
    Panics(String),
    /// It sets the variables that actions may set, in the order of the context.
    Sets(Vec<Json>),
}

/// The command that a line is.
pub(super) fn command(line: &str) -> Result<Command, String> {
    let wrong = || format!("`{line}` is no command of a script");
    let command = match line.split_once(' ') {
        None => match line {
            "work" => Command::Work,
            "keys" => Command::Keys,
            "look" => Command::Look,
            "records" => Command::Records,
            "versions" => Command::Versions,
            "dead" => Command::Dead,
            "retry" => Command::Retry,
            _ => return Err(wrong()),
        },
        Some(("wait", span)) => Command::Wait(duration(span).ok_or_else(wrong)?),
        Some(("status", number)) => Command::Status(number.parse().map_err(|_| wrong())?),
        Some(("code", rest)) => {
            let (name, does) = rest.split_once(": ").ok_or_else(wrong)?;
            Command::Code(name.to_owned(), answer(does)?)
        }
        Some((actor, rest)) => match (actor.strip_prefix('@'), rest.strip_prefix("hears :")) {
            (Some(actor), Some(rest)) => {
                let (event, does) = rest.split_once(": ").ok_or_else(wrong)?;
                Command::Port(actor.to_owned(), event.to_owned(), answer(does)?)
            }
            _ => Command::Send(send(line).ok_or_else(wrong)?),
        },
    };
    Ok(command)
}

fn answer(text: &str) -> Result<Answer, String> {
    let json = |text: &str| text.parse::<Json>().map_err(|error| format!("`{text}`: {error}"));
    if let Some(error) = text.strip_prefix("fails ") {
        return Ok(Answer::Fails(error.to_owned()));
    }
    if let Some(message) = text.strip_prefix("panics ") {
        return Ok(Answer::Panics(message.to_owned()));
    }
    match text.strip_prefix("sets ").map(json).transpose()? {
        Some(Json::List(values)) => Ok(Answer::Sets(values)),
        Some(other) => Ok(Answer::Sets(vec![other])),
        None => Ok(Answer::Value(json(text)?)),
    }
}

fn send(line: &str) -> Option<Send> {
    let (sender, rest) = line.split_once(" sends :")?;
    let (rest, data) = rest.split_once(" with ").unwrap_or((rest, "{}"));
    let (actor, subject) = sender.split_once(' ').unwrap_or((sender, "ada"));
    let mut words = rest.split(' ');
    let event = words.next()?.to_owned();
    let machine = words.next().filter(|word| *word == "to").and(words.next())?.strip_prefix('@')?.to_owned();
    let mut send = Send {
        actor: Some(actor.to_owned()).filter(|actor| actor != "somebody"),
        subject: subject.to_owned(),
        event,
        machine,
        to: None,
        conversation: None,
        key: None,
        data: data.to_owned(),
    };
    while let Some(word) = words.next() {
        match word {
            "in" => send.conversation = Some(words.next()?.parse().ok()?),
            "key" => send.key = Some(words.next()?.to_owned()),
            id => send.to = Some(id.parse().map_or_else(|_| To::Id(id.to_owned()), To::Number)),
        }
    }
    Some(send)
}

fn duration(text: &str) -> Option<Duration> {
    let (amount, unit) = text.split_once(' ')?;
    let seconds = match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return None,
    };
    Some(Duration::from_seconds(amount.parse::<i64>().ok()?.checked_mul(seconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read() {
        let read = command("customer eve sends :pay to @order 2 in 1 key k with {\"a\": 1}");
        let Ok(Command::Send(send)) = read else { panic!("{read:?}") };
        assert_eq!((send.actor.as_deref(), send.subject.as_str()), (Some("customer"), "eve"));
        assert_eq!((send.to, send.conversation, send.key.as_deref()), (Some(To::Number(2)), Some(1), Some("k")));
        assert_eq!(send.data, "{\"a\": 1}");
    }

    #[test]
    fn what_is_no_command_is_told() {
        assert_eq!(command("dance"), Err("`dance` is no command of a script".to_owned()));
        assert!(command("customer sends pay to @order").is_err());
        assert!(command("wait long").is_err());
    }
}
