//! The chart of the contract curve: where agreements fall on it, and what stands beside it.

use models::Role;
use models::peace::Worth;
use outputs::chart::{ChartSpec, Place, Plane};

use super::{MOST_PANELS, NO_AGREEMENT, View, column, join, rows_of};
use crate::solutions::{SOLUTIONS, told};

/// Kinds of points.
const KINDS: [&str; 4] = [
    "war at the outset, less its median cost",
    "solutions between belligerents",
    "with the coalition",
    "ideal points",
];

/// Utilities of challenger and defender as a place: the defender's to the right.
fn place((challenger, defender): (f64, f64)) -> (f64, f64) {
    (defender, challenger)
}

impl View<'_> {
    /// The curve of the reference point, with the agreements of some levels of the first parameter that
    /// leave it as it is; words where there is none.
    pub(super) fn curve(&self) -> ChartSpec {
        let study = self.study;
        let slice = self.slice(0, MOST_PANELS);
        let definition = "Utility of terms to both; ridge: where on the contract curve the bases of agreements lie, \
                          with their median";
        let notes = "Shaded: better for both than war. Guarantees come on top. ";
        let title = slice.by("Agreements on the contract curve");
        let frame = self.frame(title, join(definition, &slice.held), notes);
        let worths: Vec<Worth> = slice
            .points
            .iter()
            .filter_map(|point| {
                let (settings, scenario) = study.at(&study.design.point(*point));
                Worth::new(&settings, &scenario).ok()
            })
            .collect();
        let Some(worth) = worths.first().cloned() else {
            return ChartSpec::Words(frame, "The scenario has no contract curve.".to_owned());
        };
        // Where what is swept bends the curve itself, only the first level is shown on it.
        let shown = if worths.iter().all(|other| *other == worth) { slice.points.len() } else { 1 };
        let bins = |(spot, point): (&outputs::chart::Spot, &u64)| {
            (spot.label.clone(), self.bins(*point, "along_curve"))
        };
        let levels: Vec<_> = slice.spots.iter().zip(&slice.points).take(shown).map(bins).collect();
        if levels.iter().all(|(_, bins)| bins.iter().all(|bin| bin.count == 0.0)) {
            return ChartSpec::Words(frame, NO_AGREEMENT.to_owned());
        }
        let named = |role: Role| study.scenario.actors.iter().find(|actor| actor.role == role);
        let name = |role| named(role).map_or("", |actor| actor.name.as_str());
        let title = |role| format!("Utility to {}", name(role));
        let war = Place { name: "War".to_owned(), kind: 0, at: place(worth.war) };
        let ideals = worth.ideals.iter().map(|(name, at)| Place {
            name: name.clone(),
            kind: 3,
            at: place(*at),
        });
        let solutions =
            self.solutions_at(slice.points[0], name(Role::Challenger), name(Role::Defender));
        ChartSpec::Plane(Plane {
            frame,
            x_title: title(Role::Defender),
            y_title: title(Role::Challenger),
            curve: worth.curve.iter().copied().map(place).collect(),
            levels_title: slice.title.clone(),
            levels,
            without: place(worth.war),
            kinds: KINDS.map(str::to_owned).to_vec(),
            marks: std::iter::once(war).chain(ideals).chain(solutions).collect(),
        })
    }

    fn solutions_at(&self, point: u64, challenger: &str, defender: &str) -> Vec<Place> {
        let Some(table) = &self.results.solutions else { return Vec::new() };
        let of = |name: &str| table.column(&format!("utility_{}", column(name)));
        let (Some(first), Some(second)) = (of(challenger), of(defender)) else { return Vec::new() };
        let solution = |row: &[outputs::Cell]| {
            let outputs::Cell::Text(name) = &row[1] else { return None };
            let (with, which) = told(name)?;
            let at = place((row[first].number()?, row[second].number()?));
            Some(Place { name: SOLUTIONS[which].1.to_owned(), kind: 1 + with, at })
        };
        rows_of(table, point).filter_map(solution).collect()
    }
}
