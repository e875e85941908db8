//! How quantities run through replications: counts in bins at every step, apart by how replications
//! end, in memory that does not grow with their number.

use serde::{Deserialize, Serialize};

use crate::histogram::{Bins, Histogram};

/// Bins of each quantity at each step.
pub(crate) const BINS: u32 = 120;
/// With one below and one above.
const CELLS: usize = BINS as usize + 2;

/// What is noted along a replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PathPlan {
    /// The most steps that a replication can take; 0 in worlds without paths.
    pub steps: usize,
    /// What is noted at every step.
    pub quantities: Vec<Quantity>,
    /// How a step can end, by name.
    pub states: Vec<&'static str>,
    /// How a replication can end, by name: replications are told apart by it.
    pub endings: Vec<&'static str>,
}

/// Something that has a value at every step.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Its name in tables.
    pub name: &'static str,
    /// Its unit; "1" for shares.
    pub unit: &'static str,
    /// What it is, in words.
    pub meaning: &'static str,
    /// Between which numbers it is told apart; what lies beyond is only known to.
    pub range: (f64, f64),
}

/// The path of one replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    values: Vec<f64>,
    states: Vec<usize>,
}

impl Trace {
    /// Notes a step: every quantity, in order.
    pub fn step(&mut self, values: impl IntoIterator<Item = f64>) {
        // Adding 0 leaves one zero of the two: which of them is the least must not depend on order.
        self.values.extend(values.into_iter().map(|value| value + 0.0));
    }

    /// Notes how the step ended, by its place among the states.
    pub fn ended(&mut self, state: usize) {
        self.states.push(state);
    }

    fn clear(&mut self) {
        self.values.clear();
        self.states.clear();
    }
}

/// Counts over the paths of many replications. Counts are whole numbers: they can be merged in any
/// order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Packed", into = "Packed")]
pub struct Paths {
    steps: usize,
    quantities: usize,
    states: usize,
    /// Where the bins of each quantity begin, and how many there are to a unit.
    scales: Vec<(f64, f64)>,
    /// For each ending, step and quantity the counts in its bins.
    counts: Vec<u32>,
    /// And the least and the greatest value.
    ends: Vec<(f64, f64)>,
    /// For each ending, step and state.
    stands: Vec<u32>,
}

impl Paths {
    /// Nothing counted yet.
    pub fn new(plan: &PathPlan) -> Self {
        let (steps, quantities, states) = (plan.steps, plan.quantities.len(), plan.states.len());
        let endings = plan.endings.len();
        Self {
            scales: plan.quantities.iter().map(scale).collect(),
            steps,
            quantities,
            states,
            counts: vec![0; endings * steps * quantities * CELLS],
            ends: vec![(f64::INFINITY, f64::NEG_INFINITY); endings * steps * quantities],
            stands: vec![0; endings * steps * states],
        }
    }

    /// Of which steps, quantities and states it counts, where its bins begin, and how many places there are.
    pub(crate) fn shape(&self) -> ([usize; 6], &[(f64, f64)]) {
        let Self { steps, quantities, states, .. } = *self;
        let places = [self.counts.len(), self.ends.len(), self.stands.len()];
        ([steps, quantities, states, places[0], places[1], places[2]], &self.scales)
    }

    /// Whether it counts what a plan notes, of so many replications at most.
    pub(crate) fn is_of(&self, plan: &PathPlan, replications: u64) -> bool {
        let (steps, endings) = (plan.steps, plan.endings.len());
        let (quantities, states) = (plan.quantities.len(), plan.states.len());
        let places = endings * steps * quantities;
        let stands = endings * steps * states;
        let scales: Vec<(f64, f64)> = plan.quantities.iter().map(scale).collect();
        let few = |counts: &[u32]| counts.iter().all(|count| u64::from(*count) <= replications);
        few(&self.counts)
            && few(&self.stands)
            && self.shape()
                == ([steps, quantities, states, places * CELLS, places, stands], &scales[..])
    }

    /// Bytes that the counts of a plan take.
    pub fn bytes(plan: &PathPlan) -> u64 {
        let quantity = CELLS * size_of::<u32>() + size_of::<(f64, f64)>();
        let each = plan.quantities.len() * quantity + plan.states.len() * size_of::<u32>();
        (plan.endings.len() * plan.steps * each) as u64
    }

