//! `cargo xtask bench`: `report` beside tshark and `cat` on a generated capture.

pub(crate) mod keep;
mod load;
pub(crate) mod measure;

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
    if keep { keep::keep("bench", &text) } else { Ok(()) }
}

fn command(program: &str, arguments: &[&str], capture: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).arg(capture);
    command
}

fn table(made: &load::Made, figures: &[Figures], runs: usize) -> Result<String> {
    let slowest = figures.last().context("nothing was measured")?.run.seconds;
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
            figure.run.seconds,
            figure.run.cpu_seconds,
            figure.run.peak_mib,
            slowest / figure.run.seconds
        )?;
    }
    Ok(text)
}
