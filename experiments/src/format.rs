//! The formats of tables of replications.

/// As what a table of replications is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text, for everything.
    Csv,
    /// Columns, smaller and faster to read: pandas, polars, DuckDB, R's arrow.
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Format {
    /// Formats by their names.
    pub const ALL: &[(&str, Self)] = &[
        ("csv", Self::Csv),
        #[cfg(feature = "parquet")]
        ("parquet", Self::Parquet),
    ];

    /// Its name, which is also the ending of its files.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }
}
