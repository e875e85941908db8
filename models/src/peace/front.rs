//! The front: how the share of land held moves, and what it does to the terms in force meanwhile.

use engine::{Lanes, Number, Preferences, ln, logistic, logit, powers};
use pulp::{Arch, Simd, WithSimd};

use crate::parameter::Settings;
use crate::scenario::{IssueRole, MAX_ISSUES, Scenario};

/// Movement of the front in log-odds of the share of disputed land held:
///
/// ```text
/// ℓ ← ℓ + k ln(F_R / (F_U + A)) + d·1[talks open, R revisionist] + s ε
/// A = aid · S · (1 − withheld · 1[talks open])
/// ```
/// k: `responsiveness`; F: forces; S: support; d: `talk_leverage`; s: `volatility`.
///
/// # Source
///
/// Own. The logarithm of a ratio of forces after Hirshleifer (1989), *Conflict and Rent-Seeking
/// Success Functions*, Public Choice 63, in log-odds.
#[derive(Clone, Debug)]
pub(super) struct Front {
    /// ℓ_0.
    pub(super) start: f64,
    challenger_force: f64,
    defender_force: f64,
    aid: f64,
    responsiveness: f64,
    volatility: f64,
    talk_leverage: f64,
    withheld: f64,
}

impl Front {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            start: logit(settings.get("front.held")),
            challenger_force: settings.get("front.challenger_force"),
            defender_force: settings.get("front.defender_force"),
            aid: settings.get("front.aid"),
            responsiveness: settings.get("front.responsiveness"),
            volatility: settings.get("front.volatility"),
            talk_leverage: settings.get("front.talk_leverage"),
            withheld: settings.get("front.withheld_aid"),
        }
    }

    /// This month's foreseeable movement, given the share of capability that supports.
    #[inline]
    pub(super) fn drift(&self, support: f64, talks_open: bool) -> f64 {
        let kept = if talks_open { 1.0 - self.withheld } else { 1.0 };
        let aid = self.aid * support * kept;
        self.responsiveness * ln(self.challenger_force / (self.defender_force + aid))
    }

    /// Between which shares of the land the front stays for so many months, whatever happens, but for
    /// luck beyond four standard deviations.
    pub(super) fn range(&self, months: f64) -> (f64, f64) {
        let drifts = [(0.0, true), (0.0, false), (1.0, true), (1.0, false)];
        let drifts = drifts.map(|(support, open)| self.drift(support, open));
        let least = drifts.iter().fold(0.0_f64, |least, drift| least.min(*drift));
        let most = drifts.iter().fold(0.0_f64, |most, drift| most.max(*drift));
        let leverage = (self.talk_leverage.min(0.0), self.talk_leverage.max(0.0));
        let luck = (4.0 * self.volatility * months.sqrt()).max(0.01);
        let level = |drift: f64, luck: f64| logistic(self.start + drift * months + luck);
        (level(least + leverage.0, -luck), level(most + leverage.1, luck))
    }

    /// Where the front goes from `level`.
    #[inline]
    pub(super) fn step(&self, level: f64, drift: f64, exploits_talks: bool, shock: f64) -> f64 {
        let leverage = if exploits_talks { self.talk_leverage } else { 0.0 };
        level + drift + leverage + self.volatility * shock
    }
}

/// The terms in force while the war goes on: territory is the front, other issues follow it.
///
/// ```text
/// x_j = σ(logit x⁰_j − e_j (ℓ − ℓ_0))
/// ```
/// e: spillover. Levels of exactly 0 or 1 stay put.
#[derive(Clone, Debug)]
pub(super) struct StatusQuo {
    start: f64,
    issues: Vec<Course>,
}

/// How one issue follows the front: `σ(at_start + slope (ℓ − ℓ_0))`.
#[derive(Clone, Copy, Debug)]
struct Course {
    at_start: f64,
    slope: f64,
    /// The level where the front does not move it.
    fixed: Option<f64>,
}

impl StatusQuo {
    pub(super) fn new(scenario: &Scenario, front: &Front) -> Self {
        let course = |issue: &crate::scenario::Issue| {
            if issue.role == Some(IssueRole::Territory) {
                return Course { at_start: front.start, slope: 1.0, fixed: None };
            }
            let level = issue.while_fighting.unwrap_or(0.0);
            let stays = issue.spillover == 0.0 || level == 0.0 || level == 1.0;
            Course {
                at_start: logit(level),
                slope: -issue.spillover,
                fixed: stays.then_some(level),
            }
        };
        Self { start: front.start, issues: scenario.issues.iter().map(course).collect() }
    }

    /// The level of one issue when the front stands at `level`.
    #[inline]
    fn level(&self, course: &Course, level: f64) -> f64 {
        let moved = || logistic(course.at_start + course.slope * (level - self.start));
        course.fixed.unwrap_or_else(moved)
    }

    /// One level for each issue when the front stands at `level`.
    pub(super) fn terms(&self, level: f64) -> [f64; MAX_ISSUES] {
        let mut terms = [0.0; MAX_ISSUES];
        for (term, course) in terms.iter_mut().zip(&self.issues) {
            *term = self.level(course, level);
        }
        terms
    }
}

