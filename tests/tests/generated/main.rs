//! The generated modules of `compiler/tests/golden/`: they compile without a warning and without the prelude, and they run.
#![deny(warnings, missing_docs)]

mod panics;

/// A machine that is all in its flow.
#[path = "../../../compiler/tests/golden/door/door.rs"]
#[no_implicit_prelude]
#[rustfmt::skip]
pub mod door;

/// Its system.
#[path = "../../../compiler/tests/golden/door/door_system.rs"]
#[no_implicit_prelude]
#[rustfmt::skip]
pub mod door_system;

/// A machine that waits.
#[path = "../../../compiler/tests/golden/order/order.rs"]
#[no_implicit_prelude]
#[rustfmt::skip]
pub mod order;

/// Its system.
#[path = "../../../compiler/tests/golden/order/order_system.rs"]
#[no_implicit_prelude]
#[rustfmt::skip]
pub mod order_system;

/// One of two machines that talk.
#[path = "../../../compiler/tests/golden/parcels/parcel.rs"]
#[no_implicit_prelude]
#[rustfmt::skip]
pub mod parcel;

/// The other.
#[path = "../../../compiler/tests/golden/parcels/courier.rs"]
#[no_implicit_prelude]
#[rustfmt::skip]
pub mod courier;

/// Their system.
#[path = "../../../compiler/tests/golden/parcels/parcels.rs"]
#[no_implicit_prelude]
#[rustfmt::skip]
pub mod parcels;

#[test]
fn states_have_the_names_of_the_flow() {
    let names: Vec<&str> = order::State::ALL.iter().map(|state| state.name()).collect();
    assert_eq!(names, ["awaiting_payment", "paid", "cancelled", "idle"]);
}
