//! What can be offered: points of the contract curve, with guarantees raised, and the search for
//! the best of them.

use engine::{ContractCurve, Lanes, Number, Preferences};

use super::compliance::{Compliance, Exposure, Span};
use crate::parameter::Settings;
use crate::scenario::{IssueRole, MAX_ISSUES, Scenario};

/// How many offers, or bounds over several, are weighed at once.
const WIDTH: usize = 8;

/// How many bounds are kept at once: those of 512 offers.
const AT_ONCE: usize = 8 * WIDTH;

/// Numbers of as many offers.
type Wide = Lanes<WIDTH>;

/// A bound may fall short of what it bounds by rounding: relative and absolute slack.
const SLACK: (f64, f64) = (1.0 + 1e-9, 1e-12);

/// All offers of a design point, in order: for each level of the guarantee, the contract curve from
/// the defender's best to the challenger's best.
#[derive(Clone, Debug)]
pub(super) struct Offers {
    /// One for each offer.
    stakes: Vec<Stakes>,
    terms: Vec<[f64; MAX_ISSUES]>,
    lambda: Vec<f64>,
    span: Span,
    search: Search,
}

/// What an offer means to the belligerents, or several offers in lanes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stakes<N = f64> {
    /// U_R(x) and U_U(x).
    pub(super) challenger: N,
    pub(super) defender: N,
    /// What the challenger's and the defender's premium depend on: the same terms for an offer,
    /// the best for either side in a bound over several.
    pub(super) challenger_exposure: Exposure<N>,
    pub(super) defender_exposure: Exposure<N>,
}

/// What an offer is worth to whoever proposes it.
pub(super) trait Value {
    /// The values of offers with these stakes. Where one stays below `floor`, or is not above 0, any
    /// number of which the same is true will do. It must not fall when either utility rises or an
    /// exposure improves.
    fn of<N: Number>(&self, stakes: &Stakes<N>, floor: f64) -> N;
}

/// Offers in blocks that are weighed at once, and bounds over these that are, too.
#[derive(Clone, Debug)]
struct Search {
    blocks: Vec<Block>,
    /// One lane for each block, in order: stakes that no side finds worse than any of the block's.
    bounds: Vec<Stakes<Wide>>,
}

/// Consecutive offers in lanes; the last stands in for those that are missing.
#[derive(Clone, Debug)]
struct Block {
    first: usize,
    stakes: Stakes<Wide>,
}

/// The best offer so far and its value, 0 where there is none.
struct Best {
    value: f64,
    offer: Option<usize>,
}

/// The way through blocks and bounds: where to look first, then the bounds of some groups, of their
/// blocks the one with the highest bound, then the others in order, then the next groups.
struct Walk<'a> {
    search: &'a Search,
    first: Option<usize>,
    seen: usize,
    /// The next group.
    group: usize,
    /// The bounds of blocks from `start` on, those already looked at below everything.
    heights: [f64; AT_ONCE],
    start: usize,
    known: usize,
    /// 0 before the highest was taken, then one more than the next in order.
    cursor: usize,
}

/// What to weigh next.
#[derive(Clone, Copy)]
enum Step {
    Bounds(usize),
    Block(usize),
}

impl<'a> Walk<'a> {
    #[inline(always)]
    fn new(search: &'a Search, hint: Option<usize>) -> Self {
        let first = hint.map(|hint| search.block_of(hint));
        let seen = first.unwrap_or(usize::MAX);
        Self {
            search,
            first,
            seen,
            group: 0,
            heights: [0.0; AT_ONCE],
            start: 0,
            known: 0,
            cursor: 0,
        }
    }

    #[inline(always)]
    fn next(&mut self, floor: f64) -> Option<Step> {
        if let Some(first) = self.first.take() {
            return Some(Step::Block(first));
        }
        let more = self.group < self.search.bounds.len();
        if more && self.known < AT_ONCE {
            return Some(Step::Bounds(self.group));
        }
        if self.cursor == 0 && self.known > 0 {
            self.cursor = 1;
            let (height, highest) = self.highest();
            if height >= floor {
                self.heights[highest] = f64::NEG_INFINITY;
                return Some(Step::Block(self.start + highest));
            }
            self.cursor += self.known;
        }
        while self.cursor <= self.known {
            let at = self.cursor - 1;
            self.cursor += 1;
            if self.heights[at] >= floor {
                return Some(Step::Block(self.start + at));
            }
        }
        self.start += self.known;
        (self.known, self.cursor) = (0, 0);
        more.then_some(Step::Bounds(self.group))
    }

