//! Tables as CSV files: `\n` at line ends, numbers in their shortest form, empty cells left empty.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Write};
use std::path::{Path, PathBuf};

use crate::table::{Cell, Table};

/// No table that is held in memory is longer than this, in bytes.
const LONGEST: u64 = 2 << 30;

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The file cannot be opened or read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },
    /// It is no file, or longer than any table is read.
    #[error("{} is not a file of at most 2 GiB: not a table of this program", path.display())]
    Unfit {
        /// Which file.
        path: PathBuf,
    },
    /// The file has no header.
    #[error("{} is empty: not a table of this program", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
}

/// Writes a table.
///
/// # Errors
///
/// Where the writer fails.
pub fn write_csv(table: &Table, to: impl Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().from_writer(to);
    writer.write_record(table.columns())?;
    for row in table.rows() {
        writer.write_record(row.iter().map(ToString::to_string))?;
    }
    writer.flush()
}

/// Writes one row, for tables that are too large to be held.
///
/// # Errors
///
/// Where the writer fails.
pub fn write_row(
    writer: &mut csv::Writer<impl Write>,
    cells: impl IntoIterator<Item = Cell>,
) -> io::Result<()> {
    for cell in cells {
        writer.write_field(cell.to_string())?;
    }
    writer.write_record(None::<&[u8]>)?;
    Ok(())
}

/// Reads a table back: what looks like a number is one, empty fields are empty cells.
///
/// # Errors
///
/// [`CsvError`] where the file is missing, is not CSV, or has no header.
pub fn read_csv(path: &Path) -> Result<Table, CsvError> {
    let failed = |source: csv::Error| CsvError::Read { path: path.to_owned(), source };
    let about = std::fs::metadata(path).map_err(|error| failed(error.into()))?;
    if !about.is_file() || about.len() > LONGEST {
        return Err(CsvError::Unfit { path: path.to_owned() });
    }
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    let mut reader = csv::Reader::from_reader(BufReader::new(file.take(LONGEST)));
    let header = reader.headers().map_err(failed)?.clone();
    if header.is_empty() {
        return Err(CsvError::Empty { path: path.to_owned() });
    }
    let mut table = Table::new(header.iter());
    for record in reader.records() {
        table.push(record.map_err(failed)?.iter().map(cell).collect());
    }
    Ok(table)
}

fn cell(field: &str) -> Cell {
    if field.is_empty() {
        return Cell::Empty;
    }
    field.parse().map_or_else(|_| Cell::Text(field.into()), Cell::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells() -> impl Strategy<Value = Cell> {
        prop_oneof![
            Just(Cell::Empty),
            any::<f64>().prop_filter("finite", |x| x.is_finite()).prop_map(Cell::Number),
            "[a-z ,\"\n]{1,8}[!]".prop_map(|text| Cell::Text(text.into())),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_the_same(
            rows in prop::collection::vec(prop::collection::vec(cells(), 3), 0..8),
        ) {
            let mut table = Table::new(["point", "a, b", "c"]);
            rows.into_iter().for_each(|row| table.push(row));
            let file = tempfile::NamedTempFile::new().expect("a temporary file");
            write_csv(&table, &file).expect("it can be written");
            prop_assert_eq!(read_csv(file.path()).expect("it can be read"), table);
        }
    }
}
