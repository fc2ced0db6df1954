//! A behavior takes its parameter as another type, and gives another type.

use eventflow::BoxError;
use eventflow_misuse::flows::loan::{Behavior, View};

struct Desk;

impl Behavior for Desk {
    fn book_is_on_the_shelf(&self, _: View<'_>) -> bool {
        true
    }

    async fn send_reminder_about(&self, _: View<'_>, _title: u32) -> Result<(), BoxError> {
        Ok(())
    }
}

fn main() {}
