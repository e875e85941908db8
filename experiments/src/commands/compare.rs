//! `armistice compare`: the difference of every headline estimate between two runs, or between points of one.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use experiments::{Comparison, Difference, Point, Side, Study, compare, compare_points};
use outputs::chart::{Medium, draw};
use outputs::{Folder, Provenance, write_csv};

use super::run_folder;

/// Compares two runs, or the design points of one.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// The run folder to compare with
    #[arg(value_name = "RUN")]
    first: PathBuf,
    /// The run folder that is compared: differences are this less the other. Without it the points of one
    /// run are compared with each other
    #[arg(value_name = "RUN")]
    second: Option<PathBuf>,
    /// The design point with which all others are compared [default: the one nearest to the reference values]
    #[arg(long, value_name = "K", conflicts_with = "second")]
    point: Option<u64>,
    /// Where table and charts go [default: outputs/compare/FIRST-SECOND, or FIRST-points]
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
    let mut origins = vec![origin(&command.first)?];
    let first = Side { study: &one, results: &its_results, folder: &command.first };
    let Some(path) = &command.second else {
        let with = one.design.point(point(command, &one)?);
        let compared = compare_points(&first, &with)?;
        return write(command, &compared, &one, &one, &origins);
    };
    let (other, their_results) = run_folder::read(path)?;
    origins.push(origin(path)?);
    let second = Side { study: &other, results: &their_results, folder: path };
    write(command, &compare(&first, &second)?, &one, &other, &origins)
}

/// The design point with which the others of a run are compared.
fn point(command: &Compare, study: &Study) -> Result<u64> {
    let points = study.design.size().unwrap_or(0);
    if points < 2 {
        bail!(
            "{}: the run has one design point, and no second to compare",
            command.first.display()
        );
    }
    let usual = || study.design.number_of(&study.reference_levels());
    match command.point.unwrap_or_else(usual) {
        own if own < points => Ok(own),
        own => bail!("--point {own}: the design has points 0 to {}", points - 1),
    }
}

fn write(
    command: &Compare,
    compared: &Comparison,
    one: &Study,
    other: &Study,
    origins: &[Provenance],
) -> Result<()> {
    let target = command.out.clone().unwrap_or_else(|| default_folder(command));
    let folder = Folder::open(&target, command.force)?;
    let mut bytes = Vec::new();
    write_csv(&compared.table(one), &mut bytes)?;
    folder.write("differences.csv", &bytes)?;
    for (name, spec) in compared.charts(one, other) {
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
    write!(out, "{}", text(compared, one))?;
    writeln!(out, "\nTable: {}/differences.csv", target.display())?;
    if target.join("charts").is_dir() {
        writeln!(out, "Charts: {}/charts", target.display())?;
    }
    Ok(())
}

fn default_folder(command: &Compare) -> PathBuf {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let second = command.second.as_deref().map_or("points".to_owned(), name);
    let pair = format!("{}-{second}", name(&command.first));
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
        let how = if paired { paired_words(&found) } else { "not paired".to_owned() };
        let how = match compared.unpaired {
            Some(why) if !paired => format!("{how}: {why}"),
            _ => how,
        };
        out += &format!(
            "\n{title}: at {sure} of {} points the interval leaves out 0 ({how})\n",
            found.len()
        );
        let ends = [("lowest", found.first()), ("highest", found.last())];
        for (word, end) in ends {
            let Some((own, point)) = end else { continue };
            out += &format!("  {word:<8} {}  {}\n", shown(own), one.design.words(point));
        }
    }
    out += &lasting_words(compared);
    out + "\nIntervals are 95 % and show simulation error only; differences are conditional on the model.\n"
}

/// What pairing has brought, by the median over points.
fn paired_words(found: &[(Difference, Point)]) -> String {
    let median = |read: &dyn Fn(&Difference) -> Option<f64>| {
        let mut all: Vec<f64> = found.iter().filter_map(|(own, _)| read(own)).collect();
        all.sort_by(f64::total_cmp);
        let middle = all.get(all.len() / 2)?;
        // Of an even number the mean of the two in the middle.
        Some(f64::midpoint(*middle, all[(all.len() - 1) / 2]))
    };
    let both = median(&|own| own.correlation).zip(median(&|own| own.reduction));
    let brought = both.map(|(correlation, reduction)| {
        format!(
            "; median over points: correlation {correlation:.2}, variance {reduction:.1} times less than without"
        )
    });
    format!("paired by replication{}", brought.unwrap_or_default())
}

/// At how many points agreements last differently.
fn lasting_words(compared: &Comparison) -> String {
    let found: Vec<f64> = compared.lasting.iter().flatten().map(|own| own.p).collect();
    if found.is_empty() {
        return String::new();
    }
    let sure = found.iter().filter(|p| **p < 0.05).count();
    format!(
        "\nHow long agreements last: log-rank p below 0.05 at {sure} of {} points (by chance alone about one in twenty; \
         agreements counted as independent)\n",
        found.len()
    )
}
