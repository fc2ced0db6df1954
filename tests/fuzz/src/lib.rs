//! Mutations for the fuzz targets: lines derived from the grammar, and lines of random systems, woven into an input.

pub mod derive;
pub mod mutate;
