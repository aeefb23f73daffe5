//! CSV: the same records, a cell a value.

use serde_json::Value;
use tapline_export::records::RecordType;

use super::{captures, export, records, run};

/// RFC 4180 lines as cells.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the last line does not end");
    rows
}

/// The values of a record by the names of their columns.
fn flat(name: &str, value: &Value, out: &mut Vec<(String, String)>, columns: &[String]) {
    let is_column = columns.iter().any(|column| column == name);
    match value {
        Value::Object(inside) if !is_column => {
            for (key, value) in inside {
                let name = if name.is_empty() { key.clone() } else { format!("{name}_{key}") };
                flat(&name, value, out, columns);
            }
        }
        Value::Null => {}
        Value::String(text) => out.push((name.to_owned(), text.clone())),
        other => out.push((name.to_owned(), other.to_string())),
    }
}

#[test]
fn every_value_of_every_record_is_in_the_cell_of_its_name() {
    let mut seen = 0;
    for path in captures() {
        let all = records(&path, &RecordType::ALL.map(RecordType::name).join(","));
        for kind in RecordType::ALL {
            let records: Vec<&Value> = all.iter().filter(|record| record["type"] == kind.name()).collect();
            if records.is_empty() {
                continue;
            }
            let table = cells(&export(&path, &["--to", "csv", "--types", kind.name()]));
            let (names, rows) = table.split_first().unwrap();
            assert_eq!(rows.len(), records.len(), "{}: {}", path.display(), kind.name());
            for (row, record) in rows.iter().zip(&records) {
                assert_eq!(row.len(), names.len());
                let mut values = Vec::new();
                flat("", record, &mut values, names);
                for (name, value) in values.iter().filter(|(name, _)| name != "type") {
                    // Two names that are the same when they are flat.
                    let name = if name == "table_entries" && value.starts_with('[') {
                        "table_entries_list"
                    } else {
                        name
                    };
                    let column = names.iter().position(|known| known == name);
                    let column = column.unwrap_or_else(|| panic!("{}: no column {name}", kind.name()));
                    let is_same = row[column] == *value || row[column] == format!("'{value}");
                    // Objects of a cell are written in another order here.
                    let json = |text: &str| serde_json::from_str::<Value>(text).ok();
                    let is_same = is_same || json(&row[column]).is_some_and(|cell| Some(cell) == json(value));
                    assert!(is_same, "{}: {name}: {value} is {}", path.display(), row[column]);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 100_000, "{seen}");
}

#[test]
fn columns_are_those_that_were_asked_for() {
    let path = tapline_testkit::root().join("fixtures/http1/keep-alive.pcapng");
    let columns = ["--to", "csv", "--types", "http_exchange", "--columns", "status,url"];
    let text = export(&path, &columns);
    assert!(text.starts_with("status,url\r\n200,http://"), "{text}");
    let wrong = run(&path, &["--to", "csv", "--columns", "nothing"]);
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(said.contains("no column \"nothing\" of connection; there are id, client_address"), "{said}");
    let several = run(&path, &["--to", "csv", "--types", "tcp,finding"]);
    assert!(String::from_utf8_lossy(&several.stderr).contains("a table is of one type"));
}
