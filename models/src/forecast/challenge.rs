//! The expected-utility challenge model: pairs of actors confront each other, compromise or give way.

use engine::{Line, Measure, Model, Streams, weighted_mean, weighted_median};

use super::compromise::{mean_of, median_of};
use super::contest::{Class, Issue, Offer, Pick, Rules, range};
use super::negotiation::{DOUBT, Negotiation, Positions, column};
use crate::parameter::{Invalid, Kind, Parameter, Settings};
use crate::scenario::Scenario;
use crate::theory::{SHARE, mean};
use crate::weight::by_weight;

/// The words for each step that the sources leave open.
const CONFLICTS: &[&str] = &["yield", "none"];
const COMPULSIONS: &[&str] = &["full", "none"];
const PICKS: &[&str] = &["rank", "least", "enforce", "rank_low"];
const DIVISORS: &[&str] = &["pair", "all"];
const RANGES: &[&str] = &["fixed", "current"];
const VOTES: &[&str] = &["linear", "by_risk"];
const VIEWS: &[&str] = &["each", "own"];
const SECURITIES: &[&str] = &["adversaries", "own"];

const OPEN: &str = "the reading nearest to the text of Scholz, Calbert and Smith (2011)";

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("rounds", "", 8.0, Kind::Whole { low: 0, high: 1000 }, "rounds", "How many rounds are played; there is no other end", "from the literature: as many as Scholz, Calbert and Smith (2011) print"),
    Parameter::new("conflict", "", 0.0, Kind::Word(CONFLICTS), "", "Where both expect to gain by a challenge: the one who gains less gives way, or nobody moves", OPEN),
    Parameter::new("compel", "", 0.0, Kind::Word(COMPULSIONS), "", "Where one would lose more than the other would gain: it gives way wholly, or nobody moves", OPEN),
    Parameter::new("pick", "", 0.0, Kind::Word(PICKS), "", "Which of several offers moves an actor: confrontations before compromises before compulsion and then the least move; the least move; the one whose maker gains most; or ranks, but of compromises that with the lowest weighted mean of both positions", OPEN),
    Parameter::new("divisor", "", 0.0, Kind::Word(DIVISORS), "", "What votes for a side are divided by: all votes between the two, or all votes between all pairs", OPEN),
    Parameter::new("range", "R", 0.0, Kind::Word(RANGES), "", "What distances are measured by: the range of positions at the outset, or of the round", OPEN),
    Parameter::new("votes", "", 0.0, Kind::Word(VOTES), "", "Whether votes grow with distance, or with distance to the power of the voter's risk exponent", OPEN),
    Parameter::new("view", "", 0.0, Kind::Word(VIEWS), "", "Whose risk exponent enters what the other side expects: its own, or the viewer's", OPEN),
    Parameter::new("security", "", 0.0, Kind::Word(SECURITIES), "", "What makes an actor secure: what others expect of challenging it, or what it expects of challenging them", OPEN),
    Parameter::new("status_quo", "Q", 1.0, Kind::SHARE, "probability", "Chance that nothing changes where nobody challenges", "from the literature: Scholz, Calbert and Smith (2011)"),
    DOUBT,
];

/// Each round every actor weighs a challenge to every other. With x positions, s saliences, c
/// capabilities, w = s c, R the range of positions, d = |x_i − x_j| / R and μ the Condorcet winner
/// (the median by w):
///
/// ```text
/// P_i   = Σ_{k: a_k > 0} w_k a_k / Σ_k w_k |a_k|,   a_k = |x_k − x_j| − |x_k − x_i|
/// U_s,f = 2 − 4 (½ ∓ ½ d)^r,   U_sq = 2 − 4 (½)^r
/// U_b,w = 2 − 4 (½ ∓ ¼ (|x_i − μ| / R + d))^r,   T = 1 iff |x_i − μ| < |x_i − x_j|
/// E_i(j) = s_j (P_i U_s + (1 − P_i) U_f) + (1 − s_j) U_s − Q U_sq − (1 − Q) (T U_b + (1 − T) U_w)
/// Sec_i = Σ_{j≠i} E_j(i) at r = 1,   K_i = (2 Sec_i − max − min) / (max − min)
/// r_i   = (1 − K_i / 3) / (1 + K_i / 3)
/// ```
/// With a = E_i(j) and b = E_j(i), where j gains (b > 0): if i gains too, less than j, there is conflict
/// and i gives way; if i loses less than j gains, i goes |a / b| of the way to j (compromise); else i
/// goes all the way (compelled). All move at once. Each issue is negotiated by itself.
///
/// # Source
///
/// Bueno de Mesquita (1994), in Bueno de Mesquita and Stokman (eds.), *European Community Decision
/// Making*, chapter 4; Scholz, Calbert and Smith (2011), *Unravelling Bueno De Mesquita's Group
/// Decision Model*, Journal of Theoretical Politics 23(4), 510-531. Steps that these leave open are
/// parameters.
#[derive(Clone, Debug)]
pub struct Challenge {
    negotiation: Negotiation,
    rounds: u32,
    rules: Rules,
}

/// What it ended in, by issue.
#[derive(Clone, Debug)]
pub struct Outcome {
    medians: Vec<f64>,
    means: Vec<f64>,
    /// By issue, then by actor.
    positions: Vec<Vec<f64>>,
}