/// Utility of the terms in force to `A` actors side by side, each with a front of its own in mind:
/// reckoned in `L` lanes, a multiple of `A`.
#[derive(Clone, Debug)]
pub(super) struct InForce<const A: usize, const L: usize> {
    start: f64,
    /// What is left of utility 1 after the losses on issues that the front does not move.
    standing: Lanes<A>,
    /// Issues that the front moves, `L / A` at a time: each for all actors.
    moving: Vec<Moving<L>>,
}

/// How issues follow the front, and how much actors mind.
#[derive(Clone, Debug)]
struct Moving<const L: usize> {
    at_start: Lanes<L>,
    slope: Lanes<L>,
    ideal: Lanes<L>,
    salience: Lanes<L>,
    curvature: Lanes<L>,
}

impl<const A: usize, const L: usize> InForce<A, L> {
    /// Up to `A` actors; the last stands in for those that are missing.
    pub(super) fn new(status_quo: &StatusQuo, actors: &[&Preferences]) -> Self {
        let of = |lane: usize| actors[(lane % A).min(actors.len() - 1)];
        let issues = || status_quo.issues.iter().enumerate();
        let still = |own: &Preferences| {
            issues().filter_map(|(at, course)| Some(own.loss(at, course.fixed?))).sum::<f64>()
        };
        let moving: Vec<_> = issues().filter(|(_, course)| course.fixed.is_none()).collect();
        let side_by_side = |issues: &[(usize, &Course)]| {
            let issue = |lane: usize| issues[(lane / A).min(issues.len() - 1)];
            let missing = |lane: usize| lane / A >= issues.len();
            Moving {
                at_start: Lanes::from_lanes(|lane| issue(lane).1.at_start),
                slope: Lanes::from_lanes(|lane| issue(lane).1.slope),
                ideal: Lanes::from_lanes(|lane| of(lane).ideal(issue(lane).0)),
                salience: Lanes::from_lanes(|lane| {
                    if missing(lane) { 0.0 } else { of(lane).salience(issue(lane).0) }
                }),
                curvature: Lanes::from_lanes(|lane| of(lane).curvature()),
            }
        };
        Self {
            start: status_quo.start,
            standing: Lanes::from_lanes(|lane| 1.0 - still(of(lane))),
            moving: moving.chunks(L / A).map(side_by_side).collect(),
        }
    }

    /// Utilities when the fronts stand at these levels.
    #[inline]
    pub(super) fn utilities(&self, levels: Lanes<A>, registers: Arch) -> Lanes<A> {
        registers.dispatch(Utilities { in_force: self, levels })
    }
}

/// Utilities to be reckoned, compiled for every width of registers.
struct Utilities<'a, const A: usize, const L: usize> {
    in_force: &'a InForce<A, L>,
    levels: Lanes<A>,
}

impl<const A: usize, const L: usize> WithSimd for Utilities<'_, A, L> {
    type Output = Lanes<A>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Lanes<A> {
        let Self { in_force, levels } = self;
        let gone = Lanes::<L>::from_lanes(|lane| levels.0[lane % A] - in_force.start);
        let mut left = in_force.standing;
        for Moving { at_start, slope, ideal, salience, curvature } in &in_force.moving {
            let moved = (gone * *slope + *at_start).map(logistic);
            let distance = (moved - *ideal).map(f64::abs);
            let losses = *salience * powers(distance, *curvature);
            for issue in 0..L / A {
                left = left - Lanes::from_lanes(|lane| losses.0[issue * A + lane]);
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peace::PARAMETERS;
    use crate::scenario::Issue;

    #[test]
    fn actors_side_by_side_have_the_utility_of_the_terms_that_each_has_in_mind() {
        let issue = |role, while_fighting, spillover| Issue {
            name: "issue".to_owned(),
            role,
            while_fighting,
            spillover,
            sources: Vec::new(),
        };
        let issues = vec![
            issue(Some(IssueRole::Territory), None, 0.0),
            issue(None, Some(0.78), 0.5),
            issue(None, Some(0.3), 0.0),
        ];
        let front = Front::new(&Settings::new(PARAMETERS));
        let status_quo = StatusQuo::new(&Scenario { issues, ..Scenario::default() }, &front);
        let own = |ideal: f64, curvature| {
            Preferences::new(vec![ideal, 1.0 - ideal, 0.5], &[0.5, 0.3, 0.2], curvature)
                .expect("they are valid")
        };
        let actors = [own(1.0, 1.0), own(0.0, 2.0), own(0.4, 1.3)];
        let in_force = InForce::<4, 8>::new(&status_quo, &actors.each_ref());
        let levels = Lanes([-1.7, 0.4, 2.3, -6.0]);
        let utilities = in_force.utilities(levels, Arch::new());
        for lane in 0..4 {
            let terms = status_quo.terms(levels.lane(lane));
            let alone = actors[lane.min(2)].utility(&terms[..3]);
            // The same sums in another order.
            assert!((utilities.lane(lane) - alone).abs() < 4.0 * f64::EPSILON);
        }
    }
}