    /// The highest bound, and which block of those known has it.
    #[inline(always)]
    fn highest(&self) -> (f64, usize) {
        let mut highest = (self.heights[0], 0);
        for (at, height) in self.heights[..self.known].iter().enumerate() {
            highest = if *height > highest.0 { (*height, at) } else { highest };
        }
        highest
    }

    #[inline(always)]
    fn stakes(&self, step: Step) -> &'a Stakes<Wide> {
        match step {
            Step::Bounds(group) => &self.search.bounds[group],
            Step::Block(block) => &self.search.blocks[block].stakes,
        }
    }

    /// Keeps the bounds of a group.
    #[inline(always)]
    fn bounded(&mut self, group: usize, heights: Wide) {
        for lane in 0..WIDTH {
            let block = group * WIDTH + lane;
            let open = block < self.search.blocks.len() && block != self.seen;
            self.heights[self.known + lane] =
                if open { heights.lane(lane) } else { f64::NEG_INFINITY };
        }
        self.known += WIDTH;
        self.group += 1;
    }
}

impl Best {
    /// What a bound must reach to be worth a look.
    #[inline(always)]
    fn floor(&self) -> f64 {
        (self.value - SLACK.1) / SLACK.0
    }

    /// Takes the values of a block into account.
    #[inline(always)]
    fn see(&mut self, first: usize, values: Wide) {
        if !values.any(|value| value > 0.0 && value >= self.value) {
            return;
        }
        for lane in 0..WIDTH {
            let (value, offer) = (values.lane(lane), first + lane);
            let earlier = self.offer.is_none_or(|known| offer < known);
            if value > self.value || (value == self.value && value > 0.0 && earlier) {
                *self = Self { value, offer: Some(offer) };
            }
        }
    }
}

impl Offers {
    /// The offers between two belligerents; `losses` are what either loses by a deal that breaks,
    /// which decides in which direction a premium is bounded.
    pub(super) fn new(
        settings: &Settings,
        scenario: &Scenario,
        challenger: &Preferences,
        defender: &Preferences,
        compliance: &Compliance,
        losses: (f64, f64),
    ) -> Self {
        let curve =
            ContractCurve::new(challenger, defender).spaced(settings.get("offers") as usize);
        let guarantee = scenario.issue_with(IssueRole::Guarantee);
        let access = scenario.issue_with(IssueRole::HumanitarianAccess);
        let levels =
            if guarantee.is_some() { settings.get("guarantee_offers") as usize } else { 1 };
        let (mut stakes, mut all_terms, mut lambda) = (Vec::new(), Vec::new(), Vec::new());
        for level in 0..levels {
            let raise = if levels > 1 { level as f64 / (levels - 1) as f64 } else { 0.0 };
            for point in &curve {
                let mut terms = [0.0; MAX_ISSUES];
                terms[..point.terms.len()].copy_from_slice(&point.terms);
                if let Some(issue) = guarantee {
                    terms[issue] += raise * (1.0 - terms[issue]);
                }
                let own = &terms[..point.terms.len()];
                let worth = (challenger.utility(own), defender.utility(own));
                let exposure = Exposure {
                    grievance: 1.0 - worth.0,
                    defender_grievance: 1.0 - worth.1,
                    guarantee: guarantee.map_or(0.0, |issue| terms[issue]),
                    accidents: compliance.accidents(access.map_or(0.0, |issue| terms[issue])),
                };
                stakes.push(Stakes {
                    challenger: worth.0,
                    defender: worth.1,
                    challenger_exposure: exposure,
                    defender_exposure: exposure,
                });
                all_terms.push(terms);
                lambda.push(point.lambda);
            }
        }
        let search = Search::new(&stakes, curve.len(), losses);
        Self { span: span(&stakes), stakes, terms: all_terms, lambda, search }
    }

