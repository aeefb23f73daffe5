//! `docs/limits.md` lists every bound with its value and its reason, as the crates have them; and a test reaches each.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

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

/// Each crate that has bounds: its name, its folder and what its file of bounds says.
fn crates() -> Vec<(String, PathBuf, String)> {
    let folders = std::fs::read_dir(root().join("crates")).unwrap();
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let bounds = folders.into_iter().filter_map(|folder| {
        let source = std::fs::read_to_string(folder.join("src/limits.rs")).ok()?;
        Some((folder.file_name()?.to_str()?.to_owned(), folder, source))
    });
    bounds.collect()
}

/// Bounds that no test of their crate and none of the whole program names, and why.
const NOT_NAMED: [(&str, &str, &str); 13] = [
    (
        "tapline-capture",
        "BATCH_MS",
        "the kernel's: `tests/device.rs` sees that few packets do not wait for long",
    ),
    (
        "tapline-capture",
        "COUNTED_PACKETS",
        "a test cannot make a device drop packets at a place of its choice",
    ),
    (
        "tapline-otlp",
        "BATCH_SPANS_MAX",
        "reached by its value: `requests_are_bound` in the crate's `context.rs`",
    ),
    ("tapline-otlp", "BATCH_BYTES_MAX", "the same"),
    ("tapline-otlp", "BATCH_WAIT_MAX", "reached by its value: the crate's `live.rs`"),
    ("tapline-otlp", "RELAY_LINES_MAX", "a queue between two threads: nobody can see how full it is"),
    (
        "tapline-otlp",
        "CONNECT_WAIT_MAX",
        "a test would wait as long; the crate's `sending.rs` sets a shorter one",
    ),
    ("tapline-otlp", "ANSWER_WAIT_MAX", "the same"),
    ("tapline-otlp", "RETRY_WAIT_MAX", "the same"),
    ("tapline-otlp", "RETRY_WAIT_FIRST", "the same"),
    (
        "tapline-tui",
        "INPUTS_WAITING_MAX",
        "the keyboard's thread needs a terminal; what is beyond waits in that",
    ),
    ("tapline-tui", "INPUT_WAIT", "the same: `tests/dashboard/` sees it hear of signals and end"),
    ("tapline-tui", "OUTCOME_WAIT", "a test would wait as long, for a run that ends and does not say how"),
];

/// The Rust sources below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// What is only for tests in the sources below a folder: files of tests, and what stands behind `#[cfg(test)]`.
fn tests_in(folder: &Path) -> String {
    let mut paths = Vec::new();
    sources(folder, &mut paths);
    let mut tests = String::new();
    for path in paths {
        let source = std::fs::read_to_string(&path).unwrap();
        let below = path.strip_prefix(root()).unwrap();
        let is_test = below.iter().any(|part| part == "tests" || part == "tests.rs");
        let from = if is_test { Some(0) } else { source.find("#[cfg(test)]") };
        tests += from.and_then(|from| source.get(from..)).unwrap_or_default();
        tests.push('\n');
    }
    tests
}

/// The names in a text: letters, digits and underscores without others between them.
fn names(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect()
}

#[test]
fn every_limit_is_named_by_a_test() {
    let of_all = tests_in(&root().join("tests"));
    // What stands here names all.
    let of_all = of_all.replace(include_str!("limits.rs"), "");
    let of_all = names(&of_all);
    let mut silent = Vec::new();
    for (name, folder, source) in crates() {
        let tests = tests_in(&folder);
        let tests = names(&tests);
        let is_named = |limit: &str| tests.contains(limit) || of_all.contains(limit);
        let unnamed = limits(&source).into_iter().filter(|limit| !is_named(&limit.name));
        silent.extend(unnamed.map(|limit| (name.clone(), limit.name)));
    }
    let excepted: Vec<_> =
        NOT_NAMED.iter().map(|(name, limit, _)| ((*name).to_owned(), (*limit).to_owned())).collect();
    assert_eq!(silent, excepted, "each limit has a test that reaches it, or a reason why not");
}

#[test]
fn the_page_of_limits_is_as_the_crates_have_them() {
    let mut page = HEAD.to_owned();
    for (name, _, source) in crates() {
        let limits = limits(&source);
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
