//! The charts of what is not known: how estimates spread over draws, and which inputs that is owed to.

use engine::Seed;
use outputs::Cell;
use outputs::chart::{
    BoxRow, Boxes, ChartSpec, Discovery, Found as DrawnBox, Frame, Glyph, Quantiles,
};

use super::shares::SHARES;
use super::{MOST_LEVELS, View, capital, join, label_of, rows_of, thousands};
use crate::sensitivity::{Choices, Found, Method, Sample};

impl View<'_> {
    /// How the headline spreads over draws, by level.
    pub(super) fn ignorance(&self) -> Option<ChartSpec> {
        let table = &self.results.draws.as_ref()?.uncertainty;
        let slice = self.slice(0, MOST_LEVELS);
        let places =
            ["estimate", "q05", "q25", "median", "q75", "q95"].map(|name| table.column(name));
        let glyph = |point: u64, estimate: &str| {
            let own = |row: &&[Cell]| places[0].is_some_and(|at| row[at] == estimate.into());
            let row = rows_of(table, point).find(own)?;
            let quantiles: Option<Vec<f64>> =
                places[1..].iter().map(|at| row[(*at)?].number()).collect();
            Some(Glyph::Box(Quantiles(quantiles?.try_into().ok()?)))
        };
        let titles = self.study.headline();
        let rows: Vec<BoxRow> = titles
            .iter()
            .map(|(column, title)| slice.row(title, |point| glyph(point, column)))
            .collect();
        let definition = "Spread over draws of what is uncertain, chance within each draw included";
        let caption = "Box: central half; line: central nine tenths; white: median. ";
        let frame = self.frame(
            slice.by("Estimates given what is not known"),
            join(definition, &slice.held),
            caption,
        );
        if rows.iter().all(|row| row.boxes.iter().all(Option::is_none)) {
            return Some(ChartSpec::Words(frame, "No draw has any of the estimates.".to_owned()));
        }
        let probabilities =
            SHARES.iter().any(|share| titles.iter().any(|(own, _)| own == share.column));
        Some(ChartSpec::Boxes(Boxes {
            frame,
            x_title: if probabilities { "Probability" } else { "Estimate" }.to_owned(),
            range: probabilities.then_some((0.0, 1.0)),
            levels_title: slice.title.clone(),
            levels: slice.spots.iter().map(|spot| spot.label.clone()).collect(),
            rows,
        }))
    }

    /// What the first headline owes to what is uncertain, at the reference point.
    pub(super) fn sensitivity(&self) -> Option<ChartSpec> {
        let draws = &self.results.draws.as_ref()?.draws;
        let levels = self.study.reference_levels();
        let point = self.study.design.number_of(&levels);
        let (column, title) = main_estimate(&self.study.headline())?;
        let held = self.held(&[], &levels);
        let method = Method::of(self.study.draws.way);
        let choices = Choices { slices: 10, threshold: 0.5, seed: Seed(self.study.seed) };
        let title = format!("{title}: what it owes to each input");
        let subtitle = join(definition_words(method), &held);
        let found = Sample::of_run(self.study, draws, point, &column)
            .and_then(|sample| Ok((sample.analyse(method, &choices)?, sample)));
        Some(match found {
            Ok((found, sample)) => {
                let marks = format!("{} ", marks_words(&sample, &found));
                sensitivity_chart(self.frame(title, subtitle, &marks), &sample, &found)
            }
            Err(error) => {
                ChartSpec::Words(self.frame(title, subtitle, ""), format!("{column}: {error}"))
            }
        })
    }

    /// How many draws of how many parameters, in words; nothing where all is known.
    pub(super) fn draws_in_words(&self) -> String {
        if self.study.uncertain.is_empty() {
            return String::new();
        }
        let (draws, inputs) = (self.study.drawn.len() as u64, self.study.uncertain.len());
        format!("{} draws of {inputs} uncertain inputs, ", thousands(draws))
    }
}

/// The estimate that stands for all: P(signed and holds) where there is one, else the first.
pub fn main_estimate(titles: &[(String, String)]) -> Option<(String, String)> {
    let durable = titles.iter().find(|(column, _)| column == "p_durable");
    durable.or(titles.first()).cloned()
}

/// What a chart of a method shows.
pub fn definition_words(method: Method) -> &'static str {
    match method {
        Method::Sobol => {
            "Shares of the variance over draws: alone (first order), and with all others (total)"
        }
        Method::Morris => {
            "Mean size of steps across an input's range (mu*), and their spread (sigma)"
        }
        Method::Oat => {
            "With one input at low and at high, the others at their median; dot: all at their median"
        }
        Method::Pawn => {
            "Distance between the distribution over draws and that within slices of the input"
        }
        Method::Prim => "Boxes of inputs in which cases are frequent",
    }
}

