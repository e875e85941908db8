//! The design of a study: what is swept, and the points that come of it.

use models::{Scenario, Settings, Value};

use crate::ensemble::Member;

/// Where a path leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A parameter of the model, by its place in the table.
    Parameter(usize),
    /// A number of the scenario, by its keys.
    Scenario(Vec<String>),
    /// Several values at once: those of the member of that name.
    Ensemble(Vec<Member>),
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
        self.path.replace(' ', "_").replace('"', "")
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

    /// The level of each axis at a point.
    pub fn values<'a>(&'a self, point: &'a Point) -> impl Iterator<Item = &'a Value> + 'a {
        self.axes.iter().zip(&point.levels).map(|(axis, level)| &axis.levels[*level])
    }

    /// Settings and scenario at a point. The levels were checked when the study was read.
    pub fn apply(&self, point: &Point, settings: &mut Settings, scenario: &mut Scenario) {
        for (axis, value) in self.axes.iter().zip(self.values(point)) {
            let applied = apply(&axis.target, value, settings, scenario);
            debug_assert!(applied.is_ok(), "the level of {} was checked", axis.path);
        }
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
        (Target::Ensemble(members), Value::Word(name)) => {
            let member = members.iter().find(|member| member.name == *name);
            let member = member.ok_or("must be the name of a member")?;
            let mut values = member.values.iter();
            values.try_for_each(|(_, target, value)| apply(target, value, settings, scenario))
        }
        (Target::Ensemble(_), _) => Err("must be the name of a member".to_owned()),
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
