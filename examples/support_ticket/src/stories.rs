//! The flows' own tests with the code of the office behind them.
//!
//! The guide "Testing in Rust" shows this test.

use crate::desk::{Office, Operations};
use crate::flows::support_desk_tests::Stage;
use crate::journal::Journal;
use eventflow::ManualClock;
use std::sync::Arc;

#[test]
fn the_office_keeps_the_stories_of_the_flows() {
    let journal = Journal::new(Arc::new(ManualClock::default()));
    let office = journal.clone();
    Stage::played().with_ticket(move |_| Office(office.clone())).with_incident(|_| Operations).check_all();
    assert!(journal.lines().iter().any(|line| line.ends_with("to ada@example.com: Page ten is there again.")));
}
