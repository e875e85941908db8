//! Positions by weight, where somebody weighs something and where nobody does.

/// A mean or a median of positions by weight.
pub(crate) type Rule = fn(&[f64], &[f64]) -> Option<f64>;

/// A rule over positions by weight; where an issue matters to nobody, all weigh the same.
pub(crate) fn by_weight(rule: Rule, positions: &[f64], weights: &[f64]) -> f64 {
    let by_heads = || rule(positions, &vec![1.0; positions.len()]);
    let found = rule(positions, weights).or_else(by_heads);
    found.unwrap_or_else(|| unreachable!("a scenario has actors"))
}
