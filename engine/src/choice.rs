//! How an actor chooses: by best response, or with errors that shrink as the stakes grow.

use std::sync::LazyLock;

use crate::elementary::{Place, exp, logistic, logit};
use crate::lanes::{Lanes, Number};

/// How a gain becomes an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DecisionRule {
    /// Accepts whenever it loses nothing.
    BestResponse,
    /// Accepts with probability `σ(gain / noise)`.
    ///
    /// # Source
    ///
    /// McKelvey and Palfrey (1995), *Quantal Response Equilibria for Normal Form Games*, Games and
    /// Economic Behavior 10(1), 6-38, equation 4 with λ = 1 / noise.
    Quantal {
        /// τ, in utility; above 0.
        noise: f64,
    },
}

impl DecisionRule {
    /// The chance to accept something that gains so much over the alternative.
    #[inline]
    pub fn acceptance(self, gain: f64) -> f64 {
        match self {
            Self::BestResponse => f64::from(u8::from(gain >= 0.0)),
            Self::Quantal { noise } => logistic(gain / noise),
        }
    }

    /// A gain so small that whatever gains less is refused by a uniform draw: `draw < acceptance(gain)`
    /// is false for all gains below. Minus infinity where there is none.
    #[inline]
    pub fn least_gain(self, draw: f64) -> f64 {
        /// More than what rounding makes of log-odds, as long as the draw is not too near to 1.
        const ROUNDING: f64 = 1e-9;
        match self {
            Self::BestResponse => 0.0,
            Self::Quantal { .. } if draw > 1.0 - 1e-5 => f64::NEG_INFINITY,
            Self::Quantal { noise } => noise * (logit(draw) - ROUNDING),
        }
    }
}

/// Whether something of these log-odds happens: whether a uniform draw from `[0, 1)` is below their
/// logistic, decided as `draw · (1 + e^-x) < 1`.
///
/// A table decides most draws; only near the chance the exponential is needed.
#[inline]
pub fn occurs(draw: f64, log_odds: f64) -> bool {
    let cells = &*CHANCES;
    let place = Place::within((log_odds + REACH) * STEPS, CELLS as f64 - 0.5);
    let above = draw - place.read(|cell| cells[cell % CELLS].middle);
    // One comparison, rarely true: a branch that follows the draw would often be mispredicted.
    if above.abs() <= place.read(|cell| cells[cell % CELLS].reach) {
        draw * (1.0 + exp(-log_odds)) < 1.0
    } else {
        above < 0.0
    }
}

/// Numbers of which each can decide whether something happens.
pub trait Chance: Number {
    /// 1 where something of these log-odds happens by a uniform draw, as [`occurs`] decides it, 0
    /// elsewhere.
    #[must_use]
    fn occurs(draw: Self, log_odds: Self) -> Self;
}

impl Chance for f64 {
    #[inline(always)]
    fn occurs(draw: Self, log_odds: Self) -> Self {
        // Not a branch: it would be mispredicted every third time.
        Self::from(u8::from(occurs(draw, log_odds)))
    }
}

impl<const L: usize> Chance for Lanes<L> {
    #[inline(always)]
    fn occurs(draw: Self, log_odds: Self) -> Self {
        draw.zip(log_odds, decided)
    }
}

/// The rule of [`occurs`] itself, which takes no table.
#[inline(always)]
fn decided(draw: f64, log_odds: f64) -> f64 {
    if draw * (1.0 + exp(-log_odds)) < 1.0 { 1.0 } else { 0.0 }
}

/// How far the table reaches in log-odds, and its cells per unit.
const REACH: f64 = 16.0;
const STEPS: f64 = 32.0;
const CELLS: usize = (2.0 * REACH * STEPS) as usize;

/// The chances within a cell: how far they reach from the middle, and more than rounding makes of
/// them. The outer cells hold all that is beyond the table.
struct Chances {
    middle: f64,
    reach: f64,
}

static CHANCES: LazyLock<[Chances; CELLS]> = LazyLock::new(|| {
    const ROUNDING: f64 = 1e-13;
    let edge = |at: usize| match at {
        0 => 0.0,
        CELLS => 1.0,
        _ => logistic(at as f64 / STEPS - REACH),
    };
    std::array::from_fn(|cell| {
        let (low, high) = (edge(cell), edge(cell + 1));
        Chances { middle: f64::midpoint(low, high), reach: (high - low) / 2.0 + ROUNDING }
    })
});

/// The logit choice probabilities among several utilities: one for each, adding up to 1.
///
/// # Source
///
/// Luce (1959); McFadden (1974); McKelvey and Palfrey (1995), equation 4.
pub fn logit_choice(utilities: &[f64], noise: f64) -> Vec<f64> {
    let best = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = utilities.iter().map(|u| exp((u - best) / noise)).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_decides_as_the_exponential_does() {
        for step in -4000..4000 {
            let log_odds = f64::from(step) * 0.007_812_5;
            let chance = logistic(log_odds);
            // At the chance, next to it, at the ends of its cell, and far away.
            for shift in [0.0, 1e-16, -1e-16, 3e-13, -3e-13, 0.004, -0.004, 0.3, -0.3] {
                let draw = (chance + shift).clamp(0.0, 1.0 - f64::EPSILON / 2.0);
                let exact = draw * (1.0 + exp(-log_odds)) < 1.0;
                assert_eq!(occurs(draw, log_odds), exact, "{draw} at {log_odds}");
                let Lanes([lane, _]) = Chance::occurs(Lanes([draw, 0.5]), Lanes([log_odds, 0.0]));
                assert_eq!(lane != 0.0, exact, "{draw} at {log_odds}, in lanes");
            }
        }
        assert!(occurs(0.999, f64::INFINITY) && !occurs(0.0, f64::NEG_INFINITY));
        assert!(!occurs(0.5, f64::NAN));
    }

    #[test]
    fn endless_noise_is_a_coin_and_no_noise_a_best_response() {
        for gain in [-0.3, -1e-6, 1e-6, 0.2] {
            let coin = DecisionRule::Quantal { noise: 1e12 }.acceptance(gain);
            assert!((coin - 0.5).abs() < 1e-12);
            let sharp = DecisionRule::Quantal { noise: 1e-9 }.acceptance(gain);
            assert!((sharp - DecisionRule::BestResponse.acceptance(gain)).abs() < 1e-12);
        }
        assert_eq!(DecisionRule::BestResponse.acceptance(0.0), 1.0);
    }

    #[test]
    fn whatever_gains_less_than_the_least_is_refused() {
        for noise in [1e-6, 0.02, 3.0] {
            for rule in [DecisionRule::BestResponse, DecisionRule::Quantal { noise }] {
                for step in 0..100_000 {
                    let draw = f64::from(step) * 1e-5;
                    let least = rule.least_gain(draw);
                    let below = least - least.abs() * f64::EPSILON - f64::MIN_POSITIVE;
                    for gain in [below, least - 0.1 * noise, least - 1.0] {
                        assert!(draw >= rule.acceptance(gain), "{rule:?}: {draw}, {gain}");
                    }
                    // It is no idle bound: a little more is accepted.
                    let more = least + 1e-8 * noise;
                    let accepted = draw < rule.acceptance(more);
                    let none = least.is_infinite() && (draw == 0.0 || draw > 0.9999);
                    assert!(accepted || none, "{rule:?}: {draw}");
                }
            }
        }
    }

    #[test]
    fn logit_odds_are_utility_differences() {
        let chances = logit_choice(&[1.0, 0.0, -500.0], 0.5);
        assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert!((chances[0] / chances[1] - exp(2.0)).abs() < 1e-12);
    }
}
