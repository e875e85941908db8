//! How far the distribution of an output moves when an input is held: a measure that needs no moments
//! and no special design.

/// The distances of one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pawn {
    /// The median distance over slices of the input.
    pub median: f64,
    /// The greatest.
    pub greatest: f64,
    /// What the greatest distance would exceed once in twenty times if the input did nothing.
    pub threshold: f64,
}

/// Kolmogorov–Smirnov distances between the output's distribution and that within each of `slices`
/// parts of an input with about equally many rows (one for each value where there are few); nothing for an input that
/// does not vary.
///
/// The threshold is that of a one-sample Kolmogorov–Smirnov test of a slice, with the chance of a false
/// alarm of 1/20 shared by all slices. A slice is part of the whole, so it is conservative.
///
/// # Source
///
/// Pianosi and Wagener (2018), *Distribution-based sensitivity analysis from a generic input-output
/// sample*, Environmental Modelling & Software 108, 197-207; Massart (1990), Annals of Probability
/// 18(3), for the bound.
pub fn pawn(inputs: &[f64], outputs: &[f64], slices: usize) -> Option<Pawn> {
    let n = inputs.len().min(outputs.len());
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| inputs[*a].total_cmp(&inputs[*b]).then(a.cmp(b)));
    let mut all: Vec<f64> = outputs[..n].to_vec();
    all.sort_by(f64::total_cmp);
    let parts = parts(&order, inputs, slices);
    if parts.len() < 2 {
        return None;
    }
    let distance = |part: &&[usize]| {
        let mut own: Vec<f64> = part.iter().map(|at| outputs[*at]).collect();
        own.sort_by(f64::total_cmp);
        kolmogorov_smirnov(&own, &all)
    };
    let mut distances: Vec<f64> = parts.iter().map(distance).collect();
    distances.sort_by(f64::total_cmp);
    let least = parts.iter().map(|part| part.len()).min()? as f64;
    let alarm = 0.05 / parts.len() as f64;
    let middle = distances.len() / 2;
    let median = match distances.len() % 2 {
        0 => f64::midpoint(distances[middle - 1], distances[middle]),
        _ => distances[middle],
    };
    let threshold = (-(alarm / 2.0).ln() / (2.0 * least)).sqrt();
    Some(Pawn { median, greatest: *distances.last()?, threshold: threshold.min(1.0) })
}

/// Parts of the order with about equally many rows, cut only where the input changes.
fn parts<'a>(order: &'a [usize], inputs: &[f64], slices: usize) -> Vec<&'a [usize]> {
    let n = order.len();
    let changes: Vec<usize> =
        (1..n).filter(|at| inputs[order[*at]] != inputs[order[*at - 1]]).collect();
    let mut cuts = vec![0];
    if changes.len() < slices {
        cuts.extend(&changes);
    } else {
        for slice in 1..slices {
            // The change nearest to where an even cut would fall.
            let wanted = slice * n / slices;
            let after = changes.partition_point(|at| *at < wanted);
            let near = [after.checked_sub(1), Some(after)].into_iter().flatten();
            let near = near.filter_map(|at| changes.get(at).copied());
            cuts.extend(near.min_by_key(|at| at.abs_diff(wanted)));
        }
        cuts.dedup();
    }
    cuts.push(n);
    cuts.windows(2).map(|two| &order[two[0]..two[1]]).filter(|part| !part.is_empty()).collect()
}

/// The greatest distance of two distribution functions, both samples sorted.
fn kolmogorov_smirnov(some: &[f64], all: &[f64]) -> f64 {
    let (mut at, mut other, mut most) = (0, 0, 0.0_f64);
    while at < some.len() && other < all.len() {
        let x = some[at].min(all[other]);
        while at < some.len() && some[at] <= x {
            at += 1;
        }
        while other < all.len() && all[other] <= x {
            other += 1;
        }
        let gap = at as f64 / some.len() as f64 - other as f64 / all.len() as f64;
        most = most.max(gap.abs());
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::random;
    use crate::stream::Seed;

    #[test]
    fn an_input_that_decides_stands_out_and_one_that_does_nothing_does_not() {
        let rows = random(Seed(4), 4000, 2);
        let of = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
        let outputs: Vec<f64> = rows.iter().map(|row| row[0]).collect();
        let decides = pawn(&of(0), &outputs, 10).expect("it varies");
        // The output is the input: the slice from k to k + 1 tenths is at distance max(k, 9 − k) / 10, which is
        // 0.9 at the ends, and 0.5, 0.5, 0.6, 0.6, 0.7, 0.7 … from the middle: a median of 0.7.
        assert!((decides.greatest - 0.9).abs() < 1e-12, "{decides:?}");
        assert!((decides.median - 0.7).abs() < 1e-12, "{decides:?}");
        let nothing = pawn(&of(1), &outputs, 10).expect("it varies");
        // ln(2 · 10 / 0.05) = 5.9915; slices of 400.
        assert!(
            (nothing.threshold - (5.991_464_547_f64 / 800.0).sqrt()).abs() < 1e-9,
            "{nothing:?}"
        );
        assert!(nothing.greatest < nothing.threshold, "{nothing:?}");
        assert_eq!(pawn(&[1.0; 50], &outputs[..50], 10), None);
    }

    #[test]
    fn an_input_of_few_values_is_cut_between_them() {
        let inputs: Vec<f64> = (0..100).map(|row| f64::from(u8::from(row >= 5))).collect();
        let found = pawn(&inputs, &inputs, 10).expect("it has two values");
        assert!((found.greatest - 0.95).abs() < 1e-12, "{found:?}");
        let three: Vec<f64> = (0..100)
            .map(|row| {
                if row < 5 {
                    0.0
                } else if row < 55 {
                    1.0
                } else {
                    2.0
                }
            })
            .collect();
        let order: Vec<usize> = (0..100).collect();
        assert_eq!(parts(&order, &three, 10).len(), 3);
    }

    #[test]
    fn distances_are_those_of_the_textbook() {
        assert_eq!(kolmogorov_smirnov(&[1.0, 2.0], &[1.0, 2.0, 3.0, 4.0]), 0.5);
        assert_eq!(kolmogorov_smirnov(&[5.0], &[1.0, 2.0]), 1.0);
        assert_eq!(kolmogorov_smirnov(&[1.0, 1.0], &[1.0, 1.0]), 0.0);
    }
}
