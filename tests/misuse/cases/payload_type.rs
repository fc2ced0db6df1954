//! A field of a payload has the wrong type, and one is missing.

use eventflow_misuse::flows::loan::Borrow;

fn main() {
    let _ = Borrow { book: 7 };
    let _ = Borrow {};
}
