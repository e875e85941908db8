//! A turn of the spatial model: who challenges whom, what they bargain, and what everybody chooses.

use engine::{Draw as _, Stream};

use super::election::election;
use super::negotiation::Positions;

/// Added to the weight of the one whose position is sought.
const OWN_WEIGHT: f64 = 1e-6;

/// What a side has before anybody votes.
const FLOOR: f64 = 1e-10;

/// Positions nearer than this are one option of the last election.
const SAME: f64 = 1e-3;

/// What stays the same from turn to turn.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) capability: Vec<f64>,
    /// By actor, then by issue.
    pub(super) salience: Vec<Vec<f64>>,
    /// S_i, and c_i S_i.
    stakes: Vec<f64>,
    strengths: Vec<f64>,
    pub(super) least_gain: f64,
    /// Whether the receiver moves from where the initiator has moved to.
    pub(super) after: bool,
}

impl Rules {
    pub(super) fn new(
        capability: &[f64],
        salience: &[Vec<f64>],
        least_gain: f64,
        after: bool,
    ) -> Self {
        let stakes: Vec<f64> = salience.iter().map(|own| own.iter().sum()).collect();
        let strengths = capability.iter().zip(&stakes).map(|(c, s)| c * s).collect();
        let (capability, salience) = (capability.to_vec(), salience.to_vec());
        Self { capability, salience, stakes, strengths, least_gain, after }
    }

    fn size(&self) -> usize {
        self.capability.len()
    }

    /// How far apart two positions are to an actor.
    fn distance(&self, actor: usize, a: &[f64], b: &[f64]) -> f64 {
        let (mut apart, mut whole) = (0.0, 0.0);
        for ((salience, x), y) in self.salience[actor].iter().zip(a).zip(b) {
            let gap = (x - y) * salience;
            apart += gap * gap;
            whole += salience * salience;
        }
        (apart / whole).sqrt()
    }
}

/// A bargain that an initiator and a receiver have struck, with where each would stand.
#[derive(Clone, Debug)]
pub(super) struct Bargain {
    pub(super) initiator: usize,
    pub(super) receiver: usize,
    pub(super) chance: f64,
    pub(super) gain: f64,
    pub(super) positions: [Vec<f64>; 2],
}

impl Bargain {
    /// Where an actor that has a part in it would stand.
    fn position_of(&self, actor: usize) -> &Vec<f64> {
        &self.positions[usize::from(actor != self.initiator)]
    }

    fn concerns(&self, actor: usize) -> bool {
        self.initiator == actor || self.receiver == actor
    }
}

fn utility(distance: f64, risk: f64) -> f64 {
    (1.0 - distance) * (1.0 + distance * risk)
}

/// To four digits; half goes up.
fn rounded(level: f64) -> f64 {
    (0.5 + level * 1e4).floor() / 1e4
}

pub(super) fn euclid(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}

/// For each actor the first at its position, or so near to it that it makes no difference.
pub(super) fn firsts(positions: &Positions) -> Vec<usize> {
    let mut firsts: Vec<usize> = Vec::new();
    for (actor, own) in positions.iter().enumerate() {
        let near =
            |other: &usize| firsts[*other] == *other && euclid(&positions[*other], own) < SAME;
        firsts.push((0..actor).find(near).unwrap_or(actor));
    }
    firsts
}

/// Positions at the beginning of a turn, and what follows from them.
pub(super) struct Table<'a> {
    rules: &'a Rules,
    positions: &'a Positions,
    /// Of each actor's own measure, by actor and position.
    distances: Vec<Vec<f64>>,
    risks: Vec<f64>,
}

impl<'a> Table<'a> {
    pub(super) fn new(rules: &'a Rules, positions: &'a Positions) -> Self {
        let own = |actor: usize| -> Vec<f64> {
            let to = |other: &Vec<f64>| rules.distance(actor, &positions[actor], other);
            positions.iter().map(to).collect()
        };
        let distances: Vec<Vec<f64>> = (0..rules.size()).map(own).collect();
        let plain = |own: &Vec<f64>| own.iter().map(|distance| utility(*distance, 0.0)).collect();
        let worth: Vec<Vec<f64>> = distances.iter().map(plain).collect();
        let risks = risks(&election(&rules.capability, &worth));
        Self { rules, positions, distances, risks }
    }

