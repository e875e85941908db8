//! How a headline estimate spreads over draws, read back from the table of it.

use outputs::Table;

use crate::study::Study;

/// The spread of an estimate at a design point.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// What the estimate is called.
    pub title: String,
    /// The 5, 25, 50, 75 and 95 % quantiles over draws.
    pub quantiles: [f64; 5],
    /// Share of the variance over draws that is not chance.
    pub ignorance: Option<f64>,
    /// Draws without the estimate.
    pub missing: u64,
    /// Draws with it.
    pub draws: u64,
}

/// The spreads of the headline at a design point; none where the table has not got them.
pub fn spreads(study: &Study, uncertainty: &Table, point: u64) -> Vec<Spread> {
    let column = |name: &str| uncertainty.column(name);
    let places = ["q05", "q25", "median", "q75", "q95"].map(column);
    let (Some(estimate), Some(share), Some(missing), Some(draws)) =
        (column("estimate"), column("share_ignorance"), column("missing"), column("draws"))
    else {
        return Vec::new();
    };
    let spread = |(name, title): &(String, String)| {
        let row = uncertainty.rows().find(|row| {
            row[0].number() == Some(point as f64) && row[estimate] == name.as_str().into()
        })?;
        let quantiles: Option<Vec<f64>> = places.iter().map(|at| row[(*at)?].number()).collect();
        Some(Spread {
            title: title.clone(),
            quantiles: quantiles?.try_into().ok()?,
            ignorance: row[share].number(),
            missing: row[missing].number().unwrap_or(0.0) as u64,
            draws: row[draws].number().unwrap_or(0.0) as u64,
        })
    };
    study.headline().iter().filter_map(spread).collect()
}

impl Spread {
    /// Whether the variance over draws exceeds that of chance by more than two standard errors of a variance:
    /// √(2 / (M − 1)) of itself over M draws.
    fn is_told_from_chance(&self) -> bool {
        let excess = self.ignorance.map_or(0.0, |share| share / (1.0 - share).max(1e-12));
        excess > 2.0 * (2.0 / (self.draws.max(2) - 1) as f64).sqrt()
    }

    /// Median, central half and central nine tenths, and what they are owed to.
    pub fn words(&self) -> String {
        let [a, b, c, d, e] = self.quantiles;
        let owed = match self.ignorance {
            None => String::new(),
            Some(_) if !self.is_told_from_chance() => {
                "; the spread could be chance alone".to_owned()
            }
            Some(share) => format!("; {:.0} % of the variance is not chance", 100.0 * share),
        };
        let missing = match self.missing {
            0 => String::new(),
            n => format!("; {n} draws have none"),
        };
        format!(
            "median {c:.3}, half in [{b:.3}, {d:.3}], nine tenths in [{a:.3}, {e:.3}]{owed}{missing}"
        )
    }
}
