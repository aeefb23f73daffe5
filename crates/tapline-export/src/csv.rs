//! One table as comma-separated values (RFC 4180), the names of the columns first.
//!
//! Numbers and times are as in NDJSON, what is not known is empty. What a terminal or a spreadsheet would take for something
//! else than text is kept from doing so: control characters are escaped, and text that begins like a formula has a `'` before it.

use std::io::{self, Write};

use serde::Serialize;
use tapline_engine::Outcome;
use tapline_engine::analysis::{Event, printable};

use crate::exporter::Exporter;
use crate::records::{self, RecordType, Visitor};
use crate::redact::{Redactor, Secrets};
use crate::table::{Cell, Kind, Row, Table};

/// The columns of a table to write, in their order.
#[derive(Debug)]
pub struct Columns {
    table: Table,
    chosen: Vec<usize>,
}

/// A column that the table does not have.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no column {name:?} of {}; there are {}", .record.name(), .known.join(", "))]
pub struct NoColumn {
    name: String,
    record: RecordType,
    known: Vec<String>,
}

impl Columns {
    /// Columns by their names; all where none is named.
    pub fn named(record: RecordType, names: &[String]) -> Result<Self, NoColumn> {
        let table = Table::of(record);
        let find = |name: &String| {
            let place = table.columns().iter().position(|column| column.name == *name);
            place.ok_or_else(|| NoColumn {
                name: name.clone(),
                record,
                known: table.columns().iter().map(|column| column.name.clone()).collect(),
            })
        };
        let all = (0..table.columns().len()).collect();
        let chosen = if names.is_empty() { all } else { names.iter().map(find).collect::<Result<_, _>>()? };
        Ok(Self { table, chosen })
    }
}

/// Writes records of one type as lines.
pub struct Writer<'c, W: Write> {
    lines: Lines<'c, W>,
    redactor: Redactor,
}

struct Lines<'c, W: Write> {
    out: W,
    columns: &'c Columns,
    row: Row,
    line: Vec<u8>,
}

impl<'c, W: Write> Writer<'c, W> {
    /// Writes to `out`, which should be buffered, and the names of the columns at once.
    pub fn new(mut out: W, columns: &'c Columns, secrets: Secrets) -> io::Result<Self> {
        let Columns { table, chosen } = columns;
        let names = chosen.iter().filter_map(|&column| table.columns().get(column));
        let names: Vec<&str> = names.map(|column| column.name.as_str()).collect();
        writeln!(out, "{}\r", names.join(","))?;
        let lines = Lines { out, columns, row: Row::of(table), line: Vec::new() };
        Ok(Self { lines, redactor: Redactor::new(secrets) })
    }
}

impl<W: Write> Exporter for Writer<'_, W> {
    type Out = W;

    fn event(&mut self, event: &Event, is_wanted: bool) -> io::Result<()> {
        if is_wanted { records::visit(event, &self.redactor, &mut self.lines) } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lines.out.flush()
    }

    fn finish(mut self, outcome: &Outcome, is_wanted: bool) -> io::Result<W> {
        if is_wanted {
            records::visit_capture(outcome, &self.redactor, &mut self.lines)?;
        }
        self.flush()?;
        Ok(self.lines.out)
    }
}

impl<W: Write> Visitor for Lines<'_, W> {
    fn record(&mut self, kind: RecordType, record: &impl Serialize) -> io::Result<()> {
        let Self { out, columns: Columns { table, chosen }, row, line } = self;
        if kind != table.record() {
            return Ok(());
        }
        row.fill(table, record)?;
        line.clear();
        for (index, &column) in chosen.iter().enumerate() {
            if index > 0 {
                line.push(b',');
            }
            match row.cell(column) {
                Cell::Null => {}
                Cell::Integer(number) => {
                    line.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
                }
                Cell::Boolean(value) => line.extend_from_slice(if value { b"true" } else { b"false" }),
                Cell::Text(text) => put(
                    line,
                    text,
                    table.columns().get(column).is_some_and(|column| column.kind == Kind::Text),
                ),
            }
        }
        line.extend_from_slice(b"\r\n");
        out.write_all(line)
    }
}

/// Puts text in a cell, in quotes where it needs them.
fn put(line: &mut Vec<u8>, text: &str, is_free: bool) {
    let text = printable(text);
    let is_formula = is_free && text.starts_with(['=', '+', '-', '@']);
    let mark = if is_formula { "'" } else { "" };
    if text.contains(['"', ',']) {
        line.push(b'"');
        line.extend_from_slice(mark.as_bytes());
        line.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        line.push(b'"');
    } else {
        line.extend_from_slice(mark.as_bytes());
        line.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_and_nothing_else() {
        let cell = |text: &str| {
            let mut line = Vec::new();
            put(&mut line, text, true);
            String::from_utf8(line).unwrap()
        };
        assert_eq!(cell("plain text"), "plain text");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("say \"x\""), "\"say \"\"x\"\"\"");
        assert_eq!(cell("=cmd()"), "'=cmd()");
        assert_eq!(cell("@a,b"), "\"'@a,b\"");
        assert_eq!(cell("a\r\n=b"), "a\\r\\n=b");
        assert!(!cell("\u{1b}[31m").contains('\u{1b}'));
        assert!(!cell("\u{202e}x").contains('\u{202e}'));
    }

    #[test]
    fn a_column_that_is_not_there_is_named_with_those_that_are() {
        let error = Columns::named(RecordType::Tcp, &["packt".to_owned()]).unwrap_err().to_string();
        assert!(error.starts_with("no column \"packt\" of tcp; there are packet, at, connection"), "{error}");
    }
}
