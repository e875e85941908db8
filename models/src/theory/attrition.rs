//! A war of attrition: who gives up first, and when.

use engine::{Draw as _, Measure, Model, Purpose, Streams, ln};

use super::{EXAMPLE, Known, UNBOUNDED, chance, known, mean};
use crate::parameter::{Kind, Parameter, Settings};

const PATIENCE: Purpose = Purpose::named("patience");

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("cost_1", "c_1", 0.2, Kind::ABOVE_ZERO, "utility per period", "What holding out costs the first side", EXAMPLE),
    Parameter::new("cost_2", "c_2", 0.1, Kind::ABOVE_ZERO, "utility per period", "What holding out costs the second side", EXAMPLE),
    Parameter::new("prize_1", "V_1", 1.0, Kind::ABOVE_ZERO, "utility", "What winning is worth to the first side", EXAMPLE),
    Parameter::new("prize_2", "V_2", 2.0, Kind::ABOVE_ZERO, "utility", "What winning is worth to the second side", EXAMPLE),
];

/// Both sides pay as long as both hold out; who outlasts the other has the prize. In the mixed
/// equilibrium each concedes at the rate that leaves the other indifferent:
///
/// ```text
/// h_1 = c_2 / V_2,   h_2 = c_1 / V_1
/// ```
///
/// # Source
///
/// Maynard Smith (1974), *The theory of games and the evolution of animal conflicts*, Journal of
/// Theoretical Biology 47(1); Hendricks, Weiss and Wilson (1988), *The War of Attrition in
/// Continuous Time with Complete Information*, International Economic Review 29(4).
#[derive(Clone, Copy, Debug)]
pub struct Attrition {
    costs: (f64, f64),
    prizes: (f64, f64),
}

/// How it ended.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    first_concedes: bool,
    duration: f64,
    payoffs: (f64, f64),
}

impl Attrition {
    /// The world at one design point.
    pub fn new(settings: &Settings) -> Self {
        Self {
            costs: (settings.get("cost_1"), settings.get("cost_2")),
            prizes: (settings.get("prize_1"), settings.get("prize_2")),
        }
    }

    /// The rates at which the sides concede.
    fn hazards(&self) -> (f64, f64) {
        (self.costs.1 / self.prizes.1, self.costs.0 / self.prizes.0)
    }

    /// What theory says:
    ///
    /// ```text
    /// P(1 concedes first) = h_1 / (h_1 + h_2),   E(duration) = 1 / (h_1 + h_2),   E(payoff) = 0
    /// ```
    pub fn known(&self) -> Vec<Known> {
        let (one, two) = self.hazards();
        known([
            ("p_first_concedes", one / (one + two)),
            ("duration", 1.0 / (one + two)),
            ("payoff_1", 0.0),
            ("payoff_2", 0.0),
        ])
    }
}

impl Model for Attrition {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        vec![
            chance("first_concedes", "whether the first side gave up", |end: &Outcome| {
                end.first_concedes
            }),
            mean("duration", "periods", "how long both held out", UNBOUNDED, |end: &Outcome| {
                end.duration
            }),
            mean("payoff_1", "utility", "what the first side had", UNBOUNDED, |end: &Outcome| {
                end.payoffs.0
            }),
            mean("payoff_2", "utility", "what the second side had", UNBOUNDED, |end: &Outcome| {
                end.payoffs.1
            }),
        ]
    }

    fn play(&self, streams: &Streams) -> Outcome {
        let mut luck = streams.open(PATIENCE);
        let hazards = self.hazards();
        let mut patience = |hazard: f64| -ln(1.0 - luck.uniform()) / hazard;
        let (one, two) = (patience(hazards.0), patience(hazards.1));
        let (first_concedes, duration) = (one < two, one.min(two));
        let paid = (-self.costs.0 * duration, -self.costs.1 * duration);
        let payoffs = if first_concedes {
            (paid.0, paid.1 + self.prizes.1)
        } else {
            (paid.0 + self.prizes.0, paid.1)
        };
        Outcome { first_concedes, duration, payoffs }
    }
}
