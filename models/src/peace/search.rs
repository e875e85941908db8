//! The search for the best of many offers, by bounds that prove where it cannot be.

use engine::Number as _;
use pulp::{Arch, Simd, WithSimd};

use super::stakes::{FEW, Few, Stakes, Value, bound, in_fours};

/// Most fours that are weighed in one go.
pub(super) const MOST: usize = 8;

/// How many numbers these are.
const NUMBERS: usize = MOST * FEW;

/// A bound may fall short of what it bounds by rounding: relative and absolute slack.
const SLACK: (f64, f64) = (1.0 + 1e-9, 1e-12);

/// Offers in fours, blocks of two or three fours, and bounds over both: stakes that no side finds
/// worse than any of those they stand for.
#[derive(Clone, Debug)]
pub(super) struct Search {
    offers: Vec<Stakes<Few>>,
    /// The first offer of each four.
    firsts: Vec<usize>,
    /// One bound for each four.
    ceilings: Vec<Stakes>,
    /// Of each block the first of its fours, and their end.
    blocks: Vec<(usize, usize)>,
    /// One bound for each block, in lanes; nothing where bounds are not to be had.
    bounds: Vec<Stakes<Few>>,
}

/// A search, compiled for every width of registers.
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
    /// The fours that were weighed before any bound was known.
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
    offers: &'a [Stakes<Few>],
    floor: f64,
    values: &'a mut [Few],
}

/// Fours whose bounds are to be weighed.
struct Waiting {
    fours: [usize; NUMBERS],
    count: usize,
}

impl<V: Value> WithSimd for Weighing<'_, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.value.of(self.offers, self.floor, self.values);
    }
}

impl Search {
    /// Offers in rows of `row`. `bounded` says that values never fall when a utility or the guarantee
    /// rises or accidents become rarer.
    pub(super) fn new(stakes: &[Stakes], row: usize, bounded: bool) -> Self {
        let rows = stakes.len() / row;
        let parts = row.div_ceil(FEW);
        // Two fours in a block or a little more, so that blocks fill the registers.
        let most = ((rows * parts / 2 / FEW).max(1) * FEW / rows).clamp(1, parts);
        let (mut offers, mut firsts, mut ceilings) = (Vec::new(), Vec::new(), Vec::new());
        let (mut blocks, mut bounds) = (Vec::new(), Vec::new());
        for (start, row) in (0..stakes.len()).step_by(row).zip(stakes.chunks(row)) {
            let (before, begin) = (firsts.len(), |part: usize| part * row.len() / parts);
            for part in 0..parts {
                let own = &row[begin(part)..begin(part + 1)];
                offers.extend(in_fours(own));
                firsts.push(start + begin(part));
                ceilings.push(bound(own));
            }
            for block in 0..most {
                let (from, to) = (block * parts / most, (block + 1) * parts / most);
                blocks.push((before + from, before + to));
                bounds.push(bound(&row[begin(from)..begin(to)]));
            }
        }
        if !bounded {
            bounds.clear();
        }
        Self { offers, firsts, ceilings, blocks, bounds: in_fours(&bounds) }
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
            track.begin(0, search.firsts.partition_point(|first| *first <= hint) - 1);
        }
        for start in (0..search.blocks.len()).step_by(NUMBERS) {
            track.pass(start);
        }
        track.best.offer
    }
}

