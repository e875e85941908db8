//! A public crisis as a war of attrition in which backing down costs ever more.

use engine::{Draw as _, Measure, Model, Purpose, Streams, exp, ln};

use super::{EXAMPLE, Known, UNBOUNDED, chance, known, mean};
use crate::parameter::{Kind, Parameter, Settings};

const RESOLVE: Purpose = Purpose::named("resolve");

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("prize", "v", 1.0, Kind::ABOVE_ZERO, "utility", "What the other's backing down is worth to either side", EXAMPLE),
    Parameter::new("worst_war", "W", 1.0, Kind::ABOVE_ZERO, "utility", "Either side's value of war is uniform between −W and 0, and its own secret", EXAMPLE),
    Parameter::new("audience_1", "a_1", 0.2, Kind::ABOVE_ZERO, "utility per period", "How fast the first side's audience cost of backing down grows", EXAMPLE),
    Parameter::new("audience_2", "a_2", 0.1, Kind::ABOVE_ZERO, "utility per period", "How fast the second side's does", EXAMPLE),
];

/// Both escalate until one backs down or both are locked in, and then there is war. A side of type w
/// backs down while w is worse than its audience cost; those less resolved do so first:
///
/// ```text
/// hazard of j = a_i / (v + a_i t)                 up to the horizon t*
/// t_j: a_j t (v + a_i t) = v W,   t* = min(t_1, t_2)
/// S_j(t*) = a_j t* / W,   S_j(t) = S_j(t*) (v + a_i t*) / (v + a_i t)
/// ```
/// S_j: the share of types that still stand firm; one of them may back down at once.
///
/// # Source
///
/// Fearon (1994), *Domestic Political Audiences and the Escalation of International Disputes*,
/// American Political Science Review 88(3), 577-592; uniform types derived from its conditions.
#[derive(Clone, Copy, Debug)]
pub struct Audience {
    prize: f64,
    growth: [f64; 2],
    horizon: f64,
    /// Shares that stand firm at the outset and at the horizon.
    firm: [f64; 2],
    locked: [f64; 2],
}

/// How it ended: who backed down, if anybody, and when.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    backed_down: Option<usize>,
    time: f64,
}

impl Audience {
    /// The world at one design point.
    pub fn new(settings: &Settings) -> Self {
        let (prize, worst) = (settings.get("prize"), settings.get("worst_war"));
        let growth = [settings.get("audience_1"), settings.get("audience_2")];
        let product = growth[0] * growth[1];
        // The positive root, written so that nothing cancels.
        let horizon_of = |own: f64| {
            let linear = own * prize;
            2.0 * prize * worst
                / (linear + (linear * linear + 4.0 * product * prize * worst).sqrt())
        };
        let horizon = horizon_of(growth[0]).min(horizon_of(growth[1]));
        let locked = growth.map(|own| (own * horizon / worst).min(1.0));
        let firm = [0, 1].map(|side: usize| {
            (locked[side] * (prize + growth[1 - side] * horizon) / prize).min(1.0)
        });
        Self { prize, growth, horizon, firm, locked }
    }

    /// The share of a side's types that stand firm at a time before the horizon.
    fn share(&self, side: usize, time: f64) -> f64 {
        self.firm[side] * self.prize / (self.prize + self.growth[1 - side] * time)
    }

    /// When a side backs down whose type is more resolved than all but a share `rank`; never where
    /// it is locked in first.
    fn patience(&self, side: usize, rank: f64) -> Option<f64> {
        if rank > self.firm[side] {
            return Some(0.0);
        }
        let time = (self.firm[side] / rank - 1.0) * self.prize / self.growth[1 - side];
        (rank > self.locked[side]).then_some(time)
    }

    /// What theory says: war where both are locked in, and who backs down first by integration,
    ///
    /// ```text
    /// P(war) = S_1(t*) S_2(t*),   P(1 backs down) = 1 − S_1(0) − ∫ S_2 dS_1
    /// ```
    pub fn known(&self) -> Vec<Known> {
        let first = self.backs_down(0);
        known([
            ("p_war", self.locked[0] * self.locked[1]),
            ("p_first_backs_down", first),
            ("p_second_backs_down", self.backs_down(1)),
        ])
    }

    /// By Simpson's rule over `ln(1 + a t / v)`, in which shares bend over no less than a unit: the
    /// error is below 1e-9 whatever the parameters, and below 1e-14 at usual ones.
    fn backs_down(&self, side: usize) -> f64 {
        const STEPS: usize = 4000;
        let (fast, growth) = (self.growth[0].max(self.growth[1]), self.growth[1 - side]);
        let end = ln(1.0 + fast * self.horizon / self.prize);
        let width = end / STEPS as f64;
        let rate = |at: usize| {
            let stretch = exp(width * at as f64);
            let time = (stretch - 1.0) * self.prize / fast;
            let conceding = self.share(side, time) * growth / (self.prize + growth * time);
            self.share(1 - side, time) * conceding * stretch * self.prize / fast
        };
        let weight = |at: usize| match at {
            0 | STEPS => 1.0,
            _ if at.is_multiple_of(2) => 2.0,
            _ => 4.0,
        };
        let sum: f64 = (0..=STEPS).map(|at| weight(at) * rate(at)).sum();
        1.0 - self.firm[side] + sum * width / 3.0
    }
}

impl Model for Audience {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        vec![
            chance("war", "whether both were locked in", |end: &Outcome| end.backed_down.is_none()),
            chance("first_backs_down", "whether the first side backed down", |end: &Outcome| {
                end.backed_down == Some(0)
            }),
            chance("second_backs_down", "whether the second side backed down", |end: &Outcome| {
                end.backed_down == Some(1)
            }),
            mean("length", "periods", "how long the crisis took", UNBOUNDED, |end: &Outcome| {
                end.time
            }),
        ]
    }

    fn play(&self, streams: &Streams) -> Outcome {
        let mut luck = streams.open(RESOLVE);
        let times = [0, 1].map(|side| self.patience(side, luck.uniform()));
        let earlier = |side: usize| {
            times[side].is_some_and(|own| times[1 - side].is_none_or(|other| own <= other))
        };
        let backed_down = [0, 1].into_iter().find(|side| earlier(*side));
        let time = backed_down.and_then(|side| times[side]).unwrap_or(self.horizon);
        Outcome { backed_down, time }
    }
}
