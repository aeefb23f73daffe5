//! `cargo xtask live`: capture beside tcpdump at rising rates between two namespaces, and with `--churn` memory while
//! connections come and go for hours of packet time.

mod capture;
mod churn;
mod send;
mod table;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use tapline_testkit::network::{Network, Wiring, is_root};

use crate::bench::keep::keep;
use crate::bench::load;
use crate::shell;
use capture::{Counts, Program};
use send::Rate;

/// Size of the capture that is sent again and again, with other addresses each time.
const LOAD_BYTES: u64 = 20_000_000;

/// What the command line asks for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Packets a second, one after the other; 0 for as many as can be sent.
    #[arg(long, value_delimiter = ',', default_value = "10000,50000,100000,200000,400000,0")]
    rates: Vec<u32>,
    /// Seconds of each.
    #[arg(long, default_value_t = 3)]
    seconds: u32,
    /// Runs of each; the median counts.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Keep the figures in `bench-runs/`.
    #[arg(long)]
    keep: bool,
    /// Instead: memory while connections come and go.
    #[arg(long)]
    churn: bool,
    /// With `--churn`: connections that begin in a second of packet time.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    connections: u32,
    /// With `--churn`: minutes of packet time.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(10..=600))]
    minutes: u32,
}

/// One program at one rate.
struct Row {
    rate: Rate,
    program: Program,
    /// The median run, by packets that the program missed.
    counts: Counts,
}

/// Sends, captures, prints a table.
pub(crate) fn live(arguments: &Arguments) -> Result<()> {
    let tapline = shell::tapline()?;
    if arguments.churn {
        let text = churn::churn(&tapline, arguments.connections, arguments.minutes)?;
        return if arguments.keep { keep("live --churn", &text) } else { Ok(()) };
    }
    ensure!(is_root(), "packets are sent between network namespaces: run as root");
    for program in ["tcpdump", "tcpreplay", "ethtool"] {
        ensure!(shell::is_there(program), "{program} is missing: apt-get install {program}");
    }
    ensure!(arguments.runs > 0 && !arguments.rates.is_empty(), "at least one rate and one run are needed");
    let folder = tempfile::Builder::new().prefix("tapline-live-").tempdir()?;
    // Whoever gives up root's rights goes through it too.
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755))?;
    let load = folder.path().join("load.pcapng");
    let made = load::http1(File::create(&load)?, LOAD_BYTES)?;
    let network = Network::for_test(Wiring::Direct)?;
    let bench = Bench { network: &network, tapline: &tapline, folder: folder.path(), load: &load };
    let mut rows = Vec::new();
    for rate in arguments.rates.iter().map(|&packets| Rate::of(packets)) {
        eprintln!("{rate} …");
        rows.extend(bench.rows(rate, arguments)?);
    }
    let text = table::table(&made, &rows, arguments.seconds, arguments.runs)?;
    println!("{text}");
    if arguments.keep { keep("live", &text) } else { Ok(()) }
}

/// What every run needs.
struct Bench<'a> {
    network: &'a Network,
    tapline: &'a Path,
    folder: &'a Path,
    load: &'a Path,
}

impl Bench<'_> {
    /// Every program in turn, so often; so nobody has the quiet moments alone.
    fn rows(&self, rate: Rate, arguments: &Arguments) -> Result<Vec<Row>> {
        let mut runs = vec![Vec::new(); Program::ALL.len()];
        for _ in 0..arguments.runs {
            for (program, runs) in Program::ALL.into_iter().zip(&mut runs) {
                runs.push(self.run(program, rate, arguments.seconds)?);
            }
        }
        let median = |mut counts: Vec<Counts>| {
            counts.sort_by_key(Counts::missed);
            counts.into_iter().nth(arguments.runs / 2)
        };
        let rows = Program::ALL.into_iter().zip(runs);
        Ok(rows.filter_map(|(program, runs)| Some(Row { rate, program, counts: median(runs)? })).collect())
    }

    fn run(&self, program: Program, rate: Rate, seconds: u32) -> Result<Counts> {
        let folder = self.folder.join("run");
        fs::create_dir_all(&folder)?;
        let capturing = program.start(self.network, self.tapline, &folder)?;
        let sent = send::send(self.network, self.load, rate, seconds)?;
        // What is on its way arrives: tcpdump looks once a second.
        std::thread::sleep(Duration::from_millis(1500));
        let counts = capturing.end(sent)?;
        fs::remove_dir_all(&folder)?;
        Ok(counts)
    }
}
