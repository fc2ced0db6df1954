//! What happens on an ordinary Monday.

use crate::day::Day;
use eventflow::{BoxError, InstanceId};

/// Lets it happen; gives the tickets of the day in the order in which they were opened.
///
/// # Errors
/// If the desk cannot work, or does not do what it should.
pub async fn play(day: &Day) -> Result<Vec<InstanceId>, BoxError> {
    day.wait_until(8, 0).await?;
    let ada = asked(day.ask("Ada", "The export ends at page nine", "normal").await?)?;
    day.wait_until(8, 5).await?;
    let joan = asked(day.ask("Joan", "Nobody here can log in", "urgent").await?)?;
    day.wait_until(8, 20).await?;
    let edsger = asked(day.ask("Edsger", "How do I print in color?", "low").await?)?;
    day.wait_until(8, 30).await?;
    day.take("Grace", &edsger).await?;
    day.answer("Grace", &edsger, "Choose another printer.").await?;
    day.wait_until(8, 40).await?;
    day.confirm("Edsger", &edsger, 2).await?;

    // Joan's hour is over at five past nine.
    day.wait_until(9, 10).await?;
    let outage = day.declare("Lin", "login").await?;
    day.wait_until(10, 30).await?;
    day.repair("Lin", &outage).await?;
    day.wait_until(10, 35).await?;
    day.confirm("Joan", &joan, 4).await?;

    day.wait_until(11, 0).await?;
    day.take("Barbara", &ada).await?;
    for (minute, question) in [(5, "It still ends there."), (15, "Now it ends at page ten."), (25, "At page eleven.")] {
        day.wait_until(11, minute).await?;
        day.answer("Barbara", &ada, "Please update and try again.").await?;
        day.wait_until(11, minute + 5).await?;
        day.ask_again("Ada", &ada, question).await?;
    }
    day.answer("Barbara", &ada, "Please update once more.").await?;

    day.wait_until(13, 0).await?;
    let kurt = asked(day.ask("Kurt", "Please delete my account", "normal").await?)?;
    if day.ask("Kurt", "Hurry!", "very").await?.is_some() {
        return Err("a form with two errors was taken".into());
    }
    day.take("Grace", &kurt).await?;
    day.answer("Grace", &kurt, "Gladly: it is gone tomorrow.").await?;
    day.wait_until(13, 1).await?;
    day.mail_returned(&kurt).await?;
    day.wait_until(18, 0).await?;
    Ok(vec![ada, joan, edsger, kurt])
}

fn asked(ticket: Option<InstanceId>) -> Result<InstanceId, BoxError> {
    ticket.ok_or_else(|| "a form without errors was refused".into())
}
