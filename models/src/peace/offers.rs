//! What can be offered: points of the contract curve, with guarantees raised, and the search for
//! the best of them.

use std::ops::Range;

use engine::{ContractCurve, Preferences};

use super::compliance::{Compliance, Exposure};
use crate::parameter::Settings;
use crate::scenario::{IssueRole, MAX_ISSUES, Scenario};

/// Into how many parts a stretch of offers is split where its bound cannot rule it out.
const PARTS: usize = 4;

/// Stretches of so many offers are not split but weighed.
const FEW: usize = 5;

/// No row of offers is split more often: 4^8 is more than any row holds.
const DEEPEST: usize = 10;

/// A bound may fall short of what it bounds by rounding: relative and absolute slack.
const SLACK: (f64, f64) = (1.0 + 1e-9, 1e-12);

/// All offers of a design point, in order: for each level of the guarantee, the contract curve from
/// the defender's best to the challenger's best.
#[derive(Clone, Debug)]
pub(super) struct Offers {
    /// One for each offer.
    stakes: Vec<Stakes>,
    terms: Vec<[f64; MAX_ISSUES]>,
    lambda: Vec<f64>,
    stretches: Vec<Stretch>,
}

/// What an offer means to the belligerents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stakes {
    /// U_R(x) and U_U(x).
    pub(super) challenger: f64,
    pub(super) defender: f64,
    /// What the challenger's and the defender's premium depend on: the same terms for an offer,
    /// the best for either side in a bound over several.
    pub(super) challenger_exposure: Exposure,
    pub(super) defender_exposure: Exposure,
}

/// Consecutive offers, and stakes that no side finds worse than any of theirs. A stretch is followed
/// by its parts, and these by what comes after it.
#[derive(Clone, Debug)]
struct Stretch {
    offers: Range<usize>,
    bound: Stakes,
    /// The first stretch after this one and all its parts.
    after: usize,
    /// How many stretches it is a part of.
    depth: usize,
}

/// What a bound over a stretch tells about every offer in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Known {
    /// No offer is accepted with a greater chance.
    pub(super) chance: f64,
    /// With no offer is the defender's premium smaller.
    pub(super) premium: f64,
}

impl Offers {
    /// The offers between two belligerents; `losses` are what either loses by a deal that breaks,
    /// which decides in which direction a premium is bounded.
    pub(super) fn new(
        settings: &Settings,
        scenario: &Scenario,
        challenger: &Preferences,
        defender: &Preferences,
        compliance: &Compliance,
        losses: (f64, f64),
    ) -> Self {
        let curve =
            ContractCurve::new(challenger, defender).spaced(settings.get("offers") as usize);
        let guarantee = scenario.issue_with(IssueRole::Guarantee);
        let access = scenario.issue_with(IssueRole::HumanitarianAccess);
        let levels =
            if guarantee.is_some() { settings.get("guarantee_offers") as usize } else { 1 };
        let mut made = Self {
            stakes: Vec::new(),
            terms: Vec::new(),
            lambda: Vec::new(),
            stretches: Vec::new(),
        };
        for level in 0..levels {
            let raise = if levels > 1 { level as f64 / (levels - 1) as f64 } else { 0.0 };
            for point in &curve {
                let mut terms = [0.0; MAX_ISSUES];
                terms[..point.terms.len()].copy_from_slice(&point.terms);
                if let Some(issue) = guarantee {
                    terms[issue] += raise * (1.0 - terms[issue]);
                }
                let own = &terms[..point.terms.len()];
                let worth = (challenger.utility(own), defender.utility(own));
                let exposure = Exposure {
                    grievance: 1.0 - worth.0,
                    defender_grievance: 1.0 - worth.1,
                    guarantee: guarantee.map_or(0.0, |issue| terms[issue]),
                    accidents: compliance.accidents(access.map_or(0.0, |issue| terms[issue])),
                };
                made.stakes.push(Stakes {
                    challenger: worth.0,
                    defender: worth.1,
                    challenger_exposure: exposure,
                    defender_exposure: exposure,
                });
                made.terms.push(terms);
                made.lambda.push(point.lambda);
            }
        }
        made.stretches = stretches(&made.stakes, curve.len(), losses);
        made
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

    /// The offer of greatest value above 0, the first of equals.
    ///
    /// `value` is told the best value so far and what is known of the stretch that the stakes are
    /// part of. It must not fall when either utility rises or an exposure improves; where it can
    /// tell that it is below the best so far, any number below that will do. Whole stretches whose
    /// bound stays below the best so far are passed over, which changes nothing about what is
    /// chosen. `hint` is where to look first, `start` what is known of all offers.
    #[inline]
    pub(super) fn best(
        &self,
        hint: Option<usize>,
        start: Known,
        value: impl Fn(&Stakes, f64, Known) -> (f64, Known),
    ) -> Option<usize> {
        let mut best = (0.0, None);
        if let Some(hint) = hint {
            let height = value(&self.stakes[hint], 0.0, start).0;
            if height > 0.0 {
                best = (height, Some(hint));
            }
        }
        let mut known = [start; DEEPEST];
        let mut at = 0;
        while let Some(stretch) = self.stretches.get(at) {
            let floor = (best.0 - SLACK.1) / SLACK.0;
            let (height, here) = value(&stretch.bound, floor, known[stretch.depth]);
            if height < floor {
                at = stretch.after;
                continue;
            }
            at += 1;
            if stretch.offers.len() > FEW {
                known[stretch.depth + 1] = here;
                continue;
            }
            for offer in stretch.offers.clone() {
                let height = value(&self.stakes[offer], floor, here).0;
                let earlier = best.1.is_none_or(|known| offer < known);
                if height > best.0 || (height == best.0 && height > 0.0 && earlier) {
                    best = (height, Some(offer));
                }
            }
        }
        best.1
    }

    /// The same by weighing every offer: what [`Offers::best`] is tested against.
    #[cfg(test)]
    pub(super) fn best_of_all(
        &self,
        start: Known,
        value: impl Fn(&Stakes, f64, Known) -> (f64, Known),
    ) -> Option<usize> {
        let mut best = (0.0, None);
        for (offer, stakes) in self.stakes.iter().enumerate() {
            let height = value(stakes, f64::NEG_INFINITY, start).0;
            if height > best.0 {
                best = (height, Some(offer));
            }
        }
        best.1
    }
}

/// The stretches of each row of `row` offers, each followed by its parts.
fn stretches(stakes: &[Stakes], row: usize, losses: (f64, f64)) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for start in (0..stakes.len()).step_by(row) {
        split(&mut stretches, start..start + row, 0, stakes, losses);
    }
    stretches
}

