//! Replications side by side: differences of estimates that share their luck.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::csv::CsvError;

/// Two estimates over the same replications: each the mean of a measure over those that have it.
///
/// ```text
/// r = Σ y / Σ c,   D = r₂ − r₁,   Var D = m / (m − 1) Σ (e₂ − e₁)² / n²,   e = (y − r c) / c̄
/// ```
/// y: the measure, 0 where a replication has it not; c: whether it has it; n: replications; m: those with the
/// measure on the side that has fewer. Where
/// all have both, D is the mean of differences and this their variance.
///
/// # Source
///
/// Cochran (1977), *Sampling Techniques*, 3rd edition, section 6.18: two ratios compared.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Paired {
    /// Units: replications, or pairs of them.
    count: u64,
    /// Those that have the first measure, and the second.
    with: [u64; 2],
    /// Means over units of c₁, y₁, c₂, y₂.
    mean: [f64; 4],
    /// Sums of products of their deviations.
    products: [[f64; 4]; 4],
}

impl Paired {
    fn add(&mut self, unit: [f64; 4]) {
        self.count += 1;
        self.with[0] += u64::from(unit[0] > 0.0);
        self.with[1] += u64::from(unit[2] > 0.0);
        let mut before = [0.0; 4];
        for (at, value) in unit.iter().enumerate() {
            before[at] = value - self.mean[at];
            self.mean[at] += before[at] / self.count as f64;
        }
        for (row, off) in self.products.iter_mut().zip(before) {
            for (at, sum) in row.iter_mut().enumerate() {
                *sum += off * (unit[at] - self.mean[at]);
            }
        }
    }

    fn ratios(&self) -> Option<[f64; 2]> {
        let [c1, y1, c2, y2] = self.mean;
        (c1 > 0.0 && c2 > 0.0).then(|| [y1 / c1, y2 / c2])
    }

    /// The second estimate less the first; nothing where no replication has one of them.
    pub fn difference(&self) -> Option<f64> {
        self.ratios().map(|[first, second]| second - first)
    }

    /// Variances of both estimates, and their covariance; nothing below two units with each.
    fn variances(&self) -> Option<[f64; 3]> {
        let ([one, two], n) = (self.ratios()?, self.count as f64);
        let least = self.with[0].min(self.with[1]);
        if least < 2 {
            return None;
        }
        let scale = least as f64 / (least - 1) as f64;
        let weights = [
            [-one / self.mean[0], 1.0 / self.mean[0], 0.0, 0.0],
            [0.0, 0.0, -two / self.mean[2], 1.0 / self.mean[2]],
        ];
        let form = |a: [f64; 4], b: [f64; 4]| -> f64 {
            let row = |(row, a): (&[f64; 4], f64)| {
                a * row.iter().zip(b).map(|(product, b)| product * b).sum::<f64>()
            };
            self.products.iter().zip(a).map(row).sum::<f64>() * scale / (n * n)
        };
        let of = |a: usize, b: usize| form(weights[a], weights[b]);
        Some([of(0, 0).max(0.0), of(1, 1).max(0.0), of(0, 1)])
    }

    /// The standard error of the difference; nothing below two units.
    pub fn standard_error(&self) -> Option<f64> {
        let [first, second, both] = self.variances()?;
        Some((first + second - 2.0 * both).max(0.0).sqrt())
    }

    /// How the two estimates move together with luck; nothing where one of them does not move.
    pub fn correlation(&self) -> Option<f64> {
        let [first, second, both] = self.variances()?;
        (first > 0.0 && second > 0.0)
            .then(|| (both / (first.sqrt() * second.sqrt())).clamp(-1.0, 1.0))
    }

    /// The variance that the difference would have if the two shared no luck, over the one that it has; nothing
    /// where it has none.
    pub fn variance_reduction(&self) -> Option<f64> {
        let [first, second, both] = self.variances()?;
        let paired = first + second - 2.0 * both;
        // Where both estimates move as one their difference is rounding.
        (paired > 1e-12 * (first + second)).then(|| (first + second) / paired)
    }
}

/// A table of replications, read row by row.
struct Rows {
    path: PathBuf,
    records: csv::StringRecordsIntoIter<File>,
    keys: [usize; 3],
    places: Vec<usize>,
}

/// One row: point, replication, seed, and the columns asked for.
struct Row {
    point: usize,
    replication: String,
    seed: String,
    values: Vec<Option<f64>>,
}

