//! The screen: a search that bounds all offers in single precision and weighs the few that are left.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::foreseen::Foreseen;
use super::heights::{Columns, Heights, STEP, Terms};
use super::search::{Best, Found};
use super::stakes::{Stakes, bound};
use super::worth::Choice;

/// Offers in a block.
const BLOCK: usize = 8;

/// Blocks that are screened in one go at most, and as many offers.
const BLOCKS: usize = 32;
const OFFERS: usize = BLOCKS * BLOCK;

/// Of each of the four columns, the numbers of one block.
type Packed = [[f32; BLOCK]; 4];

/// All offers in blocks, with a bound for each.
#[derive(Clone, Debug)]
pub(super) struct Screen {
    registers: Arch,
    /// Each is filled up with its last offer.
    blocks: Vec<Packed>,
    /// The numbers of their offers.
    numbers: Vec<[u32; BLOCK]>,
    /// Of each offer: the block it is in.
    places: Vec<u32>,
    /// A bound for each block; nothing where bounds are not to be had.
    bounds: Columns,
    /// Blocks in the order of their bounds: those beside each other along the curve, in all rows, stand
    /// together, since they are often out of question together.
    order: Vec<u32>,
}

/// Room to search in, for one search after the other.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Desk {
    /// The offers of open blocks, column by column, and what came of them.
    columns: [[f32; OFFERS]; 4],
    heights: [f32; OFFERS],
    gains: [f32; OFFERS],
    open: usize,
    blocks: [u32; BLOCKS],
    /// Bounds over blocks in their order.
    bounds: [f32; BLOCKS],
    bound_gains: [f32; BLOCKS],
    /// Blocks that need not be opened again.
    seen: [u32; BLOCKS],
    seen_count: usize,
}

/// What an offer must reach to be worth a look: its height, and what whoever answers gains.
#[derive(Clone, Copy)]
struct Least {
    floor: f32,
    demand: f32,
}

/// A search, compiled for every width of registers.
struct Hunt<'a, 'm> {
    screen: &'a Screen,
    stakes: &'a [Stakes],
    choice: Choice<'a, 'm>,
    terms: Terms,
    demand: f64,
    hint: usize,
    desk: &'a mut Desk,
}

impl Screen {
    /// Offers in rows of `row`. `bounded` says that values never fall when a utility or the guarantee
    /// rises.
    pub(super) fn new(stakes: &[Stakes], row: usize, foreseen: &Foreseen, bounded: bool) -> Self {
        let (rows, parts) = (stakes.len() / row, row.div_ceil(BLOCK));
        let range = |block: usize| {
            let begin = |part: usize| block / parts * row + part * row / parts;
            begin(block % parts)..begin(block % parts + 1)
        };
        let order: Vec<u32> = (0..parts)
            .flat_map(|part| (0..rows).map(move |row| (row * parts + part) as u32))
            .collect();
        let mut bounds = Columns::default();
        if bounded {
            for block in &order {
                bounds.push(&bound(&stakes[range(*block as usize)]), foreseen);
            }
            // Whole goes, so that registers of any width are full.
            bounds.fill(order.len().next_multiple_of(BLOCKS));
        }
        let numbers = |block: usize| {
            let Range { start, end } = range(block);
            std::array::from_fn(|at| (start + at).min(end - 1) as u32)
        };
        let numbers: Vec<[u32; BLOCK]> = (0..order.len()).map(numbers).collect();
        let packed = |numbers: &[u32; BLOCK]| {
            let offers = numbers.map(|at| Columns::row(&stakes[at as usize], foreseen));
            std::array::from_fn(|column| offers.map(|offer| offer[column]))
        };
        let mut places = vec![0; stakes.len()];
        for block in 0..order.len() {
            places[range(block)].fill(block as u32);
        }
        let blocks = numbers.iter().map(packed).collect();
        Self { registers: Arch::new(), blocks, numbers, places, bounds, order }
    }

