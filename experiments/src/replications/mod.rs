//! The table of replications: one row each, in the order of design points.

mod in_csv;

use std::fs::File;
use std::io;
use std::path::Path;

use engine::MeasureInfo;

use crate::results::row_columns;
use crate::run::RowSink;
use crate::study::Study;
use in_csv::CsvRows;

/// A table of replications under way.
pub struct Replications(CsvRows);

impl Replications {
    /// The name of its file in a run folder.
    pub const fn file(_study: &Study) -> &'static str {
        "replications.csv"
    }

    /// Opens the table in a folder.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn create(folder: &Path, study: &Study, measures: &[MeasureInfo]) -> io::Result<Self> {
        let file = File::create(folder.join(Self::file(study)))?;
        CsvRows::new(file, study.seed, &row_columns(measures)).map(Self)
    }

    /// Writes what is left.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn finish(self) -> io::Result<()> {
        self.0.finish()
    }
}

impl RowSink for Replications {
    fn rows(
        &mut self,
        point: u64,
        rows: &mut dyn Iterator<Item = (u64, &[Option<f64>])>,
    ) -> io::Result<()> {
        self.0.rows(point, rows)
    }
}
