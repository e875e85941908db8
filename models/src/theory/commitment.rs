//! Bargaining while power shifts: war with complete information.

use engine::{Draw as _, Measure, Model, Purpose, Streams, normal_survival};

use super::{EXAMPLE, Known, UNBOUNDED, chance, known, mean};
use crate::parameter::{Kind, Parameter, Settings};

const PER_PERIOD: &str = "utility per period";

const SHIFT: Purpose = Purpose::named("shift");

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("strength", "p_A", 0.6, Kind::INNER, "probability", "The declining side's chance to win a war today", EXAMPLE),
    Parameter::new("destruction", "d", 0.2, Kind::INNER, "share", "Share of all that is at stake which a war destroys", EXAMPLE),
    Parameter::new("discount", "δ", 0.9, Kind::INNER, "per period", "Discount factor of both sides", EXAMPLE),
    Parameter::new("shift", "D", 0.3, Kind::between(0.0, 1.0), "probability", "Mean shift of the chance to win towards the rising side, from the next period on", EXAMPLE),
    Parameter::new("shift_sd", "s_D", 0.0, Kind::POSITIVE, "probability", "Spread of that shift between replications; both sides know it before they bargain (off: 0)", EXAMPLE),
];

/// A flow of 1 a period is shared. A, who declines, proposes each period; B, who rises, accepts or
/// fights; war is final and destroys a share of all that follows. B cannot promise today not to use
/// tomorrow's power:
///
/// ```text
/// war iff δ M_B(1) − M_B(0) > B − (M_A(0) + M_B(0)),   M_i = p_i (1 − d) / (1 − δ),   B = 1 / (1 − δ)
/// ```
///
/// # Source
///
/// Powell (2006), *War as a Commitment Problem*, International Organization 60(1), 169-203.
#[derive(Clone, Copy, Debug)]
pub struct Commitment {
    strength: f64,
    destruction: f64,
    discount: f64,
    shift: f64,
    shift_sd: f64,
}

/// How it ended: payoffs as an average per period.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    war: bool,
    payoffs: (f64, f64),
}

impl Commitment {
    /// The world at one design point.
    pub fn new(settings: &Settings) -> Self {
        Self {
            strength: settings.get("strength"),
            destruction: settings.get("destruction"),
            discount: settings.get("discount"),
            shift: settings.get("shift"),
            shift_sd: settings.get("shift_sd"),
        }
    }

    /// The shift above which there is war:
    ///
    /// ```text
    /// D* = (1 − p_A (1 − d)) / (δ (1 − d)) − (1 − p_A)
    /// ```
    /// which for δ → 1 is `d / (1 − d)`. A shift beyond p_A cannot be.
    pub fn threshold(&self) -> f64 {
        let left = 1.0 - self.destruction;
        (1.0 - self.strength * left) / (self.discount * left) - (1.0 - self.strength)
    }

    /// What theory says of the chance of war.
    pub fn known(&self) -> Vec<Known> {
        let threshold = self.threshold();
        let gap = threshold - self.shift;
        let war = if threshold >= self.strength {
            0.0
        } else if self.shift_sd == 0.0 {
            f64::from(u8::from(gap < 0.0))
        } else {
            normal_survival(gap / self.shift_sd)
        };
        known([("p_war", war)])
    }
}

impl Model for Commitment {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        vec![
            chance("war", "whether the declining side fought", |end: &Outcome| end.war),
            mean(
                "payoff_declining",
                PER_PERIOD,
                "what the declining side had",
                UNBOUNDED,
                |end: &Outcome| end.payoffs.0,
            ),
            mean(
                "payoff_rising",
                PER_PERIOD,
                "what the rising side had",
                UNBOUNDED,
                |end: &Outcome| end.payoffs.1,
            ),
        ]
    }

    /// Tomorrow B accepts what a war would then bring it. Today A compares a war with giving B just
    /// enough, tomorrow's share included: less than nothing cannot be given.
    fn play(&self, streams: &Streams) -> Outcome {
        let shift = self.shift + self.shift_sd * streams.open(SHIFT).normal();
        let after = (1.0 - self.strength + shift).clamp(0.0, 1.0);
        let (all, left) = (1.0 / (1.0 - self.discount), 1.0 - self.destruction);
        let fighting = |chance: f64| chance * left * all;
        let (ours, theirs) = (fighting(self.strength), fighting(1.0 - self.strength));
        let tomorrow = self.discount * fighting(after);
        let given = (theirs - tomorrow).max(0.0) + tomorrow;
        let war = ours > all - given;
        let payoffs = if war { (ours, theirs) } else { (all - given, given) };
        Outcome { war, payoffs: (payoffs.0 / all, payoffs.1 / all) }
    }
}
