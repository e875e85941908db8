//! Bounds over what offers are worth in a month, in single precision, registers full at a time.

use std::ops::Range;

use engine::NODE_WEIGHTS;
use pulp::{Simd, WithSimd};

use super::compliance::Outlook;
use super::durability::QUICK;
use super::foreseen::Foreseen;
use super::single::{EXP_ERROR, LN_ERROR, ROUNDING, Same, Single, TAIL_ERROR};
use super::stakes::Stakes;
use super::table::{Month, Side};
use super::worth::{Aim, Choice};

/// What is lost in single precision by sums and products of a few utilities.
const SUM_ERROR: f32 = 16.0 * ROUNDING;

/// Below every height.
const NONE: f32 = f32::NEG_INFINITY;

/// Stakes, column by column.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    challenger: Vec<f32>,
    defender: Vec<f32>,
    guarantee: Vec<f32>,
    /// By what a settler's smaller grievance multiplies the odds of a break.
    settler: Vec<f32>,
}

/// What a month makes of offers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    aim: Goal,
    audience: f32,
    /// Of the challenger, then of the defender.
    wars: [f32; 2],
    break_losses: [f32; 2],
    /// The chance that the one who answers accepts.
    answer: Answer,
    odds: Odds,
}

#[derive(Clone, Copy, Debug)]
enum Goal {
    Challenger,
    Defender,
    /// A Nash product with even weights.
    Even,
    /// The logarithm of one with others.
    Weighted(f32, f32),
}

/// The chance that a cost, log-normal by what is believed, is above what is at stake.
#[derive(Clone, Copy, Debug)]
struct Answer {
    forecast: f32,
    mean: f32,
    per_sd: f32,
}

/// The logarithm of the odds of a break in year 0, `start − slope U_R − guarantee · effect(G)`, and what
/// goes with them.
#[derive(Clone, Copy, Debug)]
struct Odds {
    start: f32,
    slope: f32,
    guarantee: f32,
    trust: f32,
    /// Of deterrence beyond a threshold: the logarithm of its half-point, its power, and that power of
    /// the half-point.
    threshold: Option<[f32; 3]>,
    /// By what low, middling and high costs of the challenger multiply them.
    reliefs: [f32; 3],
    revisionist: f32,
    /// The challenger's own: by what its cost multiplies them, and its intent.
    own_relief: f32,
    own_revisionist: bool,
    /// Durability as a ratio of polynomials, highest power first, and how far it may be off.
    over: [f32; QUICK + 1],
    under: [f32; QUICK + 1],
    error: f32,
}

/// Numbers in a step: offers or bounds come in multiples of it.
pub(super) const STEP: usize = 16;

/// What offers, or bounds over some, are worth.
pub(super) struct Heights<'a, S: Simd> {
    pub(super) wide: &'a Wide<'a, S>,
    /// As in [`Columns`], in the same order.
    pub(super) columns: [&'a [f32]; 4],
    /// In a step in which no height reaches it, anything below will do.
    pub(super) floor: f32,
    /// In a step in which nothing that whoever answers gains reaches it, heights are infinite.
    pub(super) demand: f32,
    pub(super) found: &'a mut [f32],
    /// Bounds over what whoever answers gains.
    pub(super) gains: &'a mut [f32],
}

impl Columns {
    pub(super) fn push(&mut self, stakes: &Stakes, foreseen: &Foreseen) {
        let [challenger, defender, guarantee, settler] = Self::row(stakes, foreseen);
        self.challenger.push(challenger);
        self.defender.push(defender);
        self.guarantee.push(guarantee);
        self.settler.push(settler);
    }

    /// What stands in each column for one offer.
    pub(super) fn row(stakes: &Stakes, foreseen: &Foreseen) -> [f32; 4] {
        let settler = foreseen.settler_factor(stakes);
        [stakes.challenger, stakes.defender, stakes.guarantee, settler].map(|number| number as f32)
    }