impl<V: Value, S: Simd> Track<'_, V, S> {
    #[inline(always)]
    fn weigh(&self, offers: &[Stakes<Few>], values: &mut [Few]) {
        let (value, floor) = (self.value, self.best.floor);
        self.simd.vectorize(Weighing { value, offers, floor, values });
    }

    /// Weighs all offers.
    #[inline(always)]
    fn everything(mut self) -> Option<usize> {
        let search = self.search;
        let mut values = [Few::splat(0.0); MOST];
        for (offers, firsts) in search.offers.chunks(MOST).zip(search.firsts.chunks(MOST)) {
            self.weigh(offers, &mut values[..offers.len()]);
            for (first, values) in firsts.iter().zip(&values) {
                self.best.see(*first, values);
            }
        }
        self.best.offer
    }

    /// Weighs a four before bounds are known.
    #[inline(always)]
    fn begin(&mut self, turn: usize, four: usize) {
        self.seen[turn] = Some(four);
        let mut values = [Few::splat(0.0)];
        self.weigh(&self.search.offers[four..=four], &mut values);
        self.best.see(self.search.firsts[four], &values[0]);
    }

    /// Goes through some blocks.
    #[inline(always)]
    fn pass(&mut self, start: usize) {
        let search = self.search;
        let blocks = &search.blocks[start..search.blocks.len().min(start + NUMBERS)];
        let bounds = &search.bounds[start / FEW..][..blocks.len().div_ceil(FEW)];
        let mut values = [Few::splat(0.0); MOST];
        self.weigh(bounds, &mut values[..bounds.len()]);
        let heights = &flat(&values)[..blocks.len()];
        if self.best.offer.is_none() {
            let (highest, block) = highest(heights);
            if highest >= self.best.floor {
                self.begin(1, blocks[block].0);
            }
        }
        let mut waiting = Waiting { fours: [0; NUMBERS], count: 0 };
        for (height, block) in heights.iter().zip(blocks) {
            if *height < self.best.floor {
                continue;
            }
            for four in block.0..block.1 {
                if !self.seen.contains(&Some(four)) {
                    waiting.fours[waiting.count] = four;
                    waiting.count += 1;
                    if waiting.count == NUMBERS {
                        self.settle(&mut waiting);
                    }
                }
            }
        }
        if waiting.count > 0 {
            self.settle(&mut waiting);
        }
    }

    /// Weighs bounds over the waiting fours, then the offers of those that are worth it.
    #[inline(always)]
    fn settle(&mut self, waiting: &mut Waiting) {
        let search = self.search;
        let fours = &mut waiting.fours[..waiting.count];
        waiting.count = 0;
        let mut copied = [search.offers[0]; MOST];
        let mut values = [Few::splat(0.0); MOST];
        let groups = fours.len().div_ceil(FEW);
        for (copy, fours) in copied.iter_mut().zip(fours.chunks(FEW)) {
            let ceiling = |lane: usize| &search.ceilings[fours[lane.min(fours.len() - 1)]];
            *copy = Stakes::side_by_side(ceiling);
        }
        self.weigh(&copied[..groups], &mut values[..groups]);
        let heights = flat(&values);
        let mut open = 0;
        for at in 0..fours.len() {
            fours[open] = fours[at];
            open += usize::from(heights[at] >= self.best.floor);
        }
        for fours in fours[..open].chunks(MOST) {
            for (copy, four) in copied.iter_mut().zip(fours) {
                *copy = search.offers[*four];
            }
            self.weigh(&copied[..fours.len()], &mut values[..fours.len()]);
            for (four, values) in fours.iter().zip(&values) {
                self.best.see(search.firsts[*four], values);
            }
        }
    }
}

/// The numbers of all lanes in order.
#[inline(always)]
fn flat(values: &[Few; MOST]) -> [f64; NUMBERS] {
    let mut numbers = [0.0; NUMBERS];
    for (numbers, value) in numbers.chunks_exact_mut(FEW).zip(values) {
        numbers.copy_from_slice(&value.0);
    }
    numbers
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

    /// Takes the values of consecutive offers into account, given the first.
    #[inline(always)]
    fn see(&mut self, first: usize, values: &Few) {
        if !values.any(|value| value > 0.0 && value >= self.value) {
            return;
        }
        for (offer, value) in (first..).zip(&values.0) {
            let earlier = self.offer.is_none_or(|known| offer < known);
            if *value > self.value || (*value == self.value && *value > 0.0 && earlier) {
                *self = Self::new(*value, Some(offer));
            }
        }
    }
}

/// The same by weighing every offer alone: what [`Search::best`] is tested against.
#[cfg(test)]
pub(super) fn best_of_all(stakes: &[Stakes], value: &impl Value) -> Option<usize> {
    let mut best = (0.0, None);
    for (offer, stakes) in stakes.iter().enumerate() {
        let mut heights = [Few::splat(0.0)];
        value.of(&in_fours(&[*stakes]), f64::NEG_INFINITY, &mut heights);
        let height = heights[0].lane(0);
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
        fn of(&self, offers: &[Stakes<Few>], _: f64, values: &mut [Few]) {
            for (value, stakes) in values.iter_mut().zip(offers) {
                let firm = (stakes.guarantee - stakes.accidents) * self.loss;
                let height = stakes.challenger * stakes.defender + firm - self.level;
                *value = height.map(|height| (height * 40.0).floor() / 40.0);
            }
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
