//! A library, compiled from `library.flow` and checked in. The cases in `cases/` use it in wrong ways, and beside each stands
//! what rustc says; a test in the package of all tests holds the modules to the flow.

#![forbid(unsafe_code)]

pub mod flows;
