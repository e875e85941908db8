//! How an actor chooses: by best response, or with errors that shrink as the stakes grow.

use crate::elementary::{exp, logistic};

/// How a gain becomes an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DecisionRule {
    /// Accepts whenever it loses nothing.
    BestResponse,
    /// Accepts with probability `σ(gain / noise)`.
    ///
    /// # Source
    ///
    /// McKelvey and Palfrey (1995), *Quantal Response Equilibria for Normal Form Games*, Games and
    /// Economic Behavior 10(1), 6-38, equation 4 with λ = 1 / noise.
    Quantal {
        /// τ, in utility; above 0.
        noise: f64,
    },
}

impl DecisionRule {
    /// The chance to accept something that gains so much over the alternative.
    #[inline]
    pub fn acceptance(self, gain: f64) -> f64 {
        match self {
            Self::BestResponse => f64::from(u8::from(gain >= 0.0)),
            Self::Quantal { noise } => logistic(gain / noise),
        }
    }
}

/// The logit choice probabilities among several utilities: one for each, adding up to 1.
///
/// # Source
///
/// Luce (1959); McFadden (1974); McKelvey and Palfrey (1995), equation 4.
pub fn logit_choice(utilities: &[f64], noise: f64) -> Vec<f64> {
    let best = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = utilities.iter().map(|u| exp((u - best) / noise)).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_noise_is_a_coin_and_no_noise_a_best_response() {
        for gain in [-0.3, -1e-6, 1e-6, 0.2] {
            let coin = DecisionRule::Quantal { noise: 1e12 }.acceptance(gain);
            assert!((coin - 0.5).abs() < 1e-12);
            let sharp = DecisionRule::Quantal { noise: 1e-9 }.acceptance(gain);
            assert!((sharp - DecisionRule::BestResponse.acceptance(gain)).abs() < 1e-12);
        }
        assert_eq!(DecisionRule::BestResponse.acceptance(0.0), 1.0);
    }

    #[test]
    fn logit_odds_are_utility_differences() {
        let chances = logit_choice(&[1.0, 0.0, -500.0], 0.5);
        assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert!((chances[0] / chances[1] - exp(2.0)).abs() < 1e-12);
    }
}
