//! What is not known: parameters with a distribution in place of a value.

use engine::{beta_cumulative, beta_quantile, normal_survival_exact};
use models::{Kind, Value};
use statrs::function::erf::erf_inv;

use crate::design::Target;

/// A parameter with a distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertain {
    /// Its path as in the study.
    pub path: String,
    /// Where that leads.
    pub target: Target,
    /// How it is distributed.
    pub distribution: Distribution,
    /// What it can be: the distribution is cut to it.
    pub bounds: Bounds,
}

/// Between which numbers a parameter can lie, and whether it is whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// Whether only whole numbers are allowed.
    pub whole: bool,
}

impl Bounds {
    /// Any number.
    pub const NONE: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY, whole: false };

    /// Those of a kind of parameter.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Number { low, high, above, below } => Self {
                low: if above { low.next_up() } else { low },
                high: if below { high.next_down() } else { high },
                whole: false,
            },
            Kind::Whole { low, high } => {
                Self { low: f64::from(low), high: f64::from(high), whole: true }
            }
            Kind::Flag | Kind::Word(_) => Self::NONE,
        }
    }
}

/// How a parameter is distributed.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Evenly between two numbers.
    Uniform(f64, f64),
    /// With this mean and standard deviation.
    Normal(f64, f64),
    /// With this median and standard deviation of the logarithm.
    LogNormal(f64, f64),
    /// Least, likeliest, greatest.
    Triangular(f64, f64, f64),
    /// Shapes a and b, between two numbers.
    Beta(f64, f64, f64, f64),
    /// Some values with their weights.
    Discrete(Vec<(Value, f64)>),
    /// Rows of a sample; parameters of one group are drawn from the same row.
    Sample {
        /// What rows belong together.
        group: String,
        /// One value for each row.
        values: Vec<f64>,
    },
}

impl Distribution {
    /// What it is, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Uniform(low, high) => format!("uniform from {low} to {high}"),
            Self::Normal(mean, sd) => {
                format!("normal with mean {mean} and standard deviation {sd}")
            }
            Self::LogNormal(median, sd) => {
                format!(
                    "log-normal with median {median} and standard deviation {sd} of the logarithm"
                )
            }
            Self::Triangular(low, mode, high) => {
                format!("triangular from {low} over {mode} to {high}")
            }
            Self::Beta(a, b, low, high) => {
                format!("beta with shapes {a} and {b}, from {low} to {high}")
            }
            Self::Discrete(values) => {
                let sum: f64 = values.iter().map(|(_, weight)| weight).sum();
                let told =
                    |(value, weight): &(Value, f64)| format!("{value} ({:.3})", weight / sum);
                values.iter().map(told).collect::<Vec<_>>().join(", ")
            }
            Self::Sample { group, values } => format!("{} rows of {group}", values.len()),
        }
    }

    /// The chance of a value up to `x`; for continuous distributions.
    fn cumulative(&self, x: f64) -> f64 {
        let normal = |z: f64| normal_survival_exact(-z);
        let inside = |low: f64, high: f64| ((x - low) / (high - low)).clamp(0.0, 1.0);
        match *self {
            Self::Uniform(low, high) => inside(low, high),
            Self::Normal(mean, sd) => normal((x - mean) / sd),
            Self::LogNormal(median, sd) => {
                if x > 0.0 {
                    normal(((x / median).ln()) / sd)
                } else {
                    0.0
                }
            }
            Self::Triangular(low, mode, high) => {
                triangular(inside(low, high), (mode - low) / (high - low))
            }
            Self::Beta(a, b, low, high) => beta_cumulative(a, b, inside(low, high)),
            Self::Discrete(_) | Self::Sample { .. } => 0.0,
        }
    }

    /// The value below which a share `u` in (0, 1) lies; for continuous distributions.
    fn quantile(&self, u: f64) -> f64 {
        let normal = |u: f64| std::f64::consts::SQRT_2 * erf_inv(2.0 * u - 1.0);
        match *self {
            Self::Uniform(low, high) => low + u * (high - low),
            Self::Normal(mean, sd) => mean + sd * normal(u),
            Self::LogNormal(median, sd) => median * (sd * normal(u)).exp(),
            Self::Triangular(low, mode, high) => {
                let peak = (mode - low) / (high - low);
                let part = match u < peak {
                    true => (u * peak).sqrt(),
                    false => 1.0 - ((1.0 - u) * (1.0 - peak)).sqrt(),
                };
                low + (high - low) * part
            }
            Self::Beta(a, b, low, high) => low + (high - low) * beta_quantile(a, b, u),
            Self::Discrete(_) | Self::Sample { .. } => 0.0,
        }
    }
}

fn triangular(x: f64, peak: f64) -> f64 {
    match x < peak {
        true => x * x / peak,
        false if peak < 1.0 => 1.0 - (1.0 - x) * (1.0 - x) / (1.0 - peak),
        false => 1.0,
    }
}

impl Uncertain {
    /// The name of its column.
    pub fn column(&self) -> String {
        self.path.replace(' ', "_").replace('"', "")
    }

