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
/// them: the error is at most 3/128 of `step⁴` times the fourth derivative of D, 1e-6 where that is 0.2.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peace::durability::{Durability, Foresight};

    #[test]
    fn the_profile_is_the_mean_over_the_costs_up_to_both_ends() {
        let foresight = Foresight::PLAIN;
        let any = Durability::new(foresight, 0.0, 0.0);
        let fourth = |a: f64| {
            let d = |steps: f64| any.exactly(a + 0.1 * steps);
            (d(-2.0) - 4.0 * d(-1.0) + 6.0 * d(0.0) - 4.0 * d(1.0) + d(2.0)).abs() / 0.1_f64.powi(4)
        };
        // Differences over a tenth of a unit miss less than a twentieth of the greatest.
        let greatest =
            (-300..300).map(|at| fourth(f64::from(at) * 0.05)).fold(0.0, f64::max) * 1.05;
        let promised = 3.0 / 128.0 / Fine::NODES.powi(4) * greatest;
        assert!(promised < 1.5e-6);
        let mut profile = Profile::blank();
        for highest in [-0.7, 2.0, 13.3, 60.0] {
            let table = Durability::new(foresight, highest, 0.0);
            let fine = table.fine().expect("the argument alone decides");
            for (low, costs) in
                [(-3.0, [0.1, 0.5, 2.3]), (-40.0, [0.0; 3]), (-1.0, [3.0, 9.0, 1e6])]
            {
                let places = (table.place_of(low), table.place_of(highest));
                profile.tabulate(fine, places, costs.map(|cost| Fine::NODES * cost));
                for step in 0..=1000 {
                    let argument = low + (highest - low) * f64::from(step) / 1000.0;
                    let pairs = costs.iter().zip(NODE_WEIGHTS);
                    let mean: f64 = pairs.map(|(c, w)| w * table.exactly(argument - c)).sum();
                    let gap = (profile.at(table.place_of(argument)) - mean).abs();
                    // What the profile and the table under it promise.
                    assert!(gap < promised + 5e-7, "{argument} of {highest}, {costs:?}: {gap:e}");
                }
            }
        }
    }
}
