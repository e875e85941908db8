//! The model at the reference point as plain Rust: each formula where it is needed, every offer weighed.
//!
//! What others would write first, and what the engine is held against. It shares with the engine the scenario,
//! preferences, the contract curve and consultation, all solved before play begins; nothing of what plays.

use engine::{ContractCurve, Preferences, Tally, consult_many};
use experiments::Study;
use models::{Actor, IssueRole, Role, Settings};
use nalgebra::DMatrix;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;

use self::rules::Rules;
use crate::{TOLD, tell};

mod rules;
mod table;

/// Years for which an agreement is played out, and months that payoffs count after the horizon.
const YEARS: usize = 20;
const MONTHS_AFTER: usize = 240;

/// Nodes and weights of the three-point Gauss–Hermite rule.
const NODES: [(f64, f64); 3] =
    [(-1.732_050_807_568_877_2, 1.0 / 6.0), (0.0, 2.0 / 3.0), (1.732_050_807_568_877_2, 1.0 / 6.0)];

/// A design point.
pub struct Plain {
    rules: Rules,
    sides: [Side; 2],
    members: Vec<Member>,
    issues: Vec<Issue>,
    offers: Vec<Offer>,
    weights: f64,
}

struct Side {
    preferences: Preferences,
    cost: (f64, f64),
    lean: f64,
    break_loss: f64,
}

struct Member {
    own: Preferences,
    consulted: Preferences,
    weight: f64,
    support: f64,
    fatigue: f64,
    rally: f64,
}

struct Issue {
    at_start: f64,
    slope: f64,
}

struct Offer {
    terms: Vec<f64>,
    worth: [f64; 2],
    guarantee: f64,
}

/// What a replication ends in.
pub struct Ending {
    /// Month of signature, counted from 1.
    pub month: Option<u32>,
    /// Chance that it is in force after five years.
    pub holds: f64,
    /// Months with open talks.
    pub months_open: u32,
    /// Belligerents, then members.
    pub payoffs: Vec<f64>,
}

/// Means over many endings.
#[derive(Default)]
pub struct Means([Tally; TOLD.len()]);

/// A replication under way.
pub struct War {
    log_cost: [f64; 2],
    cost: [f64; 2],
    revisionist: bool,
    /// About the logarithms of costs: mean and standard deviation.
    belief: [(f64, f64); 2],
    unity: f64,
    support: f64,
    /// The weight of members that have said this month that they support.
    supporting: f64,
    level: f64,
    rhetoric: f64,
    log_odds: f64,
    norm: f64,
    audience: f64,
    open: bool,
    payoffs: Vec<f64>,
    months_open: u32,
    /// Counted from 0.
    month: u32,
    luck: Xoshiro256PlusPlus,
    /// Where it has ended, what in.
    pub ending: Option<Ending>,
}

/// What a month's bargaining depends on.
struct Month {
    outlook: Outlook,
    cost: [f64; 2],
    belief: [(f64, f64); 2],
    forecast: [f64; 2],
    weariness: f64,
    audience: f64,
    revisionist: bool,
}

struct Outlook {
    trust: f64,
    revisionist: f64,
    costs: [f64; 3],
}

