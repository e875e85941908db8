//! The greatest value of a concave function of few variables, kinks and all.

use nalgebra::{DMatrix, DVector};

/// Steps at most; a step takes a factor of about `exp(−1 / 2n(n + 1))` off what is left, so that in ten
/// dimensions 1e-12 is reached after some 6 000.
const MOST_STEPS: usize = 60_000;

/// What a point outside the region violates, or the function at a point inside.
pub(crate) enum Seen {
    /// The function and a supergradient of it: a direction in which it lies below its tangent.
    Inside(f64, DVector<f64>),
    /// A direction that leads further out: all points beyond this one along it are outside.
    Outside(DVector<f64>),
}

/// A point where the greatest value is reached, to within `gap`.
#[derive(Clone, Debug)]
pub(crate) struct Best {
    pub(crate) point: DVector<f64>,
    pub(crate) value: f64,
    /// No point of the region has a value above `value + gap`.
    pub(crate) gap: f64,
}

/// The greatest value on a convex region within `[0, 1]^n`, until it is known to within `precision`;
/// nothing where no point of the region is found.
///
/// Each look cuts an ellipsoid that holds the answer in half, and the smallest ellipsoid around the
/// half that is left is the next. Where it reaches at most `√(gᵀ P g)` along a supergradient g, no point
/// in it has a value above this one by more.
///
/// # Source
///
/// Shor (1977), Cybernetics 13(1); Yudin and Nemirovski (1976); the certificate: Bland, Goldfarb and Todd
/// (1981), *The Ellipsoid Method: A Survey*, Operations Research 29(6).
pub(crate) fn greatest(
    dimensions: usize,
    precision: f64,
    look: impl Fn(&DVector<f64>) -> Seen,
) -> Option<Best> {
    // The formulas need two dimensions: of one the other is idle.
    let n = dimensions.max(2);
    let mut centre = DVector::from_element(n, 0.5);
    let mut shape = DMatrix::identity(n, n) * (0.25 * n as f64);
    let mut best: Option<Best> = None;
    for _ in 0..MOST_STEPS {
        let point = centre.rows(0, dimensions).into_owned();
        let mut cut = DVector::zeros(n);
        match beyond(&centre, dimensions).map_or_else(|| look(&point), Seen::Outside) {
            Seen::Outside(out) => cut.rows_mut(0, out.len()).copy_from(&-out),
            Seen::Inside(value, slope) => {
                cut.rows_mut(0, dimensions).copy_from(&slope);
                let gap = (cut.transpose() * &shape * &cut)[0].max(0.0).sqrt();
                // The bound holds for all points left: above `value` here by `gap` at most.
                let above = value + gap;
                match &mut best {
                    Some(best) if value <= best.value => {
                        best.gap = best.gap.min((above - best.value).max(0.0));
                    }
                    _ => {
                        let gap = best
                            .as_ref()
                            .map_or(gap, |old| gap.min((old.value + old.gap - value).max(0.0)));
                        best = Some(Best { point, value, gap });
                    }
                }
                if best.as_ref().is_some_and(|best| best.gap <= precision) {
                    return best;
                }
            }
        }
        let reach = (cut.transpose() * &shape * &cut)[0].max(0.0).sqrt();
        if reach.is_nan() || reach < f64::MIN_POSITIVE {
            return best;
        }
        // Kept is the side towards which the cut points.
        let step = &shape * &cut / reach;
        let size = n as f64;
        centre += &step / (size + 1.0);
        shape = (&shape - &step * step.transpose() * (2.0 / (size + 1.0)))
            * (size * size / (size * size - 1.0));
        shape = (&shape + shape.transpose()) * 0.5;
    }
    best
}

/// Out of the box, where a point is not in it.
fn beyond(point: &DVector<f64>, dimensions: usize) -> Option<DVector<f64>> {
    let out = |at: usize, sign: f64| {
        let mut direction = DVector::zeros(dimensions);
        direction[at] = sign;
        direction
    };
    (0..dimensions).find_map(|at| match point[at] {
        x if x < 0.0 => Some(out(at, -1.0)),
        x if x > 1.0 => Some(out(at, 1.0)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_kink_at_the_edge_is_found() {
        let look = |x: &DVector<f64>| {
            let slope = DVector::from_vec(vec![1.0, if x[1] > 0.3 { -2.0 } else { 2.0 }]);
            Seen::Inside(x[0] - 2.0 * (x[1] - 0.3).abs(), slope)
        };
        let best = greatest(2, 1e-10, look).expect("inside");
        assert!(best.gap <= 1e-10 && (best.value - 1.0).abs() <= 1e-10, "{best:?}");
    }

    #[test]
    fn an_empty_region_has_nothing() {
        assert!(greatest(3, 1e-9, |_| Seen::Outside(DVector::from_element(3, 1.0))).is_none());
    }

    proptest! {
        #[test]
        fn the_certificate_holds(
            top in prop::collection::vec(-0.5..1.5_f64, 1..6),
            weights in prop::collection::vec(0.1..3.0_f64, 6),
        ) {
            let value = |x: &DVector<f64>| -> f64 {
                -x.iter().zip(&top).zip(&weights).map(|((x, t), w)| w * (x - t) * (x - t)).sum::<f64>()
            };
            let look = |x: &DVector<f64>| {
                let slopes = x.iter().zip(&top).zip(&weights).map(|((x, t), w)| -2.0 * w * (x - t));
                Seen::Inside(value(x), DVector::from_iterator(x.len(), slopes))
            };
            let best = greatest(top.len(), 1e-10, look).expect("inside");
            let known = DVector::from_iterator(top.len(), top.iter().map(|t| t.clamp(0.0, 1.0)));
            prop_assert!(best.gap <= 1e-10);
            prop_assert!((value(&known) - best.value).abs() <= 1.1e-10, "{best:?}");
        }
    }
}
