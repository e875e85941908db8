//! The parameters of the plain baseline, and the formulas that depend on them alone.

use models::Settings;
use rand::RngExt as _;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Month, Offer, YEARS, logistic, normal};

macro_rules! rules {
    ($($name:ident $path:literal),* $(,)?) => {
        /// The parameters by name, and what follows from them alone.
        pub(super) struct Rules {
            $(pub(super) $name: f64,)*
            pub(super) horizon: u32,
            pub(super) open_at_start: bool,
            pub(super) monthly: f64,
            pub(super) news: f64,
            relief: Vec<f64>,
        }

        impl Rules {
            pub(super) fn new(settings: &Settings) -> Self {
                let fragility = settings.get("compliance.fragility");
                let years = settings.get("compliance.fragility_years");
                // Until no more than 1e-8 of the extra hazard is left.
                let last = (years * (fragility / 1e-8).ln()).ceil() as u32;
                let relief = |year: u32| fragility * (1.0 - (-f64::from(year) / years).exp());
                Self {
                    $($name: settings.get($path),)*
                    horizon: settings.get("horizon_months") as u32,
                    open_at_start: settings.get("talks.open_at_start") != 0.0,
                    monthly: settings.get("discount").powf(1.0 / 12.0),
                    news: settings.get("channel_noise").powi(2) / settings.get("channels"),
                    relief: (0..=last).map(relief).collect(),
                }
            }
        }
    };
}

rules! {
    unity "unity",
    signalling "signalling",
    quantal_noise "quantal_noise",
    endorsement_noise "endorsement_noise",
    challenger_proposes "recognition.challenger",
    defender_proposes "recognition.defender",
    mediator_weight "mediator_weight",
    break_off "talks.break_off",
    break_off_rhetoric "talks.break_off_rhetoric",
    reopen "talks.reopen",
    held "front.held",
    challenger_force "front.challenger_force",
    defender_force "front.defender_force",
    aid "front.aid",
    responsiveness "front.responsiveness",
    front_volatility "front.volatility",
    leverage "front.talk_leverage",
    withheld "front.withheld_aid",
    planning "planning_months",
    weariness "weariness",
    optimism_fading "optimism_fading_months",
    separation "rhetoric.separation",
    noise "rhetoric.noise",
    credence "rhetoric.credence",
    forgetting "rhetoric.forgetting",
    norm "rhetoric.norm",
    adaptation "rhetoric.norm_adaptation",
    prior "revisionist_prior",
    persistence "audience.persistence",
    audience_cost "audience.cost",
    reversion "coalition.reversion",
    unity_volatility "coalition.volatility",
    interaction "coalition.interaction",
    inertia "coalition.inertia",
    initial_support "coalition.initial_support",
    quota "coalition.quota",
    backing "coalition.backing",
    premium_weight "coalition.premium_weight",
    base "compliance.base",
    slope "compliance.slope",
    fragility "compliance.fragility",
    fragility_years "compliance.fragility_years",
    settler_grievance "compliance.settler_grievance",
    deterrence "compliance.deterrence",
    power_volatility "compliance.power_volatility",
    accidents "compliance.accidents",
    credibility_reversion "compliance.credibility_reversion",
    credibility_volatility "compliance.credibility_volatility",
    naivety "compliance.naivety",
    discount "discount",
}

impl Rules {
    /// D where the argument of σ in year 0 is `argument`.
    pub(super) fn durability(&self, argument: f64) -> f64 {
        let (mut sum, mut weight, mut alive, mut hold) = (0.0, 1.0, 1.0, 1.0);
        for relief in &self.relief {
            sum += weight * alive;
            hold = (1.0 - logistic(argument - relief)) * (1.0 - self.accidents);
            alive *= hold;
            weight *= self.discount;
        }
        (1.0 - self.discount) * (sum + weight * alive / (1.0 - self.discount * hold))
    }

    pub(super) fn argument(&self, offer: &Offer, mind: f64, trust: f64, cost: f64) -> f64 {
        let strain =
            mind * (1.0 - offer.worth[0]) - cost - self.deterrence * offer.guarantee * trust;
        self.base + self.fragility + self.slope * strain
    }

    /// By what costs are multiplied.
    pub(super) fn weary(&self, month: u32) -> f64 {
        1.0 + self.weariness * f64::from(month) / 12.0
    }

    /// Survival to the end of each year, and the year of collapse.
    pub(super) fn play_out(
        &self,
        offer: &Offer,
        month: &Month,
        support: f64,
        luck: &mut Xoshiro256PlusPlus,
    ) -> ([f64; YEARS + 1], Option<usize>) {
        let (mut credibility, mut power) = (support, 0.0);
        let mut survival = [1.0; YEARS + 1];
        let mind = if month.revisionist { 1.0 } else { self.settler_grievance };
        for year in 0..YEARS {
            let strain = mind * (1.0 - offer.worth[0])
                - month.cost[0]
                - self.deterrence * offer.guarantee * credibility
                + power;
            let fragile = self.fragility * (-(year as f64) / self.fragility_years).exp();
            let broken = logistic(self.base + fragile + self.slope * strain);
            survival[year + 1] = survival[year] * (1.0 - broken) * (1.0 - self.accidents);
            credibility += self.credibility_reversion * (self.unity - credibility)
                + self.credibility_volatility * normal(luck);
            credibility = credibility.clamp(0.0, 1.0);
            power += self.power_volatility * normal(luck);
        }
        let lot = luck.random::<f64>();
        (survival, (1..=YEARS).find(|year| lot >= survival[*year]))
    }
}
