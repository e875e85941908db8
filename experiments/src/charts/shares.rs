//! The charts of the three shares: signed, holds if signed, and both.

use models::Value;
use outputs::chart::{Axis as Spots, ChartSpec, Heatmap, Lines, Maps, Scale, Series, Spot};

use super::{NO_AGREEMENT, View, join, label, numeric, spots};

/// The most levels of a third parameter that are shown side by side.
const MOST_MULTIPLES: usize = 6;

/// The three shares that are always shown together.
pub(super) struct Share {
    pub(super) file: &'static str,
    pub(super) column: &'static str,
    symbol: &'static str,
    title: &'static str,
}

pub(super) const SHARES: [Share; 3] = [
    Share {
        file: "p_durable",
        column: "p_durable",
        symbol: "P(durable)",
        title: "P(signed and holds)",
    },
    Share { file: "p_agreement", column: "p_agreement", symbol: "P(signed)", title: "P(signed)" },
    Share {
        file: "p_durable_given_agreement",
        column: "p_durable_given_agreement",
        symbol: "P(holds)",
        title: "P(holds | signed)",
    },
];

fn plural(count: f64, what: &str) -> String {
    if count == 1.0 { format!("1 {what}") } else { format!("{count} {what}s") }
}

impl View<'_> {
    fn years(&self) -> f64 {
        self.study.settings.find("durable_after_years").unwrap_or(5.0)
    }

    /// What a share means, in words.
    fn definition(&self, share: &Share) -> String {
        let swept = |path: &str| self.study.design.axes.iter().any(|axis| axis.path == path);
        let years = match swept("durable_after_years") {
            true => "the years that count as durable".to_owned(),
            false => plural(self.years(), "year"),
        };
        let months = match swept("horizon_months") {
            true => "the horizon".to_owned(),
            false => self
                .study
                .settings
                .find("horizon_months")
                .map_or_else(|| "the horizon".to_owned(), |months| plural(months, "month")),
        };
        match share.column {
            "p_agreement" => format!("Probability that an agreement is signed within {months}"),
            "p_durable" => format!(
                "Probability that an agreement is signed within {months} and still in force {years} later"
            ),
            _ => format!("Probability that what is signed is still in force after {years}"),
        }
    }

    /// Where a study sweeps one parameter or none, lines; two, a heatmap, or lines where levels are
    /// words; more, heatmaps of the first two side by side for levels of the third, with the others
    /// held.
    pub(super) fn share(&self, share: &Share) -> ChartSpec {
        let axes = &self.study.design.axes;
        match axes.len() {
            0 | 1 => self.lines(share, &[]),
            2 if axes.iter().all(numeric) => self.heatmap(share, 0, 1),
            2 => {
                // Words become lines over the numbers.
                let words = usize::from(!numeric(&axes[1]) && numeric(&axes[0]));
                self.lines(share, &[words])
            }
            _ => self.multiples(share),
        }
    }

    /// A share over the first two parameters, one panel for each of some levels of the third.
    fn multiples(&self, share: &Share) -> ChartSpec {
        let axes = &self.study.design.axes;
        let slice = self.slice(2, MOST_MULTIPLES);
        let panels: Vec<(String, Vec<Vec<Option<f64>>>)> = slice
            .spots
            .iter()
            .zip(&slice.points)
            .map(|(spot, point)| {
                let levels = self.study.design.point(*point).levels;
                (
                    format!("{} {}", slice.title, spot.label),
                    self.cells_at(share.column, (0, 1), levels),
                )
            })
            .collect();
        let held = self.held(&[0, 1, 2], &self.study.reference_levels());
        let all = || panels.iter().flat_map(|(_, cells)| cells).flatten();
        let gaps = if all().any(Option::is_none) { "–: no agreement. " } else { "" };
        let notes = format!("{gaps}{}", self.in_table());
        let subtitle = join(&self.definition(share), &held);
        let frame = self.frame(self.title(share.title, &[0, 1, 2]), subtitle, &notes);
        if all().all(Option::is_none) {
            return ChartSpec::Words(frame, NO_AGREEMENT.to_owned());
        }
        ChartSpec::Maps(Maps { frame, x: spots(&axes[0]), y: spots(&axes[1]), panels })
    }

    fn title(&self, what: &str, axes: &[usize]) -> String {
        let names: Vec<String> =
            axes.iter().map(|at| label(&self.study.design.axes[*at])).collect();
        match names.split_last() {
            None => what.to_owned(),
            Some((last, [])) => format!("{what} by {last}"),
            Some((last, rest)) => format!("{what} by {} and {last}", rest.join(", ")),
        }
    }

    fn heatmap(&self, share: &Share, x: usize, y: usize) -> ChartSpec {
        let axes = &self.study.design.axes;
        let held = self.held(&[x, y], &self.study.reference_levels());
        let cells = self.cells(share.column, x, y);
        let all = || cells.iter().flatten();
        let gaps = if all().any(Option::is_none) { "–: no agreement. " } else { "" };
        let notes = format!("{gaps}{}", self.in_table());
        let subtitle = join(&self.definition(share), &held);
        let frame = self.frame(self.title(share.title, &[x, y]), subtitle, &notes);
        if all().all(Option::is_none) {
            return ChartSpec::Words(frame, NO_AGREEMENT.to_owned());
        }
        ChartSpec::Heatmap(Heatmap {
            frame,
            x: spots(&axes[x]),
            y: spots(&axes[y]),
            measure: share.symbol.to_owned(),
            cells,
            scale: Scale::Share,
        })
    }

    /// An estimate at every level of y, then of x, with the others at the level nearest to the reference.
    fn cells(&self, column: &str, x: usize, y: usize) -> Vec<Vec<Option<f64>>> {
        self.cells_at(column, (x, y), self.study.reference_levels())
    }

    /// The same with the others at given levels.
    fn cells_at(
        &self,
        column: &str,
        (x, y): (usize, usize),
        mut levels: Vec<usize>,
    ) -> Vec<Vec<Option<f64>>> {
        let axes = &self.study.design.axes;
        let mut cell = |row, column_of_x| {
            (levels[x], levels[y]) = (column_of_x, row);
            self.estimate(self.study.design.number_of(&levels), column).map(|found| found.0)
        };
        let mut line = |row| (0..axes[x].levels.len()).map(|at| cell(row, at)).collect();
        (0..axes[y].levels.len()).map(&mut line).collect()
    }

    /// The three shares side by side, where two numbers are swept.
    pub(super) fn shares(&self) -> Option<ChartSpec> {
        let [x, y] = &self.study.design.axes[..] else { return None };
        if !numeric(x) || !numeric(y) {
            return None;
        }
        let order = [&SHARES[1], &SHARES[2], &SHARES[0]];
        let panel = |share: &&Share| (share.title.to_owned(), self.cells(share.column, 0, 1));
        let definition = "Signed within the horizon; in force after the years that count as durable; the third is \
                          the product of the first two";
        let notes = self.in_table();
        let title = self.title("Signed, holds, and both", &[0, 1]);
        Some(ChartSpec::Maps(Maps {
            frame: self.frame(title, definition.to_owned(), &notes),
            x: spots(x),
            y: spots(y),
            panels: order.iter().map(panel).collect(),
        }))
    }

    /// A share over the first parameter that is not in `by`; one line for each level of those.
    fn lines(&self, share: &Share, by: &[usize]) -> ChartSpec {
        let axes = &self.study.design.axes;
        let along = (0..axes.len()).find(|at| !by.contains(at));
        let mut series = Vec::new();
        let names: Vec<String> = match by.first() {
            None => vec![String::new()],
            Some(at) => axes[*at].levels.iter().map(ToString::to_string).collect(),
        };
        for (line, name) in names.into_iter().enumerate() {
            let mut levels = self.study.reference_levels();
            if let Some(at) = by.first() {
                levels[*at] = line;
            }
            let mut points = Vec::new();
            for level in 0..along.map_or(1, |at| axes[at].levels.len()) {
                if let Some(at) = along {
                    levels[at] = level;
                }
                let place = along.map_or(0.0, |at| spots(&axes[at]).levels[level].at);
                let found = self.estimate(self.study.design.number_of(&levels), share.column);
                points.extend(found.map(|(value, ends)| (place, value, ends)));
            }
            series.push(Series { name, points });
        }
        let nothing = series.iter().all(|series| series.points.is_empty());
        let shown: Vec<usize> = along.into_iter().chain(by.iter().copied()).collect();
        let title = self.title(share.title, &shown);
        let bands = format!("Bands and whiskers: {}. ", self.error_words());
        let frame = self.frame(title, self.definition(share), &bands);
        if nothing {
            return ChartSpec::Words(frame, NO_AGREEMENT.to_owned());
        }
        let words = along.is_none_or(|at| !matches!(axes[at].levels[0], Value::Number(_)));
        let reference = Spot { at: 0.0, label: "reference".to_owned() };
        let alone = Spots { title: String::new(), levels: vec![reference] };
        ChartSpec::Lines(Lines {
            frame,
            x: along.map_or(alone, |at| spots(&axes[at])),
            y_title: share.title.to_owned(),
            range: (0.0, 1.0),
            series,
            separate: words,
            ordered: false,
        })
    }
}
