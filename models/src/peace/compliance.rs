//! Will it hold? The hazard that an agreement breaks, foreseen before signing and played after it.

use std::hint::black_box;

use engine::{
    Draw as _, Lanes, NODE_WEIGHTS, NormalBelief, Number as _, Purpose, Streams, exp, ln, logistic,
    power,
};
use pulp::{Arch, Simd, WithSimd};

use super::durability::{Alone, Aside, Durability, Foresight, MOST_ODDS};
use super::foreseen::Foreseen;
use super::registers::up_to_256_bits;
use super::stakes::Stakes;
use crate::parameter::Settings;

const CREDIBILITY: Purpose = Purpose::named("credibility");
const POWER: Purpose = Purpose::named("power");
const COLLAPSE: Purpose = Purpose::named("collapse");

/// The longest time after signature that can be asked about, in years.
pub(super) const MOST_YEARS: usize = 100;

/// The compliance game:
///
/// ```text
/// h_R = σ(a_0 + a_f e^{−y/τ_f} + a_1 (ψ (1 − U_R(x)) − C_R − γ G_y + z_y))
/// h_U = σ(a_0^U + a_1^U (ψ_U (1 − U_U(x)) − C_U − z_y))
/// h = 1 − (1 − h_R)(1 − h_U)(1 − h_0)
/// G_y = x_guarantees · cred_y,  cred_0 = S,  cred ← clip(cred + g_c (υ − cred) + s_c ε)
/// z_y = z̄ y + a random walk with step s_z
/// ```
///
/// # Source
///
/// Own; the commitment problem after Powell (2006), International Organization 60(1); guarantees
/// after Walter (2002), *Committing to Peace*, and Fortna (2004), *Peace Time*.
#[derive(Clone, Debug)]
pub(super) struct Compliance {
    base: f64,
    slope: f64,
    fragility: f64,
    /// What is left of it in each year after signature.
    fragile: Vec<f64>,
    settler_grievance: f64,
    deterrence: f64,
    threshold: Option<Threshold>,
    power_volatility: f64,
    power_shift: f64,
    accidents: f64,
    monitoring: f64,
    credibility_reversion: f64,
    credibility_volatility: f64,
    naivety: f64,
    defender: Option<DefenderHazard>,
    foreseen: Durability,
    /// For loops over a few numbers.
    registers: Arch,
}

/// A Hill curve: deterrence that works only beyond a threshold, scaled to 1 at a full guarantee.
#[derive(Clone, Copy, Debug)]
struct Threshold {
    half_point: f64,
    power: f64,
}

/// The hazard that the defender breaks an agreement.
#[derive(Clone, Copy, Debug)]
struct DefenderHazard {
    base: f64,
    slope: f64,
    grievance: f64,
}

/// Mean durability over the belief about the challenger's cost, for each of two types.
struct OverBelief<'a> {
    alone: &'a Alone,
    /// Logarithms of the odds of a break before costs count.
    strains: [f64; 2],
    reliefs: [f64; 3],
}

impl WithSimd for OverBelief<'_> {
    type Output = [f64; 2];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [f64; 2] {
        let [low, middle, high] = self.reliefs;
        let reliefs = Lanes([low, middle, high, high, low, middle, high, high]);
        let [hard, soft] = self.strains;
        let strains = Lanes([hard, soft, soft, soft]);
        let Lanes([hard, soft, ..]) = strains.zip(Lanes::splat(MOST_ODDS), f64::min).map(exp);
        let odds = reliefs * Lanes([hard, hard, hard, hard, soft, soft, soft, soft]);
        let Lanes(at) = self.alone.at(odds);
        let [side, centre, _] = NODE_WEIGHTS;
        [(at[0] + at[2]) * side + at[1] * centre, (at[4] + at[6]) * side + at[5] * centre]
    }
}

/// The challenger's cost at three nodes of the belief about it, and what each makes of odds.
struct Costs {
    nodes: [f64; 3],
    slope: f64,
}

