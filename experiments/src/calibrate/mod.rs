//! Calibration: which values of what is uncertain bring a model's estimates near to targets.

mod journal;
mod populations;
pub mod tables;
mod targets;

pub use journal::{Journal, JournalError};
pub use populations::{CalibrateError, Calibration, Particle, Population, Round, calibrate};
pub use targets::{Moment, Plan, Target};
