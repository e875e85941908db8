//! The draws of a run as tables: one row each, and what of their spread is chance and what ignorance.

use engine::{MeasureInfo, Scale, Summary, Z95};
use models::Value;
use outputs::{Cell, Table};

use crate::design::Point;
use crate::draws::coordinates;
use crate::results::{cell, estimated, estimates};
use crate::study::Study;
use crate::uncertain::Uncertain;

/// The shares of `uncertainty.csv`, with their columns.
const QUANTILES: [(f64, &str); 5] =
    [(0.05, "q05"), (0.25, "q25"), (0.5, "median"), (0.75, "q75"), (0.95, "q95")];

/// The tables of a run whose parameters are uncertain.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawTables {
    /// One row for each draw at each design point: what was drawn, and every estimate.
    pub draws: Table,
    /// One row for each estimate at each design point: its spread over draws.
    pub uncertainty: Table,
}

/// An estimate of one draw.
#[derive(Clone, Copy)]
struct Single {
    /// How many replications have the measure.
    count: f64,
    mean: f64,
    error: f64,
}

/// Draws as they are played.
pub struct DrawTally<'a> {
    study: &'a Study,
    names: Vec<(String, Scale)>,
    draws: Table,
    /// For each design point and estimate those of the draws that are of the sample.
    singles: Vec<Vec<Vec<Option<Single>>>>,
}

impl<'a> DrawTally<'a> {
    /// Nothing played yet.
    pub fn new(study: &'a Study, measures: &[MeasureInfo]) -> Self {
        let names: Vec<(String, Scale)> =
            estimates(measures).map(|(_, own)| (own.name.clone(), own.scale)).collect();
        let mut columns = vec!["point".to_owned(), "draw".to_owned()];
        columns.extend(study.design.columns());
        columns.extend(study.uncertain.iter().map(Uncertain::column));
        columns.push("n".to_owned());
        columns.extend(names.iter().flat_map(|(name, _)| [name.clone(), format!("{name}_se")]));
        let points = study.design.size().unwrap_or(0) as usize;
        let singles = vec![vec![Vec::new(); names.len()]; points];
        Self { study, names, draws: Table::new(columns), singles }
    }

    /// Adds a draw played at a design point.
    pub fn add(
        &mut self,
        point: &Point,
        (draw, drawn): (u64, &[Value]),
        measures: &[MeasureInfo],
        summary: &Summary,
    ) {
        let mut row = vec![Cell::Number(point.number as f64), Cell::Number(draw as f64)];
        row.extend(self.study.design.cells(point));
        row.extend(drawn.iter().map(cell));
        row.push(Cell::Number(summary.replications() as f64));
        let (_, k) = coordinates(&self.study.uncertain);
        let counts = self.study.draws.is_of_sample(draw, k);
        let own = &mut self.singles[point.number as usize];
        for (at, ((_, estimate), (tally, _))) in
            estimates(measures).zip(summary.estimates()).enumerate()
        {
            let [value, error, ..] = estimated(Z95, estimate.scale, summary, at);
            row.extend([Cell::from(value), Cell::from(error)]);
            if counts {
                let count = tally.count() as f64;
                // The error of a share is told with n; unbiased, its square is with n - 1.
                let scale = match estimate.scale {
                    Scale::Chance if count > 1.0 && summary.pairs().is_empty() => {
                        (count / (count - 1.0)).sqrt()
                    }
                    _ => 1.0,
                };
                let error = error.unwrap_or(0.0) * scale;
                own[at].push(value.map(|mean| Single { count, mean, error }));
            }
        }
        self.draws.push(row);
    }

