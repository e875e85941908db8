//! The spatial model of politics: actors challenge, bargain and choose, turn by turn, until positions
//! settle.

use engine::{Line, Measure, Model, Purpose, Streams};

use super::negotiation::{DOUBT, Negotiation, Positions, column};
use super::turn::{Bargain, Rules, Table, euclid, firsts};
use crate::parameter::{Invalid, Kind, Parameter, Settings};
use crate::scenario::Scenario;
use crate::theory::{SHARE, mean};

const CHOICE: Purpose = Purpose::named("choice");

/// The words for how an actor picks among its bargains, and for what a receiver moves from.
const CHOICES: &[&str] = &["likeliest", "sampled"];
const RECEIVERS: &[&str] = &["together", "after"];

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("turns", "T", 100.0, Kind::Whole { low: 0, high: 1000 }, "turns", "The most turns", "from the literature: KTAB's default"),
    Parameter::new("settled", "", 0.02, Kind::between(0.0, 1.0), "share", "Positions have settled once a turn moves them by less than this share of the first turn's movement (off: 0)", "from the literature: KTAB's default"),
    Parameter::new("least_gain", "", 1e-5, Kind::between(0.0, 1.0), "utility", "A challenge must promise more than this", "from the literature: KTAB's default"),
    Parameter::new("choice", "", 0.0, Kind::Word(CHOICES), "", "Whether an actor takes the bargain that is likeliest to win, or one drawn by these chances", "from the literature: KTAB's default, deterministic transitions"),
    Parameter::new("receiver", "", 0.0, Kind::Word(RECEIVERS), "", "Whether both sides of a bargain move from where they stood, or the receiver from where the initiator has moved to", "from the literature: what reproduces KTAB's logs"),
    DOUBT,
];

/// Each turn every actor challenges whom it gains most by, those concerned strike bargains, and
/// everybody takes one of its own. With x positions, s saliences, c capabilities, S_i = Σ_k s_ik:
///
/// ```text
/// d_i(a, b) = √(Σ_k s_ik² (a_k − b_k)² / Σ_k s_ik²),   u(d, R) = (1 − d) (1 + d R)
/// R_i = (3 p_i − p_max − 2 p_min) / (2 (p_max − p_min))
/// ```
/// p: the election among all positions at R = 0, weights c. Challenges are seen with the eyes of the
/// initiator h, who takes i's risk for (2 R_h + R_i) / 3. Against j, i has the votes of both, and of
/// each third party n, with π the chance of i's side if n votes with it,
///
/// ```text
/// v_i = c_i S_i (u_ii − u_ij),   v_j = c_j S_j (u_ji − u_jj)
/// v_n = c_n S_n (π (u_nn − u_ni) − (1 − π) (u_nn − u_nj))
/// P = C_i / (C_i + C_j),   C: 1e-10 + votes of either sign
/// gain = (1 − S_j) 2 u_ii + S_j (P 2 u_ii + (1 − P) 2 u_ij) − (u_ii + u_ij)
/// ```
/// A bargain is struck issue by issue, rounded to 1e-4 of the scale,
///
/// ```text
/// (W_i x_i + W_j x_j) / (W_i + W_j),   W_i = (s_ik P)²,   W_j = (s_jk (1 − P))²
/// ```
/// where 1e-6 is added to the weight of whose new position it is. Each actor holds an election among
/// the status quo and its bargains, those in which it is the receiver among them; voters weigh c, and
/// value an option by the mean utility of everybody's positions under it.
///
/// # Source
///
/// Wise, Lester and Efird (2015), *Multidimensional Bargaining using KTAB*, KAPSARC; details as
/// KTAB's published logs show them.
#[derive(Clone, Debug)]
pub struct Spatial {
    negotiation: Negotiation,
    rules: Rules,
    turns: u32,
    settled: f64,
    sampled: bool,
}

/// What it ended in.
#[derive(Clone, Debug)]
pub struct Outcome {
    positions: Positions,
    /// The chance of each actor's position, and positions weighed by it, by issue.
    wins: Vec<f64>,
    forecast: Vec<f64>,
    turns: u32,
}

/// Added to the first turn's movement before others are measured by it.
const STILL: f64 = 1e-4;

impl Spatial {
    /// The world at one design point.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the scenario is not sound, somebody has no capability, or saliences add up to
    /// more than 1.
    pub fn new(settings: &Settings, scenario: &Scenario) -> Result<Self, Invalid> {
        let negotiation = Negotiation::new(settings, scenario)?;
        negotiation.check_sums()?;
        let after = RECEIVERS[settings.get("receiver") as usize] == "after";
        let (capability, salience) = (&negotiation.capability, &negotiation.salience);
        let rules = Rules::new(capability, salience, settings.get("least_gain"), after);
        Ok(Self {
            negotiation,
            rules,
            turns: settings.get("turns") as u32,
            settled: settings.get("settled"),
            sampled: CHOICES[settings.get("choice") as usize] == "sampled",
        })
    }

    fn size(&self) -> usize {
        self.negotiation.size()
    }

