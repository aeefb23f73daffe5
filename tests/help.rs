//! Completions and the manual, in the hands of those who read them: shells and man.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

use std::process::{Command, Output};

fn tapline(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tapline")).args(arguments).output().unwrap()
}

#[test]
fn bash_completes_commands_options_and_formats() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("tapline.bash");
    std::fs::write(&script, tapline(&["completions", "bash"]).stdout).unwrap();
    // As bash does it when somebody presses Tab behind the last word.
    let completed = |words: &[&str]| {
        let ask = r#"source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
            _tapline tapline "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2> /dev/null; echo "${COMPREPLY[@]}""#;
        let output =
            Command::new("bash").args(["-c", ask, "bash"]).arg(&script).args(words).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let commands = completed(&["tapline", ""]);
    assert!(commands.contains("report") && commands.contains("export"), "{commands}");
    assert!(!commands.contains("relay-traces"), "{commands}");
    let formats = completed(&["tapline", "export", "--to", ""]);
    assert!(
        ["ndjson", "har", "csv", "mermaid", "pcapng"].iter().all(|format| formats.contains(format)),
        "{formats}"
    );
    assert!(completed(&["tapline", "export", "--par"]).contains("--partition-by"));
}

#[test]
fn the_other_shells_have_theirs() {
    for (shell, mark) in [("zsh", "#compdef tapline"), ("fish", "complete -c tapline"), ("elvish", "tapline")]
    {
        let script = String::from_utf8(tapline(&["completions", shell]).stdout).unwrap();
        assert!(script.contains(mark), "{shell}: {script}");
    }
}

#[test]
fn every_command_has_a_page_with_its_options_and_examples() {
    let folder = tempfile::tempdir().unwrap();
    let output = tapline(&["manual", folder.path().to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(page("tapline.1").contains("Exit status"));
    let export = page("tapline-export.1");
    // Hyphens of options are escaped in a page.
    for told in ["\\-\\-partition\\-by", "\\-\\-columns", "mermaid", "jq"] {
        assert!(export.contains(told), "{told}: {export}");
    }
    assert!(page("tapline-report.1").contains("Examples"));
    let nowhere = tapline(&["manual", "/nowhere/at/all"]);
    assert_eq!(nowhere.status.code(), Some(2));
}

/// Whoever copies the unit for a fleet has a line that is understood.
#[test]
fn the_command_line_of_the_unit_is_one() {
    let page = std::fs::read_to_string(tapline_testkit::root().join("docs/fleet.md")).unwrap();
    let (_, rest) = page.split_once("\nExecStart=").unwrap();
    let (unit, _) = rest.split_once("```").unwrap();
    let unit = unit.replace("\\\n", " ");
    let line = unit.lines().next().unwrap();
    // Nobody can capture there, so it ends before anything is written.
    let folder = tempfile::tempdir().unwrap();
    let line = line.replace("/usr/local/bin/tapline", "\"$0\" ").replace("-i eth0", "-i none0");
    let line = line.replace("/var/lib/tapline", folder.path().to_str().unwrap());
    let output = Command::new("sh").args(["-c", &line, env!("CARGO_BIN_EXE_tapline")]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{line}: {said}");
    assert!(said.starts_with("tapline: "), "{line}: {said}");
}
