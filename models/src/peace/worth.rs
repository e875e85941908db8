//! What offers are worth to whoever proposes them, many at a time.

use engine::{Number, powers};

use super::compliance::{Outlook, premium};
use super::search::MOST;
use super::stakes::{Few, Stakes, Value};
use super::table::{Month, Side};

/// What an offer is worth to a proposer in a month.
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

impl Value for Choice<'_, '_> {
    #[inline(always)]
    fn of(&self, offers: &[Stakes<Few>], floor: f64, values: &mut [Few]) {
        for (value, stakes) in values.iter_mut().zip(offers) {
            *value = self.promise(stakes);
        }
        let mut wanted = Wanted { floor, fours: [false; MOST] };
        if !wanted.pick(values) {
            return;
        }
        match self.aim {
            Aim::Challenger => self.month.challenger_values(offers, &wanted, values),
            Aim::Defender => self.month.defender_values(offers, &mut wanted, values),
            Aim::Mediator { weight, wars } => {
                self.month.mediator_values(offers, &wanted, weight, wars, values);
            }
        }
    }
}

impl Choice<'_, '_> {
    /// What offers are worth at most: without premiums, and if they are accepted for sure.
    #[inline(always)]
    fn promise(&self, stakes: &Stakes<Few>) -> Few {
        let month = self.month;
        if month.challenger.break_loss < 0.0 || month.defender.break_loss < 0.0 {
            return Few::splat(f64::INFINITY);
        }
        match self.aim {
            Aim::Challenger => month.challenger_worth(stakes) - month.war(&month.challenger),
            Aim::Defender => stakes.defender - month.war(&month.defender),
            Aim::Mediator { weight, wars } => nash_products(
                month.challenger_worth(stakes) - wars.0,
                stakes.defender - wars.1,
                weight,
            ),
        }
    }
}

/// Which fours of offers are worth a closer look.
struct Wanted {
    floor: f64,
    fours: [bool; MOST],
}

impl Wanted {
    /// Those where a value is above 0 and reaches the floor; whether there are any.
    #[inline(always)]
    fn pick(&mut self, values: &[Few]) -> bool {
        let floor = self.floor;
        let mut any = false;
        for (wanted, value) in self.fours.iter_mut().zip(values) {
            *wanted = value.any(|value| value > 0.0 && value >= floor);
            any |= *wanted;
        }
        any
    }
}

impl Month<'_> {
    /// The same for many offers, as far as they are wanted.
    #[inline(always)]
    fn premiums(
        &self,
        side: &Side,
        offers: &[Stakes<Few>],
        wanted: &Wanted,
        outlook: &Outlook,
        premiums: &mut [Few],
    ) {
        if side.break_loss == 0.0 {
            premiums.fill(Few::splat(0.0));
            return;
        }
        self.compliance.durabilities(offers, &wanted.fours, outlook, self.profile, premiums);
        for durability in premiums {
            *durability = premium(side.break_loss, *durability);
        }
    }

    /// What offers are worth to the challenger as proposer: chance of acceptance times gain.
    #[inline(always)]
    fn challenger_values(&self, offers: &[Stakes<Few>], wanted: &Wanted, values: &mut [Few]) {
        if self.challenger.break_loss != 0.0 {
            for (value, stakes) in values.iter_mut().zip(offers) {
                *value = Few::from_lanes(|lane| self.challenger_gain(&stakes.lane(lane)));
            }
        }
        let premiums = &mut [Few::splat(0.0); MOST][..values.len()];
        self.premiums(&self.defender, offers, wanted, &self.outlook, premiums);
        for (at, premium) in premiums.iter().enumerate() {
            if wanted.fours[at] {
                values[at] = values[at] * self.defender_takes(&offers[at], *premium);
            }
        }
    }

    /// The same to the defender as proposer.
    #[inline(always)]
    fn defender_values(&self, offers: &[Stakes<Few>], wanted: &mut Wanted, values: &mut [Few]) {
        let war = self.war(&self.defender);
        let premiums = &mut [Few::splat(0.0); MOST][..values.len()];
        self.premiums(&self.defender, offers, wanted, &self.defender_outlook(), premiums);
        for (at, premium) in premiums.iter().enumerate() {
            values[at] = offers[at].defender - war - *premium;
        }
        if !wanted.pick(values) {
            return;
        }
        self.premiums(&self.challenger, offers, wanted, &self.outlook, premiums);
        for (at, premium) in premiums.iter().enumerate() {
            if wanted.fours[at] {
                values[at] = values[at] * self.challenger_takes(&offers[at], *premium);
            }
        }
    }

    /// What offers are worth to the mediator: the Nash product of gains over `wars`, the values of
    /// fighting on at mean beliefs.
    #[inline(always)]
    fn mediator_values(
        &self,
        offers: &[Stakes<Few>],
        wanted: &Wanted,
        weight: f64,
        wars: (f64, f64),
        values: &mut [Few],
    ) {
        let ours = &mut [Few::splat(0.0); MOST][..values.len()];
        let theirs = &mut [Few::splat(0.0); MOST][..values.len()];
        self.premiums(&self.challenger, offers, wanted, &self.outlook, ours);
        self.premiums(&self.defender, offers, wanted, &self.outlook, theirs);
        for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            if wanted.fours[at] {
                let challenger = self.challenger_worth(&offers[at]) - *ours - wars.0;
                values[at] =
                    nash_products(challenger, offers[at].defender - *theirs - wars.1, weight);
            }
        }
    }
}

/// `challenger^weight · defender^(1 − weight)`; −1 where one of them is not above 0.
#[inline(always)]
fn nash_products<N: Number>(challenger: N, defender: N, weight: f64) -> N {
    let product = if weight == 0.5 {
        (challenger * defender).map(f64::sqrt)
    } else {
        let (base, other) = (challenger.map(|x| x.max(0.0)), defender.map(|x| x.max(0.0)));
        powers(base, N::splat(weight)) * powers(other, N::splat(1.0 - weight))
    };
    let least = challenger.zip(defender, f64::min);
    product.zip(least, |product, least| if least > 0.0 { product } else { -1.0 })
}
