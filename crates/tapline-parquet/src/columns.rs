//! Rows as the columns of one table.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use jiff::Timestamp;
use tapline_export::records::RecordType;
use tapline_export::table::{Cell, Kind, Row, Table};

use crate::limits::BATCH_ROWS;

/// Which run a row is of: ids of connections are those of one run.
const RUN: &str = "run";

/// What a table's files have in them.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) table: Table,
    pub(crate) schema: SchemaRef,
    /// The columns that tell when a row was: the first that is known counts.
    times: Vec<usize>,
}

impl Shape {
    pub(crate) fn of(record: RecordType) -> Self {
        let table = Table::of(record);
        let mut fields = vec![Field::new(RUN, DataType::Utf8, false)];
        for column in table.columns() {
            let name = column.name.as_str();
            match column.kind {
                Kind::Integer => fields.push(Field::new(name, DataType::Int64, true)),
                Kind::Boolean => fields.push(Field::new(name, DataType::Boolean, true)),
                Kind::Text | Kind::Json => fields.push(Field::new(name, DataType::Utf8, true)),
                Kind::Time => {
                    let unit = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
                    fields.push(Field::new(name, unit, true));
                    fields.push(Field::new(format!("{name}_ns"), DataType::Int64, true));
                }
            }
        }
        let names = ["at", "start", "request_at", "response_at"];
        let find = |name: &&str| table.columns().iter().position(|column| column.name == **name);
        let times = names.iter().filter_map(find).collect();
        Self { schema: Arc::new(Schema::new(fields)), table, times }
    }

    /// When a row was, as far as it says.
    pub(crate) fn time(&self, row: &Row) -> Option<Timestamp> {
        self.times.iter().find_map(|&column| match row.cell(column) {
            Cell::Text(text) => text.parse().ok(),
            _ => None,
        })
    }
}

/// Columns that grow by rows.
pub(crate) struct Columns {
    run: StringBuilder,
    builders: Vec<Column>,
    rows: usize,
}

enum Column {
    Integer(Int64Builder),
    Boolean(BooleanBuilder),
    Text(StringBuilder),
    Time(TimestampMicrosecondBuilder, Int64Builder),
}

impl Columns {
    pub(crate) fn of(shape: &Shape) -> Self {
        let column = |kind| match kind {
            Kind::Integer => Column::Integer(Int64Builder::with_capacity(BATCH_ROWS)),
            Kind::Boolean => Column::Boolean(BooleanBuilder::with_capacity(BATCH_ROWS)),
            Kind::Text | Kind::Json => Column::Text(StringBuilder::new()),
            Kind::Time => Column::Time(
                TimestampMicrosecondBuilder::with_capacity(BATCH_ROWS).with_timezone("UTC"),
                Int64Builder::with_capacity(BATCH_ROWS),
            ),
        };
        let builders = shape.table.columns().iter().map(|told| column(told.kind)).collect();
        Self { run: StringBuilder::new(), builders, rows: 0 }
    }

    /// Adds a row; whether the columns are full.
    pub(crate) fn push(&mut self, run: &str, row: &Row) -> bool {
        self.run.append_value(run);
        for (column, cell) in self.builders.iter_mut().zip(row.cells()) {
            column.push(cell);
        }
        self.rows += 1;
        self.rows >= BATCH_ROWS
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Takes the rows.
    pub(crate) fn take(&mut self, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(self.run.finish())];
        for column in &mut self.builders {
            match column {
                Column::Integer(builder) => arrays.push(Arc::new(builder.finish())),
                Column::Boolean(builder) => arrays.push(Arc::new(builder.finish())),
                Column::Text(builder) => arrays.push(Arc::new(builder.finish())),
                Column::Time(micros, nanos) => {
                    arrays.push(Arc::new(micros.finish()));
                    arrays.push(Arc::new(nanos.finish()));
                }
            }
        }
        RecordBatch::try_new(Arc::clone(schema), arrays)
    }
}

impl Column {
    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Integer(builder), Cell::Integer(number)) => builder.append_value(number),
            (Self::Integer(builder), _) => builder.append_null(),
            (Self::Boolean(builder), Cell::Boolean(value)) => builder.append_value(value),
            (Self::Boolean(builder), _) => builder.append_null(),
            (Self::Text(builder), Cell::Text(text)) => builder.append_value(text),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Time(micros, nanos), cell) => {
                let at = match cell {
                    Cell::Text(text) => text.parse::<Timestamp>().ok(),
                    _ => None,
                };
                // Below a microsecond towards the past, as SQL does it.
                let ns = at.and_then(|at| i64::try_from(at.as_nanosecond()).ok());
                micros.append_option(ns.map(|ns| ns.div_euclid(1000)));
                nanos.append_option(ns);
            }
        }
    }
}