    /// The value at a share `u` of the distribution, cut to what the parameter can be.
    pub fn at(&self, u: f64) -> Value {
        match &self.distribution {
            Distribution::Discrete(values) => {
                let sum: f64 = values.iter().map(|(_, weight)| weight).sum();
                let mut upto = 0.0;
                let found = values.iter().find(|(_, weight)| {
                    upto += weight;
                    u * sum < upto
                });
                found.or(values.last()).map_or(Value::Number(0.0), |(value, _)| value.clone())
            }
            Distribution::Sample { values, .. } => {
                let row = ((u * values.len() as f64) as usize).min(values.len() - 1);
                Value::Number(values[row])
            }
            continuous => {
                let Bounds { low, high, whole } = self.bounds;
                // Whole numbers stand for all that is rounded to them.
                let room = if whole { 0.5 } else { 0.0 };
                let (from, to) =
                    (continuous.cumulative(low - room), continuous.cumulative(high + room));
                // Away from the ends, where quantiles are infinite.
                let u = (from + u * (to - from)).clamp(1e-15, 1.0 - 1e-15);
                let value = continuous.quantile(u);
                Value::Number(if whole { value.round() } else { value }.clamp(low, high))
            }
        }
    }

    /// Every value of words and rows; of continuous distributions those far out and in the middle.
    pub fn extremes(&self) -> Vec<Value> {
        match &self.distribution {
            Distribution::Discrete(values) => {
                values.iter().map(|(value, _)| value.clone()).collect()
            }
            Distribution::Sample { values, .. } => {
                values.iter().map(|value| Value::Number(*value)).collect()
            }
            _ => [0.0, 0.5, 1.0].map(|u| self.at(u)).to_vec(),
        }
    }

    /// The chance of what the bounds leave of the distribution.
    pub fn kept(&self) -> f64 {
        match &self.distribution {
            Distribution::Discrete(_) | Distribution::Sample { .. } => 1.0,
            own => own.cumulative(self.bounds.high) - own.cumulative(self.bounds.low),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn continuous() -> impl Strategy<Value = Distribution> {
        prop_oneof![
            (-5.0..5.0_f64, 0.1..5.0_f64).prop_map(|(a, d)| Distribution::Uniform(a, a + d)),
            (-5.0..5.0_f64, 0.1..5.0_f64).prop_map(|(m, s)| Distribution::Normal(m, s)),
            (0.1..5.0_f64, 0.1..1.5_f64).prop_map(|(m, s)| Distribution::LogNormal(m, s)),
            (-5.0..5.0_f64, 0.1..5.0_f64, 0.0..=1.0_f64)
                .prop_map(|(a, d, m)| Distribution::Triangular(a, a + m * d, a + d)),
            (0.3..6.0_f64, 0.3..6.0_f64, -2.0..2.0_f64, 0.1..3.0_f64)
                .prop_map(|(a, b, low, d)| Distribution::Beta(a, b, low, low + d)),
        ]
    }

    fn at(distribution: Distribution, bounds: Bounds, u: f64) -> f64 {
        let target = Target::Parameter(0);
        let own = Uncertain { path: String::new(), target, distribution, bounds };
        match own.at(u) {
            Value::Number(number) => number,
            other => panic!("{other}"),
        }
    }

    proptest! {
        #[test]
        fn quantiles_invert_cumulative_chances(own in continuous(), u in 0.001..0.999_f64) {
            // The inverse error function is good to about 1e-11 in the middle.
            prop_assert!((own.cumulative(own.quantile(u)) - u).abs() < 1e-9);
        }

        #[test]
        fn what_is_cut_stays_inside_and_keeps_its_shape(
            own in continuous(), low in 0.05..0.4_f64, high in 0.5..0.95_f64, u in 0.01..0.99_f64,
        ) {
            let bounds = Bounds { low: own.quantile(low), high: own.quantile(high), whole: false };
            let found = at(own.clone(), bounds, u);
            prop_assert!((bounds.low..=bounds.high).contains(&found));
            let share = (own.cumulative(found) - low) / (high - low);
            prop_assert!((share - u).abs() < 1e-7, "{} {}", share, u);
        }
    }

    #[test]
    fn known_quantiles_are_met() {
        // scipy 1.17.1: norm.ppf(0.975), beta(2, 5).ppf(0.3), triang(0.25).ppf(0.5).
        let cases = [
            (Distribution::Normal(0.0, 1.0), 0.975, 1.959_963_984_540_054),
            (Distribution::Beta(2.0, 5.0, 0.0, 1.0), 0.3, 0.181_803_471_318_949_2),
            (Distribution::Triangular(0.0, 0.25, 1.0), 0.5, 0.387_627_564_304_205_5),
            (Distribution::LogNormal(2.0, 0.5), 0.5, 2.0),
        ];
        for (own, u, known) in cases {
            let found = at(own, Bounds::NONE, u);
            assert!((found - known).abs() < 1e-9, "{found} {known}");
        }
    }

    #[test]
    fn words_and_rows_come_with_their_chances() {
        let words = Distribution::Discrete(vec![
            (Value::Word("a".into()), 0.25),
            (Value::Word("b".into()), 0.75),
        ]);
        let own = Uncertain {
            path: String::new(),
            target: Target::Parameter(0),
            distribution: words,
            bounds: Bounds::NONE,
        };
        assert_eq!(own.at(0.2), Value::Word("a".into()));
        assert_eq!(own.at(0.3), Value::Word("b".into()));
        assert_eq!(own.at(1.0), Value::Word("b".into()));
        let rows = Distribution::Sample { group: "g".into(), values: vec![5.0, 7.0] };
        assert_eq!((at(rows.clone(), Bounds::NONE, 0.4), at(rows, Bounds::NONE, 0.6)), (5.0, 7.0));
    }
}
