//! A round of the challenge model on one issue: what each expects of challenging each, and who moves.

use engine::power;

/// How the steps that the sources leave open are read.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is one of two readings of its own step")]
pub(super) struct Rules {
    pub(super) yields: bool,
    pub(super) compels: bool,
    pub(super) pick: Pick,
    pub(super) by_all: bool,
    pub(super) fixed_range: bool,
    pub(super) votes_by_risk: bool,
    pub(super) own_view: bool,
    pub(super) own_security: bool,
    pub(super) status_quo: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pick {
    Rank,
    Least,
    Enforce,
    RankLow,
}

/// How an actor is moved; in the order in which ranks go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    Confrontation,
    Compromise,
    Compulsion,
}

/// What another actor can move one to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    pub(super) class: Class,
    pub(super) by: usize,
    /// What the one who moves, and the other, expect of a challenge.
    pub(super) expects: f64,
    pub(super) strength: f64,
    pub(super) target: f64,
}

/// Positions nearer than this, by the range, are one.
const SAME: f64 = 1e-12;

/// What is equal to so many digits is equal, so that the order of actors decides nothing.
const DIGITS: f64 = 1e9;

/// One issue at the beginning of a round.
pub(super) struct Issue<'a> {
    pub(super) rules: &'a Rules,
    pub(super) positions: &'a [f64],
    pub(super) salience: &'a [f64],
    pub(super) weights: &'a [f64],
    pub(super) range: f64,
    pub(super) median: f64,
}

/// How far apart the outermost positions are.
pub(super) fn range(positions: &[f64]) -> f64 {
    let most = positions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most - positions.iter().copied().fold(f64::INFINITY, f64::min)
}

impl Issue<'_> {
    fn size(&self) -> usize {
        self.positions.len()
    }

    /// Risk exponents, and what moves each actor.
    pub(super) fn play(&self) -> (Vec<f64>, Vec<Option<Offer>>) {
        let even = vec![1.0; self.size()];
        if self.range <= 0.0 {
            return (even, vec![None; self.size()]);
        }
        let neutral = Pass::new(self, even);
        let security = |actor: usize| {
            let others = (0..self.size()).filter(|other| *other != actor);
            let own = self.rules.own_security;
            let expected = |other: usize| {
                let (by, of) = if own { (actor, other) } else { (other, actor) };
                neutral.expected(by, of, 1.0)
            };
            others.map(expected).sum()
        };
        let securities: Vec<f64> = (0..self.size()).map(security).collect();
        let pass = Pass::new(self, risk_exponents(&securities));
        let moves = (0..self.size()).map(|actor| self.pick(actor, &pass.offers_to(actor)));
        let moves = moves.collect();
        (pass.risks, moves)
    }

    /// The offer that moves an actor.
    fn pick(&self, actor: usize, offers: &[Offer]) -> Option<Offer> {
        let from = self.positions[actor];
        let even = |number: f64| (number * DIGITS).round();
        let key = |offer: &Offer| -> [f64; 4] {
            let step = even((offer.target - from).abs() / self.range);
            let (strength, place) = (-even(offer.strength), even(offer.target / self.range));
            let class = f64::from(offer.class as u8);
            match self.rules.pick {
                Pick::Least => [0.0, step, strength, place],
                Pick::Enforce => [0.0, strength, step, place],
                Pick::RankLow if offer.class == Class::Compromise => {
                    let (ours, theirs) = (offer.expects.abs(), offer.strength);
                    let both = ours * from + theirs * self.positions[offer.by];
                    [class, even(both / (ours + theirs) / self.range), strength, place]
                }
                Pick::Rank | Pick::RankLow => [class, step, strength, place],
            }
        };
        let order = |a: &&Offer, b: &&Offer| {
            let pairs = key(a).into_iter().zip(key(b));
            pairs
                .map(|(a, b)| a.total_cmp(&b))
                .find(|order| order.is_ne())
                .unwrap_or(a.by.cmp(&b.by))
        };
        offers.iter().min_by(order).copied()
    }
}

