//! The search for the best of many offers, by bounds that prove where it cannot be.

use engine::{Lanes, Number};
use pulp::{Arch, Simd, WithSimd};

use super::stakes::{Stakes, Value, bound};

/// Offers that stand side by side in a row of them.
const FEW: usize = 4;

/// How many offers, or bounds over several, are weighed at once.
const WIDTH: usize = 2 * FEW;

/// How many bounds over blocks are kept at once, in groups of `WIDTH`.
const GROUPS: usize = 8;

/// Numbers of as many offers.
type Wide = Lanes<WIDTH>;

/// A bound may fall short of what it bounds by rounding: relative and absolute slack.
const SLACK: (f64, f64) = (1.0 + 1e-9, 1e-12);

/// Offers in fours, blocks of two or three fours, and bounds over both: stakes that no side finds
/// worse than any of those they stand for.
#[derive(Clone, Debug)]
pub(super) struct Search {
    fours: Vec<Four>,
    /// One for each of the fours.
    ceilings: Vec<Stakes>,
    /// Of each block the first of its fours, and their end.
    blocks: Vec<(usize, usize)>,
    /// One lane for each block, in order; nothing where bounds are not to be had.
    bounds: Vec<Stakes<Wide>>,
}

/// Up to four consecutive offers in lanes; the last stands in for those that are missing.
#[derive(Clone, Debug)]
struct Four {
    first: usize,
    stakes: Stakes<Lanes<FEW>>,
}

/// A search under way, compiled for every width of registers.
struct Hunt<'a, V> {
    search: &'a Search,
    value: &'a V,
    hint: Option<usize>,
}

/// A search under way.
struct Track<'a, V, S> {
    search: &'a Search,
    value: &'a V,
    simd: S,
    best: Best,
    /// The fours that were weighed before any bound was known: pairs that begin here.
    seen: [Option<usize>; 2],
}

/// The best offer so far and its value, 0 where there is none.
struct Best {
    value: f64,
    offer: Option<usize>,
    /// What a bound must reach to be worth a look.
    floor: f64,
}

/// Values of some stakes: one function for all who call it, since what is inlined in it is large.
struct Weighing<'a, V> {
    value: &'a V,
    stakes: &'a Stakes<Wide>,
    floor: f64,
}

impl<V: Value> WithSimd for Weighing<'_, V> {
    type Output = Wide;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Wide {
        self.value.of(self.stakes, self.floor)
    }
}

impl Search {
    /// Offers in rows of `row`. `bounded` says that values never fall when a utility or the guarantee
    /// rises or accidents become rarer.
    pub(super) fn new(stakes: &[Stakes], row: usize, bounded: bool) -> Self {
        let rows = stakes.len() / row;
        let parts = row.div_ceil(FEW);
        let (mut fours, mut ceilings) = (Vec::new(), Vec::new());
        let (mut blocks, mut over) = (Vec::new(), Vec::new());
        // Two fours in a block or a little more, so that blocks fill their groups.
        let groups = (rows * parts / 2 / WIDTH).max(1);
        let most = (groups * WIDTH / rows).clamp(1, parts);
        for (start, row) in (0..stakes.len()).step_by(row).zip(stakes.chunks(row)) {
            let (before, begin) = (fours.len(), |part: usize| part * row.len() / parts);
            for part in 0..parts {
                let own = &row[begin(part)..begin(part + 1)];
                fours.push(Four {
                    first: start + begin(part),
                    stakes: Stakes::gather(|lane| (&own[lane.min(own.len() - 1)], 0)),
                });
                ceilings.push(bound(own));
            }
            for block in 0..most {
                let (from, to) = (block * parts / most, (block + 1) * parts / most);
                blocks.push((before + from, before + to));
                over.push(bound(&row[begin(from)..begin(to)]));
            }
        }
        if !bounded {
            over.clear();
        }
        let group = |own: &[Stakes]| Stakes::gather(|lane| (&own[lane.min(own.len() - 1)], 0));
        Self { fours, ceilings, blocks, bounds: over.chunks(WIDTH).map(group).collect() }
    }

