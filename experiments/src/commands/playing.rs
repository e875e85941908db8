//! Playing a study: every design point, and at each every draw of what is uncertain.

use std::fs::File;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use engine::{AnyModel, Batch, MeasureInfo, Observer as _, Stopped, Summary};
use experiments::{
    DrawTally, Keep, Later, POINTS_AT_A_TIME, PathTables, Played, Point, Study, double_column,
    precise, row_columns,
};
use outputs::Folder;

use super::progress::{RowFile, Watcher, bar, is_interrupted};

/// What was played.
pub(super) struct All<'a> {
    /// One for each design point.
    pub(super) played: Vec<Played>,
    /// How things went month by month, where that was counted.
    pub(super) paths: Option<PathTables>,
    /// The draws, where something is uncertain.
    pub(super) draws: Option<DrawTally<'a>>,
    /// How long it took.
    pub(super) time: Duration,
}

/// A design point with a draw, by its number.
struct Job {
    draw: usize,
    point: Point,
}

/// The model at the first design point, whose measures and years of survival all points share.
pub(super) fn first_model(study: &Study) -> Result<Box<dyn AnyModel>> {
    let model = study.build_drawn(&study.design.point(0), &study.drawn[0])?;
    if let Some(name) = double_column(study, &model.measure_infos()) {
        bail!(
            "{}: two columns would be called `{name}`: rename the actor or issue, or, where it is a parameter that is \
             also the name of an estimate, leave it fixed",
            study.name
        );
    }
    Ok(model)
}

/// Plays every design point, some at a time, so that memory does not grow with their number; nothing where
/// the user asked to stop. All points see a draw before the next: A, B, C, A, B, C ….
pub(super) fn play<'a>(
    study: &'a Study,
    batch: &Batch,
    folder: &Folder,
    measures: &[MeasureInfo],
    quiet: bool,
) -> Result<Option<All<'a>>> {
    let points = study.design.size().unwrap_or(0);
    let jobs = points * study.drawn.len() as u64;
    let bar = bar(jobs * study.replications, quiet);
    let rows = match study.keep {
        Keep::Summaries => None,
        Keep::Replications => {
            let file = File::create(folder.path().join("replications.csv"));
            let file = file.and_then(|file| RowFile::new(file, study.seed, &row_columns(measures)));
            Some(Mutex::new(file.context("cannot write replications.csv")?))
        }
    };
    let start = Instant::now();
    let uncertain = !study.uncertain.is_empty();
    let mut all = All {
        played: Vec::new(),
        paths: None,
        draws: uncertain.then(|| DrawTally::new(study, measures)),
        time: Duration::ZERO,
    };
    let mut number = 0;
    while number < jobs {
        let last = (number + POINTS_AT_A_TIME as u64).min(jobs);
        let job = |number: u64| Job {
            draw: (number / points) as usize,
            point: study.design.point(number % points),
        };
        let some: Vec<Job> = (number..last).map(job).collect();
        let models = batch.map(&some, |job| build(study, job));
        let models: Vec<_> = models.into_iter().collect::<Result<_, _>>()?;
        let watcher = Watcher { bar: &bar, first_point: number, rows: rows.as_ref() };
        let played = play_some(study, batch, &models, &watcher);
        let (false, Ok(more)) = (is_interrupted(), played) else {
            bar.finish_and_clear();
            if is_interrupted() {
                return Ok(None);
            }
            break;
        };
        for ((model, summary), job) in models.iter().zip(more).zip(&some) {
            all.take(study, job, model.as_ref(), summary)?;
        }
        number = last;
    }
    bar.finish_and_clear();
    if let Some(rows) = rows.and_then(|rows| rows.into_inner().ok()) {
        rows.finish().context("cannot write replications.csv")?;
    }
    all.time = start.elapsed();
    Ok(Some(all))
}

/// Plays models until each is as precise as asked for, or all its replications are played.
fn play_some(
    study: &Study,
    batch: &Batch,
    models: &[Box<dyn AnyModel>],
    watcher: &Watcher,
) -> Result<Vec<Summary>, Stopped> {
    let Some((looks, precision)) = study.looks().zip(study.precision) else {
        return batch.run(models, watcher);
    };
    let titles = study.headline();
    let mut sums: Vec<Option<Summary>> = vec![None; models.len()];
    let mut open: Vec<usize> = (0..models.len()).collect();
    for range in looks.ranges() {
        let own: Vec<&dyn AnyModel> = open.iter().map(|at| models[*at].as_ref()).collect();
        let before = open.iter().map(|at| sums[*at].take()).collect();
        let end = range.end;
        for (at, sum) in open.iter().zip(batch.run_on(&own, before, range, watcher)?) {
            sums[*at] = Some(sum);
        }
        let (precise_ones, rest): (Vec<usize>, Vec<usize>) = open.iter().partition(|at| {
            let summary = sums[**at].as_ref();
            let measures = models[**at].measure_infos();
            summary.is_some_and(|sum| precise(&titles, &measures, sum, (precision, looks.z)))
        });
        // What they need no more counts as done.
        watcher.played(precise_ones.len() as u64 * (study.replications - end));
        open = rest;
        if open.is_empty() {
            break;
        }
    }
    Ok(sums.into_iter().flatten().collect())
}

/// The model of a job; each draw plays replications of its own, unless they share their luck.
fn build(study: &Study, job: &Job) -> Result<Box<dyn AnyModel>, models::Invalid> {
    let model = study.build_drawn(&job.point, &study.drawn[job.draw])?;
    if study.uncertain.is_empty() || study.draws.shared_luck {
        return Ok(model);
    }
    Ok(Box::new(Later { model, by: study.first_replication(job.draw) }))
}

impl All<'_> {
    fn take(
        &mut self,
        study: &Study,
        job: &Job,
        model: &dyn AnyModel,
        mut summary: Summary,
    ) -> Result<()> {
        let point = &job.point;
        if let Some(counted) = summary.take_paths() {
            let plan = model.path_plan();
            let tables = self.paths.get_or_insert_with(|| PathTables::new(&plan));
            tables.add(point.number, &plan, &counted);
        }
        let measures = shared(self.played.last(), model.measure_infos());
        if let Some(draws) = &mut self.draws {
            draws.add(point, (job.draw as u64, &study.drawn[job.draw]), &measures, &summary);
            if !study.is_of_sample(job.draw as u64) {
                return Ok(());
            }
        }
        match self.played.get_mut(point.number as usize) {
            None => self.played.push(Played { measures, summary }),
            Some(own) => {
                let bins = |measures: &[MeasureInfo]| -> Vec<_> {
                    let estimates = measures.iter().filter_map(|measure| measure.estimate.clone());
                    estimates.map(|estimate| estimate.bins).collect()
                };
                if bins(&own.measures) != bins(&measures) {
                    bail!(
                        "{}: what is uncertain changes the bins in which results are counted (the horizon or \
                         the grid of offers): sweep it in place of that",
                        study.name
                    );
                }
                own.summary.merge(&summary);
            }
        }
        Ok(())
    }
}

/// The measures of a design point: those of the point before it, kept once, where they are alike.
fn shared(before: Option<&Played>, measures: Vec<MeasureInfo>) -> Arc<[MeasureInfo]> {
    match before {
        Some(before) if *before.measures == *measures => Arc::clone(&before.measures),
        _ => measures.into(),
    }
}