    /// The tables; and the intervals of design points put right, whose replications belong together draw by
    /// draw: those of survival curves are left out.
    pub fn finish(self, points: &mut Table, survival: &mut Table) -> DrawTables {
        let mut columns = vec!["point".to_owned()];
        columns.extend(self.study.design.columns());
        columns.extend(
            [
                "estimate",
                "draws",
                "missing",
                "mean",
                "sd",
                "sd_chance",
                "sd_ignorance",
                "share_ignorance",
            ]
            .map(str::to_owned),
        );
        columns.extend(QUANTILES.map(|(_, column)| column.to_owned()));
        let mut uncertainty = Table::new(columns);
        for point in self.study.design.points() {
            let number = point.number as usize;
            for ((name, scale), singles) in self.names.iter().zip(&self.singles[number]) {
                let mut row = vec![Cell::Number(number as f64)];
                row.extend(self.study.design.cells(&point));
                row.push(name.as_str().into());
                row.extend(spread(singles, self.study.draws.shared_luck));
                uncertainty.push(row);
                let ends = clustered(singles, *scale, self.study.draws.shared_luck);
                for (column, value) in ["_se", "_low", "_high"].iter().zip(ends) {
                    points.set(number, &format!("{name}{column}"), value.into());
                }
                for column in ["_median_se", "_median_low", "_median_high"] {
                    points.set(number, &format!("{name}{column}"), Cell::Empty);
                }
            }
        }
        for row in 0..survival.rows().len() {
            for column in ["low", "high", "km_low", "km_high"] {
                survival.set(row, column, Cell::Empty);
            }
        }
        DrawTables { draws: self.draws, uncertainty }
    }
}

/// How many draws have the estimate and how many have not, its mean over them, its standard deviation,
/// that which chance alone would bring, that which is left for ignorance, its share of the
/// variance, and quantiles.
///
/// ```text
/// Var(p̂_d) = Var(p_d) + E[se_d²]
/// ```
///
/// for draws with luck of their own. Where they share it, chance moves all of them together, and neither part
/// is told; nor where a draw has a single replication, whose error nobody knows.
fn spread(singles: &[Option<Single>], shared_luck: bool) -> Vec<Cell> {
    let mut means: Vec<f64> = singles.iter().flatten().map(|own| own.mean).collect();
    means.sort_by(f64::total_cmp);
    let n = means.len() as f64;
    let missing = (singles.len() - means.len()) as f64;
    let mut row = vec![Cell::Number(n), Cell::Number(missing)];
    if means.is_empty() {
        row.resize(2 + 5 + QUANTILES.len(), Cell::Empty);
        return row;
    }
    let mean = means.iter().sum::<f64>() / n;
    let squares: f64 = means.iter().map(|x| (x - mean) * (x - mean)).sum();
    let total = if n > 1.0 { squares / (n - 1.0) } else { 0.0 };
    let chance = singles.iter().flatten().map(|own| own.error * own.error).sum::<f64>() / n;
    let known = singles.iter().flatten().all(|own| own.count > 1.0);
    let ignorance = (known && !shared_luck).then(|| (total - chance).max(0.0));
    let share = ignorance.filter(|_| total > 0.0).map(|ignorance| ignorance / total);
    row.extend([mean, total.sqrt()].map(Cell::Number));
    row.push(known.then(|| chance.sqrt()).into());
    row.extend([ignorance.map(f64::sqrt), share].map(Cell::from));
    row.extend(QUANTILES.map(|(share, _)| Cell::Number(ranked(&means, share))));
    row
}

/// A quantile of sorted numbers, between neighbours where it falls between them (Hyndman and Fan
/// 1996, type 7).
fn ranked(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let low = place.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (place - low as f64) * (sorted[high] - sorted[low])
}

