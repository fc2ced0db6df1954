//! Plays a Monday at the desk and prints what was said, and how each ticket stands in the evening.

use eventflow::BoxError;
use eventflow::runtime::block_on;
use support_ticket::day::Day;
use support_ticket::monday;

fn main() -> Result<(), BoxError> {
    let day = Day::begin()?;
    let tickets = block_on(monday::play(&day))?;
    for line in day.journal.lines() {
        println!("{line}");
    }
    println!("\nin the evening:");
    for id in &tickets {
        let (state, ticket) = block_on(day.ticket(id))?;
        let topic = ticket.topic.unwrap_or_default();
        let answers = ticket.answers.unwrap_or_default();
        let rating = ticket.rating.map(|stars| format!(", stars: {stars}")).unwrap_or_default();
        println!("  {topic:<30} #{}, answers: {answers}{rating}", state.name());
    }
    Ok(())
}
