//! The engine on machines written by hand: every rule of the runtime, without a compiler.

#![cfg(feature = "engine")]

mod scripted;
mod stores;
mod world;

mod broadcasts;
mod calls;
mod cascades;
mod conversations;
mod crashes;
mod failures;
mod misfits;
mod priorities;
mod promises;
mod snapshots;
mod streams;
mod timers;
mod turns;
mod workers;
