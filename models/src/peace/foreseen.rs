//! What is known once and for all about foreseen durability, in single precision: for screens.

use engine::exp;

use super::durability::QUICK;
use super::single::{EXP_ERROR, ROUNDING};
use super::stakes::Stakes;

/// The greatest logarithm of odds whose powers single precision holds.
const MOST_LOG: f64 = 27.0;

/// Durability of the odds of a break in year 0: their logarithm is `start − slope U_R − guarantee · G`.
#[derive(Clone, Debug)]
pub(super) struct Foreseen {
    pub(super) start: f64,
    pub(super) slope: f64,
    pub(super) guarantee: f64,
    pub(super) settler_grievance: f64,
    /// Of deterrence beyond a threshold: the logarithm of its half-point, its power, and that power of
    /// the half-point.
    pub(super) threshold: Option<[f32; 3]>,
    /// Durability as a ratio of polynomials in the odds, highest power first.
    pub(super) over: [f32; QUICK + 1],
    pub(super) under: [f32; QUICK + 1],
    /// How far that can be off.
    pub(super) error: f32,
}

impl Foreseen {
    /// Nothing where single precision does not reach; else with what it loses added to the error.
    pub(super) fn checked(mut self) -> Option<Self> {
        /// Of the logarithm of odds below 64 and of the exponential, relative to the odds; a durability
        /// changes by less than a quarter of it.
        const OF_ODDS: f32 = 64.0 * 4.0 * ROUNDING + EXP_ERROR;
        let reaches = self.start <= MOST_LOG
            && self.start - self.slope - self.guarantee >= -64.0
            && self.settler_grievance <= 1.0
            && self.threshold.is_none_or(|[log_half, ..]| log_half <= 0.0);
        self.error += OF_ODDS / 4.0 + 16.0 * ROUNDING;
        reaches.then_some(self)
    }

    /// By what a settler's smaller grievance multiplies the odds of a break.
    pub(super) fn settler_factor(&self, stakes: &Stakes) -> f64 {
        exp(-self.slope * (1.0 - self.settler_grievance) * stakes.challenger_grievance())
    }

    /// By what a cost multiplies them.
    pub(super) fn relief(&self, cost: f64) -> f64 {
        exp(-self.slope * cost)
    }
}
