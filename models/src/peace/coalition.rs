//! The coalition: its unity, its support for the defender, and its say over a draft.

use engine::{
    Chance, Draw as _, Draws, InfluenceError, Number, Preferences, Purpose, Streams, consult_many,
    occurs,
};
use nalgebra::DMatrix;

use super::front::StatusQuo;
use super::in_force::InForce;
use crate::parameter::Settings;
use crate::scenario::{Actor, MAX_MEMBERS, Scenario};

const ELECTION: Purpose = Purpose::named("election");

/// Who backs the defender, and how.
///
/// Unity reverts to its level, `υ ← clip(υ + g (level − υ) + s_υ ε)`, with one shock for all
/// blocs. Support is a binary choice with social interaction:
///
/// ```text
/// support_k ~ Bernoulli σ(β_k + J υ (2 S − 1) − fatigue_k t/12 + rally_k r_{t−1})
/// S ← inertia · S + (1 − inertia) · Σ α_k support_k / Σ α_k
/// ```
///
/// # Source
///
/// Brock and Durlauf (2001), *Discrete Choice with Social Interactions*, Review of Economic
/// Studies 68(2), equation 9; consultation: Friedkin and Johnsen (1990).
#[derive(Clone, Debug)]
pub(super) struct Coalition {
    /// The level, by capability where blocs have their own.
    level: f64,
    blocs: Vec<BlocLevel>,
    members: Vec<Member>,
    /// What the terms in force are worth to members after consultation.
    in_force: InForce,
    reversion: f64,
    volatility: f64,
    interaction: f64,
    inertia: f64,
    initial_support: f64,
    quota: f64,
    backing: f64,
    premium_weight: f64,
    noise: f64,
    election_shock: f64,
    /// (month counted from 0, member), in order of month.
    elections: Vec<(u32, usize)>,
}

/// A bloc's level of unity and its share of capability.
#[derive(Clone, Copy, Debug)]
struct BlocLevel {
    level: f64,
    weight: f64,
}

/// One member.
#[derive(Clone, Debug)]
struct Member {
    bloc: usize,
    /// Share of capability.
    weight: f64,
    support: f64,
    /// Per month.
    fatigue: f64,
    rally: f64,
    /// Preferences around the position it takes after consultation.
    consulted: Preferences,
}

/// Where the coalition stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cohesion<N> {
    blocs: [N; MAX_MEMBERS + 1],
    shifts: [N; MAX_MEMBERS],
    /// υ, by capability.
    pub(super) unity: N,
    /// S.
    pub(super) support: N,
}

/// How the coalition voted on a draft.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Vote {
    /// Who was in favour alone, one for each member.
    pub(super) in_favour: [bool; MAX_MEMBERS],
    /// Share of capability in favour alone.
    pub(super) share: f64,
    /// Whether it voted as one.
    pub(super) as_one: bool,
    /// Whether the draft is endorsed.
    pub(super) endorsed: bool,
}

