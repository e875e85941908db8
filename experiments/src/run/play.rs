//! Playing the pieces of a study that a journal lacks.

use std::ops::ControlFlow;

use engine::{AnyModel, Batch, Chunk, Fault, Observer, Part};
use outputs::Journal;

use super::entries::played_in;
use super::error::RunError;
use super::layout::{Job, Layout, Shard, has};
use super::precise::play_until_precise;
use super::shapes::{Shapes, build_all};
use crate::limits::POINTS_AT_A_TIME;
use crate::study::Study;

/// A journal that is being filled.
pub(super) struct Filling<'a> {
    pub(super) study: &'a Study,
    pub(super) layout: &'a Layout,
    pub(super) journal: &'a mut Journal,
    faults: u64,
    allowed: u64,
}

/// Plays all pieces of a shard, or of the whole, that a journal lacks, some design points at a time, so that memory
/// does not grow with their number.
///
/// # Errors
///
/// [`RunError`]; the journal keeps what was played until then.
pub fn play_missing(
    (study, batch): (&Study, &Batch),
    (layout, shard): (&Layout, Option<Shard>),
    journal: &mut Journal,
    shapes: &mut Shapes,
    observer: &dyn Observer,
) -> Result<(), RunError> {
    let allowed = allowed(study, layout);
    let known = known_faults(journal)?;
    let mut filling = Filling { study, layout, journal, faults: 0, allowed };
    for (piece, faults) in known {
        filling.count(piece, &faults)?;
    }
    // Points that are left when precise are kept look by look: the fewer side by side, the sooner.
    let side_by_side = match study.precision {
        Some(_) => batch.threads().clamp(4, POINTS_AT_A_TIME),
        None => POINTS_AT_A_TIME,
    };
    let mut open: Vec<u64> = Vec::new();
    for job in 0..layout.jobs() {
        let mut own = layout.pieces_of(job).map(|(piece, _)| piece).filter(|own| has(shard, *own));
        if own.any(|piece| !filling.journal.pieces().has(piece)) {
            open.push(job);
        }
        if open.len() == side_by_side || job + 1 == layout.jobs() {
            play_jobs(&mut filling, (batch, shard), &open, shapes, observer)?;
            open.clear();
        }
    }
    filling.journal.sync()?;
    Ok(())
}

/// How many replications of a study may break off, in whatever shard.
pub(super) fn allowed(study: &Study, layout: &Layout) -> u64 {
    (study.most_faults * layout.replications(None) as f64).floor() as u64
}

/// What broke off in the pieces that a journal has.
fn known_faults(journal: &Journal) -> Result<Vec<(u64, Vec<Fault>)>, RunError> {
    let mut all = Vec::new();
    for piece in played_in(journal.pieces()) {
        let body = journal.pieces().body(piece)?;
        let part: Part = postcard::from_bytes(&body).map_err(|_| RunError::Strange(piece))?;
        if !part.faults.is_empty() {
            all.push((piece, part.faults));
        }
    }
    Ok(all)
}

fn play_jobs(
    filling: &mut Filling,
    (batch, shard): (&Batch, Option<Shard>),
    jobs: &[u64],
    shapes: &mut Shapes,
    observer: &dyn Observer,
) -> Result<(), RunError> {
    let models = build_all(filling.study, batch, filling.layout, jobs)?;
    for (job, model) in jobs.iter().zip(&models) {
        shapes.learn(*job, model.as_ref());
    }
    let models: Vec<&dyn AnyModel> = models.iter().map(Box::as_ref).collect();
    if filling.study.precision.is_some() {
        return play_until_precise(filling, batch, (jobs, &models), shapes, observer);
    }
    let (mut numbers, mut chunks) = (Vec::new(), Vec::new());
    for (model, job) in jobs.iter().enumerate() {
        for (piece, replications) in filling.layout.pieces_of(*job) {
            if has(shard, piece) && !filling.journal.pieces().has(piece) {
                numbers.push(piece);
                chunks.push(Chunk { model, replications: replications.clone() });
            }
        }
    }
    let encode = |part: Part| (encode(&part), part.faults);
    let mut failed = None;
    let played =
        batch.play(&models, &chunks, observer, &encode, &mut |at, (bytes, faults)| match filling
            .add(numbers[at], &bytes, &faults)
        {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        });
    failed.map_or_else(|| Ok(played?), Err)
}

pub(super) fn encode(part: &Part) -> Vec<u8> {
    postcard::to_stdvec(part).unwrap_or_default()
}

impl Filling<'_> {
    pub(super) fn add(
        &mut self,
        piece: u64,
        bytes: &[u8],
        faults: &[Fault],
    ) -> Result<(), RunError> {
        self.journal.add(piece, bytes)?;
        self.count(piece, faults)
    }

    /// Keeps what was played of a piece so far.
    pub(super) fn note(&mut self, number: u64, bytes: &[u8]) -> Result<(), RunError> {
        Ok(self.journal.add(number, bytes)?)
    }

    /// Counts what broke off in a piece, and stops where it is too much.
    fn count(&mut self, piece: u64, faults: &[Fault]) -> Result<(), RunError> {
        self.faults += faults.len() as u64;
        let Some(last) = faults.last().filter(|_| self.faults > self.allowed) else {
            return Ok(());
        };
        let (job, _) = self.layout.place(piece);
        Err(too_many(self.study, &self.layout.job(self.study, job), self.faults, last))
    }
}

/// So many replications broke off that the study stops.
pub(super) fn too_many(study: &Study, job: &Job, count: u64, last: &Fault) -> RunError {
    let replication = study.first_replication(job.draw).saturating_add(last.replication);
    RunError::Faults {
        count,
        share: study.most_faults,
        last: Fault { replication, message: last.message.clone() },
        point: job.point.number,
        draw: job.draw,
    }
}