fn normal(luck: &mut Xoshiro256PlusPlus) -> f64 {
    luck.sample(StandardNormal)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn logit(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}

impl Means {
    /// Takes one into account.
    pub fn see(&mut self, end: &Ending) {
        let values = [
            Some(f64::from(u8::from(end.month.is_some()))),
            Some(end.holds),
            end.month.map(f64::from),
            Some(f64::from(end.months_open)),
            Some(end.payoffs[0]),
            Some(end.payoffs[1]),
        ];
        for (tally, value) in self.0.iter_mut().zip(values) {
            if let Some(value) = value {
                tally.add(value);
            }
        }
    }

    /// Prints them, and how long play took.
    pub fn tell(&self, seconds: f64) {
        tell(self.0.each_ref(), seconds);
    }
}

impl Plain {
    /// The reference point of a study of `peace` without blocs, elections or rows of influence.
    ///
    /// # Panics
    ///
    /// Where the study is not sound.
    pub fn new(study: &Study) -> Self {
        let (settings, scenario) = (study.settings.clone(), &study.scenario);
        let preferences = |actor: &Actor| {
            Preferences::new(actor.ideal.clone(), &actor.salience, actor.curvature).expect("sound")
        };
        let side = |role: Role, sign: f64| {
            let actor = scenario.actors.iter().find(|own| own.role == role).expect("it is there");
            Side {
                preferences: preferences(actor),
                cost: (actor.cost_median.ln(), actor.cost_log_sd),
                lean: sign * actor.optimism,
                break_loss: actor.break_loss,
            }
        };
        let sides = [side(Role::Challenger, 1.0), side(Role::Defender, -1.0)];
        let actors: Vec<&Actor> = scenario.members().collect();
        let issue = |issue: &models::Issue| match issue.role {
            Some(IssueRole::Territory) => {
                Issue { at_start: logit(settings.get("front.held")), slope: 1.0 }
            }
            _ => Issue {
                at_start: logit(issue.while_fighting.expect("it has a level")),
                slope: -issue.spillover,
            },
        };
        let guarantee = scenario.issues.iter().position(|i| i.role == Some(IssueRole::Guarantee));
        let discount = settings.get("discount").powf(1.0 / 12.0);
        let months = settings.get("horizon_months") as usize + MONTHS_AFTER;
        Self {
            members: members(&actors, settings.get("unity"), preferences),
            issues: scenario.issues.iter().map(issue).collect(),
            offers: offers(&settings, &sides, guarantee.expect("there is one")),
            weights: (0..months).map(|month| discount.powi(month as i32)).sum(),
            rules: Rules::new(&settings),
            sides,
        }
    }

    /// Plays so many replications, each from a stream of its own.
    pub fn play(&self, seed: u64, count: u64, mut each: impl FnMut(&Ending)) {
        let mut seeds = Xoshiro256PlusPlus::seed_from_u64(seed);
        for _ in 0..count {
            each(&self.play_one(Xoshiro256PlusPlus::from_rng(&mut seeds)));
        }
    }

    fn play_one(&self, luck: Xoshiro256PlusPlus) -> Ending {
        let mut war = self.begin(luck);
        loop {
            self.unite(&mut war);
            for member in 0..self.size() {
                self.ask(&mut war, member);
            }
            self.settle(&mut war);
            self.fight(&mut war);
            self.speak(&mut war);
            self.talk(&mut war);
            if let Some(ending) = war.ending {
                return ending;
            }
        }
    }

    /// How many members the coalition has.
    pub fn size(&self) -> usize {
        self.members.len()
    }

    /// A replication before its first month.
    pub fn begin(&self, mut luck: Xoshiro256PlusPlus) -> War {
        let rules = &self.rules;
        let log_cost = [0, 1].map(|side: usize| {
            let (median, sd) = self.sides[side].cost;
            median + sd * normal(&mut luck)
        });
        War {
            log_cost,
            cost: log_cost.map(f64::exp),
            revisionist: luck.random::<f64>() < rules.prior,
            belief: [self.sides[0].cost, self.sides[1].cost],
            unity: rules.unity,
            support: rules.initial_support,
            supporting: 0.0,
            level: logit(rules.held),
            rhetoric: rules.signalling,
            log_odds: logit(rules.prior),
            norm: rules.norm,
            audience: 0.5 * rules.signalling.max(0.0),
            open: rules.open_at_start,
            payoffs: vec![0.0; 2 + self.size()],
            months_open: 0,
            month: 0,
            luck,
            ending: None,
        }
    }

    /// Unity moves.
    pub fn unite(&self, war: &mut War) {
        let rules = &self.rules;
        let shock = rules.unity_volatility * normal(&mut war.luck);
        war.unity += rules.reversion * (rules.unity - war.unity) + shock;
        war.unity = war.unity.clamp(0.0, 1.0);
    }

    /// A member supports this month or does not.
    pub fn ask(&self, war: &mut War, member: usize) {
        let (rules, member) = (&self.rules, &self.members[member]);
        let pull = rules.interaction * war.unity * (2.0 * war.support - 1.0);
        let readiness = member.support + pull - member.fatigue * f64::from(war.month) / 12.0
            + member.rally * war.rhetoric;
        if war.luck.random::<f64>() < logistic(readiness) {
            war.supporting += member.weight;
        }
    }

    /// What the members' answers make of support.
    pub fn settle(&self, war: &mut War) {
        let inertia = self.rules.inertia;
        war.support = inertia * war.support + (1.0 - inertia) * war.supporting;
        war.supporting = 0.0;
    }

    /// The front moves.
    pub fn fight(&self, war: &mut War) {
        let rules = &self.rules;
        let shock = rules.front_volatility * normal(&mut war.luck);
        let leverage = if war.open && war.revisionist { rules.leverage } else { 0.0 };
        war.level += self.drift(war, war.open) + shock + leverage;
    }

    fn drift(&self, war: &War, open: bool) -> f64 {
        let rules = &self.rules;
        let kept = if open { 1.0 - rules.withheld } else { 1.0 };
        let aid = rules.aid * war.support * kept;
        rules.responsiveness * (rules.challenger_force / (rules.defender_force + aid)).ln()
    }

    /// The challenger speaks and is listened to.
    pub fn speak(&self, war: &mut War) {
        let rules = &self.rules;
        let lean = if war.revisionist { 0.5 } else { -0.5 };
        let shock = rules.noise * normal(&mut war.luck);
        war.rhetoric = rules.signalling + lean * rules.separation + shock;
        let surprise = war.rhetoric - war.norm;
        let evidence = rules.credence * rules.separation * surprise / rules.noise.powi(2);
        war.log_odds = (1.0 - rules.forgetting) * war.log_odds
            + rules.forgetting * logit(rules.prior)
            + evidence;
        war.norm += rules.adaptation * surprise;
        war.audience =
            rules.persistence * war.audience + (1.0 - rules.persistence) * war.rhetoric.max(0.0);
    }

    /// The month's costs are borne, and those who talk may come to terms.
    pub fn talk(&self, war: &mut War) {
        let rules = &self.rules;
        let weight = rules.monthly.powi(war.month as i32);
        self.bear(&mut war.payoffs, weight, war.level, rules.weary(war.month), war.cost);
        let was_open = war.open;
        if was_open || war.luck.random::<f64>() < rules.reopen {
            war.months_open += 1;
            self.learn(war);
            let month = self.month(war, was_open);
            if let Some(offer) = self.bargain(&month, war) {
                return self.sign(war, &month, offer);
            }
            let breaks = rules.break_off + rules.break_off_rhetoric * war.rhetoric.max(0.0);
            war.open = war.luck.random::<f64>() >= breaks;
        }
        war.month += 1;
        if war.month == rules.horizon {
            self.close(&mut war.payoffs, war.month - 1, war.level, None, war.cost);
            let payoffs = std::mem::take(&mut war.payoffs);
            let months_open = war.months_open;
            war.ending = Some(Ending { month: None, holds: 0.0, months_open, payoffs });
        }
    }

    fn learn(&self, war: &mut War) {
        let news = self.rules.news;
        for (belief, log_cost) in war.belief.iter_mut().zip(war.log_cost) {
            let (mean, sd) = belief;
            let signal = log_cost + news.sqrt() * normal(&mut war.luck);
            let trust = *sd * *sd / (*sd * *sd + news);
            *mean += trust * (signal - *mean);
            *sd *= (1.0 - trust).sqrt();
        }
    }

    fn month(&self, war: &War, was_open: bool) -> Month {
        let rules = &self.rules;
        let (mean, sd) = war.belief[0];
        let fading = (-f64::from(war.month) / rules.optimism_fading).exp();
        let ahead = war.level + rules.planning * self.drift(war, was_open);
        let forecast = [0, 1].map(|side: usize| {
            let own = &self.sides[side];
            own.preferences.utility(&self.in_force(ahead + own.lean * fading))
        });
        let outlook = Outlook {
            trust: war.unity + rules.naivety * (war.support - war.unity),
            revisionist: logistic(war.log_odds),
            costs: NODES.map(|(node, _)| (mean + sd * node).exp()),
        };
        Month {
            outlook,
            cost: war.cost,
            belief: war.belief,
            forecast,
            weariness: rules.weary(war.month),
            audience: rules.audience_cost * war.audience,
            revisionist: war.revisionist,
        }
    }

    fn sign(&self, war: &mut War, month: &Month, offer: &Offer) {
        let (survival, collapse) = self.rules.play_out(offer, month, war.support, &mut war.luck);
        let signed = Some((offer, collapse));
        self.close(&mut war.payoffs, war.month, war.level, signed, war.cost);
        let payoffs = std::mem::take(&mut war.payoffs);
        let (month, months_open) = (Some(war.month + 1), war.months_open);
        war.ending = Some(Ending { month, holds: survival[5], months_open, payoffs });
    }

    fn in_force(&self, level: f64) -> Vec<f64> {
        let gone = level - logit(self.rules.held);
        self.issues.iter().map(|issue| logistic(issue.at_start + issue.slope * gone)).collect()
    }

    fn bear(&self, payoffs: &mut [f64], weight: f64, level: f64, weariness: f64, cost: [f64; 2]) {
        let terms = self.in_force(level);
        for (side, own) in self.sides.iter().enumerate() {
            payoffs[side] += weight * (own.preferences.utility(&terms) - cost[side] * weariness);
        }
        for (payoff, member) in payoffs[2..].iter_mut().zip(&self.members) {
            *payoff += weight * member.own.utility(&terms);
        }
    }

    /// Books peace until a collapse, then war as it was.
    fn close(
        &self,
        payoffs: &mut [f64],
        month: u32,
        level: f64,
        signed: Option<(&Offer, Option<usize>)>,
        cost: [f64; 2],
    ) {
        let rules = &self.rules;
        let (first, end) = (month as usize + 1, rules.horizon as usize + MONTHS_AFTER);
        let war_again = match signed {
            None => first,
            Some((_, None)) => end,
            Some((_, Some(year))) => (first + 12 * year).min(end),
        };
        let weight = |from: usize, to: usize| -> f64 {
            (from..to).map(|month| rules.monthly.powi(month as i32)).sum()
        };
        if let Some((offer, _)) = signed {
            let peace = weight(first, war_again);
            payoffs[0] += peace * offer.worth[0];
            payoffs[1] += peace * offer.worth[1];
            for (payoff, member) in payoffs[2..].iter_mut().zip(&self.members) {
                *payoff += peace * member.own.utility(&offer.terms);
            }
        }
        let war = weight(war_again, end);
        self.bear(payoffs, war, level, rules.weary(month), cost);
        for (payoff, side) in payoffs.iter_mut().zip(&self.sides) {
            *payoff -= if signed.is_some() { war * side.break_loss } else { 0.0 };
        }
        for payoff in payoffs {
            *payoff /= self.weights;
        }
    }
}

fn members(
    actors: &[&Actor],
    unity: f64,
    preferences: impl Fn(&Actor) -> Preferences,
) -> Vec<Member> {
    let capability: f64 = actors.iter().map(|actor| actor.capability).sum();
    let size = actors.len();
    let influence = DMatrix::from_fn(size, size, |_, other| actors[other].capability / capability);
    let ideal = DMatrix::from_fn(size, actors[0].ideal.len(), |at, issue| actors[at].ideal[issue]);
    let settled = consult_many(&influence, &vec![unity; size], &ideal).expect("rows add up to 1");
    let member = |(at, actor): (usize, &&Actor)| {
        let own = preferences(actor);
        let consulted = own.around(&settled.row(at).iter().copied().collect::<Vec<f64>>());
        Member {
            own,
            consulted,
            weight: actor.capability / capability,
            support: actor.support,
            fatigue: actor.fatigue,
            rally: actor.rally,
        }
    };
    actors.iter().enumerate().map(member).collect()
}

fn offers(settings: &Settings, sides: &[Side; 2], guarantee: usize) -> Vec<Offer> {
    let (ours, theirs) = (&sides[0].preferences, &sides[1].preferences);
    let curve = ContractCurve::new(ours, theirs).spaced(settings.get("offers") as usize);
    let levels = settings.get("guarantee_offers") as usize;
    let mut offers = Vec::new();
    for level in 0..levels {
        for point in &curve {
            let mut terms = point.terms.clone();
            let raise = level as f64 / (levels - 1) as f64;
            terms[guarantee] += raise * (1.0 - terms[guarantee]);
            let worth = [ours.utility(&terms), theirs.utility(&terms)];
            offers.push(Offer { worth, guarantee: terms[guarantee], terms });
        }
    }
    offers
}