impl Coalition {
    /// # Errors
    ///
    /// [`InfluenceError`] where influence is not a set of distributions.
    pub(super) fn new(
        settings: &Settings,
        scenario: &Scenario,
        preferences: &[Preferences],
        status_quo: &StatusQuo,
        front: f64,
    ) -> Result<Self, InfluenceError> {
        let level = settings.get("unity");
        let actors: Vec<&Actor> = scenario.members().collect();
        let capability: f64 = actors.iter().map(|actor| actor.capability).sum();
        let bloc_of = |actor: &Actor| {
            let name = actor.bloc.as_ref();
            let place = name.and_then(|name| scenario.blocs.iter().position(|b| b.name == *name));
            place.map_or(0, |place| place + 1)
        };
        let mut blocs = vec![BlocLevel { level, weight: 0.0 }];
        blocs.extend(
            scenario
                .blocs
                .iter()
                .map(|bloc| BlocLevel { level: bloc.unity.unwrap_or(level), weight: 0.0 }),
        );
        let mut members = Vec::new();
        let own: Vec<usize> = actors.iter().map(|actor| bloc_of(actor)).collect();
        let levels: Vec<f64> = own.iter().map(|bloc| blocs[*bloc].level).collect();
        let consulted = consulted(scenario, &actors, &levels, preferences)?;
        for ((actor, bloc), consulted) in actors.iter().zip(own).zip(consulted) {
            let weight = actor.capability / capability;
            blocs[bloc].weight += weight;
            members.push(Member {
                bloc,
                weight,
                support: actor.support,
                fatigue: actor.fatigue / 12.0,
                rally: actor.rally,
                consulted,
            });
        }
        if members.is_empty() {
            blocs[0].weight = 1.0;
        }
        let around: Vec<_> = members.iter().map(|own| own.consulted.clone()).collect();
        let in_force = InForce::new(status_quo, front, &around);
        Ok(Self {
            level: blocs.iter().map(|bloc| bloc.level * bloc.weight).sum(),
            blocs,
            members,
            in_force,
            reversion: settings.get("coalition.reversion"),
            volatility: settings.get("coalition.volatility"),
            interaction: settings.get("coalition.interaction"),
            inertia: settings.get("coalition.inertia"),
            initial_support: settings.get("coalition.initial_support"),
            quota: settings.get("coalition.quota"),
            backing: settings.get("coalition.backing"),
            premium_weight: settings.get("coalition.premium_weight"),
            noise: settings.get("endorsement_noise"),
            election_shock: settings.get("coalition.election_shock"),
            elections: elections(scenario, &actors),
        })
    }

    /// How many members.
    pub(super) fn size(&self) -> usize {
        self.members.len()
    }

    /// The level of unity, by capability.
    pub(super) const fn level(&self) -> f64 {
        self.level
    }

    /// Preferences of one member around its position after consultation.
    pub(super) fn consulted(&self, member: usize) -> &Preferences {
        &self.members[member].consulted
    }

    /// Before the first month: unity at its level, support at its start (none without members).
    pub(super) fn open<N: Number>(&self) -> Cohesion<N> {
        let mut blocs = [N::splat(0.0); MAX_MEMBERS + 1];
        for (state, bloc) in blocs.iter_mut().zip(&self.blocs) {
            *state = N::splat(bloc.level);
        }
        Cohesion {
            blocs,
            shifts: [N::splat(0.0); MAX_MEMBERS],
            unity: N::splat(self.level),
            support: N::splat(if self.members.is_empty() { 0.0 } else { self.initial_support }),
        }
    }

    /// One month of unity.
    #[inline(always)]
    pub(super) fn drift<N: Number>(&self, cohesion: &mut Cohesion<N>, shock: N) {
        let mut mean = N::splat(0.0);
        for (state, bloc) in cohesion.blocs.iter_mut().zip(&self.blocs) {
            let pull = (N::splat(bloc.level) - *state) * self.reversion;
            let moved = *state + pull + shock * self.volatility;
            *state = moved.map(|unity| unity.clamp(0.0, 1.0));
            mean = mean + *state * bloc.weight;
        }
        cohesion.unity = mean;
    }

    /// Elections of a month, for good, in one lane; `next` is the first that is still to come there.
    #[inline]
    pub(super) fn elect<N: Number>(
        &self,
        cohesion: &mut Cohesion<N>,
        lane: usize,
        next: &mut usize,
        month: u32,
        streams: &Streams,
    ) {
        while let Some((due, member)) = self.elections.get(*next) {
            if *due > month {
                break;
            }
            let mut luck = streams.open_at(ELECTION, *next as u32);
            let shift = &mut cohesion.shifts[*member];
            shift.set_lane(lane, shift.lane(lane) + self.election_shock * luck.normal());
            *next += 1;
        }
    }

    /// One month of support; `lots` give one uniform number for each member.
    #[inline(always)]
    pub(super) fn support<N: Chance>(
        &self,
        cohesion: &mut Cohesion<N>,
        month: N,
        last_rhetoric: N,
        lots: &mut impl Draws<N>,
    ) {
        let pull = (cohesion.support * 2.0 - 1.0) * self.interaction;
        let mut supporting = N::splat(0.0);
        for (member, shift) in self.members.iter().zip(&cohesion.shifts) {
            let readiness = *shift + member.support + pull * cohesion.blocs[member.bloc]
                - month * member.fatigue
                + last_rhetoric * member.rally;
            supporting = supporting + N::occurs(lots.uniforms(), readiness) * member.weight;
        }
        if !self.members.is_empty() {
            cohesion.support = cohesion.support * self.inertia + supporting * (1.0 - self.inertia);
        }
    }

