//! Plays the Monday and looks at what was said and at what became of each ticket.

use eventflow::BoxError;
use eventflow::runtime::block_on;
use support_ticket::day::Day;
use support_ticket::flows::ticket::{Context, State};
use support_ticket::monday;

/// A Monday, seen in the evening.
struct Evening {
    journal: Vec<String>,
    /// How the tickets stand, in the order in which they were opened.
    tickets: Vec<(State, Context)>,
}

fn monday() -> Result<Evening, BoxError> {
    block_on(async {
        let day = Day::begin()?;
        let mut tickets = Vec::new();
        for id in monday::play(&day).await? {
            tickets.push(day.ticket(&id).await?);
        }
        Ok(Evening { journal: day.journal.lines(), tickets })
    })
}

#[test]
fn every_ticket_ends_where_its_story_says() {
    let Evening { tickets, .. } = monday().expect("the desk works");
    let states: Vec<State> = tickets.iter().map(|(state, _)| *state).collect();
    assert_eq!(states, [State::OnThePhone, State::Closed, State::Closed, State::OnThePhone]);
    let contexts: Vec<Context> = tickets.into_iter().map(|(_, ticket)| ticket).collect();
    let [ada, joan, edsger, kurt] = contexts.as_slice() else { panic!("four tickets") };
    assert_eq!((ada.answers, ada.number.as_deref()), (Some(3), Some("555 0101")), "the fourth answer is not kept");
    assert_eq!(ada.questions.as_ref().map(Vec::len), Some(3));
    assert_eq!((joan.explanation.as_deref(), joan.reminders, joan.rating), (Some("login"), Some(1), Some(4)));
    assert_eq!(edsger.patience, Some(eventflow::Duration::from_hours(1)), "the contract promises an hour");
    assert_eq!((kurt.answers, kurt.rating), (Some(1), None));
}

#[test]
fn the_right_people_hear_of_it_at_the_right_time() {
    let Evening { journal: lines, .. } = monday().expect("the desk works");
    for line in [
        "08:40  office      Grace, what went wrong there?",
        "09:05  team lead   reminder 1: nobody has answered `Nobody here can log in`",
        "09:10  notice      login is down, and we are at it",
        "10:30  notice      login works again, please try",
        "11:30  desk        three answers are enough, please call instead",
        "13:00  desk        `subject` must have at least 8 characters",
        "13:00  desk        `urgency` must be one of low, normal, urgent",
        "13:01  screen      please call 555 0199",
    ] {
        assert_eq!(lines.iter().filter(|said| *said == line).count(), 1, "{line}\nin\n{}", lines.join("\n"));
    }
    let notices = lines.iter().filter(|line| line.contains("login works again")).count();
    assert_eq!(notices, 1, "only one question was about the outage");
}

#[test]
fn a_day_is_the_same_each_time() {
    let again = monday().expect("the desk works");
    assert_eq!(monday().expect("the desk works").journal, again.journal);
}
