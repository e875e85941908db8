//! Putting a study together from its pieces, in one order, whoever played them.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use engine::{Batch, Fault, MeasureInfo, Observer, Part, Paths, Stopped, Summary};
use outputs::Pieces;

use super::error::RunError;
use super::layout::{Job, Layout};
use super::play::{allowed, too_many};
use super::shapes::{Shape, Shapes};
use crate::draw_tables::DrawTally;
use crate::limits::POINTS_AT_A_TIME;
use crate::paths::PathTables;
use crate::results::Played;
use crate::study::Study;

/// A study put together.
pub struct All<'a> {
    /// One for each design point.
    pub played: Vec<Played>,
    /// How things went month by month, where that was counted.
    pub paths: Option<PathTables>,
    /// The draws, where something is uncertain.
    pub draws: Option<DrawTally<'a>>,
    /// Replications that broke off, each with its design point and draw.
    pub faults: Vec<(u64, usize, Fault)>,
}

/// Takes the rows of replications, in order.
pub trait RowSink {
    /// The rows of some replications at a design point: each with its number, and every measure.
    ///
    /// # Errors
    ///
    /// Where they cannot be written.
    fn rows(
        &mut self,
        point: u64,
        rows: &mut dyn Iterator<Item = (u64, &[Option<f64>])>,
    ) -> io::Result<()>;
}

/// Puts a study together from journals that hold all its pieces, some design points at a time.
///
/// # Errors
///
/// [`RunError`] where a piece is missing, or is not of this study.
pub fn gather<'a>(
    (study, batch): (&'a Study, &Batch),
    layout: &Layout,
    journals: &[&Pieces],
    shapes: &mut Shapes,
    mut rows: Option<&mut dyn RowSink>,
    observer: &dyn Observer,
) -> Result<All<'a>, RunError> {
    let mut all = All { played: Vec::new(), paths: None, draws: None, faults: Vec::new() };
    let allowed = allowed(study, layout);
    let mut first = 0;
    while first < layout.jobs() {
        let last = (first + POINTS_AT_A_TIME as u64).min(layout.jobs());
        let own = shapes.take(study, batch, layout, first..last)?;
        for (number, shape) in (first..last).zip(own) {
            if all.draws.is_none() && !study.uncertain.is_empty() {
                all.draws = Some(DrawTally::new(study, &shape.measures));
            }
            let job = layout.job(study, number);
            let mut whole: Option<Summary> = None;
            for (piece, replications) in layout.pieces_of(number) {
                if observer.wants_to_stop() {
                    return Err(Stopped.into());
                }
                let part = read(journals, piece, (study, replications, &shape), whole.as_ref())?;
                if let Some(sink) = rows.as_deref_mut() {
                    let width = shape.measures.len();
                    let played = numbered(study, &part, replications.clone(), width);
                    sink.rows(job.point.number, &mut played.into_iter()).map_err(RunError::Rows)?;
                }
                all.faults.extend(
                    part.faults.into_iter().map(|fault| (job.point.number, job.draw, fault)),
                );
                if let Some((.., last)) =
                    all.faults.last().filter(|_| all.faults.len() as u64 > allowed)
                {
                    return Err(too_many(study, &job, all.faults.len() as u64, last));
                }
                match &mut whole {
                    Some(sum) => sum.merge(&part.summary),
                    empty => *empty = Some(part.summary),
                }
            }
            let whole = whole.unwrap_or_else(|| Summary::new([]));
            all.take(study, &job, &shape, whole)?;
        }
        first = last;
    }
    Ok(all)
}

/// A piece, from the first journal that has it.
fn read(
    journals: &[&Pieces],
    piece: u64,
    (study, replications, shape): (&Study, &Range<u64>, &Shape),
    before: Option<&Summary>,
) -> Result<Part, RunError> {
    let journal = journals.iter().find(|journal| journal.has(piece));
    let body = journal.ok_or(RunError::Missing(piece))?.body(piece)?;
    let part = decode(&body, (study, replications, shape));
    let fits = |part: &Part| before.is_none_or(|before| before.fits(&part.summary));
    part.filter(fits).ok_or(RunError::Strange(piece))
}

