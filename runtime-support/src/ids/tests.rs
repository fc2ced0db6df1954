//! Ids: what is one, and that the derived ones are stable.

use proptest::prelude::*;

use super::*;

const UUID: &str = "0190a5c2-6f5e-7cc0-8a39-5d2f1b9b8c11";

#[test]
fn every_way_to_write_an_id_gives_the_same_one() {
    let shown = format!("order-{UUID}");
    for text in [shown.clone(), UUID.to_owned(), format!("@order:{UUID}"), format!("@order:{shown}")] {
        assert_eq!(InstanceId::parse("order", &text).map(|id| id.to_string()), Ok(shown.clone()), "{text}");
    }
    assert_eq!(InstanceId::fresh("order", UUID).key(), shown);
    assert_eq!(InstanceId::parse("order", "@order:A-17").map(|id| id.to_string()), Ok("A-17".to_owned()));
}

#[test]
fn what_is_no_id_is_refused() {
    let long = "x".repeat(MAX_ID_LENGTH + 1);
    for text in ["", ".", "..", "a b", "a/b", "ä", "a\0", "@payment:x", long.as_str()] {
        assert!(InstanceId::parse("order", text).is_err(), "{text}");
        assert!(ConversationId::parse(text).is_err(), "{text}");
    }
    assert!(InstanceId::parse("order", &"x".repeat(MAX_ID_LENGTH)).is_ok());
    assert!(ConversationId::parse("...").is_ok());
}

#[test]
fn a_refused_id_is_shown_short_and_escaped() {
    let message = InstanceId::parse("order", &"\u{1b}".repeat(1_000_000)).expect_err("control characters").to_string();
    assert!(message.len() < 2_000 && !message.contains('\u{1b}'), "{message}");
}

/// These bytes are in every record, so that they must never change.
#[test]
fn derived_ids_are_pinned() {
    let request = RequestKey { actor: "customer", subject: "ada", method: "POST", route: "/order/checkout", key: "k1" };
    let command = MessageId::of_request(&request);
    assert_eq!(command.to_string(), "xp65ntw5df3xejs74ish46qnii");
    assert_eq!(MessageId::derive(command, 0).to_string(), "bjbvrl4g7z45aju2rxum6t7egu");
    assert_eq!(MessageId::derive(command, 1).to_string(), "4os5iapc7i7y655rv7k4oohvki");
}

#[test]
fn parts_cannot_run_into_each_other() {
    let request = |subject, route| RequestKey { actor: "a", subject, method: "POST", route, key: "" };
    assert_ne!(MessageId::of_request(&request("ab", "c")), MessageId::of_request(&request("a", "bc")));
}

#[test]
fn text_that_is_no_message_id_is_refused() {
    let valid = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert!(valid.parse::<MessageId>().is_ok());
    for text in [
        "",
        "aaaaaaaaaaaaaaaaaaaaaaaaa",
        "aaaaaaaaaaaaaaaaaaaaaaaaab",
        "Aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "1aaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        assert!(text.parse::<MessageId>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn message_ids_come_back_from_their_text(bytes: [u8; 16]) {
        let id = MessageId::from_bytes(bytes);
        prop_assert_eq!(id.to_string().parse::<MessageId>(), Ok(id));
    }
}
