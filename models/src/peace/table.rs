//! The table: who proposes, what is worth offering, and who says yes.

use engine::{DecisionRule, NormalBelief, power};

use super::compliance::{Compliance, Outlook, premium};
use super::offers::{Known, Offers, Stakes};
use super::parameters::DECISION_RULES;
use crate::parameter::{Invalid, Settings};

/// Who makes an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proposer {
    Challenger,
    Defender,
    Mediator,
}

/// One side of the table in one month.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    /// What everybody believes about the logarithm of its cost.
    pub(super) belief: NormalBelief,
    /// Its true cost.
    pub(super) cost: f64,
    /// Its forecast of the terms in force, in utility, before its cost.
    pub(super) forecast: f64,
    /// v.
    pub(super) break_loss: f64,
}

/// All that a month's bargaining depends on.
///
/// ```text
/// gain_i(x) = U_i(x) − [i = R] χ a (1 − U_R(x)) − premium_i(x) − W_i
/// ```
#[derive(Clone, Copy, Debug)]
pub(super) struct Month<'a> {
    pub(super) compliance: &'a Compliance,
    pub(super) challenger: Side,
    pub(super) defender: Side,
    pub(super) revisionist: bool,
    /// `1 + ω t/12`: what multiplies costs.
    pub(super) weariness: f64,
    /// χ a.
    pub(super) audience: f64,
    /// On public beliefs, the defender's cost at its mean.
    pub(super) outlook: Outlook,
}

/// The rules of the table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    challenger_proposes: f64,
    defender_proposes: f64,
    mediator_weight: f64,
    pub(super) rule: DecisionRule,
    break_off: f64,
    break_off_rhetoric: f64,
    pub(super) reopen: f64,
    pub(super) open_at_start: bool,
}

impl Table {
    /// # Errors
    ///
    /// [`Invalid`] where the chances to propose do not add up to 1.
    pub(super) fn new(settings: &Settings) -> Result<Self, Invalid> {
        let recognition = |who: &str| settings.get(&format!("recognition.{who}"));
        let sum = recognition("challenger") + recognition("defender") + recognition("mediator");
        // Three decimal fractions and two additions.
        if (sum - 1.0).abs() > 1e-9 {
            let rule = "challenger, defender and mediator must add up to 1";
            let found = format!("with the sum {}", (sum * 1e9).round() / 1e9);
            return Err(Invalid::new("recognition", found, rule));
        }
        let quantal = DECISION_RULES[settings.get("decision_rule") as usize] == "quantal";
        let noise = settings.get("quantal_noise");
        Ok(Self {
            challenger_proposes: recognition("challenger"),
            defender_proposes: recognition("defender"),
            mediator_weight: settings.get("mediator_weight"),
            rule: if quantal {
                DecisionRule::Quantal { noise }
            } else {
                DecisionRule::BestResponse
            },
            break_off: settings.get("talks.break_off"),
            break_off_rhetoric: settings.get("talks.break_off_rhetoric"),
            reopen: settings.get("talks.reopen"),
            open_at_start: settings.get("talks.open_at_start") != 0.0,
        })
    }

    /// Who proposes, by one uniform draw.
    #[inline]
    pub(super) fn proposer(&self, draw: f64) -> Proposer {
        if draw < self.challenger_proposes {
            Proposer::Challenger
        } else if draw < self.challenger_proposes + self.defender_proposes {
            Proposer::Defender
        } else {
            Proposer::Mediator
        }
    }

    /// The chance that a month of talks without signature ends them.
    #[inline]
    pub(super) fn break_off_chance(&self, rhetoric: f64) -> f64 {
        (self.break_off + self.break_off_rhetoric * rhetoric.max(0.0)).min(1.0)
    }

    /// The offer that a proposer makes; nothing where none is worth it.
    #[inline]
    pub(super) fn offer(
        &self,
        offers: &Offers,
        month: &Month,
        proposer: Proposer,
        hint: Option<usize>,
    ) -> Option<usize> {
        let start = month.known();
        match proposer {
            Proposer::Challenger => {
                offers.best(hint, start, |s, floor, known| month.challenger_value(s, floor, known))
            }
            Proposer::Defender => {
                offers.best(hint, start, |s, floor, known| month.defender_value(s, floor, known))
            }
            Proposer::Mediator => {
                let (weight, wars) = (self.mediator_weight, month.mean_wars());
                offers.best(hint, start, |s, floor, known| {
                    month.mediator_value(s, weight, wars, floor, known)
                })
            }
        }
    }

    /// The same by weighing every offer.
    #[cfg(test)]
    pub(super) fn offer_by_full_scan(
        &self,
        offers: &Offers,
        month: &Month,
        proposer: Proposer,
    ) -> Option<usize> {
        let wars = month.mean_wars();
        offers.best_of_all(month.known(), |stakes, floor, known| match proposer {
            Proposer::Challenger => month.challenger_value(stakes, floor, known),
            Proposer::Defender => month.defender_value(stakes, floor, known),
            Proposer::Mediator => {
                month.mediator_value(stakes, self.mediator_weight, wars, floor, known)
            }
        })
    }
}

