//! The one thread that writes.
//!
//! What waits when a transaction begins shares it, up to a limit. Each job has a savepoint, so that its refusal undoes
//! its own changes alone. Nobody is answered before the transaction is committed, which with `synchronous=full` means
//! that it is on the disk.

use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::errors::WriteFailure;
use crate::dynamic::BoxFuture;
use crate::store::OpenError;
use crate::store::signal::Signal;

/// As many jobs share one transaction at most, so that the first of them does not wait for ever.
const BATCH: usize = 512;

/// Whether those who wait for messages are told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tidings {
    /// There cannot be more to take than before.
    None,
    /// There may be.
    MoreToTake,
}

pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

struct Job {
    tidings: Tidings,
    work: Box<Work>,
}

/// Gets the connection, or why there is no transaction to run in.
type Work = dyn FnOnce(Result<&Connection, rusqlite::Error>) -> Done + Send;

/// A job that was run and waits for the transaction's end.
struct Done {
    kept: Kept,
    answer: Box<dyn FnOnce(Ended) + Send>,
}

/// What becomes of a job's savepoint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// It is part of the transaction.
    Yes,
    /// The job was refused, and its changes are undone.
    No,
}

/// How the transaction ended.
#[derive(Clone, Copy)]
enum Ended {
    Committed,
    Unknown,
}