    /// How many offers.
    pub(super) fn count(&self) -> usize {
        self.stakes.len()
    }

    /// What an offer means to the belligerents.
    #[inline]
    pub(super) fn stakes(&self, offer: usize) -> &Stakes {
        &self.stakes[offer]
    }

    /// Between which bounds they all lie.
    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// Its terms: one level for each issue.
    pub(super) fn terms(&self, offer: usize) -> &[f64; MAX_ISSUES] {
        &self.terms[offer]
    }

    /// The challenger's weight at its base on the contract curve.
    pub(super) fn lambda(&self, offer: usize) -> f64 {
        self.lambda[offer]
    }

    /// The offer of greatest value above 0, the first of equals.
    ///
    /// A block whose bound does not reach the best so far is passed over, which changes nothing
    /// about what is chosen. `hint` is where to look first.
    #[inline(always)]
    pub(super) fn best(&self, hint: Option<usize>, value: &impl Value) -> Option<usize> {
        let mut best = Best { value: 0.0, offer: None };
        let mut walk = Walk::new(&self.search, hint);
        while let Some(step) = walk.next(best.floor()) {
            // The only call: what is inlined here is large.
            let values = value.of(walk.stakes(step), best.floor());
            match step {
                Step::Bounds(group) => walk.bounded(group, values),
                Step::Block(block) => best.see(self.search.blocks[block].first, values),
            }
        }
        best.offer
    }

    /// The same by weighing every offer alone: what [`Offers::best`] is tested against.
    #[cfg(test)]
    pub(super) fn best_of_all(&self, value: &impl Value) -> Option<usize> {
        let mut best = (0.0, None);
        for (offer, stakes) in self.stakes.iter().enumerate() {
            let height = value.of(stakes, f64::NEG_INFINITY);
            if height > best.0 {
                best = (height, Some(offer));
            }
        }
        best.1
    }
}

impl Search {
    /// Blocks of each row of `row` offers, as even as can be.
    fn new(stakes: &[Stakes], row: usize, losses: (f64, f64)) -> Self {
        let parts = row.div_ceil(WIDTH);
        let (mut blocks, mut over) = (Vec::new(), Vec::new());
        for (start, row) in (0..stakes.len()).step_by(row).zip(stakes.chunks(row)) {
            for part in 0..parts {
                let (from, to) = (part * row.len() / parts, (part + 1) * row.len() / parts);
                blocks.push(Block { first: start + from, stakes: side_by_side(&row[from..to]) });
                over.push(bound(&row[from..to], losses));
            }
        }
        Self { blocks, bounds: over.chunks(WIDTH).map(side_by_side).collect() }
    }

    /// The block that holds an offer.
    fn block_of(&self, offer: usize) -> usize {
        self.blocks.partition_point(|block| block.first <= offer) - 1
    }
}

/// The least and the greatest of what matters to compliance.
fn span(stakes: &[Stakes]) -> Span {
    let ends = |of: fn(&Exposure) -> f64| {
        let all = || stakes.iter().map(|stakes| of(&stakes.challenger_exposure));
        (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max))
    };
    Span {
        grievance: ends(|exposure| exposure.grievance),
        guarantee: ends(|exposure| exposure.guarantee),
    }
}

/// At most [`WIDTH`] stakes in lanes; the last stands in for those that are missing.
fn side_by_side(stakes: &[Stakes]) -> Stakes<Wide> {
    let each =
        |of: fn(&Stakes) -> f64| Wide::from_lanes(|lane| of(&stakes[lane.min(stakes.len() - 1)]));
    Stakes {
        challenger: each(|one| one.challenger),
        defender: each(|one| one.defender),
        challenger_exposure: Exposure {
            grievance: each(|one| one.challenger_exposure.grievance),
            defender_grievance: each(|one| one.challenger_exposure.defender_grievance),
            guarantee: each(|one| one.challenger_exposure.guarantee),
            accidents: each(|one| one.challenger_exposure.accidents),
        },
        defender_exposure: Exposure {
            grievance: each(|one| one.defender_exposure.grievance),
            defender_grievance: each(|one| one.defender_exposure.defender_grievance),
            guarantee: each(|one| one.defender_exposure.guarantee),
            accidents: each(|one| one.defender_exposure.accidents),
        },
    }
}

