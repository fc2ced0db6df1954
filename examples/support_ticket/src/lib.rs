//! A support desk: the flows of `flows/`, compiled, what only code knows about them, and a day to play.

pub mod day;
pub mod desk;
pub mod flows;
pub mod journal;
pub mod monday;

#[cfg(test)]
mod stories;
