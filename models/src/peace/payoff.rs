//! What everybody has had in the end: discounted payoffs over war, peace and collapse.

use engine::power;

use super::in_force::InForce;

/// Most actors: two belligerents and the largest coalition.
pub(super) const MOST_ACTORS: usize = crate::scenario::MAX_MEMBERS + 2;

/// Months that count after the horizon.
const MONTHS_AFTER: u32 = 240;

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
    pub(super) fn fight(
        &self,
        account: &mut Account,
        in_force: &InForce,
        level: f64,
        weariness: f64,
    ) {
        in_force.add(level, account.weight, &mut account.sums);
        account.hardship += account.weight * weariness;
        account.weight *= self.factor;
    }

    /// Books peace under terms worth `worth[i]` to actor i from the month after the last until
    /// `collapse` years later, then war as it was, less what a break costs; or war for good where
    /// nothing was signed. Returns normalised payoffs: the two belligerents, then the members.
    pub(super) fn close(
        &self,
        mut account: Account,
        in_force: &InForce,
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
        in_force.add(last.level, frozen, &mut account.sums);
        account.hardship += frozen * last.weariness;
        for (sum, (cost, break_loss)) in account.sums.iter_mut().zip(sides) {
            let broken = if peace.is_some() { frozen * break_loss } else { 0.0 };
            *sum -= cost * account.hardship + broken;
        }
        account.sums.map(|sum| sum / self.before[self.months as usize])
    }
}
