//! What a mediator's textbook would say: bargaining solutions of a scenario.

use engine::{
    ContractCurve, Disagreement, Preferences, Side, Sides, Solution, weighted_mean, weighted_median,
};

use super::front::{Front, StatusQuo};
use super::world::{names, preferences};
use crate::parameter::{Invalid, Settings};
use crate::scenario::{Actor, Role, Scenario};
use crate::weight::{Rule, by_weight};

/// The solutions of bargaining over a scenario: between challenger and defender, and with the
/// coalition at the table as a third side, whose utility is that of its members by capability.
///
/// Disagreement is the war as it stands at the outset: the utility of the terms in force, for the
/// belligerents less their median cost. Neither optimism nor doubts about durability enter.
#[derive(Clone, Debug, PartialEq)]
pub struct Textbook {
    /// The issues, in order.
    pub issues: Vec<String>,
    /// Challenger, defender, members.
    pub actors: Vec<String>,
    /// The terms in force, and everybody's utility of them (of the belligerents less their costs).
    pub war: Prospect,
    /// One for each solution that there is: of the belligerents, with the coalition, and last the
    /// compromises of everybody, belligerents and members alike, weighted by salience.
    pub solutions: Vec<Answer>,
}

/// A solution.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What it is called.
    pub name: String,
    /// Who has to agree.
    pub consent: Consent,
    /// What is agreed.
    pub prospect: Prospect,
}

/// Who has to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Challenger and defender.
    Belligerents,
    /// Both, and the coalition.
    WithCoalition,
    /// Nobody: everybody pulls.
    Nobody,
}

/// Terms with everybody's utility.
#[derive(Clone, Debug, PartialEq)]
pub struct Prospect {
    /// One level for each issue.
    pub terms: Vec<f64>,
    /// One for each actor.
    pub utilities: Vec<f64>,
}

const COMPROMISES: [(&str, Rule); 2] =
    [("compromise-mean", weighted_mean), ("compromise-median", weighted_median)];

impl Textbook {
    /// The solutions over a scenario; `weight` is the challenger's in the asymmetric Nash solution.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the scenario is not sound.
    pub fn new(settings: &Settings, scenario: &Scenario, weight: f64) -> Result<Self, Invalid> {
        scenario.check_war()?;
        let (in_order, everybody): (Vec<&Actor>, Vec<Preferences>) =
            everybody(scenario)?.into_iter().unzip();
        let prospect = |terms: &[f64]| worth(&everybody, terms);
        let war = war(settings, scenario, &in_order, &everybody);
        let mut solutions = Vec::new();
        let mut add = |name: &str, consent: Consent, terms: Option<Vec<f64>>| {
            let prospect = terms.map(|terms| prospect(&terms));
            let answer = |prospect| Answer { name: name.to_owned(), consent, prospect };
            solutions.extend(prospect.map(answer));
        };
        for (name, terms) in between(&everybody, &war, weight) {
            add(name, Consent::Belligerents, terms);
        }
        let capabilities: Vec<f64> = scenario.members().map(|member| member.capability).collect();
        for (name, terms) in with_coalition(&everybody, &capabilities, &war, weight) {
            add(name, Consent::WithCoalition, terms);
        }
        for (name, rule) in COMPROMISES {
            let issue = |issue: usize| {
                let positions: Vec<f64> = in_order.iter().map(|actor| actor.ideal[issue]).collect();
                let weights: Vec<f64> =
                    in_order.iter().map(|actor| actor.salience[issue]).collect();
                by_weight(rule, &positions, &weights)
            };
            let terms = (0..scenario.issues.len()).map(issue).collect();
            add(name, Consent::Nobody, Some(terms));
        }
        Ok(Self {
            issues: scenario.issues.iter().map(|issue| issue.name.clone()).collect(),
            actors: names(scenario),
            solutions,
            war,
        })
    }
}

/// Challenger, defender, members, with what they want.
pub(super) fn everybody(scenario: &Scenario) -> Result<Vec<(&Actor, Preferences)>, Invalid> {
    let of = |role: Role| scenario.actors.iter().filter(move |actor| actor.role == role);
    let in_order = of(Role::Challenger).chain(of(Role::Defender)).chain(of(Role::Member));
    in_order.map(|actor| Ok((actor, preferences(actor, scenario)?))).collect()
}

fn worth(everybody: &[Preferences], terms: &[f64]) -> Prospect {
    let utilities = everybody.iter().map(|own| own.utility(terms)).collect();
    Prospect { terms: terms.to_vec(), utilities }
}

/// The war as it stands at the outset: the utility of the terms in force, for the belligerents less
/// their median cost.
pub(super) fn war(
    settings: &Settings,
    scenario: &Scenario,
    actors: &[&Actor],
    everybody: &[Preferences],
) -> Prospect {
    let front = Front::new(settings);
    let in_force = StatusQuo::new(scenario, &front).terms(front.start);
    let mut war = worth(everybody, &in_force[..scenario.issues.len()]);
    war.utilities[0] -= actors[0].cost_median;
    war.utilities[1] -= actors[1].cost_median;
    war
}

/// A solution by name, where there is one.
type Named = (&'static str, Option<Vec<f64>>);

/// The solutions between challenger and defender.
fn between(everybody: &[Preferences], war: &Prospect, weight: f64) -> Vec<Named> {
    let disagreement = Disagreement { first: war.utilities[0], second: war.utilities[1] };
    let curve = ContractCurve::new(&everybody[0], &everybody[1]);
    let terms = |solution: Option<Solution>| solution.map(|solution| solution.terms);
    let mut all = vec![("nash", terms(curve.nash(disagreement, 0.5)))];
    if weight != 0.5 {
        all.push(("nash-asymmetric", terms(curve.nash(disagreement, weight))));
    }
    all.push(("kalai-smorodinsky", terms(curve.kalai_smorodinsky(disagreement))));
    all.push(("egalitarian", terms(curve.egalitarian(disagreement))));
    all.push(("utilitarian", terms(Some(curve.utilitarian()))));
    all
}

/// The solutions with the coalition at the table; none without members.
fn with_coalition(
    everybody: &[Preferences],
    capabilities: &[f64],
    war: &Prospect,
    weight: f64,
) -> Vec<Named> {
    let sum: f64 = capabilities.iter().sum();
    if sum <= 0.0 {
        return Vec::new();
    }
    let shares = || capabilities.iter().map(|capability| capability / sum);
    let coalition = Side {
        voices: shares().zip(&everybody[2..]).collect(),
        disagreement: shares().zip(&war.utilities[2..]).map(|(share, own)| share * own).sum(),
    };
    let alone =
        |at: usize| Side { voices: vec![(1.0, &everybody[at])], disagreement: war.utilities[at] };
    let Some(sides) = Sides::new(vec![alone(0), alone(1), coalition]) else { return Vec::new() };
    let mut all = vec![("nash-with-coalition", sides.nash(&[1.0 / 3.0; 3]))];
    if weight != 0.5 {
        // What is not the challenger's is shared by the other two.
        let rest = (1.0 - weight) / 2.0;
        all.push(("nash-asymmetric-with-coalition", sides.nash(&[weight, rest, rest])));
    }
    all.push(("kalai-smorodinsky-with-coalition", sides.kalai_smorodinsky()));
    all.push(("egalitarian-with-coalition", sides.egalitarian()));
    all.push(("utilitarian-with-coalition", sides.utilitarian()));
    all
}
