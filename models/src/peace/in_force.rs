//! What the terms in force are worth while fighting, as a function of the front.

use engine::Preferences;

use super::front::StatusQuo;

/// Cells per unit of log-odds of land held.
const CELLS: f64 = 64.0;

/// How far from the first front the table reaches, in log-odds.
const REACH: f64 = 3.0;

/// Where cubics are sampled; they share the ends of their cells.
const SAMPLED: [f64; 4] = [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0];

/// Where they are compared, if somebody's ideal level lies in the cell.
const COMPARED: [f64; 3] = [1.0 / 6.0, 0.5, 5.0 / 6.0];

/// Where one misses by more, its cell is left out. Between these places it may miss by twice as much.
const PRECISE: f64 = 1e-5;

/// Utility of the terms in force to some actors.
///
/// A table of cubics in log-odds of land held, within 1e-8 but where a front moves an issue past
/// somebody's ideal level, where it is within 2e-5. Cells where that is not so, as may be where
/// curvatures are near 1, and what lies beyond the table, are reckoned from the utilities themselves.
#[derive(Clone, Debug)]
pub(super) struct InForce {
    low: f64,
    status_quo: StatusQuo,
    preferences: Vec<Preferences>,
    /// By cell, then actor: its worth at the start of the cell.
    starts: Vec<f64>,
    /// By cell, then power from the first on, then actor; in single precision, since changes within a
    /// cell are small and many tables are kept at a time.
    changes: Vec<f32>,
    /// Whether the cubics of a cell hold.
    holds: Vec<bool>,
}

/// The cell that a front is in, and how far into it.
#[derive(Clone, Copy)]
struct Place {
    cell: usize,
    part: f64,
}

impl InForce {
    /// The table around `start`, one column for each of `preferences`.
    pub(super) fn new(status_quo: &StatusQuo, start: f64, preferences: &[Preferences]) -> Self {
        let cells = (2.0 * REACH * CELLS) as usize;
        let mut made = Self {
            low: start - REACH,
            status_quo: status_quo.clone(),
            preferences: preferences.to_vec(),
            starts: Vec::with_capacity(cells * preferences.len()),
            changes: Vec::with_capacity(cells * 3 * preferences.len()),
            holds: Vec::with_capacity(cells),
        };
        let mut at_start = made.worth(0.0);
        for cell in 0..cells {
            let at_end = made.worth((cell + 1) as f64);
            made.tabulate(cell as f64, &at_start, &at_end);
            at_start = at_end;
        }
        made
    }

    /// What the terms in force are worth to everybody at a place in cells.
    fn worth(&self, place: f64) -> Vec<f64> {
        let terms = self.status_quo.terms(self.low + place / CELLS);
        self.preferences.iter().map(|own| own.utility(&terms[..own.issues()])).collect()
    }

    fn tabulate(&mut self, cell: f64, at_start: &[f64], at_end: &[f64]) {
        let [first, second] = [SAMPLED[1], SAMPLED[2]].map(|part| self.worth(cell + part));
        let through = |actor: usize| {
            cubic_through([at_start[actor], first[actor], second[actor], at_end[actor]])
        };
        let cubics: Vec<[f64; 4]> = (0..self.actors()).map(through).collect();
        let holds = |part: &f64| {
            let mut pairs = cubics.iter().zip(self.worth(cell + part));
            pairs.all(|(own, worth)| (engine::cubic(own, *part) - worth).abs() <= PRECISE)
        };
        self.holds.push(!self.has_ideal_in(cell) || COMPARED.iter().all(holds));
        self.starts.extend(cubics.iter().map(|cubic| cubic[0]));
        for power in 1..4 {
            self.changes.extend(cubics.iter().map(|cubic| cubic[power] as f32));
        }
    }

    /// Whether an issue passes somebody's ideal level within a cell.
    fn has_ideal_in(&self, cell: f64) -> bool {
        let [start, end] =
            [cell, cell + 1.0].map(|at| self.status_quo.terms(self.low + at / CELLS));
        self.preferences.iter().any(|own| {
            (0..own.issues()).any(|issue| {
                let ideal = own.ideal(issue);
                start[issue] != end[issue] && (start[issue] - ideal) * (end[issue] - ideal) <= 0.0
            })
        })
    }

    /// How many actors.
    fn actors(&self) -> usize {
        self.preferences.len()
    }

