//! How far conclusions depend on the rules: the members of an ensemble side by side.

use crate::design::Target;
use crate::results::Results;
use crate::study::Study;

/// The headline under every member of an ensemble, at the point nearest to the reference values.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// What is held at what, in words.
    pub held: String,
    /// Names of the estimates.
    pub titles: Vec<String>,
    /// Each member with its estimates.
    pub members: Vec<(String, Vec<Option<f64>>)>,
}

/// The members of an ensemble side by side; nothing where a study has none.
pub fn rules(study: &Study, results: &Results) -> Option<Rules> {
    let axes = &study.design.axes;
    let place = axes.iter().position(|axis| matches!(axis.target, Target::Ensemble(_)))?;
    let titles = study.headline();
    let mut levels = study.reference_levels();
    let member = |(at, name): (usize, &models::Value)| {
        levels[place] = at;
        let number = study.design.number_of(&levels) as usize;
        let value = |(column, _): &(String, String)| results.points.cell(number, column).number();
        (name.to_string(), titles.iter().map(value).collect())
    };
    let members = axes[place].levels.iter().enumerate().map(member).collect();
    let levels = study.reference_levels();
    let others = axes.iter().zip(&levels).enumerate().filter(|(at, _)| *at != place);
    let held: Vec<String> =
        others.map(|(_, (axis, level))| format!("{} {}", axis.path, axis.levels[*level])).collect();
    let titles = titles.into_iter().map(|(_, title)| title).collect();
    Some(Rules { held: held.join(", "), titles, members })
}

impl Rules {
    /// For each estimate the members with the least and the greatest value, in words.
    pub fn words(&self) -> Vec<String> {
        let range = |(at, title): (usize, &String)| {
            let own = self.members.iter().filter_map(|(name, all)| Some((all[at]?, name)));
            let mut own: Vec<(f64, &String)> = own.collect();
            own.sort_by(|a, b| a.0.total_cmp(&b.0));
            let ((least, first), (most, last)) = (own.first()?, own.last()?);
            let by = most - least;
            Some(format!("{title}: {least:.3} ({first}) to {most:.3} ({last}), {by:.3} apart"))
        };
        self.titles.iter().enumerate().filter_map(range).collect()
    }
}
