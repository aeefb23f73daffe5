//! Records as rows of flat tables: one table a type, one column a value, whatever lies in what.
//!
//! ```text
//!   schema of a type ──> Table: its columns, known before there is a row
//!   record ──> Row: a cell a column
//! ```
//!
//! `client.address` of NDJSON is the column `client_address`. Lists and counts by name stay together, as JSON in one cell.

mod row;

use serde_json::Value;

use crate::records::{self, RecordType};

pub use row::{Cell, Row};

/// What is in a column's cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// A time, written as RFC 3339 in UTC with nine decimals.
    Time,
    /// Text.
    Text,
    /// A list, or counts by name, as JSON.
    Json,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// The names that lead to the value in a record, with `_` between.
    pub name: String,
    /// What is in its cells.
    pub kind: Kind,
}

/// What a table of one type of records has in it.
#[derive(Debug)]
pub struct Table {
    record: RecordType,
    columns: Vec<Column>,
    root: Place,
}

/// Where a value of a record belongs.
#[derive(Debug)]
enum Place {
    /// In a column.
    Column(usize),
    /// In a column, all of it together.
    Json(usize),
    /// The values of an object belong to these places, in the order in which records have them.
    Inside(Vec<(String, Place)>),
    /// In none.
    Nowhere,
}

impl Table {
    /// The table of a type's records.
    pub fn of(record: RecordType) -> Self {
        let mut columns = Vec::new();
        let root = place("", records::schema(record).as_value(), &mut columns);
        Self { record, columns, root }
    }

    /// The type of its records.
    pub fn record(&self) -> RecordType {
        self.record
    }

    /// Its columns, in the order in which records have their values.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
}

/// The place of what a schema describes; new columns are added.
fn place(name: &str, schema: &Value, columns: &mut Vec<Column>) -> Place {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let inside = |(key, schema): (&String, &Value)| {
            let name = if name.is_empty() { key.clone() } else { format!("{name}_{key}") };
            (key.clone(), place(&name, schema, columns))
        };
        return Place::Inside(properties.iter().map(inside).collect());
    }
    let Some(kind) = kind(schema) else { return Place::Nowhere };
    let column = columns.len();
    // `table.entries` beside `table_entries`.
    let is_taken = columns.iter().any(|column| column.name == name);
    let name = if is_taken { format!("{name}_list") } else { name.to_owned() };
    columns.push(Column { name, kind });
    if kind == Kind::Json { Place::Json(column) } else { Place::Column(column) }
}

/// What a schema describes; `None` for what is the same in every record.
fn kind(schema: &Value) -> Option<Kind> {
    if schema.get("const").is_some() {
        return None;
    }
    let is_time = schema.get("format").is_some_and(|format| format == "date-time");
    let said = schema.get("type").unwrap_or(&Value::Null);
    let said = said.as_array().and_then(|types| types.first()).unwrap_or(said);
    Some(match said.as_str() {
        Some("integer") => Kind::Integer,
        Some("boolean") => Kind::Boolean,
        Some("string") if is_time => Kind::Time,
        Some("string") => Kind::Text,
        _ => Kind::Json,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_column_has_a_name_of_its_own_that_databases_take() {
        for record in RecordType::ALL {
            let table = Table::of(record);
            let names: BTreeSet<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
            assert_eq!(names.len(), table.columns().len(), "{record:?}");
            let is_plain = |name: &&str| name.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'_'));
            assert!(names.iter().all(is_plain), "{record:?}: {names:?}");
        }
    }

    #[test]
    fn values_have_columns_by_what_they_are() {
        let table = Table::of(RecordType::Connection);
        let kind =
            |name: &str| table.columns().iter().find(|column| column.name == name).map(|column| column.kind);
        assert_eq!(kind("client_port"), Some(Kind::Integer));
        assert_eq!(kind("client_address"), Some(Kind::Text));
        assert_eq!(kind("start"), Some(Kind::Time));
        assert_eq!(kind("teardown_client_fin_ack_at"), Some(Kind::Time));
        assert_eq!(kind("reused_ports"), Some(Kind::Boolean));
        assert_eq!(kind("verdicts"), Some(Kind::Json));
        assert_eq!(kind("protocols"), Some(Kind::Json));
        assert_eq!(kind("type"), None);
    }
}
