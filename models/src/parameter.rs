//! What a model can be told: its table of parameters, and the settings checked against it.

use std::fmt;

/// One parameter of a model: the single place of its default, range, meaning and provenance.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its path, such as `front.held`.
    pub path: &'static str,
    /// Its symbol in the formulas.
    pub symbol: &'static str,
    /// Its default; nothing where the mechanism is absent unless it is set.
    pub default: Option<f64>,
    /// What it can be.
    pub kind: Kind,
    /// Its unit, and in brackets the value that switches its mechanism off, if there is one.
    pub unit: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Where the default comes from: measured, from the literature, or assumed.
    pub provenance: &'static str,
}

impl Parameter {
    /// A parameter with a default.
    pub(crate) const fn new(
        path: &'static str,
        symbol: &'static str,
        default: f64,
        kind: Kind,
        unit: &'static str,
        meaning: &'static str,
        provenance: &'static str,
    ) -> Self {
        Self { path, symbol, default: Some(default), kind, unit, meaning, provenance }
    }
}

/// What a parameter can be. All are kept as numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A number from `low` to `high`, without the ends where they are open.
    Number {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
        /// Whether the lower end is excluded.
        above: bool,
        /// Whether the upper end is excluded.
        below: bool,
    },
    /// A whole number from one end to the other.
    Whole {
        /// The least.
        low: u32,
        /// The greatest.
        high: u32,
    },
    /// true (1) or false (0).
    Flag,
    /// One of some words, kept as its place in the list.
    Word(&'static [&'static str]),
}

/// No number of a study is greater, and none that must be above 0 is less: beyond, products and
/// powers would leave what numbers can hold.
pub(crate) const MOST: f64 = 1e6;
const LEAST: f64 = 1e-9;

impl Kind {
    /// A share, ends included.
    pub const SHARE: Self = Self::Number { low: 0.0, high: 1.0, above: false, below: false };
    /// A share, ends excluded.
    pub const INNER: Self = Self::Number { low: 0.0, high: 1.0, above: true, below: true };
    /// A share below 1.
    pub const PART: Self = Self::Number { low: 0.0, high: 1.0, above: false, below: true };
    /// Any number, as far as arithmetic goes.
    pub const ANY: Self = Self::between(-MOST, MOST);
    /// A number from 0 on, as far as arithmetic goes.
    pub const POSITIVE: Self = Self::between(0.0, MOST);
    /// A number above 0, as far as arithmetic goes.
    pub const ABOVE_ZERO: Self = Self::between(LEAST, MOST);

    /// A number between two ends, both included.
    pub const fn between(low: f64, high: f64) -> Self {
        Self::Number { low, high, above: false, below: false }
    }

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// The rule that the value breaks, in words.
    pub fn read(self, value: &Value) -> Result<f64, String> {
        let number = match (self, value) {
            (Self::Flag, Value::Flag(flag)) => Some(f64::from(u8::from(*flag))),
            (Self::Word(words), Value::Word(word)) => {
                words.iter().position(|known| known == word).map(|place| place as f64)
            }
            (Self::Number { .. } | Self::Whole { .. }, Value::Number(number)) => {
                self.holds(*number).then_some(*number)
            }
            _ => None,
        };
        number.ok_or_else(|| format!("must be {self}"))
    }

    /// The value that a number stands for.
    pub fn write(self, number: f64) -> Value {
        match self {
            Self::Flag => Value::Flag(number != 0.0),
            Self::Word(words) => Value::Word(words[number as usize].to_owned()),
            Self::Number { .. } | Self::Whole { .. } => Value::Number(number),
        }
    }

    fn holds(self, number: f64) -> bool {
        match self {
            Self::Number { low, high, above, below } => {
                number.is_finite()
                    && (number > low || (number == low && !above))
                    && (number < high || (number == high && !below))
            }
            Self::Whole { low, high } => {
                number.fract() == 0.0 && (f64::from(low)..=f64::from(high)).contains(&number)
            }
            Self::Flag | Self::Word(_) => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            Self::Flag => f.write_str("true or false"),
            Self::Whole { low, high } => write!(f, "a whole number from {low} to {high}"),
            Self::Word(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
                write!(f, "one of {}", quoted.join(", "))
            }
            Self::Number { low, high, above, below } => {
                let (open, close) = (if above { '(' } else { '[' }, if below { ')' } else { ']' });
                let low = if low.abs() < 1e-5 && low != 0.0 {
                    format!("{low:e}")
                } else {
                    low.to_string()
                };
                write!(f, "a number in {open}{low}, {high}{close}")
            }
        }
    }
}