/// A part from its bytes; nothing where it is not what can come of these replications.
pub(super) fn decode(
    body: &[u8],
    (study, replications, shape): (&Study, &Range<u64>, &Shape),
) -> Option<Part> {
    if body.len() as u64 > longest(study, replications, shape) {
        return None;
    }
    let part = postcard::from_bytes(body).ok();
    part.filter(|part| is_of(part, study, replications, shape))
}

/// The most bytes that a part of these replications can have: what is longer is not even read.
fn longest(study: &Study, replications: &Range<u64>, shape: &Shape) -> u64 {
    const SUMS: u64 = 16 << 20;
    let width = if study.keeps_replications() { shape.measures.len() as u64 * 9 } else { 0 };
    let rows = (replications.end - replications.start).saturating_mul(width);
    SUMS.saturating_add(rows).saturating_add(2 * Paths::bytes(&shape.plan))
}

/// Whether a part can be what came of these replications.
fn is_of(part: &Part, study: &Study, replications: &Range<u64>, shape: &Shape) -> bool {
    let Range { start, end } = replications;
    let most = end - start;
    let (played, faults) = (part.summary.replications(), &part.faults);
    let in_order = faults.windows(2).all(|two| two[0].replication < two[1].replication)
        && faults.iter().all(|own| replications.contains(&own.replication));
    if !part.summary.is_sound() || played > most || !in_order {
        return false;
    }
    let lost = faults.len() as u64 * if study.antithetic { 2 } else { 1 };
    let estimates = shape.measures.iter().filter_map(|measure| measure.estimate.as_ref());
    let mut empty = Summary::new(estimates.map(|estimate| estimate.bins.map(|(_, bins)| bins)));
    if study.antithetic {
        empty = empty.in_pairs();
    }
    let counts = match study.precision {
        Some(_) => played + lost <= most,
        None => played + lost == most,
    };
    let width = if study.keeps_replications() { shape.measures.len() as u64 } else { 0 };
    counts
        && Some(part.rows.len() as u64) == played.checked_mul(width)
        && part.summary.fits_plan(&shape.plan)
        && empty.fits(&part.summary)
}

/// The rows of a part, each with the number of its replication: those that broke off, and the other of their pair,
/// have none.
fn numbered<'a>(
    study: &Study,
    part: &'a Part,
    replications: Range<u64>,
    width: usize,
) -> Vec<(u64, &'a [Option<f64>])> {
    let per = if study.antithetic { 2 } else { 1 };
    let mut lost = part.faults.iter().map(|fault| fault.replication / per).peekable();
    let whole = replications.filter(|replication| {
        let unit = replication / per;
        while lost.next_if(|lost| *lost < unit).is_some() {}
        lost.peek() != Some(&unit)
    });
    whole.zip(part.rows.chunks_exact(width.max(1))).collect()
}

impl All<'_> {
    fn take(
        &mut self,
        study: &Study,
        job: &Job,
        shape: &Shape,
        mut summary: Summary,
    ) -> Result<(), RunError> {
        let point = &job.point;
        if let Some(counted) = summary.take_paths() {
            let tables = self.paths.get_or_insert_with(|| PathTables::new(&shape.plan));
            tables.add(point.number, &shape.plan, &counted);
        }
        if let Some(draws) = &mut self.draws {
            let drawn = (job.draw as u64, &study.drawn[job.draw][..]);
            draws.add(point, drawn, &shape.measures, &summary);
            if !study.is_of_sample(job.draw as u64) {
                return Ok(());
            }
        }
        let Some(own) = self.played.get_mut(point.number as usize) else {
            self.played.push(Played { measures: Arc::clone(&shape.measures), summary });
            return Ok(());
        };
        if bins(&own.measures) != bins(&shape.measures) {
            return Err(RunError::Bins);
        }
        own.summary.merge(&summary);
        Ok(())
    }
}

fn bins(measures: &[MeasureInfo]) -> Vec<Option<(Option<&'static str>, engine::Bins)>> {
    measures.iter().filter_map(|measure| measure.estimate.as_ref()).map(|own| own.bins).collect()
}
