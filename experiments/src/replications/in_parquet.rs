//! The table of replications as Parquet: row groups in the order of the run, each in memory alone.

use std::fs::File;
use std::io::{self, BufWriter};
use std::sync::Arc;

use engine::MeasureInfo;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use serde_json::json;

use super::RowFile;
use crate::run::RowSink;

/// Rows of a group.
const GROUP: usize = 1 << 16;

/// Key columns: name and meaning. They are whole numbers, and always there.
const KEYS: [(&str, &str); 3] = [
    ("point", "the design point, counted from 0"),
    ("replication", "the replication, counted from 0"),
    ("seed", "the seed of the study"),
];

/// A Parquet file under way.
pub(super) struct ParquetRows {
    writer: SerializedFileWriter<BufWriter<File>>,
    seed: u64,
    points: Vec<i64>,
    replications: Vec<i64>,
    measures: Vec<Column>,
}

/// A measure of the rows of a group.
#[derive(Clone, Debug, Default)]
struct Column {
    values: Vec<f64>,
    /// 1 for each row that has a value, else 0.
    present: Vec<i16>,
}

impl ParquetRows {
    /// Opens a file. Units and meanings of columns, and where the rows come from, stand in its metadata.
    pub(super) fn new(
        file: File,
        seed: u64,
        measures: &[MeasureInfo],
        origin: &[(&str, String)],
    ) -> io::Result<Self> {
        let schema = schema(measures).map_err(io::Error::other)?;
        let mut about = vec![KeyValue::new("armistice.columns".to_owned(), columns(measures))];
        let pair = |(key, value): &(&str, String)| {
            KeyValue::new(format!("armistice.{key}"), value.clone())
        };
        about.extend(origin.iter().map(pair));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            // What counts up is stored as its steps.
            .set_column_dictionary_enabled("replication".into(), false)
            .set_column_encoding("replication".into(), Encoding::DELTA_BINARY_PACKED)
            .set_created_by(concat!("armistice ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(about))
            .build();
        let writer = SerializedFileWriter::new(BufWriter::new(file), schema, Arc::new(properties))
            .map_err(io::Error::other)?;
        let measures = vec![Column::default(); measures.len()];
        Ok(Self { writer, seed, points: Vec::new(), replications: Vec::new(), measures })
    }

    /// Writes the rows that have come together as a group.
    fn write_group(&mut self) -> Result<(), ParquetError> {
        if self.points.is_empty() {
            return Ok(());
        }
        let seeds = vec![self.seed.cast_signed(); self.points.len()];
        let mut group = self.writer.next_row_group()?;
        for keys in [&self.points, &self.replications, &seeds] {
            let Some(mut column) = group.next_column()? else { break };
            column.typed::<Int64Type>().write_batch(keys, None, None)?;
            column.close()?;
        }
        for own in &self.measures {
            let Some(mut column) = group.next_column()? else { break };
            column.typed::<DoubleType>().write_batch(&own.values, Some(&own.present), None)?;
            column.close()?;
        }
        group.close()?;
        self.points.clear();
        self.replications.clear();
        for own in &mut self.measures {
            own.values.clear();
            own.present.clear();
        }
        Ok(())
    }
}

impl RowFile for ParquetRows {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.write_group().map_err(io::Error::other)?;
        self.writer.close().map_err(io::Error::other)?;
        Ok(())
    }
}

impl RowSink for ParquetRows {
    fn rows(
        &mut self,
        point: u64,
        rows: &mut dyn Iterator<Item = (u64, &[Option<f64>])>,
    ) -> io::Result<()> {
        for (replication, row) in rows {
            self.points.push(point.cast_signed());
            self.replications.push(replication.cast_signed());
            for (own, value) in self.measures.iter_mut().zip(row) {
                own.values.extend(*value);
                own.present.push(i16::from(value.is_some()));
            }
            if self.points.len() == GROUP {
                self.write_group().map_err(io::Error::other)?;
            }
        }
        Ok(())
    }
}

fn schema(measures: &[MeasureInfo]) -> Result<TypePtr, ParquetError> {
    let key = |(name, _): (&str, &str)| {
        Type::primitive_type_builder(name, Physical::INT64)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(Some(LogicalType::integer(64, false)))
            .build()
    };
    let measure = |own: &MeasureInfo| {
        Type::primitive_type_builder(&own.name, Physical::DOUBLE)
            .with_repetition(Repetition::OPTIONAL)
            .build()
    };
    let fields = KEYS.into_iter().map(key).chain(measures.iter().map(measure));
    let fields: Result<Vec<TypePtr>, ParquetError> = fields.map(|own| own.map(Arc::new)).collect();
    Ok(Arc::new(Type::group_type_builder("replications").with_fields(fields?).build()?))
}

/// Unit and meaning of every column, as JSON.
fn columns(measures: &[MeasureInfo]) -> String {
    let keys = KEYS
        .map(|(name, meaning)| (name.to_owned(), json!({ "unit": "1", "description": meaning })));
    let own = measures
        .iter()
        .map(|own| (own.name.clone(), json!({ "unit": own.unit, "description": own.meaning })));
    let all: serde_json::Map<String, serde_json::Value> = keys.into_iter().chain(own).collect();
    serde_json::Value::Object(all).to_string()
}
