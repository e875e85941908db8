//! Foreseen durability over the belief about the challenger's cost, tabulated anew for each month.

use engine::{NODE_WEIGHTS, Number, Place};
use pulp::{Arch, Simd, WithSimd};

use super::durability::Fine;

/// Most cells, a power of 2.
const CELLS: usize = 512;

/// Nodes around a cell: one before it, its ends, one behind it.
const AROUND: usize = 4;

/// Mean durability as a function of the challenger's hazard before its cost:
///
/// ```text
/// E(A) = Σ_k w_k D(A − a_1 C_k)
/// ```
/// at the nodes of the finer table of durability, with the cubic through four neighbours between
/// them (error at most 3/128 of `step⁴` times the fourth derivative: below 1e-6).
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// The widest registers that this processor has.
    registers: Arch,
    /// From one before the first cell on.
    nodes: [f64; CELLS + AROUND],
    first: f64,
    /// Just before the end of the last cell.
    end: f64,
}

/// The tabulation, compiled for every width of registers.
struct Tabulation<'a> {
    fine: &'a Fine,
    /// The first node.
    first: isize,
    /// What the costs take off, in nodes.
    shifts: [f64; 3],
    nodes: &'a mut [f64],
}

impl Profile {
    /// Nothing tabulated yet.
    pub(super) fn blank() -> Self {
        const { assert!(CELLS.is_power_of_two() && CELLS + 1 >= Fine::MOST) };
        Self { registers: Arch::new(), nodes: [0.0; CELLS + AROUND], first: 0.0, end: 0.0 }
    }

    /// Tabulates E between two places, for costs that take off `shifts`, all in nodes.
    pub(super) fn tabulate(&mut self, fine: &Fine, (low, high): (f64, f64), shifts: [f64; 3]) {
        let (low, high) = (low.max(0.0).min(fine.end()), high.max(0.0).min(fine.end()));
        self.first = low.floor();
        let cells = high.ceil() - self.first;
        self.end = cells * (1.0 - f64::EPSILON);
        let count = cells as usize + AROUND;
        let nodes = &mut self.nodes[..count];
        self.registers.dispatch(Tabulation { fine, first: self.first as isize - 1, shifts, nodes });
    }

    /// E at places in nodes; the ends of the table stand in for what lies beyond.
    #[inline(always)]
    pub(super) fn at<N: Number>(&self, place: N) -> N {
        let place = Place::within(place - self.first, self.end);
        let of = |node: usize| place.read(|cell| self.nodes[cell % CELLS + node]);
        let (a, b, c, d) = (of(0), of(1), of(2), of(3));
        let t = place.part;
        // Differences of first, second and third order, as Newton has them.
        let (ab, bc, cd) = (b - a, c - b, d - c);
        let (abc, bcd) = (bc - ab, cd - bc);
        let abcd = bcd - abc;
        b + t * (bc + (t - 1.0) * (abc * 0.5 + (t + 1.0) * abcd * (1.0 / 6.0)))
    }
}

impl WithSimd for Tabulation<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let count = self.nodes.len();
        let run = |shift| self.fine.run(self.first, count, shift);
        let (low, middle, high) = (run(self.shifts[0]), run(self.shifts[1]), run(self.shifts[2]));
        let [side, centre, _] = NODE_WEIGHTS;
        for (at, node) in self.nodes.iter_mut().enumerate() {
            *node = (low.at(at) + high.at(at)) * side + middle.at(at) * centre;
        }
    }
}
