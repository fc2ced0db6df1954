//! The desk on a stage: real code behind its sentences, in memory, with a clock that the tests move.
//!
//! The guide "Testing in Rust" shows these tests.

use eventflow::request::Status;
use eventflow::test_kit::{TestHost, Trial};
use eventflow::{Duration, Json, ManualClock};
use std::sync::Arc;
use support_ticket::desk::{Notices, Office, Operations, Screen, TeamLead};
use support_ticket::flows::support_desk::{Running, System};
use support_ticket::flows::ticket::{self, Answer, Context, Open, Reply, State};
use support_ticket::journal::Journal;

fn desk(host: TestHost) -> (Running<Trial>, Journal) {
    let journal = Journal::new(Arc::new(ManualClock::default()));
    let system = System {
        ticket: Office(journal.clone()),
        incident: Operations,
        agent: Screen(journal.clone()),
        customer: Notices(journal.clone()),
        team_lead: TeamLead(journal.clone()),
    };
    (system.start(host), journal)
}

fn question(urgency: &str) -> Open {
    Open {
        email: "ada@example.com".to_owned(),
        subject: "The export ends at page nine".to_owned(),
        urgency: urgency.to_owned(),
        attachments: None,
    }
}

#[test]
fn the_team_lead_hears_of_an_urgent_question_after_an_hour() {
    let (desk, _) = desk(TestHost::new());
    let trial = desk.engine();

    let opened = trial.wait(desk.customer().open(question("urgent")).subject("ada")).expect("a good form");
    assert_eq!(opened.status, Status::Created);
    let id = opened.instance.expect("a ticket");
    let due = &trial.timers(&id).expect("the ticket can be read")[0];
    assert_eq!((&*due.event, due.due.since(trial.now())), ("answer_due", Duration::from_hours(1)));

    trial.advance(Duration::from_minutes(59)).expect("the desk comes to rest");
    assert!(trial.received("team_lead", "answer_is_late").is_empty());
    trial.advance(Duration::from_minutes(1)).expect("the desk comes to rest");
    let heard = trial.received("team_lead", "answer_is_late");
    assert_eq!(heard[0].get("reminders"), Some(&Json::from(1)));
}

#[test]
fn the_fourth_answer_becomes_a_call() {
    let (desk, journal) = desk(TestHost::new());
    let trial = desk.engine();

    let context = Context { contact: Some("ada@example.com".to_owned()), answers: Some(3), ..Context::default() };
    let id = trial.place::<ticket::Machine>(State::InHand, &context).expect("the ticket has this state");
    let text = Answer { text: "Page ten is there again.".to_owned() };
    let answered = trial.wait(desk.agent().answer(&id, text).subject("grace")).expect("it is handled");

    assert!(matches!(answered.reply, Some(Reply::ConstraintViolatedConflict(_))));
    assert_eq!(trial.transitions(&id), ["in_hand", "on_the_phone"]);
    trial.settle().expect("the desk comes to rest");
    assert!(journal.lines().iter().any(|line| line.ends_with("please call 555 0101")));
    assert!(journal.lines().iter().all(|line| !line.contains("mail")), "the fourth answer is not kept");
}

#[test]
fn a_ticket_alone_hears_of_an_outage_that_the_test_declares() {
    let (desk, _) = desk(TestHost::new().alone("ticket"));
    let trial = desk.engine();

    let opened = trial.wait(desk.customer().open(question("normal"))).expect("a good form");
    let id = opened.instance.expect("a ticket");
    let service = Json::object([("service", Json::text("export"))]);
    trial.say_as("incident", &id, "outage_declared", &service).expect("tickets hear of outages");

    let shown = trial.wait(desk.ticket(&id)).expect("there is such a ticket");
    assert_eq!(shown.state, State::Explained);
    assert_eq!(shown.context.explanation.as_deref(), Some("export"));
    assert_eq!(trial.received("customer", "known_problem"), [service]);
    assert!(trial.timers(&id).expect("the ticket can be read").is_empty(), "nobody needs to answer");
}

#[test]
fn a_history_is_text_that_stays_the_same() {
    let (desk, _) = desk(TestHost::new());
    let trial = desk.engine();

    let opened = trial.wait(desk.customer().open(question("normal")).subject("ada")).expect("a good form");
    let id = opened.instance.expect("a ticket");
    let take = ticket::Take { name: "Grace".to_owned() };
    trial.wait(desk.agent().take(&id, take).subject("grace")).expect("it is open");

    let written = "\
@ticket 1 :open from @customer (ada) {\"email\":\"ada@example.com\",\"subject\":\"The export ends at page nine\",\"urgency\":\"normal\"} -> #open
  sets {\"contact\":\"ada@example.com\",\"topic\":\"The export ends at page nine\",\"files\":null,\"reminders\":0,\"patience\":28800000000}
  schedules :answer_due for 2026-01-01T17:00:00.000000Z
  replies 201 {\"id\":\"ticket 1\",\"status\":\"open\",\"topic\":\"The export ends at page nine\"}
@ticket 1 :take from @agent (grace) {\"name\":\"Grace\"} -> #in_hand
  sets {\"agent\":\"Grace\"}
  port :taken to @customer {\"agent\":\"Grace\"}
  replies 200 {\"id\":\"ticket 1\",\"status\":\"in_hand\",\"topic\":\"The export ends at page nine\"}
";
    assert_eq!(trial.transcript(), written);
}
