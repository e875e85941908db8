//! Many replications of many design points in parallel: the same to the last bit on any number of
//! threads.

use std::ops::{ControlFlow, Range};
use std::sync::{Mutex, PoisonError};

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::model::{AnyModel, Records};
use crate::paths::{PathPlan, Paths};
use crate::stream::{Luck, Seed};
use crate::summary::Summary;

/// Replications that are summed up by one thread in one go. A change of it changes the order of
/// additions, and so the last bits of results.
const BLOCK: u64 = 256;

/// Blocks in flight for each thread; bounds memory, changes no result.
const BLOCKS_PER_THREAD: usize = 64;

/// Which replications are played at every design point, and by how many threads.
pub struct Batch {
    luck: Luck,
    replications: u64,
    paths: u64,
    pool: ThreadPool,
}

/// The paths of a model under way, with what is noted along them.
type Noted = Option<(PathPlan, Mutex<Paths>)>;

/// The observer asked to stop before all was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped before all replications were played")]
pub struct Stopped;

/// Every measure of the replications of one block: `values` holds one row after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rows<'a> {
    /// Which of the models, counted from 0.
    pub model: usize,
    /// The number of the first replication.
    pub first: u64,
    /// All rows, one value for each measure of the model.
    pub values: &'a [Option<f64>],
}

/// Somebody who watches a batch: sees progress, may ask to stop, may want every row.
pub trait Observer: Sync {
    /// So many more replications have been played; called from any thread.
    fn played(&self, _replications: u64) {}

    /// Asked from any thread before every block.
    fn wants_to_stop(&self) -> bool {
        false
    }

    /// Whether [`Observer::rows`] is to be called.
    fn wants_rows(&self) -> bool {
        false
    }

    /// The rows of one block; called in order of model and replication.
    fn rows(&self, _rows: Rows) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Observer for () {}

/// One block of one model.
type Job = (usize, Range<u64>);

impl Batch {
    /// A batch of `replications` at each design point, on `threads` threads (0: one per core).
    ///
    /// # Errors
    ///
    /// Where the system refuses to start the threads.
    pub fn new(
        seed: Seed,
        replications: u64,
        threads: usize,
    ) -> Result<Self, rayon::ThreadPoolBuildError> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        Ok(Self { luck: seed.into(), replications, paths: 0, pool })
    }

    /// Counts the paths of the first `replications` of each design point as well.
    #[must_use]
    pub fn noting_paths(self, replications: u64) -> Self {
        Self { paths: replications.min(u64::from(u32::MAX)), ..self }
    }

    /// Plays replications in antithetic pairs.
    #[must_use]
    pub fn antithetic(self, antithetic: bool) -> Self {
        Self { luck: Luck { antithetic, ..self.luck }, ..self }
    }

    /// How many threads play.
    pub fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Maps in parallel, keeping the order: for building models.
    pub fn map<T: Sync, R: Send>(&self, items: &[T], f: impl Fn(&T) -> R + Send + Sync) -> Vec<R> {
        self.pool.install(|| items.par_iter().map(f).collect())
    }

    /// Plays all replications of every model: one summary for each, in order.
    ///
    /// # Errors
    ///
    /// [`Stopped`] where the observer asked for it.
    pub fn run(
        &self,
        models: &[Box<dyn AnyModel>],
        observer: &dyn Observer,
    ) -> Result<Vec<Summary>, Stopped> {
        let models: Vec<&dyn AnyModel> = models.iter().map(Box::as_ref).collect();
        let nothing = vec![None; models.len()];
        self.run_on(&models, nothing, 0..self.replications, observer)
    }

    /// Plays some replications of every model, on top of what has been played of it before. Where ranges
    /// begin at whole blocks of 256, playing on changes no bit.
    ///
    /// # Errors
    ///
    /// [`Stopped`] where the observer asked for it.
    pub fn run_on(
        &self,
        models: &[&dyn AnyModel],
        mut summaries: Vec<Option<Summary>>,
        replications: Range<u64>,
        observer: &dyn Observer,
    ) -> Result<Vec<Summary>, Stopped> {
        let wanted = replications.start < self.paths;
        let noted = |model: &&dyn AnyModel| if wanted { noted(*model) } else { None };
        let noted: Vec<Noted> = models.iter().map(noted).collect();
        let mut jobs = jobs(models.len(), replications);
        let wave = BLOCKS_PER_THREAD * self.threads();
        loop {
            let next: Vec<Job> = jobs.by_ref().take(wave).collect();
            if next.is_empty() {
                break;
            }
            let played: Option<Vec<_>> = self.pool.install(|| {
                next.par_iter().map(|job| self.play(models, &noted, job, observer)).collect()
            });
            for ((model, block), (summary, rows)) in next.into_iter().zip(played.ok_or(Stopped)?) {
                match &mut summaries[model] {
                    Some(sum) => sum.merge(&summary),
                    empty => *empty = Some(summary),
                }
                let rows = Rows { model, first: block.start, values: &rows };
                if observer.wants_rows() && observer.rows(rows).is_break() {
                    return Err(Stopped);
                }
            }
        }
        let whole = |(summary, noted): (Option<Summary>, Noted)| {
            let paths = noted.map(|(_, paths)| paths.into_inner());
            let summary = summary.unwrap_or_else(|| Summary::new([]));
            summary.with_paths(paths.map(|paths| paths.unwrap_or_else(PoisonError::into_inner)))
        };
        Ok(summaries.into_iter().zip(noted).map(whole).collect())
    }

