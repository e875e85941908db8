//! A smooth density from counts in bins on [0, 1], and its quantiles.

use super::spec::Count;

/// Points of the density, ends included.
pub(super) const POINTS: usize = 401;

/// A density on [0, 1].
pub(super) struct Density {
    /// Heights at evenly spaced points: [`POINTS`] of them.
    pub(super) heights: Vec<f64>,
    /// Quartiles.
    pub(super) quartiles: [f64; 3],
    /// How many numbers it stands for.
    pub(super) total: f64,
}

/// The density of counted numbers: Gaussian kernel, reflected at both ends. Nothing without
/// numbers.
///
/// # Source
///
/// Silverman (1986), *Density Estimation*, equation 3.31 for the bandwidth, section 2.10 for
/// reflection; at least a little more than the width of a bin, which is the resolution of
/// the data.
pub(super) fn density(bins: &[Count]) -> Option<Density> {
    let total: f64 = bins.iter().map(|bin| bin.count).sum();
    if total <= 0.0 {
        return None;
    }
    let middle = |bin: &Count| f64::midpoint(bin.low, bin.high);
    let mean = bins.iter().map(|bin| bin.count * middle(bin)).sum::<f64>() / total;
    let square = |bin: &Count| bin.count * (middle(bin) - mean) * (middle(bin) - mean);
    let deviation = (bins.iter().map(square).sum::<f64>() / total).sqrt();
    let quartiles = [0.25, 0.5, 0.75].map(|share| quantile(bins, share).unwrap_or(mean));
    let spread = deviation.min((quartiles[2] - quartiles[0]) / 1.34);
    let resolution = bins.first().map_or(0.02, |bin| bin.high - bin.low);
    let width = (0.9 * spread * libm::pow(total, -0.2)).max(1.2 * resolution);
    let kernel = |distance: f64| libm::exp(-0.5 * (distance / width) * (distance / width));
    let height = |x: f64| {
        let near = |bin: &Count| {
            let y = middle(bin);
            bin.count * (kernel(x - y) + kernel(x + y) + kernel(2.0 - x - y))
        };
        bins.iter().map(near).sum::<f64>() / (total * width * (2.0 * std::f64::consts::PI).sqrt())
    };
    let heights = (0..POINTS).map(|k| height(k as f64 / (POINTS - 1) as f64)).collect();
    Some(Density { heights, quartiles, total })
}

/// The number below which a share of all lie, those of a bin spread evenly over it; nothing without
/// numbers.
pub fn quantile(bins: &[Count], share: f64) -> Option<f64> {
    let rank = share * bins.iter().map(|bin| bin.count).sum::<f64>();
    let mut seen = 0.0;
    let mut last = None;
    for bin in bins.iter().filter(|bin| bin.count > 0.0) {
        if seen + bin.count >= rank {
            let part = ((rank - seen) / bin.count).clamp(0.0, 1.0);
            return Some(bin.low + (bin.high - bin.low) * part);
        }
        seen += bin.count;
        last = Some(bin.high);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(counts: &[f64]) -> Vec<Count> {
        let width = 1.0 / counts.len() as f64;
        let bin = |(at, count): (usize, &f64)| {
            let low = at as f64 * width;
            Count { low, high: low + width, count: *count }
        };
        counts.iter().enumerate().map(bin).collect()
    }

    #[test]
    fn a_density_covers_an_area_of_one() {
        let density = density(&bins(&[0.0, 3.0, 10.0, 40.0, 9.0, 1.0, 0.0, 0.0, 2.0, 30.0]));
        let heights = density.expect("there are numbers").heights;
        let step = 1.0 / (POINTS - 1) as f64;
        let ends = f64::midpoint(heights[0], heights[POINTS - 1]);
        let area = step * (heights.iter().sum::<f64>() - ends);
        // The trapezoid rule on a kernel at least ten steps wide.
        assert!((area - 1.0).abs() < 1e-3, "{area}");
    }

    #[test]
    fn quartiles_lie_inside_their_bins() {
        let even = density(&bins(&[1.0; 8])).expect("there are numbers");
        assert_eq!(even.quartiles, [0.25, 0.5, 0.75]);
        assert!(density(&bins(&[0.0; 8])).is_none());
    }
}