    /// What each position is worth to each actor, in the eyes of one of them.
    fn seen_by(&self, viewer: usize) -> Vec<Vec<f64>> {
        let of = |(own, risk): (&Vec<f64>, &f64)| {
            let risk = (2.0 * self.risks[viewer] + risk) / 3.0;
            own.iter().map(|distance| utility(*distance, risk)).collect()
        };
        self.distances.iter().zip(&self.risks).map(of).collect()
    }

    /// What comes of the challenge by which an actor gains most, if it gains by any.
    pub(super) fn bargain_of(&self, initiator: usize) -> Option<Bargain> {
        let worth = self.seen_by(initiator);
        let mut best: Option<(usize, f64, f64)> = None;
        for target in (0..self.rules.size()).filter(|target| *target != initiator) {
            let chance = self.chance(&worth, initiator, target);
            let gain = self.gain(&worth[initiator], initiator, target, chance);
            if gain > best.map_or(self.rules.least_gain, |(_, _, most)| most) {
                best = Some((target, chance, gain));
            }
        }
        let (receiver, chance, gain) = best?;
        let positions = self.struck(initiator, receiver, chance);
        Some(Bargain { initiator, receiver, chance, gain, positions })
    }

    /// The initiator's chance to prevail.
    fn chance(&self, worth: &[Vec<f64>], i: usize, j: usize) -> f64 {
        let strengths = &self.rules.strengths;
        let mut sides = Sides { ayes: FLOOR, noes: FLOOR };
        for principal in [i, j] {
            sides.vote(strengths[principal] * (worth[principal][i] - worth[principal][j]));
        }
        let principals = sides;
        for third in (0..self.rules.size()).filter(|third| *third != i && *third != j) {
            let (ours, theirs, own) = (worth[third][i], worth[third][j], worth[third][third]);
            let strength = strengths[third];
            let mut joined = principals;
            joined.vote(strength * (ours - theirs));
            let (wins, loses) = (joined.share(), 1.0 - joined.share());
            // It commits itself half-way: its own position is a third of what its side would have.
            let for_i = wins * (ours + ours + own) + loses * (theirs + theirs + theirs);
            let for_j = wins * (ours + ours + ours) + loses * (theirs + theirs + own);
            sides.vote(strength * (for_i - for_j));
        }
        sides.share()
    }

    fn gain(&self, own: &[f64], i: usize, j: usize, chance: f64) -> f64 {
        let stake = self.rules.stakes[j];
        let (won, lost) = (2.0 * own[i], 2.0 * own[j]);
        (1.0 - stake) * won + stake * (chance * won + (1.0 - chance) * lost) - (own[i] + own[j])
    }

    /// Where initiator and receiver would stand.
    fn struck(&self, i: usize, j: usize, chance: f64) -> [Vec<f64>; 2] {
        let salience = &self.rules.salience;
        let issues = 0..self.positions[i].len();
        let mut both = [Vec::new(), Vec::new()];
        for issue in issues {
            let (from_i, from_j) = (self.positions[i][issue], self.positions[j][issue]);
            let (s_i, s_j) = (salience[i][issue], salience[j][issue]);
            let lost = 1.0 - chance;
            let (w_i, w_j) = (s_i * s_i * (chance * chance), s_j * s_j * (lost * lost));
            let all = w_i + OWN_WEIGHT + w_j;
            let to_i = rounded(((w_i + OWN_WEIGHT) * from_i + w_j * from_j) / all);
            let from_i = if self.rules.after { to_i } else { from_i };
            let to_j = rounded((w_i * from_i + (OWN_WEIGHT + w_j) * from_j) / all);
            both[0].push(to_i);
            both[1].push(to_j);
        }
        both
    }

