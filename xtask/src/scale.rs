//! `cargo xtask scale`: what `report` costs on shapes that are built to cost: floods, a million connections, segments
//! that never fit. Each shape is run at a quarter, a half and the whole of a number, so that growth shows.

mod table;

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use tapline_testkit::shapes::{self, Wire};

use crate::bench::keep::keep;
use crate::bench::measure::{Sample, once, within};
use crate::dashboard;
use crate::shell;

/// Octets that a half-open connection may cost: with a million of them a quarter of a gibibyte.
const HALF_OPEN_BYTES_MAX: f64 = 256.0;

/// Octets that an open one may cost: a million of them stay below a gibibyte.
const OPEN_BYTES_MAX: f64 = 1073.0;

/// Octets that an open one may cost that has had a request and waits for the next: its decoders too, and what tells
/// causes of stalls apart (when each side last sent, was acknowledged and went on, and its IP identifications).
const USED_BYTES_MAX: f64 = 2176.0;

/// What anything that is no connection may take in all.
const FLOOD_MIB_MAX: f64 = 96.0;

/// How much longer four times as much may take: linear would be 4.
const GROWTH_MAX: f64 = 6.4;

/// Shorter times say nothing of growth.
const SECONDS_MIN: f64 = 0.02;

/// Runs that take longer than this are not repeated.
const LONG_SECONDS: f64 = 3.0;

/// How long tshark may take.
const TSHARK_LIMIT: Duration = Duration::from_mins(1);

/// What a shape may cost.
#[derive(Clone, Copy)]
enum Limit {
    /// Octets of memory a connection.
    Connection(f64),
    /// Mebibytes in all.
    Whole(f64),
}

/// One shape.
struct Shape {
    name: &'static str,
    limit: Limit,
    /// It has so many times fewer parts than the number says, because each is larger.
    fewer: u32,
    build: fn(u32, &mut Wire) -> io::Result<()>,
    /// tshark's command line, where it is run beside.
    tshark: Option<&'static [&'static str]>,
}

const CONVERSATIONS: &[&str] = &["-n", "-q", "-z", "conv,tcp"];
const IN_ORDER: &[&str] = &["-n", "-q", "-o", "tcp.reassemble_out_of_order:TRUE", "-z", "follow,tcp,raw,0"];

const fn shape(name: &'static str, limit: Limit, build: fn(u32, &mut Wire) -> io::Result<()>) -> Shape {
    Shape { name, limit, fewer: 1, build, tshark: None }
}

const SHAPES: [Shape; 11] = [
    Shape {
        tshark: Some(CONVERSATIONS),
        ..shape("SYN flood", Limit::Connection(HALF_OPEN_BYTES_MAX), shapes::syn_flood)
    },
    shape("half-open", Limit::Connection(HALF_OPEN_BYTES_MAX), shapes::half_open),
    shape("open", Limit::Connection(OPEN_BYTES_MAX), shapes::open),
    shape("open after an exchange", Limit::Connection(USED_BYTES_MAX), shapes::open_after_exchange),
    shape("stray fragments", Limit::Whole(FLOOD_MIB_MAX), shapes::strays),
    shape("overlapping fragments", Limit::Whole(FLOOD_MIB_MAX), shapes::overlapping_fragments),
    shape("fragments of whole datagrams", Limit::Whole(FLOOD_MIB_MAX), shapes::whole_datagrams),
    Shape {
        tshark: Some(IN_ORDER),
        ..shape("octets backwards", Limit::Whole(FLOOD_MIB_MAX), shapes::backwards)
    },
    shape(
        "octets backwards, the first missing",
        Limit::Whole(FLOOD_MIB_MAX),
        shapes::backwards_without_first,
    ),
    shape("octets scattered behind a hole", Limit::Whole(FLOOD_MIB_MAX), shapes::scattered),
    Shape {
        fewer: 4,
        ..shape("segments that cover hundreds of waiting ones", Limit::Whole(FLOOD_MIB_MAX), shapes::covering)
    },
];

/// A shape at one size.
struct Row {
    name: &'static str,
    limit: Limit,
    count: u32,
    packets: u64,
    run: Sample,
    beside: Beside,
}

/// tshark on the same capture.
enum Beside {
    NotRun,
    /// It took longer than [`TSHARK_LIMIT`].
    Cut,
    Ran(Sample),
}

