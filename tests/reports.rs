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
        .env_remove("SSLKEYLOGFILE")
        .output()
        .unwrap();
    assert!(output.status.success(), "{fixture}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{fixture}: {}", String::from_utf8_lossy(&output.stderr));
    // A machine may have no roots of its own: no fixture's are among any.
    String::from_utf8(output.stdout)
        .unwrap()
        .replace("Mozilla's roots (the system has none)", "the system's roots")
}

fn check(name: &str, text: &str) {
    let widest = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    assert!(widest <= 80, "{name} is {widest} columns wide");
    insta::assert_snapshot!(name, text);
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
            let name = fixture.trim_start_matches("fixtures/").trim_end_matches(".pcapng").replace('/', "--");
            check(&name, &report(fixture, &["--width", "80"]));
            let keys = fixture.replace(".pcapng", ".keys");
            if root().join(&keys).is_file() {
                let text = report(fixture, &["--width", "80", "--keylog", &keys]);
                check(&format!("{name}--with-keys"), &text);
            }
        }
    });
}

#[test]
fn colours_are_asked_for_or_absent() {
    let Some(fixture) = fixtures().into_iter().next() else { panic!("no fixture") };
    assert!(!report(&fixture, &[]).contains('\x1b'), "a pipe is plain");
    assert!(report(&fixture, &["--color", "always"]).contains("\x1b["));
}
