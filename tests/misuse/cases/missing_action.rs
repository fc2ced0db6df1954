//! A sentence of the flow is not carried out.

use eventflow::BoxError;
use eventflow_misuse::flows::loan::{Behavior, View};

struct Desk;

impl Behavior for Desk {
    fn book_is_on_the_shelf(&self, _: View<'_>) -> Result<bool, BoxError> {
        Ok(true)
    }
}

fn main() {}
