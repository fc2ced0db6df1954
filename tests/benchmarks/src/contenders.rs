//! The contenders, one module each.

pub mod by_hand;
pub mod by_hand_alike;
pub mod generated;
pub mod rust_fsm_peer;
pub mod smlang_peer;
pub mod statig_peer;
