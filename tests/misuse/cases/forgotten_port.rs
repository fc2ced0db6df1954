//! Nothing is said about how the member hears of the loan.

use eventflow_misuse::flows::loan_system::System;

struct Desk;

fn main() {
    let _ = System { loan: Desk };
}
