//! War as a walk over forts, with learning from every battle.

use engine::{Draw as _, Measure, Model, Purpose, Streams, ln, power};

use super::{EXAMPLE, Known, UNBOUNDED, chance, known, mean};
use crate::parameter::{Invalid, Kind, Parameter, Settings};

const BATTLES: Purpose = Purpose::named("battles");

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("forts", "N", 10.0, Kind::Whole { low: 2, high: 200 }, "forts", "Forts in all: who holds them all has won", EXAMPLE),
    Parameter::new("held", "k", 4.0, Kind::Whole { low: 1, high: 199 }, "forts", "Forts that the first side holds at the outset", EXAMPLE),
    Parameter::new("chance", "p", 0.55, Kind::between(0.01, 0.99), "probability", "The first side's chance to win a battle, and with it a fort", EXAMPLE),
    Parameter::new("high", "p_H", 0.6, Kind::between(0.01, 0.99), "probability", "That chance as one hypothesis has it", EXAMPLE),
    Parameter::new("low", "p_L", 0.4, Kind::between(0.01, 0.99), "probability", "That chance as the other hypothesis has it", EXAMPLE),
];

/// Battles are won one by one until a side holds all forts. An onlooker weighs two hypotheses about
/// the chance and moves its log-odds by each battle's likelihood ratio.
///
/// # Source
///
/// Smith and Stam (2004), *Bargaining and the Nature of War*, Journal of Conflict Resolution 48(6),
/// 783-813; the walk: Feller (1968), *An Introduction to Probability Theory*, vol. 1, chapter 14.
#[derive(Clone, Copy, Debug)]
pub struct Battles {
    forts: u32,
    held: u32,
    chance: f64,
    /// What a victory and a defeat add to the log-odds of the higher hypothesis.
    evidence: (f64, f64),
}

/// How it ended.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    won: bool,
    battles: u32,
    learned: f64,
}

impl Battles {
    /// The world at one design point.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where all forts are held from the outset.
    pub fn new(settings: &Settings) -> Result<Self, Invalid> {
        let (forts, held) = (settings.get("forts") as u32, settings.get("held") as u32);
        if held >= forts {
            let rule = format!("must be below forts, {forts}");
            return Err(Invalid::new("held", held.to_string(), rule));
        }
        let (high, low) = (settings.get("high"), settings.get("low"));
        let evidence = (ln(high / low), ln((1.0 - high) / (1.0 - low)));
        Ok(Self { forts, held, chance: settings.get("chance"), evidence })
    }

    /// What theory says, with `r = (1 − p) / p`; learning by Wald's identity:
    ///
    /// ```text
    /// P(win) = (1 − r^k) / (1 − r^N)                                  k / N at p = ½
    /// E(battles) = (N P(win) − k) / (2 p − 1)                          k (N − k) at p = ½
    /// E(learned) = E(battles) (p ln(p_H / p_L) + (1 − p) ln((1 − p_H) / (1 − p_L)))
    /// ```
    /// At p = p_H the last bracket is the Kullback–Leibler divergence of the hypotheses.
    pub fn known(&self) -> Vec<Known> {
        let (p, forts, held) = (self.chance, f64::from(self.forts), f64::from(self.held));
        let (win, battles) = if p == 0.5 {
            (held / forts, held * (forts - held))
        } else {
            let win = chance_to_win((1.0 - p) / p, held, forts);
            (win, (forts * win - held) / (2.0 * p - 1.0))
        };
        let drift = p * self.evidence.0 + (1.0 - p) * self.evidence.1;
        known([("p_win", win), ("battles", battles), ("learned", battles * drift)])
    }
}

/// `(1 − r^k) / (1 − r^N)`, divided through by r^N where that would overflow.
fn chance_to_win(r: f64, held: f64, forts: f64) -> f64 {
    if r <= 1.0 {
        return (1.0 - power(r, held)) / (1.0 - power(r, forts));
    }
    let inverse = 1.0 / r;
    (power(inverse, forts - held) - power(inverse, forts)) / (1.0 - power(inverse, forts))
}

impl Model for Battles {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        vec![
            chance("win", "whether the first side won the war", |end: &Outcome| end.won),
            mean("battles", "battles", "how many were fought", UNBOUNDED, |end: &Outcome| {
                f64::from(end.battles)
            }),
            mean(
                "learned",
                "log-odds",
                "change of belief in the higher chance",
                UNBOUNDED,
                |end: &Outcome| end.learned,
            ),
        ]
    }

    fn play(&self, streams: &Streams) -> Outcome {
        let mut luck = streams.open(BATTLES);
        let (mut held, mut battles, mut learned) = (self.held, 0, 0.0);
        while held > 0 && held < self.forts {
            let victory = luck.uniform() < self.chance;
            battles += 1;
            held = if victory { held + 1 } else { held - 1 };
            learned += if victory { self.evidence.0 } else { self.evidence.1 };
        }
        Outcome { won: held > 0, battles, learned }
    }
}
