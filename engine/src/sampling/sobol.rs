//! The Sobol' sequence, plain or scrambled.

use crate::stream::Seed;

const NUMBERS: &str = include_str!("joe_kuo.txt");

/// Dimensions for which there are direction numbers.
pub const MOST_DIMENSIONS: usize = 256;

const BITS: usize = 32;

/// The Sobol' sequence in several dimensions, in Gray-code order.
///
/// # Source
///
/// Sobol' (1967), USSR Computational Mathematics and Mathematical Physics 7(4), 86-112; Antonov and
/// Saleev (1979) for the order; Joe and Kuo (2008), SIAM Journal on Scientific Computing 30(5), for
/// the direction numbers.
#[derive(Clone, Debug)]
pub struct Sobol {
    /// For each dimension v_1 to v_32, as binary fractions.
    directions: Vec<[u32; BITS]>,
    scramble: Option<Seed>,
}

impl Sobol {
    /// The sequence as published: its first point is the origin. Nothing beyond
    /// [`MOST_DIMENSIONS`].
    pub fn plain(dimensions: usize) -> Option<Self> {
        (dimensions <= MOST_DIMENSIONS).then(|| {
            let lines = NUMBERS.lines().filter(|line| !line.starts_with('#'));
            let first = std::iter::once(first_dimension());
            let directions = first.chain(lines.map(directions)).take(dimensions).collect();
            Self { directions, scramble: None }
        })
    }

    /// The same under nested uniform scrambling: every point is uniform, and each power of two of
    /// them keeps the evenness of the sequence.
    ///
    /// # Source
    ///
    /// Owen (1995), *Randomly Permuted (t,m,s)-Nets and (t,s)-Sequences*, Springer LNS 106.
    pub fn scrambled(dimensions: usize, seed: Seed) -> Option<Self> {
        Some(Self { scramble: Some(seed), ..Self::plain(dimensions)? })
    }

    /// The first `rows` points.
    pub fn rows(&self, rows: usize) -> Vec<Vec<f64>> {
        let mut state = vec![0_u32; self.directions.len()];
        let mut all = Vec::with_capacity(rows);
        for row in 0..rows as u64 {
            if row > 0 {
                let bit = (row - 1).trailing_ones() as usize;
                for (own, directions) in state.iter_mut().zip(&self.directions) {
                    *own ^= directions[bit];
                }
            }
            let number = |(dimension, own): (usize, &u32)| self.number(dimension, *own);
            all.push(state.iter().enumerate().map(number).collect());
        }
        all
    }

    fn number(&self, dimension: usize, bits: u32) -> f64 {
        const UNIT: f64 = 1.0 / 4_294_967_296.0;
        match self.scramble {
            None => f64::from(bits) * UNIT,
            // In the middle of the last digit: never 0.
            Some(Seed(seed)) => (f64::from(nested(bits, seed, dimension as u64)) + 0.5) * UNIT,
        }
    }
}

/// The van der Corput sequence.
fn first_dimension() -> [u32; BITS] {
    std::array::from_fn(|at| 1 << (31 - at))
}

/// The direction numbers from a line of the table: polynomial, then m_1 to m_s.
///
/// ```text
/// m_k = 2 c_1 m_{k-1} ⊕ … ⊕ 2^{s-1} c_{s-1} m_{k-s+1} ⊕ 2^s m_{k-s} ⊕ m_{k-s},   v_k = m_k / 2^k
/// ```
fn directions(line: &str) -> [u32; BITS] {
    let numbers: Vec<u32> = line.split_whitespace().filter_map(|text| text.parse().ok()).collect();
    let (polynomial, initial) = (numbers[0], &numbers[1..]);
    let degree = initial.len();
    let mut v = [0_u32; BITS];
    for (at, m) in initial.iter().enumerate() {
        v[at] = m << (31 - at);
    }
    for at in degree..BITS {
        v[at] = v[at - degree] ^ (v[at - degree] >> degree);
        for back in 1..degree {
            if polynomial >> (degree - back) & 1 == 1 {
                v[at] ^= v[at - back];
            }
        }
    }
    v
}

/// Flips every bit or not, by a coin for all numbers that share the bits before it.
fn nested(bits: u32, seed: u64, dimension: u64) -> u32 {
    let mut out = 0;
    for level in 0..BITS as u32 {
        let before = u64::from(if level == 0 { 0 } else { bits >> (BITS as u32 - level) });
        let key = mix(seed ^ mix(dimension << 6 | u64::from(level)));
        let coin = (mix(key ^ before) >> 63) as u32;
        let bit = bits >> (31 - level) & 1;
        out = out << 1 | (bit ^ coin);
    }
    out
}

/// A bijection that scatters (the finaliser of `SplitMix64`; Steele, Lea and Flood 2014).
const fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The first 16 points in 6 dimensions, in sixteenths (scipy 1.17.1, `qmc.Sobol`, not scrambled,
    /// which uses the same direction numbers).
    const PUBLISHED: [[u32; 6]; 16] = [
        [0, 0, 0, 0, 0, 0],
        [8, 8, 8, 8, 8, 8],
        [12, 4, 4, 4, 12, 12],
        [4, 12, 12, 12, 4, 4],
        [6, 6, 10, 14, 6, 2],
        [14, 14, 2, 6, 14, 10],
        [10, 2, 14, 10, 10, 14],
        [2, 10, 6, 2, 2, 6],
        [3, 5, 15, 7, 9, 5],
        [11, 13, 7, 15, 1, 13],
        [15, 1, 11, 3, 5, 9],
        [7, 9, 3, 11, 13, 1],
        [5, 3, 5, 9, 15, 7],
        [13, 11, 13, 1, 7, 15],
        [9, 7, 1, 13, 3, 11],
        [1, 15, 9, 5, 11, 3],
    ];

    #[test]
    fn the_first_points_are_those_published() {
        let rows = Sobol::plain(6).expect("there are so many").rows(16);
        for (row, known) in rows.iter().zip(PUBLISHED) {
            let known: Vec<f64> = known.iter().map(|x| f64::from(*x) / 16.0).collect();
            assert_eq!(*row, known);
        }
    }

    #[test]
    fn there_are_directions_for_every_dimension_and_no_more() {
        let last = Sobol::plain(MOST_DIMENSIONS).expect("there are so many");
        assert_eq!(last.directions.len(), MOST_DIMENSIONS);
        assert!(Sobol::plain(MOST_DIMENSIONS + 1).is_none());
    }

    proptest! {
        /// Each power of two of points has one in every interval of that length, in every dimension;
        /// scrambling keeps that.
        #[test]
        fn every_dimension_is_even(seed: u64, power in 1_u32..9, plain: bool) {
            let rows = 1_usize << power;
            let sobol = match plain {
                true => Sobol::plain(40),
                false => Sobol::scrambled(40, Seed(seed)),
            };
            let rows_of = sobol.expect("there are so many").rows(rows);
            for dimension in 0..40 {
                let mut seen = vec![false; rows];
                for row in &rows_of {
                    seen[(row[dimension] * rows as f64) as usize] = true;
                }
                prop_assert!(seen.iter().all(|seen| *seen), "dimension {}", dimension);
            }
        }
    }
}
