//! The probabilistic Condorcet election: how likely each of several options is to win.

/// What each side of a pair has before anybody votes.
const FLOOR: f64 = 1e-8;

/// The chance of each option, where voter k with weight w_k gives its difference in worth to the
/// better of each pair,
///
/// ```text
/// C_ij = 1e-8 + Σ_k w_k max(0, u_k(i) − u_k(j)),   P_ij = C_ij / (C_ij + C_ji),   p_i ∝ ½ Π_{j≠i} P_ij
/// ```
/// `worth` has one row for each voter.
///
/// # Source
///
/// Wise, Lester and Efird (2015), *An Introduction to the KAPSARC Toolkit for Behavioral Analysis
/// (KTAB) using One-Dimensional Spatial Models*, KAPSARC; conditional election.
pub(super) fn election(weights: &[f64], worth: &[Vec<f64>]) -> Vec<f64> {
    let options = worth.first().map_or(0, Vec::len);
    let mut wins = vec![Product::HALF; options];
    for one in 0..options {
        for other in 0..one {
            let (mut ayes, mut noes) = (FLOOR, FLOOR);
            for (weight, own) in weights.iter().zip(worth) {
                let vote = weight * (own[one] - own[other]);
                if vote > 0.0 {
                    ayes += vote;
                } else {
                    noes -= vote;
                }
            }
            wins[one].times(ayes / (ayes + noes));
            wins[other].times(noes / (ayes + noes));
        }
    }
    let fewest = wins.iter().map(|own| own.shrunk).min().unwrap_or(0);
    let shares: Vec<f64> = wins.iter().map(|own| own.beside(fewest)).collect();
    let sum: f64 = shares.iter().sum();
    shares.into_iter().map(|share| share / sum).collect()
}

/// A product of chances that is stretched by powers of 2 before it vanishes.
#[derive(Clone, Copy)]
struct Product {
    value: f64,
    shrunk: u32,
}

impl Product {
    const HALF: Self = Self { value: 0.5, shrunk: 0 };
    /// 2^500.
    const STRETCH: f64 = f64::from_bits((1023 + 500) << 52);

    fn times(&mut self, chance: f64) {
        self.value *= chance;
        if self.value < 1.0 / Self::STRETCH {
            self.value *= Self::STRETCH;
            self.shrunk += 1;
        }
    }

    /// Its size beside products that were stretched `fewest` times.
    fn beside(self, fewest: u32) -> f64 {
        match self.shrunk - fewest {
            0 => self.value,
            1 => self.value / Self::STRETCH,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_follow_votes_and_add_up_to_one() {
        // One voter of weight 3 for the first option, one of weight 1 for the second.
        let chances = election(&[3.0, 1.0], &[vec![1.0, 0.0], vec![0.0, 1.0]]);
        let all = 4.0 + 2.0 * FLOOR;
        assert!((chances[0] - (3.0 + FLOOR) / all).abs() < 1e-15);
        assert!((chances[1] - (1.0 + FLOOR) / all).abs() < 1e-15);
        // Nobody cares: all alike, however many they are.
        for chance in election(&[1.0], &[vec![0.3; 7]]) {
            assert!((chance - 1.0 / 7.0).abs() < 1e-15);
        }
        assert_eq!(election(&[1.0], &[vec![0.3]]), vec![1.0]);
    }

    #[test]
    fn products_below_what_numbers_hold_keep_their_proportions() {
        // Each option is beaten soundly by the 31 that follow it in a circle of 63.
        let circle = 63;
        let beats = |one: usize, other: usize| (other + circle - one) % circle > circle / 2;
        let worth: Vec<Vec<f64>> = (0..circle)
            .map(|voter| (0..circle).map(|one| f64::from(u8::from(beats(one, voter)))).collect())
            .collect();
        // All alike: sums of 63 products, each of 62 factors of one rounding.
        for chance in election(&vec![1e6; circle], &worth) {
            assert!((chance - 1.0 / 63.0).abs() < 1e-13, "{chance}");
        }
        // One voter for the first option and one more for the second: their proportion stays.
        let mut small = Product::HALF;
        let mut smaller = Product::HALF;
        for _ in 0..60 {
            small.times(1e-14);
            smaller.times(1e-14);
        }
        smaller.times(0.25);
        let fewest = small.shrunk.min(smaller.shrunk);
        let ratio = smaller.beside(fewest) / small.beside(fewest);
        assert!((ratio - 0.25).abs() < 1e-12, "{ratio}");
    }
}
