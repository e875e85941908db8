//! The table: who proposes, what is worth offering, and who says yes.

use engine::{DecisionRule, LogNormal, NormalBelief};

use super::compliance::{Compliance, Outlook, premium};
use super::offers::Offers;
use super::parameters::DECISION_RULES;
use super::screen::Desk;
use super::search::Found;
use super::stakes::Stakes;
use super::worth::{Aim, Choice};
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
    /// The same about its cost in this month, weariness included.
    pub(super) believed_cost: LogNormal,
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

    /// The offer that a proposer makes.
    #[inline]
    pub(super) fn offer(
        &self,
        offers: &Offers,
        month: &Month,
        proposer: Proposer,
        hint: usize,
        desk: &mut Desk,
    ) -> Found {
        let aim = self.aim(month, proposer);
        offers.find(Choice { month, aim }, f64::NEG_INFINITY, hint, desk)
    }

    /// The same, but an offer that the other side refuses by its lot, whichever it is, need not be
    /// found. Lots are of challenger and defender.
    #[inline]
    pub(super) fn offer_that_matters(
        &self,
        offers: &Offers,
        month: &Month,
        proposer: Proposer,
        (challenger, defender): (f64, f64),
        hint: usize,
        desk: &mut Desk,
    ) -> Found {
        let demand = match proposer {
            Proposer::Challenger => self.rule.least_gain(defender),
            Proposer::Defender => self.rule.least_gain(challenger),
            // Two answers, and who refused is counted.
            Proposer::Mediator => f64::NEG_INFINITY,
        };
        let aim = self.aim(month, proposer);
        offers.find(Choice { month, aim }, demand, hint, desk)
    }

    /// What a proposer makes most of.
    #[inline]
    fn aim(&self, month: &Month, proposer: Proposer) -> Aim {
        match proposer {
            Proposer::Challenger => Aim::Challenger,
            Proposer::Defender => Aim::Defender,
            Proposer::Mediator => {
                Aim::Mediator { weight: self.mediator_weight, wars: month.mean_wars() }
            }
        }
    }

    /// The same by weighing every offer alone; registers of any width agree.
    #[cfg(test)]
    pub(super) fn offer_by_full_scan(
        &self,
        offers: &Offers,
        month: &Month,
        proposer: Proposer,
    ) -> Found {
        let aim = self.aim(month, proposer);
        let best = offers.best_of_all(Choice { month, aim });
        let best = best.map_or(Found::Nothing, Found::Offer);
        for found in offers.find_on_all_widths(Choice { month, aim }, f64::NEG_INFINITY) {
            assert_eq!(found, best, "{proposer:?}, on registers of some width");
        }
        best
    }
}