/// What its marks are, and what could be luck.
pub fn marks_words(sample: &Sample, found: &Found) -> String {
    match found {
        Found::Sobol(_) => "Whiskers: 95 %, bootstrap.".to_owned(),
        Found::Morris(_) => "Whiskers: 95 %.".to_owned(),
        Found::Oat(..) => "Whiskers: from low to high.".to_owned(),
        Found::Pawn(all) => {
            let lucky = |(own, input): (&Option<engine::Pawn>, &String)| {
                own.filter(|own| own.greatest <= own.threshold).map(|_| name_of(input))
            };
            let lucky: Vec<String> = all.iter().zip(&sample.inputs).filter_map(lucky).collect();
            let luck = match lucky.len() {
                0 => String::new(),
                n if n == sample.inputs.len() => " All of it could be luck.".to_owned(),
                _ => format!(" Could be luck: {}.", lucky.join(", ")),
            };
            format!("Dot: median over slices; whisker: to the greatest.{luck}")
        }
        Found::Prim(_) => {
            "Dots: the boxes chosen, after pasting, less what could be luck. Found by search: to \
                           be looked at, not concluded from."
                .to_owned()
        }
    }
}

/// The chart of what was found, inputs by their weight.
pub fn sensitivity_chart(frame: Frame, sample: &Sample, found: &Found) -> ChartSpec {
    let output = &sample.output;
    let (x_title, range) = match found {
        Found::Sobol(_) => ("Share of the variance".to_owned(), None),
        Found::Morris(_) => (format!("Effect on {output}"), None),
        Found::Oat(..) => (output.clone(), None),
        Found::Pawn(_) => ("Kolmogorov–Smirnov distance".to_owned(), Some((0.0, 1.0))),
        Found::Prim(boxes) => return discovery(frame, sample, boxes),
    };
    let (levels, mut rows) = rows(sample, found);
    // The greatest first; inputs of equal weight in their order.
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    ChartSpec::Boxes(Boxes { frame, x_title, range, levels_title: String::new(), levels, rows })
}

/// Boxes with the ends of their inputs; those that every box leaves free are not shown.
fn discovery(frame: Frame, sample: &Sample, boxes: &[engine::BoxFound]) -> ChartSpec {
    if boxes.is_empty() {
        let nothing = "No box does better than all rows together.";
        return ChartSpec::Words(frame, nothing.to_owned());
    }
    let finite = |end: f64| end.is_finite().then_some(end);
    let ends = |at: usize, found: &engine::BoxFound| {
        let (low, high) = found.limits[at];
        let ends = (finite(low), finite(high));
        (ends != (None, None)).then_some(ends)
    };
    let ranges = sample.ranges();
    let held: Vec<usize> = (0..sample.inputs.len())
        .filter(|at| boxes.iter().any(|found| ends(*at, found).is_some()))
        .collect();
    // The coverage on the way to a box is that of the cases which those before it have left.
    let mut left = 1.0;
    let box_of = |(number, found): (usize, &engine::BoxFound)| {
        let path = found.path.iter().map(|(coverage, density)| (left * coverage, *density));
        let drawn = DrawnBox {
            name: format!("box {}", number + 1),
            limits: held.iter().map(|at| ends(*at, found)).collect(),
            path: path.collect(),
            chosen: (found.coverage, found.density),
        };
        left -= found.coverage;
        drawn
    };
    ChartSpec::Discovery(Discovery {
        frame,
        inputs: held.iter().map(|at| (name_of(&sample.inputs[*at]), ranges[*at])).collect(),
        boxes: boxes.iter().enumerate().map(box_of).collect(),
    })
}

/// What a column of inputs is called in charts.
fn name_of(column: &str) -> String {
    capital(&label_of(column))
}

/// Labels of what is shown for each input, and the inputs with their weights.
fn rows(sample: &Sample, found: &Found) -> (Vec<String>, Vec<(f64, BoxRow)>) {
    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect();
    let row = |at: usize, weight: f64, boxes: Vec<Option<Glyph>>| {
        (weight, BoxRow { name: name_of(&sample.inputs[at]), boxes })
    };
    let inputs = 0..sample.inputs.len();
    match found {
        Found::Sobol(own) => {
            let dot = |index: engine::Index| Some(Glyph::Dot(index.value, (index.low, index.high)));
            let one =
                |at| row(at, own.total[at].value, vec![dot(own.total[at]), dot(own.first[at])]);
            (names(&["total", "first order"]), inputs.map(one).collect())
        }
        Found::Morris(own) => {
            let one = |at: usize| {
                let boxes = own[at].map_or(vec![None, None], |own| {
                    let sigma = Glyph::Dot(own.sigma, (own.sigma, own.sigma));
                    vec![Some(Glyph::Dot(own.mu_star, (own.low, own.high))), Some(sigma)]
                });
                row(at, own[at].map_or(0.0, |own| own.mu_star), boxes)
            };
            (names(&["mu*", "sigma"]), inputs.map(one).collect())
        }
        Found::Oat(middle, own) => {
            let one = |at: usize| {
                let ends = own[at].0.zip(own[at].1);
                let glyph = ends.map(|(a, b)| Glyph::Dot(*middle, (a.min(b), a.max(b))));
                row(at, ends.map_or(0.0, |(a, b)| (a - b).abs()), vec![glyph])
            };
            (names(&["low to high"]), inputs.map(one).collect())
        }
        Found::Pawn(own) => {
            let one = |at: usize| {
                let glyph = own[at].map(|own| Glyph::Dot(own.median, (own.median, own.greatest)));
                row(at, own[at].map_or(0.0, |own| own.median), vec![glyph])
            };
            (names(&["distance"]), inputs.map(one).collect())
        }
        Found::Prim(_) => (Vec::new(), Vec::new()),
    }
}
