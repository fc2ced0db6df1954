//! The threads that read, each with its own connection, so that no executor waits for a disk.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::dynamic::BoxFuture;
use crate::store::{Answered, OpenError, StoreError};

pub(super) struct Readers {
    questions: Option<mpsc::Sender<Question>>,
    threads: Vec<JoinHandle<()>>,
}

type Question = Box<dyn FnOnce(&Connection) + Send>;

impl Readers {
    pub(super) fn start(connections: Vec<Connection>, path: &Path) -> Result<Readers, OpenError> {
        let (questions, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let mut readers = Readers { questions: Some(questions), threads: Vec::new() };
        for connection in connections {
            let queue = Arc::clone(&queue);
            let failed = |error| OpenError::caused(&path.display().to_string(), "no thread can be started", error);
            let thread = std::thread::Builder::new()
                .name("eventflow-reader".to_owned())
                .spawn(move || read_until_closed(&connection, &queue))
                .map_err(failed)?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Answers a question from what is committed, all of it as of one moment.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answered<'static, T> {
        let (sender, receiver) = oneshot::channel();
        let question: Question = Box::new(move |connection| {
            let answer = connection.unchecked_transaction().and_then(|_snapshot| question(connection));
            // Who no longer listens does not need the answer.
            let _ = sender.send(answer.map_err(StoreError::from));
        });
        let sent = self.questions.as_ref().is_some_and(|questions| questions.send(question).is_ok());
        let answer: BoxFuture<'static, _> = Box::pin(async move {
            let answer = if sent { receiver.await.ok() } else { None };
            answer.unwrap_or_else(|| Err(StoreError("the store's threads have ended".into())))
        });
        answer
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        drop(self.questions.take());
        for thread in self.threads.drain(..) {
            // If it panicked, those who waited have been told by their broken channels.
            let _ = thread.join();
        }
    }
}

fn read_until_closed(connection: &Connection, queue: &Mutex<mpsc::Receiver<Question>>) {
    loop {
        // The lock is held while waiting: the others wait for it instead, and each question wakes one thread.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(question) => question(connection),
            Err(mpsc::RecvError) => return,
        }
    }
}