    /// Repeats the last up to a length, if there is one.
    pub(super) fn fill(&mut self, length: usize) {
        let Self { challenger, defender, guarantee, settler } = self;
        for column in [challenger, defender, guarantee, settler] {
            if let Some(last) = column.last() {
                column.resize(length, *last);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.challenger.is_empty()
    }

    /// A stretch of them.
    #[inline(always)]
    pub(super) fn part(&self, of: Range<usize>) -> [&[f32]; 4] {
        let Self { challenger, defender, guarantee, settler } = self;
        let Range { start, end } = of;
        [
            &challenger[start..end],
            &defender[start..end],
            &guarantee[start..end],
            &settler[start..end],
        ]
    }
}

impl Terms {
    #[inline]
    pub(super) fn new(choice: &Choice, foreseen: &Foreseen) -> Self {
        let month = choice.month;
        let own_wars = (month.war(&month.challenger), month.war(&month.defender));
        let (aim, wars, answers) = match choice.aim {
            Aim::Challenger => (Goal::Challenger, own_wars, &month.defender),
            Aim::Defender => (Goal::Defender, own_wars, &month.challenger),
            Aim::Mediator { weight: 0.5, wars } => (Goal::Even, wars, &month.defender),
            Aim::Mediator { weight, wars } => {
                (Goal::Weighted(weight as f32, (1.0 - weight) as f32), wars, &month.defender)
            }
        };
        Self {
            aim,
            audience: month.audience as f32,
            wars: [wars.0 as f32, wars.1 as f32],
            break_losses: [month.challenger.break_loss as f32, month.defender.break_loss as f32],
            answer: Answer::new(answers),
            odds: Odds::new(month, foreseen),
        }
    }

    /// What a height must reach for its offer to be worth a look, given that something is worth
    /// `value`: in the terms that heights are in, and rounded down.
    #[inline]
    pub(super) fn floor(&self, value: f64) -> f32 {
        if value <= 0.0 {
            return f32::MIN;
        }
        let height = match self.aim {
            Goal::Challenger | Goal::Defender => value,
            Goal::Even => value * value,
            Goal::Weighted(..) => return engine::ln(value) as f32 - LN_ERROR,
        };
        height as f32 * (1.0 - 4.0 * ROUNDING)
    }

    /// A demand on what whoever answers gains, rounded down.
    pub(super) fn demand(demand: f64) -> f32 {
        demand as f32 - SUM_ERROR * (1.0 + demand.abs() as f32)
    }

    fn bounded(&self) -> bool {
        self.break_losses.iter().all(|loss| *loss >= 0.0)
    }
}

impl Answer {
    #[inline]
    fn new(side: &Side) -> Self {
        let (mean, per_sd) = side.believed_cost.standard();
        // Beyond, what a logarithm may be off by covers the whole step.
        Self { forecast: side.forecast as f32, mean: mean as f32, per_sd: per_sd.min(1e7) as f32 }
    }
}

impl Odds {
    #[inline]
    fn new(month: &Month, foreseen: &Foreseen) -> Self {
        let Outlook { trust, revisionist, reliefs: [low, middle, high], .. } = month.outlook;
        let own = if month.challenger.break_loss == 0.0 {
            1.0
        } else {
            foreseen.relief(month.challenger.cost)
        };
        Self {
            start: foreseen.start as f32,
            slope: foreseen.slope as f32,
            guarantee: foreseen.guarantee as f32,
            trust: trust as f32,
            threshold: foreseen.threshold,
            reliefs: [low as f32, middle as f32, high as f32],
            revisionist: revisionist as f32,
            own_relief: own as f32,
            own_revisionist: month.revisionist,
            over: foreseen.over,
            under: foreseen.under,
            error: foreseen.error,
        }
    }
}

/// [`Terms`] as whole registers.
pub(super) struct Wide<'a, S: Simd> {
    pub(super) simd: S,
    terms: &'a Terms,
    /// `1 + χ a` and `−χ a`.
    own: Same<S>,
    audience: Same<S>,
    /// The values of fighting on, lowered by what sums may be off by.
    wars: [Same<S>; 2],
    odds: WideOdds<S>,
    /// The forecast of who answers, lowered; the mean of the logarithm of its cost, raised.
    forecast: Same<S>,
    mean: Same<S>,
    per_sd: Same<S>,
}

struct WideOdds<S: Simd> {
    start: Same<S>,
    slope: Same<S>,
    guarantee: Same<S>,
    reliefs: [Same<S>; 3],
    revisionist: Same<S>,
    over: [Same<S>; QUICK + 1],
    under: [Same<S>; QUICK + 1],
}

/// What heights must reach to be of interest: see [`Heights`].
#[derive(Clone, Copy)]
struct Least {
    floor: f32,
    demand: f32,
}

/// Offers side by side.
struct Lanes<S: Simd, const N: usize> {
    challenger: Single<S, N>,
    defender: Single<S, N>,
    guarantee: Single<S, N>,
    settler: Single<S, N>,
}

impl Least {
    /// Whether none of these gains reaches the demand.
    #[inline(always)]
    fn refuses<S: Simd, const N: usize>(self, gains: Single<S, N>) -> bool {
        self.demand > f32::NEG_INFINITY && gains.greatest() < self.demand
    }
}

impl<'a, S: Simd> Wide<'a, S> {
    #[inline(always)]
    pub(super) fn new(simd: S, terms: &'a Terms) -> Self {
        let Answer { forecast, mean, per_sd } = terms.answer;
        // Errors of sums are relative to what is summed.
        let error = SUM_ERROR * (1.0 + terms.audience);
        let Odds { start, slope, guarantee, trust, threshold, .. } = terms.odds;
        let guarantee = if threshold.is_none() { guarantee * trust } else { guarantee };
        let Odds { reliefs: [low, middle, high], revisionist, .. } = terms.odds;
        let [a, b, c, d] = terms.odds.over;
        let [e, f, g, h] = terms.odds.under;
        Self {
            simd,
            terms,
            own: Same::new(simd, 1.0 + terms.audience),
            audience: Same::new(simd, -terms.audience),
            wars: [Same::new(simd, terms.wars[0] - error), Same::new(simd, terms.wars[1] - error)],
            odds: WideOdds {
                start: Same::new(simd, start),
                slope: Same::new(simd, slope),
                guarantee: Same::new(simd, guarantee),
                reliefs: [Same::new(simd, low), Same::new(simd, middle), Same::new(simd, high)],
                revisionist: Same::new(simd, revisionist),
                over: [
                    Same::new(simd, a),
                    Same::new(simd, b),
                    Same::new(simd, c),
                    Same::new(simd, d),
                ],
                under: [
                    Same::new(simd, e),
                    Same::new(simd, f),
                    Same::new(simd, g),
                    Same::new(simd, h),
                ],
            },
            forecast: Same::new(simd, forecast - 2.0 * error),
            mean: Same::new(simd, mean + LN_ERROR + 4.0 * ROUNDING * mean.abs()),
            per_sd: Same::new(simd, per_sd),
        }
    }

