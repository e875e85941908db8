//! The design of a study: what is swept, and the points that come of it.

use std::collections::BTreeSet;

use models::{Scenario, Settings, Value};
use outputs::Cell;

use crate::ensemble::Member;
use crate::points::{POINTS, in_tables};
use crate::results::cell;

/// Where a path leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A parameter of the model, by its place in the table.
    Parameter(usize),
    /// A number of the scenario, by its keys.
    Scenario(Vec<String>),
    /// Several values at once: those of the member of that name.
    Ensemble(Vec<Member>),
    /// The same: those of the point of that name.
    Points(Vec<Member>),
}

/// A swept parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its path as in the study.
    pub path: String,
    /// Where that leads.
    pub target: Target,
    /// Its levels, in order.
    pub levels: Vec<Value>,
}

impl Axis {
    /// The name of its column: the path with spaces replaced.
    pub fn column(&self) -> String {
        in_tables(&self.path)
    }

    /// Whether its levels are names that somebody has given.
    pub fn is_named(&self) -> bool {
        match &self.target {
            Target::Ensemble(_) => true,
            Target::Points(members) => {
                members.iter().enumerate().any(|(at, member)| member.name != at.to_string())
            }
            _ => false,
        }
    }

    /// Whether it sets what a target leads to.
    pub fn sets(&self, target: &Target) -> bool {
        match &self.target {
            Target::Ensemble(members) | Target::Points(members) => {
                members.iter().any(|member| member.values.iter().any(|(_, own, _)| own == target))
            }
            own => own == target,
        }
    }

    /// Leaves a value out of the points of a list, where they set it.
    pub(crate) fn forget(&mut self, target: &Target) {
        if let Target::Points(members) = &mut self.target {
            members.iter_mut().for_each(|member| member.values.retain(|(_, own, _)| own != target));
        }
    }

    /// What a level sets, by name: of a list of points every value, and the name where points have names.
    fn told(&self, level: usize) -> Vec<(String, Value)> {
        let own = (self.path.clone(), self.levels[level].clone());
        let Target::Points(members) = &self.target else { return vec![own] };
        let values = members[level].values.iter();
        let values = values.map(|(path, _, value)| (path.clone(), value.clone()));
        if self.is_named() {
            std::iter::once(own).chain(values).collect()
        } else {
            values.collect()
        }
    }
}

/// A full grid over the axes; the first axis changes slowest.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// What is swept.
    pub axes: Vec<Axis>,
}

/// One point: for each axis, which level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its number, counted from 0.
    pub number: u64,
    /// One level for each axis.
    pub levels: Vec<usize>,
}

impl Design {
    /// Merges points of a list that set the same, and leaves a list out that sets nothing: what was set for good
    /// has no place in it.
    pub(crate) fn merge_points(&mut self) {
        for axis in &mut self.axes {
            let Target::Points(members) = &mut axis.target else { continue };
            let is_numbered =
                members.iter().enumerate().all(|(at, member)| member.name == at.to_string());
            let mut seen = BTreeSet::new();
            members.retain(|member| seen.insert(member.words()));
            if is_numbered {
                members.iter_mut().enumerate().for_each(|(at, own)| own.name = at.to_string());
            }
            axis.levels = members.iter().map(|own| Value::Word(own.name.clone())).collect();
        }
        self.axes.retain(|axis| match &axis.target {
            Target::Points(members) => members.iter().any(|member| !member.values.is_empty()),
            _ => true,
        });
    }

    /// How many points; nothing where they cannot be counted.
    pub fn size(&self) -> Option<u64> {
        self.axes.iter().try_fold(1_u64, |size, axis| size.checked_mul(axis.levels.len() as u64))
    }