/// Standard error and interval of a mean over draws: draws are independent, their replications are
/// not. Where draws share their luck, its error does not shrink with their number and is added in
/// full.
///
/// # Source
///
/// Cochran (1977), *Sampling Techniques*, 3rd edition, section 9A.1: a ratio of cluster totals.
fn clustered(singles: &[Option<Single>], scale: Scale, shared_luck: bool) -> [Option<f64>; 3] {
    let all = || singles.iter().flatten();
    let weight: f64 = all().map(|own| own.count).sum();
    let n = singles.len() as f64;
    if weight <= 0.0 {
        return [None; 3];
    }
    let mean = all().map(|own| own.count * own.mean).sum::<f64>() / weight;
    let residual = |own: &Single| {
        let off = own.count * (own.mean - mean) * n / weight;
        off * off
    };
    let mut variance =
        if n > 1.0 { all().map(residual).sum::<f64>() / (n * (n - 1.0)) } else { 0.0 };
    // A single draw has no spread: only its luck is known.
    if shared_luck || n < 2.0 {
        let luck = all().map(|own| own.count * own.error).sum::<f64>() / weight;
        variance += luck * luck;
    }
    let error = variance.sqrt();
    let (low, high) = match scale {
        Scale::Chance => (0.0, 1.0),
        Scale::Mean { low, high } => (low, high),
    };
    let ends = ((mean - Z95 * error).max(low), (mean + Z95 * error).min(high));
    [Some(error), Some(ends.0), Some(ends.1)]
}

#[cfg(test)]
mod tests {
    use engine::{Draw as _, Purpose, Streams};

    use super::*;

    /// Draws of p ~ uniform(0.3, 0.7), each with 200 coins: sd 0.4/√12 from ignorance, and
    /// √(E[p (1 − p)]/200) from chance.
    fn coins(draws: u64, seed: u64) -> Vec<Option<Single>> {
        let draw = |draw: u64| {
            let mut stream = Streams::new(engine::Seed(seed), draw).open(Purpose::named("coins"));
            let p = 0.3 + 0.4 * stream.uniform();
            let mut coins = Summary::new([None]);
            (0..200)
                .for_each(|_| coins.add([Some(f64::from(u8::from(stream.uniform() < p)))], None));
            let [mean, error, ..] = estimated(Z95, Scale::Chance, &coins, 0);
            Some(Single { count: 200.0, mean: mean?, error: error? })
        };
        (0..draws).map(draw).collect()
    }

    #[test]
    fn chance_and_ignorance_are_told_apart() {
        let row = spread(&coins(4000, 1), false);
        let [chance, ignorance, share] = [4, 5, 6].map(|at| row[at].number().expect("a number"));
        // E[p (1 − p)] = 1/4 − Var(p); the estimate with n in place of n − 1 is short by 1 in 200. Standard
        // errors of variances over 4000 draws: below 3 %, so 6 % of a deviation is four of them.
        let variance = 0.16 / 12.0;
        let known = ((0.25 - variance) / 200.0_f64).sqrt();
        assert!((chance / known - 1.0).abs() < 0.02, "{chance} {known}");
        assert!((ignorance / variance.sqrt() - 1.0).abs() < 0.06, "{ignorance}");
        assert!((share - variance / (variance + known * known)).abs() < 0.03, "{share}");
    }

    #[test]
    fn intervals_over_draws_hold_what_they_promise() {
        let holds = |seed: u64| {
            let [_, low, high] = clustered(&coins(40, seed), Scale::Chance, false);
            (low.expect("there is one")..=high.expect("there is one")).contains(&0.5)
        };
        let held = (0..2000).filter(|seed| holds(*seed)).count();
        // A normal interval from 40 draws covers 94.3 % (t with 39 degrees of freedom); four standard
        // errors of 2000 are 2.1 points.
        assert!((held as f64 / 2000.0 - 0.943).abs() < 0.021, "{held}");
    }

    #[test]
    fn draws_without_the_estimate_are_counted_and_not_used() {
        let mut all = coins(10, 3);
        all[4] = None;
        let row = spread(&all, false);
        assert_eq!((row[0].number(), row[1].number()), (Some(9.0), Some(1.0)));
        assert!(row[2..].iter().all(|cell| cell.number().is_some_and(f64::is_finite)));
        assert_eq!(spread(&[None, None], false)[2], Cell::Empty);
        assert_eq!(spread(&all, true)[6], Cell::Empty);
    }
}