impl WithSimd for Costs {
    type Output = ([f64; 3], [f64; 3]);

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> ([f64; 3], [f64; 3]) {
        let [low, middle, high] = self.nodes;
        let (mut costs, mut reliefs) = ([low, middle, high, high], [0.0; 4]);
        // Hidden from the compiler, which would unroll the loop before it sees that it can be widened.
        let count = black_box(costs.len());
        for (cost, relief) in costs[..count].iter_mut().zip(&mut reliefs) {
            *cost = exp(*cost);
            *relief = exp(*cost * -self.slope);
        }
        let ([a, b, c, ..], [d, e, f, ..]) = (costs, reliefs);
        ([a, b, c], [d, e, f])
    }
}

/// What is foreseen in a month about any agreement signed in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outlook {
    /// How much of a guarantee is expected to be there: υ + ζ (S − υ).
    pub(super) trust: f64,
    /// π̂.
    pub(super) revisionist: f64,
    /// The challenger's cost at three nodes of the belief about it.
    pub(super) costs: [f64; 3],
    /// What each of these makes of the odds of a break: `e^{−a_1 C}`.
    pub(super) reliefs: [f64; 3],
    /// The defender's cost, at its mean or as it knows it; 0 where no hazard depends on it.
    pub(super) defender_cost: f64,
}

/// How an agreement fared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fate {
    /// Chance to be in force at the end of year n: `years + 1` numbers from 1 on.
    pub(super) survival: [f64; MOST_YEARS + 1],
    /// The year in which it was drawn to break, counted from 1.
    pub(super) collapse: Option<u32>,
}

/// One year of an agreement, for those who listen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Year {
    /// Counted from 1.
    pub(super) number: u32,
    pub(super) credibility: f64,
    pub(super) power: f64,
    pub(super) hazard: f64,
    pub(super) survival: f64,
}

impl Compliance {
    pub(super) fn new(settings: &Settings, has_access_issue: bool) -> Self {
        let get = |name: &str| settings.get(&format!("compliance.{name}"));
        let find = |name: &str| settings.find(&format!("compliance.{name}"));
        let threshold = find("threshold.half_point").zip(find("threshold.power"));
        let defender = find("defender.base").zip(find("defender.slope"));
        let defender = defender.zip(find("defender.grievance"));
        let defender =
            defender.map(|((base, slope), grievance)| DefenderHazard { base, slope, grievance });
        let (base, slope, fragility) = (get("base"), get("slope"), get("fragility"));
        let monitoring = if has_access_issue { get("monitoring") } else { 0.0 };
        let accidents = get("accidents");
        let power_shift = get("power_shift");
        let foresight = Foresight {
            fragility,
            fragility_years: get("fragility_years"),
            drift: slope * power_shift,
            defender_drift: defender.map(|own| -own.slope * power_shift),
            accidents: (accidents * (1.0 - monitoring), accidents),
            discount: settings.get("discount"),
        };
        let (settler_grievance, deterrence) = (get("settler_grievance"), get("deterrence"));
        let highest_side = defender.map_or(0.0, |own| own.base + own.slope * own.grievance);
        let foreseen = Durability::new(foresight, base + fragility + slope, highest_side);
        Self {
            base,
            slope,
            fragility,
            fragile: (0..MOST_YEARS)
                .map(|year| fragility * exp(-(year as f64) / foresight.fragility_years))
                .collect(),
            settler_grievance,
            deterrence,
            threshold: threshold.map(|(half_point, power)| Threshold { half_point, power }),
            power_volatility: get("power_volatility"),
            power_shift,
            accidents,
            monitoring,
            credibility_reversion: get("credibility_reversion"),
            credibility_volatility: get("credibility_volatility"),
            naivety: get("naivety"),
            defender,
            foreseen,
            registers: up_to_256_bits(),
        }
    }

    /// h_0 where humanitarian access stands at a level.
    pub(super) fn accidents(&self, access: f64) -> f64 {
        self.accidents * (1.0 - self.monitoring * access)
    }

    /// What is foreseen in a month, given beliefs about costs.
    #[inline]
    pub(super) fn outlook(
        &self,
        unity: f64,
        support: f64,
        revisionist: f64,
        about_challenger: &NormalBelief,
        about_defender: &NormalBelief,
    ) -> Outlook {
        let costs = Costs { nodes: about_challenger.nodes(), slope: self.slope };
        let (costs, reliefs) = self.registers.dispatch(costs);
        Outlook {
            trust: unity + self.naivety * (support - unity),
            revisionist,
            costs,
            reliefs,
            defender_cost: self.defender.map_or(0.0, |_| about_defender.mean_exp()),
        }
    }

