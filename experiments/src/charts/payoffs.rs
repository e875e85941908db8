//! The charts of who gains and who agrees: payoffs and votes by actor and level.

use models::Role;
use outputs::chart::{BoxRow, Boxes, ChartSpec, Count, Glyph, Quantiles, quantile};

use super::{MOST_LEVELS, View, column, join};

impl View<'_> {
    pub(super) fn payoffs(&self) -> ChartSpec {
        let slice = self.slice(0, MOST_LEVELS);
        let glyph = |point: u64, name: &str| {
            let bins = self.bins(point, &format!("payoff_{}", column(name)));
            quantiles(&bins).map(Glyph::Box)
        };
        let actors = self.study.scenario.actors.iter().map(|actor| actor.name.as_str());
        let definition =
            "Normalised and discounted, over all runs: war, its costs, and what is agreed";
        let caption = "Box: central half; line: central nine tenths; white: median. ";
        let title = slice.and("Payoffs by actor");
        ChartSpec::Boxes(Boxes {
            frame: self.frame(title, join(definition, &slice.held), caption),
            x_title: "Payoff".to_owned(),
            range: None,
            levels_title: slice.title.clone(),
            levels: slice.spots.iter().map(|spot| spot.label.clone()).collect(),
            rows: actors.map(|name| slice.row(name, |point| glyph(point, name))).collect(),
        })
    }

    /// How the members of the coalition vote; nothing where there are none.
    pub(super) fn votes(&self) -> Option<ChartSpec> {
        let slice = self.slice(0, MOST_LEVELS);
        let actors = self.study.scenario.actors.iter();
        let members = actors.filter(|actor| actor.role == Role::Member);
        let glyph = |point: u64, name: &str| {
            let (value, ends) = self.estimate(point, &format!("votes_{}", column(name)))?;
            Some(Glyph::Dot(value, ends.unwrap_or((value, value))))
        };
        let rows: Vec<BoxRow> =
            members.map(|own| slice.row(&own.name, |point| glyph(point, &own.name))).collect();
        rows.first()?;
        let definition =
            "Mean share of the drafts put to the coalition in a run that a member is in favour of";
        let caption = format!("Before any vote as one. Whiskers: {}. ", self.error_words());
        let title = slice.and("In favour of drafts by member");
        let frame = self.frame(title, join(definition, &slice.held), &caption);
        if rows.iter().all(|row| row.boxes.iter().all(Option::is_none)) {
            return Some(ChartSpec::Words(frame, "No draft was put to the coalition.".to_owned()));
        }
        Some(ChartSpec::Boxes(Boxes {
            frame,
            x_title: "Share in favour".to_owned(),
            range: Some((0.0, 1.0)),
            levels_title: slice.title.clone(),
            levels: slice.spots.iter().map(|spot| spot.label.clone()).collect(),
            rows,
        }))
    }
}

/// The 5, 25, 50, 75 and 95 % quantiles of counts in bins, spread evenly within each.
fn quantiles(bins: &[Count]) -> Option<Quantiles> {
    let [a, b, c, d, e] = [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| quantile(bins, share));
    Some(Quantiles([a?, b?, c?, d?, e?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_even_bins_lie_evenly() {
        let bins: Vec<Count> = (0..10)
            .map(|at| f64::from(at) / 10.0)
            .map(|low| Count { low, high: low + 0.1, count: 7.0 })
            .collect();
        let Quantiles(found) = quantiles(&bins).expect("there are counts");
        for (found, known) in found.iter().zip([0.05, 0.25, 0.5, 0.75, 0.95]) {
            assert!((found - known).abs() < 1e-12, "{found} {known}");
        }
        assert_eq!(quantiles(&[]), None);
    }
}
