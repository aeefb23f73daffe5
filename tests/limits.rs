//! `docs/limits.md` lists every bound with its value and its reason, as the crates have them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::path::PathBuf;

use tapline_testkit::root;

const HEAD: &str = "\
# Limits

Everything that grows has a bound, and reaching it is told: as an anomaly of a connection, as a count of the capture, or where
the list ends. These are all of them, as `limits.rs` of each crate has them, with thresholds of what is called slow or many
beside them. Names that end in `_NS` are nanoseconds, in `_BYTES` octets; other units are said.

Together they bound what one connection takes, and how many there are. What the whole program takes is bound by
`--memory-max MIB`. A quarter of that, and never less than 24 MiB, is left for what is not counted. Where the rest is used, an eighth
of the connections is given up, those that were silent longest, and again while that is not enough; lists stop growing at five
eighths of it. Each connection that was given up is told with `left` = `memory_short`, and their number with the capture.
";

/// A bound: its name, its value as it is written, and what is said of it.
struct Limit {
    name: String,
    value: String,
    meaning: String,
}

/// What a file of bounds says: comments, and the constant that each is of.
fn limits(source: &str) -> Vec<Limit> {
    let (mut limits, mut meaning, mut statement) = (Vec::new(), String::new(), String::new());
    for line in source.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix("///") {
            add(&mut meaning, comment.trim());
        } else if line.starts_with("const ") || line.starts_with("pub") || !statement.is_empty() {
            add(&mut statement, line);
            if let Some(whole) = statement.strip_suffix(';') {
                let (_, constant) = whole.split_once("const ").unwrap();
                let (name, rest) = constant.split_once(": ").unwrap();
                let (_, value) = rest.split_once(" = ").unwrap();
                let (name, value) = (name.to_owned(), value.replace("crate::", ""));
                limits.push(Limit { name, value, meaning: std::mem::take(&mut meaning) });
                statement.clear();
            }
        }
    }
    limits
}

/// Adds a line to a paragraph.
fn add(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line);
}

#[test]
fn the_page_of_limits_is_as_the_crates_have_them() {
    let mut page = HEAD.to_owned();
    let folders = std::fs::read_dir(root().join("crates")).unwrap();
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        let Ok(source) = std::fs::read_to_string(folder.join("src/limits.rs")) else { continue };
        let (name, limits) = (folder.file_name().unwrap().display(), limits(&source));
        write!(page, "\n## {name}\n\n| limit | value | what, and why so much |\n| --- | --- | --- |\n")
            .unwrap();
        for Limit { name: limit, value, meaning } in limits {
            assert!(!meaning.is_empty() || limit.starts_with("LATENCY"), "{name}: {limit} has no reason");
            let meaning = meaning.replace("[`", "`").replace("`]", "`").replace('|', "\\|");
            writeln!(page, "| `{limit}` | `{value}` | {meaning} |").unwrap();
        }
    }
    let path = root().join("docs/limits.md");
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        std::fs::write(&path, &page).unwrap();
    }
    let is_true = std::fs::read_to_string(path).is_ok_and(|kept| kept == page);
    assert!(is_true, "docs/limits.md is stale: INSTA_UPDATE=always writes it anew");
}
