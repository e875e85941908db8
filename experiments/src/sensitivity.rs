//! What an output owes to its inputs, from any table: read, analysed, and told as data.

use engine::{
    BoxFound, Effect, Pawn, Peeling, SaltelliOrder, Seed, VarianceIndices, morris_effects, pawn,
    prim, variance_indices,
};
use outputs::Table;

use crate::draws::Way;
use crate::study::Study;
use crate::uncertain::Uncertain;

/// How a table is analysed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Sobol' indices of a Saltelli design.
    Sobol,
    /// Elementary effects of Morris trajectories.
    Morris,
    /// One input at a time: a middle row, then low and high of each.
    Oat,
    /// Distances between distributions, of any sample.
    Pawn,
    /// Boxes in which the output is high, of any sample.
    Prim,
}

/// Methods by their names.
pub const METHODS: [(&str, Method); 5] = [
    ("sobol", Method::Sobol),
    ("morris", Method::Morris),
    ("oat", Method::Oat),
    ("pawn", Method::Pawn),
    ("prim", Method::Prim),
];

impl Method {
    /// The analysis for which draws are made in a way, or that any sample allows.
    pub const fn of(way: Way) -> Self {
        match way {
            Way::Saltelli { .. } => Self::Sobol,
            Way::Morris { .. } => Self::Morris,
            Way::OneAtATime { .. } => Self::Oat,
            Way::Random | Way::LatinHypercube { .. } | Way::Sobol => Self::Pawn,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        METHODS.iter().find(|(_, method)| *method == self).map_or("", |(name, _)| name)
    }
}

/// Inputs and one output, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Names of the inputs.
    pub inputs: Vec<String>,
    /// Name of the output.
    pub output: String,
    /// One row of inputs each.
    pub rows: Vec<Vec<f64>>,
    /// One output each; nothing where it is not defined.
    pub outputs: Vec<Option<f64>>,
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choices {
    /// Slices of each input for PAWN.
    pub slices: usize,
    /// From which value on the output is a case of interest for PRIM.
    pub threshold: f64,
    /// Of the bootstrap.
    pub seed: Seed,
}

/// Why a table cannot be analysed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SensitivityError {
    /// There is no such column.
    #[error("has no column `{column}`; there are: {known}")]
    Column {
        /// Its name.
        column: String,
        /// Those that there are.
        known: String,
    },
    /// An input is not a number somewhere.
    #[error("`{column}` is not a number in row {row}")]
    Input {
        /// Its column.
        column: String,
        /// Counted from 1, the header left out.
        row: usize,
    },
    /// The rows are not those of the method.
    #[error("{0}")]
    Rows(String),
    /// There is nothing to tell apart.
    #[error("{0}")]
    Nothing(String),
}

/// An analysis.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Sobol' indices.
    Sobol(VarianceIndices),
    /// Elementary effects by input.
    Morris(Vec<Option<Effect>>),
    /// Output at the middle, then at low and high of each input.
    Oat(f64, Vec<(Option<f64>, Option<f64>)>),
    /// Distances by input; nothing for inputs that do not vary.
    Pawn(Vec<Option<Pawn>>),
    /// Boxes, best first.
    Prim(Vec<BoxFound>),
}

impl Sample {
    /// Reads the columns of a table.
    ///
    /// # Errors
    ///
    /// [`SensitivityError`] where a column is missing, or an input is not a number.
    pub fn read(table: &Table, inputs: &[String], output: &str) -> Result<Self, SensitivityError> {
        let place = |column: &str| {
            table.column(column).ok_or_else(|| SensitivityError::Column {
                column: column.to_owned(),
                known: table.columns().join(", "),
            })
        };
        let places: Vec<usize> = inputs.iter().map(|name| place(name)).collect::<Result<_, _>>()?;
        let result = place(output)?;
        let words: Vec<Vec<&str>> = places.iter().map(|place| words(table, *place)).collect();
        let mut rows = Vec::with_capacity(table.rows().len());
        for (at, row) in table.rows().enumerate() {
            let input = |((place, words), column): ((&usize, &Vec<&str>), &String)| {
                let number = match &row[*place] {
                    outputs::Cell::Text(word) => {
                        words.iter().position(|own| **own == **word).map(|place| place as f64)
                    }
                    cell => cell.number().filter(|number| number.is_finite()),
                };
                number.ok_or(SensitivityError::Input { column: column.clone(), row: at + 1 })
            };
            rows.push(
                places
                    .iter()
                    .zip(&words)
                    .zip(inputs)
                    .map(input)
                    .collect::<Result<Vec<f64>, _>>()?,
            );
        }
        let number = |row: &[outputs::Cell]| row[result].number().filter(|x| x.is_finite());
        let outputs = table.rows().map(number).collect();
        Ok(Self { inputs: inputs.to_vec(), output: output.to_owned(), rows, outputs })
    }

