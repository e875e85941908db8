//! What an offer is worth to whoever proposes it.

use engine::power;

use super::stakes::Stakes;
use super::table::Month;

/// What a proposer makes most of in a month.
#[derive(Clone, Copy)]
pub(super) struct Choice<'a, 'm> {
    pub(super) month: &'a Month<'m>,
    pub(super) aim: Aim,
}

/// What a proposer makes most of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Aim {
    Challenger,
    Defender,
    /// Weights, and the values of fighting on.
    Mediator {
        weight: f64,
        wars: (f64, f64),
    },
}

/// What an offer is worth to whoever proposes it.
pub(super) trait Value {
    /// Its worth. Where that stays below `floor`, or is not above 0, any number of which the same is
    /// true will do.
    fn of(&self, stakes: &Stakes, floor: f64) -> f64;
}

impl Value for Choice<'_, '_> {
    #[inline]
    fn of(&self, stakes: &Stakes, floor: f64) -> f64 {
        let promise = self.promise(stakes);
        if promise > 0.0 && promise >= floor { self.worth(stakes) } else { -1.0 }
    }
}

impl Choice<'_, '_> {
    /// What an offer is worth at most: without premiums, and if it is accepted for sure.
    #[inline]
    fn promise(&self, stakes: &Stakes) -> f64 {
        let month = self.month;
        if month.challenger.break_loss < 0.0 || month.defender.break_loss < 0.0 {
            return f64::INFINITY;
        }
        let challenger = month.challenger_worth(stakes);
        match self.aim {
            Aim::Challenger => challenger - month.war(&month.challenger),
            Aim::Defender => stakes.defender - month.war(&month.defender),
            Aim::Mediator { weight, wars } => {
                nash_product(challenger - wars.0, stakes.defender - wars.1, weight)
            }
        }
    }

    /// Whether it is plain, without foreseeing anything, that an offer is worth making.
    #[inline]
    pub(super) fn is_surely_made(&self, stakes: &Stakes) -> bool {
        let month = self.month;
        let doubted = month.defender.believed_cost.standard().1.is_finite();
        // Whoever doubts another's cost never gives acceptance less chance than 1e-308.
        matches!(self.aim, Aim::Challenger)
            && month.challenger.break_loss == 0.0
            && doubted
            && month.challenger_gain(stakes) > 1e-6
    }

    /// The chance of acceptance times the proposer's gain; for the mediator, the Nash product of gains
    /// over the values of fighting on at mean beliefs.
    #[inline]
    fn worth(&self, stakes: &Stakes) -> f64 {
        let month = self.month;
        match self.aim {
            Aim::Challenger => month.challenger_gain(stakes) * month.defender_accepts(stakes),
            Aim::Defender => month.defender_gain(stakes) * month.challenger_accepts(stakes),
            Aim::Mediator { weight, wars } => {
                let (ours, theirs) = month.premiums(stakes);
                let challenger = month.challenger_worth(stakes) - ours - wars.0;
                nash_product(challenger, stakes.defender - theirs - wars.1, weight)
            }
        }
    }
}

/// `challenger^weight · defender^(1 − weight)`; −1 where one of them is not above 0.
#[inline]
fn nash_product(challenger: f64, defender: f64, weight: f64) -> f64 {
    if challenger <= 0.0 || defender <= 0.0 {
        -1.0
    } else if weight == 0.5 {
        (challenger * defender).sqrt()
    } else {
        power(challenger, weight) * power(defender, 1.0 - weight)
    }
}