/// What the command line asks for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Connections, fragments or segments of the largest size.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1000..=10_000_000))]
    connections: u32,
    /// Runs of each; the fastest counts.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Keep the figures in `bench-runs/`.
    #[arg(long)]
    keep: bool,
    /// Leave the captures in this folder.
    #[arg(long, value_name = "FOLDER")]
    captures: Option<PathBuf>,
    /// Fail where a limit is exceeded, those of the dashboard too; tshark is left out.
    #[arg(long)]
    check: bool,
    /// Only shapes whose name contains this.
    only: Option<String>,
}

/// Builds the shapes, runs them and prints a table.
pub(crate) fn scale(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.runs > 0, "at least one run is needed");
    let tapline = shell::tapline()?;
    let folder = tempfile::tempdir()?;
    let bench = Bench { tapline: &tapline, folder: folder.path(), arguments };
    let nothing = bench.row(&shape("nothing", Limit::Whole(FLOOD_MIB_MAX), shapes::nothing), 0, false)?;
    let only = arguments.only.as_deref().unwrap_or_default();
    let mut rows: Vec<Vec<Row>> = Vec::new();
    for shape in SHAPES.iter().filter(|shape| shape.name.contains(only)) {
        eprintln!("{} …", shape.name);
        rows.push(bench.rows(shape)?);
    }
    ensure!(!rows.is_empty(), "no shape is named like {only}");
    let text = table::table(&rows, nothing.run, arguments.runs)?;
    println!("{text}");
    let exceeded: Vec<String> = rows.iter().flat_map(|rows| table::exceeded(rows, nothing.run)).collect();
    for line in &exceeded {
        println!("over the limit: {line}");
    }
    if arguments.keep {
        keep("scale", &text)?;
    }
    ensure!(!arguments.check || exceeded.is_empty(), "{} limits are exceeded", exceeded.len());
    if arguments.check && arguments.only.is_none() { dashboard::check(&tapline) } else { Ok(()) }
}

/// What every run needs.
struct Bench<'a> {
    tapline: &'a Path,
    folder: &'a Path,
    arguments: &'a Arguments,
}

impl Bench<'_> {
    /// A quarter, a half, the whole.
    fn rows(&self, shape: &Shape) -> Result<Vec<Row>> {
        let whole = self.arguments.connections / shape.fewer;
        let sizes = [whole / 4, whole / 2, whole];
        sizes.into_iter().map(|count| self.row(shape, count, count == whole / 4)).collect()
    }

    fn row(&self, shape: &Shape, count: u32, beside_tshark: bool) -> Result<Row> {
        let capture = self.capture(shape.name, count);
        let mut wire = Wire::new(BufWriter::new(File::create(&capture)?))?;
        (shape.build)(count, &mut wire)?;
        let packets = wire.finish()?;
        let mut command = Command::new(self.tapline);
        command.arg("report").arg(&capture);
        let run = best(&mut command, self.arguments.runs)?;
        let beside = match shape.tshark {
            Some(arguments) if beside_tshark => self.tshark(arguments, &capture)?,
            _ => Beside::NotRun,
        };
        Ok(Row { name: shape.name, limit: shape.limit, count, packets, run, beside })
    }

    /// One file that is written again and again, unless the captures are wanted.
    fn capture(&self, name: &str, count: u32) -> PathBuf {
        match &self.arguments.captures {
            Some(folder) => folder.join(format!("{}-{count}.pcapng", name.replace([' ', ','], "-"))),
            None => self.folder.join("shape.pcapng"),
        }
    }

    fn tshark(&self, arguments: &[&str], capture: &Path) -> Result<Beside> {
        if self.arguments.check || !shell::is_there("tshark") {
            return Ok(Beside::NotRun);
        }
        let mut command = Command::new("tshark");
        let run = within(command.args(arguments).arg("-r").arg(capture), TSHARK_LIMIT)?;
        Ok(run.map_or(Beside::Cut, Beside::Ran))
    }
}

/// The least time and the highest peak of a few runs.
pub(crate) fn best(command: &mut Command, runs: usize) -> Result<Sample> {
    let mut best = once(command)?;
    for _ in 1..runs {
        if best.seconds > LONG_SECONDS {
            break;
        }
        let next = once(command)?;
        best = Sample {
            seconds: best.seconds.min(next.seconds),
            cpu_seconds: best.cpu_seconds.min(next.cpu_seconds),
            peak_mib: best.peak_mib.max(next.peak_mib),
        };
    }
    Ok(best)
}