    /// Bounds over what offers are worth to whoever proposes, [`NONE`] where they are not above 0 or
    /// none reaches the floor, and over what one who answers gains by them. Where none of those gains
    /// reaches the demand, the first are infinite.
    #[inline(always)]
    fn heights<const N: usize>(&self, offers: &Lanes<S, N>, least: Least) -> [Single<S, N>; 2] {
        let none = Same::new(self.simd, NONE);
        let unknown = Same::new(self.simd, f32::INFINITY);
        let worth = offers.challenger.mul_add(self.own, self.audience);
        let (promised, theirs) = (worth - self.wars[0], offers.defender - self.wars[1]);
        if self.terms.bounded() && !self.worthwhile(promised, theirs, least.floor) {
            return [worth.of(none); 2];
        }
        if least.refuses(self.answering(promised, theirs)) {
            return [worth.of(unknown), worth.of(none)];
        }
        let (own, their) = self.premiums(offers);
        let (ours, theirs) = (promised - own, theirs - their);
        match self.terms.aim {
            Goal::Challenger if least.refuses(theirs) => [worth.of(unknown), theirs],
            Goal::Challenger => {
                let height = self.accepts(offers.defender - their) * ours;
                [lifted(height).where_positive(ours, none), theirs]
            }
            Goal::Defender if theirs.greatest() <= 0.0 => [worth.of(none); 2],
            Goal::Defender => {
                let height = self.accepts(worth - own) * theirs;
                // The challenger knows its own durability, which only its own premium depends on.
                [lifted(height).where_positive(theirs, none), promised]
            }
            Goal::Even => {
                let height = lifted(ours * theirs);
                [height.where_positive(ours, none).where_positive(theirs, none), theirs]
            }
            Goal::Weighted(weight, rest) => {
                let (ours_log, theirs_log) = (ours.max(1e-30).ln(), theirs.max(1e-30).ln());
                let height = ours_log.mul_add(ours.same(weight), theirs_log * ours.same(rest));
                let height = height + ours.same(3.0 * LN_ERROR);
                [height.where_positive(ours, none).where_positive(theirs, none), theirs]
            }
        }
    }

