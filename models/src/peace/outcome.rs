//! What one replication ends in, and the numbers read off it.

use engine::{Bins, Measure};

use super::compliance::{Fate, MOST_YEARS};
use super::payoff::MOST_ACTORS;
use crate::scenario::{MAX_ISSUES, MAX_MEMBERS};

/// Why a month before the end brought no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    NoTalks,
    NothingOffered,
    RefusedByChallenger,
    RefusedByDefender,
    RefusedByBoth,
    RefusedByCoalition,
}

/// Every cause with its name in tables and its meaning, in the order of its number.
pub(super) const CAUSES: [(Cause, &str, &str); 6] = [
    (Cause::NoTalks, "no_talks", "talks were closed"),
    (Cause::NothingOffered, "nothing_offered", "the proposer found nothing worth offering"),
    (Cause::RefusedByChallenger, "refused_by_challenger", "the challenger alone refused"),
    (Cause::RefusedByDefender, "refused_by_defender", "the defender alone refused"),
    (Cause::RefusedByBoth, "refused_by_both", "both refused the mediator's offer"),
    (Cause::RefusedByCoalition, "refused_by_coalition", "the coalition did not endorse it"),
];

/// The years at which survival is always reported.
const YEARS: [usize; 5] = [1, 2, 5, 10, 20];

/// The last year of survival curves.
pub(super) const LAST_YEAR: usize = 20;

/// What one replication of `peace` ends in.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub(super) revisionist: bool,
    /// Of the challenger and of the defender.
    pub(super) costs: (f64, f64),
    pub(super) months_played: u32,
    pub(super) held: f64,
    pub(super) audience: f64,
    pub(super) belief: f64,
    /// Sums over months.
    pub(super) unity: f64,
    pub(super) support: f64,
    pub(super) months_open: u32,
    pub(super) offers: u32,
    /// Drafts put to the coalition, and how often each member was in favour.
    pub(super) votes: u32,
    pub(super) in_favour: [u32; MAX_MEMBERS],
    /// One count for each of [`CAUSES`].
    pub(super) causes: [u32; CAUSES.len()],
    pub(super) agreement: Option<Agreement>,
    pub(super) payoffs: [f64; MOST_ACTORS],
}

/// What was signed, and how it fared.
#[derive(Clone, Debug)]
pub(super) struct Agreement {
    /// Counted from 1.
    pub(super) month: u32,
    pub(super) terms: [f64; MAX_ISSUES],
    pub(super) lambda: f64,
    /// Share of the way along the contract curve.
    pub(super) along: f64,
    pub(super) fate: Fate,
}

impl Agreement {
    /// Whether it was drawn to be in force at the end of a year.
    fn outlasts(&self, years: u32) -> bool {
        self.fate.collapse.is_none_or(|year| year > years)
    }
}

impl Outcome {
    /// Months that ended for one cause.
    fn months(&self, cause: Cause) -> u32 {
        self.causes[cause as usize]
    }

    /// The survival curve and drawn end of what was signed, up to [`LAST_YEAR`].
    pub(super) fn lifetime(&self) -> Option<engine::Lifetime<'_>> {
        let fate = &self.agreement.as_ref()?.fate;
        let ended = fate.collapse.filter(|year| *year as usize <= LAST_YEAR);
        Some(engine::Lifetime { survival: &fate.survival[..=LAST_YEAR], ended })
    }
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

const SHARE: (f64, f64) = (0.0, 1.0);
const SHARE_BINS: Bins = Bins { low: 0.0, high: 1.0, count: 50 };
/// Payoffs can fall below 0 by the cost of war; what falls below −1 is counted in a bin of its own.
const PAYOFF_BINS: Bins = Bins { low: -1.0, high: 1.0, count: 100 };

/// One bin for each point of the curve that can be offered.
fn curve_bins(steps: usize) -> Bins {
    let half = 0.5 / steps as f64;
    Bins { low: -half, high: 1.0 + half, count: steps as u32 + 1 }
}

