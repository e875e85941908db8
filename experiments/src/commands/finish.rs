//! From pieces to a run folder: tables, charts, report, and where it comes from.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use engine::{AnyModel, Batch, Stopped};
use experiments::{
    Head, Layout, Replications, Results, RunError, Shapes, Sources, Study, charts, faults_table,
    gather, report, results, sessions_in, solutions, total,
};
use outputs::chart::{ChartSpec, Medium, draw};
use outputs::{FileHash, Folder, Pieces, Provenance, Session, Table, hash, write_csv};

use super::progress::{Patient, is_interrupted};
use super::say::{Headline, headline};

/// A study whose pieces are all there.
pub(super) struct Whole<'a> {
    pub(super) study: &'a Study,
    /// The model at its first design point.
    pub(super) model: &'a dyn AnyModel,
    pub(super) batch: &'a Batch,
    pub(super) layout: &'a Layout,
    pub(super) head: &'a Head,
    pub(super) journals: &'a [&'a Pieces],
    pub(super) shapes: Shapes,
    pub(super) started: SystemTime,
}

/// A file of the run folder under way.
struct Writer<'a> {
    folder: &'a Folder,
    files: Vec<FileHash>,
}

/// Leaves a run folder; nothing where the user asked to stop meanwhile.
pub(super) fn finish(whole: Whole, folder: Folder) -> Result<Option<(Headline, Provenance)>> {
    let Whole { study, model, batch, layout, head, journals, mut shapes, started } = whole;
    let mut writer = Writer { folder: &folder, files: Vec::new() };
    let mut sessions = Vec::new();
    for journal in journals {
        sessions.extend(sessions_in(journal)?);
    }
    let (measures, years) = (model.measure_infos(), model.survival_years());
    let mut rows = match study.keeps_replications() {
        true => Some(
            Replications::create(folder.path(), study, &measures, &origin(study, head))
                .context("cannot write the table of replications")?,
        ),
        false => None,
    };
    let sink = rows.as_mut().map(Replications::sink);
    let gathered = gather((study, batch), layout, journals, &mut shapes, sink, &Patient);
    let all = match gathered {
        Err(RunError::Stopped(Stopped)) => return Ok(None),
        gathered => gathered?,
    };
    if let Some(rows) = rows {
        rows.finish().context("cannot write the table of replications")?;
        writer.list(&Replications::file(study))?;
    }
    let mut tables = results(&study.design, study.quantile(), years, &all.played);
    tables.solutions = solutions(study, batch);
    tables.paths = all.paths;
    tables.draws = all.draws.map(|draws| draws.finish(&mut tables.points, &mut tables.survival));
    tables.faults = faults_table(study, &all.faults);
    drop(all.played);
    write_texts(head, &mut writer)?;
    write_tables(&tables, &mut writer)?;
    let charts = charts(study, &tables);
    if !write_charts(&charts, &mut writer)? {
        return Ok(None);
    }
    let mut provenance = provenance(study, head, batch, started, sessions);
    let sources = Sources { study, results: &tables, charts: &charts, provenance: &provenance };
    writer.write("report.html", outputs::report::html(&report(&sources)?).as_bytes())?;
    provenance.files = writer.files;
    folder.write("provenance.json", json(&provenance)?.as_bytes())?;
    let target: PathBuf = folder.publish()?;
    Ok(Some((headline(study, &tables, &target), provenance)))
}

impl Writer<'_> {
    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.folder.write(name, bytes)?;
        self.files.push(FileHash { path: name.to_owned(), blake3: hash(bytes) });
        Ok(())
    }

    fn table(&mut self, name: &str, table: &Table) -> Result<()> {
        let mut bytes = Vec::new();
        write_csv(table, &mut bytes)?;
        self.write(name, &bytes)
    }

    /// Lists a file that stands there already.
    fn list(&mut self, name: &str) -> Result<()> {
        let blake3 = outputs::hash_file(&self.folder.path().join(name))
            .with_context(|| format!("cannot read {name}"))?;
        self.files.push(FileHash { path: name.to_owned(), blake3 });
        Ok(())
    }
}

/// Study and scenario as run.
fn write_texts(head: &Head, writer: &mut Writer) -> Result<()> {
    writer.folder.write("study.toml", head.study.as_bytes())?;
    if !head.scenario.is_empty() {
        writer.folder.write("scenario.toml", head.scenario.as_bytes())?;
    }
    Ok(())
}

fn write_tables(tables: &Results, writer: &mut Writer) -> Result<()> {
    writer.table("points.csv", &tables.points)?;
    writer.table("distributions.csv", &tables.distributions)?;
    writer.table("survival.csv", &tables.survival)?;
    if let Some(solutions) = &tables.solutions {
        writer.table("solutions.csv", solutions)?;
    }
    if let Some(paths) = &tables.paths {
        writer.table("paths.csv", &paths.paths)?;
        writer.table("states.csv", &paths.states)?;
    }
    if let Some(draws) = &tables.draws {
        writer.table("draws.csv", &draws.draws)?;
        writer.table("uncertainty.csv", &draws.uncertainty)?;
    }
    if let Some(faults) = &tables.faults {
        writer.table("faults.csv", faults)?;
    }
    Ok(())
}

/// Draws all charts; false where the user asked to stop meanwhile.
fn write_charts(charts: &[(String, ChartSpec)], writer: &mut Writer) -> Result<bool> {
    for (name, spec) in charts {
        if is_interrupted() {
            return Ok(false);
        }
        for medium in [Medium::Png, Medium::Svg] {
            let picture = draw(spec, medium).with_context(|| format!("chart {name}"))?;
            writer.write(&format!("charts/{name}.{}", medium.ending()), &picture)?;
        }
    }
    Ok(true)
}

/// Where rows come from, as far as it decides on them.
fn origin(study: &Study, head: &Head) -> Vec<(&'static str, String)> {
    vec![
        ("version", head.version.clone()),
        ("commit", head.commit.clone()),
        ("model", study.world.name.to_owned()),
        ("question", study.question.clone()),
        ("study", head.study.clone()),
        ("scenario", head.scenario.clone()),
    ]
}

fn provenance(
    study: &Study,
    head: &Head,
    batch: &Batch,
    started: SystemTime,
    sessions: Vec<Session>,
) -> Provenance {
    let (time, played) = total(&sessions);
    let hash_of = |text: &str| if text.is_empty() { String::new() } else { hash(text.as_bytes()) };
    Provenance {
        version: head.version.clone(),
        commit: head.commit.clone(),
        study: study.name.clone(),
        model: study.world.name.to_owned(),
        seed: study.seed,
        replications: study.replications,
        points: study.design.size().unwrap_or(0) * study.drawn.len() as u64,
        threads: batch.threads() as u64,
        host_cores: std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64),
        started_unix: started.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        wall_seconds: time.as_secs_f64(),
        replications_per_second: played as f64 / time.as_secs_f64().max(1e-9),
        study_blake3: hash_of(&head.study),
        scenario_blake3: hash_of(&head.scenario),
        sessions,
        files: Vec::new(),
    }
}

fn json(provenance: &Provenance) -> Result<String> {
    Ok(serde_json::to_string_pretty(provenance)? + "\n")
}