fn split(
    into: &mut Vec<Stretch>,
    offers: Range<usize>,
    depth: usize,
    stakes: &[Stakes],
    losses: (f64, f64),
) {
    let here = into.len();
    let bound = bound(&stakes[offers.clone()], losses);
    into.push(Stretch { offers: offers.clone(), bound, after: 0, depth });
    if offers.len() > FEW {
        let part = offers.len().div_ceil(PARTS);
        for first in offers.clone().step_by(part) {
            split(into, first..(first + part).min(offers.end), depth + 1, stakes, losses);
        }
    }
    into[here].after = into.len();
}

/// Stakes that no side finds worse than any of these.
fn bound(stakes: &[Stakes], (challenger_loss, defender_loss): (f64, f64)) -> Stakes {
    let most = |of: fn(&Stakes) -> f64| stakes.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    let exposure = |loss: f64| {
        // A side that loses by a break wants a firm deal, one that gains by it a weak one.
        let pick = |of: fn(&Exposure) -> f64, more_is_weaker: bool| {
            let all = stakes.iter().map(|stakes| of(&stakes.challenger_exposure));
            if more_is_weaker == (loss >= 0.0) {
                all.fold(f64::INFINITY, f64::min)
            } else {
                all.fold(f64::NEG_INFINITY, f64::max)
            }
        };
        Exposure {
            grievance: pick(|exposure| exposure.grievance, true),
            defender_grievance: pick(|exposure| exposure.defender_grievance, true),
            guarantee: pick(|exposure| exposure.guarantee, false),
            accidents: pick(|exposure| exposure.accidents, true),
        }
    };
    Stakes {
        challenger: most(|stakes| stakes.challenger),
        defender: most(|stakes| stakes.defender),
        challenger_exposure: exposure(challenger_loss),
        defender_exposure: exposure(defender_loss),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Draw as _, Purpose, Seed, Streams};

    const NO_EXPOSURE: Exposure =
        Exposure { grievance: 0.0, defender_grievance: 0.0, guarantee: 0.0, accidents: 0.0 };

    /// Offers with arbitrary stakes: nothing about a contract curve is assumed by the search.
    fn arbitrary(seed: u64, losses: (f64, f64)) -> Offers {
        let mut luck = Streams::new(Seed(seed), 0).open(Purpose::named("stakes"));
        let mut stakes = || {
            let (challenger, defender) = (luck.uniform(), luck.uniform());
            let exposure = Exposure {
                grievance: 1.0 - challenger,
                defender_grievance: 1.0 - defender,
                guarantee: luck.uniform(),
                ..NO_EXPOSURE
            };
            let (challenger_exposure, defender_exposure) = (exposure, exposure);
            Stakes { challenger, defender, challenger_exposure, defender_exposure }
        };
        let stakes: Vec<Stakes> = (0..65 * 3).map(|_| stakes()).collect();
        let stretches = stretches(&stakes, 65, losses);
        Offers { stakes, terms: Vec::new(), lambda: Vec::new(), stretches }
    }

    #[test]
    fn the_search_finds_what_a_full_scan_finds_and_the_first_of_equals() {
        for seed in 0..300 {
            let losses = if seed % 2 == 0 { (0.1, 0.35) } else { (-0.1, 0.35) };
            let offers = arbitrary(seed, losses);
            let level = seed as f64 / 250.0;
            // Rises with both utilities, falls with what either side fears; coarse, so that there
            // are ties, and below 0 for the highest levels.
            let value = |stakes: &Stakes, _floor: f64, known: Known| {
                let fear = losses.0 * stakes.challenger_exposure.grievance
                    - losses.1 * stakes.defender_exposure.guarantee;
                let height = stakes.challenger * stakes.defender - fear - level;
                ((height * 40.0).floor() / 40.0, known)
            };
            let start = Known { chance: 1.0, premium: 0.0 };
            let expected = offers.best_of_all(start, value);
            for hint in [None, Some(0), Some(100), expected] {
                assert_eq!(offers.best(hint, start, value), expected, "seed {seed}, hint {hint:?}");
            }
        }
    }
}