    /// Counts a path, and leaves the trace empty.
    pub fn add(&mut self, ending: usize, trace: &mut Trace) {
        let from = ending * self.steps * self.quantities;
        let places =
            self.counts[from * CELLS..].chunks_exact_mut(CELLS).zip(&mut self.ends[from..]);
        let scales = self.scales.iter().cycle();
        for (((counts, ends), value), scale) in places.zip(&trace.values).zip(scales) {
            counts[cell(*value, *scale)] += 1;
            *ends = around(*ends, (*value, *value));
        }
        for (step, state) in trace.states.iter().enumerate() {
            self.stands[(ending * self.steps + step) * self.states + state] += 1;
        }
        trace.clear();
    }

    /// Adds the counts of other paths of the same plan.
    pub fn merge(&mut self, other: &Self) {
        debug_assert_eq!(self.counts.len(), other.counts.len());
        for (here, there) in self.counts.iter_mut().zip(&other.counts) {
            *here = here.saturating_add(*there);
        }
        for (here, there) in self.ends.iter_mut().zip(&other.ends) {
            *here = around(*here, *there);
        }
        for (here, there) in self.stands.iter_mut().zip(&other.stands) {
            *here = here.saturating_add(*there);
        }
    }

    /// How many replications of an ending ended a step in each state.
    pub fn states(&self, ending: usize, step: usize) -> &[u32] {
        &self.stands[(ending * self.steps + step) * self.states..][..self.states]
    }

    /// How many replications of an ending got to a step, and the quantiles of a quantity there;
    /// nothing where none did.
    pub fn quantiles<const N: usize>(
        &self,
        plan: &PathPlan,
        (ending, step, quantity): (usize, usize, usize),
        shares: [f64; N],
    ) -> Option<(u64, [f64; N])> {
        let place = (ending * self.steps + step) * self.quantities + quantity;
        let values = self.histogram(plan, place, quantity);
        let (least, most) = self.ends[place];
        // Bins are coarse: no quantile lies beyond what was seen.
        let inside = |share: f64| values.quantile(share).map(|found| found.max(least).min(most));
        let found = shares.map(inside);
        (values.total() > 0).then(|| (values.total(), found.map(|found| found.unwrap_or(least))))
    }

    fn histogram(&self, plan: &PathPlan, place: usize, quantity: usize) -> Histogram {
        let counts = self.counts[place * CELLS..][..CELLS].iter().map(|count| u64::from(*count));
        Histogram::of_counts(bins(plan.quantities[quantity].range), counts)
    }
}

/// Paths as they are written: most bins are empty.
#[derive(Serialize, Deserialize)]
struct Packed {
    steps: usize,
    quantities: usize,
    states: usize,
    scales: Vec<(f64, f64)>,
    /// How many places there are, each with its bins.
    places: u32,
    /// How many empty bins come before the next that is not, and its count.
    counts: Vec<(u32, u32)>,
    /// The least and the greatest value of places that are not empty.
    ends: Vec<(f64, f64)>,
    stands: Vec<u32>,
}

/// Nobody notes more.
const MOST_PLACES: u32 = 1 << 16;

impl From<Paths> for Packed {
    fn from(own: Paths) -> Self {
        let mut last = 0;
        let mut counts = Vec::new();
        for (at, count) in own.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            counts.push(((at - last) as u32, *count));
            last = at + 1;
        }
        let places = own.counts.chunks_exact(CELLS).zip(&own.ends);
        let filled = places.filter(|(counts, _)| counts.iter().any(|count| *count > 0));
        let ends = filled.map(|(_, ends)| *ends).collect();
        let Paths { steps, quantities, states, scales, stands, .. } = own;
        let places = own.ends.len() as u32;
        Self { steps, quantities, states, scales, places, counts, ends, stands }
    }
}

