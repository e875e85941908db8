//! Playing design points until they are precise enough, look by look.

use std::ops::{ControlFlow, Range};

use engine::{AnyModel, Batch, Chunk, Observer, Part};

use super::entries::of_look;
use super::error::RunError;
use super::gather::decode;
use super::play::{Filling, encode};
use super::shapes::Shapes;
use crate::results::precise;

/// A design point under way.
struct Open {
    /// Which of the models.
    model: usize,
    /// What has been played, and how many looks that has behind it.
    part: Option<Part>,
    looks: usize,
}

/// Plays models until each is as precise as asked for, or all its replications are played. What was played until each
/// look is kept: after the first, an interruption costs less than half of what a point has played.
pub(super) fn play_until_precise(
    filling: &mut Filling,
    batch: &Batch,
    (jobs, models): (&[u64], &[&dyn AnyModel]),
    shapes: &Shapes,
    observer: &dyn Observer,
) -> Result<(), RunError> {
    let study = filling.study;
    let Some((looks, precision)) = study.looks().zip(study.precision) else { return Ok(()) };
    let titles = study.headline();
    let ranges: Vec<Range<u64>> = looks.ranges().collect();
    let mut open = Vec::new();
    for (model, job) in jobs.iter().enumerate() {
        let (part, looks) = known(filling, *job, &ranges, shapes)?;
        observer.spared(looks.checked_sub(1).map_or(0, |last| ranges[last].end));
        open.push(Open { model, part, looks });
    }
    for (look, range) in ranges.iter().enumerate() {
        play_look(batch, models, &mut open, (look, range), observer)?;
        let is_last = look + 1 == ranges.len();
        let mut rest = Vec::new();
        for own in open {
            let (job, model) = (jobs[own.model], models[own.model]);
            let Some(part) = own.part.as_ref().filter(|_| own.looks == look + 1) else {
                rest.push(own);
                continue;
            };
            let measures = model.measure_infos();
            if is_last || precise(&titles, &measures, &part.summary, (precision, looks.z)) {
                filling.add(job, &encode(part), &part.faults)?;
                observer.spared(study.replications - range.end);
            } else {
                filling.note(of_look(job, look), &encode(part))?;
                rest.push(own);
            }
        }
        open = rest;
    }
    Ok(())
}

/// Plays the replications until a look, of those points that have not come so far.
fn play_look(
    batch: &Batch,
    models: &[&dyn AnyModel],
    open: &mut [Open],
    (look, range): (usize, &Range<u64>),
    observer: &dyn Observer,
) -> Result<(), RunError> {
    let mut due: Vec<&mut Open> = open.iter_mut().filter(|own| own.looks == look).collect();
    let (mut chunks, mut owners) = (Vec::new(), Vec::new());
    for (at, own) in due.iter().enumerate() {
        for replications in batch.cut(range.clone()) {
            chunks.push(Chunk { model: own.model, replications });
            owners.push(at);
        }
    }
    batch.play(models, &chunks, observer, &|part| part, &mut |at, part| {
        match &mut due[owners[at]].part {
            Some(own) => own.append(part),
            empty => *empty = Some(part),
        }
        ControlFlow::Continue(())
    })?;
    due.iter_mut().for_each(|own| own.looks += 1);
    Ok(())
}

/// What an earlier session has played of a design point, and with how many looks.
fn known(
    filling: &Filling,
    job: u64,
    ranges: &[Range<u64>],
    shapes: &Shapes,
) -> Result<(Option<Part>, usize), RunError> {
    let pieces = filling.journal.pieces();
    let last = (0..ranges.len()).rfind(|look| pieces.has(of_look(job, *look)));
    let Some((look, shape)) = last.zip(shapes.of(job)) else { return Ok((None, 0)) };
    let body = pieces.body(of_look(job, look))?;
    let part = decode(&body, (filling.study, &(0..ranges[look].end), shape));
    part.map(|part| (Some(part), look + 1)).ok_or(RunError::Strange(job))
}
