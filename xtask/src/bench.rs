//! `cargo xtask bench`: `report` beside tshark and `cat` on a generated capture.

mod load;
mod measure;

use std::fmt::Write;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::shell;
use measure::{Figures, measure};

/// Generates a capture, runs the programs in turn and prints medians and ratios.
pub(crate) fn bench(megabytes: u64, runs: usize, keep: bool, capture: Option<&Path>) -> Result<()> {
    ensure!(runs > 0, "at least one run is needed");
    ensure!(shell::is_there("tshark"), "tshark is missing: apt-get install tshark");
    let tapline = shell::tapline()?;
    let folder = tempfile::tempdir()?;
    let capture = capture.map_or_else(|| folder.path().join("http1.pcapng"), Path::to_owned);
    let made = load::http1(File::create(&capture)?, megabytes * 1_000_000)?;
    println!(
        "{} packets, {} bytes, {} connections, {} requests",
        made.packets, made.bytes, made.connections, made.requests
    );

    let programs: [(&str, Command); 4] = [
        ("cat", command("cat", &[], &capture)),
        ("tapline report", command(&tapline.display().to_string(), &["report"], &capture)),
        (
            "tapline export --types http_exchange",
            command(
                &tapline.display().to_string(),
                &["export", "--to", "ndjson", "--types", "http_exchange"],
                &capture,
            ),
        ),
        (
            "tshark, listing the requests",
            command(
                "tshark",
                &[
                    "-n",
                    "-Y",
                    "http.request or http.response",
                    "-T",
                    "fields",
                    "-e",
                    "tcp.stream",
                    "-e",
                    "http.request.uri",
                    "-e",
                    "http.response.code",
                    "-r",
                ],
                &capture,
            ),
        ),
    ];
    let figures = measure(programs, runs)?;
    let text = table(&made, &figures, runs)?;
    println!("{text}");
    if keep { keep_figures(&text) } else { Ok(()) }
}

fn command(program: &str, arguments: &[&str], capture: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).arg(capture);
    command
}

fn table(made: &load::Made, figures: &[Figures], runs: usize) -> Result<String> {
    let slowest = figures.last().context("nothing was measured")?.seconds;
    let mut text = String::new();
    writeln!(
        text,
        "HTTP/1.1 over interleaved connections: {} packets, {} bytes, {} connections, {} requests.",
        made.packets, made.bytes, made.connections, made.requests
    )?;
    writeln!(text, "Median of {runs} alternating runs, page cache warm; ratio: times faster than tshark.\n")?;
    writeln!(
        text,
        "| program | seconds | CPU seconds | peak of own memory, MiB | ratio |\n| --- | ---: | ---: | ---: | ---: |"
    )?;
    for figure in figures {
        writeln!(
            text,
            "| {} | {:.3} | {:.3} | {:.0} | {:.1} |",
            figure.name,
            figure.seconds,
            figure.cpu_seconds,
            figure.peak_mib,
            slowest / figure.seconds
        )?;
    }
    Ok(text)
}

/// `bench-runs/<date>-<machine>.md`, newest figures last.
fn keep_figures(text: &str) -> Result<()> {
    let machine = machine();
    let now = jiff::Timestamp::now();
    let date = now.strftime("%Y-%m-%d");
    let path = shell::root().join(format!("bench-runs/{date}-{}.md", machine.file_name()));
    let commit =
        Command::new("git").args(["rev-parse", "--short", "HEAD"]).current_dir(shell::root()).output()?;
    let tshark = Command::new("tshark").arg("--version").output()?;
    let tshark = String::from_utf8_lossy(&tshark.stdout).lines().next().unwrap_or_default().to_owned();
    let head = format!(
        "# {date}, {}\n\nCommit {}, {tshark}, `cargo xtask bench`.\n\n{text}\n",
        machine.description,
        String::from_utf8_lossy(&commit.stdout).trim(),
    );
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(&path, before + &head).with_context(|| format!("cannot write {}", path.display()))?;
    println!("kept in {}", path.display());
    Ok(())
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
