//! What a run leaves behind: tables, charts, provenance, and the folder that holds them.
//!
//! ```text
//! Table ─▶ CSV          ChartSpec ─▶ PNG, SVG     Provenance ─▶ JSON
//!                     all into a Folder, which appears at once, when complete
//! ```
//! It knows no model and no chance: tables and chart specifications are plain data.

pub mod chart;
mod csv;
mod folder;
mod journal;
mod markup;
mod pairs;
mod provenance;
pub mod report;
mod table;

pub use csv::{CsvError, read_csv, write_csv, write_row};
pub use folder::{Folder, FolderError, Parents, write_into};
pub use journal::{Journal, JournalError, Pieces};
pub use markup::escaped;
pub use pairs::{Paired, paired, paired_with};
pub use provenance::{FileHash, Provenance, Session, hash, hash_file};
pub use table::{Cell, Table};
