//! The chart of who gains: payoffs by actor and level.

use outputs::chart::{BoxRow, Boxes, ChartSpec, Count, Quantiles};

use super::{MOST_LEVELS, View, by, column, join};

impl View<'_> {
    pub(super) fn payoffs(&self) -> ChartSpec {
        let slice = self.slice(0, MOST_LEVELS);
        let row = |name: &String| BoxRow {
            name: name.clone(),
            boxes: slice
                .points
                .iter()
                .map(|point| quantiles(&self.bins(*point, &format!("payoff_{}", column(name)))))
                .collect(),
        };
        let definition =
            "Normalised and discounted, over all runs: war, its costs, and what is agreed";
        let caption = "Box: central half; line: central nine tenths; white: median. ";
        let title = by("Payoffs by actor", &slice.title).replace("actor by", "actor and");
        ChartSpec::Boxes(Boxes {
            frame: self.frame(title, join(definition, &slice.held), caption),
            x_title: "Payoff".to_owned(),
            levels_title: slice.title.clone(),
            levels: slice.spots.iter().map(|spot| spot.label.clone()).collect(),
            rows: self.study.scenario.actors.iter().map(|actor| row(&actor.name)).collect(),
        })
    }
}

/// The 5, 25, 50, 75 and 95 % quantiles of counts in bins, spread evenly within each.
fn quantiles(bins: &[Count]) -> Option<Quantiles> {
    let all: f64 = bins.iter().map(|bin| bin.count).sum();
    let at = |share: f64| {
        let mut below = 0.0;
        bins.iter().find_map(|bin| {
            let wanted = share * all - below;
            below += bin.count;
            (bin.count > 0.0 && wanted <= bin.count)
                .then(|| bin.low + (bin.high - bin.low) * (wanted / bin.count).max(0.0))
        })
    };
    let [a, b, c, d, e] = [0.05, 0.25, 0.5, 0.75, 0.95].map(at);
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