    /// The draws of a run at a design point: what is uncertain, and an estimate.
    ///
    /// # Errors
    ///
    /// [`SensitivityError`] where a column is missing.
    pub fn of_run(
        study: &Study,
        draws: &Table,
        point: u64,
        output: &str,
    ) -> Result<Self, SensitivityError> {
        let mut own = Table::new(draws.columns().to_vec());
        let here = |row: &&[outputs::Cell]| row[0].number() == Some(point as f64);
        draws.rows().filter(here).for_each(|row| own.push(row.to_vec()));
        let inputs: Vec<String> = study.uncertain.iter().map(Uncertain::column).collect();
        Self::read(&own, &inputs, output)
    }

    /// Rows whose output is not defined, counted from 0.
    pub fn missing(&self) -> Vec<usize> {
        let rows = self.outputs.iter().enumerate();
        rows.filter(|(_, output)| output.is_none()).map(|(row, _)| row).collect()
    }

    /// Share of the rows with an output that have so much or more.
    pub fn share_from(&self, threshold: f64) -> f64 {
        let all = || self.outputs.iter().flatten();
        all().filter(|output| **output >= threshold).count() as f64 / all().count().max(1) as f64
    }

    /// The rows whose output is defined.
    fn whole(&self) -> (Vec<Vec<f64>>, Vec<f64>) {
        let pairs = self.rows.iter().zip(&self.outputs);
        pairs.filter_map(|(row, output)| Some((row.clone(), (*output)?))).unzip()
    }