impl Month<'_> {
    /// What the challenger has from an offer before its premium, its cost and the war.
    #[inline(always)]
    pub(super) fn challenger_worth(&self, stakes: &Stakes) -> f64 {
        stakes.challenger - stakes.challenger_grievance() * self.audience
    }

    /// A side's premium on the public belief.
    #[inline]
    fn premium(&self, side: &Side, stakes: &Stakes, outlook: &Outlook) -> f64 {
        if side.break_loss == 0.0 {
            return 0.0;
        }
        premium(side.break_loss, self.compliance.durability(stakes, outlook))
    }

    /// The challenger's premium as it knows it.
    #[inline]
    fn challenger_own_premium(&self, stakes: &Stakes) -> f64 {
        let loss = self.challenger.break_loss;
        if loss == 0.0 {
            return 0.0;
        }
        let (intent, cost) = (self.revisionist, self.challenger.cost);
        premium(loss, self.compliance.own_durability(stakes, &self.outlook, intent, cost))
    }

    /// The defender's premium on the public belief.
    #[inline]
    pub(super) fn defender_premium(&self, stakes: &Stakes) -> f64 {
        self.premium(&self.defender, stakes, &self.outlook)
    }

    /// What is foreseen by the defender, who knows its own cost.
    #[inline(always)]
    pub(super) fn defender_outlook(&self) -> Outlook {
        Outlook { defender_cost: self.defender.cost, ..self.outlook }
    }

    /// What fighting on is worth to a side that knows its own cost.
    #[inline(always)]
    pub(super) fn war(&self, side: &Side) -> f64 {
        side.forecast - side.cost * self.weariness
    }

    /// The challenger's own gain.
    #[inline]
    pub(super) fn challenger_gain(&self, stakes: &Stakes) -> f64 {
        let war = self.war(&self.challenger);
        self.challenger_worth(stakes) - self.challenger_own_premium(stakes) - war
    }

    /// The defender's own gain.
    #[inline]
    pub(super) fn defender_gain(&self, stakes: &Stakes) -> f64 {
        let premium = self.premium(&self.defender, stakes, &self.defender_outlook());
        stakes.defender - self.war(&self.defender) - premium
    }

    /// The premiums of challenger and defender on the public belief.
    #[inline]
    pub(super) fn premiums(&self, stakes: &Stakes) -> (f64, f64) {
        let (ours, theirs) = (self.challenger.break_loss, self.defender.break_loss);
        if ours == 0.0 && theirs == 0.0 {
            return (0.0, 0.0);
        }
        let durability = self.compliance.durability(stakes, &self.outlook);
        (premium(ours, durability), premium(theirs, durability))
    }

    /// The chance that the challenger accepts, on public beliefs.
    #[inline]
    pub(super) fn challenger_accepts(&self, stakes: &Stakes) -> f64 {
        let premium = self.premium(&self.challenger, stakes, &self.outlook);
        let gap = self.challenger.forecast - (self.challenger_worth(stakes) - premium);
        self.challenger.believed_cost.reaches(gap)
    }

    /// The chance that the defender accepts, on public beliefs.
    #[inline]
    pub(super) fn defender_accepts(&self, stakes: &Stakes) -> f64 {
        let gap = self.defender.forecast - (stakes.defender - self.defender_premium(stakes));
        self.defender.believed_cost.reaches(gap)
    }

    /// What fighting on is worth to either side at mean beliefs about its cost.
    #[inline]
    fn mean_wars(&self) -> (f64, f64) {
        let mean = |side: &Side| side.forecast - side.belief.mean_exp() * self.weariness;
        (mean(&self.challenger), mean(&self.defender))
    }
}

#[cfg(test)]
mod tests {
    use engine::{Draw as _, Purpose, Stream, Streams, exp, ln};

    use super::*;
    use crate::peace::{PARAMETERS, Peace};
    use crate::scenario::{Actor, IssueRole, Role, Scenario};

    /// Two sides, three issues, no coalition.
    fn duel(losses: (f64, f64)) -> Scenario {
        let issue = |name: &str, role, while_fighting| crate::Issue {
            name: name.to_owned(),
            role,
            while_fighting,
            spillover: 0.0,
            sources: Vec::new(),
        };
        let actor = |name: &str, role, ideal: [f64; 3], break_loss| Actor {
            name: name.to_owned(),
            role,
            bloc: None,
            ideal: ideal.to_vec(),
            salience: vec![0.4, 0.35, 0.25],
            curvature: 1.3,
            cost_median: 0.1,
            cost_log_sd: 0.8,
            optimism: 0.2,
            break_loss,
            capability: 0.0,
            support: 0.0,
            fatigue: 0.0,
            rally: 0.0,
            sources: Vec::new(),
        };
        Scenario {
            name: "duel".to_owned(),
            issues: vec![
                issue("territory", Some(IssueRole::Territory), None),
                issue("sovereignty", None, Some(0.7)),
                issue("guarantees", Some(crate::IssueRole::Guarantee), Some(0.2)),
            ],
            actors: vec![
                actor("R", Role::Challenger, [1.0, 0.0, 0.0], losses.0),
                actor("U", Role::Defender, [0.0, 1.0, 1.0], losses.1),
            ],
            ..Scenario::default()
        }
    }