    /// The offer of greatest worth above 0, the first of equals: what weighing each of them would
    /// find. `hint` is where to look first. That offer is not looked for where it is plain that it
    /// gives whoever answers less than `demand`.
    #[inline]
    pub(super) fn find(
        &self,
        stakes: &[Stakes],
        choice: Choice,
        foreseen: &Foreseen,
        demand: f64,
        hint: usize,
        desk: &mut Desk,
    ) -> Found {
        let terms = Terms::new(&choice, foreseen);
        self.registers.dispatch(Hunt { screen: self, stakes, choice, terms, demand, hint, desk })
    }

    /// The same on registers of one width.
    #[cfg(test)]
    pub(super) fn find_on<S: Simd>(
        &self,
        simd: S,
        stakes: &[Stakes],
        choice: Choice,
        foreseen: &Foreseen,
        demand: f64,
    ) -> Found {
        let terms = Terms::new(&choice, foreseen);
        let (hint, desk) = (stakes.len() / 3, &mut Desk::new());
        Hunt { screen: self, stakes, choice, terms, demand, hint, desk }.with_simd(simd)
    }
}

impl WithSimd for Hunt<'_, '_> {
    type Output = Found;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) -> Found {
        let mut best = Best::NONE;
        self.see(&mut best, self.hint);
        let known = best.offer.is_some();
        self.desk.seen_count = 0;
        let asked = known && self.demand > f64::NEG_INFINITY && !self.screen.bounds.is_empty();
        if asked && self.all_refused(simd, &mut best) {
            return Found::Refused;
        }
        if known && !asked {
            let place = self.screen.places[self.hint];
            self.desk.open = 0;
            self.open(place);
            self.open(if place > 0 { place - 1 } else { place + 1 });
            self.raise(simd, &mut best);
        }
        for blocks in self.goes() {
            let least = Least { floor: self.terms.floor(best.floor), demand: f32::NEG_INFINITY };
            self.bound(simd, &blocks, least);
            self.choose(blocks, least);
            self.raise(simd, &mut best);
        }
        best.offer.map_or(Found::Nothing, Found::Offer)
    }
}

impl Hunt<'_, '_> {
    /// All blocks, in their order, as many at a time as are screened in one go.
    fn goes(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let blocks = self.screen.order.len();
        (0..blocks).step_by(BLOCKS).map(move |start| start..blocks.min(start + BLOCKS))
    }

    fn see(&self, best: &mut Best, offer: usize) {
        best.see(offer, &self.stakes[offer], &self.choice);
    }

    /// Puts the offers of a block on the desk.
    #[inline(always)]
    fn open(&mut self, block: u32) {
        let Some(packed) = self.screen.blocks.get(block as usize) else { return };
        let at = self.desk.open;
        for (column, numbers) in self.desk.columns.iter_mut().zip(packed) {
            column.as_chunks_mut::<BLOCK>().0[at] = *numbers;
        }
        self.desk.blocks[at] = block;
        self.desk.open = at + 1;
    }

    /// Bounds over blocks, as far as they matter.
    #[inline(always)]
    fn bound<S: Simd>(&mut self, simd: S, blocks: &Range<usize>, least: Least) {
        let Self { screen, terms, desk, .. } = self;
        if screen.bounds.is_empty() {
            desk.bounds = [f32::INFINITY; BLOCKS];
            desk.bound_gains = [f32::INFINITY; BLOCKS];
            return;
        }
        let count = blocks.len().next_multiple_of(STEP);
        let columns = screen.bounds.part(blocks.start..blocks.start + count);
        let (found, gains) = (&mut desk.bounds[..count], &mut desk.bound_gains[..count]);
        let Least { floor, demand } = least;
        simd.vectorize(Heights { terms, columns, floor, demand, found, gains });
    }

    /// Opens those blocks whose bounds reach what is asked of them.
    #[inline(always)]
    fn choose(&mut self, blocks: Range<usize>, least: Least) {
        self.desk.open = 0;
        for (at, block) in self.screen.order[blocks].iter().enumerate() {
            let reached = self.desk.bounds[at] >= least.floor;
            let seen = &self.desk.seen[..self.desk.seen_count];
            if reached && self.desk.bound_gains[at] >= least.demand && !seen.contains(block) {
                self.open(*block);
            }
        }
    }

