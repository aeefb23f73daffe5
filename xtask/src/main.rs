//! `cargo xtask …`: one entry for people and CI.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "talking to whoever started it is what this program does"
)]

mod bench;
mod captures;
mod consumers;
mod cost;
mod dashboard;
mod fixtures;
mod formats;
mod fuzz;
mod instructions;
mod live;
mod parallel;
mod peer;
mod picture;
mod sbom;
mod scale;
mod shell;
mod sweep;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Everything that is done with this workspace beside building it.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Format every file (`--check` only looks).
    Fmt {
        /// Change nothing, fail where something would change.
        #[arg(long)]
        check: bool,
    },
    /// Clippy on everything and the documentation build, warnings are errors.
    Lint,
    /// Every test of the workspace.
    Test,
    /// Every fixture and every file of the corpus, whole, cut and with bits flipped, through report, exports and screens.
    Sweep(sweep::Arguments),
    /// Hold the NDJSON against tshark on every capture with TCP.
    Peer {
        /// Only captures whose name contains this.
        only: Option<String>,
    },
    /// Have every export of every fixture read by other people's programs, installed from npm and PyPI.
    Consumers(consumers::Arguments),
    /// `report` and exports beside tshark and other peers on generated captures.
    Bench(bench::Arguments),
    /// Every export format of a large capture and of half of it: time, and memory that must not grow, beside `cat`.
    Formats(formats::Arguments),
    /// What a packet costs, by the size of the capture, by connections at once, by threads, and in the worst shapes.
    Cost(cost::Arguments),
    /// What each stage costs in instructions, beside a kept baseline.
    Instructions(instructions::Arguments),
    /// `report` on floods and on a million connections: time, memory and how they grow.
    Scale(scale::Arguments),
    /// The dashboard on a large capture: its first frame, its keys, its memory; beside termshark.
    Dashboard(dashboard::Arguments),
    /// Capture beside tcpdump at rising rates (needs root), and memory while connections come and go.
    Live(live::Arguments),
    /// Every entry for foreign octets under libFuzzer, for some time.
    Fuzz(fuzz::Arguments),
    /// Draw the pictures of the dashboard in `docs/` from the fixtures.
    Picture {
        /// Draw nothing, fail where one is stale.
        #[arg(long)]
        check: bool,
    },
    /// Write the bill of materials in `docs/security/`.
    Sbom {
        /// Write nothing, fail where it is stale.
        #[arg(long)]
        check: bool,
    },
    /// Make the captures under `fixtures/` anew, with real programs between network namespaces (needs root).
    Fixtures(fixtures::Arguments),
    /// One part of a fixture's network, started by `fixtures` inside a namespace.
    #[command(hide = true, subcommand)]
    FixturePart(fixtures::Part),
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Fmt { check: true } => shell::run("cargo", ["fmt", "--all", "--", "--check"]),
        Command::Fmt { check: false } => shell::run("cargo", ["fmt", "--all"]),
        Command::Lint => lint(),
        Command::Test => test(),
        Command::Sweep(arguments) => sweep::sweep(&arguments),
        Command::Peer { only } => peer::peer(only.as_deref()),
        Command::Consumers(arguments) => consumers::consumers(&arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Formats(arguments) => formats::formats(&arguments),
        Command::Cost(arguments) => cost::cost(&arguments),
        Command::Instructions(arguments) => instructions::instructions(&arguments),
        Command::Scale(arguments) => scale::scale(&arguments),
        Command::Dashboard(arguments) => dashboard::dashboard(&arguments),
        Command::Live(arguments) => live::live(&arguments),
        Command::Fuzz(arguments) => fuzz::fuzz(&arguments),
        Command::Picture { check } => picture::picture(check),
        Command::Sbom { check } => sbom::sbom(check),
        Command::Fixtures(arguments) => fixtures::run(&arguments),
        Command::FixturePart(part) => fixtures::play(&part),
    }
}

/// Without the configuration of whoever runs it: tests say what they expect of the defaults.
fn test() -> Result<()> {
    let none = shell::target().join("tmp/no-configuration").display().to_string();
    shell::run_with("cargo", ["test", "--workspace", "--quiet"], [("XDG_CONFIG_HOME", &*none)])
}

fn lint() -> Result<()> {
    let all = ["--workspace", "--features", "tapline/full,xtask/full"];
    let clippy = ["clippy"].into_iter().chain(all).chain(["--all-targets", "--", "-D", "warnings"]);
    shell::run("cargo", clippy)?;
    shell::run_with(
        "cargo",
        ["doc"].into_iter().chain(all).chain(["--no-deps", "--document-private-items"]),
        [("RUSTDOCFLAGS", "-D warnings")],
    )
}