    fn play_turns(&self, streams: &Streams, hear: &mut dyn FnMut(&Turn)) -> Outcome {
        let mut positions = self.negotiation.positions(streams);
        let mut luck = streams.open(CHOICE);
        let (mut first, mut turns) = (0.0, 0);
        while turns < self.turns {
            let table = Table::new(&self.rules, &positions);
            let bargains: Vec<Bargain> =
                (0..self.size()).filter_map(|actor| table.bargain_of(actor)).collect();
            let next = table.choose(&bargains, self.sampled.then_some(&mut luck));
            let moved: f64 = positions.iter().zip(&next).map(|(a, b)| euclid(a, b)).sum();
            turns += 1;
            hear(&Turn { number: turns, bargains: &bargains, from: &positions, to: &next });
            positions = next;
            if turns == 1 {
                first = moved;
            } else if moved / (first + STILL) < self.settled {
                break;
            }
        }
        let wins = Table::new(&self.rules, &positions).wins();
        let forecast = self.forecast(&positions, &wins);
        Outcome { positions, wins, forecast, turns }
    }

    /// Positions weighed by their chances, which actors at one position share.
    fn forecast(&self, positions: &Positions, wins: &[f64]) -> Vec<f64> {
        let firsts = firsts(positions);
        let distinct: Vec<usize> =
            (0..firsts.len()).filter(|actor| firsts[*actor] == *actor).collect();
        let sum: f64 = distinct.iter().map(|actor| wins[*actor]).sum();
        let of = |issue: usize| {
            distinct.iter().map(|actor| wins[*actor] * positions[*actor][issue]).sum::<f64>() / sum
        };
        (0..self.negotiation.issues.len()).map(of).collect()
    }
}

/// A turn as it is told.
struct Turn<'a> {
    number: u32,
    bargains: &'a [Bargain],
    from: &'a Positions,
    to: &'a Positions,
}

fn forecast_of(issue: &str) -> String {
    format!("forecast_{}", column(issue))
}

/// The estimates that head its runs.
pub fn headline(scenario: &Scenario) -> Vec<(String, String)> {
    let of = |issue: &crate::Issue| {
        (forecast_of(&issue.name), format!("{}: forecast", issue.name.replace('_', " ")))
    };
    scenario.issues.iter().map(of).collect()
}

impl Model for Spatial {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        let mut measures = Vec::new();
        for (at, issue) in self.negotiation.issues.iter().enumerate() {
            let meaning = "positions in the end, weighed by their chances in an election";
            let of = move |end: &Outcome| end.forecast[at];
            measures.push(mean(&forecast_of(issue), "1", meaning, SHARE, of));
        }
        let turns = (0.0, f64::from(self.turns));
        measures.push(mean("turns_played", "turns", "turns played", turns, |end: &Outcome| {
            f64::from(end.turns)
        }));
        for (actor, name) in self.negotiation.actors.iter().enumerate() {
            for (at, issue) in self.negotiation.issues.iter().enumerate() {
                let name = format!("position_{}_{}", column(name), column(issue));
                let of = move |end: &Outcome| end.positions[actor][at];
                measures.push(mean(&name, "1", "position in the end", SHARE, of));
            }
        }
        for (actor, name) in self.negotiation.actors.iter().enumerate() {
            let of = move |end: &Outcome| end.wins[actor];
            let name = format!("win_{}", column(name));
            measures.push(mean(&name, "probability", "chance of its position", SHARE, of));
        }
        measures
    }

    fn play(&self, streams: &Streams) -> Outcome {
        self.play_turns(streams, &mut |_| ())
    }

    fn story(&self, streams: &Streams) -> (Vec<Line>, Outcome) {
        let mut lines = Vec::new();
        let outcome = self.play_turns(streams, &mut |turn| self.tell(turn, &mut lines));
        (lines, outcome)
    }
}

impl Spatial {
    /// Bargains and moves of a turn, in words.
    fn tell(&self, turn: &Turn, lines: &mut Vec<Line>) {
        let names = &self.negotiation.actors;
        let when = format!("turn {}", turn.number);
        let mut line = |event, text, values| {
            lines.push(Line { when: when.clone(), event, text, values });
        };
        for own in turn.bargains {
            let text = format!(
                "{} challenges {}: prevails with {:.2}, gains {:.3}",
                names[own.initiator], names[own.receiver], own.chance, own.gain
            );
            let values = vec![("chance".to_owned(), own.chance), ("gain".to_owned(), own.gain)];
            line("challenge", text, values);
        }
        for (actor, name) in names.iter().enumerate() {
            let (from, to) = (&turn.from[actor], &turn.to[actor]);
            let moves = self.negotiation.issues.iter().zip(from.iter().zip(to));
            let moves: Vec<_> = moves.filter(|(_, (from, to))| from != to).collect();
            if !moves.is_empty() {
                let words: Vec<String> = moves
                    .iter()
                    .map(|(issue, (from, to))| format!("{issue} {from:.3} to {to:.3}"))
                    .collect();
                let values = moves.iter().map(|(issue, (_, to))| ((*issue).clone(), **to));
                line("move", format!("{name} moves: {}", words.join(", ")), values.collect());
            }
        }
    }
}
