//! What is measured at each design point, remembered where a model was built for it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use engine::{AnyModel, Batch, MeasureInfo, PathPlan, panic_words};

use super::error::RunError;
use super::layout::{Job, Layout};
use crate::later::Later;
use crate::limits::POINTS_AT_A_TIME;
use crate::study::Study;

/// Measures and paths of a model.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) measures: Arc<[MeasureInfo]>,
    pub(super) plan: Arc<PathPlan>,
}

/// The shapes of jobs, by their numbers.
#[derive(Debug, Default)]
pub struct Shapes {
    known: BTreeMap<u64, usize>,
    /// Those that differ: few, whatever is swept.
    all: Vec<Shape>,
}

impl Shapes {
    /// Remembers the shape of a model; alike ones are kept once.
    pub(super) fn learn(&mut self, job: u64, model: &dyn AnyModel) {
        let (measures, plan) = (model.measure_infos(), model.path_plan());
        let same = |own: &Shape| *own.measures == *measures && *own.plan == plan;
        let place = self.all.iter().rposition(same).unwrap_or(self.all.len());
        if place == self.all.len() {
            self.all.push(Shape { measures: measures.into(), plan: plan.into() });
        }
        self.known.insert(job, place);
    }

    /// The shape of a job, if it is known.
    pub(super) fn of(&self, job: u64) -> Option<&Shape> {
        self.known.get(&job).map(|place| &self.all[*place])
    }

    /// Takes out the shapes of some jobs in order, building models for those that are not known.
    pub(super) fn take(
        &mut self,
        study: &Study,
        batch: &Batch,
        layout: &Layout,
        jobs: std::ops::Range<u64>,
    ) -> Result<Vec<Shape>, RunError> {
        debug_assert!(jobs.end - jobs.start <= POINTS_AT_A_TIME as u64);
        let missing: Vec<u64> = jobs.clone().filter(|job| !self.known.contains_key(job)).collect();
        for (job, model) in missing.iter().zip(build_all(study, batch, layout, &missing)?) {
            self.learn(*job, model.as_ref());
        }
        let places = jobs.filter_map(|job| self.known.remove(&job));
        Ok(places.map(|place| self.all[place].clone()).collect())
    }
}

/// The models of some jobs; each draw plays replications of its own, unless they share their luck.
pub(super) fn build_all(
    study: &Study,
    batch: &Batch,
    layout: &Layout,
    jobs: &[u64],
) -> Result<Vec<Box<dyn AnyModel>>, RunError> {
    let build = |number: &u64| {
        let job = layout.job(study, *number);
        match catch_unwind(AssertUnwindSafe(|| build(study, &job))) {
            Ok(model) => model.map_err(RunError::from),
            Err(panic) => {
                let (point, message) = (job.point.number, panic_words(&*panic));
                Err(RunError::Unbuilt { point, draw: job.draw, message })
            }
        }
    };
    batch.map(jobs, build).into_iter().collect()
}

fn build(study: &Study, job: &Job) -> Result<Box<dyn AnyModel>, models::Invalid> {
    let model = study.build_drawn(&job.point, &study.drawn[job.draw])?;
    if study.uncertain.is_empty() || study.draws.shared_luck {
        return Ok(model);
    }
    Ok(Box::new(Later { model, by: study.first_replication(job.draw) }))
}
