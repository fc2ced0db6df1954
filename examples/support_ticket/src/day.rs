//! A day at the desk. The clock is moved by hand, so that a day takes no time and is the same each time.

use crate::desk::{Notices, Office, Operations, Screen, TeamLead};
use crate::flows::support_desk::{Running, System};
use crate::flows::ticket::{Answer, AskAgain, Confirm, Open, Reply, Take};
use crate::flows::{incident, ticket};
use crate::journal::Journal;
use eventflow::engine::{Engine, Setup};
use eventflow::request::Refusal;
use eventflow::store::{self, Store};
use eventflow::{BoxError, Duration, InstanceId, ManualClock, SeededIds, Timestamp};
use std::sync::Arc;

/// When the day begins.
const MIDNIGHT: &str = "2026-03-02T00:00:00Z";

/// A desk, its clock, and what was said so far.
pub struct Day {
    desk: Running<Engine>,
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    midnight: Timestamp,
    /// What was said.
    pub journal: Journal,
}

impl Day {
    /// A desk in memory, before anybody has come.
    ///
    /// # Errors
    /// If the machine has no randomness to give.
    pub fn begin() -> Result<Day, BoxError> {
        let midnight: Timestamp = MIDNIGHT.parse()?;
        let clock = Arc::new(ManualClock::new(midnight));
        let store = store::open("memory:", clock.clone())?;
        let mut setup = Setup::new(store.clone())?;
        setup.clock = clock.clone();
        setup.ids = Arc::new(SeededIds::new(1, clock.clone()));
        let journal = Journal::new(clock.clone());
        let system = System {
            ticket: Office(journal.clone()),
            incident: Operations,
            agent: Screen(journal.clone()),
            customer: Notices(journal.clone()),
            team_lead: TeamLead(journal.clone()),
        };
        Ok(Day { desk: system.start(setup), store, clock, midnight, journal })
    }

    /// Waits until a time of the day. What is due on the way happens when it is due.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn wait_until(&self, hour: i64, minute: i64) -> Result<(), BoxError> {
        let until = self.midnight.checked_add(Duration::from_minutes(hour * 60 + minute))?;
        while let Some(due) = self.store.next_due().await?.filter(|due| *due <= until) {
            self.clock.set(due);
            self.desk.engine().run_until_idle().await?;
        }
        self.clock.set(until);
        Ok(())
    }

    /// A customer opens a ticket. None if the form is refused.
    ///
    /// # Errors
    /// If the desk cannot work.
    pub async fn ask(&self, who: &str, subject: &str, urgency: &str) -> Result<Option<InstanceId>, BoxError> {
        self.journal.note(who, format_args!("{subject} ({urgency})"));
        let email = format!("{}@example.com", who.to_lowercase());
        let form = Open { email, subject: subject.to_owned(), urgency: urgency.to_owned(), attachments: None };
        match self.desk.customer().open(form).subject(who).await {
            Ok(answer) => {
                self.desk.engine().run_until_idle().await?;
                Ok(answer.instance)
            }
            Err(Refusal::Invalid { violations }) => {
                for violation in violations {
                    self.journal.note("desk", violation);
                }
                Ok(None)
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// An agent takes a ticket.
    ///
    /// # Errors
    /// If the desk cannot work.
    pub async fn take(&self, who: &str, id: &InstanceId) -> Result<(), BoxError> {
        self.journal.note(who, "I take this one");
        self.desk.agent().take(id, Take { name: who.to_owned() }).subject(who).await?;
        self.settle().await
    }

    /// An agent answers.
    ///
    /// # Errors
    /// If the desk cannot work.
    pub async fn answer(&self, who: &str, id: &InstanceId, text: &str) -> Result<(), BoxError> {
        self.journal.note(who, text);
        let answer = self.desk.agent().answer(id, Answer { text: text.to_owned() }).subject(who).await?;
        if let Some(Reply::ConstraintViolatedConflict(refused)) = answer.reply {
            self.journal.note("desk", refused.reason);
        }
        self.settle().await
    }

    /// A customer is not content with an answer.
    ///
    /// # Errors
    /// If the desk cannot work.
    pub async fn ask_again(&self, who: &str, id: &InstanceId, text: &str) -> Result<(), BoxError> {
        self.journal.note(who, text);
        self.desk.customer().ask_again(id, AskAgain { text: text.to_owned() }).subject(who).await?;
        self.settle().await
    }

    /// A customer is content, more or less.
    ///
    /// # Errors
    /// If the desk cannot work.
    pub async fn confirm(&self, who: &str, id: &InstanceId, stars: i64) -> Result<(), BoxError> {
        self.journal.note(who, "★".repeat(usize::try_from(stars)?));
        self.desk.customer().confirm(id, Confirm { stars: Some(stars) }).subject(who).await?;
        self.settle().await
    }

    /// The mail server gives a mail back.
    ///
    /// # Errors
    /// If the desk cannot work.
    pub async fn mail_returned(&self, id: &InstanceId) -> Result<(), BoxError> {
        self.journal.note("mail server", "nobody lives at that address");
        self.desk.mail_server().mail_returned(id).await?;
        self.settle().await
    }

    /// An engineer says that a service is down.
    ///
    /// # Errors
    /// If the desk cannot work.
    pub async fn declare(&self, who: &str, service: &str) -> Result<InstanceId, BoxError> {
        self.journal.note(who, format_args!("{service} is down"));
        let outage = incident::Declare { service: service.to_owned() };
        let answer = self.desk.engineer().declare(outage).subject(who).await?;
        self.settle().await?;
        answer.instance.ok_or_else(|| "an outage that is declared is an instance".into())
    }

    /// An engineer says that it works again.
    ///
    /// # Errors
    /// If the desk cannot work.
    pub async fn repair(&self, who: &str, id: &InstanceId) -> Result<(), BoxError> {
        let answer = self.desk.engineer().repair(id).subject(who).await?;
        if let Some(incident::Reply::RepairOk(repaired)) = answer.reply {
            self.journal.note(who, format_args!("it works again, after {}", repaired.lasted));
        }
        self.settle().await
    }

    /// Shows a ticket as its records make it.
    ///
    /// # Errors
    /// If there is no such ticket.
    pub async fn ticket(&self, id: &InstanceId) -> Result<(ticket::State, ticket::Context), BoxError> {
        let ticket = self.desk.ticket(id).await?;
        Ok((ticket.state, ticket.context))
    }

    /// Lets everything happen that follows from what was said.
    async fn settle(&self) -> Result<(), BoxError> {
        self.desk.engine().run_until_idle().await?;
        Ok(())
    }
}
