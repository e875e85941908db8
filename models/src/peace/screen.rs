//! The screen: a search that bounds all offers in single precision and weighs the few that are left.

use pulp::{Arch, Simd, WithSimd};

use super::foreseen::Foreseen;
use super::heights::{Columns, Heights, Terms};
use super::search::Best;
use super::stakes::{Stakes, bound};
use super::worth::Choice;

/// Offers in a block.
const BLOCK: usize = 8;

/// Blocks that are screened in one go at most, and as many offers; and registers full of them.
const BLOCKS: usize = 32;
const OFFERS: usize = BLOCKS * BLOCK;
const REGISTERS: usize = 32;

/// Most numbers in a register.
const MOST_LANES: usize = 16;

/// All offers, in blocks that fill registers.
#[derive(Clone, Debug)]
pub(super) struct Screen {
    registers: Arch,
    /// By block; each is filled up with its last.
    offers: Columns,
    /// The number of each of them.
    numbers: Vec<u32>,
    /// Of each offer by its number: the block it is in.
    places: Vec<u32>,
    /// A bound for each block; nothing where bounds are not to be had.
    bounds: Columns,
    blocks: usize,
}

/// A search, compiled for every width of registers.
struct Hunt<'a, 'm> {
    screen: &'a Screen,
    stakes: &'a [Stakes],
    choice: Choice<'a, 'm>,
    terms: Terms,
    hint: Option<usize>,
}

/// Registers that are worth a look, and what came of it.
struct Look {
    places: [u32; REGISTERS + 2],
    open: usize,
    /// Registers that need not be opened again.
    seen: [u32; 2],
    heights: [f32; OFFERS + 2 * MOST_LANES],
    tops: [f32; REGISTERS + 2],
}

impl Screen {
    /// Offers in rows of `row`. `bounded` says that values never fall when a utility or the guarantee
    /// rises.
    pub(super) fn new(stakes: &[Stakes], row: usize, foreseen: &Foreseen, bounded: bool) -> Self {
        let mut made = Self {
            registers: Arch::new(),
            offers: Columns::default(),
            numbers: Vec::new(),
            places: vec![0; stakes.len()],
            bounds: Columns::default(),
            blocks: 0,
        };
        for start in (0..stakes.len()).step_by(row) {
            let parts = row.div_ceil(BLOCK);
            let begin = |part: usize| start + part * row / parts;
            for part in 0..parts {
                let (first, end) = (begin(part), begin(part + 1));
                for at in first..first + BLOCK {
                    made.offers.push(&stakes[at.min(end - 1)], foreseen);
                    made.numbers.push(at.min(end - 1) as u32);
                }
                if bounded {
                    made.bounds.push(&bound(&stakes[first..end]), foreseen);
                }
                made.places[first..end].fill(made.blocks as u32);
                made.blocks += 1;
            }
        }
        // Whole goes, so that registers of any width are full.
        let goes = made.blocks.div_ceil(BLOCKS);
        made.offers.fill(goes * OFFERS);
        made.numbers.resize(goes * OFFERS, *made.numbers.last().unwrap_or(&0));
        made.bounds.fill(goes * BLOCKS);
        made
    }

    /// The offer of greatest worth above 0, the first of equals: what weighing each of them would
    /// find. `hint` is where to look first.
    #[inline]
    pub(super) fn best(
        &self,
        stakes: &[Stakes],
        choice: Choice,
        foreseen: &Foreseen,
        hint: Option<usize>,
    ) -> Option<usize> {
        let terms = Terms::new(&choice, foreseen);
        self.registers.dispatch(Hunt { screen: self, stakes, choice, terms, hint })
    }

    /// The same on registers of one width.
    #[cfg(test)]
    pub(super) fn best_on<S: Simd>(
        &self,
        simd: S,
        stakes: &[Stakes],
        choice: Choice,
        foreseen: &Foreseen,
    ) -> Option<usize> {
        let terms = Terms::new(&choice, foreseen);
        Hunt { screen: self, stakes, choice, terms, hint: Some(stakes.len() / 3) }.with_simd(simd)
    }
}

