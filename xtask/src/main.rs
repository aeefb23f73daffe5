//! `cargo xtask …`: one entry for people and CI.

mod fixtures;
mod shell;

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
        Command::Test => shell::run("cargo", ["test", "--workspace", "--quiet"]),
        Command::Fixtures(arguments) => fixtures::run(&arguments),
        Command::FixturePart(part) => fixtures::play(&part),
    }
}

fn lint() -> Result<()> {
    shell::run("cargo", ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    shell::run_with(
        "cargo",
        ["doc", "--workspace", "--no-deps", "--document-private-items"],
        [("RUSTDOCFLAGS", "-D warnings")],
    )
}