impl Rows {
    /// Nothing where a column is missing.
    fn open(path: &Path, columns: &[&str]) -> Result<Option<Self>, CsvError> {
        let failed = |source| CsvError::Read { path: path.to_path_buf(), source };
        let mut reader = csv::Reader::from_path(path).map_err(failed)?;
        let header = reader.headers().map_err(failed)?;
        let of = |name: &str| header.iter().position(|own| own == name);
        let keys = ["point", "replication", "seed"].map(of);
        let places: Option<Vec<usize>> = columns.iter().map(|name| of(name)).collect();
        let ([Some(point), Some(replication), Some(seed)], Some(places)) = (keys, places) else {
            return Ok(None);
        };
        let (path, records) = (path.to_path_buf(), reader.into_records());
        Ok(Some(Self { path, records, keys: [point, replication, seed], places }))
    }

    /// The next row; nothing at the end, or where a row has no point.
    fn next(&mut self) -> Result<Option<Row>, CsvError> {
        let Some(record) = self.records.next() else { return Ok(None) };
        let record = record.map_err(|source| CsvError::Read { path: self.path.clone(), source })?;
        let text = |at: usize| record.get(at).unwrap_or_default();
        let [point, replication, seed] = self.keys.map(text);
        let values = self.places.iter().map(|at| text(*at).parse().ok()).collect();
        Ok(point.parse().ok().map(|point| Row {
            point,
            replication: replication.to_owned(),
            seed: seed.to_owned(),
            values,
        }))
    }
}

/// Sums under way: `per` replications make a unit.
struct Sums {
    per: usize,
    columns: usize,
    all: Vec<Vec<Paired>>,
    unit: Vec<[f64; 4]>,
    inside: usize,
}

impl Sums {
    fn new(per: usize, columns: usize) -> Self {
        Self { per, columns, all: Vec::new(), unit: vec![[0.0; 4]; columns], inside: 0 }
    }

    fn add(&mut self, point: usize, first: &[Option<f64>], second: &[Option<f64>]) {
        if self.all.len() <= point {
            self.all.resize(point + 1, vec![Paired::default(); self.columns]);
        }
        let part = |value: Option<f64>| value.map_or([0.0, 0.0], |value| [1.0, value]);
        for (sum, (one, two)) in self.unit.iter_mut().zip(first.iter().zip(second)) {
            let ([c1, y1], [c2, y2]) = (part(*one), part(*two));
            for (sum, more) in sum.iter_mut().zip([c1, y1, c2, y2]) {
                *sum += more;
            }
        }
        self.inside += 1;
        if self.inside == self.per {
            for (pairs, unit) in self.all[point].iter_mut().zip(&mut self.unit) {
                pairs.add(std::mem::take(unit));
            }
            self.inside = 0;
        }
    }
}

/// Pairs two tables row by row: for each design point, one [`Paired`] for each of some columns; `per`
/// successive replications make a unit (2 where they come in antithetic pairs). Nothing where the tables do
/// not hold the same points, replications and seeds in the same order.
///
/// # Errors
///
/// [`CsvError`] where a table cannot be read.
pub fn paired(
    first: &Path,
    second: &Path,
    columns: &[&str],
    per: usize,
) -> Result<Option<Vec<Vec<Paired>>>, CsvError> {
    let open = (Rows::open(first, columns)?, Rows::open(second, columns)?);
    let (Some(mut one), Some(mut other)) = open else { return Ok(None) };
    let mut sums = Sums::new(per, columns.len());
    loop {
        let (row, fellow) = match (one.next()?, other.next()?) {
            (None, None) => return Ok(Some(sums.all)),
            (Some(row), Some(fellow)) => (row, fellow),
            _ => return Ok(None),
        };
        let key = |row: &Row| (row.point, row.replication.clone(), row.seed.clone());
        if key(&row) != key(&fellow) {
            return Ok(None);
        }
        sums.add(row.point, &row.values, &fellow.values);
    }
}