    /// A month of arbitrary beliefs, costs and forecasts.
    fn arbitrary<'a>(peace: &'a Peace, losses: (f64, f64), luck: &mut Stream) -> Month<'a> {
        let mut between = |low: f64, high: f64| low + (high - low) * luck.uniform();
        let weariness = between(1.0, 3.0);
        let mut side = |break_loss: f64| {
            let belief = NormalBelief { mean: between(-4.0, -0.5), sd: between(0.0, 1.0) };
            Side {
                belief,
                believed_cost: belief.exp_of_sum(ln(weariness)),
                cost: exp(between(-4.0, -0.5)),
                forecast: between(0.2, 0.9),
                break_loss,
            }
        };
        let (challenger, defender) = (side(losses.0), side(losses.1));
        let (unity, support, revisionist) =
            (between(0.0, 1.0), between(0.0, 1.0), between(0.0, 1.0));
        let about = &challenger.belief;
        let outlook: Outlook =
            peace.compliance.outlook(unity, support, revisionist, about, &defender.belief);
        Month {
            compliance: &peace.compliance,
            challenger,
            defender,
            revisionist: revisionist > 0.5,
            weariness,
            audience: between(0.0, 0.8),
            outlook,
        }
    }

    #[test]
    fn the_offer_is_the_one_that_weighing_all_of_them_would_choose() {
        let mut refused = 0;
        let extra: [&[(&str, f64)]; 3] = [
            &[],
            &[("compliance.power_shift", 0.05)],
            &[
                ("compliance.defender.base", -3.0),
                ("compliance.defender.slope", 8.0),
                ("compliance.defender.grievance", 1.0),
            ],
        ];
        for (case, changes) in extra.iter().enumerate() {
            for losses in [(0.0, 0.35), (0.1, 0.2), (-0.15, 0.35), (0.0, 0.0), (0.2, -0.1)] {
                let mut settings = Settings::new(PARAMETERS);
                for (path, value) in *changes {
                    let place = settings.place(path).expect("it is in the table");
                    settings.set(place, &crate::Value::Number(*value)).expect("it is valid");
                }
                let peace = Peace::new(&settings, &duel(losses)).expect("it is valid");
                let mut desk = Desk::new();
                let mut luck =
                    Streams::new(engine::Seed(9), case as u64).open(Purpose::named("months"));
                for round in 0..25 {
                    let month = arbitrary(&peace, losses, &mut luck);
                    for proposer in [Proposer::Challenger, Proposer::Defender, Proposer::Mediator] {
                        let all = peace.table.offer_by_full_scan(&peace.offers, &month, proposer);
                        for hint in [0, 17, 150] {
                            let found =
                                peace.table.offer(&peace.offers, &month, proposer, hint, &mut desk);
                            assert_eq!(
                                found, all,
                                "{losses:?}, {changes:?}, round {round}, {proposer:?}"
                            );
                        }
                        let lots = (luck.uniform(), luck.uniform());
                        let (offers, table) = (&peace.offers, &peace.table);
                        let hint = if let Found::Offer(best) = all { best } else { 17 };
                        let found = table
                            .offer_that_matters(offers, &month, proposer, lots, hint, &mut desk);
                        match (found, all) {
                            (Found::Refused, Found::Offer(offer)) => {
                                let stakes = offers.stakes(offer);
                                let (gain, lot) = match proposer {
                                    Proposer::Challenger => (month.defender_gain(stakes), lots.1),
                                    _ => (month.challenger_gain(stakes), lots.0),
                                };
                                assert!(lot >= table.rule.acceptance(gain), "{losses:?}, {round}");
                                refused += 1;
                            }
                            _ => assert_eq!(found, all, "{losses:?}, {changes:?}, round {round}"),
                        }
                    }
                }
            }
        }
        assert!(refused > 50, "only {refused} were refused unseen");
    }
}
