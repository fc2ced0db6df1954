//! The IR as a machine of the EventFlow runtime.