    /// Everybody's position after the turn.
    pub(super) fn choose(&self, bargains: &[Bargain], mut luck: Option<&mut Stream>) -> Positions {
        let by_bargain: Vec<Vec<f64>> = bargains.iter().map(|own| self.values(Some(own))).collect();
        let status_quo = self.values(None);
        let mut own = |actor: usize| {
            let concerned: Vec<usize> =
                (0..bargains.len()).filter(|at| bargains[*at].concerns(actor)).collect();
            let worth = |voter: usize| {
                let rest = concerned.iter().map(|at| by_bargain[*at][voter]);
                std::iter::once(status_quo[voter]).chain(rest).collect()
            };
            let worth: Vec<Vec<f64>> = (0..self.rules.size()).map(worth).collect();
            let chances = election(&self.rules.capability, &worth);
            let option = match &mut luck {
                Some(luck) => drawn(&chances, luck.uniform()),
                None => likeliest(&chances),
            };
            let chosen = option.checked_sub(1).map(|at| &bargains[concerned[at]]);
            chosen.map_or(&self.positions[actor], |own| own.position_of(actor)).clone()
        };
        (0..self.rules.size()).map(&mut own).collect()
    }

    /// What an option is worth to each actor: the mean over everybody's positions, of whom only those
    /// in the bargain move.
    fn values(&self, bargain: Option<&Bargain>) -> Vec<f64> {
        let size = self.rules.size();
        let value = |actor: usize| {
            let risk = self.risks[actor];
            let stays = |other: &usize| bargain.is_none_or(|bargain| !bargain.concerns(*other));
            let moved = bargain
                .into_iter()
                .flat_map(|bargain| &bargain.positions)
                .map(|to| utility(self.rules.distance(actor, &self.positions[actor], to), risk));
            let stayed =
                (0..size).filter(stays).map(|other| utility(self.distances[actor][other], risk));
            moved.chain(stayed).sum::<f64>() / size as f64
        };
        (0..size).map(value).collect()
    }

    /// The chance of each actor's position in an election among those that differ.
    pub(super) fn wins(&self) -> Vec<f64> {
        let first = firsts(self.positions);
        let distinct: Vec<usize> =
            (0..self.rules.size()).filter(|actor| first[*actor] == *actor).collect();
        let own = |(own, risk): (&Vec<f64>, &f64)| {
            distinct.iter().map(|at| utility(own[*at], *risk)).collect()
        };
        let worth: Vec<Vec<f64>> = self.distances.iter().zip(&self.risks).map(own).collect();
        let chances = election(&self.rules.capability, &worth);
        let place = |actor: &usize| distinct.iter().position(|at| at == actor).unwrap_or(0);
        first.iter().map(|actor| chances[place(actor)]).collect()
    }
}

/// From −½ for who is least likely to win to 1 for the likeliest; 0 for everybody where all are alike.
fn risks(chances: &[f64]) -> Vec<f64> {
    let most = chances.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = chances.iter().copied().fold(f64::INFINITY, f64::min);
    let risk = |chance: &f64| {
        if most > least {
            (3.0 * chance - (most + 2.0 * least)) / (2.0 * (most - least))
        } else {
            0.0
        }
    };
    chances.iter().map(risk).collect()
}

/// Votes for and against an initiator.
#[derive(Clone, Copy)]
struct Sides {
    ayes: f64,
    noes: f64,
}

impl Sides {
    fn vote(&mut self, vote: f64) {
        if vote > 0.0 {
            self.ayes += vote;
        } else {
            self.noes -= vote;
        }
    }

    fn share(self) -> f64 {
        self.ayes / (self.ayes + self.noes)
    }
}

/// The first of those with the greatest chance.
fn likeliest(chances: &[f64]) -> usize {
    (1..chances.len()).fold(0, |best, at| if chances[at] > chances[best] { at } else { best })
}

fn drawn(chances: &[f64], uniform: f64) -> usize {
    let mut below = 0.0;
    let reached = chances.iter().position(|chance| {
        below += chance;
        uniform < below
    });
    reached.unwrap_or(chances.len() - 1)
}