    /// The vote on a draft worth `worth[k]` to member k, against the terms in force with the front at
    /// `level`.
    ///
    /// Each member is in favour with probability
    /// `σ((U_k(x) − U_k(xʷ) + backing − weight · premium) / τ_e)`; with probability υ all follow
    /// the heavier side, ties in favour.
    pub(super) fn vote(
        &self,
        worth: &[f64],
        level: f64,
        premium: f64,
        unity: f64,
        mut draw: impl FnMut() -> f64,
    ) -> Vote {
        let mut in_force = [0.0; MAX_MEMBERS];
        self.in_force.add(level, 1.0, &mut in_force);
        let mut in_favour = [false; MAX_MEMBERS];
        let mut share = 0.0;
        let drafts = worth.iter().zip(&in_force);
        for ((member, (worth, alternative)), favours) in
            self.members.iter().zip(drafts).zip(&mut in_favour)
        {
            let gain = worth - alternative + self.backing - self.premium_weight * premium;
            *favours = occurs(draw(), gain / self.noise);
            share += if *favours { member.weight } else { 0.0 };
        }
        let as_one = draw() < unity;
        let endorsed = self.members.is_empty() || self.carries(share, as_one);
        Vote { in_favour, share, as_one, endorsed }
    }

    /// Shares of capability are sums of rounded fractions; equality is meant up to that rounding.
    fn carries(&self, share: f64, as_one: bool) -> bool {
        const ROUNDING: f64 = 1e-12;
        let share = if as_one { f64::from(u8::from(share >= 0.5 - ROUNDING)) } else { share };
        share >= self.quota - ROUNDING
    }
}

impl<N: Number> Cohesion<N> {
    /// Puts another into one lane.
    pub(super) fn set_lane(&mut self, at: usize, other: &Cohesion<f64>) {
        for (state, other) in self.blocs.iter_mut().zip(&other.blocs) {
            state.set_lane(at, *other);
        }
        for (shift, other) in self.shifts.iter_mut().zip(&other.shifts) {
            shift.set_lane(at, *other);
        }
        self.unity.set_lane(at, other.unity);
        self.support.set_lane(at, other.support);
    }
}

fn elections(scenario: &Scenario, members: &[&Actor]) -> Vec<(u32, usize)> {
    let place = |name: &str| members.iter().position(|member| member.name == name);
    let months = scenario.elections.iter();
    let mut elections: Vec<(u32, usize)> = months
        .filter_map(|election| Some((election.month.checked_sub(1)?, place(&election.actor)?)))
        .collect();
    elections.sort_by_key(|(month, _)| *month);
    elections
}

/// Every member's preferences around the position it takes after consultation.
fn consulted(
    scenario: &Scenario,
    members: &[&Actor],
    levels: &[f64],
    preferences: &[Preferences],
) -> Result<Vec<Preferences>, InfluenceError> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let issues = scenario.issues.len();
    let own = DMatrix::from_fn(members.len(), issues, |member, issue| members[member].ideal[issue]);
    let settled = consult_many(&influence(scenario, members), levels, &own)?;
    let around = |(member, preferences): (usize, &Preferences)| {
        preferences.around(&settled.row(member).iter().copied().collect::<Vec<f64>>())
    };
    Ok(preferences.iter().enumerate().map(around).collect())
}

/// The influence matrix: rows from the scenario, by capability where it gives none.
fn influence(scenario: &Scenario, members: &[&Actor]) -> DMatrix<f64> {
    let size = members.len();
    let mut matrix = DMatrix::from_fn(size, size, |_, other| members[other].capability);
    let place = |name: &str| members.iter().position(|member| member.name == name);
    for row in &scenario.influence {
        let Some(listener) = place(&row.member) else { continue };
        matrix.row_mut(listener).fill(0.0);
        for (name, weight) in &row.weights {
            if let Some(other) = place(name) {
                matrix[(listener, other)] += weight;
            }
        }
    }
    for mut row in matrix.row_iter_mut() {
        let sum = row.sum();
        row /= sum;
    }
    matrix
}
