//! A calibration as tables, and its predictive check as a chart.

use models::Value;
use outputs::chart::{BoxRow, Boxes, ChartSpec, Frame, Glyph, Quantiles};
use outputs::{Cell, Table};

use super::populations::{Calibration, Particle};
use super::targets::Plan;
use crate::draws::coordinates;
use crate::results::cell;
use crate::uncertain::Uncertain;

/// A parameter of which less than this share of the prior's spread is gone has not been told apart.
const TOLD: f64 = 0.9;
/// Two parameters that are correlated more than this are only known together.
const TOGETHER: f64 = 0.7;

fn columns(plan: &Plan) -> Vec<String> {
    plan.study.uncertain.iter().map(Uncertain::column).collect()
}

/// Equally weighted rows of values: what a study can take as `sample`.
pub fn posterior(plan: &Plan, calibration: &Calibration) -> Table {
    let mut table = Table::new(columns(plan));
    for own in calibration.resampled(plan.study.seed) {
        table.push(own.values.iter().map(cell).collect());
    }
    table
}

/// The last population: weight, distance, values and moments of every particle.
pub fn particles(plan: &Plan, calibration: &Calibration) -> Table {
    let fixed = ["weight", "distance"].map(str::to_owned);
    let names = plan.targets.iter().map(|target| target.name.clone());
    let all: Vec<String> = fixed.into_iter().chain(columns(plan)).chain(names).collect();
    let mut table = Table::new(all);
    for own in &calibration.particles {
        let numbers = [own.weight, own.distance].map(Cell::Number).into_iter();
        let values = own.values.iter().map(cell);
        let moments = own.moments.iter().map(|moment| Cell::Number(*moment));
        table.push(numbers.chain(values).chain(moments).collect());
    }
    table
}

/// One row for each population, and one for the last as weighted by the targets' errors.
pub fn rounds(calibration: &Calibration) -> Table {
    let mut table = Table::new(["round", "tolerance", "proposed", "effective"]);
    for (number, own) in calibration.rounds.iter().enumerate() {
        let numbers = [number as f64, own.tolerance, own.proposed as f64, own.effective];
        table.push(numbers.map(Cell::Number).to_vec());
    }
    // As it is told: weighted by the targets' errors too.
    if let Some(last) = calibration.rounds.last() {
        let numbers =
            [calibration.rounds.len() as f64, last.tolerance, 0.0, calibration.effective()];
        table.push(numbers.map(Cell::Number).to_vec());
    }
    table
}

/// Target by target: what is known, and what the prior and the last population give.
pub fn predictive(plan: &Plan, calibration: &Calibration) -> Table {
    let mut table = Table::new([
        "target",
        "role",
        "value",
        "low",
        "high",
        "prior_q05",
        "prior_median",
        "prior_q95",
        "q05",
        "median",
        "q95",
        "inside",
        "met",
        "source",
    ]);
    for (at, target) in plan.targets.iter().enumerate() {
        let prior = quantiles(&calibration.prior, |own| own.moments[at]);
        let after = quantiles(&calibration.particles, |own| own.moments[at]);
        let inside: f64 = calibration
            .particles
            .iter()
            .filter(|own| target.holds(own.moments[at]))
            .map(|own| own.weight)
            .sum();
        let role = if target.fitted { "fitted" } else { "checked" };
        let mut row = vec![target.name.as_str().into(), role.into()];
        row.extend([target.value, target.low, target.high].map(Cell::Number));
        row.extend(
            [prior[0], prior[2], prior[4], after[0], after[2], after[4], inside].map(Cell::Number),
        );
        row.push(if target.holds(after[2]) { "hit" } else { "miss" }.into());
        row.push(target.source.as_str().into());
        table.push(row);
    }
    table
}

/// The 5, 25, 50, 75 and 95 % quantiles of a number over weighted particles.
fn quantiles(particles: &[Particle], of: impl Fn(&Particle) -> f64) -> [f64; 5] {
    let mut all: Vec<(f64, f64)> = particles.iter().map(|own| (of(own), own.weight)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| {
        let mut upto = 0.0;
        let found = all.iter().find(|(_, weight)| {
            upto += weight;
            upto >= share
        });
        found.or(all.last()).map_or(f64::NAN, |(value, _)| *value)
    })
}

/// What is left of every prior, and what cannot be told apart, in words.
pub fn told_apart(plan: &Plan, calibration: &Calibration) -> Vec<String> {
    let (places, _) = coordinates(&plan.study.uncertain);
    let left = calibration.left();
    let name = |at: usize| {
        let own = places.iter().position(|place| *place == at);
        own.map_or(String::new(), |own| plan.study.uncertain[own].path.clone())
    };
    let mut all = Vec::new();
    for (own, place) in plan.study.uncertain.iter().zip(&places) {
        let numbers = quantiles(&calibration.particles, |particle| {
            let at = plan.study.uncertain.iter().position(|other| other.path == own.path);
            match at.map(|at| &particle.values[at]) {
                Some(Value::Number(number)) => *number,
                _ => f64::NAN,
            }
        });
        let [low, _, middle, _, high] = numbers;
        if middle.is_nan() {
            all.push(format!("{}: words; their shares are in particles.csv", own.path));
            continue;
        }
        let share = left[*place];
        let word = if share > TOLD { ": the targets say next to nothing of it" } else { "" };
        all.push(format!(
            "{}: {middle:.4} [{low:.4}, {high:.4}], {:.0} % of the prior's spread left{word}",
            own.path,
            100.0 * share
        ));
    }
    for (i, j, correlation) in calibration.correlations() {
        if correlation.abs() > TOGETHER {
            all.push(format!(
                "{} and {} are known only together: correlation {correlation:.2}",
                name(i),
                name(j)
            ));
        }
    }
    all
}

/// Prior and last population against the targets, in standard errors of each.
pub fn predictive_chart(plan: &Plan, calibration: &Calibration) -> ChartSpec {
    const MOST: f64 = 6.0;
    let row = |(at, target): (usize, &super::targets::Target)| {
        let of = |particles: &[Particle]| {
            let all = quantiles(particles, |own| target.distance(own.moments[at]));
            Some(Glyph::Box(Quantiles(all.map(|z| z.clamp(-MOST, MOST)))))
        };
        BoxRow {
            name: target.name.clone(),
            boxes: vec![of(&calibration.prior), of(&calibration.particles)],
        }
    };
    ChartSpec::Boxes(Boxes {
        frame: Frame {
            title: format!("Calibration {}: predictive check", plan.name),
            subtitle: "Box: central half; line: central nine tenths; white: median; 0: the target, ±1.96 its 95 % \
                       interval; cut at ±6"
                .to_owned(),
            caption: format!(
                "{} particles, {} replications each, seed {}. Conditional on the model and the priors.",
                plan.particles, plan.study.replications, plan.study.seed
            ),
        },
        x_title: "Distance from the target, in its standard errors".to_owned(),
        range: Some((-MOST, MOST)),
        levels_title: String::new(),
        levels: vec!["prior".to_owned(), "calibrated".to_owned()],
        rows: plan.targets.iter().enumerate().map(row).collect(),
    })
}