    /// The least and the greatest value of each input.
    pub fn ranges(&self) -> Vec<(f64, f64)> {
        let range = |input: usize| {
            let all = || self.rows.iter().map(|row| row[input]);
            (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max))
        };
        (0..self.inputs.len()).map(range).collect()
    }

    /// Analyses the sample.
    ///
    /// # Errors
    ///
    /// [`SensitivityError`] where the rows are not those of the method, or nothing varies.
    pub fn analyse(&self, method: Method, choices: &Choices) -> Result<Found, SensitivityError> {
        match method {
            Method::Sobol => self.sobol(choices).map(Found::Sobol),
            Method::Morris => self.morris().map(Found::Morris),
            Method::Oat => self.oat(),
            Method::Pawn => self.pawn(choices.slices).map(Found::Pawn),
            Method::Prim => self.prim(choices.threshold).map(Found::Prim),
        }
    }

    fn sobol(&self, choices: &Choices) -> Result<VarianceIndices, SensitivityError> {
        // The rows say whether they hold those of second-order indices.
        let of = |second_order| SaltelliOrder { inputs: self.inputs.len(), second_order };
        let order = match self.check_saltelli(of(true)) {
            Ok(()) => of(true),
            Err(_) => self.check_saltelli(of(false)).map(|()| of(false))?,
        };
        variance_indices(&self.outputs, order, choices.seed).ok_or_else(|| {
            let missing = self.missing().len();
            SensitivityError::Nothing(format!(
                "{} does not vary, or too few base rows are whole ({missing} of {} outputs are missing)",
                self.output,
                self.rows.len()
            ))
        })
    }

    /// Whether AB_i differs from A in its own column alone, and takes B there.
    fn check_saltelli(&self, order: SaltelliOrder) -> Result<(), SensitivityError> {
        let (block, k, n) = (order.block(), order.inputs, self.rows.len());
        if n == 0 || n % block != 0 {
            return Err(SensitivityError::Rows(format!(
                "has {n} rows, which is no multiple of k + 2 = {} or 2k + 2 = {} for {k} inputs: a Saltelli \
                 design has A, AB_1 … AB_k, BA_1 … BA_k for second-order indices, B for each base row",
                k + 2,
                2 * k + 2
            )));
        }
        for (base, rows) in self.rows.chunks_exact(block).enumerate() {
            let (a, b) = (&rows[0], &rows[block - 1]);
            for at in 0..k {
                let fits = (0..k).all(|other| {
                    let wanted = if other == at { b[other] } else { a[other] };
                    rows[1 + at][other] == wanted
                });
                if !fits {
                    return Err(SensitivityError::Rows(format!(
                        "row {} is not AB of {}: it must be row {} with that input from row {}; are the inputs \
                         in the order of the design?",
                        base * block + at + 2,
                        self.inputs[at],
                        base * block + 1,
                        (base + 1) * block
                    )));
                }
            }
        }
        Ok(())
    }

    fn morris(&self) -> Result<Vec<Option<Effect>>, SensitivityError> {
        let (k, n) = (self.inputs.len(), self.rows.len());
        if n == 0 || n % (k + 1) != 0 {
            return Err(SensitivityError::Rows(format!(
                "has {n} rows, which is no multiple of k + 1 = {} for {k} inputs: a Morris trajectory has a row, \
                 then one more for each input",
                k + 1
            )));
        }
        for (at, two) in self.rows.windows(2).enumerate() {
            let moved = two[0].iter().zip(&two[1]).filter(|(a, b)| a != b).count();
            if (at + 1) % (k + 1) != 0 && moved > 1 {
                return Err(SensitivityError::Rows(format!(
                    "rows {} and {} differ in {moved} inputs: steps of a Morris trajectory move one",
                    at + 1,
                    at + 2
                )));
            }
        }
        Ok(morris_effects(&self.rows, &self.outputs, &self.ranges()))
    }

    fn oat(&self) -> Result<Found, SensitivityError> {
        let (k, n) = (self.inputs.len(), self.rows.len());
        if n != 2 * k + 1 {
            return Err(SensitivityError::Rows(format!(
                "has {n} rows; one at a time over {k} inputs has {}: the middle, then low and high of each",
                2 * k + 1
            )));
        }
        for (at, input) in self.inputs.iter().enumerate() {
            let (low, high) = (&self.rows[1 + 2 * at], &self.rows[2 + 2 * at]);
            let middle = &self.rows[0];
            let alone =
                |row: &[f64]| (0..k).all(|other| other == at || row[other] == middle[other]);
            if !alone(low) || !alone(high) || low[at] > high[at] {
                return Err(SensitivityError::Rows(format!(
                    "rows {} and {} are not {input} at low and at high with the others as in row 1; are the inputs in \
                     the order of the design?",
                    2 + 2 * at,
                    3 + 2 * at
                )));
            }
        }
        let middle = self.outputs[0].ok_or_else(|| {
            SensitivityError::Nothing(format!("{} is missing in the middle row", self.output))
        })?;
        let pair = |at: usize| (self.outputs[1 + 2 * at], self.outputs[2 + 2 * at]);
        Ok(Found::Oat(middle, (0..k).map(pair).collect()))
    }

    fn pawn(&self, slices: usize) -> Result<Vec<Option<Pawn>>, SensitivityError> {
        let (rows, outputs) = self.whole();
        if outputs.windows(2).all(|two| two[0] == two[1]) {
            let n = outputs.len();
            let (name, all) = (&self.output, self.rows.len());
            let text =
                format!("{name} does not vary over the {n} of {all} rows in which it is a number");
            return Err(SensitivityError::Nothing(text));
        }
        let input = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
        Ok((0..self.inputs.len()).map(|at| pawn(&input(at), &outputs, slices)).collect())
    }

    fn prim(&self, threshold: f64) -> Result<Vec<BoxFound>, SensitivityError> {
        let (rows, outputs) = self.whole();
        let outcome: Vec<bool> = outputs.iter().map(|output| *output >= threshold).collect();
        let cases = outcome.iter().filter(|case| **case).count();
        if cases == 0 || cases == outcome.len() {
            return Err(SensitivityError::Nothing(format!(
                "{} is {threshold} or more in {cases} of {} rows: choose a threshold that parts them",
                self.output,
                outcome.len()
            )));
        }
        Ok(prim(&rows, &outcome, Peeling::default()))
    }
}

/// The words of a column in alphabetical order, which stand for 0, 1, 2 …; none where it holds numbers.
fn words(table: &Table, column: usize) -> Vec<&str> {
    let all: Option<Vec<&str>> = table
        .rows()
        .map(|row| match &row[column] {
            outputs::Cell::Text(word) => Some(word.as_ref()),
            _ => None,
        })
        .collect();
    let mut all = all.unwrap_or_default();
    all.sort_unstable();
    all.dedup();
    all
}
