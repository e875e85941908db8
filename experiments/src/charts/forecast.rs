//! The chart of a forecast: where every actor stands on an issue, over the first parameter.

use outputs::chart::{Axis as Spots, ChartSpec, Lines, Series};

use super::{Slice, View, capital, column, join, numeric, plain};

impl View<'_> {
    /// One chart for each issue: file name without ending, and what to draw.
    pub(super) fn positions(&self) -> Vec<(String, ChartSpec)> {
        let slice = self.slice(0, usize::MAX);
        let issues = self.study.scenario.issues.iter();
        let chart = |name: &String| {
            (format!("positions_{}", column(name)), self.positions_on(name, &slice))
        };
        issues.map(|issue| chart(&issue.name)).collect()
    }

    fn positions_on(&self, issue: &str, slice: &Slice) -> ChartSpec {
        let of = |name: &str| {
            let column = format!("position_{}_{}", column(name), column(issue));
            let pairs = slice.spots.iter().zip(&slice.points);
            let point = |(spot, point): (&outputs::chart::Spot, &u64)| {
                let (value, interval) = self.estimate(*point, &column)?;
                Some((spot.at, value, interval))
            };
            Series { name: name.to_owned(), points: pairs.filter_map(point).collect() }
        };
        let mut series: Vec<Series> =
            self.study.scenario.actors.iter().map(|actor| of(&actor.name)).collect();
        // Colours run from the one who ends highest to the one who ends lowest.
        let end = |series: &Series| series.points.last().map_or(0.0, |(_, value, _)| *value);
        series.sort_by(|a, b| end(b).total_cmp(&end(a)));
        let legend = "Mean position of each actor in the end";
        let intervals = format!("Bands: {}. ", self.error_words());
        let title = format!("Positions on {}", plain(issue));
        ChartSpec::Lines(Lines {
            frame: self.frame(title, join(legend, &slice.held), &intervals),
            x: Spots { title: slice.title.clone(), levels: slice.spots.clone() },
            y_title: capital(&plain(issue)),
            range: (0.0, 1.0),
            series,
            separate: !self.study.design.axes.first().is_some_and(numeric),
            ordered: false,
        })
    }
}
