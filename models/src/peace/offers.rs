//! What can be offered: points of the contract curve, with guarantees raised.

use engine::{ContractCurve, Preferences};

use super::compliance::Compliance;
use super::foreseen::Foreseen;
use super::screen::{Desk, Screen};
use super::search::{Found, Search, best_of_all};
use super::stakes::Stakes;
use super::worth::Choice;
use crate::parameter::Settings;
use crate::scenario::{IssueRole, MAX_ISSUES, Scenario};

/// All offers of a design point, in order: for each level of the guarantee, the contract curve from
/// the defender's best to the challenger's best.
#[derive(Clone, Debug)]
pub(super) struct Offers {
    /// One for each offer.
    stakes: Vec<Stakes>,
    terms: Vec<[f64; MAX_ISSUES]>,
    lambda: Vec<f64>,
    /// Steps along the curve.
    steps: usize,
    weighing: Weighing,
}

/// How the best of all offers is found.
#[derive(Clone, Debug)]
enum Weighing {
    Screened(Box<Screen>, Foreseen),
    Bounded(Search),
    All,
}

impl Offers {
    /// The offers between two belligerents. `bounded` says that neither of them gains by a deal that
    /// breaks, so that better terms are never worth less.
    pub(super) fn new(
        settings: &Settings,
        scenario: &Scenario,
        challenger: &Preferences,
        defender: &Preferences,
        compliance: &Compliance,
        bounded: bool,
    ) -> Self {
        let curve =
            ContractCurve::new(challenger, defender).spaced(settings.get("offers") as usize);
        let guarantee = scenario.issue_with(IssueRole::Guarantee);
        let access = scenario.issue_with(IssueRole::HumanitarianAccess);
        let levels =
            if guarantee.is_some() { settings.get("guarantee_offers") as usize } else { 1 };
        let (mut stakes, mut all_terms, mut lambda) = (Vec::new(), Vec::new(), Vec::new());
        for level in 0..levels {
            let raise = if levels > 1 { level as f64 / (levels - 1) as f64 } else { 0.0 };
            for point in &curve {
                let mut terms = [0.0; MAX_ISSUES];
                terms[..point.terms.len()].copy_from_slice(&point.terms);
                if let Some(issue) = guarantee {
                    terms[issue] += raise * (1.0 - terms[issue]);
                }
                let own = &terms[..point.terms.len()];
                stakes.push(Stakes {
                    challenger: challenger.utility(own),
                    defender: defender.utility(own),
                    guarantee: guarantee.map_or(0.0, |issue| terms[issue]),
                    accidents: compliance.accidents(access.map_or(0.0, |issue| terms[issue])),
                });
                all_terms.push(terms);
                lambda.push(point.lambda);
            }
        }
        let (row, steps) = (curve.len(), curve.len() - 1);
        let weighing = if settings.get("full_scan") != 0.0 {
            Weighing::All
        } else if let Some(foreseen) = compliance.foreseen() {
            let screen = Screen::new(&stakes, row, &foreseen, bounded);
            Weighing::Screened(Box::new(screen), foreseen)
        } else if bounded {
            Weighing::Bounded(Search::new(&stakes, row))
        } else {
            Weighing::All
        };
        Self { stakes, terms: all_terms, lambda, steps, weighing }
    }

    /// How many offers.
    pub(super) fn count(&self) -> usize {
        self.stakes.len()
    }

    /// What an offer means to the belligerents.
    #[inline]
    pub(super) fn stakes(&self, offer: usize) -> &Stakes {
        &self.stakes[offer]
    }

    /// Its terms: one level for each issue.
    pub(super) fn terms(&self, offer: usize) -> &[f64; MAX_ISSUES] {
        &self.terms[offer]
    }

    /// The challenger's weight at its base on the contract curve.
    pub(super) fn lambda(&self, offer: usize) -> f64 {
        self.lambda[offer]
    }

    /// Steps along the contract curve.
    pub(super) const fn steps(&self) -> usize {
        self.steps
    }

    /// How far along the contract curve its base lies: 0 the defender's best, 1 the challenger's.
    pub(super) fn along(&self, offer: usize) -> f64 {
        (offer % (self.steps + 1)) as f64 / self.steps as f64
    }

    /// Where to look first as long as nothing is known.
    pub(super) fn middle(&self) -> usize {
        self.stakes.len() / 2
    }

    /// The offer of greatest worth above 0, the first of equals. `hint` is where to look first. That
    /// offer need not be looked for where it gives whoever answers less than `demand`.
    #[inline]
    pub(super) fn find(&self, choice: Choice, demand: f64, hint: usize, desk: &mut Desk) -> Found {
        let best = match &self.weighing {
            Weighing::Screened(screen, foreseen) => {
                return screen.find(&self.stakes, choice, foreseen, demand, hint, desk);
            }
            Weighing::Bounded(search) => search.best(&self.stakes, &choice, hint),
            Weighing::All => best_of_all(&self.stakes, &choice),
        };
        best.map_or(Found::Nothing, Found::Offer)
    }

    /// The same on registers for one, four, eight and sixteen numbers.
    #[cfg(test)]
    pub(super) fn find_on_all_widths(&self, choice: Choice, demand: f64) -> Vec<Found> {
        let Weighing::Screened(screen, foreseen) = &self.weighing else { return Vec::new() };
        vec![
            screen.find_on(pulp::Scalar::new(), &self.stakes, choice, foreseen, demand),
            screen.find_on(pulp::Scalar128b, &self.stakes, choice, foreseen, demand),
            screen.find_on(pulp::Scalar256b, &self.stakes, choice, foreseen, demand),
            screen.find_on(pulp::Scalar512b, &self.stakes, choice, foreseen, demand),
        ]
    }

    /// The same by weighing every offer alone.
    #[cfg(test)]
    pub(super) fn best_of_all(&self, choice: Choice) -> Option<usize> {
        best_of_all(&self.stakes, &choice)
    }
}
