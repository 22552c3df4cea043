//! Group commit: requests that arrive while one is being written share the next transaction, and
//! so its one flush to disk. There is no thread for it: whoever takes the writer's lock first does
//! the work of all who queued, so a test in one thread sees each job done at once, in order.

use std::sync::{Mutex, mpsc};

use super::{Store, StoreError, Tx, begin, lock};

type Job = Box<dyn FnOnce(&Tx<'_>) -> Done + Send>;
/// Tells the caller the outcome, once it is known whether the commit reached the disk.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

struct Done {
    keep: bool,
    answer: Answer,
}

/// Jobs that wait for the next transaction.
#[derive(Default)]
pub(super) struct Queue(Mutex<Vec<Job>>);

/// At most so many jobs share a transaction, so that the first of them is not kept waiting.
const MAX_GROUP: usize = 64;

impl Store {
    /// Like [`Store::write`], sharing the transaction with others who write at the same time. A job
    /// that says `Err` is undone alone; the others of its group go on.
    ///
    /// # Errors
    /// The job's, or the database's; nothing of the job has changed then.
    pub fn write_grouped<T, F>(&self, f: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel();
        let job: Job = Box::new(move |tx| {
            let result = f(tx);
            let keep = result.is_ok();
            let answer: Answer = Box::new(move |committed| {
                // The caller waits until it has an answer, so this send cannot fail.
                let _ = sender.send(committed.and(result));
            });
            Done { keep, answer }
        });
        lock(&self.queue.0).push(job);
        loop {
            if let Ok(result) = receiver.try_recv() {
                return result;
            }
            let mut connection = lock(&self.writer);
            let group: Vec<Job> = {
                let mut queue = lock(&self.queue.0);
                let size = queue.len().min(MAX_GROUP);
                queue.drain(..size).collect()
            };
            if !group.is_empty() {
                run(&mut connection, group);
            }
        }
    }
}

fn run(connection: &mut rusqlite::Connection, group: Vec<Job>) {
    let mut answers = Vec::with_capacity(group.len());
    let outcome = (|| {
        let mut tx = begin(connection)?;
        for job in group {
            let savepoint = tx.savepoint()?;
            let done = job(&Tx { db: &savepoint });
            if done.keep {
                savepoint.commit()?;
            } else {
                drop(savepoint);
            }
            answers.push(done.answer);
        }
        tx.commit()?;
        Ok::<(), StoreError>(())
    })();
    let failed = outcome.is_err();
    if let Err(error) = &outcome {
        tracing::error!(%error, "a group could not be committed");
    }
    for answer in answers {
        answer(if failed {
            Err(StoreError::Inconsistent("the commit failed"))
        } else {
            Ok(())
        });
    }
}
