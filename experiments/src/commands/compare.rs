//! `armistice compare`: the difference of every headline estimate between two runs.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use experiments::{Comparison, Difference, Side, Study, compare};
use outputs::chart::{Medium, draw};
use outputs::{Folder, Provenance, write_csv};

use super::run_folder;

/// Compares two runs.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// The run folder to compare with
    #[arg(value_name = "RUN")]
    first: PathBuf,
    /// The run folder that is compared: differences are this less the other
    #[arg(value_name = "RUN")]
    second: PathBuf,
    /// Where table and charts go [default: outputs/compare/FIRST-SECOND]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replaces the folder if it is there
    #[arg(long)]
    force: bool,
}

/// Where a run comes from, its replications checked if it kept them.
fn origin(run: &Path) -> Result<Provenance> {
    const ROWS: &str = "replications.csv";
    let provenance = run_folder::provenance(run)?;
    if provenance.files.iter().any(|file| file.path == ROWS) {
        run_folder::verify(run, &provenance, ROWS)?;
    }
    Ok(provenance)
}

pub(super) fn run(command: &Compare) -> Result<()> {
    let (one, its_results) = run_folder::read(&command.first)?;
    let (other, their_results) = run_folder::read(&command.second)?;
    let origins = [origin(&command.first)?, origin(&command.second)?];
    let sides = [
        Side { study: &one, results: &its_results, folder: &command.first },
        Side { study: &other, results: &their_results, folder: &command.second },
    ];
    let compared = compare(&sides[0], &sides[1])?;
    let target = command.out.clone().unwrap_or_else(|| default_folder(command));
    let folder = Folder::open(&target, command.force)?;
    let mut bytes = Vec::new();
    write_csv(&compared.table(&one), &mut bytes)?;
    folder.write("differences.csv", &bytes)?;
    for (name, spec) in compared.charts(&one, &other) {
        for medium in [Medium::Png, Medium::Svg] {
            let picture = draw(&spec, medium).with_context(|| format!("chart {name}"))?;
            folder.write(&format!("charts/{name}.{}", medium.ending()), &picture)?;
        }
    }
    let provenance = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "commit": env!("ARMISTICE_COMMIT"),
        "compared": origins,
    });
    folder
        .write("provenance.json", (serde_json::to_string_pretty(&provenance)? + "\n").as_bytes())?;
    let target = folder.publish()?;
    let mut out = std::io::stdout().lock();
    write!(out, "{}", text(&compared, &one))?;
    writeln!(out, "\nTable: {0}/differences.csv\nCharts: {0}/charts", target.display())?;
    Ok(())
}

fn default_folder(command: &Compare) -> PathBuf {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let pair = format!("{}-{}", name(&command.first), name(&command.second));
    PathBuf::from("outputs/compare").join(pair)
}

fn shown(own: &Difference) -> String {
    let ends = own.ends.map(|(low, high)| format!(" [{low:+.3}, {high:+.3}]"));
    format!("{:+.3}{}", own.value, ends.unwrap_or_default())
}

/// The least and the greatest difference of each estimate, and at how many points it is sure.
fn text(compared: &Comparison, one: &Study) -> String {
    let mut out = format!("{}\n", compared.names());
    for (at, (_, title)) in compared.titles.iter().enumerate() {
        let found = one.design.points().zip(&compared.rows);
        let mut found: Vec<_> = found.filter_map(|(point, row)| Some((row[at]?, point))).collect();
        found.sort_by(|a, b| a.0.value.total_cmp(&b.0.value));
        let sure = found.iter().filter(|(own, _)| !own.is_unsure()).count();
        let paired = found.iter().all(|(own, _)| own.paired);
        let how = if paired { "paired by replication" } else { "not paired" };
        out += &format!(
            "\n{title}: at {sure} of {} points the interval leaves out 0 ({how})\n",
            found.len()
        );
        let ends = [("lowest", found.first()), ("highest", found.last())];
        for (word, end) in ends {
            let Some((own, point)) = end else { continue };
            let levels = one.design.axes.iter().zip(one.design.values(point));
            let place: Vec<String> =
                levels.map(|(axis, level)| format!("{} {level}", axis.path)).collect();
            out += &format!("  {word:<8} {}  {}\n", shown(own), place.join(", "));
        }
    }
    out + "\nIntervals are 95 % and show simulation error only; differences are conditional on the model.\n"
}