impl Challenge {
    /// The world at one design point.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the scenario is not sound, somebody has no capability, or a salience is above 1.
    pub fn new(settings: &Settings, scenario: &Scenario) -> Result<Self, Invalid> {
        let negotiation = Negotiation::new(settings, scenario)?;
        negotiation.check_each()?;
        let is =
            |path: &str, words: &[&str], word: &str| words[settings.get(path) as usize] == word;
        let pick = match PICKS[settings.get("pick") as usize] {
            "rank" => Pick::Rank,
            "least" => Pick::Least,
            "enforce" => Pick::Enforce,
            _ => Pick::RankLow,
        };
        let rules = Rules {
            yields: is("conflict", CONFLICTS, "yield"),
            compels: is("compel", COMPULSIONS, "full"),
            pick,
            by_all: is("divisor", DIVISORS, "all"),
            fixed_range: is("range", RANGES, "fixed"),
            votes_by_risk: is("votes", VOTES, "by_risk"),
            own_view: is("view", VIEWS, "own"),
            own_security: is("security", SECURITIES, "own"),
            status_quo: settings.get("status_quo"),
        };
        Ok(Self { negotiation, rounds: settings.get("rounds") as u32, rules })
    }

    fn negotiate(&self, streams: &Streams, hear: &mut dyn FnMut(&Round)) -> Outcome {
        let stated: Positions = self.negotiation.positions(streams);
        let mut outcome = Outcome { medians: Vec::new(), means: Vec::new(), positions: Vec::new() };
        for issue in 0..self.negotiation.issues.len() {
            let salience = Negotiation::on(&self.negotiation.salience, issue);
            let weights: Vec<f64> =
                self.negotiation.capability.iter().zip(&salience).map(|(c, s)| c * s).collect();
            let mut positions = Negotiation::on(&stated, issue);
            let first = range(&positions);
            for number in 1..=self.rounds {
                let range = if self.rules.fixed_range { first } else { range(&positions) };
                let median = by_weight(weighted_median, &positions, &weights);
                let rules = &self.rules;
                let (positions_now, salience, weights) =
                    (&positions[..], &salience[..], &weights[..]);
                let table =
                    Issue { rules, positions: positions_now, salience, weights, range, median };
                let (risks, moves) = table.play();
                hear(&Round { issue, number, risks: &risks, moves: &moves });
                for (actor, offer) in moves.iter().enumerate() {
                    if let Some(offer) = offer {
                        positions[actor] = offer.target;
                    }
                }
            }
            outcome.medians.push(by_weight(weighted_median, &positions, &weights));
            outcome.means.push(by_weight(weighted_mean, &positions, &weights));
            outcome.positions.push(positions);
        }
        outcome
    }
}

/// A round as it is told.
struct Round<'a> {
    issue: usize,
    number: u32,
    risks: &'a [f64],
    moves: &'a [Option<Offer>],
}

impl Model for Challenge {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        let mut measures = Vec::new();
        for (at, issue) in self.negotiation.issues.iter().enumerate() {
            let of = move |end: &Outcome| end.medians[at];
            let meaning = "the Condorcet winner in the end";
            measures.push(mean(&median_of(issue), "1", meaning, SHARE, of));
            let of = move |end: &Outcome| end.means[at];
            let meaning = "mean of positions by salience and capability in the end";
            measures.push(mean(&mean_of(issue), "1", meaning, SHARE, of));
        }
        for (actor, name) in self.negotiation.actors.iter().enumerate() {
            for (at, issue) in self.negotiation.issues.iter().enumerate() {
                let of = move |end: &Outcome| end.positions[at][actor];
                let name = format!("position_{}_{}", column(name), column(issue));
                measures.push(mean(&name, "1", "position in the end", SHARE, of));
            }
        }
        measures
    }

    fn play(&self, streams: &Streams) -> Outcome {
        self.negotiate(streams, &mut |_| ())
    }

    fn story(&self, streams: &Streams) -> (Vec<Line>, Outcome) {
        let mut lines = Vec::new();
        let outcome = self.negotiate(streams, &mut |round| self.tell(round, &mut lines));
        (lines, outcome)
    }
}

impl Challenge {
    /// The moves of a round, in words.
    fn tell(&self, round: &Round, lines: &mut Vec<Line>) {
        let names = &self.negotiation.actors;
        let issue = &self.negotiation.issues[round.issue];
        let tell = |(actor, offer): (usize, &Option<Offer>)| {
            let offer = (*offer)?;
            let (event, how) = match offer.class {
                Class::Confrontation => ("confrontation", "gives way to"),
                Class::Compromise => ("compromise", "compromises with"),
                Class::Compulsion => ("compulsion", "is compelled by"),
            };
            let text = format!(
                "{issue}: {} {how} {} and moves to {:.3} (expects {:.3}, the other {:.3})",
                names[actor], names[offer.by], offer.target, offer.expects, offer.strength
            );
            let values = [
                ("target", offer.target),
                ("expects", offer.expects),
                ("other_expects", offer.strength),
                ("risk_exponent", round.risks[actor]),
            ];
            let values = values.map(|(name, value)| (name.to_owned(), value)).to_vec();
            Some(Line { when: format!("round {}", round.number), event, text, values })
        };
        lines.extend(round.moves.iter().enumerate().filter_map(tell));
    }
}
