//! Group commit: requests that arrive while one is being written share the next transaction, and
//! so its one flush to disk. There is no thread for it: whoever takes the writer's lock first does
//! the work of all who queued, so a test in one thread sees each job done at once, in order.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::TryRecvError;
use std::sync::{Mutex, mpsc};

use super::{Disk, Store, StoreError, Tx, begin, lock};

type Job = Box<dyn FnOnce(&Tx<'_>) -> Done + Send>;
/// Tells the caller the outcome, once it is known whether the commit reached the disk.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

struct Done {
    keep: bool,
    /// What it says of the disk, where it failed.
    disk: Option<Disk>,
    answer: Answer,
}

/// What a job came to: its own result, or the panic that ended it.
type Outcome<T> = Result<Result<T, StoreError>, Box<dyn Any + Send>>;

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
        let (sender, receiver) = mpsc::channel::<Outcome<T>>();
        let job: Job = Box::new(move |tx| {
            // Whoever does the work may be another caller: a panic goes back to the job's own.
            let outcome = catch_unwind(AssertUnwindSafe(|| f(tx)));
            let keep = matches!(outcome, Ok(Ok(_)));
            let disk = match &outcome {
                Ok(Err(error)) => error.disk(),
                _ => None,
            };
            let answer: Answer = Box::new(move |committed| {
                // The caller waits until it has an answer, so this send cannot fail.
                let _ = sender.send(outcome.map(|result| committed.and(result)));
            });
            Done { keep, disk, answer }
        });
        lock(&self.queue.0).push(job);
        loop {
            match receiver.try_recv() {
                Ok(Ok(result)) => return result,
                Ok(Err(panic)) => resume_unwind(panic),
                Err(TryRecvError::Disconnected) => {
                    return Err(StoreError::Inconsistent(
                        "the group ended before this job was reached",
                    ));
                }
                Err(TryRecvError::Empty) => {}
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
            // Some failures (a full disk) make SQLite undo the whole transaction by itself; what
            // followed would then be committed piece by piece.
            let gone = savepoint.is_autocommit();
            answers.push(done.answer);
            if gone {
                return Err(StoreError::NotCommitted(done.disk));
            }
            if done.keep {
                savepoint.commit()?;
            } else {
                drop(savepoint);
            }
        }
        tx.commit()?;
        Ok::<(), StoreError>(())
    })();
    let failed = outcome.as_ref().err().map(StoreError::disk);
    if let Err(error) = &outcome {
        tracing::error!(%error, "a group could not be committed");
    }
    for answer in answers {
        answer(failed.map_or(Ok(()), |disk| Err(StoreError::NotCommitted(disk))));
    }
}
