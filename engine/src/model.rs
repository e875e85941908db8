//! What the engine asks of a world, and the numbers it reads off an outcome.

use std::ops::Range;

use crate::histogram::Bins;
use crate::paths::{PathPlan, Paths, Trace};
use crate::stream::{Luck, Streams};
use crate::summary::Summary;
use crate::survival::Lifetime;

/// A world at one checked design point.
///
/// Whatever is common to its replications is solved when it is made; after that play cannot fail.
pub trait Model: Send + Sync {
    /// What one replication ends in.
    type Outcome;

    /// The numbers read off an outcome, in the order of the columns of every table.
    fn measures(&self) -> Vec<Measure<Self::Outcome>>;

    /// Plays one replication.
    fn play(&self, streams: &Streams) -> Self::Outcome;

    /// How long what was made in this replication lasted, if anything was.
    fn lifetime<'a>(&self, _outcome: &'a Self::Outcome) -> Option<Lifetime<'a>> {
        None
    }

    /// For how many years [`Model::lifetime`] tells survival, year 0 included; 0 in worlds where
    /// nothing has a lifetime.
    fn lifetime_years(&self) -> usize {
        0
    }

    /// Plays one replication and tells it event by event; watching changes nothing. Worlds without
    /// a story tell nothing.
    fn story(&self, streams: &Streams) -> (Vec<Line>, Self::Outcome) {
        (Vec::new(), self.play(streams))
    }

    /// What is noted along a replication; nothing in worlds whose replications have no steps.
    fn paths(&self) -> PathPlan {
        PathPlan::default()
    }

    /// Plays one replication, noting its path; says how it ended, by its place among
    /// [`PathPlan::endings`]. Watching changes nothing.
    fn play_noting(&self, streams: &Streams, _trace: &mut Trace) -> (Self::Outcome, usize) {
        (self.play(streams), 0)
    }

    /// Plays a block of replications, handing each outcome on in order. A model may override it
    /// with a faster way to the same outcomes.
    fn play_block(
        &self,
        luck: Luck,
        replications: Range<u64>,
        mut each: impl FnMut(u64, &Self::Outcome),
    ) where
        Self: Sized,
    {
        for replication in replications {
            each(replication, &self.play(&luck.streams(replication)));
        }
    }
}

/// One event of a story.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// When it happened, such as "month 7"; empty for what is so from the start.
    pub when: String,
    /// What kind of event it is, in one word.
    pub event: &'static str,
    /// The event in words.
    pub text: String,
    /// The numbers behind it, by name.
    pub values: Vec<(String, f64)>,
}

/// A story and what it ended in: every measure, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// What happened.
    pub lines: Vec<Line>,
    /// One value for each measure.
    pub measures: Vec<Option<f64>>,
}

/// How a reading is taken: nothing where it has no meaning (the month of an agreement never made).
type Reading<O> = Box<dyn Fn(&O) -> Option<f64> + Send + Sync>;

/// One number read off an outcome.
pub struct Measure<O> {
    /// Its column in a table of replications.
    pub name: String,
    /// Its unit; "1" for shares, levels and counts.
    pub unit: &'static str,
    /// What it is, in words.
    pub meaning: String,
    /// The reading itself.
    pub of: Reading<O>,
    /// What is estimated from it over many replications.
    pub estimate: Option<Estimate>,
}

impl<O> Measure<O> {
    /// A measure of which nothing is estimated.
    pub fn new(
        name: impl Into<String>,
        unit: &'static str,
        meaning: impl Into<String>,
        of: impl Fn(&O) -> Option<f64> + Send + Sync + 'static,
    ) -> Self {
        let (name, meaning) = (name.into(), meaning.into());
        Self { name, unit, meaning, of: Box::new(of), estimate: None }
    }

    /// Estimates the chance that the measure (0 or 1) is 1.
    #[must_use]
    pub fn chance(self, name: impl Into<String>) -> Self {
        self.estimated(name.into(), Scale::Chance)
    }

    /// Estimates the mean over the replications that have the measure; `range` is what it can take.
    #[must_use]
    pub fn mean(self, name: impl Into<String>, range: (f64, f64)) -> Self {
        self.estimated(name.into(), Scale::Mean { low: range.0, high: range.1 })
    }

    fn estimated(self, name: String, scale: Scale) -> Self {
        Self { estimate: Some(Estimate { name, scale, bins: None, median: false }), ..self }
    }

    /// Counts the measure in bins as well, under its own name or, if one is given, under `label`.
    /// For measures with an estimate.
    #[must_use]
    pub fn binned(mut self, label: impl Into<Option<&'static str>>, bins: Bins) -> Self {
        if let Some(estimate) = &mut self.estimate {
            estimate.bins = Some((label.into(), bins));
        }
        self
    }