    /// The point of a number below [`Design::size`].
    pub fn point(&self, number: u64) -> Point {
        let mut rest = number;
        let mut levels: Vec<usize> = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            let count = axis.levels.len() as u64;
            levels.push((rest % count) as usize);
            rest /= count;
        }
        levels.reverse();
        Point { number, levels }
    }

    /// The number of the point with these levels.
    pub fn number_of(&self, levels: &[usize]) -> u64 {
        let axes = self.axes.iter().zip(levels);
        axes.fold(0, |number, (axis, level)| number * axis.levels.len() as u64 + *level as u64)
    }

    /// All points, in order.
    pub fn points(&self) -> impl Iterator<Item = Point> + '_ {
        (0..self.size().unwrap_or(0)).map(|number| self.point(number))
    }

    /// What is set at a point, by name, in the order of columns.
    pub fn told(&self, point: &Point) -> Vec<(String, Value)> {
        let axes = self.axes.iter().zip(&point.levels);
        axes.flat_map(|(axis, level)| axis.told(*level)).collect()
    }

    /// The same in words: "unity 0.6, signalling 0.3"; empty where nothing is swept.
    pub fn words(&self, point: &Point) -> String {
        // The name of a point speaks for itself.
        let told = self.told(point).into_iter().map(|(name, value)| match name.as_str() {
            POINTS => value.to_string(),
            _ => format!("{name} {value}"),
        });
        told.collect::<Vec<String>>().join(", ")
    }

    /// The columns of what is swept.
    pub fn columns(&self) -> Vec<String> {
        let all = self.axes.iter().flat_map(|axis| axis.told(0));
        all.map(|(name, _)| in_tables(&name)).collect()
    }

    /// What stands in them at a point.
    pub fn cells(&self, point: &Point) -> Vec<Cell> {
        self.told(point).iter().map(|(_, value)| cell(value)).collect()
    }

    /// The level of each axis at a point.
    pub fn values<'a>(&'a self, point: &'a Point) -> impl Iterator<Item = &'a Value> + 'a {
        self.axes.iter().zip(&point.levels).map(|(axis, level)| &axis.levels[*level])
    }

    /// Settings and scenario at a point. The levels were checked when the study was read.
    pub fn apply(&self, point: &Point, settings: &mut Settings, scenario: &mut Scenario) {
        for (axis, (value, level)) in self.axes.iter().zip(self.values(point).zip(&point.levels)) {
            let applied = match &axis.target {
                // Members are levels, in their order.
                Target::Ensemble(members) | Target::Points(members) => {
                    members[*level].apply(settings, scenario)
                }
                target => apply(target, value, settings, scenario),
            };
            debug_assert!(applied.is_ok(), "the level of {} was checked", axis.path);
        }
    }
}

impl Member {
    /// Sets all that it sets.
    fn apply(&self, settings: &mut Settings, scenario: &mut Scenario) -> Result<(), String> {
        let mut values = self.values.iter();
        values.try_for_each(|(_, target, value)| apply(target, value, settings, scenario))
    }

    /// Its values as text, by which members can be told apart.
    pub(crate) fn words(&self) -> String {
        let words: Vec<String> = self.values.iter().map(|(.., value)| value.to_string()).collect();
        words.join("\n")
    }
}

/// Sets what a target leads to.
///
/// # Errors
///
/// The rule that the value breaks.
pub(crate) fn apply(
    target: &Target,
    value: &Value,
    settings: &mut Settings,
    scenario: &mut Scenario,
) -> Result<(), String> {
    match (target, value) {
        (Target::Parameter(place), value) => {
            settings.set(*place, value).map_err(|invalid| invalid.rule)
        }
        (Target::Scenario(keys), Value::Number(number)) => {
            let slot = scenario.number_mut(keys).map_err(|_| "names nothing".to_owned())?;
            *slot = *number;
            Ok(())
        }
        (Target::Scenario(_), _) => Err("must be a number".to_owned()),
        (Target::Ensemble(members) | Target::Points(members), Value::Word(name)) => {
            let member = members.iter().find(|member| member.name == *name);
            member.ok_or("must be the name of a member")?.apply(settings, scenario)
        }
        (Target::Ensemble(_) | Target::Points(_), _) => {
            Err("must be the name of a member".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(path: &str, levels: u32) -> Axis {
        let levels = (0..levels).map(|level| Value::Number(f64::from(level))).collect();
        Axis { path: path.to_owned(), target: Target::Parameter(0), levels }
    }

    #[test]
    fn the_grid_holds_every_combination_once_and_the_first_axis_changes_slowest() {
        let design = Design { axes: vec![axis("a", 2), axis("b", 3)] };
        let levels: Vec<Vec<usize>> = design.points().map(|point| point.levels).collect();
        assert_eq!(levels, [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]);
        assert!(design.points().all(|point| design.number_of(&point.levels) == point.number));
    }

    #[test]
    fn without_axes_there_is_one_point() {
        assert_eq!(Design { axes: Vec::new() }.points().count(), 1);
    }

    #[test]
    fn a_grid_too_large_to_count_has_no_size() {
        let axes = (0..10).map(|_| axis("a", 100_000)).collect();
        assert_eq!(Design { axes }.size(), None);
    }
}