impl Month<'_> {
    /// What is known of all offers before any is weighed.
    fn known(&self) -> Known {
        let loses = self.defender.break_loss >= 0.0;
        Known { chance: 1.0, premium: if loses { 0.0 } else { f64::NEG_INFINITY } }
    }

    /// What the challenger has from an offer before its premium, its cost and the war.
    #[inline]
    fn challenger_worth(&self, stakes: &Stakes) -> f64 {
        stakes.challenger - self.audience * (1.0 - stakes.challenger)
    }

    /// The challenger's premium on the public belief.
    #[inline]
    fn challenger_premium(&self, stakes: &Stakes) -> f64 {
        let loss = self.challenger.break_loss;
        if loss == 0.0 {
            return 0.0;
        }
        premium(loss, self.compliance.durability(&stakes.challenger_exposure, &self.outlook))
    }

    /// The challenger's premium as it knows it.
    #[inline]
    fn challenger_own_premium(&self, stakes: &Stakes) -> f64 {
        let loss = self.challenger.break_loss;
        if loss == 0.0 {
            return 0.0;
        }
        let (exposure, cost) = (&stakes.challenger_exposure, self.challenger.cost);
        let compliance = self.compliance;
        premium(loss, compliance.own_durability(exposure, &self.outlook, self.revisionist, cost))
    }

    /// The defender's premium on the public belief.
    #[inline]
    pub(super) fn defender_premium(&self, stakes: &Stakes) -> f64 {
        self.defender_premium_at(stakes, &self.outlook)
    }

    /// The defender's premium as it knows it: it knows its own cost.
    #[inline]
    fn defender_own_premium(&self, stakes: &Stakes) -> f64 {
        let outlook = Outlook { defender_cost: self.defender.cost, ..self.outlook };
        self.defender_premium_at(stakes, &outlook)
    }

    #[inline]
    fn defender_premium_at(&self, stakes: &Stakes, outlook: &Outlook) -> f64 {
        let loss = self.defender.break_loss;
        if loss == 0.0 {
            return 0.0;
        }
        premium(loss, self.compliance.durability(&stakes.defender_exposure, outlook))
    }

    /// The challenger's own gain.
    #[inline]
    pub(super) fn challenger_gain(&self, stakes: &Stakes) -> f64 {
        let war = self.challenger.forecast - self.challenger.cost * self.weariness;
        self.challenger_worth(stakes) - self.challenger_own_premium(stakes) - war
    }

    /// The defender's own gain.
    #[inline]
    pub(super) fn defender_gain(&self, stakes: &Stakes) -> f64 {
        let war = self.defender.forecast - self.defender.cost * self.weariness;
        stakes.defender - self.defender_own_premium(stakes) - war
    }

    /// The chance that the challenger accepts, on public beliefs.
    #[inline]
    pub(super) fn challenger_accepts(&self, stakes: &Stakes) -> f64 {
        let worth = self.challenger_worth(stakes) - self.challenger_premium(stakes);
        let gap = self.challenger.forecast - worth;
        self.challenger.belief.exp_reaches(gap / self.weariness)
    }

    /// The chance that the defender accepts, on public beliefs.
    pub(super) fn defender_accepts(&self, stakes: &Stakes) -> f64 {
        self.defender_accepts_at(stakes, self.defender_premium(stakes))
    }

    #[inline]
    fn defender_accepts_at(&self, stakes: &Stakes, premium: f64) -> f64 {
        let gap = self.defender.forecast - (stakes.defender - premium);
        self.defender.belief.exp_reaches(gap / self.weariness)
    }

    /// What an offer is worth to the challenger as proposer: chance of acceptance times gain; at
    /// most `floor` or 0 where it cannot be more than either.
    #[inline]
    fn challenger_value(&self, stakes: &Stakes, floor: f64, known: Known) -> (f64, Known) {
        let gain = self.challenger_gain(stakes);
        if gain <= 0.0 || gain * known.chance < floor {
            return (gain.min(0.0), known);
        }
        let premium = self.defender_premium(stakes);
        let chance = self.defender_accepts_at(stakes, premium);
        (chance * gain, Known { chance, premium })
    }

    /// What an offer is worth to the defender as proposer.
    #[inline]
    fn defender_value(&self, stakes: &Stakes, floor: f64, known: Known) -> (f64, Known) {
        let war = self.defender.forecast - self.defender.cost * self.weariness;
        let before = stakes.defender - war;
        let most = before - known.premium;
        if most <= 0.0 || most * known.chance < floor {
            return (most.min(0.0), known);
        }
        let chance = self.challenger_accepts(stakes);
        if most * chance < floor {
            return (0.0, known);
        }
        let premium = self.defender_own_premium(stakes);
        let gain = before - premium;
        (if gain <= 0.0 { gain } else { chance * gain }, Known { chance, premium })
    }

    /// What fighting on is worth to either side at mean beliefs about its cost.
    #[inline]
    fn mean_wars(&self) -> (f64, f64) {
        let mean = |side: &Side| side.forecast - side.belief.mean_exp() * self.weariness;
        (mean(&self.challenger), mean(&self.defender))
    }

    /// What an offer is worth to the mediator: the Nash product of gains over `wars`, the values
    /// of fighting on at mean beliefs.
    #[inline]
    fn mediator_value(
        &self,
        stakes: &Stakes,
        weight: f64,
        wars: (f64, f64),
        floor: f64,
        known: Known,
    ) -> (f64, Known) {
        let challenger = self.challenger_worth(stakes) - self.challenger_premium(stakes) - wars.0;
        let before = stakes.defender - wars.1;
        let most = before - known.premium;
        if challenger <= 0.0 || most <= 0.0 {
            return (challenger.min(most), known);
        }
        if nash_product(challenger, most, weight) < floor {
            return (0.0, known);
        }
        let premium = self.defender_premium(stakes);
        let defender = before - premium;
        let height =
            if defender <= 0.0 { defender } else { nash_product(challenger, defender, weight) };
        (height, Known { premium, ..known })
    }
}

/// `challenger^weight · defender^(1 − weight)`.
#[inline]
fn nash_product(challenger: f64, defender: f64, weight: f64) -> f64 {
    if weight == 0.5 {
        (challenger * defender).sqrt()
    } else {
        power(challenger, weight) * power(defender, 1.0 - weight)
    }
}