    /// Estimates the median as well. For measures with bins of whole numbers.
    #[must_use]
    pub fn with_median(mut self) -> Self {
        if let Some(estimate) = &mut self.estimate {
            estimate.median = true;
        }
        self
    }

    fn info(&self) -> MeasureInfo {
        MeasureInfo {
            name: self.name.clone(),
            unit: self.unit,
            meaning: self.meaning.clone(),
            estimate: self.estimate.clone(),
        }
    }
}

/// What is estimated from a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Its column in a table of design points.
    pub name: String,
    /// What kind of number it is, which decides on its interval.
    pub scale: Scale,
    /// The bins in which the measure is counted as well, and what the distribution is
    /// called where it does not have the measure's name.
    pub bins: Option<(Option<&'static str>, Bins)>,
    /// Whether the median is estimated from the bins as well.
    pub median: bool,
}

/// The kind of an estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// A proportion of replications: Wilson interval.
    Chance,
    /// A mean: normal interval, cut to this range.
    Mean {
        /// The least that the measure can be.
        low: f64,
        /// The most that the measure can be.
        high: f64,
    },
}

/// A measure without its reading.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasureInfo {
    /// As in [`Measure`].
    pub name: String,
    /// As in [`Measure`].
    pub unit: &'static str,
    /// As in [`Measure`].
    pub meaning: String,
    /// As in [`Measure`].
    pub estimate: Option<Estimate>,
}

/// A [`Model`] whose outcome is its own affair: what a batch plays.
pub trait AnyModel: Send + Sync {
    /// Its measures, in order.
    fn measure_infos(&self) -> Vec<MeasureInfo>;

    /// As in [`Model::lifetime_years`].
    fn survival_years(&self) -> usize;

    /// Tells one replication.
    fn tell(&self, streams: &Streams) -> Story;

    /// As in [`Model::paths`].
    fn path_plan(&self) -> PathPlan;

    /// Plays some replications and sums them up, with records of them where they are asked for.
    fn play_range(&self, luck: Luck, replications: Range<u64>, records: Records) -> Summary;
}

/// What is kept of replications beside their summary.
#[derive(Debug, Default)]
pub struct Records<'a> {
    /// Gets every measure of every replication.
    pub rows: Option<&'a mut Vec<Option<f64>>>,
    /// Counts the paths of replications whose number is below this one.
    pub paths: Option<(&'a mut Paths, u64)>,
}

impl<M: Model> AnyModel for M {
    fn measure_infos(&self) -> Vec<MeasureInfo> {
        self.measures().iter().map(Measure::info).collect()
    }

    fn survival_years(&self) -> usize {
        self.lifetime_years()
    }

    fn tell(&self, streams: &Streams) -> Story {
        let (lines, outcome) = self.story(streams);
        let measures = self.measures().iter().map(|measure| (measure.of)(&outcome)).collect();
        Story { lines, measures }
    }

    fn path_plan(&self) -> PathPlan {
        self.paths()
    }

    fn play_range(&self, luck: Luck, replications: Range<u64>, records: Records) -> Summary {
        let Records { mut rows, paths } = records;
        let measures = self.measures();
        let estimates = measures.iter().filter_map(|measure| measure.estimate.as_ref());
        let mut summary =
            Summary::new(estimates.map(|estimate| estimate.bins.map(|(_, bins)| bins)));
        if luck.antithetic {
            summary = summary.in_pairs();
        }
        let mut values = vec![None; measures.len()];
        let mut take = |outcome: &M::Outcome| {
            for (value, measure) in values.iter_mut().zip(&measures) {
                *value = (measure.of)(outcome);
            }
            let all = values.iter().zip(&measures);
            let estimated = all.filter(|(_, measure)| measure.estimate.is_some());
            summary.add(estimated.map(|(value, _)| *value), self.lifetime(outcome));
            if let Some(rows) = rows.as_deref_mut() {
                rows.extend_from_slice(&values);
            }
        };
        let Range { start, end } = replications;
        let noted = paths.as_ref().map_or(start, |(_, below)| (*below).clamp(start, end));
        if let Some((paths, _)) = paths {
            let mut trace = Trace::default();
            for replication in start..noted {
                let streams = luck.streams(replication);
                let (outcome, ending) = self.play_noting(&streams, &mut trace);
                paths.add(ending, &mut trace);
                take(&outcome);
            }
        }
        self.play_block(luck, noted..end, |_, outcome| take(outcome));
        summary
    }
}
