//! All that is kept of many replications of one design point: fixed memory, mergeable in order.

use serde::{Deserialize, Serialize};

use crate::antithetic::Pairs;
use crate::histogram::{Bins, Histogram};
use crate::paths::{PathPlan, Paths};
use crate::survival::{LifeTable, Lifetime};
use crate::tally::Tally;

/// The most replications of a design point, and the most years of a life table, that anybody asks for.
const MOST: u64 = 1 << 52;
const MOST_YEARS: usize = 1 << 16;

/// Tallies, histograms and lifetimes of the replications played so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    replications: u64,
    estimates: Vec<(Tally, Option<Histogram>)>,
    /// One for each estimate where replications come in pairs, else none.
    pairs: Vec<Pairs>,
    survival: Vec<Tally>,
    lifetimes: LifeTable,
    paths: Option<Paths>,
}

impl Summary {
    /// An empty summary: one entry for each estimate, with its bins if it has any.
    pub fn new(bins: impl IntoIterator<Item = Option<Bins>>) -> Self {
        let empty = |bins: Option<Bins>| (Tally::default(), bins.map(Histogram::new));
        Self {
            replications: 0,
            estimates: bins.into_iter().map(empty).collect(),
            pairs: Vec::new(),
            survival: Vec::new(),
            lifetimes: LifeTable::default(),
            paths: None,
        }
    }

    /// The same for replications that come in pairs.
    #[must_use]
    pub fn in_pairs(self) -> Self {
        let pairs = vec![Pairs::default(); self.estimates.len()];
        Self { pairs, ..self }
    }

    /// The same with more paths of its replications.
    #[must_use]
    pub(crate) fn with_paths(mut self, paths: Option<Paths>) -> Self {
        match (&mut self.paths, paths) {
            (Some(own), Some(more)) => own.merge(&more),
            (own, paths) => *own = own.take().or(paths),
        }
        self
    }

    /// Adds one replication: one value for each estimate, in order.
    pub fn add(
        &mut self,
        values: impl IntoIterator<Item = Option<f64>>,
        lifetime: Option<Lifetime>,
    ) {
        self.replications += 1;
        let mut pairs = self.pairs.iter_mut();
        for ((tally, histogram), value) in self.estimates.iter_mut().zip(values) {
            if let Some(pairs) = pairs.next() {
                pairs.add(value);
            }
            let Some(value) = value else { continue };
            tally.add(value);
            if let Some(histogram) = histogram {
                histogram.add(value);
            }
        }
        if let Some(lifetime) = lifetime {
            self.add_lifetime(&lifetime);
        }
    }

    fn add_lifetime(&mut self, lifetime: &Lifetime) {
        let years = lifetime.survival.len();
        if self.survival.len() < years {
            self.survival.resize(years, Tally::default());
        }
        for (tally, alive) in self.survival.iter_mut().zip(lifetime.survival) {
            tally.add(*alive);
        }
        self.lifetimes.add(lifetime.ended, years.saturating_sub(1) as u32);
    }

    /// Adds all replications of another summary of the same estimates.
    pub fn merge(&mut self, other: &Self) {
        self.replications += other.replications;
        for ((tally, histogram), (more, counts)) in self.estimates.iter_mut().zip(&other.estimates)
        {
            tally.merge(more);
            if let (Some(histogram), Some(counts)) = (histogram, counts) {
                histogram.merge(counts);
            }
        }
        self.pairs.iter_mut().zip(&other.pairs).for_each(|(here, there)| here.merge(there));
        if self.survival.len() < other.survival.len() {
            self.survival.resize(other.survival.len(), Tally::default());
        }
        for (here, there) in self.survival.iter_mut().zip(&other.survival) {
            here.merge(there);
        }
        self.lifetimes.merge(&other.lifetimes);
        match (&mut self.paths, &other.paths) {
            (Some(own), Some(more)) => own.merge(more),
            (own @ None, Some(more)) => *own = Some(more.clone()),
            (_, None) => {}
        }
    }

    /// Whether another summary could be of the same model: the same estimates, bins and paths.
    pub fn fits(&self, other: &Self) -> bool {
        let bins = |own: &Self| -> Vec<Option<Bins>> {
            own.estimates.iter().map(|(_, counts)| counts.as_ref().map(Histogram::bins)).collect()
        };
        let paths = self.paths.as_ref().zip(other.paths.as_ref());
        bins(self) == bins(other)
            && self.pairs.len() == other.pairs.len()
            && paths.is_none_or(|(own, other)| own.shape() == other.shape())
    }

    /// Whether the paths that it counts, if any, are those of a plan.
    pub fn fits_plan(&self, plan: &PathPlan) -> bool {
        self.paths.as_ref().is_none_or(|paths| paths.is_of(plan, self.replications))
    }

    /// Whether its counts can be true: a summary that was read and not made is to be trusted no further.
    pub fn is_sound(&self) -> bool {
        let n = self.replications;
        let counts = |(tally, histogram): &(Tally, Option<Histogram>)| {
            tally.is_sound(n)
                && histogram.as_ref().is_none_or(|own| own.holds() == Some(tally.count()))
        };
        n <= MOST
            && self.estimates.iter().all(counts)
            && self.survival.len() <= MOST_YEARS
            && self.survival.iter().all(|tally| tally.is_sound(n))
            && self.lifetimes.holds(MOST_YEARS).is_some_and(|all| all <= n)
            && self.pairs.iter().all(|pairs| pairs.holds(n))
    }

    /// How many replications.
    pub const fn replications(&self) -> u64 {
        self.replications
    }

    /// One tally for each estimate, in order, with its histogram if it has bins.
    pub fn estimates(&self) -> &[(Tally, Option<Histogram>)] {
        &self.estimates
    }

    /// One for each estimate, in order, where replications come in pairs, else none.
    pub fn pairs(&self) -> &[Pairs] {
        &self.pairs
    }

    /// The chance to be alive at the end of year n, one tally a year from year 0; empty where
    /// nothing had a lifetime.
    pub fn survival(&self) -> &[Tally] {
        &self.survival
    }

    /// Takes out the paths of the replications, if they were counted: they need much memory.
    pub fn take_paths(&mut self) -> Option<Paths> {
        self.paths.take()
    }

    /// The drawn lifetimes.
    pub const fn lifetimes(&self) -> &LifeTable {
        &self.lifetimes
    }
}
