//! Take it or leave it, under a private cost of war.

use engine::{Draw as _, Measure, Model, Purpose, Streams, exp, ln, normal_survival};

use super::{EXAMPLE, Known, SHARE, UNBOUNDED, chance, known, mean};
use crate::parameter::{Invalid, Kind, Parameter, Settings};

const COST: Purpose = Purpose::named("cost");

/// The words for the two distributions of the responder's cost.
const DISTRIBUTIONS: &[&str] = &["uniform", "log-normal"];

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("strength", "p", 0.5, Kind::SHARE, "probability", "The proposer's chance to win a war", EXAMPLE),
    Parameter::new("own_cost", "c_A", 0.1, Kind::POSITIVE, "utility", "The proposer's cost of war", EXAMPLE),
    Parameter::new("distribution", "F", 0.0, Kind::Word(DISTRIBUTIONS), "", "What the responder's cost of war is drawn from", EXAMPLE),
    Parameter::new("least_cost", "l", 0.0, Kind::POSITIVE, "utility", "The least it can be (uniform)", EXAMPLE),
    Parameter::new("greatest_cost", "h", 0.4, Kind::POSITIVE, "utility", "The most it can be (uniform)", EXAMPLE),
    Parameter::new("median_cost", "m", 0.2, Kind::ABOVE_ZERO, "utility", "Its median (log-normal)", EXAMPLE),
    Parameter::new("cost_log_sd", "s", 0.8, Kind::between(1e-3, 10.0), "log units", "Spread of its logarithm (log-normal)", EXAMPLE),
];

/// A proposes how to share 1; B, whose cost of war c only B knows, accepts or fights:
///
/// ```text
/// B accepts x iff 1 − x ≥ 1 − p − c;   A maximises (1 − F(y)) (p + y) + F(y) (p − c_A),  y = x − p
/// ```
///
/// # Source
///
/// Fearon (1995), *Rationalist Explanations for War*, International Organization 49(3), 379-414.
#[derive(Clone, Debug)]
pub struct Ultimatum {
    strength: f64,
    own_cost: f64,
    costs: Costs,
    /// What A demands beyond what a war is expected to bring, y.
    margin: f64,
}

/// The distribution of the responder's cost.
#[derive(Clone, Copy, Debug)]
enum Costs {
    Uniform { least: f64, greatest: f64 },
    LogNormal { log_median: f64, log_sd: f64 },
}

/// How it ended.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    demand: f64,
    war: bool,
    payoffs: (f64, f64),
}

impl Costs {
    fn new(settings: &Settings) -> Result<Self, Invalid> {
        if DISTRIBUTIONS[settings.get("distribution") as usize] == "log-normal" {
            let (log_median, log_sd) =
                (ln(settings.get("median_cost")), settings.get("cost_log_sd"));
            return Ok(Self::LogNormal { log_median, log_sd });
        }
        let (least, greatest) = (settings.get("least_cost"), settings.get("greatest_cost"));
        if least > greatest {
            let rule = format!("must not be above greatest_cost, {greatest}");
            return Err(Invalid::new("least_cost", least.to_string(), rule));
        }
        Ok(Self::Uniform { least, greatest })
    }

    /// The chance that the cost is below `y`: that a demand of `p + y` means war.
    fn below(self, y: f64) -> f64 {
        match self {
            Self::Uniform { least, greatest } if greatest > least => {
                ((y - least) / (greatest - least)).clamp(0.0, 1.0)
            }
            Self::Uniform { least, .. } => f64::from(u8::from(y > least)),
            Self::LogNormal { .. } if y <= 0.0 => 0.0,
            Self::LogNormal { log_median, log_sd } => {
                normal_survival((log_median - ln(y)) / log_sd)
            }
        }
    }

    /// The mean cost times the chance of one below `y`: the part of the mean that lies below.
    fn mean_below(self, y: f64) -> f64 {
        match self {
            Self::Uniform { least, greatest } if greatest > least => {
                let to = y.clamp(least, greatest);
                (to * to - least * least) / 2.0 / (greatest - least)
            }
            Self::Uniform { least, .. } => {
                if y > least {
                    least
                } else {
                    0.0
                }
            }
            Self::LogNormal { .. } if y <= 0.0 => 0.0,
            Self::LogNormal { log_median, log_sd } => {
                let above = normal_survival((log_median + log_sd * log_sd - ln(y)) / log_sd);
                exp(log_median + log_sd * log_sd / 2.0) * above
            }
        }
    }

