//! The compromise model as a world: everybody pulls with its weight.

use std::f64::consts::PI;

use engine::{Measure, Model, Streams, exp, normal_survival_exact, weighted_mean, weighted_median};

use super::negotiation::{DOUBT, Negotiation, column};
use crate::parameter::{Invalid, Kind, Parameter, Settings};
use crate::scenario::Scenario;
use crate::theory::{Known, SHARE, mean};
use crate::weight::{Rule, by_weight};

/// The words for what weighs.
const WEIGHTS: &[&str] = &["salience", "salience_capability"];

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("weights", "w", 1.0, Kind::Word(WEIGHTS), "", "What weighs a position: salience alone, or salience times capability", "from the literature: Van den Bos (1991), Achen (2006)"),
    DOUBT,
];

/// The mean and the median of positions by weight, issue by issue: the baseline that any forecast of
/// a negotiation has to beat.
///
/// ```text
/// mean = Σ w_i x_i / Σ w_i,   w_i = s_i or s_i c_i
/// ```
/// Where an issue matters to nobody, everybody weighs the same.
///
/// # Source
///
/// Van den Bos (1991), *Dutch EC Decision Making*; Achen (2006), in Thomson et al. (eds.), *The
/// European Union Decides*, chapter 4; the median: Black (1958).
#[derive(Clone, Debug)]
pub struct Compromise {
    negotiation: Negotiation,
    /// By issue, then by actor.
    weights: Vec<Vec<f64>>,
}

/// What it ended in.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// By issue.
    means: Vec<f64>,
    medians: Vec<f64>,
}

impl Compromise {
    /// The world at one design point.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the scenario is not sound, or somebody has no capability.
    pub fn new(settings: &Settings, scenario: &Scenario) -> Result<Self, Invalid> {
        let negotiation = Negotiation::new(settings, scenario)?;
        let by_capability = WEIGHTS[settings.get("weights") as usize] == "salience_capability";
        let weight = |actor: usize, issue: usize| {
            let capability = if by_capability { negotiation.capability[actor] } else { 1.0 };
            negotiation.salience[actor][issue] * capability
        };
        let of_issue = |issue: usize| -> Vec<f64> {
            (0..negotiation.size()).map(|actor| weight(actor, issue)).collect()
        };
        let weights = (0..negotiation.issues.len()).map(of_issue).collect();
        Ok(Self { negotiation, weights })
    }

    /// What theory says: means of positions of which those in doubt are cut to the scale,
    ///
    /// ```text
    /// E(cut(x + σ z)) = x (Φ(b) − Φ(a)) + σ (φ(a) − φ(b)) + 1 − Φ(b),   a = −x / σ,   b = (1 − x) / σ
    /// ```
    /// and, where nothing is in doubt, medians.
    pub fn known(&self) -> Vec<Known> {
        let doubt = self.negotiation.doubt();
        let mut known = Vec::new();
        for (at, issue) in self.negotiation.issues.iter().enumerate() {
            let stated = Negotiation::on(self.negotiation.stated(), at);
            let expected: Vec<f64> = stated.iter().map(|x| cut(*x, doubt)).collect();
            let weights = &self.weights[at];
            known.push((mean_of(issue).into(), by_weight(weighted_mean, &expected, weights)));
            if doubt == 0.0 {
                known.push((median_of(issue).into(), by_weight(weighted_median, &stated, weights)));
            }
        }
        known
    }
}

/// The mean of a normal around `x`, cut to the scale.
fn cut(x: f64, sd: f64) -> f64 {
    if sd == 0.0 {
        return x;
    }
    let (a, b) = (-x / sd, (1.0 - x) / sd);
    let density = |z: f64| exp(-0.5 * z * z) / (2.0 * PI).sqrt();
    let (above_a, above_b) = (normal_survival_exact(a), normal_survival_exact(b));
    x * (above_a - above_b) + sd * (density(a) - density(b)) + above_b
}

pub(super) fn mean_of(issue: &str) -> String {
    format!("mean_{}", column(issue))
}

pub(super) fn median_of(issue: &str) -> String {
    format!("median_{}", column(issue))
}

/// The estimates that head runs of this world and of the challenge model.
pub fn headline(scenario: &Scenario) -> Vec<(String, String)> {
    let of = |issue: &crate::Issue| {
        let plain = issue.name.replace('_', " ");
        [
            (mean_of(&issue.name), format!("{plain}: mean")),
            (median_of(&issue.name), format!("{plain}: median")),
        ]
    };
    scenario.issues.iter().flat_map(of).collect()
}

impl Model for Compromise {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        let of = |(at, issue): (usize, &String)| {
            [
                mean(&mean_of(issue), "1", "mean of positions by weight", SHARE, {
                    move |end: &Outcome| end.means[at]
                }),
                mean(&median_of(issue), "1", "median of positions by weight", SHARE, {
                    move |end: &Outcome| end.medians[at]
                }),
            ]
        };
        self.negotiation.issues.iter().enumerate().flat_map(of).collect()
    }

    fn play(&self, streams: &Streams) -> Outcome {
        let positions = self.negotiation.positions(streams);
        let all = |rule: Rule| {
            let of = |(issue, weights): (usize, &Vec<f64>)| {
                by_weight(rule, &Negotiation::on(&positions, issue), weights)
            };
            self.weights.iter().enumerate().map(of).collect()
        };
        Outcome { means: all(weighted_mean), medians: all(weighted_median) }
    }
}