    /// How far a guarantee in force deters, as a share of what a full one would.
    #[inline]
    fn effect(&self, guarantee: f64) -> f64 {
        match self.threshold {
            None => guarantee,
            Some(Threshold { half_point, power }) => hill(guarantee, half_point, power),
        }
    }

    /// The deterrence of a guarantee in force, in utility.
    #[inline]
    fn deters(&self, guarantee: f64) -> f64 {
        self.deterrence * self.effect(guarantee)
    }

    /// How much a type minds what it did not get.
    #[inline]
    fn mind(&self, revisionist: bool) -> f64 {
        if revisionist { 1.0 } else { self.settler_grievance }
    }

    #[inline]
    fn aside(&self, stakes: &Stakes, defender_cost: f64) -> Aside {
        let own = self.defender.map_or(0.0, |own| {
            own.base + own.slope * (own.grievance * stakes.defender_grievance() - defender_cost)
        });
        Aside { defender: own, accidents: stakes.accidents }
    }

    /// What screens need to know to foresee durability in single precision; nothing where that takes
    /// more than the odds of the challenger.
    pub(super) fn foreseen(&self) -> Option<Foreseen> {
        let (ratio, error) = self.foreseen.alone()?.quick.as_ref()?;
        Foreseen {
            start: self.base + self.fragility + self.slope,
            slope: self.slope,
            guarantee: self.slope * self.deterrence,
            settler_grievance: self.settler_grievance,
            threshold: self.threshold.map(Threshold::in_logs),
            over: [3, 2, 1, 0].map(|at| ratio.over[at] as f32),
            under: [3, 2, 1, 0].map(|at| ratio.under[at] as f32),
            error: *error as f32,
        }
        .checked()
    }

    /// The logarithm of the odds that the challenger breaks an agreement in year 0, before its cost
    /// counts.
    #[inline]
    fn strain(&self, stakes: &Stakes, outlook: &Outlook, mind: f64) -> f64 {
        let deterred = self.deters(stakes.guarantee * outlook.trust);
        self.base + self.fragility + self.slope * (mind * stakes.challenger_grievance() - deterred)
    }

    /// The foreseen durability D̃ of terms on the public belief: over intent and the challenger's
    /// cost.
    #[inline]
    pub(super) fn durability(&self, stakes: &Stakes, outlook: &Outlook) -> f64 {
        match self.foreseen.alone() {
            Some(alone) => self.durability_alone(alone, stakes, outlook),
            None => self.durability_beside(stakes, outlook),
        }
    }

    /// The same where the challenger's odds alone decide it.
    #[inline]
    fn durability_alone(&self, alone: &Alone, stakes: &Stakes, outlook: &Outlook) -> f64 {
        let deterred = self.slope * self.deters(stakes.guarantee * outlook.trust);
        let start = self.base + self.fragility - deterred;
        let grievance = self.slope * stakes.challenger_grievance();
        let strains = [start + grievance, start + self.settler_grievance * grievance];
        let mean = OverBelief { alone, strains, reliefs: outlook.reliefs };
        let [hard, soft] = self.registers.dispatch(mean);
        soft + (hard - soft) * outlook.revisionist
    }

    /// The same where it depends on more than the challenger's hazard.
    #[cold]
    fn durability_beside(&self, stakes: &Stakes, outlook: &Outlook) -> f64 {
        let aside = self.aside(stakes, outlook.defender_cost);
        let mean = |mind: f64| {
            let strain = self.strain(stakes, outlook, mind);
            let at = |cost: f64| self.foreseen.at(strain - self.slope * cost, aside);
            outlook.costs.iter().zip(NODE_WEIGHTS).map(|(cost, w)| w * at(*cost)).sum::<f64>()
        };
        let (hard, soft) = (mean(1.0), mean(self.settler_grievance));
        soft + outlook.revisionist * (hard - soft)
    }

    /// The foreseen durability to the challenger, who knows its own intent and cost.
    #[inline]
    pub(super) fn own_durability(
        &self,
        stakes: &Stakes,
        outlook: &Outlook,
        revisionist: bool,
        cost: f64,
    ) -> f64 {
        let strain = self.strain(stakes, outlook, self.mind(revisionist));
        let aside = self.aside(stakes, outlook.defender_cost);
        self.foreseen.at(strain - self.slope * cost, aside)
    }

