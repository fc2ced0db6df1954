//! A tea shop: the flows of `flows/`, compiled, and what only code knows about them.

pub mod abort;
pub mod flows;
pub mod shop;

#[cfg(test)]
mod stories;
