//! The screen: a search that bounds all offers in single precision and weighs the few that are left.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::foreseen::Foreseen;
use super::heights::{Columns, Heights, STEP, Terms, Wide};
use super::search::{Best, Found};
use super::single::{GROUP, highest, reached};
use super::stakes::{Stakes, bound};
use super::worth::Choice;

/// Offers in a block.
const BLOCK: usize = 8;

/// Blocks that are screened in one go at most, and as many offers.
const BLOCKS: usize = GROUP;
const OFFERS: usize = BLOCKS * BLOCK;

/// Of each of the four columns, the numbers of one block.
type Packed = [[f32; BLOCK]; 4];

/// All offers in blocks, with a bound for each.
///
/// Blocks beside each other along the curve, in all rows, stand together, since they are often out of
/// question together.
#[derive(Clone, Debug)]
pub(super) struct Screen {
    registers: Arch,
    rows: usize,
    /// Each is filled up with its last offer.
    blocks: Vec<Packed>,
    /// The numbers of their offers.
    numbers: Vec<[u32; BLOCK]>,
    /// Of each offer: the block it is in.
    places: Vec<u32>,
    /// The offer that the challenger likes best.
    dearest: usize,
    /// A bound for each block; nothing where bounds are not to be had.
    bounds: Columns,
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
    /// Bounds over blocks.
    bounds: [f32; BLOCKS],
    /// Blocks that need not be opened again.
    seen: [u32; BLOCKS],
    seen_count: usize,
}

/// Bounds of a go that are not known yet: from one place to another.
#[derive(Clone, Copy)]
struct Unknown {
    from: usize,
    to: usize,
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
            let begin = |part: usize| block % rows * row + part * row / parts;
            begin(block / rows)..begin(block / rows + 1)
        };
        let count = rows * parts;
        let mut bounds = Columns::default();
        if bounded {
            for block in 0..count {
                bounds.push(&bound(&stakes[range(block)]), foreseen);
            }
            // Whole goes, so that registers of any width are full.
            bounds.fill(count.next_multiple_of(BLOCKS));
        }
        let numbers = |block: usize| {
            let Range { start, end } = range(block);
            std::array::from_fn(|at| (start + at).min(end - 1) as u32)
        };
        let numbers: Vec<[u32; BLOCK]> = (0..count).map(numbers).collect();
        let packed = |numbers: &[u32; BLOCK]| {
            let offers = numbers.map(|at| Columns::row(&stakes[at as usize], foreseen));
            std::array::from_fn(|column| offers.map(|offer| offer[column]))
        };
        let mut places = vec![0; stakes.len()];
        for block in 0..count {
            places[range(block)].fill(block as u32);
        }
        let blocks = numbers.iter().map(packed).collect();
        let worth = |offer: &usize| stakes[*offer].challenger;
        let dearest = (0..stakes.len()).max_by(|a, b| worth(a).total_cmp(&worth(b))).unwrap_or(0);
        Self { registers: Arch::new(), rows, blocks, numbers, places, dearest, bounds }
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
        self.desk.seen_count = 0;
        let terms = self.terms;
        let wide = Wide::new(simd, &terms);
        if self.screen.bounds.is_empty() || self.screen.blocks.len() > BLOCKS {
            self.find_in_goes(&wide)
        } else {
            self.find_at_once(&wide)
        }
    }
}

impl Hunt<'_, '_> {
    fn see(&self, best: &mut Best, offer: usize) {
        best.see(offer, &self.stakes[offer], &self.choice);
    }

    /// An offer of which it is plain that it is worth making, if there is one to be had at once.
    fn surely_made(&self) -> Option<usize> {
        let offers = [self.hint, self.screen.dearest];
        offers.into_iter().find(|offer| self.choice.is_surely_made(&self.stakes[*offer]))
    }

    /// Puts the offers of a block on the desk.
    #[inline(always)]
    fn open(&mut self, block: usize) {
        let Some(packed) = self.screen.blocks.get(block) else { return };
        let at = self.desk.open;
        for (column, numbers) in self.desk.columns.iter_mut().zip(packed) {
            column.as_chunks_mut::<BLOCK>().0[at] = *numbers;
        }
        self.desk.blocks[at] = block as u32;
        self.desk.open = at + 1;
    }

    /// Opens those blocks of a go, by the bits of their places, that were not seen.
    #[inline(always)]
    fn choose(&mut self, blocks: &Range<usize>, open: u32) {
        self.desk.open = 0;
        let mut open = open & !self.desk.seen_among(blocks.start);
        while open != 0 {
            self.open(blocks.start + open.trailing_zeros() as usize);
            open &= open - 1;
        }
    }

