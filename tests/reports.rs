//! The report on every fixture, as text at 80 columns; the snapshots are read like a page.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::process::Command;

use tapline_testkit::root;

/// Paths in the project.
fn fixtures() -> Vec<String> {
    let in_project = |path: PathBuf| path.strip_prefix(root()).unwrap().display().to_string();
    tapline_testkit::fixtures().into_iter().map(in_project).collect()
}

fn report(fixture: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tapline"))
        .arg("report")
        .args(arguments)
        .arg(fixture)
        .current_dir(root())
        .env_remove("NO_COLOR")
        .output()
        .unwrap();
    assert!(output.status.success(), "{fixture}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{fixture}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_fixture_reads_as_it_should() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 20, "only {} fixtures", fixtures.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for fixture in &fixtures {
            let text = report(fixture, &["--width", "80"]);
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            assert!(widest <= 80, "{fixture} is {widest} columns wide");
            let name = fixture.trim_start_matches("fixtures/").trim_end_matches(".pcapng").replace('/', "--");
            insta::assert_snapshot!(name, text);
        }
    });
}

#[test]
fn colours_are_asked_for_or_absent() {
    let Some(fixture) = fixtures().into_iter().next() else { panic!("no fixture") };
    assert!(!report(&fixture, &[]).contains('\x1b'), "a pipe is plain");
    assert!(report(&fixture, &["--color", "always"]).contains("\x1b["));
}
