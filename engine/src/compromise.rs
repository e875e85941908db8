//! The compromise model: what a negotiation ends in if everybody pulls with its weight.

/// The mean of positions by weight; nothing where all weights are 0.
///
/// ```text
/// Σ w_i x_i / Σ w_i
/// ```
/// With w = salience, or salience × capability, the baseline that any forecast of a negotiation has
/// to beat.
///
/// # Source
///
/// Van den Bos (1991), *Dutch EC Decision Making*; Achen (2006), in Thomson et al. (eds.), *The
/// European Union Decides*, chapter 4.
pub fn weighted_mean(positions: &[f64], weights: &[f64]) -> Option<f64> {
    let sum: f64 = weights.iter().sum();
    let pull = positions.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>();
    (sum > 0.0).then(|| pull / sum)
}

/// The median of positions by weight: the lowest at which half of all weight has been reached;
/// nothing where all weights are 0.
///
/// # Source
///
/// Black (1958), *The Theory of Committees and Elections*; with weights as Bueno de Mesquita (1994),
/// in Bueno de Mesquita and Stokman (eds.), *European Community Decision Making*, chapter 4.
pub fn weighted_median(positions: &[f64], weights: &[f64]) -> Option<f64> {
    /// Half is meant up to the rounding of a sum.
    const ROUNDING: f64 = 1e-12;
    let sum: f64 = weights.iter().sum();
    let mut order: Vec<(f64, f64)> =
        positions.iter().copied().zip(weights.iter().copied()).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0;
    let reached = order.into_iter().find(|(_, weight)| {
        below += weight;
        below >= sum * (0.5 - ROUNDING)
    });
    reached.filter(|_| sum > 0.0).map(|(position, _)| position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_give_the_plain_mean_and_median() {
        let positions = [0.9, 0.1, 0.4];
        assert!((weighted_mean(&positions, &[2.0; 3]).expect("weights") - 1.4 / 3.0).abs() < 1e-15);
        assert_eq!(weighted_median(&positions, &[2.0; 3]), Some(0.4));
        assert_eq!(weighted_median(&positions, &[5.0, 1.0, 1.0]), Some(0.9));
        // Half and half: the lower of both.
        assert_eq!(weighted_median(&[0.2, 0.8], &[1.0, 1.0]), Some(0.2));
        assert_eq!(weighted_median(&[0.2, 0.8], &[0.0, 1.0]), Some(0.8));
        assert_eq!((weighted_mean(&[0.2], &[0.0]), weighted_median(&[0.2], &[0.0])), (None, None));
    }
}
