//! `docs/filter.md` lists the catalogue and nothing else, and what it shows can be read.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;

use tapline_filter::{CATALOGUE, FieldInfo, FieldKind, Filter, Names};
use tapline_testkit::root;

/// Names that a table has room for.
const NAMES_SHOWN: usize = 14;

const HEADING: &str = "## Fields\n";

/// Everything from the heading on is the catalogue; `INSTA_UPDATE=always` writes it anew.
#[test]
fn the_page_has_every_field() {
    let path = root().join("docs/filter.md");
    let page = fs::read_to_string(&path).unwrap();
    let (prose, _) = page.split_once(HEADING).unwrap();
    let fresh = format!("{prose}{HEADING}\n{}", fields());
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        fs::write(&path, &fresh).unwrap();
    }
    let is_fresh = fs::read_to_string(&path).unwrap() == fresh;
    assert!(is_fresh, "docs/filter.md is stale: INSTA_UPDATE=always writes it anew");
}

fn fields() -> String {
    let mut text = String::from(
        "*Of* names the records that have a field, by their `type` in NDJSON.\n\n\
         | field | values | of | |\n| --- | --- | --- | --- |\n",
    );
    for field in CATALOGUE {
        let FieldInfo { name, about, .. } = field;
        writeln!(text, "| `{name}` | {} | {} | {about} |", values(field.kind), records(field)).unwrap();
    }
    text
}

fn values(kind: FieldKind) -> String {
    let listed = |names: Names| {
        let all = names.all();
        (all.len() <= NAMES_SHOWN)
            .then(|| all.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" "))
    };
    match (kind, kind.names().and_then(listed)) {
        (FieldKind::Presence, _) => "there or not".to_owned(),
        (FieldKind::Boolean, _) => "true or false".to_owned(),
        (FieldKind::Number, _) => "number".to_owned(),
        (FieldKind::Octets, _) => "octets".to_owned(),
        (FieldKind::Duration, _) => "duration".to_owned(),
        (FieldKind::Text, _) => "text".to_owned(),
        (FieldKind::Address, _) => "address".to_owned(),
        (FieldKind::Named(_), Some(names)) => format!("number: {names}"),
        (FieldKind::Named(_), None) => "number, or IANA's name".to_owned(),
        (FieldKind::Word(_), Some(names)) => names,
        (FieldKind::Word(_), None) => "a code of docs/findings.md".to_owned(),
    }
}

fn records(field: &FieldInfo) -> String {
    let kinds: Vec<_> = field.records.iter().collect();
    match kinds.len() {
        13 => "all".to_owned(),
        12 => "all but `dns_lookup`".to_owned(),
        _ => kinds.iter().map(|kind| format!("`{}`", kind.name())).collect::<Vec<_>>().join(" "),
    }
}

/// What stands in the examples is read as an expression, or the one that is a search as that.
#[test]
fn examples_can_be_read() {
    let page = fs::read_to_string(root().join("docs/filter.md")).unwrap();
    let mut read = 0;
    for example in
        page.lines().filter(|line| line.starts_with("tapline ")).filter_map(|line| line.split('\'').nth(1))
    {
        let filter = Filter::parse(example).unwrap_or_else(|error| panic!("{example}: {error}"));
        assert_eq!(filter.is_search(), example == "example.org 404", "{example}");
        read += 1;
    }
    assert!(read >= 5);
}