    /// What makes most of `(1 − F(y)) (y + c_A)`, for y up to `most`.
    fn best_margin(self, own_cost: f64, most: f64) -> f64 {
        match self {
            Self::Uniform { least, greatest } => {
                f64::midpoint(greatest, -own_cost).max(least).min(greatest).min(most)
            }
            Self::LogNormal { .. } => {
                let gain = |y: f64| (1.0 - self.below(y)) * (y + own_cost);
                greatest(&gain, most)
            }
        }
    }
}

/// Where a function on `[0, end]` is greatest: the best of a fine grid, then golden section around it.
fn greatest(of: &impl Fn(f64) -> f64, end: f64) -> f64 {
    const GRID: usize = 4000;
    let step = end / GRID as f64;
    let place = |at: usize| step * at as f64;
    let better = |best: usize, at: usize| if of(place(at)) > of(place(best)) { at } else { best };
    let best = (0..=GRID).fold(0, better);
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (place(best.saturating_sub(1)), place((best + 1).min(GRID)));
    for _ in 0..60 {
        let width = golden * (high - low);
        let (left, right) = (high - width, low + width);
        (low, high) = if of(left) >= of(right) { (low, right) } else { (left, high) };
    }
    let middle = f64::midpoint(low, high);
    [low, high, place(best)].into_iter().fold(middle, |a, b| if of(b) > of(a) { b } else { a })
}

impl Ultimatum {
    /// The world at one design point.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the least cost is above the greatest.
    pub fn new(settings: &Settings) -> Result<Self, Invalid> {
        let (strength, own_cost) = (settings.get("strength"), settings.get("own_cost"));
        let costs = Costs::new(settings)?;
        let margin = costs.best_margin(own_cost, 1.0 - strength);
        Ok(Self { strength, own_cost, costs, margin })
    }

    /// What theory says: for the uniform distribution
    ///
    /// ```text
    /// y* = max(l, min((h − c_A) / 2, h, 1 − p)),   P(war) = (y* − l) / (h − l)
    /// ```
    /// with no risk of war where `l ≥ (h − c_A) / 2`; for the log-normal the same integrals at the y
    /// that makes most of them.
    pub fn known(&self) -> Vec<Known> {
        let Self { strength: p, costs, margin: y, .. } = *self;
        let war = costs.below(y);
        let responder = (1.0 - war) * (1.0 - p - y) + war * (1.0 - p) - costs.mean_below(y);
        known([
            ("p_war", war),
            ("demand", p + y),
            ("payoff_proposer", self.expected(p + y)),
            ("payoff_responder", responder),
        ])
    }

    /// What the proposer expects of a demand.
    pub fn expected(&self, demand: f64) -> f64 {
        let war = self.costs.below(demand - self.strength);
        (1.0 - war) * demand + war * (self.strength - self.own_cost)
    }
}

impl Model for Ultimatum {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        vec![
            chance("war", "whether the demand was refused", |end: &Outcome| end.war),
            mean("demand", "1", "the share that was demanded", SHARE, |end: &Outcome| end.demand),
            mean(
                "payoff_proposer",
                "utility",
                "what the proposer had",
                UNBOUNDED,
                |end: &Outcome| end.payoffs.0,
            ),
            mean(
                "payoff_responder",
                "utility",
                "what the responder had",
                UNBOUNDED,
                |end: &Outcome| end.payoffs.1,
            ),
        ]
    }

    fn play(&self, streams: &Streams) -> Outcome {
        let mut luck = streams.open(COST);
        let cost = match self.costs {
            Costs::Uniform { least, greatest } => least + (greatest - least) * luck.uniform(),
            Costs::LogNormal { log_median, log_sd } => exp(log_median + log_sd * luck.normal()),
        };
        let demand = self.strength + self.margin;
        let fighting = (self.strength - self.own_cost, 1.0 - self.strength - cost);
        let war = 1.0 - demand < fighting.1;
        Outcome { demand, war, payoffs: if war { fighting } else { (demand, 1.0 - demand) } }
    }
}
