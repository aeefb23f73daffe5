//! Law 7: data flows one way. Read from the manifests, because what a manifest allows will be used some day.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

/// From the left to the right of the design's line: a crate may use what stands before it.
const LINE: [&str; 16] = [
    "tapline-memory",
    "tapline-packet",
    "tapline-libpcap",
    "tapline-capture",
    "tapline-reassembly",
    "tapline-crypto",
    "tapline-decode",
    "tapline-analysis",
    "tapline-filter",
    "tapline-engine",
    "tapline-ladder",
    "tapline-export",
    "tapline-otlp",
    "tapline-parquet",
    "tapline-tui",
    "tapline",
];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The names under `[dependencies]`: what a crate needs to be built, not what its tests need.
fn dependencies(name: &str) -> Vec<String> {
    let manifest = std::fs::read_to_string(crates().join(name).join("Cargo.toml")).unwrap();
    let section =
        manifest.split("\n[").find(|section| section.starts_with("dependencies]")).unwrap_or_default();
    let names = section.lines().skip(1).filter_map(|line| line.split(['.', '=', ' ']).next());
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect()
}

fn place(name: &str) -> Option<usize> {
    LINE.iter().position(|other| *other == name)
}

#[test]
fn a_crate_uses_only_what_stands_to_its_left() {
    for (index, name) in LINE.iter().enumerate() {
        for dependency in dependencies(name) {
            assert!(place(&dependency).is_none_or(|left| left < index), "{name} uses {dependency}");
        }
    }
    for other in ["tapline-export", "tapline-otlp"] {
        assert!(!dependencies("tapline-tui").contains(&other.to_owned()), "two ends of the line");
    }
}

#[test]
fn every_crate_stands_on_the_line() {
    for entry in std::fs::read_dir(crates()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "tapline-testkit" || place(&name).is_some(), "{name} has no place");
    }
}

#[test]
fn from_packet_to_analysis_there_is_no_device_thread_or_terminal() {
    let outside = [
        "pcap",
        "tapline-capture",
        "tapline-libpcap",
        "crossterm",
        "ratatui",
        "crossbeam-channel",
        "memmap2",
    ];
    for name in [
        "tapline-packet",
        "tapline-reassembly",
        "tapline-crypto",
        "tapline-decode",
        "tapline-analysis",
        "tapline-filter",
    ] {
        for dependency in dependencies(name) {
            assert!(!outside.contains(&dependency.as_str()), "{name} uses {dependency}");
        }
        for file in sources(&crates().join(name).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in ["std::thread", "std::fs", "std::net::Tcp", "Instant::now", "SystemTime", "std::io"] {
                assert!(!text.contains(word), "{} mentions {word}", file.display());
            }
        }
    }
}

/// Files that lift the lint against `unsafe`, for what is below them too. ARCHITECTURE.md says why.
const UNSAFE: [&str; 4] = [
    "crates/tapline-capture/src/mapped.rs",
    "crates/tapline-capture/src/mapped/fault.rs",
    "crates/tapline-libpcap/src/lib.rs",
    "crates/tapline-memory/src/lib.rs",
];

#[test]
fn unsafe_stands_where_the_architecture_says() {
    // In two pieces, so that this file is not one of those that name it.
    let lint = concat!("unsafe", "_code");
    let root = crates().parent().unwrap().to_owned();
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    assert!(manifest.contains(&format!("\n{lint} = \"deny\"")), "nothing forbids it");
    let (mut members, mut lifted) = (Vec::new(), Vec::new());
    for folder in std::fs::read_dir(crates()).unwrap().map(|entry| entry.unwrap().path()) {
        members.push(folder);
    }
    members.extend(["xtask", "fuzz"].map(|name| root.join(name)));
    for member in &members {
        let manifest = std::fs::read_to_string(member.join("Cargo.toml")).unwrap();
        assert!(manifest.contains("\n[lints]\nworkspace = true\n"), "{}: no lints", member.display());
    }
    members.push(root.join("tests"));
    for file in members.iter().flat_map(|member| sources(member)) {
        let is_source = file.extension().is_some_and(|ending| ending == "rs");
        if is_source && std::fs::read_to_string(&file).unwrap().contains(lint) {
            lifted.push(file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned());
        }
    }
    lifted.sort();
    assert_eq!(lifted, UNSAFE, "who lifts the lint");
    let said = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let (_, said) = said.split_once("- `unsafe` stands in three crates").unwrap();
    let said = said.split("\n- ").next().unwrap();
    for word in ["`tapline-capture`: `mapped.rs`, `mapped/fault.rs`", "`tapline-memory`", "`tapline-libpcap`"]
    {
        assert!(said.contains(word), "ARCHITECTURE.md does not say {word}");
    }
}

#[test]
fn nothing_ships_the_testkit() {
    for name in LINE {
        assert!(!dependencies(name).contains(&"tapline-testkit".to_owned()), "{name}");
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(path);
        }
    }
    found
}
