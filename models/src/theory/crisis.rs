//! Crisis signalling with audience costs, in which several equilibria may stand side by side.

use engine::{Draw as _, Measure, Model, Purpose, Streams, exp, normal_survival_exact};

use super::{EXAMPLE, Known, UNBOUNDED, chance, known, mean};
use crate::parameter::{Invalid, Kind, Parameter, Settings};

const CHALLENGER: Purpose = Purpose::named("challenger");
const TARGET: Purpose = Purpose::named("target");
const PICK: Purpose = Purpose::named("equilibrium");

/// The words for which of several equilibria is played.
const SELECTIONS: &[&str] = &["least_resistance", "middle", "most_resistance", "any"];

/// Payoffs are in units of the spread of what is private about them.
const PAYOFF: Kind = Kind::between(-10.0, 10.0);

/// All parameters.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("status_quo", "S_A", 0.0, PAYOFF, "utility", "What the status quo is worth to the challenger", EXAMPLE),
    Parameter::new("prize", "V_A", 1.0, PAYOFF, "utility", "What a concession is worth to the challenger", EXAMPLE),
    Parameter::new("concession", "C_B", 0.0, PAYOFF, "utility", "What a concession is worth to the target", EXAMPLE),
    Parameter::new("reprieve", "V_B", 1.0, PAYOFF, "utility", "What the challenger's backing down is worth to the target", EXAMPLE),
    Parameter::new("war_challenger", "W_A", -1.9, PAYOFF, "utility", "What war is worth to the challenger, on average", EXAMPLE),
    Parameter::new("audience", "a", -1.2, PAYOFF, "utility", "What backing down is worth to the challenger, on average: its audience cost", EXAMPLE),
    Parameter::new("war_target", "W_B", -2.8, PAYOFF, "utility", "What war is worth to the target, on average", EXAMPLE),
    Parameter::new("selection", "", 0.0, Kind::Word(SELECTIONS), "", "Which of several equilibria is played, in order of the target's resistance; any: each with the same chance", EXAMPLE),
];

/// A challenges or not; B concedes or resists; A then fights or backs down. War and backing down are
/// worth W_A + ε and a + ε to A, and war W_B + ε to B; each ε is standard normal and private. With
/// r the chance that B resists, A challenges where what follows is worth more than the status quo:
///
/// ```text
/// c(r)   = (S_A − (1 − r) V_A) / r
/// P_C(r) = 1 − Φ(c − W_A) Φ(c − a)                        A challenges
/// F(r)   = P(W_A + ε > max(c, a + ε')) / P_C              A fights, having challenged
/// r      = Φ(W_B − V_B + (V_B − C_B) / F(r))              B resists
/// ```
///
/// Every solution of the last line is an equilibrium, and there are no others. F is monotone in c,
/// because the ratio of the reversed hazards of two normals with one spread is; and c rises in r. So
/// the right-hand side is monotone, and a stretch of r on whose ends it shows no crossing holds none:
/// all equilibria are found by halving, but for pairs less than 1e-10 apart.
///
/// # Source
///
/// Lewis and Schultz (2003), *Revealing Preferences: Empirical Estimation of a Crisis Bargaining Game
/// with Incomplete Information*, Political Analysis 11(4), 345-367; several equilibria: Jo (2011),
/// ibid. 19(3). The argument that none is missed is ours.
#[derive(Clone, Debug)]
pub struct Crisis {
    payoffs: Payoffs,
    /// From the least resistance to the most; never empty.
    equilibria: Vec<Equilibrium>,
    selection: &'static str,
}

#[derive(Clone, Copy, Debug)]
struct Payoffs {
    status_quo: f64,
    prize: f64,
    concession: f64,
    reprieve: f64,
    war_challenger: f64,
    audience: f64,
    war_target: f64,
}

/// What both sides do in an equilibrium.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equilibrium {
    /// The chance that the target resists.
    pub resists: f64,
    /// The chance that the challenger challenges.
    pub challenges: f64,
    /// The chance that it fights, once it has challenged and met resistance.
    pub fights: f64,
}

/// How a crisis ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// No challenge.
    StatusQuo,
    /// The target gave in.
    Concession,
    /// The challenger backed down.
    BackedDown,
    /// War.
    War,
}

/// An end, and how many equilibria there were.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    end: End,
    equilibria: usize,
}

