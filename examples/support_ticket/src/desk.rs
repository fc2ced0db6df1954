//! What only code knows: contracts, telephone numbers and services, and how everybody at the desk is told.

use crate::flows::support_desk::agent::{self, AskedAgain, PleaseCall};
use crate::flows::support_desk::customer::{self, KnownProblem, PleaseTryAgain, Taken};
use crate::flows::support_desk::team_lead::{self, AnswerIsLate};
use crate::flows::{incident, ticket};
use crate::journal::Journal;
use eventflow::port::Postmark;
use eventflow::{BoxError, Number};

/// The services that the company runs.
const SERVICES: [&str; 3] = ["export", "login", "printing"];

/// The office: who has which contract and which number, and the mail that goes out.
pub struct Office(pub Journal);

impl ticket::Behavior for Office {
    fn contract_is_a_premium_one(&self, ticket: ticket::View<'_>) -> Result<bool, BoxError> {
        Ok(ticket.contact().is_some_and(|contact| contact.starts_with("edsger")))
    }

    fn question_is_about(&self, ticket: ticket::View<'_>, service: &str) -> Result<bool, BoxError> {
        let topic = ticket.topic().unwrap_or_default().to_lowercase();
        Ok(match service {
            "login" => topic.contains("log in") || topic.contains("password"),
            named => topic.contains(named),
        })
    }

    fn at_most_megabytes_together(&self, files: &[ticket::Attachment], megabytes: Number) -> Result<bool, BoxError> {
        let kilobytes: i64 = files.iter().filter_map(|file| file.kilobytes).sum();
        Ok(Number::from_integer(kilobytes) <= megabytes.checked_mul(Number::from_integer(1024))?)
    }

    async fn mail_to(&self, _ticket: ticket::View<'_>, text: &str, contact: &str) -> Result<(), BoxError> {
        self.0.note("mail", format_args!("to {contact}: {text}"));
        Ok(())
    }

    async fn ask_what_went_wrong(&self, _ticket: ticket::View<'_>, agent: &str) -> Result<(), BoxError> {
        self.0.note("office", format_args!("{agent}, what went wrong there?"));
        Ok(())
    }

    async fn telephone_number_of(&self, _ticket: ticket::View<'_>, contact: &str) -> Result<String, BoxError> {
        Ok(if contact.starts_with("ada") { "555 0101" } else { "555 0199" }.to_owned())
    }
}

/// Those who run the services.
pub struct Operations;

impl incident::Behavior for Operations {
    fn a_service_that_we_run(&self, service: &str) -> Result<bool, BoxError> {
        Ok(SERVICES.contains(&service))
    }
}

/// Where agents look.
pub struct Screen(pub Journal);

impl agent::Port for Screen {
    async fn asked_again(&self, message: AskedAgain, _postmark: Postmark<'_>) -> Result<(), BoxError> {
        self.0.note("screen", format_args!("a customer writes: {}", message.text.unwrap_or_default()));
        Ok(())
    }

    async fn please_call(&self, message: PleaseCall, _postmark: Postmark<'_>) -> Result<(), BoxError> {
        self.0.note("screen", format_args!("please call {}", message.number.unwrap_or_default()));
        Ok(())
    }
}

/// Where customers hear of their questions.
pub struct Notices(pub Journal);

impl customer::Port for Notices {
    async fn taken(&self, message: Taken, _postmark: Postmark<'_>) -> Result<(), BoxError> {
        self.0.note("notice", format_args!("{} looks after your question", message.agent.unwrap_or_default()));
        Ok(())
    }

    async fn closed_quietly(&self, _postmark: Postmark<'_>) -> Result<(), BoxError> {
        self.0.note("notice", "your question is closed; write again whenever you like");
        Ok(())
    }

    async fn known_problem(&self, message: KnownProblem, _postmark: Postmark<'_>) -> Result<(), BoxError> {
        self.0.note("notice", format_args!("{} is down, and we are at it", message.service.unwrap_or_default()));
        Ok(())
    }

    async fn please_try_again(&self, message: PleaseTryAgain, _postmark: Postmark<'_>) -> Result<(), BoxError> {
        self.0.note("notice", format_args!("{} works again, please try", message.service.unwrap_or_default()));
        Ok(())
    }
}

/// The one who has to know when the desk is late.
pub struct TeamLead(pub Journal);

impl team_lead::Port for TeamLead {
    async fn answer_is_late(&self, message: AnswerIsLate, _postmark: Postmark<'_>) -> Result<(), BoxError> {
        let AnswerIsLate { topic, reminders } = message;
        let (topic, reminders) = (topic.unwrap_or_default(), reminders.unwrap_or_default());
        self.0.note("team lead", format_args!("reminder {reminders}: nobody has answered `{topic}`"));
        Ok(())
    }
}
