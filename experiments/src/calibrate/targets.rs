//! What a model is held against: estimates with the values and intervals that are known of them.

use std::path::Path;

use engine::{MeasureInfo, Summary, Z95};

use crate::draws::coordinates;
use crate::results::estimates;
use crate::source::{ConfigError, Cursor, Source};
use crate::study::{Overrides, Study};

/// What is calibrated, and how.
pub struct Plan {
    /// Its name, and that of its folder.
    pub name: String,
    /// The study whose uncertain parameters have priors.
    pub study: Study,
    /// What it is held against.
    pub targets: Vec<Target>,
    /// Particles of a population.
    pub particles: usize,
    /// Populations at most, the sample of the prior included.
    pub rounds: usize,
    /// Share of a population whose distances the next may not exceed.
    pub keep: f64,
}

/// A number that is known of the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What it is called.
    pub name: String,
    /// What of the model it is.
    pub moment: Moment,
    /// Its value.
    pub value: f64,
    /// Ends of its 95 % interval.
    pub low: f64,
    /// The upper one.
    pub high: f64,
    /// Whether particles are held against it; else it is only told how they come out.
    pub fitted: bool,
    /// Where it is from.
    pub source: String,
}

/// A number read off many replications.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// The mean of an estimate.
    Estimate(String),
    /// The ratio of two estimates: of a chance to last so long that to have lasted until an earlier time.
    Given(String, String),
    /// The share of all replications in which a measure with bins is at most so much.
    AtMost(String, f64),
    /// The shape of a Weibull distribution through the survival curve: below 1 where the hazard falls.
    WeibullShape,
}

impl Moment {
    /// Reads it off a summary; nothing where it is not defined.
    pub fn of(&self, measures: &[MeasureInfo], summary: &Summary) -> Option<f64> {
        let mean = |name: &str| {
            let mut all = estimates(measures).zip(summary.estimates());
            all.find(|((_, own), _)| own.name == name).and_then(|(_, (tally, _))| tally.mean())
        };
        match self {
            Self::Estimate(name) => mean(name),
            Self::Given(name, given) => Some(mean(name)? / mean(given).filter(|own| *own > 0.0)?),
            Self::AtMost(name, most) => {
                let mut all = estimates(measures).zip(summary.estimates());
                let (_, (_, histogram)) = all.find(|((measure, _), _)| measure.name == *name)?;
                let below = histogram.as_ref()?.cells().filter(|(_, high, _)| *high <= most + 0.5);
                let count: u64 = below.map(|(_, _, count)| count).sum();
                Some(count as f64 / summary.replications() as f64)
            }
            Self::WeibullShape => weibull_shape(summary),
        }
    }
}

/// The slope of ln(−ln S) over ln t, by least squares over all years.
fn weibull_shape(summary: &Summary) -> Option<f64> {
    let years = summary.survival().iter().enumerate().skip(1);
    let points: Option<Vec<(f64, f64)>> = years
        .map(|(year, tally)| {
            let hazard = -tally.mean()?.ln();
            (hazard > 0.0).then(|| ((year as f64).ln(), hazard.ln()))
        })
        .collect();
    let points = points.filter(|points| points.len() > 1)?;
    let n = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let across: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    let spread: f64 = points.iter().map(|p| (p.0 - x) * (p.0 - x)).sum();
    Some(across / spread)
}

impl Target {
    /// How far a number lies from the target, in standard errors of the side it lies on.
    pub fn distance(&self, found: f64) -> f64 {
        let reach = if found > self.value { self.high - self.value } else { self.value - self.low };
        (found - self.value) * Z95 / reach
    }

    /// Whether a number lies in the interval.
    pub fn holds(&self, found: f64) -> bool {
        (self.low..=self.high).contains(&found)
    }
}

impl Plan {
    /// How many targets particles are held against.
    pub(super) fn fitted(&self) -> usize {
        self.targets.iter().filter(|target| target.fitted).count()
    }

    /// From how many coordinates what is uncertain is drawn.
    pub(super) fn coordinates(&self) -> usize {
        coordinates(&self.study.uncertain).1
    }