/// All measures of a scenario with these issues and actors (their place among payoffs, and name),
/// where offers are so many steps along the contract curve.
pub(super) fn measures(
    issues: &[String],
    actors: &[(usize, &str)],
    (durable_after, horizon): (u32, u32),
    steps: usize,
) -> Vec<Measure<Outcome>> {
    let mut all = agreement_measures(durable_after, horizon);
    all.extend(term_measures(issues, steps));
    all.extend(cause_measures(horizon));
    all.extend(payoff_measures(actors));
    all.extend(vote_measures(actors));
    all.extend(course_measures(horizon));
    all
}

/// A measure of agreements only.
fn signed(
    name: impl Into<String>,
    unit: &'static str,
    meaning: impl Into<String>,
    of: impl Fn(&Agreement) -> f64 + Send + Sync + 'static,
) -> Measure<Outcome> {
    Measure::new(name, unit, meaning, move |end: &Outcome| end.agreement.as_ref().map(&of))
}

fn agreement_measures(durable_after: u32, horizon: u32) -> Vec<Measure<Outcome>> {
    let years = durable_after as usize;
    let months = (1.0, f64::from(horizon));
    let agreed = |end: &Outcome| Some(flag(end.agreement.is_some()));
    let durable = move |end: &Outcome| {
        Some(end.agreement.as_ref().map_or(0.0, |signed| signed.fate.survival[years]))
    };
    let mut all = vec![
        Measure::new("agreed", "1", "whether an agreement was signed", agreed)
            .chance("p_agreement"),
        Measure::new(
            "signed_and_holds",
            "1",
            format!("0 without agreement, else its chance to be in force after {years} years"),
            durable,
        )
        .mean("p_durable", SHARE),
        signed(
            "holds",
            "1",
            format!("chance that the agreement is in force after {years} years"),
            move |signed| signed.fate.survival[years],
        )
        .mean("p_durable_given_agreement", SHARE)
        .binned("survival", SHARE_BINS),
        signed("month", "months", "month of signature, counted from 1", |signed| {
            f64::from(signed.month)
        })
        .mean("month", months)
        .binned(None, Bins::whole(1, horizon))
        .with_median(),
    ];
    all.extend(YEARS.iter().map(|year| {
        let (year, text) = (*year, format!("chance that the agreement is in force after {year} y"));
        signed(format!("survival_{year}y"), "1", text, move |signed| signed.fate.survival[year])
            .mean(format!("p_holds_{year}y"), SHARE)
    }));
    all.push(signed(
        "durable",
        "1",
        format!("whether it was drawn to be in force after {years} years"),
        move |signed| flag(signed.outlasts(durable_after)),
    ));
    all.push(Measure::new(
        "collapse_year",
        "years",
        format!(
            "year in which it was drawn to break; empty if in force after {} years",
            years.max(LAST_YEAR)
        ),
        |end: &Outcome| end.agreement.as_ref()?.fate.collapse.map(f64::from),
    ));
    all
}

fn term_measures(issues: &[String], steps: usize) -> Vec<Measure<Outcome>> {
    let term = |(at, name): (usize, &String)| {
        let column = format!("terms_{}", column(name));
        signed(&column, "1", format!("agreed level of {name}"), move |signed| signed.terms[at])
            .mean(&column, SHARE)
            .binned(None, SHARE_BINS)
    };
    let mut all: Vec<_> = issues.iter().enumerate().map(term).collect();
    let meaning = "the challenger's weight at the agreement's base on the contract curve";
    all.push(signed("lambda", "1", meaning, |signed| signed.lambda).mean("lambda", SHARE));
    let meaning = "where the agreement's base lies on the contract curve: 0 the defender's best, 1 the challenger's";
    let along = signed("along_curve", "1", meaning, |signed| signed.along);
    all.push(along.mean("along_curve", SHARE).binned(None, curve_bins(steps)));
    all
}

fn cause_measures(horizon: u32) -> Vec<Measure<Outcome>> {
    let months = (0.0, f64::from(horizon));
    let cause = |(cause, name, meaning): &(Cause, &str, &str)| {
        let (cause, column) = (*cause, format!("months_{name}"));
        let meaning = format!("months without signature because {meaning}");
        Measure::new(&column, "months", meaning, move |end: &Outcome| {
            Some(f64::from(end.months(cause)))
        })
        .mean(&column, months)
    };
    CAUSES.iter().map(cause).collect()
}