    /// Whether any of these gains, without premium and if it is accepted for sure, reaches the floor.
    #[inline(always)]
    fn worthwhile<const N: usize>(
        &self,
        ours: Single<S, N>,
        theirs: Single<S, N>,
        floor: f32,
    ) -> bool {
        let promise = match self.terms.aim {
            Goal::Challenger => ours,
            Goal::Defender => theirs,
            Goal::Even | Goal::Weighted(..) => lifted(ours.max(0.0) * theirs.max(0.0)),
        };
        let most = promise.greatest();
        most > 0.0 && (most >= floor || matches!(self.terms.aim, Goal::Weighted(..)))
    }

    /// What is gained by the one who answers.
    #[inline(always)]
    fn answering<const N: usize>(&self, ours: Single<S, N>, theirs: Single<S, N>) -> Single<S, N> {
        if matches!(self.terms.aim, Goal::Defender) { ours } else { theirs }
    }

    /// The least premiums that challenger and defender can ask: on the public belief, but for a
    /// challenger who proposes.
    #[inline(always)]
    fn premiums<const N: usize>(&self, offers: &Lanes<S, N>) -> (Single<S, N>, Single<S, N>) {
        let [challenger, defender] = self.terms.break_losses;
        let none = offers.challenger.of(Same::new(self.simd, 0.0));
        if challenger == 0.0 && defender == 0.0 {
            return (none, none);
        }
        let odds = self.odds(offers);
        if challenger != 0.0 && matches!(self.terms.aim, Goal::Challenger) {
            let own = self.own_durability(odds, offers);
            if defender == 0.0 {
                return (self.premium(challenger, own), none);
            }
            let public = self.durability(odds, offers);
            return (self.premium(challenger, own), self.premium(defender, public));
        }
        let public = self.durability(odds, offers);
        if challenger == 0.0 {
            return (none, self.premium(defender, public));
        }
        (self.premium(challenger, public), self.premium(defender, public))
    }

    /// The least premium where a durability is off by no more than it may.
    #[inline(always)]
    fn premium<const N: usize>(&self, loss: f32, durability: Single<S, N>) -> Single<S, N> {
        let error = durability.same(self.terms.odds.error.copysign(loss));
        let durability = (durability + error).min(1.0).max(1e-9);
        let loss = durability.same(loss * (1.0 - 2.0 * SUM_ERROR.copysign(loss)));
        durability.less(durability.same(1.0)) * loss / durability
    }

    /// A bound over the chance that a cost is above the forecast less `worth`.
    #[inline(always)]
    fn accepts<const N: usize>(&self, worth: Single<S, N>) -> Single<S, N> {
        // Premiums are off relative to themselves: a worth below −1 is one of large premium.
        let gap = worth.abs().taken_from(worth.same(2.0 * SUM_ERROR), worth.less(self.forecast));
        let z = (gap.max(1e-30).ln() - self.mean) * self.per_sd;
        let z = z.abs().taken_from(z.same(4.0 * ROUNDING), z);
        z.max(-12.0).min(12.0).normal_tail().min(1.0)
    }

    /// A revisionist's odds of a break, before its cost counts.
    #[inline(always)]
    fn odds<const N: usize>(&self, offers: &Lanes<S, N>) -> Single<S, N> {
        let WideOdds { start, slope, guarantee, .. } = self.odds;
        let start = offers.challenger.taken_from(slope, start);
        let effect = match self.terms.odds.threshold {
            None => offers.guarantee,
            Some(threshold) => self.beyond_threshold(offers.guarantee, threshold),
        };
        effect.taken_from(guarantee, start).exp()
    }

