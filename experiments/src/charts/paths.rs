//! The charts of how things went month by month: paths, and what became of the war.

use outputs::Cell;
use outputs::chart::{AreaPanel, Areas, ChartSpec, FanPanel, Fans, Layer, Quantiles};

use super::{CAUSES, MOST_PANELS, View, causes, join, rows_of, thousands};
use crate::paths::PathTables;

/// Quantities in the order of their panels, with their titles.
const PANELS: [(&str, &str); 8] = [
    ("held", "Share of the land held by the challenger"),
    ("support", "Support by the coalition, by capability"),
    ("unity", "Unity of the coalition"),
    ("belief", "Believed chance of a revisionist"),
    ("rhetoric", "Public rhetoric of the challenger"),
    ("audience", "Audience stock"),
    ("cost_challenger", "Challenger's cost of fighting on"),
    ("cost_defender", "Defender's cost of fighting on"),
];

/// Quantiles of fewer runs are not drawn.
const FEWEST: f64 = 40.0;

impl View<'_> {
    /// Where paths were counted.
    pub(super) fn paths(&self) -> Option<ChartSpec> {
        let tables = self.results.paths.as_ref()?;
        let levels = self.study.reference_levels();
        let point = self.study.design.number_of(&levels);
        let held = self.held(&[], &levels);
        let rows: Vec<&[Cell]> = rows_of(&tables.paths, point).collect();
        let group = |ended: &str, words: &str| {
            let first = rows.iter().find(|row| row[1] == ended.into() && row[3] == 1.0.into());
            let runs = first.and_then(|row| row[4].number()).unwrap_or(0.0);
            format!("{words} ({})", thousands(runs as u64))
        };
        let panel = |(quantity, title): &(&str, &str)| FanPanel {
            title: (*title).to_owned(),
            fans: ["signed", "unsigned"].map(|ended| fan(&rows, ended, quantity)).to_vec(),
        };
        let panels: Vec<FanPanel> = PANELS.iter().map(panel).collect();
        let definition =
            "Line: median; bands: central half and central nine tenths of the runs still at war";
        let notes = format!(
            "The first {} replications; where fewer than {FEWEST} are left nothing is drawn. ",
            thousands(self.study.paths)
        );
        let frame = self.frame("Paths by how runs end".to_owned(), join(definition, &held), &notes);
        if panels.iter().all(|panel| panel.fans.iter().all(Vec::is_empty)) {
            let words =
                format!("Fewer than {FEWEST} replications end either way: too few for quantiles.");
            return Some(ChartSpec::Words(frame, words));
        }
        let groups = vec![
            group("signed", "runs that end in an agreement"),
            group("unsigned", "dashed: runs that do not"),
        ];
        Some(ChartSpec::Fans(Fans { frame, x_title: "Month".to_owned(), groups, panels }))
    }

    /// What became of the war by the end of each month, where that was counted.
    pub(super) fn course(&self) -> Option<ChartSpec> {
        let tables = self.results.paths.as_ref()?;
        let slice = self.slice(0, MOST_PANELS);
        let panel = |(spot, point): (&outputs::chart::Spot, &u64)| AreaPanel {
            title: slice.group(spot),
            steps: self.shares_by_month(tables, *point),
        };
        let panels = slice.spots.iter().zip(&slice.points).map(panel).collect();
        let definition = "Share of runs with an agreement by the end of each month; the others by why the month brought none";
        let notes = format!(
            "Why there is none: as in the first {} replications. ",
            thousands(self.study.paths)
        );
        let title = slice.and("Agreements and refusals by month");
        let signed = Layer { name: "agreement signed".to_owned(), hue: 0 };
        Some(ChartSpec::Areas(Areas {
            frame: self.frame(title, join(definition, &slice.held), &notes),
            x_title: "Month".to_owned(),
            y_title: "Share of runs".to_owned(),
            layers: std::iter::once(signed).chain(causes()).collect(),
            panels,
        }))
    }

    /// What is signed by each month, over all replications; the rest parted as the counted paths are.
    fn shares_by_month(&self, tables: &PathTables, point: u64) -> Vec<(f64, Vec<f64>)> {
        let columns = CAUSES.map(|(cause, _)| tables.states.column(cause));
        let n = self.results.points.cell(point as usize, "n").number().unwrap_or(1.0);
        let signings = self.bins(point, "month");
        let mut signed = 0.0;
        let months = rows_of(&tables.states, point).enumerate().map(|(at, row)| {
            signed += signings.get(at).map_or(0.0, |bin| bin.count / n);
            let count =
                |column: &Option<usize>| column.and_then(|at| row[at].number()).unwrap_or(0.0);
            let rest: Vec<f64> = columns.iter().map(count).collect();
            let all: f64 = rest.iter().sum();
            // Where no counted path is left at war, all that is left of the rest is at war somehow.
            let parted =
                rest.iter().map(|own| if all > 0.0 { (1.0 - signed) * own / all } else { 0.0 });
            ((at + 1) as f64, std::iter::once(signed).chain(parted).collect())
        });
        months.collect()
    }
}

/// The quantiles of a quantity by month, as long as there are enough runs.
fn fan(rows: &[&[Cell]], ended: &str, quantity: &str) -> Vec<(f64, Quantiles)> {
    let own = rows.iter().filter(|row| row[1] == ended.into() && row[2] == quantity.into());
    let quantiles = |row: &&[Cell]| {
        let n = row[4].number()?;
        let all: Vec<f64> = row[5..].iter().filter_map(Cell::number).collect();
        let quantiles = Quantiles(all.try_into().ok()?);
        (n >= FEWEST).then_some((row[3].number()?, quantiles))
    };
    own.map_while(quantiles).collect()
}