    /// The place of a front; nothing where it must be reckoned.
    #[inline]
    fn place(&self, level: f64) -> Option<Place> {
        let place = (level - self.low) * CELLS;
        if !(0.0..self.holds.len() as f64).contains(&place) {
            return None;
        }
        let cell = place as u32 as usize;
        self.holds[cell].then_some(Place { cell, part: place - cell as f64 })
    }

    /// Its worth to one actor with the front at `level`.
    #[inline]
    pub(super) fn to_one(&self, actor: usize, level: f64) -> f64 {
        let Some(Place { cell, part }) = self.place(level) else {
            return self.reckoned(actor, level);
        };
        let actors = self.actors();
        let changes = &self.changes[cell * 3 * actors..][..3 * actors];
        let of = |power: usize| f64::from(changes[(power - 1) * actors + actor]);
        self.starts[cell * actors + actor] + part * (of(1) + part * (of(2) + part * of(3)))
    }

    /// Adds `weight` times its worth to each actor.
    #[inline]
    pub(super) fn add(&self, level: f64, weight: f64, sums: &mut [f64]) {
        let Some(Place { cell, part }) = self.place(level) else {
            return self.add_reckoned(level, weight, sums);
        };
        let actors = self.actors();
        let sums = &mut sums[..actors];
        let starts = &self.starts[cell * actors..][..actors];
        let changes = &self.changes[cell * 3 * actors..][..3 * actors];
        let (first, rest) = changes.split_at(actors);
        let (second, third) = rest.split_at(actors);
        for ((((sum, a), b), c), d) in sums.iter_mut().zip(starts).zip(first).zip(second).zip(third)
        {
            let [b, c, d] = [*b, *c, *d].map(f64::from);
            *sum += weight * (a + part * (b + part * (c + part * d)));
        }
    }

    /// Its worth without the table.
    #[cold]
    fn reckoned(&self, actor: usize, level: f64) -> f64 {
        let (terms, own) = (self.status_quo.terms(level), &self.preferences[actor]);
        own.utility(&terms[..own.issues()])
    }

    #[cold]
    fn add_reckoned(&self, level: f64, weight: f64, sums: &mut [f64]) {
        for (actor, sum) in sums[..self.actors()].iter_mut().enumerate() {
            *sum += weight * self.reckoned(actor, level);
        }
    }
}

/// The cubic through values at [`SAMPLED`] and at the end of a cell, lowest power first.
fn cubic_through([a, b, c, d]: [f64; 4]) -> [f64; 4] {
    // Newton's differences over thirds of a cell.
    let (ab, bc, cd) = (b - a, c - b, d - c);
    let (abc, bcd) = ((bc - ab) / 2.0, (cd - bc) / 2.0);
    let abcd = (bcd - abc) / 3.0;
    // In thirds: a + ab s + abc s (s − 1) + abcd s (s − 1)(s − 2), s = 3 t.
    [a, 3.0 * (ab - abc + 2.0 * abcd), 9.0 * (abc - 3.0 * abcd), 27.0 * abcd]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Settings;
    use crate::peace::PARAMETERS;
    use crate::peace::front::Front;
    use crate::scenario::{Issue, IssueRole, Scenario};

    #[test]
    fn the_table_is_as_exact_as_it_says_and_holds_nearly_everywhere() {
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
        for curvature in [1.0, 1.3, 2.0, 3.0] {
            let own = |ideal: [f64; 3]| {
                Preferences::new(ideal.to_vec(), &[0.5, 0.3, 0.2], curvature).expect("it is valid")
            };
            let actors = [own([1.0, 0.0, 0.5]), own([0.7, 0.6, 0.1])];
            let in_force = InForce::new(&status_quo, front.start, &actors);
            let held = in_force.holds.iter().filter(|holds| **holds).count();
            assert!(held * 10 >= in_force.holds.len() * 9, "{curvature}: {held}");
            for step in -12_000..12_000 {
                let level = front.start + f64::from(step) * 1.000_7e-3;
                let mut sums = [0.5; 2];
                in_force.add(level, 2.0, &mut sums);
                for (actor, sum) in sums.iter().enumerate() {
                    let exact = in_force.reckoned(actor, level);
                    let one = in_force.to_one(actor, level);
                    assert!((one - exact).abs() <= 2.0 * PRECISE, "{curvature} at {level}");
                    assert!((sum - 0.5 - 2.0 * one).abs() < 1e-15);
                }
            }
        }
    }
}
