//! Runs the tests again whenever a file that they depend on changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, RecursiveMode, Watcher, recommended_watcher};

use super::{Arguments, once};
use crate::exit::{Exit, Problem};
use crate::report;

/// Editors write a file in several steps: what comes within this time is one change.
const TOGETHER: Duration = Duration::from_millis(50);

/// Runs until it is interrupted.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    let (changed, changes) = channel();
    let mut watcher = recommended_watcher(move |event| {
        // Nobody listens any more when the command ends.
        let _ = changed.send(event);
    })
    .map_err(unwatchable)?;
    let mut folders = BTreeSet::new();
    loop {
        let (_, files) = once(arguments)?;
        for folder in files.iter().filter_map(|file| folder_of(file)) {
            if folders.insert(folder.clone()) {
                watcher.watch(&folder, RecursiveMode::NonRecursive).map_err(unwatchable)?;
            }
        }
        report::note("waiting for a change; Ctrl+C ends")?;
        if !wait(&changes)? {
            return Ok(Exit::Fine);
        }
    }
}

/// The folder to watch for a file: a file that is written anew is another one to the system.
fn folder_of(file: &Path) -> Option<PathBuf> {
    let folder = if file.is_dir() { file } else { file.parent()? };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.is_dir().then(|| folder.to_owned())
}

/// Waits for a change of a flow or the project file, and for the quiet after it; false if no more can come.
fn wait(changes: &Receiver<notify::Result<Event>>) -> Result<bool, Problem> {
    loop {
        let Ok(event) = changes.recv() else { return Ok(false) };
        if !matters(&event.map_err(unwatchable)?) {
            continue;
        }
        while let Ok(event) = changes.recv_timeout(TOGETHER) {
            event.map_err(unwatchable)?;
        }
        return Ok(true);
    }
}

fn matters(event: &Event) -> bool {
    let of_flow = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".flow") || name == "eventflow.toml"
    };
    !event.kind.is_access() && event.paths.iter().any(of_flow)
}

fn unwatchable(error: notify::Error) -> Problem {
    Problem::Other(format!("cannot watch the flows: {error}"))
}