/// Equilibria nearer to each other than this are not told apart.
const APART: f64 = 1e-10;

impl Payoffs {
    /// From what on war or backing down are worth a challenge, if the target resists with a chance
    /// above 0.
    fn bar(&self, resists: f64) -> f64 {
        let gain = self.status_quo - self.prize;
        if gain == 0.0 { self.prize } else { self.prize + gain / resists }
    }

    /// Chances to challenge, and to fight after that.
    fn challenger(&self, resists: f64) -> (f64, f64) {
        let bar = self.bar(resists);
        let above = |mean: f64| normal_survival_exact(bar - mean);
        let (war, retreat) = (above(self.war_challenger), above(self.audience));
        let challenges = war + retreat - war * retreat;
        (challenges, (self.fights(bar) / challenges).min(1.0))
    }

    /// The chance that war is worth more to A than the bar and than backing down: Gauss's rule of
    /// eight nodes on pieces of a quarter of a spread,
    ///
    /// ```text
    /// ∫_c^∞ φ(x − W_A) Φ(x − a) dx
    /// ```
    fn fights(&self, bar: f64) -> f64 {
        const PIECE: f64 = 0.25;
        /// What lies further from the mean than this is below any rounding.
        const FAR: f64 = 12.0;
        let (war, retreat) = (self.war_challenger, self.audience);
        let from = bar.max(war.min(retreat) - FAR);
        let pieces = ((from.max(war).max(retreat) + FAR - from) / PIECE).ceil() as usize;
        let density = |x: f64| {
            let gap = x - war;
            exp(-0.5 * gap * gap) * normal_survival_exact(retreat - x)
        };
        let piece = |at: usize| {
            let middle = from + (at as f64 + 0.5) * PIECE;
            let pair = |(node, weight): &(f64, f64)| {
                let step = node * PIECE / 2.0;
                weight * (density(middle - step) + density(middle + step))
            };
            GAUSS.iter().map(pair).sum::<f64>() * PIECE / 2.0
        };
        let root = (2.0 * std::f64::consts::PI).sqrt();
        (0..pieces).map(piece).sum::<f64>() / root
    }

    /// The chance that the target resists, where it expects `resists` to be expected of it.
    fn answer(&self, resists: f64) -> f64 {
        let (_, fights) = self.challenger(resists);
        normal_survival_exact(self.reprieve - self.war_target - self.needed(fights))
    }

    /// By how much war may be worse for the target than the challenger's backing down before it
    /// concedes.
    fn needed(&self, fights: f64) -> f64 {
        let gain = self.reprieve - self.concession;
        if gain == 0.0 { 0.0 } else { gain / fights }
    }

    fn equilibrium(&self, resists: f64) -> Equilibrium {
        let (challenges, fights) = self.challenger(resists);
        Equilibrium { resists, challenges, fights }
    }

    /// All equilibria, by resistance.
    fn equilibria(&self) -> Vec<Equilibrium> {
        let mut found = Vec::new();
        // At 0 the answer is its limit: the bar goes to minus infinity.
        let (low, high) = ((0.0, self.answer(f64::MIN_POSITIVE)), (1.0, self.answer(1.0)));
        self.search(low, high, &mut found);
        found.sort_by(f64::total_cmp);
        found.dedup_by(|next, last| *next - *last <= APART);
        found.into_iter().map(|resists| self.equilibrium(resists)).collect()
    }

    /// Halves a stretch, given as ends with the answers at them, until these rule a crossing out. A
    /// stretch that the answer crosses downwards is never ruled out, and the whole is one: something
    /// is found.
    fn search(&self, low: (f64, f64), high: (f64, f64), found: &mut Vec<f64>) {
        let (least, most) = (low.1.min(high.1), low.1.max(high.1));
        if most < low.0 || least > high.0 {
            return;
        }
        if high.0 - low.0 > APART {
            let middle = f64::midpoint(low.0, high.0);
            let middle = (middle, self.answer(middle));
            self.search(low, middle, found);
            self.search(middle, high, found);
        } else if (low.1 >= low.0) != (high.1 > high.0) {
            found.push(self.crossing(low.0, high.0, low.1 >= low.0));
        }
    }

    /// Where the answer crosses in a short stretch, to the last bit.
    fn crossing(&self, mut low: f64, mut high: f64, downwards: bool) -> f64 {
        loop {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                return middle;
            }
            if (self.answer(middle) >= middle) == downwards {
                low = middle;
            } else {
                high = middle;
            }
        }
    }
}

