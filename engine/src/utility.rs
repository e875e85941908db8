//! Spatial preferences: how much an actor likes terms, by their distance from its ideal point.

use crate::elementary::power;

/// An ideal point, how much each issue matters, and how losses grow with distance.
#[derive(Clone, Debug, PartialEq)]
pub struct Preferences {
    ideal: Vec<f64>,
    salience: Vec<f64>,
    curvature: f64,
}

/// What is wrong with preferences.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PreferenceError {
    /// As many weights as issues are needed.
    #[error("there are {ideals} ideal levels, but {weights} weights")]
    Lengths {
        /// Ideal levels given.
        ideals: usize,
        /// Weights given.
        weights: usize,
    },
    /// A level is a share.
    #[error("the ideal level {0} must lie in [0, 1]")]
    Ideal(f64),
    /// A weight is a finite number from 0 on.
    #[error("the salience {0} must not be negative")]
    Weight(f64),
    /// Somebody to whom nothing matters has no preferences.
    #[error("at least one salience must be above 0")]
    NothingMatters,
    /// Below 1 the middle ground would be the worst of all.
    #[error("the curvature {0} must be at least 1")]
    Curvature(f64),
}

impl Preferences {
    /// Preferences over as many issues as there are ideal levels; weights are divided by their sum.
    ///
    /// # Errors
    ///
    /// [`PreferenceError`] for levels outside `[0, 1]`, negative or all-zero weights, and a
    /// curvature below 1.
    pub fn new(ideal: Vec<f64>, weights: &[f64], curvature: f64) -> Result<Self, PreferenceError> {
        if ideal.len() != weights.len() {
            return Err(PreferenceError::Lengths { ideals: ideal.len(), weights: weights.len() });
        }
        if let Some(level) = ideal.iter().find(|level| !(0.0..=1.0).contains(*level)) {
            return Err(PreferenceError::Ideal(*level));
        }
        if let Some(weight) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
            return Err(PreferenceError::Weight(*weight));
        }
        if !(curvature.is_finite() && curvature >= 1.0) {
            return Err(PreferenceError::Curvature(curvature));
        }
        let sum: f64 = weights.iter().sum();
        if sum <= 0.0 {
            return Err(PreferenceError::NothingMatters);
        }
        let salience = weights.iter().map(|weight| weight / sum).collect();
        Ok(Self { ideal, salience, curvature })
    }

    /// The same saliences and curvature around another ideal point, cut to `[0, 1]`.
    #[must_use]
    pub fn around(&self, ideal: &[f64]) -> Self {
        let ideal = ideal.iter().map(|level| level.clamp(0.0, 1.0)).collect();
        Self { ideal, ..self.clone() }
    }

    /// How many issues.
    pub fn issues(&self) -> usize {
        self.ideal.len()
    }

    /// The ideal level of an issue.
    pub fn ideal(&self, issue: usize) -> f64 {
        self.ideal[issue]
    }

    /// The share of attention that an issue gets; all shares add up to 1.
    pub fn salience(&self, issue: usize) -> f64 {
        self.salience[issue]
    }

    /// The exponent of distance: 1 linear, 2 quadratic loss.
    pub const fn curvature(&self) -> f64 {
        self.curvature
    }

    /// What is lost on one issue at a level, in utility.
    #[inline]
    pub fn loss(&self, issue: usize, level: f64) -> f64 {
        self.salience[issue] * power((level - self.ideal[issue]).abs(), self.curvature)
    }

    /// How fast that loss grows with the level; 0 at the ideal point.
    pub fn loss_slope(&self, issue: usize, level: f64) -> f64 {
        let gap = level - self.ideal[issue];
        if gap == 0.0 {
            return 0.0;
        }
        let steepness = self.salience[issue] * self.curvature;
        (steepness * power(gap.abs(), self.curvature - 1.0)).copysign(gap)
    }

    /// Utility of terms, one level for each issue: 1 at the ideal point, never below 0.
    ///
    /// ```text
    /// U(x) = 1 − Σ_j w_j |x_j − p_j|^q
    /// ```
    /// w: salience; p: ideal; q: curvature.
    ///
    /// # Source
    ///
    /// Enelow and Hinich (1984), *The Spatial Theory of Voting*, chapter 2.
    #[inline]
    pub fn utility(&self, terms: &[f64]) -> f64 {
        let losses = terms.iter().enumerate().map(|(issue, level)| self.loss(issue, *level));
        1.0 - losses.sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utility_is_one_at_the_ideal_and_falls_with_distance() {
        let actor = Preferences::new(vec![1.0, 0.0], &[3.0, 1.0], 2.0).expect("they are valid");
        assert_eq!(actor.utility(&[1.0, 0.0]), 1.0);
        assert_eq!(actor.utility(&[0.5, 0.0]), 1.0 - 0.75 * 0.25);
        assert_eq!(actor.utility(&[0.0, 1.0]), 0.0);
    }

    #[test]
    fn bad_preferences_are_refused_with_the_broken_rule() {
        let refuse = |ideal: f64, weights: [f64; 1], q| {
            Preferences::new(vec![ideal], &weights, q).expect_err("it is invalid")
        };
        assert_eq!(refuse(1.5, [1.0], 1.0), PreferenceError::Ideal(1.5));
        assert_eq!(refuse(0.5, [-1.0], 1.0), PreferenceError::Weight(-1.0));
        assert_eq!(refuse(0.5, [0.0], 1.0), PreferenceError::NothingMatters);
        assert_eq!(refuse(0.5, [1.0], 0.5), PreferenceError::Curvature(0.5));
    }
}
