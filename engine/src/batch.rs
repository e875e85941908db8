//! Many replications of many design points in parallel: the same to the last bit on any number of
//! threads.

use std::ops::{ControlFlow, Range};

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::fault::{Kept, play_caught};
use crate::model::AnyModel;
use crate::part::Part;
use crate::paths::PathPlan;
use crate::stream::{Luck, Seed};
use crate::summary::Summary;

/// Replications that are summed up by one thread in one go. A change of it changes the order of
/// additions, and so the last bits of results.
const BLOCK: u64 = 256;

/// Blocks that are summed up together before they are added to what was played before: at least, and at most.
/// So does a change of these.
const BLOCKS_PER_CHUNK: (u64, u64) = (4, 64);

/// The more replications there are, the larger are chunks, so that a design point has so many while they can grow.
const CHUNKS: u64 = 64;

/// Blocks in flight for each thread; bounds memory, changes no result.
const BLOCKS_PER_THREAD: u64 = 32;

/// Which replications are played at every design point, and by how many threads.
pub struct Batch {
    luck: Luck,
    replications: u64,
    paths: u64,
    rows: bool,
    pool: ThreadPool,
}

/// The observer asked to stop before all was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped before all replications were played")]
pub struct Stopped;

/// Some replications of one model that are summed up together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Which of the models, counted from 0.
    pub model: usize,
    /// Which replications, counted from 0.
    pub replications: Range<u64>,
}

/// Somebody who watches a batch: sees progress, may ask to stop.
pub trait Observer: Sync {
    /// So many more replications have been played; called from any thread.
    fn played(&self, _replications: u64) {}

    /// So many need not be played.
    fn spared(&self, _replications: u64) {}

    /// Asked from any thread before every block.
    fn wants_to_stop(&self) -> bool {
        false
    }
}

impl Observer for () {}

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
        Ok(Self { luck: seed.into(), replications, paths: 0, rows: false, pool })
    }

    /// Counts the paths of the first `replications` of each design point as well.
    #[must_use]
    pub fn noting_paths(self, replications: u64) -> Self {
        Self { paths: replications.min(u64::from(u32::MAX)), ..self }
    }

    /// Keeps every measure of every replication as well.
    #[must_use]
    pub fn keeping_rows(self, rows: bool) -> Self {
        Self { rows, ..self }
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

    /// How replications are cut into chunks. It depends on how many a design point has, and on nothing else.
    pub fn cut(&self, replications: Range<u64>) -> impl Iterator<Item = Range<u64>> + use<> {
        pieces(replications, chunk_length(self.replications))
    }

    /// Plays all replications of every model: one summary for each, in order.
    ///
    /// # Errors
    ///
    /// [`Stopped`] where the observer asked for it.
    ///
    /// # Panics
    ///
    /// Where a model does.
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
    /// begin at whole chunks, playing on changes no bit.
    ///
    /// # Errors
    ///
    /// [`Stopped`] where the observer asked for it.
    ///
    /// # Panics
    ///
    /// Where a model does.
    pub fn run_on(
        &self,
        models: &[&dyn AnyModel],
        mut summaries: Vec<Option<Summary>>,
        replications: Range<u64>,
        observer: &dyn Observer,
    ) -> Result<Vec<Summary>, Stopped> {
        let chunk = |model| move |replications| Chunk { model, replications };
        let of = |model| self.cut(replications.clone()).map(chunk(model));
        let chunks: Vec<Chunk> = (0..models.len()).flat_map(of).collect();
        self.play(models, &chunks, observer, &|part| part, &mut |at, part| {
            if let Some(fault) = part.faults.first() {
                panic!("model {}: {fault}", chunks[at].model);
            }
            match &mut summaries[chunks[at].model] {
                Some(sum) => sum.merge(&part.summary),
                empty => *empty = Some(part.summary),
            }
            ControlFlow::Continue(())
        })?;
        Ok(summaries.into_iter().map(|sum| sum.unwrap_or_else(|| Summary::new([]))).collect())
    }

    /// Plays chunks. What comes of each is made into something else in parallel, then taken one by one, in order,
    /// with the place of its chunk.
    ///
    /// # Errors
    ///
    /// [`Stopped`] where the observer asked for it, or `take` did.
    pub fn play<T: Send>(
        &self,
        models: &[&dyn AnyModel],
        chunks: &[Chunk],
        observer: &dyn Observer,
        make: &(impl Fn(Part) -> T + Sync),
        take: &mut impl FnMut(usize, T) -> ControlFlow<()>,
    ) -> Result<(), Stopped> {
        let plans: Vec<Option<PathPlan>> = models.iter().map(|model| self.plan(*model)).collect();
        let most = BLOCKS_PER_THREAD * self.threads() as u64;
        let mut at = 0;
        while at < chunks.len() {
            let wave = wave(&chunks[at..], most);
            let play = |chunk: &Chunk| {
                let Chunk { model, replications } = chunk;
                let played = self.play_chunk(
                    (models[*model], plans[*model].as_ref()),
                    replications,
                    observer,
                );
                played.map(make)
            };
            let made: Vec<Option<T>> = self.pool.install(|| wave.par_iter().map(play).collect());
            let mut whole = true;
            for made in made {
                // What was finished before somebody asked to stop is not lost.
                whole &= made.is_some();
                if made.is_some_and(|made| take(at, made).is_break()) {
                    return Err(Stopped);
                }
                at += 1;
            }
            if !whole {
                return Err(Stopped);
            }
        }
        Ok(())
    }

    /// What is noted along the replications of a model, if anything is.
    fn plan(&self, model: &dyn AnyModel) -> Option<PathPlan> {
        Some(model.path_plan()).filter(|plan| self.paths > 0 && plan.steps > 0)
    }

    fn play_chunk(
        &self,
        (model, plan): (&dyn AnyModel, Option<&PathPlan>),
        replications: &Range<u64>,
        observer: &dyn Observer,
    ) -> Option<Part> {
        let play = |block: Range<u64>| {
            if observer.wants_to_stop() {
                return None;
            }
            let paths = plan.filter(|_| block.start < self.paths).map(|plan| (plan, self.paths));
            let played = block.end - block.start;
            let part = play_caught(model, self.luck, block, Kept { rows: self.rows, paths });
            observer.played(played);
            Some(part)
        };
        let blocks: Vec<Range<u64>> = pieces(replications.clone(), BLOCK).collect();
        let parts: Option<Vec<Part>> = blocks.into_par_iter().map(play).collect();
        let mut parts = parts?.into_iter();
        let mut whole = parts.next()?;
        for part in parts {
            whole.append(part);
        }
        Some(whole)
    }
}

