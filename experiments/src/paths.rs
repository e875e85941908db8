//! How things went month by month at a design point: counts of paths as rows of two tables.

use engine::{PathPlan, Paths};
use outputs::{Cell, Table};

/// The quantiles of `paths.csv`, and their columns.
const SHARES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
const QUANTILES: [&str; 5] = ["q05", "q25", "median", "q75", "q95"];

/// The tables of paths.
#[derive(Clone, Debug, PartialEq)]
pub struct PathTables {
    /// One row for each month of each quantity, apart by how runs end.
    pub paths: Table,
    /// One row for each month: how many runs ended it in which state.
    pub states: Table,
}

impl PathTables {
    /// Tables without rows.
    pub fn new(plan: &PathPlan) -> Self {
        let fixed = ["point", "ended", "quantity", "month", "n"];
        let states = ["point", "month"].into_iter().chain(plan.states.iter().copied());
        Self {
            paths: Table::new([&fixed[..], &QUANTILES[..]].concat()),
            states: Table::new(states),
        }
    }

    /// Adds what was counted at a design point.
    pub fn add(&mut self, point: u64, plan: &PathPlan, paths: &Paths) {
        let number = Cell::Number(point as f64);
        for step in 0..plan.steps {
            let of = |state: usize| {
                (0..plan.endings.len()).map(|ending| paths.states(ending, step)[state]).sum::<u32>()
            };
            let counts = (0..plan.states.len()).map(|state| Cell::Number(f64::from(of(state))));
            let month = Cell::Number((step + 1) as f64);
            self.states.push([number.clone(), month].into_iter().chain(counts).collect());
        }
        for (ending, ended) in plan.endings.iter().enumerate() {
            let ended: Cell = (*ended).into();
            for (at, quantity) in plan.quantities.iter().enumerate() {
                let name: Cell = quantity.name.into();
                for step in 0..plan.steps {
                    let place = (ending, step, at);
                    let Some((n, found)) = paths.quantiles(plan, place, SHARES) else { break };
                    let mut row = Vec::with_capacity(5 + SHARES.len());
                    row.extend([number.clone(), ended.clone(), name.clone()]);
                    row.extend([(step + 1) as f64, n as f64].map(Cell::Number));
                    row.extend(found.map(|value| Cell::Number(round(value))));
                    self.paths.push(row);
                }
            }
        }
    }
}

/// Five decimals: bins are coarser than that.
fn round(value: f64) -> f64 {
    (value * 1e5).round() / 1e5
}

/// Bytes that the rows of a point take at most, in memory and on disk.
pub(crate) fn bytes_of_rows(plan: &PathPlan) -> (u64, u64) {
    let rows = (plan.steps * plan.quantities.len() * plan.endings.len()) as u64;
    let states = (plan.steps * (plan.states.len() + 2)) as u64;
    (rows * 400 + states * 40, rows * 90 + states * 8)
}
