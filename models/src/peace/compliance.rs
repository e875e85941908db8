//! Will it hold? The hazard that an agreement breaks, foreseen before signing and played after it.

use engine::{
    Draw as _, Lanes, NODE_WEIGHTS, NormalBelief, Number, Purpose, Streams, exp, logistic, power,
};

use super::durability::{Aside, Durability, Fine, Foresight};
use super::profile::Profile;
use super::stakes::{Few, Stakes};
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
    places: Places,
}

/// The argument of σ in year 0 as a place in the finer table of durability, in nodes.
#[derive(Clone, Copy, Debug)]
struct Places {
    /// Without grievance, cost and guarantee.
    start: f64,
    /// For each unit of a revisionist's and of a settler's grievance.
    grievance: f64,
    settler: f64,
    /// Taken off by a guarantee that deters fully, and by each unit of cost.
    guarantee: f64,
    cost: f64,
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

/// What is foreseen in a month about any agreement signed in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outlook {
    /// How much of a guarantee is expected to be there: υ + ζ (S − υ).
    pub(super) trust: f64,
    /// π̂.
    pub(super) revisionist: f64,
    /// The challenger's cost at three nodes of the belief about it.
    pub(super) costs: [f64; 3],
    /// The defender's cost, at its mean or as it knows it; 0 where no hazard depends on it.
    pub(super) defender_cost: f64,
}

/// The least and the greatest that offers have of what matters to compliance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) grievance: (f64, f64),
    pub(super) guarantee: (f64, f64),
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
        let places = Places {
            start: foreseen.place_of(base + fragility),
            grievance: Fine::NODES * slope,
            settler: Fine::NODES * slope * settler_grievance,
            guarantee: Fine::NODES * slope * deterrence,
            cost: Fine::NODES * slope,
        };
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
            places,
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
        let [low, middle, high] = about_challenger.nodes();
        let Lanes([low, middle, high, _]) = Lanes([low, middle, high, high]).map(exp);
        let costs = [low, middle, high];
        Outlook {
            trust: unity + self.naivety * (support - unity),
            revisionist,
            costs,
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

    /// Prepares a profile for [`Compliance::durability`] on this outlook, of terms within `span`.
    pub(super) fn prepare(&self, profile: &mut Profile, outlook: &Outlook, span: &Span) {
        let Some(fine) = self.foreseen.fine() else { return };
        let place = |mind: f64, grievance: f64, guarantee: f64| {
            self.places.start + mind * grievance
                - self.places.guarantee * self.effect(guarantee * outlook.trust)
        };
        let least = place(self.places.settler, span.grievance.0, span.guarantee.1);
        let greatest = place(self.places.grievance, span.grievance.1, span.guarantee.0);
        let [low, middle, high] = outlook.costs;
        let unit = self.places.cost;
        profile.tabulate(fine, (least, greatest), [unit * low, unit * middle, unit * high]);
    }

    /// The foreseen durability D̃ of terms on the public belief: over intent and the challenger's
    /// cost. `profile` is prepared for the outlook.
    #[inline]
    pub(super) fn durability(&self, stakes: &Stakes, outlook: &Outlook, profile: &Profile) -> f64 {
        if self.foreseen.fine().is_none() {
            return self.durability_beside(stakes, outlook);
        }
        let effect = self.effect(stakes.guarantee * outlook.trust);
        self.durability_by_profile(stakes, effect, outlook, profile)
    }

    /// The same of many offers, but for those that are not wanted.
    #[inline(always)]
    pub(super) fn durabilities(
        &self,
        offers: &[Stakes<Few>],
        wanted: &[bool],
        outlook: &Outlook,
        profile: &Profile,
        durabilities: &mut [Few],
    ) {
        let pairs = durabilities.iter_mut().zip(offers).zip(wanted);
        let pairs = pairs.filter(|(_, wanted)| **wanted).map(|(pair, _)| pair);
        if self.foreseen.fine().is_none() {
            for (durability, stakes) in pairs {
                *durability =
                    Few::from_lanes(|lane| self.durability_beside(&stakes.lane(lane), outlook));
            }
        } else if self.threshold.is_some() {
            for (durability, stakes) in pairs {
                let effect = (stakes.guarantee * outlook.trust).map(|shown| self.effect(shown));
                *durability = self.durability_by_profile(stakes, effect, outlook, profile);
            }
        } else {
            for (durability, stakes) in pairs {
                let effect = stakes.guarantee * outlook.trust;
                *durability = self.durability_by_profile(stakes, effect, outlook, profile);
            }
        }
    }

    /// The same where the challenger's hazard alone decides it, given the effect of the guarantee.
    #[inline(always)]
    fn durability_by_profile<N: Number>(
        &self,
        stakes: &Stakes<N>,
        effect: N,
        outlook: &Outlook,
        profile: &Profile,
    ) -> N {
        let start = N::splat(self.places.start) - effect * self.places.guarantee;
        let grievance = stakes.challenger_grievance();
        let hard = profile.at(start + grievance * self.places.grievance);
        let soft = profile.at(start + grievance * self.places.settler);
        soft + (hard - soft) * outlook.revisionist
    }

    /// The same where it depends on more than the challenger's hazard.
    #[cold]
    fn durability_beside(&self, stakes: &Stakes, outlook: &Outlook) -> f64 {
        let aside = self.aside(stakes, outlook.defender_cost);
        let deterred = self.slope * self.deters(stakes.guarantee * outlook.trust);
        let mean = |mind: f64| {
            let argument = self.base + self.fragility - deterred
                + self.slope * mind * stakes.challenger_grievance();
            let at = |cost: f64| self.foreseen.at(argument - self.slope * cost, aside);
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
        let strain = self.mind(revisionist) * stakes.challenger_grievance()
            - cost
            - self.deters(stakes.guarantee * outlook.trust);
        let argument = self.base + self.fragility + self.slope * strain;
        self.foreseen.at(argument, self.aside(stakes, outlook.defender_cost))
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
pub(super) fn premium<N: Number>(break_loss: f64, durability: N) -> N {
    (N::splat(1.0) - durability) * break_loss / durability
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