    /// Reads a file of targets with the study that it names.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the first thing that is wrong.
    pub fn read(path: &Path, overrides: &Overrides) -> Result<Self, ConfigError> {
        let source = Source::read(path)?;
        let root = Cursor::root(&source);
        root.only(&["name", "study", "targets", "calibrate"])?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let named = root.need("study")?;
        let study = Study::read(&folder.join(named.text()?), overrides)?;
        if study.uncertain.is_empty() || !study.design.axes.is_empty() {
            return Err(named.error("must have priors under [uncertain] and sweep nothing"));
        }
        let list = root.need("targets")?;
        let targets: Vec<Target> =
            list.items()?.iter().map(|own| read_target(own, &study)).collect::<Result<_, _>>()?;
        if !targets.iter().any(|target| target.fitted) {
            return Err(list.error("must hold at least one target that is not a mere check"));
        }
        let mut plan = Self {
            name: root.need("name")?.name()?.to_owned(),
            study,
            targets,
            particles: 300,
            rounds: 8,
            keep: 0.5,
        };
        if let Some(table) = root.get("calibrate")? {
            table.only(&["particles", "rounds", "keep"])?;
            if let Some(own) = table.get("particles")? {
                plan.particles = own.whole(20, 100_000)? as usize;
            }
            if let Some(own) = table.get("rounds")? {
                plan.rounds = own.whole(1, 100)? as usize;
            }
            if let Some(own) = table.get("keep")? {
                plan.keep = own.number()?;
                if !(0.05..=0.95).contains(&plan.keep) {
                    return Err(own.error("must be a share from 0.05 to 0.95"));
                }
            }
        }
        Ok(plan)
    }
}

fn read_target(table: &Cursor, study: &Study) -> Result<Target, ConfigError> {
    table.only(&[
        "name",
        "estimate",
        "given",
        "check",
        "measure",
        "at_most",
        "weibull_shape",
        "value",
        "low",
        "high",
        "source",
    ])?;
    let model = study.build_drawn(&study.design.point(0), &study.drawn[0]);
    let (measures, years) =
        model.map(|model| (model.measure_infos(), model.survival_years())).unwrap_or_default();
    for (key, of) in [("given", "estimate"), ("at_most", "measure")] {
        if let (Some(stray), None) = (table.get(key)?, table.get(of)?) {
            return Err(stray.error(format!("has no meaning without `{of}`")));
        }
    }
    let moment = match (table.get("estimate")?, table.get("measure")?) {
        (Some(own), None) => {
            let name = own.text()?;
            if !estimates(&measures).any(|(_, estimate)| estimate.name == name) {
                return Err(own.error(format!(
                    "must be an estimate of {} (see points.csv)",
                    study.world.name
                )));
            }
            match table.get("given")? {
                None => Moment::Estimate(name.to_owned()),
                Some(other) => {
                    let given = other.text()?;
                    if given == name || !estimates(&measures).any(|(_, own)| own.name == given) {
                        let rule = "must be another estimate of the study, such as p_holds_1y";
                        return Err(other.error(rule));
                    }
                    Moment::Given(name.to_owned(), given.to_owned())
                }
            }
        }
        (None, Some(own)) => {
            let name = own.text()?;
            let binned = |(measure, own): (&MeasureInfo, &engine::Estimate)| {
                measure.name == name && own.bins.is_some()
            };
            if !estimates(&measures).any(binned) {
                return Err(
                    own.error("must be a measure that is counted in bins, such as \"month\"")
                );
            }
            Moment::AtMost(name.to_owned(), table.need("at_most")?.number()?)
        }
        (None, None) if is_true(table, "weibull_shape")? => {
            if years == 0 {
                let world = study.world.name;
                let message =
                    format!("`weibull_shape` has no meaning: nothing in {world} has a lifetime");
                return Err(table.error_here(message));
            }
            Moment::WeibullShape
        }
        _ => {
            return Err(table.error_here(
                "a target needs one of `estimate`, `measure` with `at_most`, `weibull_shape`",
            ));
        }
    };
    let number = |key: &str| table.need(key)?.number();
    let (value, low, high) = (number("value")?, number("low")?, number("high")?);
    if !(low < value && value < high) {
        return Err(table
            .need("value")?
            .error("must lie between `low` and `high`, the ends of its 95 % interval"));
    }
    let usual = match &moment {
        Moment::Estimate(name) => name.clone(),
        Moment::Given(name, given) => format!("{name} given {given}"),
        Moment::AtMost(name, most) => format!("{name} at most {most}"),
        Moment::WeibullShape => "Weibull shape of survival".to_owned(),
    };
    let name = table.get("name")?.map_or(Ok(usual.as_str()), |own| own.text())?.to_owned();
    let source = table.get("source")?.map_or(Ok(""), |own| own.text())?.to_owned();
    let fitted = !is_true(table, "check")?;
    Ok(Target { name, moment, value, low, high, fitted, source })
}

/// A flag that is false where it is not given.
fn is_true(table: &Cursor, key: &str) -> Result<bool, ConfigError> {
    table.get(key)?.map_or(Ok(false), |flag| flag.flag())
}