    fn play(
        &self,
        models: &[&dyn AnyModel],
        noted: &[Noted],
        (model, block): &Job,
        observer: &dyn Observer,
    ) -> Option<(Summary, Vec<Option<f64>>)> {
        if observer.wants_to_stop() {
            return None;
        }
        let mut rows = Vec::new();
        let noted = noted[*model].as_ref().filter(|_| block.start < self.paths);
        let mut paths = noted.map(|(plan, _)| Paths::new(plan));
        let records = Records {
            rows: observer.wants_rows().then_some(&mut rows),
            paths: paths.as_mut().map(|paths| (paths, self.paths)),
        };
        let summary = models[*model].play_range(self.luck, block.clone(), records);
        if let (Some((_, sum)), Some(paths)) = (noted, paths) {
            // Counts are whole numbers: whichever block comes first, the sum is the same.
            sum.lock().unwrap_or_else(PoisonError::into_inner).merge(&paths);
        }
        observer.played(block.end - block.start);
        Some((summary, rows))
    }
}

fn noted(model: &dyn AnyModel) -> Noted {
    let plan = model.path_plan();
    (plan.steps > 0).then(|| {
        let paths = Mutex::new(Paths::new(&plan));
        (plan, paths)
    })
}

/// The blocks of every model.
fn jobs(models: usize, replications: Range<u64>) -> impl Iterator<Item = Job> {
    let Range { start, end } = replications;
    let blocks = end.saturating_sub(start).div_ceil(BLOCK);
    let range = move |block: u64| start + block * BLOCK..(start + (block + 1) * BLOCK).min(end);
    (0..models).flat_map(move |model| (0..blocks).map(move |block| (model, range(block))))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::model::{Measure, Model};
    use crate::stream::{Draw, Purpose, Streams};

    /// A walk of ten normal steps.
    struct Walk;

    impl Model for Walk {
        type Outcome = f64;

        fn measures(&self) -> Vec<Measure<f64>> {
            let end = Measure::new("end", "1", "where the walk ends", |end: &f64| Some(*end));
            vec![end.mean("end", (f64::NEG_INFINITY, f64::INFINITY))]
        }

        fn play(&self, streams: &Streams) -> f64 {
            let mut steps = streams.open(Purpose::named("steps"));
            (0..10).map(|_| steps.normal()).sum()
        }
    }

    fn walks() -> Vec<Box<dyn AnyModel>> {
        vec![Box::new(Walk), Box::new(Walk)]
    }

    fn run(threads: usize, replications: u64) -> Vec<Summary> {
        let batch = Batch::new(Seed(5), replications, threads).expect("threads can be started");
        batch.run(&walks(), &()).expect("nobody stops it")
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let one = run(1, 40_000);
        assert_eq!(one, run(2, 40_000));
        assert_eq!(one, run(7, 40_000));
    }

    #[test]
    fn playing_on_changes_no_bit() {
        let batch = Batch::new(Seed(5), 5000, 3).expect("threads can be started");
        let walks = walks();
        let models: Vec<&dyn AnyModel> = walks.iter().map(Box::as_ref).collect();
        let mut sums = vec![None; 2];
        for range in [0..1024, 1024..2048, 2048..5000] {
            let more = batch.run_on(&models, sums, range, &()).expect("nobody stops it");
            sums = more.into_iter().map(Some).collect();
        }
        let whole: Vec<Option<Summary>> = run(2, 5000).into_iter().map(Some).collect();
        assert_eq!(sums, whole);
    }

    #[test]
    fn all_design_points_share_their_luck() {
        let both = run(2, 1000);
        assert_eq!(both[0], both[1]);
    }

    /// Keeps all rows and stops after so many replications.
    #[derive(Default)]
    struct Keeper {
        rows: Mutex<Vec<Option<f64>>>,
        played: AtomicU64,
        stop_after: Option<u64>,
    }

    impl Observer for Keeper {
        fn played(&self, replications: u64) {
            self.played.fetch_add(replications, Ordering::Relaxed);
        }
        fn wants_to_stop(&self) -> bool {
            self.stop_after.is_some_and(|most| self.played.load(Ordering::Relaxed) >= most)
        }
        fn wants_rows(&self) -> bool {
            true
        }
        fn rows(&self, rows: Rows) -> ControlFlow<()> {
            self.rows.lock().expect("no thread panicked").extend_from_slice(rows.values);
            ControlFlow::Continue(())
        }
    }

    fn rows(replications: u64) -> Vec<Option<f64>> {
        let keeper = Keeper::default();
        let batch = Batch::new(Seed(5), replications, 2).expect("threads can be started");
        batch.run(&walks()[..1], &keeper).expect("nobody stops it");
        keeper.rows.into_inner().expect("no thread panicked")
    }

    #[test]
    fn one_more_replication_changes_no_earlier_one() {
        let (some, more) = (rows(1000), rows(1001));
        assert_eq!(some[..], more[..1000]);
        assert_eq!(more.len(), 1001);
    }

    #[test]
    fn rows_come_in_order_of_replication() {
        let alone = |replication| Walk.play(&Streams::new(Seed(5), replication));
        let expected: Vec<_> = (0..1000).map(|replication| Some(alone(replication))).collect();
        assert_eq!(rows(1000), expected);
    }

    #[test]
    fn a_batch_stops_when_asked() {
        let keeper = Keeper { stop_after: Some(1000), ..Keeper::default() };
        let batch = Batch::new(Seed(5), 1_000_000, 2).expect("threads can be started");
        assert_eq!(batch.run(&walks(), &keeper), Err(Stopped));
        // No thread starts a block after the limit; two may be under way when it is reached.
        assert!(keeper.played.into_inner() <= 1000 + 3 * BLOCK);
    }
}