    /// How far guarantees deter that do so only beyond a threshold.
    #[inline(always)]
    fn beyond_threshold<const N: usize>(
        &self,
        guarantee: Single<S, N>,
        of: [f32; 3],
    ) -> Single<S, N> {
        let [log_half, power, full] = of;
        let shown = guarantee * guarantee.same(self.terms.odds.trust);
        let below = shown.max(1e-30).ln().less(shown.same(log_half));
        let ratio = (below * shown.same(power)).min(80.0).exp();
        // Lifted by what logarithm and power can be off.
        let lift = 1.0 + 4.0 * (power * LN_ERROR + 80.0 * 2.0 * ROUNDING + EXP_ERROR);
        (ratio + shown.same(1.0)).under(shown.same(lift * (1.0 + full))).min(1.0)
    }

    /// Durability on the public belief.
    #[inline(always)]
    fn durability<const N: usize>(&self, odds: Single<S, N>, offers: &Lanes<S, N>) -> Single<S, N> {
        let (hard, soft) = (self.over_costs(odds), self.over_costs(odds * offers.settler));
        (hard - soft).mul_add(self.odds.revisionist, soft)
    }

    /// Mean durability over the belief about the challenger's cost.
    #[inline(always)]
    fn over_costs<const N: usize>(&self, odds: Single<S, N>) -> Single<S, N> {
        let [low, middle, high] = self.odds.reliefs;
        let sides = self.at(odds * low) + self.at(odds * high);
        let [side, centre, _] = NODE_WEIGHTS;
        let centre = self.at(odds * middle) * odds.same(centre as f32);
        sides.mul_add(odds.same(side as f32), centre)
    }

    /// Durability as the challenger knows it.
    #[inline(always)]
    fn own_durability<const N: usize>(
        &self,
        odds: Single<S, N>,
        offers: &Lanes<S, N>,
    ) -> Single<S, N> {
        let own = odds * odds.same(self.terms.odds.own_relief);
        self.at(if self.terms.odds.own_revisionist { own } else { own * offers.settler })
    }

    /// Durability at some odds.
    #[inline(always)]
    fn at<const N: usize>(&self, odds: Single<S, N>) -> Single<S, N> {
        odds.polynomial(&self.odds.over) / odds.polynomial(&self.odds.under)
    }
}

/// More than rounding and the normal tail can have taken off.
#[inline(always)]
fn lifted<S: Simd, const N: usize>(height: Single<S, N>) -> Single<S, N> {
    height.mul_add(height.same(1.0 + TAIL_ERROR + 8.0 * ROUNDING), height.same(1e-29))
}

impl<S: Simd> Heights<'_, S> {
    /// Goes through all steps with `N` registers at a time.
    #[inline(always)]
    fn fill<const N: usize>(self) {
        let [a, b, c, d] = self.columns;
        let (challenger, defender) = (registers::<S, N>(a), registers::<S, N>(b));
        let (guarantee, settler) = (registers::<S, N>(c), registers::<S, N>(d));
        let heights = S::as_mut_simd_f32s(self.found).0.as_chunks_mut::<N>().0;
        let gains = S::as_mut_simd_f32s(self.gains).0.as_chunks_mut::<N>().0;
        let (simd, least) = (self.wide.simd, Least { floor: self.floor, demand: self.demand });
        let first = challenger.iter().zip(defender);
        let rest = guarantee.iter().zip(settler);
        let found = heights.iter_mut().zip(gains);
        for (((challenger, defender), (guarantee, settler)), (height, gain)) in
            first.zip(rest).zip(found)
        {
            let offers = Lanes {
                challenger: Single { simd, lanes: *challenger },
                defender: Single { simd, lanes: *defender },
                guarantee: Single { simd, lanes: *guarantee },
                settler: Single { simd, lanes: *settler },
            };
            let [own, answer] = self.wide.heights(&offers, least);
            *height = own.lanes;
            *gain = answer.lanes;
        }
    }
}

/// Numbers as registers, `N` at a time.
#[inline(always)]
fn registers<S: Simd, const N: usize>(numbers: &[f32]) -> &[[S::f32s; N]] {
    S::as_simd_f32s(numbers).0.as_chunks().0
}

impl<S: Simd> WithSimd for Heights<'_, S> {
    type Output = ();

    /// On the registers for which it is made.
    #[inline(always)]
    fn with_simd<Same: Simd>(self, _: Same) {
        // Wide registers come in greater numbers, and one holds a whole step.
        if S::F32_LANES >= STEP { self.fill::<1>() } else { self.fill::<2>() }
    }
}
