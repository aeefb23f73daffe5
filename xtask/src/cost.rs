//! `cargo xtask cost`: what a packet costs, and what changes it: how large the capture is, how many connections are open
//! at once, how many threads there are, and shapes that are built to cost.

use std::fmt::Write;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};
use clap::ValueEnum;
use tapline_testkit::shapes::{self, Wire};

use crate::bench::keep::keep;
use crate::bench::load;
use crate::bench::measure::Sample;
use crate::scale::best;
use crate::shell;

/// Megabytes of the smallest capture, and how many times that the others are.
const MEGABYTES: u64 = 80;
const SIZES: [u64; 4] = [1, 2, 4, 8];

/// Connections in all, and how many of them are open at once.
const CONNECTIONS: u32 = 1_000_000;
const AT_ONCE: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Threads beside the one that reads.
const THREADS: [&str; 5] = ["1", "2", "3", "4", "8"];

/// Packets of a shape.
const PACKETS: u32 = 1_000_000;

/// How many times the normal cost a packet may cost in the worst shape.
const WORST_MAX: f64 = 5.0;

/// How many times the cost among the fewest connections a packet may cost among the most.
const AT_ONCE_MAX: f64 = 2.0;

type Shape = (&'static str, fn(u32, &mut Wire) -> io::Result<()>);

const SHAPES: [Shape; 7] = [
    ("whole segments, each before the one it follows", shapes::swapped),
    ("one octet each, the last one first", shapes::backwards),
    ("one octet each, scattered behind a hole", shapes::scattered),
    ("one octet each, in order", shapes::one_octet_each),
    ("one connection with everything", shapes::one_with_everything),
    ("tiny connections: SYN and RST", shapes::tiny),
    ("every packet a fragment", shapes::whole_datagrams),
];

/// What a packet's cost is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// The size of the capture.
    Size,
    /// Connections that are open at once.
    Connections,
    /// Threads.
    Threads,
    /// The shape of the traffic.
    Shape,
}

/// What the command line asks for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these tables
    #[arg(value_enum)]
    by: Vec<By>,
    /// Runs of each; the fastest counts
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Keep the figures in `bench-runs/`
    #[arg(long)]
    keep: bool,
}

/// Makes the captures, runs tapline on them and prints the tables.
pub(crate) fn cost(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.runs > 0, "at least one run is needed");
    let folder = tempfile::tempdir()?;
    let capture = folder.path().join("capture.pcapng");
    let bench = Bench { tapline: shell::tapline()?, capture, runs: arguments.runs };
    let tables = if arguments.by.is_empty() { By::value_variants() } else { &arguments.by };
    let mut text = format!(
        "Best of {} runs, page cache warm; nanoseconds a packet without the start of the program.\n",
        arguments.runs
    );
    for by in tables {
        let table = match by {
            By::Size => bench.by_size(),
            By::Connections => bench.by_connections(),
            By::Threads => bench.by_threads(),
            By::Shape => bench.by_shape(),
        }?;
        println!("{table}");
        write!(text, "\n{table}")?;
    }
    if arguments.keep {
        keep("cost", &text)?;
    }
    Ok(())
}

/// What every run needs.
struct Bench {
    tapline: PathBuf,
    capture: PathBuf,
    runs: usize,
}

/// What a packet took, in nanoseconds, and what the run took.
struct Cost {
    run: Sample,
    ns: f64,
    cpu_ns: f64,
}

const REPORT: &[&str] = &["report"];
const EXCHANGES: &[&str] = &["export", "--to", "ndjson", "--types", "http_exchange"];

impl Bench {
    fn run(&self, arguments: &[&str]) -> Result<Sample> {
        let mut command = Command::new(&self.tapline);
        command.args(arguments).arg(&self.capture);
        best(&mut command, self.runs)
    }

    fn shape(&self, build: impl FnOnce(&mut Wire) -> io::Result<()>) -> Result<u64> {
        let mut wire = Wire::new(BufWriter::new(File::create(&self.capture)?))?;
        build(&mut wire)?;
        Ok(wire.finish()?)
    }

    /// The same traffic in a capture of four packets: the start of the program.
    fn start(&self) -> Result<Sample> {
        self.shape(|wire| shapes::nothing(0, wire))?;
        self.run(REPORT)
    }

    #[expect(clippy::cast_precision_loss, reason = "packets are far below 2^52")]
    fn cost(&self, arguments: &[&str], packets: u64, start: Sample) -> Result<Cost> {
        let run = self.run(arguments)?;
        let each = |seconds: f64, start: f64| (seconds - start).max(0.0) * 1e9 / packets.max(1) as f64;
        let ns = each(run.seconds, start.seconds);
        Ok(Cost { run, ns, cpu_ns: each(run.cpu_seconds, start.cpu_seconds) })
    }