    /// Bounds over blocks of a go, as far as they are not known.
    #[inline(always)]
    fn bound<S: Simd>(
        &mut self,
        wide: &Wide<S>,
        blocks: &Range<usize>,
        unknown: Unknown,
        floor: f32,
        demand: f32,
    ) {
        let Self { screen, desk, .. } = self;
        let Unknown { from, to } = unknown;
        if screen.bounds.is_empty() {
            desk.bounds = [f32::INFINITY; BLOCKS];
        } else if from < to {
            let columns = screen.bounds.part(blocks.start + from..blocks.start + to);
            let (found, gains) = (&mut desk.bounds[from..to], &mut desk.gains[from..to]);
            wide.simd.vectorize(Heights { wide, columns, floor, demand, found, gains });
        }
    }

    /// Heights of the offers on the desk.
    #[inline(always)]
    fn fill<S: Simd>(&mut self, wide: &Wide<S>, floor: f32) {
        let desk = &mut *self.desk;
        let filled = desk.open * BLOCK;
        let end = filled.next_multiple_of(STEP);
        for column in &mut desk.columns {
            let (last, rest) = (column[filled - 1], &mut column[filled..end]);
            rest.fill(last);
        }
        let [a, b, c, d] = &desk.columns;
        let columns = [&a[..end], &b[..end], &c[..end], &d[..end]];
        let (found, gains) = (&mut desk.heights[..end], &mut desk.gains[..end]);
        let demand = f32::NEG_INFINITY;
        wide.simd.vectorize(Heights { wide, columns, floor, demand, found, gains });
        desk.heights[filled..filled.next_multiple_of(GROUP)].fill(f32::NEG_INFINITY);
    }

    /// Weighs offers beside the hint.
    #[inline(always)]
    fn look_beside<S: Simd>(&mut self, wide: &Wide<S>, best: &mut Best) {
        let (place, rows) = (self.screen.places[self.hint] as usize, self.screen.rows);
        self.desk.open = 0;
        self.open(place);
        self.open(if place >= rows { place - rows } else { place + rows });
        self.fill(wide, self.terms.floor(best.floor));
        self.weigh(wide.simd, best);
    }

    /// The search where bounds over all blocks make one go.
    #[inline(always)]
    fn find_at_once<S: Simd>(&mut self, wide: &Wide<S>) -> Found {
        let (simd, all) = (wide.simd, 0..self.screen.blocks.len());
        let asked = self.demand > f64::NEG_INFINITY;
        let demand = if asked { Terms::demand(self.demand) } else { f32::NEG_INFINITY };
        self.bound(wide, &all, Unknown::ALL, f32::MIN, demand);
        let promising = reached(simd, &self.desk.bounds, f32::MIN);
        if promising == 0 {
            return Found::Nothing;
        }
        let given = if asked { reached(simd, first(&self.desk.gains), demand) } else { u32::MAX };
        let sure = self.surely_made();
        if promising & given == 0 && sure.is_some() {
            return Found::Refused;
        }
        let mut best = Best::NONE;
        self.see(&mut best, sure.unwrap_or(self.hint));
        let known = best.offer.is_some();
        if known && asked && self.all_refused(wide, &all, given, &mut best) {
            return Found::Refused;
        }
        if known && !asked {
            self.look_beside(wide, &mut best);
        }
        let floor = self.terms.floor(best.floor);
        let unknown = Unknown::over(reached(simd, &self.desk.bounds, f32::INFINITY));
        self.bound(wide, &all, unknown, floor, f32::NEG_INFINITY);
        self.raise(wide, &all, &mut best);
        best.offer.map_or(Found::Nothing, Found::Offer)
    }

    /// The search in several goes, or where bounds are not to be had.
    #[inline(always)]
    fn find_in_goes<S: Simd>(&mut self, wide: &Wide<S>) -> Found {
        let mut best = Best::NONE;
        self.see(&mut best, self.hint);
        if best.offer.is_some() {
            self.look_beside(wide, &mut best);
        }
        let blocks = self.screen.blocks.len();
        for start in (0..blocks).step_by(BLOCKS) {
            let go = start..blocks.min(start + BLOCKS);
            let floor = self.terms.floor(best.floor);
            self.bound(wide, &go, Unknown::ALL, floor, f32::NEG_INFINITY);
            self.raise(wide, &go, &mut best);
        }
        best.offer.map_or(Found::Nothing, Found::Offer)
    }