/// Half of the nodes and weights of Gauss's rule of eight, on [−1, 1].
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

impl Crisis {
    /// The world at one design point.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where a concession is worth less to the challenger than the status quo, or more to
    /// the target than the challenger's backing down.
    pub fn new(settings: &Settings) -> Result<Self, Invalid> {
        let payoffs = Payoffs {
            status_quo: settings.get("status_quo"),
            prize: settings.get("prize"),
            concession: settings.get("concession"),
            reprieve: settings.get("reprieve"),
            war_challenger: settings.get("war_challenger"),
            audience: settings.get("audience"),
            war_target: settings.get("war_target"),
        };
        for (path, value, least, of) in [
            ("prize", payoffs.prize, payoffs.status_quo, "status_quo"),
            ("reprieve", payoffs.reprieve, payoffs.concession, "concession"),
        ] {
            if value < least {
                let rule = format!("must not be below {of}, {least}");
                return Err(Invalid::new(path, value.to_string(), rule));
            }
        }
        let selection = SELECTIONS[settings.get("selection") as usize];
        Ok(Self { payoffs, equilibria: payoffs.equilibria(), selection })
    }

    /// All equilibria, from the least resistance to the most.
    pub fn equilibria(&self) -> &[Equilibrium] {
        &self.equilibria
    }

    /// The chance that the target resists, where it is expected to with a chance above 0: equal to it
    /// in an equilibrium.
    pub fn answer(&self, resists: f64) -> f64 {
        self.payoffs.answer(resists)
    }

    /// Those among which one is drawn.
    fn selected(&self) -> &[Equilibrium] {
        let (all, last) = (&self.equilibria, self.equilibria.len() - 1);
        let at = match self.selection {
            "least_resistance" => 0,
            "middle" => last / 2,
            "most_resistance" => last,
            _ => return all,
        };
        &all[at..=at]
    }

    /// What theory says: the mean over the equilibria that are played.
    pub fn known(&self) -> Vec<Known> {
        let selected = self.selected();
        let mean = |of: &dyn Fn(&Equilibrium) -> f64| {
            selected.iter().map(of).sum::<f64>() / selected.len() as f64
        };
        known([
            ("p_status_quo", mean(&|own| 1.0 - own.challenges)),
            ("p_concession", mean(&|own| own.challenges * (1.0 - own.resists))),
            ("p_backed_down", mean(&|own| own.challenges * own.resists * (1.0 - own.fights))),
            ("p_war", mean(&|own| own.challenges * own.resists * own.fights)),
            ("equilibria", self.equilibria.len() as f64),
        ])
    }
}

impl Model for Crisis {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        let ended = |name: &str, meaning: &str, wanted: End| {
            chance(name, meaning, move |outcome: &Outcome| outcome.end == wanted)
        };
        vec![
            ended("status_quo", "whether there was no challenge", End::StatusQuo),
            ended("concession", "whether the target conceded", End::Concession),
            ended("backed_down", "whether the challenger backed down", End::BackedDown),
            ended("war", "whether there was war", End::War),
            mean("equilibria", "1", "how many equilibria there are", UNBOUNDED, |end: &Outcome| {
                end.equilibria as f64
            }),
        ]
    }

    /// Types are drawn, and each side does what is best for it given how often the other does what.
    fn play(&self, streams: &Streams) -> Outcome {
        let payoffs = &self.payoffs;
        let selected = self.selected();
        let pick = (streams.open(PICK).uniform() * selected.len() as f64) as usize;
        let expected = selected[pick.min(selected.len() - 1)];
        let mut challenger = streams.open(CHALLENGER);
        let war = payoffs.war_challenger + challenger.normal();
        let retreat = payoffs.audience + challenger.normal();
        let target_war = payoffs.war_target + streams.open(TARGET).normal();
        // Divided by how likely war and resistance are, so that what is unlikely is not rounded away.
        let end = if war.max(retreat) <= payoffs.bar(expected.resists) {
            End::StatusQuo
        } else if target_war <= payoffs.reprieve - payoffs.needed(expected.fights) {
            End::Concession
        } else if war > retreat {
            End::War
        } else {
            End::BackedDown
        };
        Outcome { end, equilibria: self.equilibria.len() }
    }
}