    fn by_size(&self) -> Result<String> {
        let start = self.start()?;
        let mut text = "Short HTTP/1.1 connections, 25 a second: the size of the capture.\n\n\
             | megabytes | packets | report: seconds | ns a packet | MiB | NDJSON of exchanges: seconds | ns a packet | MiB |\n\
             | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
            .to_owned();
        for size in SIZES {
            let megabytes = MEGABYTES * size;
            eprintln!("{megabytes} MB …");
            let made = load::steady(File::create(&self.capture)?, megabytes * 1_000_000)?;
            let report = self.cost(REPORT, made.packets, start)?;
            let exchanges = self.cost(EXCHANGES, made.packets, start)?;
            write!(text, "| {megabytes} | {} |", made.packets)?;
            for Cost { run, ns, .. } in [report, exchanges] {
                write!(text, " {:.3} | {ns:.0} | {:.1} |", run.seconds, run.peak_mib)?;
            }
            text.push('\n');
        }
        Ok(text)
    }

    fn by_connections(&self) -> Result<String> {
        let start = self.start()?;
        let mut text = format!(
            "{CONNECTIONS} connections of one exchange, so many of them open at once. At most {AT_ONCE_MAX} times the \
             cost among the fewest.\n\n\
             | open at once | packets | seconds | ns a packet | CPU ns | MiB | times | |\n\
             | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
        );
        let mut fewest = None;
        for at_once in AT_ONCE {
            eprintln!("{at_once} at once …");
            let packets = self.shape(|wire| shapes::waves(CONNECTIONS, at_once, wire))?;
            let Cost { run, ns, cpu_ns } = self.cost(REPORT, packets, start)?;
            let times = ns / *fewest.get_or_insert(ns);
            let (seconds, mib) = (run.seconds, run.peak_mib);
            let verdict = verdict(times, AT_ONCE_MAX);
            writeln!(
                text,
                "| {at_once} | {packets} | {seconds:.3} | {ns:.0} | {cpu_ns:.0} | {mib:.0} | {times:.2} | {verdict} |"
            )?;
        }
        Ok(text)
    }

    fn by_threads(&self) -> Result<String> {
        let start = self.start()?;
        let made = load::short(File::create(&self.capture)?, MEGABYTES * 8 * 1_000_000)?;
        let cores = std::thread::available_parallelism()?;
        let mut text = format!(
            "Short HTTP/1.1 connections, {} packets: `report --threads`, on {cores} cores.\n\n\
             | threads | seconds | ns a packet | CPU ns | MiB |\n| ---: | ---: | ---: | ---: | ---: |\n",
            made.packets
        );
        for threads in THREADS {
            let Cost { run, ns, cpu_ns } =
                self.cost(&["report", "--threads", threads], made.packets, start)?;
            let (seconds, mib) = (run.seconds, run.peak_mib);
            writeln!(text, "| {threads} | {seconds:.3} | {ns:.0} | {cpu_ns:.0} | {mib:.0} |")?;
        }
        Ok(text)
    }

    fn by_shape(&self) -> Result<String> {
        let start = self.start()?;
        let mut text = format!(
            "Shapes that are built to cost, each beside short HTTP/1.1 connections. At most {WORST_MAX} times their \
             cost.\n\n\
             | shape | packets | seconds | ns a packet | CPU ns | MiB | times | |\n\
             | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
        );
        let made = load::short(File::create(&self.capture)?, u64::from(PACKETS) * 463)?;
        let normal = self.cost(REPORT, made.packets, start)?;
        let mut row = |name: &str, packets: u64, cost: &Cost| {
            let Cost { run: Sample { seconds, peak_mib, .. }, ns, cpu_ns } = cost;
            let times = ns / normal.ns;
            let verdict = verdict(times, WORST_MAX);
            writeln!(
                text,
                "| {name} | {packets} | {seconds:.3} | {ns:.0} | {cpu_ns:.0} | {peak_mib:.0} | {times:.2} | {verdict} |"
            )
        };
        row("short HTTP/1.1 connections", made.packets, &normal)?;
        for (name, build) in SHAPES {
            eprintln!("{name} …");
            let packets = self.shape(|wire| build(PACKETS, wire))?;
            row(name, packets, &self.cost(REPORT, packets, start)?)?;
        }
        Ok(text)
    }
}

fn verdict(times: f64, times_max: f64) -> &'static str {
    if times <= times_max { "met" } else { "missed" }
}
