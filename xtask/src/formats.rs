//! `cargo xtask formats`: every export format of a large capture and of half of it, beside `cat`: time, memory and whether it
//! grows.

use std::fmt::Write;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::bench::keep::keep;
use crate::bench::load;
use crate::bench::measure::{Sample, median_of, once};
use crate::shell;

/// How many times the memory for half of it the whole may take, and MiB that any run may differ from the next.
const GROWTH_MAX: f64 = 1.25;
const SLACK_MIB: f64 = 8.0;

/// A format: what `--to` is given, and options that it needs. A diagram is of one connection.
const FORMATS: [(&str, &[&str]); 9] = [
    ("ndjson", &[]),
    ("csv", &["--types", "http_exchange"]),
    ("har", &[]),
    ("har", &["--bodies"]),
    ("mermaid", &["--connection", "1"]),
    ("html", &[]),
    ("pcapng", &[]),
    ("parquet", &[]),
    ("otlp", &[]),
];

/// What the command line asks for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Size of the capture in megabytes
    #[arg(long, default_value_t = 500)]
    megabytes: u64,
    /// Runs of each; the median counts
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Keep the figures in `bench-runs/`
    #[arg(long)]
    keep: bool,
}

/// Makes the captures, exports them, prints the table, and fails where memory grows with the capture.
pub(crate) fn formats(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.runs > 0, "at least one run is needed");
    let tapline = shell::release("tapline", "tapline", &["full"])?;
    let folder = tempfile::tempdir()?;
    let (half, _) = made(folder.path(), arguments.megabytes / 2)?;
    let (whole, made) = made(folder.path(), arguments.megabytes)?;
    let mut text = format!(
        "{} packets, {} bytes, {} short HTTP/1.1 connections, 25 a second.\n\
         Median of {} runs in turn, page cache warm.\n\n\
         | export | seconds | CPU seconds | times cat | written, MB | peak of own memory, MiB | of half the capture |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        made.packets, made.bytes, made.connections, arguments.runs
    );
    let cat = medians(arguments.runs, || once(Command::new("cat").arg(&whole)))?;
    row(&mut text, "cat", &cat, &cat, None, None)?;
    let mut grew = Vec::new();
    for (format, options) in FORMATS {
        let name = [&[format], options].concat().join(" ");
        eprintln!("{name} …");
        let out = folder.path().join("out");
        let of = |capture: &Path| export(&tapline, capture, format, options, &out);
        let before = medians(arguments.runs, || of(&half))?;
        let run = medians(arguments.runs, || of(&whole))?;
        row(&mut text, &name, &run, &cat, Some(size(&out)?), Some(before.peak_mib))?;
        if run.peak_mib > before.peak_mib * GROWTH_MAX + SLACK_MIB {
            grew.push(name);
        }
    }
    println!("{text}");
    if arguments.keep {
        keep("formats", &text)?;
    }
    ensure!(grew.is_empty(), "memory grows with the capture: {}", grew.join(", "));
    Ok(())
}

fn made(folder: &Path, megabytes: u64) -> Result<(PathBuf, load::Made)> {
    let capture = folder.join(format!("{megabytes}.pcapng"));
    let made = load::steady(File::create(&capture)?, megabytes * 1_000_000)?;
    Ok((capture, made))
}

fn medians(runs: usize, mut run: impl FnMut() -> Result<Sample>) -> Result<Sample> {
    run()?;
    Ok(median_of(&(0..runs).map(|_| run()).collect::<Result<Vec<_>>>()?))
}

/// Exports to a new file or folder.
fn export(tapline: &Path, capture: &Path, format: &str, options: &[&str], out: &Path) -> Result<Sample> {
    remove(out)?;
    let mut command = Command::new(tapline);
    command.args(["export", "--to", format]).args(options).arg("-o").arg(out).arg(capture);
    once(&mut command)
}

fn remove(out: &Path) -> Result<()> {
    let gone = if out.is_dir() {
        std::fs::remove_dir_all(out)
    } else if out.exists() {
        std::fs::remove_file(out)
    } else {
        Ok(())
    };
    gone.with_context(|| format!("cannot remove {}", out.display()))
}

/// The octets of a file, or of all files in a folder.
fn size(out: &Path) -> Result<u64> {
    if !out.is_dir() {
        return Ok(out.metadata()?.len());
    }
    std::fs::read_dir(out)?.map(|entry| size(&entry?.path())).sum()
}

#[expect(clippy::cast_precision_loss, reason = "shown with a few digits")]
fn row(
    text: &mut String,
    name: &str,
    run: &Sample,
    cat: &Sample,
    written: Option<u64>,
    half_mib: Option<f64>,
) -> Result<()> {
    let written = written.map_or_else(String::new, |octets| format!("{:.1}", octets as f64 / 1e6));
    let half = half_mib.map_or_else(String::new, |mib| format!("{mib:.0}"));
    let Sample { seconds, cpu_seconds, peak_mib } = run;
    let times = seconds / cat.seconds;
    writeln!(
        text,
        "| {name} | {seconds:.3} | {cpu_seconds:.3} | {times:.1} | {written} | {peak_mib:.0} | {half} |"
    )?;
    Ok(())
}
