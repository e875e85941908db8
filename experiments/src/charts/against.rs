//! The chart of small worlds: their headline estimates, over what theory says of them if it does.

use outputs::chart::{Against, Axis as Spots, ChartSpec, Comparison, Series, Spot};

use models::theory::Known;

use super::{Slice, View, capital, join};

impl View<'_> {
    /// Estimates over the first parameter, with the curve that theory gives.
    pub(super) fn headline_estimates(&self) -> ChartSpec {
        let slice = self.slice(0, usize::MAX);
        let places: Vec<f64> = slice.spots.iter().map(|spot| spot.at).collect();
        let simulated = |column: &str| {
            let pairs = places.iter().zip(&slice.points);
            let point = |(at, point): (&f64, &u64)| {
                let (value, interval) = self.estimate(*point, column)?;
                Some((*at, value, interval))
            };
            Series { name: String::new(), points: pairs.filter_map(point).collect() }
        };
        let panel = |(column, title): &(String, String)| Comparison {
            title: capital(title),
            simulated: simulated(column),
            curve: self.known_curve(&slice, column),
        };
        let legend = match self.study.world.theory {
            Some(_) => "Dots: simulated, with 95 % intervals. Line: what theory says",
            None => "Means over replications, with 95 % intervals",
        };
        ChartSpec::Against(Against {
            frame: self.frame(
                self.study.world.summary.to_owned(),
                join(legend, &slice.held),
                "All points share their luck: neighbours err together. ",
            ),
            x: Spots { title: slice.title.clone(), levels: slice.spots.clone() },
            panels: self.study.headline().iter().map(panel).collect(),
        })
    }

    /// What theory says of an estimate along the first parameter: between its levels where they are
    /// numbers that need not be whole.
    fn known_curve(&self, slice: &Slice, column: &str) -> Vec<(f64, f64)> {
        const STEPS: usize = 240;
        let value = |known: Vec<Known>| {
            known.into_iter().find(|(name, _)| *name == column).map(|(_, value)| value)
        };
        let design = &self.study.design;
        let Some(axis) = design.axes.first() else {
            return value(self.study.theory(&design.point(0)))
                .map(|y| (0.0, y))
                .into_iter()
                .collect();
        };
        let at_levels = || -> Vec<(f64, f64)> {
            let pairs = slice.spots.iter().zip(&slice.points);
            let known = |(spot, point): (&Spot, &u64)| {
                Some((spot.at, value(self.study.theory(&design.point(*point)))?))
            };
            pairs.filter_map(known).collect()
        };
        let ends = (slice.spots.first().map(|s| s.at), slice.spots.last().map(|s| s.at));
        let ((Some(low), Some(high)), Some(first)) = (ends, slice.points.first()) else {
            return Vec::new();
        };
        let place = |step: usize| low + (high - low) * step as f64 / STEPS as f64;
        let between = |step: usize| {
            let point = design.point(*first);
            Some((place(step), value(self.study.theory_at(&point, &axis.target, place(step)))?))
        };
        let fine: Vec<(f64, f64)> = (0..=STEPS).filter_map(between).collect();
        if fine.len() == STEPS + 1 { fine } else { at_levels() }
    }
}
