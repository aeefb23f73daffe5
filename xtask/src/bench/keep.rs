//! Figures that stay: one file a day and machine.

use std::process::Command;

use anyhow::{Context, Result};

use crate::shell;

/// In `bench-runs/`.
pub(crate) fn keep(command: &str, text: &str) -> Result<()> {
    keep_in("bench-runs", command, text)
}

/// In `<folder>/<date>-<machine>.md`, newest figures last.
pub(crate) fn keep_in(folder: &str, command: &str, text: &str) -> Result<()> {
    let machine = machine();
    let now = jiff::Timestamp::now();
    let date = now.strftime("%Y-%m-%d");
    let path = shell::root().join(format!("{folder}/{date}-{}.md", machine.file_name()));
    let commit =
        Command::new("git").args(["rev-parse", "--short", "HEAD"]).current_dir(shell::root()).output()?;
    let head = format!(
        "# {date}, {}\n\nCommit {}, {}, `cargo xtask {command}`.\n\n{text}\n",
        machine.description,
        String::from_utf8_lossy(&commit.stdout).trim(),
        tshark(),
    );
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(&path, before + &head).with_context(|| format!("cannot write {}", path.display()))?;
    println!("kept in {}", path.display());
    Ok(())
}

/// The first line of its version, which ends with a full stop.
fn tshark() -> String {
    let Ok(output) = Command::new("tshark").arg("--version").output() else { return "no tshark".to_owned() };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}

struct Machine {
    description: String,
}

impl Machine {
    fn file_name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let name: String = self.description.chars().map(plain).collect();
        let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).take(4).collect();
        words.join("-")
    }
}

/// The processor's name and how many there are.
fn machine() -> Machine {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("model name")).collect();
    let model = models
        .first()
        .and_then(|line| line.split_once(':'))
        .map_or("unknown processor", |(_, name)| name.trim());
    Machine { description: format!("{} × {model}", models.len().max(1)) }
}
