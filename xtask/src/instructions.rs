//! `cargo xtask instructions`: what each stage costs a unit, in instructions: no neighbour on the machine changes them.
//!
//! A stage runs one round and then three under callgrind; the difference is two rounds without what prepared them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::shell;

/// Rounds that are taken from one another.
const ROUNDS: [u32; 2] = [1, 3];

/// How much more a stage may cost than its baseline says.
const WORSE_MAX: f64 = 1.05;

/// What the command line asks for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these stages
    stages: Vec<String>,
    /// Fail where a stage costs 5 % more than the baseline, bench-runs/instructions.toml
    #[arg(long, conflicts_with = "keep")]
    check: bool,
    /// Make this the baseline; say why in the commit that moves it
    #[arg(long, conflicts_with = "stages")]
    keep: bool,
}

/// Instructions a unit, by stage.
type Costs = BTreeMap<String, f64>;

/// Counts, prints a table beside the baseline, and keeps or checks.
pub(crate) fn instructions(arguments: &Arguments) -> Result<()> {
    ensure!(shell::is_there("valgrind"), "valgrind is missing: apt-get install valgrind");
    let program = shell::release("xtask", "stages", &[])?;
    let baseline = baseline()?;
    let mut costs = Costs::new();
    println!("| stage | instructions | a | baseline | |\n| --- | ---: | --- | ---: | ---: |");
    for (name, unit) in stages(&program)? {
        if !arguments.stages.is_empty() && !arguments.stages.contains(&name) {
            continue;
        }
        let cost = cost(&program, &name)?;
        let before = baseline.get(&name);
        let beside =
            before.map_or_else(String::new, |before| format!("{:+.1} %", (cost / before - 1.0) * 100.0));
        let before = before.map_or_else(String::new, |before| format!("{before:.1}"));
        println!("| {name} | {cost:.1} | {unit} | {before} | {beside} |");
        costs.insert(name, cost);
    }
    if arguments.keep {
        return keep(&costs);
    }
    let worse: Vec<&str> = costs
        .iter()
        .filter(|(name, cost)| baseline.get(*name).is_some_and(|before| **cost > before * WORSE_MAX))
        .map(|(name, _)| name.as_str())
        .collect();
    let remedy = "make them cheaper, or say why with: cargo xtask instructions --keep";
    ensure!(
        !arguments.check || worse.is_empty(),
        "these cost more than they did: {}: {remedy}",
        worse.join(", ")
    );
    Ok(())
}

/// Names and units.
fn stages(program: &Path) -> Result<Vec<(String, String)>> {
    let output = Command::new(program).output()?;
    let text = String::from_utf8(output.stdout)?;
    let words = text.lines().filter_map(|line| line.split_once(' '));
    Ok(words.map(|(name, unit)| (name.to_owned(), unit.to_owned())).collect())
}

/// Instructions that a unit of a stage takes.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn cost(program: &Path, name: &str) -> Result<f64> {
    let [few, many] = ROUNDS;
    let (before, _) = count(program, name, few)?;
    let (after, units) = count(program, name, many)?;
    ensure!(units > 0, "{name} does nothing");
    let rounds = f64::from(many - few);
    Ok(after.saturating_sub(before) as f64 / rounds / units as f64)
}

/// Instructions of a run, and the units of its rounds.
fn count(program: &Path, name: &str, rounds: u32) -> Result<(u64, u64)> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([name, &rounds.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} ended with {}: {said}", output.status);
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    let (_, collected) = collected.with_context(|| format!("callgrind counted nothing of {name}"))?;
    let units = String::from_utf8(output.stdout)?;
    Ok((collected.trim().parse()?, units.trim().parse()?))
}

fn file() -> PathBuf {
    shell::root().join("bench-runs/instructions.toml")
}

fn baseline() -> Result<Costs> {
    match std::fs::read_to_string(file()) {
        Ok(text) => Ok(toml::from_str(&text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Costs::new()),
        Err(error) => Err(error.into()),
    }
}

fn keep(costs: &Costs) -> Result<()> {
    let mut text = "# Instructions a unit of each stage: `cargo xtask instructions`.\n".to_owned();
    for (name, cost) in costs {
        writeln!(text, "{name} = {cost:.1}")?;
    }
    std::fs::write(file(), text)?;
    println!("kept in {}", file().display());
    Ok(())
}
