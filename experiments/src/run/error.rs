//! What can go wrong while pieces are played or put together.

use engine::{Fault, Stopped};
use models::Invalid;
use outputs::JournalError;

/// Why pieces cannot be played or put together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The observer asked for it; what was played until then is in the journal.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The journal cannot be written or read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Values contradict each other.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A model could not be built.
    #[error("design point {point}, draw {draw}: the model broke off while it was built: {message}")]
    Unbuilt {
        /// The design point.
        point: u64,
        /// The draw.
        draw: usize,
        /// What the panic said.
        message: String,
    },
    /// More replications broke off than the study allows.
    #[error(
        "{count} replications broke off, more than `run.most_faults` = {share} allows; the last: {last} (design point \
         {point}, draw {draw})"
    )]
    Faults {
        /// How many.
        count: u64,
        /// The share that is allowed.
        share: f64,
        /// The last of them.
        last: Fault,
        /// Its design point.
        point: u64,
        /// Its draw.
        draw: usize,
    },
    /// No journal has this piece.
    #[error("piece {0} is missing")]
    Missing(u64),
    /// A piece is whole, but not of this study.
    #[error("piece {0} is not of this study")]
    Strange(u64),
    /// What is uncertain changes how results are counted.
    #[error(
        "what is uncertain changes the bins in which results are counted (the horizon or the grid of offers): sweep it \
         in place of that"
    )]
    Bins,
    /// Rows cannot be written.
    #[error("cannot write the table of replications")]
    Rows(#[source] std::io::Error),
}
