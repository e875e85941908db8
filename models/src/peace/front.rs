//! The front: how the share of land held moves, and what it does to the terms in force meanwhile.

use engine::{Number, logarithms, logistic, logit};

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
    #[inline(always)]
    pub(super) fn drift<N: Number>(&self, support: N, talks_open: N) -> N {
        let kept = talks_open.map(|open| if open == 0.0 { 1.0 } else { 1.0 - self.withheld });
        let aid = support * self.aid * kept;
        // Forces are above 0 and bounded, so their ratio is a normal number.
        let ratio = N::splat(self.challenger_force) / (aid + self.defender_force);
        logarithms(ratio) * self.responsiveness
    }

    /// Between which shares of the land the front stays for so many months, whatever happens, but for
    /// luck beyond four standard deviations.
    pub(super) fn range(&self, months: f64) -> (f64, f64) {
        let drifts = [(0.0, 1.0), (0.0, 0.0), (1.0, 1.0), (1.0, 0.0)];
        let drifts = drifts.map(|(support, open)| self.drift(support, open));
        let least = drifts.iter().fold(0.0_f64, |least, drift| least.min(*drift));
        let most = drifts.iter().fold(0.0_f64, |most, drift| most.max(*drift));
        let leverage = (self.talk_leverage.min(0.0), self.talk_leverage.max(0.0));
        let luck = (4.0 * self.volatility * months.sqrt()).max(0.01);
        let level = |drift: f64, luck: f64| logistic(self.start + drift * months + luck);
        (level(least + leverage.0, -luck), level(most + leverage.1, luck))
    }

    /// Where the front goes from `level`.
    #[inline(always)]
    pub(super) fn step<N: Number>(&self, level: N, drift: N, exploits_talks: N, shock: N) -> N {
        let leverage =
            exploits_talks.map(|does| if does == 0.0 { 0.0 } else { self.talk_leverage });
        level + drift + leverage + shock * self.volatility
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
