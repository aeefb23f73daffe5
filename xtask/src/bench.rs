//! `cargo xtask bench`: `report` and the NDJSON of exchanges beside tshark, other peers and `cat` on a generated capture.

pub(crate) mod keep;
pub(crate) mod load;
pub(crate) mod measure;
mod peers;
mod real;
mod table;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::shell;
use load::Made;
use measure::measure;
use peers::Listing;
use real::Travel;

/// What is in the generated capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Load {
    /// HTTP/1.1 in clear: connections of one to eight requests, some segments repeated or late.
    Http1,
    /// Short HTTP/1.1 connections of one request.
    Short,
    /// HTTP/2 in clear.
    Http2,
    /// HTTP/2 inside TLS 1.3, opened with a key log.
    Tls,
    /// Bodies of 20 MB, half of them inside TLS 1.3.
    Bulk,
}

/// What a load has to keep to: times faster than tshark, where the budgets say so.
struct Budget {
    report: f64,
    /// Of the NDJSON of exchanges.
    exchanges: f64,
}

impl Load {
    const ALL: [Self; 5] = [Self::Http1, Self::Short, Self::Http2, Self::Tls, Self::Bulk];

    /// What it is called above the figures.
    fn what(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1 over interleaved connections",
            Self::Short => "short HTTP/1.1 connections",
            Self::Http2 => "HTTP/2 in clear (h2load and nginx)",
            Self::Tls => "HTTP/2 inside TLS 1.3, opened with a key log (h2load and nginx)",
            Self::Bulk => "bodies of 20 MB, half of them inside TLS 1.3 (curl and nginx)",
        }
    }

    /// The size that its budget is stated for, in megabytes.
    fn megabytes(self) -> u64 {
        match self {
            Self::Http1 => 120,
            Self::Short => 643,
            Self::Http2 => 499,
            Self::Tls => 86,
            Self::Bulk => 377,
        }
    }

    fn budget(self) -> Option<Budget> {
        let (report, exchanges) = match self {
            Self::Http1 => return None,
            Self::Short => (100.0, 60.0),
            Self::Http2 | Self::Tls => (60.0, 30.0),
            Self::Bulk => (30.0, 15.0),
        };
        Some(Budget { report, exchanges })
    }

    /// What tshark is asked to list.
    fn listing(self) -> Listing {
        match self {
            Self::Http1 | Self::Short | Self::Bulk => Listing::HTTP1,
            Self::Http2 | Self::Tls => Listing::HTTP2,
        }
    }

    fn make(self, capture: &Path, bytes_min: u64, folder: &Path) -> Result<(Made, Option<PathBuf>)> {
        Ok(match self {
            Self::Http1 => (load::http1(File::create(capture)?, bytes_min)?, None),
            Self::Short => (load::short(File::create(capture)?, bytes_min)?, None),
            Self::Http2 => real::http2(capture, bytes_min, folder, Travel::Clear)?,
            Self::Tls => real::http2(capture, bytes_min, folder, Travel::Tls)?,
            Self::Bulk => real::bulk(capture, bytes_min, folder)?,
        })
    }
}

/// What the command line asks for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What is in the capture; all of them by default
    #[arg(long, value_enum, value_delimiter = ',')]
    load: Vec<Load>,
    /// Size of the capture in megabytes; what the budget of the load is stated for by default
    #[arg(long)]
    megabytes: Option<u64>,
    /// Runs of each program; the median counts
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Keep the figures in `bench-runs/`
    #[arg(long)]
    keep: bool,
    /// Keep the captures in this folder
    #[arg(long, value_name = "FOLDER")]
    captures: Option<PathBuf>,
}

/// Generates captures, runs the programs in turn and prints medians and ratios.
pub(crate) fn bench(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.runs > 0, "at least one run is needed");
    ensure!(shell::is_there("tshark"), "tshark is missing: apt-get install tshark");
    let tapline = shell::tapline()?.display().to_string();
    let loads = if arguments.load.is_empty() { &Load::ALL[..] } else { &arguments.load };
    for load in loads {
        let text = of(*load, &tapline, arguments)?;
        println!("{text}");
        if arguments.keep {
            keep::keep("bench", &text)?;
        }
    }
    Ok(())
}

fn of(load: Load, tapline: &str, arguments: &Arguments) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let kept = arguments.captures.as_deref().unwrap_or(folder.path());
    let capture = kept.join(format!("{load:?}.pcapng").to_lowercase());
    let bytes_min = arguments.megabytes.unwrap_or(load.megabytes()) * 1_000_000;
    eprintln!("making {} …", load.what());
    let (made, keylog) = load.make(&capture, bytes_min, folder.path())?;
    let programs = peers::programs(tapline, &load.listing(), keylog.as_deref(), &capture);
    let figures = measure(programs, arguments.runs)?;
    table::table(load, &made, &figures, arguments.runs)
}
