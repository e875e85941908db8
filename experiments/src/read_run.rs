//! `[run]` as written: how much is played, and what is kept of it.

use crate::catalogue::{Pictures, World};
use crate::format::Format;
use crate::source::{ConfigError, Cursor};
use crate::study::{Keep, Study};

/// The seed of studies that name none.
const SEED: u64 = 20_251_122;

/// A run goes on while no greater share of its replications breaks off, unless a study says otherwise.
const MOST_FAULTS: f64 = 0.001;

/// Paths are counted for so many replications at each design point, unless a study says otherwise,
/// in designs up to this many points and horizons up to this many months.
const PATHS: u64 = 2000;
const MOST_POINTS_WITH_PATHS: u64 = 500;
const LONGEST_PATHS: f64 = 240.0;

/// `[run]` as written.
pub(crate) struct Run {
    pub(crate) replications: u64,
    pub(crate) precision: Option<f64>,
    pub(crate) seed: u64,
    pub(crate) antithetic: bool,
    pub(crate) keep: Keep,
    pub(crate) format: Format,
    pub(crate) most_faults: f64,
    /// Nothing where the study does not say.
    pub(crate) paths: Option<u64>,
}

pub(crate) fn read_run(root: &Cursor, world: &World) -> Result<Run, ConfigError> {
    const MOST: u64 = 1_000_000_000_000;
    let table = root.need("run")?;
    table.only(&[
        "replications",
        "precision",
        "seed",
        "antithetic",
        "keep",
        "format",
        "paths",
        "most_faults",
    ])?;
    let replications = table.need("replications")?.whole(1, MOST)?;
    let seed = table.get("seed")?.map_or(Ok(SEED), |seed| seed.whole(0, u64::MAX))?;
    let keep = match table.get("keep")? {
        None => Keep::Summaries,
        Some(keep) => match keep.text()? {
            "summaries" => Keep::Summaries,
            "replications" => Keep::Replications,
            _ => return Err(keep.error("must be \"summaries\" or \"replications\"")),
        },
    };
    let format = read_format(&table, keep)?;
    let antithetic = table.get("antithetic")?.map_or(Ok(false), |flag| flag.flag())?;
    let (precision, paths) = (read_precision(&table, keep)?, read_paths(&table, world)?);
    let most_faults = match table.get("most_faults")? {
        None => MOST_FAULTS,
        Some(own) => match own.number()? {
            share if (0.0..=1.0).contains(&share) => share,
            _ => return Err(own.error("must lie between 0 and 1: a share of all replications")),
        },
    };
    Ok(Run { replications, precision, seed, antithetic, keep, format, most_faults, paths })
}

/// As what a study wants its rows, if it says.
fn read_format(table: &Cursor, keep: Keep) -> Result<Format, ConfigError> {
    let Some(own) = table.get("format")? else { return Ok(Format::Csv) };
    if keep == Keep::Summaries {
        return Err(own.error("has no meaning unless keep = \"replications\""));
    }
    let name = own.text()?;
    let found = Format::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
    found.ok_or_else(|| match name {
        "parquet" => own.error("this program was built without it (--features parquet)"),
        _ => own.error("must be \"csv\" or \"parquet\""),
    })
}

/// How precise a study wants its headline, if it says.
fn read_precision(table: &Cursor, keep: Keep) -> Result<Option<f64>, ConfigError> {
    let Some(precision) = table.get("precision")? else { return Ok(None) };
    let number = precision.number()?;
    if !(number > 0.0 && number < 0.5) {
        return Err(
            precision.error("must lie between 0 and 0.5: the half-width of a 95 % interval")
        );
    }
    if keep == Keep::Replications {
        let rule = "cannot be combined with keep = \"replications\": points would have rows in many places";
        return Err(precision.error(rule));
    }
    Ok(Some(number))
}

/// Whether the replications of a world have months.
fn has_paths(world: &World) -> bool {
    world.pictures == Pictures::Peace
}

/// For how many replications a study wants paths counted, if it says.
fn read_paths(table: &Cursor, world: &World) -> Result<Option<u64>, ConfigError> {
    let Some(paths) = table.get("paths")? else { return Ok(None) };
    if !has_paths(world) {
        let rule = format!("has no meaning: replications of {} have no months", world.name);
        return Err(paths.error(rule));
    }
    paths.whole(0, u64::from(u32::MAX)).map(Some)
}

/// For how many replications paths are counted.
pub(crate) fn paths_of(study: &Study, asked: Option<u64>) -> u64 {
    asked.unwrap_or_else(|| usual_paths(study)).min(study.replications)
}

fn usual_paths(study: &Study) -> u64 {
    let few = study.design.size().is_some_and(|size| size <= MOST_POINTS_WITH_PATHS);
    let months = has_paths(study.world).then(|| study.settings.find("horizon_months")).flatten();
    let short = months.is_some_and(|months| months <= LONGEST_PATHS);
    if few && short && study.uncertain.is_empty() { PATHS } else { 0 }
}
