//! Generated modules compile without a warning and without the prelude.
#![deny(warnings, missing_docs)]

/// An order.
#[path = "../../compiler/tests/golden/order.rs"]
#[no_implicit_prelude]
#[rustfmt::skip]
pub mod order;

#[test]
fn states_have_the_names_of_the_flow() {
    let names: Vec<&str> = order::State::ALL.iter().map(|state| state.name()).collect();
    assert_eq!(names, ["idle", "awaiting_payment", "paid", "cancelled"]);
}
