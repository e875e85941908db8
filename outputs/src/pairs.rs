//! Two tables of replications side by side: differences of what shares its luck.

use std::path::Path;

use crate::csv::CsvError;

/// The differences of a measure over the replications of a design point, second less first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Paired {
    /// How many replications there are, and in how many both have the measure.
    pub rows: u64,
    /// See [`Paired::rows`].
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Sum of squares around it.
    squares: f64,
}

impl Paired {
    fn add(&mut self, difference: f64) {
        self.count += 1;
        let off = difference - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (difference - self.mean);
    }

    /// The standard error of the mean; nothing below two.
    pub fn standard_error(&self) -> Option<f64> {
        let n = self.count as f64;
        (self.count > 1).then(|| (self.squares / (n - 1.0) / n).sqrt())
    }
}

/// Pairs two tables row by row: for each design point, one [`Paired`] for each of some columns. Nothing
/// where the tables do not hold the same points, replications and seeds in the same order.
///
/// # Errors
///
/// [`CsvError`] where a table cannot be read.
pub fn paired(
    first: &Path,
    second: &Path,
    columns: &[&str],
) -> Result<Option<Vec<Vec<Paired>>>, CsvError> {
    let open = |path: &Path| {
        csv::Reader::from_path(path)
            .map_err(|source| CsvError::Read { path: path.to_path_buf(), source })
    };
    let read = |path: &Path, source| CsvError::Read { path: path.to_path_buf(), source };
    let (mut one, mut other) = (open(first)?, open(second)?);
    let mut places = Vec::new();
    for (reader, path) in [(&mut one, first), (&mut other, second)] {
        let header = reader.headers().map_err(|source| read(path, source))?;
        let of = |name: &str| header.iter().position(|own| own == name);
        let keys: Option<Vec<usize>> =
            ["point", "replication", "seed"].into_iter().map(of).collect();
        let own: Option<Vec<usize>> = columns.iter().map(|name| of(name)).collect();
        let Some(both) = keys.zip(own) else { return Ok(None) };
        places.push(both);
    }
    let mut all: Vec<Vec<Paired>> = Vec::new();
    let (mut rows, mut others) = (one.records(), other.records());
    loop {
        let (row, fellow) = match (rows.next(), others.next()) {
            (None, None) => return Ok(Some(all)),
            (Some(row), Some(fellow)) => (
                row.map_err(|source| read(first, source))?,
                fellow.map_err(|source| read(second, source))?,
            ),
            _ => return Ok(None),
        };
        let key = |record: &csv::StringRecord, side: usize| -> Vec<String> {
            let (keys, _) = &places[side];
            keys.iter().map(|at| record.get(*at).unwrap_or_default().to_owned()).collect()
        };
        let (ours, theirs) = (key(&row, 0), key(&fellow, 1));
        let Some(point) = ours[0].parse::<usize>().ok().filter(|_| ours == theirs) else {
            return Ok(None);
        };
        if all.len() <= point {
            all.resize(point + 1, vec![Paired::default(); columns.len()]);
        }
        let number = |record: &csv::StringRecord, at: usize| record.get(at)?.parse::<f64>().ok();
        for (at, sum) in all[point].iter_mut().enumerate() {
            sum.rows += 1;
            let pair = number(&row, places[0].1[at]).zip(number(&fellow, places[1].1[at]));
            if let Some((a, b)) = pair {
                sum.add(b - a);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_its_luck_is_paired_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("it can be written");
            path
        };
        let head = "point,replication,seed,x,y\n";
        let one = write("one.csv", &format!("{head}0,0,7,1,\n0,1,7,3,2\n1,0,7,5,1\n"));
        let two = write("two.csv", &format!("{head}0,0,7,2,\n0,1,7,6,\n1,0,7,5,4\n"));
        let found = paired(&one, &two, &["x", "y"]).expect("read").expect("paired");
        assert_eq!((found[0][0].count, found[0][0].mean), (2, 2.0));
        // Differences 1 and 3: their standard deviation is √2, over √2.
        assert!((found[0][0].standard_error().expect("two") - 1.0).abs() < 1e-15);
        assert_eq!((found[0][1].rows, found[0][1].count, found[1][1].mean), (2, 0, 3.0));
        let other = write("other.csv", &format!("{head}0,0,8,2,\n0,1,8,6,\n1,0,8,5,4\n"));
        let short = write("short.csv", &format!("{head}0,0,7,1,\n"));
        for stranger in [&other, &short] {
            assert_eq!(paired(&one, stranger, &["x"]).expect("read"), None);
        }
    }
}