/// Pairs every design point of a table with one of them, replication by replication: differences are a point
/// less that one. Nothing where points do not hold the same replications.
///
/// # Errors
///
/// [`CsvError`] where the table cannot be read.
pub fn paired_with(
    path: &Path,
    point: usize,
    columns: &[&str],
    per: usize,
) -> Result<Option<Vec<Vec<Paired>>>, CsvError> {
    let Some(mut rows) = Rows::open(path, columns)? else { return Ok(None) };
    let mut of_point = HashMap::new();
    while let Some(row) = rows.next()? {
        if row.point == point {
            of_point.insert(row.replication, row.values);
        } else if row.point > point {
            break;
        }
    }
    let Some(mut rows) = Rows::open(path, columns)? else { return Ok(None) };
    let mut sums = Sums::new(per, columns.len());
    while let Some(row) = rows.next()? {
        let Some(fellow) = of_point.get(&row.replication) else { return Ok(None) };
        sums.add(row.point, fellow, &row.values);
    }
    Ok(Some(sums.all))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "point,replication,seed,x,y\n";

    fn written(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{HEAD}{text}")).expect("it can be written");
        (folder, path)
    }

    #[test]
    fn what_shares_its_luck_is_paired_and_nothing_else() {
        let (_a, one) = written("one.csv", "0,0,7,1,\n0,1,7,3,2\n1,0,7,5,1\n");
        let (_b, two) = written("two.csv", "0,0,7,2,\n0,1,7,6,\n1,0,7,5,4\n");
        let found = paired(&one, &two, &["x", "y"], 1).expect("read").expect("paired");
        assert_eq!(found[0][0].difference(), Some(2.0));
        // Differences 1 and 3: their standard deviation is √2, over √2.
        assert!((found[0][0].standard_error().expect("two") - 1.0).abs() < 1e-15);
        // 1, 3 and 2, 6 move as one; variances 1 and 4, of the difference 1.
        assert!((found[0][0].correlation().expect("two") - 1.0).abs() < 1e-15);
        assert!((found[0][0].variance_reduction().expect("two") - 5.0).abs() < 1e-12);
        assert_eq!((found[0][1].difference(), found[1][1].difference()), (None, Some(3.0)));
        let (_c, other) = written("other.csv", "0,0,8,2,\n0,1,8,6,\n1,0,8,5,4\n");
        let (_d, short) = written("short.csv", "0,0,7,1,\n");
        for stranger in [&other, &short] {
            assert_eq!(paired(&one, stranger, &["x"], 1).expect("read"), None);
        }
    }

    #[test]
    fn points_of_one_table_are_paired_with_one_of_them() {
        let (_a, table) = written("t.csv", "0,0,7,1,\n0,1,7,3,\n1,0,7,2,\n1,1,7,6,\n");
        let found = paired_with(&table, 1, &["x"], 1).expect("read").expect("paired");
        assert_eq!(found[0][0].difference(), Some(-2.0));
        assert_eq!(
            (found[1][0].difference(), found[1][0].standard_error()),
            (Some(0.0), Some(0.0))
        );
        assert_eq!(found[1][0].variance_reduction(), None);
        let (_b, uneven) = written("u.csv", "0,0,7,1,\n1,0,7,2,\n1,1,7,6,\n");
        assert_eq!(paired_with(&uneven, 0, &["x"], 1).expect("read"), None);
    }

    #[test]
    fn where_some_have_no_value_ratios_are_compared() {
        // First: mean 2 of 1 and 3 (two of four); second: mean 5 of 4, 5, 6 (three of four).
        let (_a, one) = written("a.csv", "0,0,7,1,\n0,1,7,3,\n0,2,7,,\n0,3,7,,\n");
        let (_b, two) = written("b.csv", "0,0,7,4,\n0,1,7,,\n0,2,7,5,\n0,3,7,6,\n");
        let found = paired(&one, &two, &["x"], 1).expect("read").expect("paired")[0][0];
        assert_eq!(found.difference(), Some(3.0));
        // e₁ = (−2, 2, 0, 0), e₂ = (−4/3, 0, 0, 4/3): their differences have mean 0 and squares
        // 4/9 + 4 + 0 + 16/9 = 56/9, over 4² and times 2/1, for two have the first.
        let error = found.standard_error().expect("four");
        assert!((error * error - 2.0 * 56.0 / 9.0 / 16.0).abs() < 1e-14, "{error}");
    }

    #[test]
    fn antithetic_pairs_are_one_unit() {
        let (_a, one) = written("a.csv", "0,0,7,1,\n0,1,7,3,\n0,2,7,2,\n0,3,7,2,\n");
        let (_b, two) = written("b.csv", "0,0,7,2,\n0,1,7,4,\n0,2,7,5,\n0,3,7,5,\n");
        let found = paired(&one, &two, &["x"], 2).expect("read").expect("paired")[0][0];
        // Pair means of differences 1 and 3.
        assert!((found.standard_error().expect("two pairs") - 1.0).abs() < 1e-15);
    }
}
