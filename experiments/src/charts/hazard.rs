//! The chart of the hazard: how likely an agreement breaks in each year, if it has held so far.

use outputs::chart::{Axis as Spots, ChartSpec, Lines, Series, Spot};

use outputs::Cell;

use super::{MOST_GROUPS, NO_AGREEMENT, View, axes_are_numbers, join, rows_of};

impl View<'_> {
    pub(super) fn hazard(&self) -> ChartSpec {
        let slice = self.slice(0, MOST_GROUPS);
        let mut series = Vec::new();
        for (spot, point) in slice.spots.iter().zip(&slice.points) {
            let held = |row: &[Cell]| Some((row[1].number()?, row[2].number()?));
            let held: Vec<(f64, f64)> =
                rows_of(&self.results.survival, *point).filter_map(held).collect();
            let hazard = |two: &[(f64, f64)]| {
                let ((_, before), (year, after)) = (two[0], two[1]);
                (before > 0.0).then(|| (year, 1.0 - after / before, None))
            };
            let points: Vec<_> = held.windows(2).filter_map(hazard).collect();
            let name = slice.group(spot);
            if !points.is_empty() {
                series.push(Series { name, points });
            }
        }
        let definition = join(
            "Probability that an agreement breaks in a year, if it has held until then",
            &slice.held,
        );
        let bands = "From the mean chance to be in force, computed along each run. ";
        let frame = self.frame(slice.by("Hazard of agreements"), definition, bands);
        if series.is_empty() {
            return ChartSpec::Words(frame, NO_AGREEMENT.to_owned());
        }
        let all = || series.iter().flat_map(|own| &own.points);
        let most = all().map(|point| 1.05 * point.1).fold(0.02, f64::max);
        let last = all().map(|point| point.0).fold(1.0, f64::max) as u32;
        let step = [1, 2, 5, 10, 20].into_iter().find(|step| last / step <= 10).unwrap_or(50);
        let years = (1..=last).filter(|year| *year == 1 || year.is_multiple_of(step));
        let levels = years.map(|year| Spot { at: f64::from(year), label: year.to_string() });
        ChartSpec::Lines(Lines {
            frame,
            x: Spots { title: "Year since signature".to_owned(), levels: levels.collect() },
            y_title: "P(breaks in the year)".to_owned(),
            range: (0.0, most.min(1.0)),
            series,
            separate: false,
            ordered: axes_are_numbers(self.study),
        })
    }
}