impl From<Packed> for Paths {
    /// What contradicts itself ends in paths that are of no plan.
    fn from(packed: Packed) -> Self {
        let Packed { steps, quantities, states, scales, stands, .. } = packed;
        let places = packed.places.min(MOST_PLACES) as usize;
        let mut counts = vec![0; places * CELLS];
        let mut ends = vec![(f64::INFINITY, f64::NEG_INFINITY); places];
        let (mut next, mut last, mut known) = (0_usize, None, packed.ends.into_iter());
        for (gap, count) in packed.counts {
            next = next.saturating_add(gap as usize);
            let Some(place) = counts.get_mut(next) else { break };
            *place = count;
            if last != Some(next / CELLS) {
                last = Some(next / CELLS);
                ends[next / CELLS] = known.next().unwrap_or((0.0, 0.0));
            }
            next += 1;
        }
        Self { steps, quantities, states, scales, counts, ends, stands }
    }
}

/// The range around two ranges.
fn around(here: (f64, f64), there: (f64, f64)) -> (f64, f64) {
    let least = if there.0 < here.0 { there.0 } else { here.0 };
    let most = if there.1 > here.1 { there.1 } else { here.1 };
    (least, most)
}

/// Where the bins of a quantity begin, and how many there are to a unit.
fn scale(quantity: &Quantity) -> (f64, f64) {
    let (low, high) = quantity.range;
    (low, f64::from(BINS) / (high - low))
}

fn bins((low, high): (f64, f64)) -> Bins {
    Bins { low, high, count: BINS }
}

/// Where a value is counted: 0 below, then the bins, the last above.
fn cell(value: f64, (low, scale): (f64, f64)) -> usize {
    let place = (value - low) * scale;
    if place == f64::from(BINS) {
        return BINS as usize;
    }
    // Casts of floating-point numbers cut to the ends of the range.
    if place < 0.0 { 0 } else { (place as usize).min(BINS as usize) + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plan() -> PathPlan {
        let quantity = |name, range| Quantity { name, unit: "1", meaning: "", range };
        PathPlan {
            steps: 3,
            quantities: vec![quantity("share", (0.0, 1.0)), quantity("level", (-2.0, 4.0))],
            states: vec!["on", "off"],
            endings: vec!["well", "badly"],
        }
    }

    fn count(plan: &PathPlan, paths: &[Vec<(f64, f64)>]) -> Paths {
        let (mut all, mut trace) = (Paths::new(plan), Trace::default());
        for path in paths {
            for (share, level) in path {
                trace.step([*share, *level]);
                trace.ended(usize::from(*share > 0.5));
            }
            all.add(usize::from(path.len() > 2), &mut trace);
        }
        all
    }

    #[test]
    fn every_step_is_counted_under_its_ending() {
        let plan = plan();
        let all = count(&plan, &[vec![(0.2, 0.0), (0.9, 9.0)], vec![(0.2, -3.0); 3]]);
        assert_eq!(all.states(0, 0), [1, 0]);
        assert_eq!(all.states(0, 1), [0, 1]);
        assert_eq!(all.states(1, 2), [1, 0]);
        let of = |place| all.quantiles(&plan, place, [0.0, 0.5, 1.0]);
        assert_eq!(of((0, 2, 0)), None);
        assert_eq!(of((0, 1, 1)), Some((1, [9.0; 3])));
        assert_eq!(of((1, 0, 1)), Some((1, [-3.0; 3])));
        // A single value is told exactly.
        assert_eq!(of((1, 0, 0)), Some((1, [0.2; 3])));
    }

    proptest! {
        #[test]
        fn paths_are_counted_like_numbers_in_a_histogram(
            paths in prop::collection::vec(
                prop::collection::vec((0.0..=1.0_f64, -3.0..5.0_f64), 3), 1..40),
            cut in 0_usize..40,
        ) {
            let plan = plan();
            let all = count(&plan, &paths);
            let mut known = Histogram::new(bins((-2.0, 4.0)));
            paths.iter().for_each(|path| known.add(path[1].1));
            prop_assert_eq!(all.histogram(&plan, 9, 1), known);
            let cut = cut.min(paths.len());
            let mut parts = count(&plan, &paths[cut..]);
            parts.merge(&count(&plan, &paths[..cut]));
            prop_assert_eq!(&parts, &all);
            let bytes = postcard::to_stdvec(&all).expect("it can be written");
            prop_assert_eq!(postcard::from_bytes::<Paths>(&bytes), Ok(all));
        }
    }
}
