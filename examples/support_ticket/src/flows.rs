//! The flows of `flows/`, compiled: a module for each machine, and one for the system.

eventflow::include_flow!("support_desk");