/// Between ½ for who is most secure and 2 for who is least.
fn risk_exponents(securities: &[f64]) -> Vec<f64> {
    let most = securities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = securities.iter().copied().fold(f64::INFINITY, f64::min);
    let exponent = |security: &f64| {
        // All alike, up to rounding.
        if most - least <= 1e-12 * most.abs().max(least.abs()) {
            return 1.0;
        }
        let risk = (2.0 * security - most - least) / (most - least);
        (1.0 - risk / 3.0) / (1.0 + risk / 3.0)
    };
    securities.iter().map(exponent).collect()
}

/// One issue with everybody's risk exponent.
struct Pass<'a> {
    issue: &'a Issue<'a>,
    risks: Vec<f64>,
    /// How far each actor is from each position, as it counts in votes.
    distances: Vec<Vec<f64>>,
    /// All votes between all pairs.
    all: f64,
}

impl<'a> Pass<'a> {
    fn new(issue: &'a Issue<'a>, risks: Vec<f64>) -> Self {
        let from = |(own, risk): (&f64, &f64)| -> Vec<f64> {
            let exponent = if issue.rules.votes_by_risk { *risk } else { 1.0 };
            let to = |other: &f64| power((own - other).abs() / issue.range, exponent);
            issue.positions.iter().map(to).collect()
        };
        let distances: Vec<Vec<f64>> = issue.positions.iter().zip(&risks).map(from).collect();
        let mut all = 0.0;
        for (weight, own) in issue.weights.iter().zip(&distances) {
            for one in own {
                all += own.iter().map(|other| weight * (one - other).abs()).sum::<f64>();
            }
        }
        Self { issue, risks, distances, all }
    }

    /// The chance that an actor prevails over another.
    fn chance(&self, i: usize, j: usize) -> f64 {
        let (mut ayes, mut noes) = (0.0, 0.0);
        for (weight, own) in self.issue.weights.iter().zip(&self.distances) {
            let vote = weight * (own[j] - own[i]);
            if vote > 0.0 {
                ayes += vote;
            } else {
                noes -= vote;
            }
        }
        let divisor = if self.issue.rules.by_all { self.all } else { ayes + noes };
        if divisor > 0.0 { ayes / divisor } else { 0.5 }
    }

    /// What an actor expects of challenging another.
    fn expected(&self, i: usize, j: usize, risk: f64) -> f64 {
        let Issue { positions, salience, range, median, rules, .. } = *self.issue;
        let loss = |share: f64| 2.0 - 4.0 * power(share.max(0.0), risk);
        let distance = (positions[i] - positions[j]).abs() / range;
        let (wins, loses) = (loss(0.5 - 0.5 * distance), loss(0.5 + 0.5 * distance));
        let (stake, chance) = (salience[j], self.chance(i, j));
        let challenge = stake * (chance * wins + (1.0 - chance) * loses) + (1.0 - stake) * wins;
        let from_median = (positions[i] - median).abs();
        let drift = 0.25 * (from_median / range + distance);
        let better = from_median < (positions[i] - positions[j]).abs();
        let moved = if better { loss(0.5 - drift) } else { loss(0.5 + drift) };
        challenge - rules.status_quo * loss(0.5) - (1.0 - rules.status_quo) * moved
    }

    /// What others can move an actor to.
    fn offers_to(&self, i: usize) -> Vec<Offer> {
        (0..self.risks.len()).filter_map(|j| self.offer(i, j)).collect()
    }

    fn offer(&self, i: usize, by: usize) -> Option<Offer> {
        let Issue { positions, range, rules, .. } = *self.issue;
        let (from, to) = (positions[i], positions[by]);
        let apart = (from - to).abs() > SAME * range;
        let expects = self.expected(i, by, self.risks[i]);
        let strength = self.expected(by, i, self.risks[if rules.own_view { i } else { by }]);
        let (class, target) = if expects > 0.0 {
            (Class::Confrontation, to)
        } else if strength > -expects {
            (Class::Compromise, from + (to - from) * (expects / strength).abs())
        } else {
            (Class::Compulsion, to)
        };
        let moves = match class {
            Class::Confrontation => rules.yields && strength > expects,
            Class::Compromise => true,
            Class::Compulsion => rules.compels,
        };
        let offer = Offer { class, by, expects, strength, target };
        (apart && strength > 0.0 && expects != 0.0 && moves).then_some(offer)
    }
}