    /// The offer of greatest value above 0, the first of equals: what weighing each of them would
    /// find. `hint` is where to look first.
    #[inline]
    pub(super) fn best(
        &self,
        registers: Arch,
        value: &impl Value,
        hint: Option<usize>,
    ) -> Option<usize> {
        registers.dispatch(Hunt { search: self, value, hint })
    }
}

impl<V: Value> WithSimd for Hunt<'_, V> {
    type Output = Option<usize>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<usize> {
        let Self { search, value, hint } = self;
        let best = Best::new(0.0, None);
        let mut track = Track { search, value, simd, best, seen: [None; 2] };
        if search.bounds.is_empty() {
            return track.everything();
        }
        if let Some(hint) = hint {
            let four = search.fours.partition_point(|four| four.first <= hint) - 1;
            track.begin(0, four / 2 * 2);
        }
        for start in (0..search.bounds.len()).step_by(GROUPS) {
            track.pass(start);
        }
        track.best.offer
    }
}

impl<V: Value, S: Simd> Track<'_, V, S> {
    #[inline(always)]
    fn weigh(&self, stakes: &Stakes<Wide>) -> Wide {
        let (value, floor) = (self.value, self.best.floor);
        self.simd.vectorize(Weighing { value, stakes, floor })
    }

    /// Weighs all offers.
    #[inline(always)]
    fn everything(mut self) -> Option<usize> {
        let last = self.search.fours.len() - 1;
        for four in (0..=last).step_by(2) {
            self.look([four, (four + 1).min(last)]);
        }
        self.best.offer
    }

    /// Weighs the offers of two fours.
    #[inline(always)]
    fn look(&mut self, pair: [usize; 2]) {
        let (one, other) = (&self.search.fours[pair[0]], &self.search.fours[pair[1]]);
        let stakes = Stakes::gather(|lane| {
            (if lane < FEW { &one.stakes } else { &other.stakes }, lane % FEW)
        });
        let values = self.weigh(&stakes);
        self.best.see([one.first, other.first], values);
    }

    /// Weighs a four and the next, before bounds are known.
    #[inline(always)]
    fn begin(&mut self, turn: usize, four: usize) {
        self.seen[turn] = Some(four);
        self.look([four, (four + 1).min(self.search.fours.len() - 1)]);
    }

    #[inline(always)]
    fn is_new(&self, four: usize) -> bool {
        self.seen.iter().flatten().all(|seen| four.wrapping_sub(*seen) > 1)
    }

    /// Goes through some groups of blocks.
    #[inline(always)]
    fn pass(&mut self, start: usize) {
        let search = self.search;
        let mut heights = [0.0; GROUPS * WIDTH];
        let groups = &search.bounds[start..search.bounds.len().min(start + GROUPS)];
        for (group, heights) in groups.iter().zip(heights.chunks_exact_mut(WIDTH)) {
            heights.copy_from_slice(&self.weigh(group).0);
        }
        let blocks = &search.blocks[start * WIDTH..];
        let heights = &heights[..blocks.len().min(groups.len() * WIDTH)];
        if self.best.offer.is_none() {
            let (highest, block) = highest(heights);
            if highest >= self.best.floor {
                self.begin(1, blocks[block].0);
            }
        }
        let mut waiting = Waiting { fours: [0; WIDTH], count: 0 };
        for (height, block) in heights.iter().zip(blocks) {
            if *height < self.best.floor {
                continue;
            }
            for four in block.0..block.1 {
                if self.is_new(four) {
                    waiting.add(four);
                    if waiting.count == WIDTH {
                        self.settle(&mut waiting);
                    }
                }
            }
        }
        if waiting.count > 0 {
            self.settle(&mut waiting);
        }
    }

    /// Weighs bounds over the waiting fours, then the offers of those that are worth it, two fours at
    /// a time from the highest bound down.
    #[inline(always)]
    fn settle(&mut self, waiting: &mut Waiting) {
        let search = self.search;
        let last = waiting.count - 1;
        let stakes = Stakes::gather(|lane| (&search.ceilings[waiting.fours[lane.min(last)]], 0));
        let mut heights = self.weigh(&stakes).0;
        heights[waiting.count..].fill(f64::NEG_INFINITY);
        waiting.count = 0;
        loop {
            let (first, one) = highest(&heights);
            if first < self.best.floor {
                return;
            }
            heights[one] = f64::NEG_INFINITY;
            let (second, other) = highest(&heights);
            let other = if second < self.best.floor { one } else { other };
            heights[other] = f64::NEG_INFINITY;
            self.look([waiting.fours[one], waiting.fours[other]]);
        }
    }
}