impl WithSimd for Hunt<'_, '_> {
    type Output = Option<usize>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<usize> {
        let mut best = Best::NONE;
        let mut look = Look {
            places: [0; REGISTERS + 2],
            open: 0,
            seen: [u32::MAX; 2],
            heights: [0.0; OFFERS + 2 * MOST_LANES],
            tops: [0.0; REGISTERS + 2],
        };
        if let Some(hint) = self.hint {
            let place = self.screen.places[hint] as usize * BLOCK / S::F32_LANES;
            look.push(place);
            look.push(if place > 0 { place - 1 } else { place + 1 });
            self.raise(simd, &mut look, &mut best);
            look.seen = [look.places[0], look.places[1]];
        }
        let blocks = self.screen.blocks;
        let most = BLOCKS.min(REGISTERS * S::F32_LANES / BLOCK);
        for start in (0..blocks).step_by(most) {
            self.choose(simd, start..blocks.min(start + most), &mut look, best.floor);
            self.raise(simd, &mut look, &mut best);
        }
        best.offer
    }
}

impl Hunt<'_, '_> {
    fn see(&self, best: &mut Best, offer: usize) {
        best.see(offer, &self.stakes[offer], &self.choice);
    }

    /// Opens the registers of those blocks whose bounds reach what is known.
    #[inline(always)]
    fn choose<S: Simd>(
        &self,
        simd: S,
        blocks: std::ops::Range<usize>,
        look: &mut Look,
        known: f64,
    ) {
        let floor = self.terms.floor(known);
        let mut bounds = [f32::INFINITY; BLOCKS + MOST_LANES];
        if !self.screen.bounds.is_empty() {
            look.open = 0;
            for place in blocks.start / S::F32_LANES..blocks.end.div_ceil(S::F32_LANES) {
                look.push(place);
            }
            look.fill(simd, &self.terms, &self.screen.bounds, floor, Some(&mut bounds));
        }
        look.open = 0;
        for (bound, block) in bounds.iter().zip(blocks) {
            if *bound >= floor {
                let first = block * BLOCK / S::F32_LANES;
                for place in first..first + (BLOCK / S::F32_LANES).max(1) {
                    if !look.seen.contains(&(place as u32)) {
                        look.push(place);
                    }
                }
            }
        }
    }

    /// Weighs the offers of open registers whose bounds reach what is known, the highest first.
    #[inline(always)]
    fn raise<S: Simd>(&self, simd: S, look: &mut Look, best: &mut Best) {
        let floor = self.terms.floor(best.floor);
        look.fill(simd, &self.terms, &self.screen.offers, floor, None);
        let Some(highest) = look.highest() else { return };
        let top = look.tops[highest];
        if top < floor {
            return;
        }
        let of = |at: usize| &look.heights[at * S::F32_LANES..(at + 1) * S::F32_LANES];
        let number = |at: usize, lane: usize| {
            self.screen.numbers[look.places[at] as usize * S::F32_LANES + lane] as usize
        };
        let lane = of(highest).iter().position(|height| *height == top).unwrap_or(0);
        let first = number(highest, lane);
        if best.offer != Some(first) {
            self.see(best, first);
        }
        let floor = self.terms.floor(best.floor);
        for at in 0..look.open {
            if look.tops[at] < floor {
                continue;
            }
            for (lane, height) in of(at).iter().enumerate() {
                let offer = number(at, lane);
                if *height >= floor && offer != first && best.offer != Some(offer) {
                    self.see(best, offer);
                }
            }
        }
    }
}

impl Look {
    /// Opens a register, but the last one not again.
    #[inline(always)]
    fn push(&mut self, place: usize) {
        let place = place as u32;
        if self.open == 0 || self.places[self.open - 1] != place {
            self.places[self.open] = place;
            self.open += 1;
        }
    }

    /// Heights and tops of all open registers, an even number: the last stands twice where it must.
    #[inline(always)]
    fn fill<S: Simd>(
        &mut self,
        simd: S,
        terms: &Terms,
        columns: &Columns,
        floor: f32,
        bounds: Option<&mut [f32; BLOCKS + MOST_LANES]>,
    ) {
        let Self { places, open, heights, tops, .. } = self;
        if !open.is_multiple_of(2) {
            places[*open] = places[*open - 1];
            *open += 1;
        }
        let found: &mut [f32] = match bounds {
            Some(bounds) => bounds,
            None => heights,
        };
        simd.vectorize(Heights { terms, columns, floor, places: &places[..*open], found, tops });
    }

    /// The open register with the greatest height.
    #[inline(always)]
    fn highest(&self) -> Option<usize> {
        let mut highest = (0, *self.tops[..self.open].first()?);
        for (at, top) in self.tops[..self.open].iter().enumerate() {
            highest = if *top > highest.1 { (at, *top) } else { highest };
        }
        Some(highest.0)
    }
}
