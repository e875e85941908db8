//! Who played the pieces of a journal: one entry for each session.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use engine::Observer;
use outputs::{Journal, JournalError, Pieces, Session};

use super::entries::{SESSIONS, is_session};

/// Watches somebody else's observer, and counts.
pub struct Watch<'a> {
    observer: &'a dyn Observer,
    played: AtomicU64,
    since: Instant,
}

impl<'a> Watch<'a> {
    /// Begins to count.
    pub fn new(observer: &'a dyn Observer) -> Self {
        Self { observer, played: AtomicU64::new(0), since: Instant::now() }
    }

    /// Notes what was played in a journal, where anything was.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where it cannot be written.
    pub fn note(
        &self,
        journal: &mut Journal,
        shard: Option<String>,
        threads: usize,
    ) -> Result<(), JournalError> {
        let replications = self.played.load(Ordering::Relaxed);
        if replications == 0 {
            return Ok(());
        }
        let (threads, seconds) = (threads as u64, self.since.elapsed().as_secs_f64());
        let session = Session { shard, replications, threads, seconds };
        let last = journal.pieces().numbers().rfind(|number| is_session(*number));
        let number = last.map_or(SESSIONS, |last| last.saturating_add(1));
        let bytes = postcard::to_stdvec(&session).unwrap_or_default();
        journal.add(number, &bytes)
    }
}

impl Observer for Watch<'_> {
    fn played(&self, replications: u64) {
        self.played.fetch_add(replications, Ordering::Relaxed);
        self.observer.played(replications);
    }

    fn spared(&self, replications: u64) {
        self.observer.spared(replications);
    }

    fn wants_to_stop(&self) -> bool {
        self.observer.wants_to_stop()
    }
}

/// The sessions of a journal, in order.
///
/// # Errors
///
/// [`JournalError`] where it cannot be read.
pub fn sessions_in(pieces: &Pieces) -> Result<Vec<Session>, JournalError> {
    let numbers: Vec<u64> = pieces.numbers().filter(|number| is_session(*number)).collect();
    let mut all = Vec::new();
    for number in numbers {
        all.extend(postcard::from_bytes::<Session>(&pieces.body(number)?).ok());
    }
    Ok(all)
}

/// How long sessions took, and how many replications they played.
pub fn total(sessions: &[Session]) -> (Duration, u64) {
    let seconds: f64 = sessions.iter().map(|own| own.seconds).filter(|own| *own >= 0.0).sum();
    let played = sessions.iter().fold(0_u64, |sum, own| sum.saturating_add(own.replications));
    (Duration::try_from_secs_f64(seconds).unwrap_or_default(), played)
}