impl Writer {
    pub(super) fn start(connection: Connection, signal: Signal, path: &Path) -> Result<Writer, OpenError> {
        let (jobs, queue) = mpsc::channel();
        let failed = |error| OpenError::caused(&path.display().to_string(), "no thread can be started", error);
        let thread = std::thread::Builder::new()
            .name("eventflow-writer".to_owned())
            .spawn(move || write_until_closed(&connection, &queue, &signal))
            .map_err(failed)?;
        Ok(Writer { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Runs `work` within the next transaction, and answers when that is committed. The job is on its way when this
    /// returns, whether or not the future is polled.
    pub(super) fn run<T, E>(
        &self,
        tidings: Tidings,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, E>>
    where
        T: Send + 'static,
        E: WriteFailure,
    {
        let (sender, receiver) = oneshot::channel::<Result<T, E>>();
        let work = Box::new(move |connection: Result<&Connection, rusqlite::Error>| {
            let ran = connection.is_ok();
            let result = connection.map_err(E::from).and_then(work);
            let kept = if result.is_ok() { Kept::Yes } else { Kept::No };
            let answer = Box::new(move |ended| {
                // A refusal, too, may rest on what a neighbor did in the same transaction.
                let answer = match ended {
                    Ended::Unknown if ran => Err(E::unknown()),
                    Ended::Committed | Ended::Unknown => result,
                };
                // Who no longer listens will ask again.
                let _ = sender.send(answer);
            });
            Done { kept, answer }
        });
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(Job { tidings, work }).is_ok());
        Box::pin(async move {
            let answer = if sent { receiver.await.ok() } else { None };
            answer.unwrap_or_else(|| Err(E::closed()))
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // If it panicked, those who waited have been told by their broken channels.
            let _ = thread.join();
        }
    }
}

fn write_until_closed(connection: &Connection, queue: &mpsc::Receiver<Job>, signal: &Signal) {
    while let Ok(first) = queue.recv() {
        let mut tidings = Tidings::None;
        let jobs = core::iter::once(first).chain(queue.try_iter().take(BATCH - 1)).inspect(|job| {
            if job.tidings == Tidings::MoreToTake {
                tidings = Tidings::MoreToTake;
            }
        });
        let (done, ended) = transact(connection, jobs);
        for job in done {
            (job.answer)(ended);
        }
        if tidings == Tidings::MoreToTake {
            signal.raise();
        }
    }
}

/// Runs jobs in one transaction. If that fails as a whole, nobody knows more than that; the jobs that were not drawn yet
/// are left for the next one.
fn transact(connection: &Connection, mut jobs: impl Iterator<Item = Job>) -> (Vec<Done>, Ended) {
    if let Err(failure) = connection.execute_batch("BEGIN IMMEDIATE") {
        // Whoever holds the file has been waited for already, so that nobody waits once more.
        return (jobs.map(|job| (job.work)(Err(again(&failure)))).collect(), Ended::Unknown);
    }
    let mut done = Vec::new();
    let ran = jobs.try_for_each(|job| run_in_savepoint(connection, job, &mut done));
    let ended = match ran.and_then(|()| connection.execute_batch("COMMIT")) {
        Ok(()) => Ended::Committed,
        Err(_) => Ended::Unknown,
    };
    if !connection.is_autocommit() {
        // Nothing is left to be done about a rollback that fails; the next transaction will not begin.
        let _ = connection.execute_batch("ROLLBACK");
    }
    (done, ended)
}

/// Runs one job; an error is one of the transaction, not of the job.
fn run_in_savepoint(connection: &Connection, job: Job, done: &mut Vec<Done>) -> rusqlite::Result<()> {
    if let Err(failure) = connection.prepare_cached("SAVEPOINT job").and_then(|mut begin| begin.execute([])) {
        done.push((job.work)(Err(again(&failure))));
        return Err(failure);
    }
    let finished = (job.work)(Ok(connection));
    let kept = finished.kept;
    done.push(finished);
    // Some failures (a full disk, for one) roll everything back by themselves; then this fails, as it must.
    if kept == Kept::No {
        connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
    }
    connection.prepare_cached("RELEASE job")?.execute([])?;
    Ok(())
}

/// The same failure for somebody else; SQLite's errors cannot be cloned.
fn again(failure: &rusqlite::Error) -> rusqlite::Error {
    let code = failure.sqlite_error().map_or(rusqlite::ffi::SQLITE_ERROR, |error| error.extended_code);
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(failure.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::CommitError;
    use crate::store::conformance::{block_on, join};

    /// A writer to a file of a few pages that cannot grow: a full disk.
    fn cramped(path: &Path) -> Writer {
        let connection = Connection::open(path).expect("a new file");
        connection.execute_batch("CREATE TABLE texts (text TEXT UNIQUE)").expect("a table");
        let pages: i64 =
            connection.pragma_update_and_check(None, "max_page_count", 40, |row| row.get(0)).expect("a limit");
        assert_eq!(pages, 40);
        Writer::start(connection, Signal::default(), path).expect("a thread")
    }

    fn insert(writer: &Writer, text: String) -> BoxFuture<'static, Result<(), CommitError>> {
        writer.run(Tidings::None, move |connection| {
            connection.prepare_cached("INSERT INTO texts (text) VALUES (?1)")?.execute([text])?;
            Ok(())
        })
    }

    #[test]
    fn a_full_disk_takes_nothing_that_was_acknowledged() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("full.db");
        let writer = cramped(&path);
        let fits = |number: usize| number < 20 || number % 5 != 4;
        let text = |number: usize| if fits(number) { format!("small {number}") } else { "x".repeat(200_000) };
        let insert_all =
            |numbers: core::ops::Range<usize>| join(numbers.map(|number| insert(&writer, text(number))).collect());
        let mut results = block_on(insert_all(0..20));
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        results.extend(block_on(insert_all(20..40)));
        assert!((20..40).all(|number| fits(number) || results[number].is_err()), "{results:?}");
        block_on(insert(&writer, "afterwards".to_owned())).expect("what is small still fits");
        drop(writer);
        let file = Connection::open(&path).expect("the same file");
        let mut find = file.prepare("SELECT 1 FROM texts WHERE text = ?1").expect("a question");
        for (number, result) in results.iter().enumerate() {
            let there = find.exists([text(number)]).expect("an answer");
            match result {
                Ok(()) => assert!(there, "{number} was acknowledged"),
                Err(CommitError::Unknown) => {}
                Err(refused) => assert!(!there, "{number} was refused: {refused}"),
            }
        }
    }

    #[test]
    fn when_the_transaction_fails_nobody_is_told_that_it_was_kept() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let writer = cramped(&folder.path().join("broken.db"));
        // A job that ends the transaction under the others, as a failing disk does.
        let spoil = writer.run(Tidings::None, |connection| -> Result<(), CommitError> {
            connection.execute_batch("ROLLBACK")?;
            Ok(())
        });
        let results = block_on(join(vec![insert(&writer, "a".to_owned()), spoil, insert(&writer, "b".to_owned())]));
        assert!(matches!(results[1], Err(CommitError::Unknown)), "{results:?}");
        block_on(insert(&writer, "c".to_owned())).expect("the next transaction is another one");
        let kept = block_on(writer.run(Tidings::None, |connection| -> Result<Vec<String>, CommitError> {
            let mut find = connection.prepare("SELECT text FROM texts ORDER BY text")?;
            Ok(find.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        }))
        .expect("an answer");
        for (text, result) in [("a", &results[0]), ("b", &results[2])] {
            assert_eq!(kept.iter().any(|there| there == text), result.is_ok(), "{text}: {result:?}");
        }
        assert!(kept.contains(&"c".to_owned()));
    }
}
