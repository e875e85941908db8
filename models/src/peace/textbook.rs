//! What a mediator's textbook would say: bargaining solutions between the belligerents.

use engine::{ContractCurve, Disagreement, Preferences, Solution, weighted_mean, weighted_median};

use super::front::{Front, StatusQuo};
use super::world::{names, preferences};
use crate::parameter::{Invalid, Settings};
use crate::scenario::{Actor, Role, Scenario};

/// The solutions of bargaining between challenger and defender over a scenario.
///
/// Disagreement is the war as it stands at the outset: the utility of the terms in force less the
/// median cost. Neither optimism nor doubts about durability enter.
#[derive(Clone, Debug, PartialEq)]
pub struct Textbook {
    /// The issues, in order.
    pub issues: Vec<String>,
    /// Challenger, defender, members.
    pub actors: Vec<String>,
    /// The terms in force, and everybody's utility of them (of the belligerents less their costs).
    pub war: Prospect,
    /// One for each solution that there is; last the compromises of everybody, belligerents and
    /// members alike, weighted by salience.
    pub solutions: Vec<(String, Prospect)>,
}

/// Terms with everybody's utility.
#[derive(Clone, Debug, PartialEq)]
pub struct Prospect {
    /// One level for each issue.
    pub terms: Vec<f64>,
    /// One for each actor.
    pub utilities: Vec<f64>,
}

/// A rule of the compromise model.
type Compromise = fn(&[f64], &[f64]) -> Option<f64>;

const COMPROMISES: [(&str, Compromise); 2] =
    [("compromise-mean", weighted_mean), ("compromise-median", weighted_median)];

impl Textbook {
    /// The solutions over a scenario; `weight` is the challenger's in the asymmetric Nash solution.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the scenario is not sound.
    pub fn new(settings: &Settings, scenario: &Scenario, weight: f64) -> Result<Self, Invalid> {
        scenario.check_war()?;
        let of = |role: Role| scenario.actors.iter().filter(move |actor| actor.role == role);
        let in_order: Vec<&Actor> =
            of(Role::Challenger).chain(of(Role::Defender)).chain(of(Role::Member)).collect();
        let everybody: Vec<Preferences> =
            in_order.iter().map(|actor| preferences(actor, scenario)).collect::<Result<_, _>>()?;
        let prospect = |terms: &[f64]| Prospect {
            terms: terms.to_vec(),
            utilities: everybody.iter().map(|own| own.utility(terms)).collect(),
        };
        let front = Front::new(settings);
        let in_force = StatusQuo::new(scenario, &front).terms(front.start);
        let mut war = prospect(&in_force[..scenario.issues.len()]);
        war.utilities[0] -= in_order[0].cost_median;
        war.utilities[1] -= in_order[1].cost_median;
        let disagreement = Disagreement { first: war.utilities[0], second: war.utilities[1] };
        let curve = ContractCurve::new(&everybody[0], &everybody[1]);
        let mut solved: Vec<(&str, Option<Solution>)> = vec![
            ("nash", curve.nash(disagreement, 0.5)),
            ("kalai-smorodinsky", curve.kalai_smorodinsky(disagreement)),
            ("egalitarian", curve.egalitarian(disagreement)),
            ("utilitarian", Some(curve.utilitarian())),
        ];
        if weight != 0.5 {
            solved.insert(1, ("nash-asymmetric", curve.nash(disagreement, weight)));
        }
        let mut solutions: Vec<(String, Prospect)> = solved
            .into_iter()
            .filter_map(|(name, solution)| Some((name.to_owned(), prospect(&solution?.terms))))
            .collect();
        for (name, rule) in COMPROMISES {
            let issue = |issue: usize| {
                let positions: Vec<f64> = everybody.iter().map(|own| own.ideal(issue)).collect();
                let weights: Vec<f64> = everybody.iter().map(|own| own.salience(issue)).collect();
                // Where an issue matters to nobody it stays where it is.
                rule(&positions, &weights).unwrap_or(war.terms[issue])
            };
            let terms: Vec<f64> = (0..scenario.issues.len()).map(issue).collect();
            solutions.push((name.to_owned(), prospect(&terms)));
        }
        Ok(Self {
            issues: scenario.issues.iter().map(|issue| issue.name.clone()).collect(),
            actors: names(scenario),
            solutions,
            war,
        })
    }
}
