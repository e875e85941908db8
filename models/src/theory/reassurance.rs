//! Trust between two sides, one of which may be out for more than security.

use engine::{Draw as _, Measure, Model, Purpose, Streams};

use super::{EXAMPLE, Known, chance, flag, known};
use crate::parameter::{Invalid, Kind, Parameter, Settings};

const TYPE: Purpose = Purpose::named("type");

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("trust", "t", 0.5, Kind::SHARE, "probability", "Prior chance that the other side seeks security only", EXAMPLE),
    Parameter::new("reward", "R", 1.0, Kind::ANY, "utility", "What mutual cooperation is worth to who seeks security", EXAMPLE),
    Parameter::new("temptation", "T", 0.8, Kind::ANY, "utility", "What defecting on a cooperator is worth to it: less than the reward", EXAMPLE),
    Parameter::new("punishment", "P", 0.3, Kind::ANY, "utility", "What mutual defection is worth to it", EXAMPLE),
    Parameter::new("sucker", "S", -0.2, Kind::ANY, "utility", "What being defected on is worth to it: less than the punishment", EXAMPLE),
    Parameter::new("signal", "s", 0.0, Kind::POSITIVE, "size", "Size of the gesture that would be taken as reassurance (off: 0)", EXAMPLE),
    Parameter::new("benefit_seeker", "B_S", 1.0, Kind::POSITIVE, "utility", "What being trusted is worth to a seeker of security", EXAMPLE),
    Parameter::new("benefit_expansionist", "B_E", 0.9, Kind::POSITIVE, "utility", "What it is worth to an expansionist", EXAMPLE),
    Parameter::new("cost_seeker", "c_S", 1.0, Kind::ABOVE_ZERO, "utility per size", "What a gesture costs a seeker of security", EXAMPLE),
    Parameter::new("cost_expansionist", "c_E", 1.8, Kind::ABOVE_ZERO, "utility per size", "What it costs an expansionist, who will miss what it gives up", EXAMPLE),
];

/// One side seeks security and does not know whether the other does. The other may make a costly
/// gesture; then the first cooperates or not:
///
/// ```text
/// cooperate iff belief ≥ t* = (P − S) / ((P − S) + (R − T))
/// the gesture separates iff B_E / c_E ≤ s ≤ B_S / c_S
/// ```
/// A gesture that separates is believed; any other leaves the belief where it was.
///
/// # Source
///
/// After Kydd (2000), *Trust, Reassurance, and Cooperation*, International Organization 54(2),
/// 325-357, and Kydd (2005), *Trust and Mistrust in International Relations*; stylised.
#[derive(Clone, Copy, Debug)]
pub struct Reassurance {
    trust: f64,
    threshold: f64,
    signal: f64,
    /// Of a seeker and of an expansionist: the most that a gesture may measure to be worth it.
    reach: (f64, f64),
}

/// How it ended.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    seeker: bool,
    gesture: bool,
    trusted: bool,
}

impl Reassurance {
    /// The world at one design point.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where payoffs are not those of a seeker of security.
    pub fn new(settings: &Settings) -> Result<Self, Invalid> {
        let get = |name| settings.get(name);
        let below = |low: &str, high: &str| {
            let (least, most) = (settings.get(low), settings.get(high));
            let rule = format!("must be below {high}, {most}");
            if least < most {
                Ok(most - least)
            } else {
                Err(Invalid::new(low, least.to_string(), rule))
            }
        };
        let (fear, hope) = (below("sucker", "punishment")?, below("temptation", "reward")?);
        Ok(Self {
            trust: get("trust"),
            threshold: fear / (fear + hope),
            signal: get("signal"),
            reach: (
                get("benefit_seeker") / get("cost_seeker"),
                get("benefit_expansionist") / get("cost_expansionist"),
            ),
        })
    }

    /// Whether a gesture of this size tells the two types apart: worth it to a seeker of security,
    /// not to an expansionist. Who is indifferent does what tells them apart.
    fn separates(&self) -> bool {
        self.signal > 0.0 && self.reach.1 <= self.signal && self.signal <= self.reach.0
    }

    /// The belief from which on a seeker of security cooperates, t*.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// What theory says: where the gesture separates, seekers of security are trusted and nobody is
    /// betrayed; where it does not, all are trusted if `t ≥ t*`, and none otherwise.
    pub fn known(&self) -> Vec<Known> {
        let all = flag(self.trust >= self.threshold);
        let (mutual, betrayed) = if self.separates() {
            (self.trust, 0.0)
        } else {
            (all * self.trust, all * (1.0 - self.trust))
        };
        known([
            ("p_trusted", mutual + betrayed),
            ("p_cooperation", mutual),
            ("p_betrayed", betrayed),
        ])
    }
}

impl Model for Reassurance {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        vec![
            chance("trusted", "whether the first side cooperated", |end: &Outcome| end.trusted),
            chance("cooperation", "whether both sides cooperated", |end: &Outcome| {
                end.trusted && end.seeker
            }),
            chance("betrayed", "whether the first side was betrayed", |end: &Outcome| {
                end.trusted && !end.seeker
            }),
            chance("gesture", "whether the other side made the gesture", |end: &Outcome| {
                end.gesture
            }),
        ]
    }

    fn play(&self, streams: &Streams) -> Outcome {
        let seeker = streams.open(TYPE).uniform() < self.trust;
        // A gesture is made only where it is believed: elsewhere it buys nothing.
        let worth_it =
            |reach: f64, ties: bool| self.signal < reach || (ties && self.signal == reach);
        let gesture = self.separates()
            && if seeker { worth_it(self.reach.0, true) } else { worth_it(self.reach.1, false) };
        let belief = match (self.separates(), gesture) {
            (true, true) => 1.0,
            (true, false) => 0.0,
            (false, _) => self.trust,
        };
        Outcome { seeker, gesture, trusted: belief >= self.threshold }
    }
}
