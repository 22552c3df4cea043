//! The hub: one seat for each device that has a socket open, and a mark on the seat for what waits for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notes::ids::{DeviceId, DocumentId};
use notes::problem::Code;
use tokio::sync::Notify;

/// Why the server ends a socket: the close code of RFC 6455 section 7.4, and a word that programs go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// The server stops.
    Stopping,
    /// A frame that is not binary.
    NotBinary,
    /// A frame that is too long.
    TooLarge,
    /// What a pass would have been refused with.
    Refused(Code),
    /// The access token has expired.
    Expired,
    /// The device was revoked.
    Revoked,
    /// Nothing came for too long, or what was sent was not read.
    TooSlow,
    /// The device has opened another socket.
    Replaced,
    /// Too many frames.
    TooMany,
}

impl Farewell {
    /// The close code.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Stopping => 1001,
            Self::NotBinary => 1003,
            Self::TooLarge => 1009,
            Self::Refused(Code::Internal) => 1011,
            Self::Refused(_) => 4400,
            Self::Expired => 4401,
            Self::Revoked => 4403,
            Self::TooSlow => 4408,
            Self::Replaced => 4409,
            Self::TooMany => 4429,
        }
    }

    /// The word.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Stopping => "stopping",
            Self::NotBinary => "not_binary",
            Self::TooLarge => Code::MessageTooLarge.as_str(),
            Self::Refused(code) => code.as_str(),
            Self::Expired => Code::TokenExpired.as_str(),
            Self::Revoked => Code::DeviceRevoked.as_str(),
            Self::TooSlow => "too_slow",
            Self::Replaced => "replaced",
            Self::TooMany => Code::RateLimited.as_str(),
        }
    }
}

/// What waits for a socket. Marks, not messages: however much is published, this does not grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pending {
    /// Something new in a document that is open on its screen.
    pub pull: bool,
    /// Something new elsewhere.
    pub poke: bool,
    /// Others came to a document that is open on its screen, or left.
    pub company: bool,
    /// It is to end.
    pub farewell: Option<Farewell>,
}

/// Where a socket looks for what waits.
#[derive(Default)]
pub struct Seat {
    pending: Mutex<Pending>,
    wake: Notify,
}

impl Seat {
    /// Waits until something does.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Takes all that waits.
    #[must_use]
    pub fn take(&self) -> Pending {
        std::mem::take(&mut *lock(&self.pending))
    }

    fn mark(&self, mark: impl FnOnce(&mut Pending)) {
        let mut pending = lock(&self.pending);
        let before = *pending;
        mark(&mut pending);
        if *pending != before {
            self.wake.notify_one();
        }
    }
}

struct Taken {
    number: u64,
    worker: String,
    team: Option<i64>,
    watched: Vec<DocumentId>,
    seat: Arc<Seat>,
}

#[derive(Default)]
struct Seats {
    by_device: HashMap<DeviceId, Taken>,
    last: u64,
}

/// Everybody who has a socket open.
#[derive(Default)]
pub struct Hub(Mutex<Seats>);

/// A socket's hold on its seat; the seat is free when this is dropped.
pub struct Sitter<'a> {
    hub: &'a Hub,
    device: DeviceId,
    number: u64,
    /// What waits.
    pub seat: Arc<Seat>,
}

/// What the crier sees of a seat.
pub(super) struct Face<'a> {
    pub(super) device: DeviceId,
    pub(super) worker: &'a str,
    pub(super) team: Option<i64>,
    pub(super) watched: &'a [DocumentId],
}

impl Hub {
    /// Takes a seat for a device; an older socket of the same device is told to end.
    #[must_use]
    pub fn sit(&self, device: DeviceId, worker: &str, team: Option<i64>) -> Sitter<'_> {
        let mut seats = lock(&self.0);
        seats.last += 1;
        let (number, seat) = (seats.last, Arc::new(Seat::default()));
        let taken = Taken {
            number,
            worker: worker.to_owned(),
            team,
            watched: Vec::new(),
            seat: Arc::clone(&seat),
        };
        if let Some(older) = seats.by_device.insert(device, taken) {
            older.seat.mark(|p| p.farewell = Some(Farewell::Replaced));
            tell_company(&seats, &older.watched, device);
        }
        Sitter {
            hub: self,
            device,
            number,
            seat,
        }
    }

    /// How many sockets are open.
    #[must_use]
    pub fn len(&self) -> usize {
        lock(&self.0).by_device.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Marks every seat as a look at it says.
    pub(super) fn mark_each(&self, mark: impl Fn(&Face<'_>) -> Pending) {
        for (device, taken) in &lock(&self.0).by_device {
            let found = mark(&Face {
                device: *device,
                worker: &taken.worker,
                team: taken.team,
                watched: &taken.watched,
            });
            taken.seat.mark(|p| {
                p.pull |= found.pull;
                p.poke |= found.poke;
                p.farewell = p.farewell.or(found.farewell);
            });
        }
    }
}

impl Sitter<'_> {
    /// Keeps what is known of the worker up to date.
    pub fn is(&self, worker: &str, team: Option<i64>) {
        if let Some(taken) = self.own(&mut lock(&self.hub.0)) {
            taken.team = team;
            if taken.worker != worker {
                worker.clone_into(&mut taken.worker);
            }
        }
    }

    /// Says what is open on the screen now. Those who have the same open, or had it until now, are told.
    pub fn watches(&self, documents: Vec<DocumentId>) {
        let mut seats = lock(&self.hub.0);
        let Some(taken) = self.own(&mut seats) else { return };
        let mut touched = std::mem::replace(&mut taken.watched, documents.clone());
        touched.extend(documents);
        tell_company(&seats, &touched, self.device);
    }

    /// Those of the documents open here that another device has open too, in a fixed order.
    #[must_use]
    pub fn company(&self) -> Vec<DocumentId> {
        let seats = lock(&self.hub.0);
        let Some(own) = seats.by_device.get(&self.device) else {
            return Vec::new();
        };
        let others = seats
            .by_device
            .iter()
            .filter(|(device, _)| **device != self.device);
        let others: Vec<_> = others.flat_map(|(_, taken)| &taken.watched).collect();
        let mut shared: Vec<_> = own
            .watched
            .iter()
            .filter(|id| others.contains(id))
            .copied()
            .collect();
        shared.sort_unstable();
        shared
    }

    fn own<'s>(&self, seats: &'s mut Seats) -> Option<&'s mut Taken> {
        let taken = seats.by_device.get_mut(&self.device)?;
        (taken.number == self.number).then_some(taken)
    }
}

impl Drop for Sitter<'_> {
    fn drop(&mut self) {
        let mut seats = lock(&self.hub.0);
        // A newer socket of the device may sit here by now.
        if self.own(&mut seats).is_some()
            && let Some(left) = seats.by_device.remove(&self.device)
        {
            tell_company(&seats, &left.watched, self.device);
        }
    }
}

fn tell_company(seats: &Seats, documents: &[DocumentId], but: DeviceId) {
    for (device, taken) in &seats.by_device {
        if *device != but && taken.watched.iter().any(|id| documents.contains(id)) {
            taken.seat.mark(|p| p.company = true);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