    /// Opens the blocks of a go whose bounds reach what is known, and weighs what they hold.
    #[inline(always)]
    fn raise<S: Simd>(&mut self, wide: &Wide<S>, go: &Range<usize>, best: &mut Best) {
        let floor = self.terms.floor(best.floor);
        self.choose(go, reached(wide.simd, &self.desk.bounds, floor));
        if self.desk.open > 0 {
            self.fill(wide, floor);
            self.weigh(wide.simd, best);
        }
    }

    /// Whether none of the offers that may be the best gives whoever answers what is demanded, where
    /// only some blocks may hold one that does. If one does, the best of those looked at is taken into
    /// account.
    #[inline(always)]
    fn all_refused<S: Simd>(
        &mut self,
        wide: &Wide<S>,
        all: &Range<usize>,
        given: u32,
        best: &mut Best,
    ) -> bool {
        let (floor, demand) = (self.terms.floor(best.floor), Terms::demand(self.demand));
        self.choose(all, reached(wide.simd, &self.desk.bounds, floor) & given);
        if self.desk.open == 0 {
            return true;
        }
        self.fill(wide, floor);
        let gains = self.desk.gains.as_chunks::<GROUP>().0;
        let mut accepted = 0;
        for (heights, gains) in self.desk.groups().iter().zip(gains) {
            accepted |= reached(wide.simd, heights, floor) & reached(wide.simd, gains, demand);
        }
        if accepted != 0 {
            self.weigh(wide.simd, best);
        }
        accepted == 0
    }

    /// Weighs the offers of open blocks whose bounds reach what is known, the highest first.
    #[inline(always)]
    fn weigh<S: Simd>(&mut self, simd: S, best: &mut Best) {
        let groups = self.desk.groups();
        let top = highest(simd, groups);
        if top >= self.terms.floor(best.floor) {
            let bits = groups.iter().map(|group| reached(simd, group, top));
            let first = bits.enumerate().find(|(_, bits)| *bits != 0);
            let first = first.map_or(0, |(group, bits)| self.number(group, bits));
            if best.offer != Some(first) {
                self.see(best, first);
            }
            let floor = self.terms.floor(best.floor);
            for (group, heights) in groups.iter().enumerate() {
                let mut left = reached(simd, heights, floor);
                while left != 0 {
                    let offer = self.number(group, left);
                    left &= left - 1;
                    if offer != first && best.offer != Some(offer) {
                        self.see(best, offer);
                    }
                }
            }
        }
        self.desk.close();
    }

    /// The offer of the first of some bits of a group on the desk.
    #[inline(always)]
    fn number(&self, group: usize, bits: u32) -> usize {
        let at = group * GROUP + bits.trailing_zeros() as usize;
        self.screen.numbers[self.desk.blocks[at / BLOCK] as usize][at % BLOCK] as usize
    }
}

impl Unknown {
    const ALL: Self = Self { from: 0, to: BLOCKS };

    /// From the first to the last of those whose bits are set, in whole steps.
    fn over(unknown: u32) -> Self {
        let from = unknown.trailing_zeros() as usize / STEP * STEP;
        let to = (BLOCKS - unknown.leading_zeros() as usize).next_multiple_of(STEP);
        Self { from: from.min(to), to }
    }
}

/// The first numbers of a go.
#[inline(always)]
fn first(numbers: &[f32]) -> &[f32; BLOCKS] {
    numbers.first_chunk().unwrap_or(&[f32::NEG_INFINITY; BLOCKS])
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
            seen: [0; BLOCKS],
            seen_count: 0,
        }
    }

    /// The heights of all offers on it, filled up with what is below every height.
    #[inline(always)]
    fn groups(&self) -> &[[f32; GROUP]] {
        let groups = (self.open * BLOCK).div_ceil(GROUP);
        &self.heights.as_chunks().0[..groups]
    }

    /// Remembers what is open as seen.
    #[inline(always)]
    fn close(&mut self) {
        let room = &mut self.seen[self.seen_count..];
        let count = self.open.min(room.len());
        room[..count].copy_from_slice(&self.blocks[..count]);
        self.seen_count += count;
    }

    /// The bits of those seen among the blocks of a go.
    #[inline(always)]
    fn seen_among(&self, start: usize) -> u32 {
        let seen = self.seen[..self.seen_count].iter();
        seen.fold(0, |bits, block| {
            let place = (*block as usize).wrapping_sub(start);
            bits | if place < BLOCKS { 1 << place } else { 0 }
        })
    }
}
