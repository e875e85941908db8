//! What an actor believes and how it learns: conjugate normal beliefs and log-odds of a type.

use crate::elementary::{NormalTable, exp, ln_normal, logistic, logit};
use crate::lanes::Number;

/// A normal belief about a number that is not seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormalBelief {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation; 0 where the number is known.
    pub sd: f64,
}

impl NormalBelief {
    /// Learns from one signal with normal noise of that variance.
    ///
    /// ```text
    /// 1/ŝ² ← 1/ŝ² + 1/v,   μ̂ ← ŝ² (μ̂/ŝ²_before + y/v)
    /// ```
    /// # Source
    ///
    /// DeGroot (1970), *Optimal Statistical Decisions*, section 9.5.
    #[inline]
    pub fn observe(&mut self, signal: f64, variance: f64) {
        let prior = self.sd * self.sd;
        let trust = prior / (prior + variance);
        self.mean += trust * (signal - self.mean);
        self.sd = (prior * (1.0 - trust)).sqrt();
    }

    /// The mean of the exponential of the number: `exp(μ̂ + ŝ²/2)`.
    pub fn mean_exp(&self) -> f64 {
        exp(self.mean + self.sd * self.sd / 2.0)
    }

    /// What is believed about the exponential of the number plus `more`.
    #[inline]
    pub fn exp_of_sum(&self, more: f64) -> LogNormal {
        LogNormal { mean: self.mean + more, per_sd: 1.0 / self.sd, normal: NormalTable::get() }
    }

    /// The nodes of the three-point Gauss–Hermite rule for this belief, whose weights are
    /// [`NODE_WEIGHTS`]: exact for polynomials up to the fifth degree.
    pub fn nodes(&self) -> [f64; 3] {
        let reach = 3.0_f64.sqrt() * self.sd;
        [self.mean - reach, self.mean, self.mean + reach]
    }
}

/// A number whose logarithm is normal.
#[derive(Clone, Copy, Debug)]
pub struct LogNormal {
    /// Of the logarithm.
    mean: f64,
    /// One over the standard deviation of the logarithm; infinite where the number is known.
    per_sd: f64,
    normal: &'static NormalTable,
}

impl LogNormal {
    /// Of its logarithm: the mean, and one over the standard deviation, infinite where it is known.
    #[inline]
    pub const fn standard(&self) -> (f64, f64) {
        (self.mean, self.per_sd)
    }

    /// The chance that the number is at least `threshold`, in each lane; 1 up to 0.
    #[inline(always)]
    pub fn reaches<N: Number>(&self, threshold: N) -> N {
        let least = f64::MIN_POSITIVE;
        let normal = threshold.map(|t| if t > least { t } else { least });
        let gap = normal.map(ln_normal) - self.mean;
        let chance = if self.per_sd == f64::INFINITY {
            gap.map(|gap| if gap <= 0.0 { 1.0 } else { 0.0 })
        } else {
            self.normal.at(gap * self.per_sd)
        };
        chance.zip(threshold, |chance, threshold| if threshold > 0.0 { chance } else { 1.0 })
    }
}

/// The weights of [`NormalBelief::nodes`].
pub const NODE_WEIGHTS: [f64; 3] = [1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0];

/// The log-odds of one of two types, which fade back to their prior.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogOdds<N = f64> {
    prior: f64,
    value: N,
}

impl<N: Number> LogOdds<N> {
    /// Starts at the log-odds of a prior probability in `(0, 1)`.
    pub fn new(prior: f64) -> Self {
        Self { prior: logit(prior), value: N::splat(logit(prior)) }
    }

    /// Forgets a share of what was learned, then adds evidence (a log-likelihood ratio).
    #[inline(always)]
    pub fn learn(&mut self, forgetting: f64, evidence: N) {
        self.value = self.value * (1.0 - forgetting) + forgetting * self.prior + evidence;
    }

    /// Those of one lane.
    #[inline(always)]
    pub fn lane(&self, at: usize) -> LogOdds {
        LogOdds { prior: self.prior, value: self.value.lane(at) }
    }

    /// Puts others, of the same prior, into one lane.
    #[inline(always)]
    pub fn set_lane(&mut self, at: usize, other: &LogOdds) {
        self.value.set_lane(at, other.value);
    }
}

impl LogOdds {
    /// The log-odds.
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// The probability.
    #[inline]
    pub fn probability(&self) -> f64 {
        logistic(self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_signals_give_the_conjugate_posterior() {
        // closed_forms: normal_normal, mean 0.7769…, sd 0.05547….
        let mut belief = NormalBelief { mean: 0.5, sd: 0.2 };
        (0..3).for_each(|_| belief.observe(0.8, 0.01));
        assert!((belief.mean - 0.776_923_076_923_076_9).abs() < 1e-15);
        assert!((belief.sd - 0.055_470_019_622_522_93).abs() < 1e-15);
    }

    #[test]
    fn a_known_number_teaches_nothing_and_is_reached_or_not() {
        let mut known = NormalBelief { mean: 0.0, sd: 0.0 };
        known.observe(5.0, 1.0);
        assert_eq!(known, NormalBelief { mean: 0.0, sd: 0.0 });
        let half = known.exp_of_sum(0.5_f64.ln());
        assert_eq!((half.reaches(0.49), half.reaches(0.51), half.reaches(-1.0)), (1.0, 0.0, 1.0));
    }

    #[test]
    fn a_log_normal_number_reaches_its_median_half_the_time() {
        let cost = NormalBelief { mean: -2.0, sd: 0.7 }.exp_of_sum(3.0_f64.ln());
        let median = 3.0 * exp(-2.0);
        // The table of the normal distribution promises 1e-10.
        assert!((cost.reaches(median) - 0.5).abs() < 1e-10);
        assert!((cost.reaches(median * exp(0.7)) - 0.158_655_253_931).abs() < 1e-9);
        assert_eq!(cost.reaches(0.0), 1.0);
    }

    #[test]
    fn the_three_point_rule_is_exact_to_the_fifth_degree() {
        let nodes = NormalBelief { mean: 0.0, sd: 1.0 }.nodes();
        let pairs = || nodes.iter().zip(NODE_WEIGHTS);
        let moment = |power: i32| pairs().map(|(x, w)| w * x.powi(power)).sum::<f64>();
        for (power, expected) in [(0, 1.0), (1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0), (5, 0.0)] {
            assert!((moment(power) - expected).abs() < 1e-14, "degree {power}");
        }
    }
}
