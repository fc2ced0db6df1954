//! Every form that a record can have, byte for byte, against files that stay: `tests/golden/NAME.json` holds one record a

#![cfg(feature = "engine")]
//! line. `UPDATE_EXPECT=1` rewrites them; the difference is the review.

use eventflow::dynamic::Sender;
use eventflow::record::{Armed, Emitted, Note, Recipient, Record, Replied, SentBy};
use eventflow::{ConversationId, InstanceId, MessageId, Timestamp};
use std::borrow::Cow;

fn id(number: u8) -> MessageId {
    MessageId::from_bytes([number; 16])
}

fn order() -> InstanceId {
    InstanceId::parse("order", "order-0190a5c2-6f5e-7cc0-8a39-5d2f1b9b8c11").expect("an id")
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("a time")
}

fn customer(subject: Option<&str>) -> Sender {
    Sender::Actor { actor: Cow::Borrowed("customer"), subject: subject.map(str::to_owned) }
}

/// The least that a record can say.
fn plain(seq: u64) -> Record {
    Record {
        seq,
        event: "ping".to_owned(),
        at: at(1_790_000_000_000_001),
        flow: "f1".to_owned(),
        message: id(1),
        from: Sender::Instance(order()),
        conversation: ConversationId::parse("conversation-1").expect("an id"),
        data: "{}".to_owned(),
        state: Vec::new(),
        set: None,
        emits: Vec::new(),
        armed: Vec::new(),
        disarmed: Vec::new(),
        calls: Vec::new(),
        reply: None,
        names: Vec::new(),
        note: None,
    }
}

fn emitted(number: u8, way: SentBy, to: Recipient) -> Emitted {
    Emitted { id: id(number), way, event: "told".to_owned(), to, data: r#"{"n":"1.5"}"#.to_owned() }
}

#[track_caller]
fn golden(name: &str, records: &[Record]) {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let written: String = records.iter().map(|record| record.to_json() + "\n").collect();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &written).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&path).expect("the golden file is there");
    assert_eq!(written, expected, "{path}");
    for (line, record) in expected.lines().zip(records) {
        assert_eq!(Record::from_json(line).as_ref(), Ok(record));
    }
}

#[test]
fn the_envelope() {
    golden("envelope", &[plain(1)]);
}

#[test]
fn senders() {
    let nobody = Sender::Actor { actor: Cow::Borrowed(""), subject: None };
    let named = Sender::Actor { actor: Cow::Borrowed(""), subject: Some("ada".to_owned()) };
    let senders =
        [Sender::Instance(order()), customer(Some("ada \"x\"")), customer(None), named, nobody, Sender::System];
    golden("senders", &senders.map(|from| Record { from, ..plain(2) }));
}

#[test]
fn state_and_variables() {
    golden(
        "state_and_variables",
        &[
            Record { state: vec!["idle".to_owned()], ..plain(1) },
            Record {
                state: vec!["paid".to_owned()],
                set: Some(r#"{"total":"1200.5","email":null,"z":1,"a":2}"#.to_owned()),
                data: r#"{"z":"later","a":"earlier"}"#.to_owned(),
                ..plain(2)
            },
        ],
    );
}

#[test]
fn emits() {
    let machine = Recipient::Machine("payment".to_owned());
    let states = vec!["open".to_owned(), "paid".to_owned()];
    let every = |states| Recipient::Every { machine: "order".to_owned(), states };
    let actor =
        |subject: Option<&str>| Recipient::Actor { actor: "customer".to_owned(), subject: subject.map(str::to_owned) };
    let emits = vec![
        emitted(2, SentBy::Bare, Recipient::Instance(order())),
        emitted(3, SentBy::Async, machine.clone()),
        emitted(4, SentBy::Call, machine),
        emitted(5, SentBy::Broadcast, every(states)),
        emitted(6, SentBy::Broadcast, every(Vec::new())),
        emitted(7, SentBy::Port, actor(None)),
        emitted(8, SentBy::Callback, actor(Some("ada"))),
    ];
    let calls = vec![None, None, Some(r#"{"event":"quoted"}"#.to_owned())];
    golden("emits", &[Record { emits, calls, ..plain(3) }]);
}

#[test]
fn timers() {
    let timer = |number, event: &str| Armed { id: id(number), event: event.to_owned(), due: at(1_790_000_060_000_000) };
    golden(
        "timers",
        &[
            Record { armed: vec![timer(2, "remind"), timer(3, "timer_expired")], ..plain(1) },
            Record { disarmed: vec![id(2)], ..plain(2) },
            Record { armed: vec![timer(4, "remind")], disarmed: vec![id(3)], from: Sender::System, ..plain(3) },
        ],
    );
}

#[test]
fn replies() {
    let reply = |status, body: Option<&str>, promises: Option<&str>| {
        Some(Replied { status, body: body.map(str::to_owned), promises: promises.map(str::to_owned) })
    };
    golden(
        "replies",
        &[
            Record { reply: reply(201, Some(r#"{"id":"A-17","total":"10"}"#), None), ..plain(1) },
            Record { reply: reply(204, None, None), ..plain(2) },
            Record { reply: reply(202, None, Some("report_ready")), ..plain(3) },
        ],
    );
}

#[test]
fn names_and_notes() {
    let note = Note {
        event: "constraint_violated".to_owned(),
        data: r#"{"variable":"retry_count","rule":"between 0 and 5","value":6}"#.to_owned(),
    };
    golden(
        "names_and_notes",
        &[
            Record { names: vec!["INV-1".to_owned()], ..plain(4) },
            Record { note: Some(note), from: customer(Some("ada")), ..plain(5) },
        ],
    );
}

#[test]
fn what_is_no_record_is_refused_with_a_reason() {
    let good = plain(1).to_json();
    let cases = [
        ("", "no JSON object"),
        ("[]", "no JSON object"),
        (&*good.replace(r#""v":1"#, r#""v":2"#), "format 2 is not known"),
        (&*good.replace(r#""seq":1,"#, ""), "`seq` is missing"),
        (&*good.replace(r#":":ping""#, r#":"ping""#), "no event"),
        (&*good.replace(r#""conv":"conversation-1""#, r#""conv":"a b""#), "no id"),
        (&*good.replace(r#""data":{}"#, r#""data":{},"emits":[{"id":"x"}]"#), "in `emits`"),
    ];
    for (text, reason) in cases {
        let error = Record::from_json(text).expect_err(text).to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}
