//! What everybody has had in the end: discounted payoffs over war, peace and collapse.

use engine::{Preferences, power};

use super::front::StatusQuo;

/// Most actors: two belligerents and the largest coalition.
pub(super) const MOST_ACTORS: usize = crate::scenario::MAX_MEMBERS + 2;

/// Months that count after the horizon.
const MONTHS_AFTER: u32 = 240;

/// Nodes per unit of log-odds of land held.
const STEPS: f64 = 128.0;

/// How far from the first front the table reaches, in log-odds.
const REACH: f64 = 8.0;

/// Utility of the terms in force while fighting, for every actor, as a function of the front.
///
/// A table with linear interpolation in log-odds of land held, and the utilities themselves beyond
/// its ends. Its largest error, at the kink that a curvature near 1 has at an ideal point, is below
/// 1e-3 at curvature 1 and 1e-4 from 1.3 on; it enters reported payoffs only, never a decision.
#[derive(Clone, Debug)]
pub(super) struct Flows {
    low: f64,
    actors: usize,
    nodes: usize,
    status_quo: StatusQuo,
    preferences: Vec<Preferences>,
    /// By node, then actor.
    table: Vec<f64>,
}

impl Flows {
    /// The table around `start`, one column for each of `preferences`.
    pub(super) fn new(status_quo: &StatusQuo, start: f64, preferences: &[Preferences]) -> Self {
        let nodes = (2.0 * REACH * STEPS) as usize + 1;
        let low = start - REACH;
        let mut table = Vec::with_capacity(nodes * preferences.len());
        for node in 0..nodes {
            let level = low + node as f64 / STEPS;
            let terms = status_quo.terms(level);
            table.extend(preferences.iter().map(|own| own.utility(&terms[..own.issues()])));
        }
        let (status_quo, actors) = (status_quo.clone(), preferences.len());
        Self { low, actors, nodes, status_quo, preferences: preferences.to_vec(), table }
    }

    /// Adds `weight` times everybody's flow with the front at `level`.
    #[inline]
    fn add(&self, level: f64, weight: f64, sums: &mut [f64; MOST_ACTORS]) {
        let place = (level - self.low) * STEPS;
        if !(0.0..(self.nodes - 1) as f64).contains(&place) {
            return self.add_beyond(level, weight, sums);
        }
        let node = place as usize;
        let part = place - node as f64;
        let pair = &self.table[node * self.actors..(node + 2) * self.actors];
        let (here, next) = pair.split_at(self.actors);
        for ((sum, here), next) in sums.iter_mut().zip(here).zip(next) {
            *sum += weight * (here + part * (next - here));
        }
    }

    /// The same where the front has left the table.
    #[cold]
    fn add_beyond(&self, level: f64, weight: f64, sums: &mut [f64; MOST_ACTORS]) {
        let terms = self.status_quo.terms(level);
        for (sum, own) in sums.iter_mut().zip(&self.preferences) {
            *sum += weight * own.utility(&terms[..own.issues()]);
        }
    }
}

/// Discounting by months.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    /// δ_a^{1/12}.
    factor: f64,
    months: u32,
    /// The weight of all months before each, and of all: one number more than there are months.
    before: Vec<f64>,
}

/// What has come in so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    sums: [f64; MOST_ACTORS],
    /// Sum of discounted `1 + ω t/12` over months of fighting: what costs are multiplied by.
    hardship: f64,
    weight: f64,
}

/// The last month of fighting, as far as payoffs are concerned.
#[derive(Clone, Copy, Debug)]
pub(super) struct LastMonth {
    /// Counted from 0.
    pub(super) month: u32,
    pub(super) level: f64,
    pub(super) weariness: f64,
}

impl Ledger {
    /// A ledger over a horizon and the months after it.
    pub(super) fn new(discount: f64, horizon: u32) -> Self {
        let factor = power(discount, 1.0 / 12.0);
        let months = horizon + MONTHS_AFTER;
        let mut before = vec![0.0];
        let (mut weight, mut sum) = (1.0, 0.0);
        for _ in 0..months {
            sum += weight;
            weight *= factor;
            before.push(sum);
        }
        Self { factor, months, before }
    }

