//! The table of the plain baseline: offers, answers and the vote.

use rand::RngExt as _;

use super::{Month, NODES, Offer, Outlook, Plain, War, logistic};

impl Plain {
    /// A side's premium on the public belief.
    fn premium(&self, side: usize, offer: &Offer, outlook: &Outlook) -> f64 {
        let loss = self.sides[side].break_loss;
        if loss == 0.0 {
            return 0.0;
        }
        let rules = &self.rules;
        let mean = |mind: f64| {
            let at = outlook.costs.iter().zip(NODES).map(|(cost, (_, weight))| {
                weight * rules.durability(rules.argument(offer, mind, outlook.trust, *cost))
            });
            at.sum::<f64>()
        };
        let believed = outlook.revisionist;
        let durability = believed * mean(1.0) + (1.0 - believed) * mean(rules.settler_grievance);
        loss * (1.0 - durability) / durability
    }

    /// What a side gains by an offer, as it knows itself.
    fn gain(&self, month: &Month, side: usize, offer: &Offer) -> f64 {
        let (rules, loss) = (&self.rules, self.sides[side].break_loss);
        let premium = if side == 1 {
            self.premium(side, offer, &month.outlook)
        } else if loss == 0.0 {
            0.0
        } else {
            let mind = if month.revisionist { 1.0 } else { rules.settler_grievance };
            let argument = rules.argument(offer, mind, month.outlook.trust, month.cost[0]);
            let durability = rules.durability(argument);
            loss * (1.0 - durability) / durability
        };
        let war = month.forecast[side] - month.cost[side] * month.weariness;
        worth(month, side, offer) - premium - war
    }

    /// The chance that a side accepts, on public beliefs.
    fn accepts(&self, month: &Month, side: usize, offer: &Offer) -> f64 {
        let premium = self.premium(side, offer, &month.outlook);
        let gap = month.forecast[side] - (worth(month, side, offer) - premium);
        if gap <= 0.0 {
            return 1.0;
        }
        let (mean, sd) = month.belief[side];
        let z = (gap.ln() - mean - month.weariness.ln()) / sd;
        engine::normal_survival_exact(z)
    }

    pub(super) fn bargain(&self, month: &Month, war: &mut War) -> Option<&Offer> {
        let rules = &self.rules;
        let draw = war.luck.random::<f64>();
        let proposer = if draw < rules.challenger_proposes {
            0
        } else if draw < rules.challenger_proposes + rules.defender_proposes {
            1
        } else {
            2
        };
        let value = |offer: &Offer| match proposer {
            2 => {
                let gain = |side: usize| {
                    let (mean, sd) = month.belief[side];
                    let war = month.forecast[side] - (mean + sd * sd / 2.0).exp() * month.weariness;
                    worth(month, side, offer) - self.premium(side, offer, &month.outlook) - war
                };
                let (ours, theirs) = (gain(0), gain(1));
                if ours > 0.0 && theirs > 0.0 {
                    ours.powf(rules.mediator_weight) * theirs.powf(1.0 - rules.mediator_weight)
                } else {
                    0.0
                }
            }
            side => {
                let gain = self.gain(month, side, offer);
                if gain > 0.0 { gain * self.accepts(month, 1 - side, offer) } else { 0.0 }
            }
        };
        let mut best = (0.0, None);
        for offer in &self.offers {
            let value = value(offer);
            if value > best.0 {
                best = (value, Some(offer));
            }
        }
        let offer = best.1?;
        for side in (0..2).filter(|side| *side != proposer) {
            let gain = self.gain(month, side, offer);
            if war.luck.random::<f64>() >= logistic(gain / rules.quantal_noise) {
                return None;
            }
        }
        self.endorsed(month, offer, war).then_some(offer)
    }

    fn endorsed(&self, month: &Month, offer: &Offer, war: &mut War) -> bool {
        let rules = &self.rules;
        let premium = self.premium(1, offer, &month.outlook);
        let in_force = self.in_force(war.level);
        let mut share = 0.0;
        for member in &self.members {
            let gain = member.consulted.utility(&offer.terms) - member.consulted.utility(&in_force)
                + rules.backing
                - rules.premium_weight * premium;
            if war.luck.random::<f64>() < logistic(gain / rules.endorsement_noise) {
                share += member.weight;
            }
        }
        if war.luck.random::<f64>() < war.unity {
            share = if share >= 0.5 - 1e-12 { 1.0 } else { 0.0 };
        }
        share >= rules.quota - 1e-12
    }
}

/// What an offer is worth to a side before its premium.
fn worth(month: &Month, side: usize, offer: &Offer) -> f64 {
    let audience = if side == 0 { month.audience * (1.0 - offer.worth[0]) } else { 0.0 };
    offer.worth[side] - audience
}
