//! The search for the best of many offers, by bounds that prove where it cannot be.

use super::stakes::{Stakes, bound};
use super::worth::Value;

/// Offers in a block, and in a part of one.
const BLOCK: usize = 8;
const PART: usize = 4;

/// A bound may fall short of what it bounds by rounding: relative and absolute slack.
const SLACK: (f64, f64) = (1.0 + 1e-9, 1e-12);

/// Bounds over blocks of consecutive offers: stakes that no side finds worse than any of those they
/// stand for.
#[derive(Clone, Debug)]
pub(super) struct Search {
    blocks: Vec<Block>,
}

/// Consecutive offers and a bound over them, and the same over their parts.
#[derive(Clone, Debug)]
struct Block {
    bound: Stakes,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    bound: Stakes,
    first: usize,
    end: usize,
}

/// What came of a search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Found {
    /// No offer is worth anything.
    Nothing,
    /// The best of all.
    Offer(usize),
    /// There is one, and whoever answers refuses it, whichever it is.
    Refused,
}

/// The best offer so far and its value, 0 where there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Best {
    value: f64,
    pub(super) offer: Option<usize>,
    /// What a bound must reach to be worth a look.
    pub(super) floor: f64,
}

impl Search {
    /// Offers in rows of `row`, for values that never fall when a utility or the guarantee rises.
    pub(super) fn new(stakes: &[Stakes], row: usize) -> Self {
        let rows = (0..stakes.len()).step_by(row);
        let starts = rows.flat_map(|start| {
            (start..start + row).step_by(BLOCK).map(move |at| (at, (at + BLOCK).min(start + row)))
        });
        let part =
            |first: usize, end: usize| Part { bound: bound(&stakes[first..end]), first, end };
        let block = |(first, end): (usize, usize)| Block {
            bound: bound(&stakes[first..end]),
            parts: (first..end).step_by(PART).map(|at| part(at, (at + PART).min(end))).collect(),
        };
        Self { blocks: starts.map(block).collect() }
    }

    /// The offer of greatest value above 0, the first of equals: what weighing each of them would
    /// find. `hint` is where to look first.
    pub(super) fn best(&self, stakes: &[Stakes], value: &impl Value, hint: usize) -> Option<usize> {
        let mut best = Best::NONE;
        best.see(hint, &stakes[hint], value);
        for block in &self.blocks {
            if !best.may_be_below(&block.bound, value) {
                continue;
            }
            for part in &block.parts {
                if best.may_be_below(&part.bound, value) {
                    for (offer, stakes) in (part.first..).zip(&stakes[part.first..part.end]) {
                        best.see(offer, stakes, value);
                    }
                }
            }
        }
        best.offer
    }
}

impl Best {
    /// No offer yet.
    pub(super) const NONE: Self = Self::new(0.0, None);

    const fn new(value: f64, offer: Option<usize>) -> Self {
        Self { value, offer, floor: (value - SLACK.1) / SLACK.0 }
    }

    /// Whether an offer that is worth no more than these stakes may be the best.
    fn may_be_below(&self, bound: &Stakes, value: &impl Value) -> bool {
        let height = value.of(bound, self.floor);
        height > 0.0 && height >= self.floor
    }

    /// Takes an offer into account.
    #[inline]
    pub(super) fn see(&mut self, offer: usize, stakes: &Stakes, value: &impl Value) {
        let height = value.of(stakes, self.floor);
        let earlier = self.offer.is_none_or(|known| offer < known);
        if height > self.value || (height == self.value && height > 0.0 && earlier) {
            *self = Self::new(height, Some(offer));
        }
    }
}

/// The same by weighing every offer alone.
pub(super) fn best_of_all(stakes: &[Stakes], value: &impl Value) -> Option<usize> {
    let mut best = Best::NONE;
    for (offer, stakes) in stakes.iter().enumerate() {
        best.see(offer, stakes, value);
    }
    best.offer
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Draw as _, Purpose, Seed, Streams};

    /// Offers with arbitrary stakes: nothing about a contract curve is assumed by the search.
    fn arbitrary(seed: u64) -> (Vec<Stakes>, Search) {
        let mut luck = Streams::new(Seed(seed), 0).open(Purpose::named("stakes"));
        let mut stakes = || Stakes {
            challenger: luck.uniform(),
            defender: luck.uniform(),
            guarantee: luck.uniform(),
            accidents: luck.uniform(),
        };
        let row = 1 + seed as usize * 37 % 401;
        let stakes: Vec<Stakes> = (0..row * 3).map(|_| stakes()).collect();
        let search = Search::new(&stakes, row);
        (stakes, search)
    }

    /// Coarse, so that there are ties, and below 0 for the highest levels.
    struct Coarse {
        level: f64,
    }

    impl Value for Coarse {
        fn of(&self, stakes: &Stakes, _: f64) -> f64 {
            let firm = (stakes.guarantee - stakes.accidents) * 0.2;
            let height = stakes.challenger * stakes.defender + firm - self.level;
            (height * 40.0).floor() / 40.0
        }
    }

    #[test]
    fn the_search_finds_what_a_full_scan_finds_and_the_first_of_equals() {
        for seed in 0..300 {
            let (stakes, search) = arbitrary(seed);
            let value = Coarse { level: seed as f64 / 250.0 };
            let expected = best_of_all(&stakes, &value);
            for hint in [0, stakes.len() / 2, expected.unwrap_or(stakes.len() - 1)] {
                let found = search.best(&stakes, &value, hint);
                assert_eq!(found, expected, "seed {seed}, hint {hint}");
            }
        }
    }
}
