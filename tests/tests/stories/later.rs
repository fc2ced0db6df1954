//! Broadcasts, and answers that come later.

use crate::told::{Told, statuses, unit, with_tests};
use eventflow::test_kit::report::Way;
use eventflowc::load::Memory;

const DESK: &str = "system: desk

uses:
  @ticket from \"./ticket.flow\"
  @incident from \"./incident.flow\"
";

const TICKET: &str = "
machine: @ticket

scenario: somebody asks
  on :open from @customer (api) with:
    | topic | string | required |
    $about becomes $topic
    ticket moves to #open
    reply 201

  on :close from @customer (api)
    ticket moves to #closed

  expect:
    = ticket is in #closed

scenario: an outage explains it
  given:
    ticket is in #open
    $about is \"export\"

  on :outage from @incident with:
    | service | string | required |
    ? ticket is in #open
    ? $about equals $service
      ticket moves to #explained
      emit :sorry to @customer with $service

    given:
      $service is \"export\"

  expect:
    = ticket is in #explained
    = @customer received :sorry with service: \"export\"
";

const INCIDENT: &str = "
machine: @incident

scenario: a service fails
  on :declare from @engineer (api) with:
    | service | string | required |
    $broken becomes $service
    emit :outage to all @ticket in #open with $service
    incident moves to #declared
    reply 201

    expect:
      = :outage was emitted with service: \"service\"
      = @ticket received :outage

  expect:
    = incident is in #declared
    = @ticket received :outage with service: $broken
";

fn desk(tests: &str) -> Told {
    let files = Memory::new().with("desk.flow", DESK).with("ticket.flow", TICKET).with("incident.flow", INCIDENT);
    unit("desk.flow", &files.with("desk.test.flow", tests))
}

#[test]
fn a_broadcast_reaches_the_machines_that_are_there() {
    let told = desk(
        "
test: system desk

  for scenario: a service fails
    for :declare:
      no ticket is fine:
        = incident is in #declared
        = ticket is in #idle
        = @ticket received :outage
      a ticket that is open:
        with scenario:
          ticket is in #open
        = ticket is in #open
    for :outage to @ticket:
      an open ticket about it:
        with scenario:
          service: \"export\"
        with given:
          ticket is in #open
          $about is \"export\"
        = ticket is in #explained
        = @customer received :sorry
      another topic:
        with given:
          ticket is in #open
          $about is \"login\"
        = ticket is in #open
  for scenario: somebody asks
    an outage in between:
      after :open
      receive :declare from @engineer to @incident with service: \"topic\"
      = ticket is in #explained
    an outage after it is closed:
      after :close
      receive :declare from @engineer to @incident with service: \"topic\"
      = ticket is in #closed
      = @customer did not receive :sorry
",
    );
    told.all_pass();
    let report = told.passes("an open ticket about it");
    assert_eq!(statuses(&report), ["declare: handled", "outage: handled"]);
    let ways: Vec<Way> = report.exchange.iter().map(|said| said.way).collect();
    assert!(ways.contains(&Way::Broadcast), "{ways:?}");
    let report = told.passes("another topic");
    assert_eq!(statuses(&report), ["declare: handled", "outage: ignored"]);
}

#[test]
fn a_broadcast_that_reaches_nobody_is_told_as_that() {
    let told = desk(
        "
test: system desk

  for scenario: a service fails
    for :outage to @ticket:
      a closed one hears nothing:
        with given:
          ticket is in #closed
        = ticket is in #closed
",
    );
    let failed = told.fails("a closed one hears nothing");
    let actual: Vec<&str> = failed.iter().map(|claim| claim.actual.as_str()).collect();
    assert_eq!(actual, ["it did not happen: no `@ticket` was there that takes what `@incident` sent"]);
    assert_eq!(failed[0].place.text, "for :outage to @ticket:");
}

#[test]
fn who_broadcasts_alone_speaks_to_whoever_is_played() {
    let told = desk(
        "
test: @incident

  for scenario: a service fails
    for :declare:
      alone:
        = @ticket received :outage with service: \"service\"
        = :outage was emitted to @ticket

test: @ticket

  for scenario: an outage explains it
    for :outage:
      about something else:
        with event:
          service: \"login\"
        = ticket is in #open
        = @customer did not receive :sorry
    it comes twice:
      receive :outage from @incident with service: \"login\"
      then :outage from @incident with service: \"export\"
      = ticket is in #explained
",
    );
    told.all_pass();
}

const REPORT: &str = "
machine: @report

scenario: it is written
  on :order from @reader (api) with:
    | topic | string | required |
    $about becomes $topic
    report moves to #ordered
    emit async :write
    reply 202 accepted async for :report_ready with:
      | status | \"working\" |

    expect:
      = reply status is 202
      = reply.status equals \"working\"
      = :report_ready was not emitted

  on :write
    ? there is paper
      write about $about
      report moves to #written
      send callback for :report_ready:
        | topic | $about |
        | pages | 12     |
    otherwise
      report moves to #given_up
      send callback for :report_ready:
        | problem | \"no paper\" |

  expect:
    = report is in #written
    = :report_ready was emitted with topic: \"topic\"
    = :report_ready was emitted to @reader with pages: 12
    = @reader received :report_ready with topic: \"topic\", pages: 12
";

#[test]
fn what_is_promised_comes_later_as_a_callback() {
    let told = with_tests(
        REPORT,
        "
test: @report
  for scenario: it is written
    for :write:
      no paper:
        assume:
          ? there is paper = false
        = report is in #given_up
        = @reader received :report_ready with problem: \"no paper\"
        = write about $about was not called
    it comes once it is written:
      after :order
      = @reader received :report_ready
",
    );
    let report = told.passes("it is written");
    let callbacks: Vec<_> = report.exchange.iter().filter(|said| said.way == Way::Callback).collect();
    let [callback] = callbacks.as_slice() else { panic!("{:#?}", report.exchange) };
    assert_eq!((callback.from.name.as_str(), callback.to.name.as_str()), ("report", "reader"));
    told.passes("no paper");
    told.passes("it comes once it is written");
}

#[test]
fn a_promise_that_is_not_kept_is_found() {
    let told = with_tests(
        REPORT,
        "
test: @report

  for scenario: it is written
    for :order:
      too early:
        = @reader received :report_ready
",
    );
    let failed = told.fails("too early");
    assert_eq!(failed[0].actual, "nothing was emitted to @reader");
}