    /// Plays an agreement out for `years` years after signature.
    pub(super) fn play_out(
        &self,
        stakes: &Stakes,
        signed: &Signature,
        years: usize,
        streams: &Streams,
        mut listen: impl FnMut(Year),
    ) -> Fate {
        let mut credibility_luck = streams.open(CREDIBILITY);
        let mut power_luck = streams.open(POWER);
        let (mut credibility, mut shift) = (signed.support, 0.0);
        let mut survival = [1.0; MOST_YEARS + 1];
        for year in 0..years {
            let power = self.power_shift * year as f64 + shift;
            let hazard = self.hazard(stakes, signed, year, credibility, power);
            survival[year + 1] = survival[year] * (1.0 - hazard);
            let (survival, year) = (survival[year + 1], year as u32 + 1);
            listen(Year { number: year, credibility, power, hazard, survival });
            let reversion = self.credibility_reversion * (signed.unity_level - credibility);
            let shock = self.credibility_volatility * credibility_luck.normal();
            credibility = (credibility + reversion + shock).clamp(0.0, 1.0);
            shift += self.power_volatility * power_luck.normal();
        }
        let lot = streams.open(COLLAPSE).uniform();
        let collapse = (1..=years).find(|year| lot >= survival[*year]).map(|year| year as u32);
        Fate { survival, collapse }
    }

    fn hazard(
        &self,
        stakes: &Stakes,
        signed: &Signature,
        year: usize,
        credibility: f64,
        power: f64,
    ) -> f64 {
        let strain = self.mind(signed.revisionist) * stakes.challenger_grievance()
            - signed.challenger_cost
            - self.deters(stakes.guarantee * credibility)
            + power;
        let challenger = logistic(self.base + self.fragile[year] + self.slope * strain);
        let defender = self.defender.map_or(0.0, |own| {
            let strain = own.grievance * stakes.defender_grievance() - signed.defender_cost - power;
            logistic(own.base + own.slope * strain)
        });
        1.0 - (1.0 - challenger) * (1.0 - defender) * (1.0 - stakes.accidents)
    }
}

impl Threshold {
    /// The logarithm of the half-point, the power, and that power of the half-point.
    fn in_logs(self) -> [f32; 3] {
        let Self { half_point, power } = self;
        [ln(half_point), power, engine::power(half_point, power)].map(|number| number as f32)
    }
}

/// `G^p / (G^p + G_½^p)`, scaled to 1 at G = 1; written so that no power overflows.
fn hill(guarantee: f64, half_point: f64, p: f64) -> f64 {
    if guarantee == 0.0 {
        0.0
    } else if half_point <= 1.0 {
        (1.0 + power(half_point, p)) / (1.0 + power(half_point / guarantee, p))
    } else {
        let (level, inverse) = (power(guarantee, p), power(1.0 / half_point, p));
        level * (1.0 + inverse) / (1.0 + inverse * level)
    }
}

/// What counts about the moment of signature.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature {
    pub(super) revisionist: bool,
    pub(super) challenger_cost: f64,
    pub(super) defender_cost: f64,
    pub(super) support: f64,
    /// The level, not the state.
    pub(super) unity_level: f64,
}

/// What i must gain to sign: `v (1 − D̃) / D̃`.
#[inline(always)]
pub(super) fn premium(break_loss: f64, durability: f64) -> f64 {
    (1.0 - durability) * break_loss / durability
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hill_curve_rises_from_0_to_1_and_is_half_way_where_it_says() {
        for (half, p) in [(0.5, 4.0), (0.01, 300.0), (2.0, 2000.0), (1e-10, 40.0), (1.0, 1.0)] {
            assert_eq!(hill(0.0, half, p), 0.0);
            assert!((hill(1.0, half, p) - 1.0).abs() < 1e-12, "{half} {p}");
            let heights = [0.0, 0.3, 0.6, 1.0].map(|level| hill(level, half, p));
            assert!(heights.windows(2).all(|two| two[0] <= two[1]), "{half} {p}: {heights:?}");
        }
        // G^p / (G^p + ½^p) is ½ at G = ½; the scale to 1 at G = 1 lifts it by 1 + ½^p.
        assert!((hill(0.5, 0.5, 4.0) - 0.5 * (1.0 + 0.0625)).abs() < 1e-12);
    }
}
