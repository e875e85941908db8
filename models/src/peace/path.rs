//! The paths of a replication: what is noted of every month, for charts of how things went.

use engine::{PathPlan, Quantity, Trace, exp, logistic};

use super::outcome::CAUSES;
use super::story::{Event, Listener};
use super::world::{Belligerent, Peace};

/// How replications end.
pub(super) const SIGNED: usize = 0;
pub(super) const UNSIGNED: usize = 1;

/// A listener that notes every month.
pub(super) struct Recorder<'a> {
    peace: &'a Peace,
    trace: &'a mut Trace,
    costs: (f64, f64),
}

impl<'a> Recorder<'a> {
    pub(super) fn new(peace: &'a Peace, trace: &'a mut Trace) -> Self {
        Self { peace, trace, costs: (0.0, 0.0) }
    }
}

impl Listener for Recorder<'_> {
    const HEARS_OFFERS: bool = false;

    fn hear(&mut self, event: &Event) {
        match *event {
            Event::Opening { challenger_cost, defender_cost, .. } => {
                self.costs = (challenger_cost, defender_cost);
            }
            Event::Month { month, unity, support, level, rhetoric, belief, audience } => {
                let weariness = self.peace.seasons[month as usize - 1].weariness;
                self.trace.step([
                    logistic(level),
                    support,
                    unity,
                    belief.probability(),
                    rhetoric,
                    audience,
                    self.costs.0 * weariness,
                    self.costs.1 * weariness,
                ]);
            }
            Event::MonthOver { cause } => {
                self.trace.ended(cause.map_or(CAUSES.len(), |cause| cause as usize));
            }
            _ => {}
        }
    }
}

/// What is noted, in the order in which the recorder notes it.
pub(super) fn plan(peace: &Peace) -> PathPlan {
    let quantity = |name, unit, meaning, range| Quantity { name, unit, meaning, range };
    let share = |name, meaning| quantity(name, "1", meaning, (0.0, 1.0));
    let held = peace.front.range(f64::from(peace.horizon));
    let (softest, hardest) = peace.rhetoric.range();
    let longest = peace.seasons.last().map_or(1.0, |season| season.weariness);
    let cost = |name, meaning, side: &Belligerent| {
        // Beyond what all but one in two hundred have.
        let most = exp(side.cost_log_median + 2.6 * side.cost_log_sd) * longest;
        quantity(name, "utility", meaning, (0.0, most.max(1e-6)))
    };
    PathPlan {
        steps: peace.horizon as usize,
        quantities: vec![
            quantity("held", "1", "share of the disputed land held by the challenger", held),
            share("support", "support by the coalition, by capability"),
            share("unity", "unity of the coalition"),
            share("belief", "believed chance that the challenger is a revisionist"),
            quantity("rhetoric", "level", "public rhetoric of the challenger", (softest, hardest)),
            quantity("audience", "level", "audience stock", (0.0, hardest.max(0.1))),
            cost("cost_challenger", "the challenger's cost of fighting on", &peace.challenger),
            cost("cost_defender", "the defender's cost of fighting on", &peace.defender),
        ],
        states: CAUSES.iter().map(|(_, name, _)| *name).chain(["signed"]).collect(),
        endings: vec!["signed", "unsigned"],
    }
}
