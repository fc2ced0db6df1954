//! What is given as the way to the member cannot tell anybody anything.

use eventflow::BoxError;
use eventflow::system::Host;
use eventflow_misuse::flows::loan::{Behavior, View};
use eventflow_misuse::flows::loan_system::System;

struct Desk;

impl Behavior for Desk {
    fn book_is_on_the_shelf(&self, _: View<'_>) -> Result<bool, BoxError> {
        Ok(true)
    }

    async fn send_reminder_about(&self, _: View<'_>, _title: &str) -> Result<(), BoxError> {
        Ok(())
    }
}

struct Telephone;

fn start(host: impl Host) {
    drop(System { loan: Desk, member: Telephone }.start(host));
}

fn main() {}
