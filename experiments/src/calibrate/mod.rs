//! Calibration: which values of what is uncertain bring a model's estimates near to targets.

mod populations;
pub mod tables;
mod targets;

pub use populations::{CalibrateError, Calibration, Particle, Round, calibrate};
pub use targets::{Moment, Plan, Target};
