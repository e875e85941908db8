//! `armistice schema`: prints the JSON Schema of a study.

use std::io::Write as _;

use anyhow::Result;

pub(super) fn run() -> Result<()> {
    let text = serde_json::to_string_pretty(&experiments::schema())?;
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}
