//! Text templates of the `eventflow` command.
