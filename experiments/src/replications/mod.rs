//! The table of replications: one row each, in the order of design points, as CSV or Parquet.

mod in_csv;
#[cfg(feature = "parquet")]
mod in_parquet;

use std::fs::File;
use std::io;
use std::path::Path;

use engine::MeasureInfo;

use crate::format::Format;
use crate::results::row_columns;
use crate::run::RowSink;
use crate::study::Study;
use in_csv::CsvRows;
#[cfg(feature = "parquet")]
use in_parquet::ParquetRows;

/// A table of replications under way.
pub struct Replications(Box<dyn RowFile>);

/// A file that takes rows.
trait RowFile: RowSink {
    /// Writes what is left.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

impl Replications {
    /// The name of its file in a run folder.
    pub fn file(study: &Study) -> String {
        format!("replications.{}", study.format.name())
    }

    /// Opens the table in a folder; `origin` names where it comes from, where the format has a place for it.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    #[cfg_attr(
        not(feature = "parquet"),
        expect(unused_variables, reason = "CSV has no such place")
    )]
    pub fn create(
        folder: &Path,
        study: &Study,
        measures: &[MeasureInfo],
        origin: &[(&str, String)],
    ) -> io::Result<Self> {
        let file = File::create(folder.join(Self::file(study)))?;
        let own: Box<dyn RowFile> = match study.format {
            Format::Csv => Box::new(CsvRows::new(file, study.seed, &row_columns(measures))?),
            #[cfg(feature = "parquet")]
            Format::Parquet => Box::new(ParquetRows::new(file, study.seed, measures, origin)?),
        };
        Ok(Self(own))
    }

    /// What takes the rows.
    pub fn sink(&mut self) -> &mut dyn RowSink {
        &mut *self.0
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
