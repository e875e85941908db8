//! A table: named columns and rows of cells.

use std::slice::ChunksExact;
use std::sync::Arc;

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value: it is not defined here.
    Empty,
    /// A number; written in its shortest form that reads back the same.
    Number(f64),
    /// A word, which many cells may share.
    Text(Arc<str>),
}

impl Cell {
    /// The number in it, if there is one.
    pub const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Empty | Self::Text(_) => None,
        }
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Empty => Ok(()),
            // The shorter of the two forms that read back the same.
            Self::Number(x) if *x != 0.0 && x.is_finite() && !(1e-5..1e16).contains(&x.abs()) => {
                write!(f, "{x:e}")
            }
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Named columns and rows; every row has one cell for each column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: Vec<String>,
    /// Row after row.
    cells: Vec<Cell>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { columns: columns.into_iter().map(Into::into).collect(), cells: Vec::new() }
    }

    /// Adds a row: one cell for each column.
    ///
    /// # Panics
    ///
    /// Where the row is shorter or longer than the header: a mistake of the caller.
    pub fn push(&mut self, row: Vec<Cell>) {
        assert_eq!(row.len(), self.columns.len(), "one cell for each column");
        self.cells.extend(row);
    }

    /// Puts a cell in place of another; nothing happens where there is no such column.
    pub fn set(&mut self, row: usize, column: &str, cell: Cell) {
        if let Some(place) = self.column(column) {
            let width = self.columns.len();
            self.cells[row * width + place] = cell;
        }
    }

    /// The names of its columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Its rows.
    pub fn rows(&self) -> ChunksExact<'_, Cell> {
        self.cells.chunks_exact(self.columns.len().max(1))
    }

    /// One of its rows.
    ///
    /// # Panics
    ///
    /// Where there are not so many.
    pub fn row(&self, at: usize) -> &[Cell] {
        &self.cells[at * self.columns.len()..][..self.columns.len()]
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// The cell of a row in the column of that name; empty where there is no such column.
    pub fn cell(&self, row: usize, column: &str) -> &Cell {
        self.column(column).map_or(&Cell::Empty, |place| &self.row(row)[place])
    }
}