/// Fours whose bounds are to be weighed.
struct Waiting {
    fours: [usize; WIDTH],
    count: usize,
}

impl Waiting {
    #[inline(always)]
    fn add(&mut self, four: usize) {
        self.fours[self.count] = four;
        self.count += 1;
    }
}

/// The greatest of some numbers, and the place of the first that is as great.
#[inline(always)]
fn highest(heights: &[f64]) -> (f64, usize) {
    let mut highest = (heights[0], 0);
    for (at, height) in heights.iter().enumerate() {
        highest = if *height > highest.0 { (*height, at) } else { highest };
    }
    highest
}

impl Best {
    const fn new(value: f64, offer: Option<usize>) -> Self {
        Self { value, offer, floor: (value - SLACK.1) / SLACK.0 }
    }

    /// Takes the values of two fours into account, given their first offers.
    #[inline(always)]
    fn see(&mut self, firsts: [usize; 2], values: Wide) {
        if !values.any(|value| value > 0.0 && value >= self.value) {
            return;
        }
        for lane in 0..WIDTH {
            let (value, offer) = (values.lane(lane), firsts[lane / FEW] + lane % FEW);
            let earlier = self.offer.is_none_or(|known| offer < known);
            if value > self.value || (value == self.value && value > 0.0 && earlier) {
                *self = Self::new(value, Some(offer));
            }
        }
    }
}

/// The same by weighing every offer alone: what [`Search::best`] is tested against.
#[cfg(test)]
pub(super) fn best_of_all(stakes: &[Stakes], value: &impl Value) -> Option<usize> {
    let mut best = (0.0, None);
    for (offer, stakes) in stakes.iter().enumerate() {
        let height = value.of(stakes, f64::NEG_INFINITY);
        if height > best.0 {
            best = (height, Some(offer));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Draw as _, Purpose, Seed, Streams};

    /// Offers with arbitrary stakes: nothing about a contract curve is assumed by the search.
    fn arbitrary(seed: u64, bounded: bool) -> (Vec<Stakes>, Search) {
        let mut luck = Streams::new(Seed(seed), 0).open(Purpose::named("stakes"));
        let mut stakes = || Stakes {
            challenger: luck.uniform(),
            defender: luck.uniform(),
            guarantee: luck.uniform(),
            accidents: luck.uniform(),
        };
        // Up to 1203 offers: more bounds than are kept at once, and fewer.
        let row = 1 + seed as usize * 37 % 401;
        let stakes: Vec<Stakes> = (0..row * 3).map(|_| stakes()).collect();
        let search = Search::new(&stakes, row, bounded);
        (stakes, search)
    }

    /// Coarse, so that there are ties, and below 0 for the highest levels.
    struct Coarse {
        loss: f64,
        level: f64,
    }

    impl Value for Coarse {
        fn of<N: Number>(&self, stakes: &Stakes<N>, _floor: f64) -> N {
            let firm = (stakes.guarantee - stakes.accidents) * self.loss;
            let height = stakes.challenger * stakes.defender + firm - self.level;
            height.map(|height| (height * 40.0).floor() / 40.0)
        }
    }

    #[test]
    fn the_search_finds_what_a_full_scan_finds_and_the_first_of_equals() {
        for seed in 0..300 {
            let bounded = seed % 3 != 0;
            let (stakes, search) = arbitrary(seed, bounded);
            let loss = if bounded { 0.2 } else { -0.2 };
            let value = Coarse { loss, level: seed as f64 / 250.0 };
            let expected = best_of_all(&stakes, &value);
            for hint in [None, Some(0), Some(stakes.len() / 2), expected] {
                let found = search.best(Arch::new(), &value, hint);
                assert_eq!(found, expected, "seed {seed}, hint {hint:?}");
            }
        }
    }
}
