//! Rows for variance-based indices: two independent matrices and their mixtures.

use super::sobol::Sobol;
use crate::stream::Seed;

/// Where the rows of a Saltelli design stand: blocks of one base row each, in the order A, AB_1 … AB_k,
/// then BA_1 … BA_k where second-order indices are wanted, then B.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaltelliOrder {
    /// k.
    pub inputs: usize,
    /// Whether there are rows BA.
    pub second_order: bool,
}

impl SaltelliOrder {
    /// Rows of a block.
    pub const fn block(&self) -> usize {
        let mixed = if self.second_order { 2 * self.inputs } else { self.inputs };
        mixed + 2
    }
}

/// The rows of a Saltelli design over `base` points of a scrambled Sobol' sequence in twice as many
/// dimensions as inputs. AB_i is A with the i-th number from B, BA_i the other way round. Nothing
/// where there are more inputs than half the dimensions of the sequence.
///
/// # Source
///
/// Saltelli (2002), Computer Physics Communications 145(2), 280-297; Saltelli et al. (2010), Computer
/// Physics Communications 181(2), 259-270.
pub fn saltelli(seed: Seed, base: usize, order: SaltelliOrder) -> Option<Vec<Vec<f64>>> {
    let k = order.inputs;
    let mut rows = Vec::with_capacity(base * order.block());
    for both in Sobol::scrambled(2 * k, seed)?.rows(base) {
        let (a, b) = both.split_at(k);
        let mixed = |into: &[f64], from: &[f64], at: usize| {
            let mut row = into.to_vec();
            row[at] = from[at];
            row
        };
        rows.push(a.to_vec());
        rows.extend((0..k).map(|at| mixed(a, b, at)));
        if order.second_order {
            rows.extend((0..k).map(|at| mixed(b, a, at)));
        }
        rows.push(b.to_vec());
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_are_mixtures_of_their_ends(seed: u64, k in 1_usize..8, second_order: bool) {
            let order = SaltelliOrder { inputs: k, second_order };
            let rows = saltelli(Seed(seed), 16, order).expect("there are dimensions");
            prop_assert_eq!(rows.len(), 16 * order.block());
            for block in rows.chunks_exact(order.block()) {
                let (a, b) = (&block[0], &block[order.block() - 1]);
                for at in 0..k {
                    for other in 0..k {
                        let from_b = other == at;
                        prop_assert_eq!(block[1 + at][other], if from_b { b[other] } else { a[other] });
                        if second_order {
                            let ba = block[1 + k + at][other];
                            prop_assert_eq!(ba, if from_b { a[other] } else { b[other] });
                        }
                    }
                }
            }
        }
    }
}
