//! Reports: a document as plain data, written as one self-contained page of HTML or as Markdown.

mod html;
mod markdown;

pub use html::html;
pub use markdown::markdown;

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// What it says, in order; headings begin at level 2.
    pub blocks: Vec<Block>,
}

/// A piece of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading of level 2 or 3.
    Heading(u8, String),
    /// A paragraph.
    Text(String),
    /// What stands out: the answer to the question.
    Lead(String),
    /// Points.
    List(Vec<String>),
    /// A table.
    Sheet(Sheet),
    /// A chart.
    Figure(Figure),
}

/// A table of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, one text for each column.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands in it.
    pub name: String,
    /// Whether it holds numbers, which stand to the right.
    pub numeric: bool,
}

impl Column {
    /// A column of texts.
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), numeric: false }
    }

    /// A column of numbers.
    pub fn numbers(name: impl Into<String>) -> Self {
        Self { name: name.into(), numeric: true }
    }
}

/// A chart in a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Its file beside the report, without ending.
    pub file: String,
    /// The chart as SVG.
    pub svg: String,
    /// What it shows, in words, for those who do not see it.
    pub alt: String,
}