/// A value as a study writes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number, whole or not.
    Number(f64),
    /// true or false.
    Flag(bool),
    /// A word.
    Word(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// Something a model cannot be made from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is {value}, but {rule}")]
pub struct Invalid {
    /// The path of the parameter or of the scenario's key.
    pub path: String,
    /// Its value as written; "missing" where there is none.
    pub value: String,
    /// The rule that it breaks, beginning with a verb: "must …".
    pub rule: String,
}

impl Invalid {
    /// An error about one path.
    pub fn new(path: impl Into<String>, value: impl fmt::Display, rule: impl Into<String>) -> Self {
        Self { path: path.into(), value: value.to_string(), rule: rule.into() }
    }
}

/// One value for each parameter of a table, each inside its range.
#[derive(Clone, Debug)]
pub struct Settings {
    table: &'static [Parameter],
    values: Vec<Option<f64>>,
}

impl Settings {
    /// The defaults of a table.
    pub fn new(table: &'static [Parameter]) -> Self {
        Self { table, values: table.iter().map(|parameter| parameter.default).collect() }
    }

    /// The table they are checked against.
    pub const fn table(&self) -> &'static [Parameter] {
        self.table
    }

    /// The place of a path in the table.
    pub fn place(&self, path: &str) -> Option<usize> {
        self.table.iter().position(|parameter| parameter.path == path)
    }

    /// Sets the parameter at a place of the table.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the value is not of its kind or out of its range.
    ///
    /// # Panics
    ///
    /// Where the table has no such place.
    pub fn set(&mut self, place: usize, value: &Value) -> Result<(), Invalid> {
        let parameter = &self.table[place];
        let number = parameter.kind.read(value);
        let number = number.map_err(|rule| Invalid::new(parameter.path, value, rule))?;
        self.values[place] = Some(number);
        Ok(())
    }

    /// The value at a path, if there is one.
    ///
    /// # Panics
    ///
    /// Where the table has no such path: a mistake in the model, not in a study.
    pub fn find(&self, path: &str) -> Option<f64> {
        let place = self.place(path);
        self.values[place.unwrap_or_else(|| panic!("no parameter `{path}` in the table"))]
    }

    /// The value at a path that always has one.
    ///
    /// # Panics
    ///
    /// Where the table has no such path, or no default for it: a mistake in the model.
    pub fn get(&self, path: &str) -> f64 {
        self.find(path)
            .unwrap_or_else(|| panic!("parameter `{path}` has neither value nor default"))
    }

    /// Every parameter with its value, in the order of the table; absent ones left out.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Parameter, Value)> + '_ {
        let pairs = self.table.iter().zip(&self.values);
        pairs.filter_map(|(parameter, value)| Some((parameter, parameter.kind.write((*value)?))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_takes_what_it_says_and_nothing_else() {
        let number = Value::Number;
        let cases = [
            (Kind::SHARE, number(1.0), true),
            (Kind::PART, number(1.0), false),
            (Kind::INNER, number(0.0), false),
            (Kind::SHARE, number(f64::NAN), false),
            (Kind::ANY, number(f64::INFINITY), false),
            (Kind::Whole { low: 1, high: 9 }, number(2.5), false),
            (Kind::Whole { low: 1, high: 9 }, number(9.0), true),
            (Kind::Flag, number(1.0), false),
            (Kind::Flag, Value::Flag(true), true),
            (Kind::Word(&["a", "b"]), Value::Word("b".into()), true),
            (Kind::Word(&["a", "b"]), Value::Word("c".into()), false),
        ];
        for (kind, value, taken) in cases {
            assert_eq!(kind.read(&value).is_ok(), taken, "{kind}: {value}");
        }
    }

    #[test]
    fn what_is_read_can_be_written_back() {
        for (kind, value) in [
            (Kind::Word(&["a", "b"]), Value::Word("b".into())),
            (Kind::Flag, Value::Flag(false)),
            (Kind::SHARE, Value::Number(0.3)),
        ] {
            assert_eq!(kind.write(kind.read(&value).expect("it is valid")), value);
        }
    }
}
