//! The flows' own tests with the code of the office behind them.
//!
//! The guide "Testing in Rust" shows these tests.

use crate::desk::{Notices, Office, Operations, Screen, TeamLead};
use crate::flows::support_desk::System;
use crate::flows::support_desk_tests::{self, PLAN, Stage};
use crate::flows::ticket::{self, Answer, Context, State};
use crate::journal::Journal;
use eventflow::test_kit::{Cast, TestHost};
use eventflow::{Json, ManualClock};
use std::sync::Arc;

#[test]
fn the_office_keeps_the_stories_of_the_flows() {
    let journal = Journal::new(Arc::new(ManualClock::default()));
    let office = journal.clone();
    Stage::played().with_ticket(move |_| Office(office.clone())).with_incident(|_| Operations).check_all();
    assert!(journal.lines().iter().any(|line| line.ends_with("to ada@example.com: Page ten is there again.")));
}

#[test]
fn every_call_of_the_code_can_be_looked_at() {
    let cast = Cast::for_trial(&PLAN).expect("the plan was made with this code");
    let journal = Journal::new(Arc::new(ManualClock::default()));
    let system = System {
        ticket: support_desk_tests::ticket::Real::new(&cast, Office(journal.clone())),
        incident: support_desk_tests::incident::Played::new(&cast),
        agent: Screen(journal.clone()),
        customer: Notices(journal.clone()),
        team_lead: TeamLead(journal),
    };
    let desk = system.start(TestHost::new());
    let trial = desk.engine();

    let (contact, topic) = (Some("ada@example.com".to_owned()), Some("The export".to_owned()));
    let context = Context { contact, topic, ..Context::default() };
    let id = trial.place::<ticket::Machine>(State::InHand, &context).expect("the ticket has this state");
    let text = Answer { text: "Page ten is there again.".to_owned() };
    trial.wait(desk.agent().answer(&id, text).subject("grace")).expect("it is handled");

    let calls = cast.calls();
    let [mail] = calls.as_slice() else { panic!("one call is made: {calls:?}") };
    assert_eq!((&*mail.machine, &*mail.sentence), ("ticket", "mail_to"));
    assert_eq!(mail.arguments, [Json::text("Page ten is there again."), Json::text("ada@example.com")]);
}
