//! Two ways to make a threat credible: tying hands and sinking costs.

use engine::{Draw as _, Measure, Model, Purpose, Streams};

use super::{EXAMPLE, Known, UNBOUNDED, chance, known, mean};
use crate::parameter::{Kind, Parameter, Settings};

const RESOLVE: Purpose = Purpose::named("resolve");
const CHALLENGE: Purpose = Purpose::named("challenge");

/// The words for the two kinds of signals.
const KINDS: &[&str] = &["sinking", "tying"];

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("size", "m", 0.5, Kind::POSITIVE, "utility", "What the signal costs: at once (sinking), or on backing down (tying)", EXAMPLE),
    Parameter::new("kind", "", 0.0, Kind::Word(KINDS), "", "Whether costs are sunk or hands are tied", EXAMPLE),
    Parameter::new("prize", "V", 1.0, Kind::ABOVE_ZERO, "utility", "What deterrence is worth to the defender", EXAMPLE),
    Parameter::new("undeterred", "q", 0.25, Kind::INNER, "probability", "Chance that the challenger attacks although it believes the signal", EXAMPLE),
    Parameter::new("resolute", "r", 0.5, Kind::SHARE, "probability", "Chance that the defender would fight", EXAMPLE),
];

/// A defender of unknown resolve signals that it will fight. If signals are believed, one who would
/// not fight bluffs wherever that pays:
///
/// ```text
/// sinking costs:  (1 − q) V − m > 0      no bluffs from m = (1 − q) V on
/// tying hands:    (1 − q) V − q m > 0    no bluffs from m = (1 − q) V / q on
/// ```
/// Where nobody bluffs, a resolute defender has paid m for a sunk cost, and nothing for tied hands.
///
/// # Source
///
/// After Fearon (1997), *Signaling Foreign Policy Interests: Tying Hands versus Sinking Costs*,
/// Journal of Conflict Resolution 41(1), 68-90; stylised to two types.
#[derive(Clone, Copy, Debug)]
pub struct Signals {
    size: f64,
    tying: bool,
    prize: f64,
    undeterred: f64,
    resolute: f64,
}

/// How it ended.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    signal: bool,
    bluff: bool,
    deterred: bool,
    /// What the signal has cost.
    paid: f64,
}

impl Signals {
    /// The world at one design point.
    pub fn new(settings: &Settings) -> Self {
        Self {
            size: settings.get("size"),
            tying: KINDS[settings.get("kind") as usize] == "tying",
            prize: settings.get("prize"),
            undeterred: settings.get("undeterred"),
            resolute: settings.get("resolute"),
        }
    }

    /// The size from which on nobody bluffs.
    pub fn threshold(&self) -> f64 {
        let deterrence = (1.0 - self.undeterred) * self.prize;
        if self.tying { deterrence / self.undeterred } else { deterrence }
    }

    /// What theory says.
    pub fn known(&self) -> Vec<Known> {
        let bluff = if self.size < self.threshold() { 1.0 - self.resolute } else { 0.0 };
        let signal = self.resolute + bluff;
        let paid =
            if self.tying { bluff * self.undeterred * self.size } else { signal * self.size };
        known([
            ("p_bluff", bluff),
            ("p_deterred", signal * (1.0 - self.undeterred)),
            ("paid", paid),
        ])
    }
}

impl Model for Signals {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        vec![
            chance("signal", "whether the defender signalled", |end: &Outcome| end.signal),
            chance("bluff", "whether one signalled who would not fight", |end: &Outcome| end.bluff),
            chance("deterred", "whether the challenger stayed away", |end: &Outcome| end.deterred),
            mean("paid", "utility", "what the signal has cost", UNBOUNDED, |end: &Outcome| {
                end.paid
            }),
        ]
    }

    /// What a bluff brings is weighed branch by branch; only then the challenger's answer is drawn.
    fn play(&self, streams: &Streams) -> Outcome {
        let resolute = streams.open(RESOLVE).uniform() < self.resolute;
        let cost_if_attacked = self.size;
        let cost_if_deterred = if self.tying { 0.0 } else { self.size };
        let bluffing = (1.0 - self.undeterred) * (self.prize - cost_if_deterred)
            - self.undeterred * cost_if_attacked;
        // Within rounding of nothing it is not worth it.
        let bluff = !resolute && bluffing > 1e-12 * self.prize;
        let signal = resolute || bluff;
        let attacks = streams.open(CHALLENGE).uniform() < self.undeterred;
        let paid = match (signal, self.tying) {
            (false, _) => 0.0,
            (true, false) => self.size,
            (true, true) => {
                if bluff && attacks {
                    self.size
                } else {
                    0.0
                }
            }
        };
        Outcome { signal, bluff, deterred: signal && !attacks, paid }
    }
}