    /// Nothing has come in yet.
    pub(super) fn open() -> Account {
        Account { sums: [0.0; MOST_ACTORS], hardship: 0.0, weight: 1.0 }
    }

    /// The discounted weight of months `from..to`.
    fn weight(&self, from: u32, to: u32) -> f64 {
        self.before[to.max(from) as usize] - self.before[from as usize]
    }

    /// Books a month of fighting.
    #[inline]
    pub(super) fn fight(&self, account: &mut Account, flows: &Flows, level: f64, weariness: f64) {
        flows.add(level, account.weight, &mut account.sums);
        account.hardship += account.weight * weariness;
        account.weight *= self.factor;
    }

    /// Books peace under terms worth `worth[i]` to actor i from the month after the last until
    /// `collapse` years later, then war as it was, less what a break costs; or war for good where
    /// nothing was signed. Returns normalised payoffs: the two belligerents, then the members.
    pub(super) fn close(
        &self,
        mut account: Account,
        flows: &Flows,
        last: LastMonth,
        peace: Option<(&[f64], Option<u32>)>,
        sides: [(f64, f64); 2],
    ) -> [f64; MOST_ACTORS] {
        let first = last.month + 1;
        let war_again = match peace {
            None => first,
            Some((_, None)) => self.months,
            Some((_, Some(year))) => (first + 12 * year).min(self.months),
        };
        if let Some((worth, _)) = peace {
            let weight = self.weight(first, war_again);
            for (sum, worth) in account.sums.iter_mut().zip(worth) {
                *sum += weight * worth;
            }
        }
        let frozen = self.weight(war_again, self.months);
        flows.add(last.level, frozen, &mut account.sums);
        account.hardship += frozen * last.weariness;
        for (sum, (cost, break_loss)) in account.sums.iter_mut().zip(sides) {
            let broken = if peace.is_some() { frozen * break_loss } else { 0.0 };
            *sum -= cost * account.hardship + broken;
        }
        account.sums.map(|sum| sum / self.before[self.months as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Settings;
    use crate::peace::PARAMETERS;
    use crate::peace::front::Front;
    use crate::scenario::{Issue, IssueRole, Scenario};

    /// Over a cell a level moves by at most a quarter of its log-odds, so that at a kink |y|^q is off
    /// by (step/4)^q at most, and less further away; elsewhere by step²/8 times a second derivative
    /// below 1. Territory follows the front, the other issue half of it; both weigh a half.
    fn bound(curvature: f64) -> f64 {
        let step = 1.0 / STEPS;
        let kinks = (step / 4.0).powf(curvature) + (step / 8.0).powf(curvature);
        0.5 * kinks + step * step / 8.0
    }

    #[test]
    fn the_table_of_flows_is_as_exact_as_it_says() {
        let issue = |role, while_fighting, spillover| Issue {
            name: "issue".to_owned(),
            role,
            while_fighting,
            spillover,
            sources: Vec::new(),
        };
        let issues =
            vec![issue(Some(IssueRole::Territory), None, 0.0), issue(None, Some(0.78), 0.5)];
        let front = Front::new(&Settings::new(PARAMETERS));
        let status_quo = StatusQuo::new(&Scenario { issues, ..Scenario::default() }, &front);
        for curvature in [1.0, 1.3, 2.0] {
            let own = Preferences::new(vec![0.7, 0.6], &[0.5, 0.5], curvature).expect("valid");
            let flows = Flows::new(&status_quo, front.start, std::slice::from_ref(&own));
            for step in -12_000..12_000 {
                let level = front.start + f64::from(step) * 1.000_7e-3;
                let mut sums = [0.0; MOST_ACTORS];
                flows.add(level, 1.0, &mut sums);
                let terms = status_quo.terms(level);
                let gap = (sums[0] - own.utility(&terms[..2])).abs();
                assert!(gap <= bound(curvature), "{curvature} at {level}: {gap}");
            }
        }
    }
}