/// The first chunks, until they have so many blocks; one at least.
fn wave(chunks: &[Chunk], most: u64) -> &[Chunk] {
    let mut blocks = 0;
    let open = chunks.iter().take_while(|chunk| {
        let Range { start, end } = chunk.replications;
        let before = blocks;
        blocks += (end - start).div_ceil(BLOCK);
        before < most
    });
    &chunks[..open.count()]
}

/// Of how many replications chunks are where a design point has so many.
pub fn chunk_length(replications: u64) -> u64 {
    let blocks = replications.div_ceil(BLOCK).div_ceil(CHUNKS);
    let (least, most) = BLOCKS_PER_CHUNK;
    BLOCK * blocks.next_power_of_two().clamp(least, most)
}

/// A range in pieces of one length, the last of which may be shorter.
fn pieces(range: Range<u64>, length: u64) -> impl Iterator<Item = Range<u64>> {
    let Range { start, end } = range;
    let count = end.saturating_sub(start).div_ceil(length);
    (0..count).map(move |at| start + at * length..(start + (at + 1) * length).min(end))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::model::{Measure, Model};
    use crate::part::Fault;
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

    /// Stops after so many replications.
    #[derive(Default)]
    struct Impatient {
        played: AtomicU64,
        stop_after: u64,
    }

    impl Observer for Impatient {
        fn played(&self, replications: u64) {
            self.played.fetch_add(replications, Ordering::Relaxed);
        }
        fn wants_to_stop(&self) -> bool {
            self.played.load(Ordering::Relaxed) >= self.stop_after
        }
    }

    /// All that comes of the chunks of some models, in order.
    fn parts(batch: &Batch, models: &[&dyn AnyModel], chunks: &[Chunk]) -> Vec<Part> {
        let mut all = Vec::new();
        let played = batch.play(models, chunks, &(), &|part| part, &mut |at, part| {
            assert_eq!(at, all.len());
            all.push(part);
            ControlFlow::Continue(())
        });
        played.expect("nobody stops it");
        all
    }

    fn rows(replications: u64) -> Vec<Option<f64>> {
        let batch = Batch::new(Seed(5), replications, 2).expect("threads can be started");
        let batch = batch.keeping_rows(true);
        let cut = batch.cut(0..replications);
        let chunks: Vec<Chunk> = cut.map(|replications| Chunk { model: 0, replications }).collect();
        parts(&batch, &[&Walk], &chunks).into_iter().flat_map(|part| part.rows).collect()
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
        let impatient = Impatient { stop_after: 1000, ..Impatient::default() };
        let batch = Batch::new(Seed(5), 1_000_000, 2).expect("threads can be started");
        assert_eq!(batch.run(&walks(), &impatient), Err(Stopped));
        // No thread starts a block after the limit; two may be under way when it is reached.
        assert!(impatient.played.into_inner() <= 1000 + 3 * BLOCK);
    }

    /// Chunks can be played in any order and by anybody: what they are summed up to is the same.
    #[test]
    fn chunks_played_one_by_one_make_the_whole() {
        let batch = Batch::new(Seed(5), 70_000, 2).expect("threads can be started");
        let cut: Vec<Range<u64>> = batch.cut(0..70_000).collect();
        assert!(cut.iter().all(|own| own.start % (8 * BLOCK) == 0) && cut.len() == 35);
        let alone = |replications: &Range<u64>| {
            let chunk = Chunk { model: 0, replications: replications.clone() };
            parts(&batch, &[&Walk], &[chunk]).remove(0).summary
        };
        let mut played: Vec<Summary> = cut.iter().rev().map(alone).collect();
        let mut sum = played.pop().expect("there are chunks");
        played.iter().rev().for_each(|part| sum.merge(part));
        assert_eq!(sum, batch.run(&walks()[..1], &()).expect("nobody stops it")[0]);
        assert!(sum.is_sound() && sum.fits(&played[0]));
    }

    #[test]
    fn summaries_survive_a_journey_as_bytes() {
        let sum = run(2, 5000).remove(0);
        let bytes = postcard::to_stdvec(&sum).expect("it can be written");
        assert_eq!(postcard::from_bytes::<Summary>(&bytes), Ok(sum));
    }

    /// A walk that breaks off now and then.
    struct Frail;

    impl Model for Frail {
        type Outcome = f64;

        fn measures(&self) -> Vec<Measure<f64>> {
            Walk.measures()
        }

        fn play(&self, streams: &Streams) -> f64 {
            let end = Walk.play(streams);
            assert!(end.abs() < 8.0, "ran away to {end:.3}");
            end
        }
    }

    #[test]
    fn what_breaks_off_is_left_out_and_named() {
        let known: Vec<(u64, f64)> =
            (0..5000).map(|at| (at, Walk.play(&Streams::new(Seed(5), at)))).collect();
        let broken: Vec<(u64, f64)> =
            known.iter().copied().filter(|(_, end)| end.abs() >= 8.0).collect();
        // P(|N(0, 10)| ≥ 8) = 0.0114: fewer than ten of 5000 have a chance below 1e-12.
        assert!(broken.len() >= 10);
        let batch =
            Batch::new(Seed(5), 5000, 3).expect("threads can be started").keeping_rows(true);
        let chunks = [Chunk { model: 0, replications: 0..5000 }];
        let part = parts(&batch, &[&Frail], &chunks).remove(0);
        let faults: Vec<Fault> = broken
            .iter()
            .map(|(at, end)| Fault { replication: *at, message: format!("ran away to {end:.3}") })
            .collect();
        assert_eq!(part.faults, faults);
        let whole = known.iter().filter(|(_, end)| end.abs() < 8.0).map(|(_, end)| Some(*end));
        assert_eq!(part.rows, whole.collect::<Vec<_>>());
        assert_eq!(part.summary.replications(), 5000 - faults.len() as u64);
        let both = Batch::new(Seed(5), 5000, 2).expect("threads can be started").antithetic(true);
        let part = parts(&both, &[&Frail], &chunks).remove(0);
        // A pair is left out whole, and named by the one at fault.
        let luck = Luck { seed: Seed(5), antithetic: true };
        let first = |pair: u64| {
            [2 * pair, 2 * pair + 1]
                .into_iter()
                .find(|at| Walk.play(&luck.streams(*at)).abs() >= 8.0)
        };
        let pairs: Vec<u64> = (0..2500).filter_map(first).collect();
        assert_eq!(part.faults.iter().map(|own| own.replication).collect::<Vec<_>>(), pairs);
        assert_eq!(part.summary.replications(), 5000 - 2 * pairs.len() as u64);
        assert!(part.summary.is_sound());
    }
}
