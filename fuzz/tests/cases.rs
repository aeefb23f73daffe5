//! Every target on what it begins with and on every case that was ever found, without a fuzzer.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use tapline_fuzz::seeds::{self, Seeds};
use tapline_fuzz::{TARGETS, target};
use tapline_testkit::root;

/// Seeds of a target that are run: a fuzzer runs all of them.
const SEEDS_MAX: usize = 40;

/// Larger fixtures are run by the tests of the whole program.
const FIXTURE_BYTES_MAX: u64 = 100_000;

fn each_file(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() { each_file(&path, visit) } else { visit(&path) }
    }
}

#[test]
fn seeds_of_the_fixtures_break_no_law() {
    let mut seeds = Seeds::new();
    each_file(&root().join("fixtures"), &mut |path| {
        if path.metadata().unwrap().len() <= FIXTURE_BYTES_MAX {
            seeds::add(&mut seeds, &path.display().to_string(), &std::fs::read(path).unwrap());
        }
    });
    for name in
        ["pcapng", "dissect", "tls-records", "tls-handshake", "http1", "http2-frames", "key-log", "dns"]
    {
        assert!(seeds.contains_key(name), "the fixtures have nothing for {name}");
    }
    for (name, seeds) in seeds {
        let (_, run) = target(name).unwrap();
        seeds.iter().take(SEEDS_MAX).for_each(|seed| run(seed));
    }
}

#[test]
fn cases_that_were_found_break_no_law_any_more() {
    each_file(&root().join("fuzz/regressions"), &mut |path| {
        let folder =
            path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let Some((_, run)) = target(&folder) else {
            assert!(path.ends_with("README.md"), "{} is in no target's folder", path.display());
            return;
        };
        println!("{}", path.display());
        run(&std::fs::read(path).unwrap());
    });
}

#[test]
fn nothing_and_little_are_octets_too() {
    for (_, run) in TARGETS {
        run(&[]);
        (0..=u8::MAX).for_each(|octet| run(&[octet]));
        run(&[0; 100]);
        run(&[0xff; 100]);
    }
}
