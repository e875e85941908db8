//! The table of replications as CSV.

use std::fs::File;
use std::io::{self, BufWriter};

use outputs::{Cell, write_row};

use super::RowFile;
use crate::run::RowSink;

/// A CSV file under way.
pub(super) struct CsvRows {
    writer: csv::Writer<BufWriter<File>>,
    seed: u64,
}

impl CsvRows {
    /// Writes the header, of which the first three columns are point, replication and seed.
    pub(super) fn new(file: File, seed: u64, columns: &[String]) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(BufWriter::new(file));
        writer.write_record(columns)?;
        Ok(Self { writer, seed })
    }
}

impl RowFile for CsvRows {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.writer.flush()
    }
}

impl RowSink for CsvRows {
    fn rows(
        &mut self,
        point: u64,
        rows: &mut dyn Iterator<Item = (u64, &[Option<f64>])>,
    ) -> io::Result<()> {
        for (replication, row) in rows {
            let keys =
                [point, replication, self.seed].map(|key| Cell::Text(key.to_string().into()));
            let values = row.iter().map(|value| Cell::from(*value));
            write_row(&mut self.writer, keys.into_iter().chain(values))?;
        }
        Ok(())
    }
}