/// Stakes that no side finds worse than any of these.
fn bound(stakes: &[Stakes], (challenger_loss, defender_loss): (f64, f64)) -> Stakes {
    let most = |of: fn(&Stakes) -> f64| stakes.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    let exposure = |loss: f64| {
        // A side that loses by a break wants a firm deal, one that gains by it a weak one.
        let pick = |of: fn(&Exposure) -> f64, more_is_weaker: bool| {
            let all = stakes.iter().map(|stakes| of(&stakes.challenger_exposure));
            if more_is_weaker == (loss >= 0.0) {
                all.fold(f64::INFINITY, f64::min)
            } else {
                all.fold(f64::NEG_INFINITY, f64::max)
            }
        };
        Exposure {
            grievance: pick(|exposure| exposure.grievance, true),
            defender_grievance: pick(|exposure| exposure.defender_grievance, true),
            guarantee: pick(|exposure| exposure.guarantee, false),
            accidents: pick(|exposure| exposure.accidents, true),
        }
    };
    Stakes {
        challenger: most(|stakes| stakes.challenger),
        defender: most(|stakes| stakes.defender),
        challenger_exposure: exposure(challenger_loss),
        defender_exposure: exposure(defender_loss),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Draw as _, Purpose, Seed, Streams};

    const NO_EXPOSURE: Exposure =
        Exposure { grievance: 0.0, defender_grievance: 0.0, guarantee: 0.0, accidents: 0.0 };

    /// Offers with arbitrary stakes: nothing about a contract curve is assumed by the search.
    fn arbitrary(seed: u64, losses: (f64, f64)) -> Offers {
        let mut luck = Streams::new(Seed(seed), 0).open(Purpose::named("stakes"));
        let mut stakes = || {
            let (challenger, defender) = (luck.uniform(), luck.uniform());
            let exposure = Exposure {
                grievance: 1.0 - challenger,
                defender_grievance: 1.0 - defender,
                guarantee: luck.uniform(),
                ..NO_EXPOSURE
            };
            let (challenger_exposure, defender_exposure) = (exposure, exposure);
            Stakes { challenger, defender, challenger_exposure, defender_exposure }
        };
        // Up to 1203 offers: more bounds than are kept at once, and fewer.
        let row = 1 + seed as usize * 37 % 401;
        let stakes: Vec<Stakes> = (0..row * 3).map(|_| stakes()).collect();
        let search = Search::new(&stakes, row, losses);
        Offers { span: span(&stakes), stakes, terms: Vec::new(), lambda: Vec::new(), search }
    }

    /// Rises with both utilities, falls with what either side fears; coarse, so that there are ties,
    /// and below 0 for the highest levels.
    struct Coarse {
        losses: (f64, f64),
        level: f64,
    }

    impl Value for Coarse {
        fn of<N: Number>(&self, stakes: &Stakes<N>, _floor: f64) -> N {
            let fear = stakes.challenger_exposure.grievance * self.losses.0
                - stakes.defender_exposure.guarantee * self.losses.1;
            let height = stakes.challenger * stakes.defender - fear - self.level;
            height.map(|height| (height * 40.0).floor() / 40.0)
        }
    }

    #[test]
    fn the_search_finds_what_a_full_scan_finds_and_the_first_of_equals() {
        for seed in 0..300 {
            let losses = if seed % 2 == 0 { (0.1, 0.35) } else { (-0.1, 0.35) };
            let offers = arbitrary(seed, losses);
            let value = Coarse { losses, level: seed as f64 / 250.0 };
            let expected = offers.best_of_all(&value);
            for hint in [None, Some(0), Some(offers.count() / 2), expected] {
                assert_eq!(offers.best(hint, &value), expected, "seed {seed}, hint {hint:?}");
            }
        }
    }
}
