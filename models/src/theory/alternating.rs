//! Alternating offers with discounting, over some rounds or without end.

use engine::{Measure, Model, Streams, rubinstein_share};

use super::{EXAMPLE, Known, SHARE, known, mean};
use crate::parameter::{Kind, Parameter, Settings};

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("first_discount", "δ_1", 0.9, Kind::INNER, "per round", "Discount factor of who proposes first", EXAMPLE),
    Parameter::new("second_discount", "δ_2", 0.8, Kind::INNER, "per round", "Discount factor of the other", EXAMPLE),
    Parameter::new("rounds", "n", 0.0, Kind::Whole { low: 0, high: 10_000 }, "rounds", "Rounds of offers, nothing for anybody after the last (0: without end)", EXAMPLE),
];

/// Two sides share 1. In odd rounds the first proposes, in even ones the second; who refuses proposes
/// next, and a round costs either its discount factor. Solved by backward induction; the world holds
/// no luck.
///
/// # Source
///
/// Ståhl (1972), *Bargaining Theory*, for finitely many rounds; Rubinstein (1982), *Perfect
/// Equilibrium in a Bargaining Model*, Econometrica 50(1), 97-109, without end.
#[derive(Clone, Copy, Debug)]
pub struct Alternating {
    discounts: (f64, f64),
    rounds: u32,
    /// What the first proposes to keep, and the second accepts.
    share: f64,
}

impl Alternating {
    /// The world at one design point.
    pub fn new(settings: &Settings) -> Self {
        let discounts = (settings.get("first_discount"), settings.get("second_discount"));
        let rounds = settings.get("rounds") as u32;
        let share = if rounds == 0 {
            rubinstein_share(discounts.0, discounts.1)
        } else {
            backward(discounts, rounds)
        };
        Self { discounts, rounds, share }
    }

    /// What theory says of the first side's share, with `d = δ_1 δ_2`:
    ///
    /// ```text
    /// (1 − δ_2) / (1 − d)                              without end
    /// (1 − δ_2) (1 − d^{n/2}) / (1 − d)                 n even
    /// (1 − δ_2) (1 − d^{(n−1)/2}) / (1 − d) + d^{(n−1)/2}   n odd
    /// ```
    pub fn known(&self) -> Vec<Known> {
        let d = self.discounts.0 * self.discounts.1;
        let pairs =
            if self.rounds == 0 { 0.0 } else { engine::power(d, f64::from(self.rounds / 2)) };
        let last = if self.rounds.is_multiple_of(2) { 0.0 } else { pairs };
        let first = (1.0 - self.discounts.1) * (1.0 - pairs) / (1.0 - d) + last;
        known([("share_first", first), ("share_second", 1.0 - first)])
    }
}

/// The proposer of the last round keeps all; before it, each keeps all but what the other would have
/// a round later.
fn backward(discounts: (f64, f64), rounds: u32) -> f64 {
    let mut kept = 1.0;
    for round in (1..rounds).rev() {
        // In this round the other side waits for what it would keep in the next.
        let patience = if round.is_multiple_of(2) { discounts.0 } else { discounts.1 };
        kept = 1.0 - patience * kept;
    }
    kept
}

impl Model for Alternating {
    type Outcome = f64;

    fn measures(&self) -> Vec<Measure<f64>> {
        vec![
            mean("share_first", "1", "what the first side has of 1", SHARE, |first: &f64| *first),
            mean("share_second", "1", "what the second side has of 1", SHARE, |first: &f64| {
                1.0 - first
            }),
        ]
    }

    fn play(&self, _: &Streams) -> f64 {
        self.share
    }
}