    /// Heights of the offers on the desk.
    #[inline(always)]
    fn fill<S: Simd>(&mut self, simd: S, least: Least) {
        let Self { terms, desk, .. } = self;
        let filled = desk.open * BLOCK;
        let end = filled.next_multiple_of(STEP);
        for column in &mut desk.columns {
            let (last, rest) = (column[filled - 1], &mut column[filled..end]);
            rest.fill(last);
        }
        let columns = desk.columns.each_ref().map(|column| &column[..end]);
        let (found, gains) = (&mut desk.heights[..end], &mut desk.gains[..end]);
        let Least { floor, demand } = least;
        simd.vectorize(Heights { terms, columns, floor, demand, found, gains });
    }

    /// Whether none of the offers that may be the best gives whoever answers what is demanded. Where one
    /// does, the best of those looked at is taken into account.
    #[inline(always)]
    fn all_refused<S: Simd>(&mut self, simd: S, best: &mut Best) -> bool {
        let floor = self.terms.floor(best.floor);
        let least = Least { floor, demand: Terms::demand(self.demand) };
        for blocks in self.goes() {
            self.bound(simd, &blocks, least);
            self.choose(blocks, least);
            if self.desk.open == 0 {
                continue;
            }
            self.fill(simd, Least { floor, demand: f32::NEG_INFINITY });
            let count = self.desk.open * BLOCK;
            let weighed = self.desk.heights[..count].iter().zip(&self.desk.gains[..count]);
            let accepted = weighed.map(|(height, gain)| *height >= floor && *gain >= least.demand);
            if accepted.fold(false, |any, own| any | own) {
                self.weigh(best);
                return false;
            }
        }
        true
    }

    /// Weighs the offers of open blocks whose bounds reach what is known, the highest first.
    #[inline(always)]
    fn raise<S: Simd>(&mut self, simd: S, best: &mut Best) {
        if self.desk.open > 0 {
            self.fill(
                simd,
                Least { floor: self.terms.floor(best.floor), demand: f32::NEG_INFINITY },
            );
            self.weigh(best);
        }
    }

    /// The same once heights are there.
    #[inline(always)]
    fn weigh(&mut self, best: &mut Best) {
        let Self { screen, desk, .. } = self;
        let heights = &desk.heights[..desk.open * BLOCK];
        let number =
            |at: usize| screen.numbers[desk.blocks[at / BLOCK] as usize][at % BLOCK] as usize;
        let (highest, top) = highest(heights);
        let floor = self.terms.floor(best.floor);
        if top >= floor {
            let first = number(highest);
            if best.offer != Some(first) {
                best.see(first, &self.stakes[first], &self.choice);
            }
            let floor = self.terms.floor(best.floor);
            for (chunk, heights) in heights.as_chunks::<BLOCK>().0.iter().enumerate() {
                if heights.iter().all(|height| *height < floor) {
                    continue;
                }
                for (at, height) in (chunk * BLOCK..).zip(heights) {
                    let offer = number(at);
                    if *height >= floor && offer != first && best.offer != Some(offer) {
                        best.see(offer, &self.stakes[offer], &self.choice);
                    }
                }
            }
        }
        let Desk { blocks, open, seen, seen_count, .. } = &mut *self.desk;
        for block in &blocks[..*open] {
            if *seen_count < BLOCKS {
                seen[*seen_count] = *block;
                *seen_count += 1;
            }
        }
    }
}

/// The greatest of some numbers and where it stands.
#[inline(always)]
fn highest(numbers: &[f32]) -> (usize, f32) {
    let mut greatest = [f32::NEG_INFINITY; BLOCK];
    for numbers in numbers.as_chunks::<BLOCK>().0 {
        for (greatest, number) in greatest.iter_mut().zip(numbers) {
            *greatest = if *number > *greatest { *number } else { *greatest };
        }
    }
    let top = greatest.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (numbers.iter().position(|number| *number == top).unwrap_or(0), top)
}

impl Desk {
    pub(super) const fn new() -> Self {
        Self {
            columns: [[0.0; OFFERS]; 4],
            heights: [0.0; OFFERS],
            gains: [0.0; OFFERS],
            open: 0,
            blocks: [0; BLOCKS],
            bounds: [0.0; BLOCKS],
            bound_gains: [0.0; BLOCKS],
            seen: [0; BLOCKS],
            seen_count: 0,
        }
    }
}