fn payoff_measures(actors: &[(usize, &str)]) -> Vec<Measure<Outcome>> {
    let payoff = |(at, name): &(usize, &str)| {
        let at = *at;
        let column = format!("payoff_{}", column(name));
        let meaning = format!("normalised discounted payoff of {name}");
        let range = (f64::NEG_INFINITY, f64::INFINITY);
        Measure::new(&column, "utility", meaning, move |end: &Outcome| Some(end.payoffs[at]))
            .mean(&column, range)
            .binned(None, PAYOFF_BINS)
    };
    actors.iter().map(payoff).collect()
}

/// Members stand after the two belligerents.
fn vote_measures(actors: &[(usize, &str)]) -> Vec<Measure<Outcome>> {
    let vote = |(at, name): &(usize, &str)| {
        let member = at.checked_sub(2)?;
        let column = format!("votes_{}", column(name));
        let meaning = format!(
            "share of the drafts put to the coalition that {name} was in favour of, before any vote as one"
        );
        let share = move |end: &Outcome| {
            (end.votes > 0).then(|| f64::from(end.in_favour[member]) / f64::from(end.votes))
        };
        Some(Measure::new(&column, "1", meaning, share).mean(&column, SHARE))
    };
    actors.iter().filter_map(vote).collect()
}

/// How things went, agreement or not.
fn course_measures(horizon: u32) -> Vec<Measure<Outcome>> {
    let months = (0.0, f64::from(horizon));
    let anything = (f64::NEG_INFINITY, f64::INFINITY);
    let all = |name: &str, unit, meaning: &str, range, of: fn(&Outcome) -> f64| {
        Measure::new(name, unit, meaning, move |end: &Outcome| Some(of(end))).mean(name, range)
    };
    let refusals = |end: &Outcome, alone: Cause| {
        f64::from(end.months(alone) + end.months(Cause::RefusedByBoth))
    };
    let by = move |cause: Cause| move |end: &Outcome| Some(refusals(end, cause));
    vec![
        all("revisionist", "1", "whether the challenger was a revisionist", SHARE, |end| {
            flag(end.revisionist)
        }),
        all("cost_challenger", "utility", "the challenger's private cost", anything, |end| {
            end.costs.0
        }),
        all("cost_defender", "utility", "the defender's private cost", anything, |end| end.costs.1),
        all("belief_revisionist", "1", "what was believed of that at the end", SHARE, |end| {
            end.belief
        }),
        all("held", "1", "share of disputed land held at the end", SHARE, |end| end.held),
        all("audience", "level", "audience stock at the end", anything, |end| end.audience),
        all("unity_mean", "1", "mean unity over the months played", SHARE, |end| {
            end.unity / f64::from(end.months_played)
        }),
        all("support_mean", "1", "mean support over the months played", SHARE, |end| {
            end.support / f64::from(end.months_played)
        }),
        all("months_open", "months", "months with talks open", months, |end| {
            f64::from(end.months_open)
        }),
        all("offers", "1", "offers made", months, |end| f64::from(end.offers)),
        Measure::new(
            "refusals_by_challenger",
            "1",
            "offers that the challenger refused, alone or with the defender",
            by(Cause::RefusedByChallenger),
        )
        .mean("refusals_by_challenger", months),
        Measure::new(
            "refusals_by_defender",
            "1",
            "offers that the defender refused, alone or with the challenger",
            by(Cause::RefusedByDefender),
        )
        .mean("refusals_by_defender", months),
        all("refusals_by_coalition", "1", "drafts not endorsed", months, |end| {
            f64::from(end.months(Cause::RefusedByCoalition))
        }),
    ]
}

/// A name as part of a column's name.
fn column(name: &str) -> String {
    name.replace(' ', "_")
}

/// Years for which survival must be known.
pub(super) fn years_needed(durable_after: u32) -> usize {
    (durable_after as usize).clamp(LAST_YEAR, MOST_YEARS)
}
