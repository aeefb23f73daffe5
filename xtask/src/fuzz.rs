//! `cargo xtask fuzz`: every target of `fuzz/` under libFuzzer for some time, and a table of what came of it.
//!
//! The compiler's own passes count which edges were taken, so that no other toolchain is needed than the one that builds
//! tapline. What a target begins with is made of the fixtures and of the corpus, where it is.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tapline_fuzz::TARGETS;
use tapline_fuzz::seeds::{self, Seeds};

use crate::bench::keep::keep_in;
use crate::bench::measure::children_cpu;
use crate::captures;
use crate::parallel::Workers;
use crate::shell;

/// Every edge is counted, and what comparisons compare is shown to the fuzzer.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=16";

/// As users get it, but with every check that a debug build has, and built in reasonable time.
const PROFILE: [&str; 3] = [
    "profile.release.lto=\"off\"",
    "profile.release.debug-assertions=true",
    "profile.release.overflow-checks=true",
];

/// One input takes no longer, and the whole fuzzer no more memory.
const INPUT_SECONDS_MAX: u32 = 10;
const MEMORY_MIB_MAX: u32 = 2048;

/// Larger files are not looked at for seeds.
const SEED_FILE_BYTES_MAX: u64 = 4 << 20;

/// Octets of an input.
const INPUT_BYTES_MAX: u32 = 1 << 16;

/// What the command line asks for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these targets
    targets: Vec<String>,
    /// Seconds for each target
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// What the fuzzer's choices come from; something else each time by default
    #[arg(long)]
    seed: Option<u32>,
    /// Targets that run at the same time; as many as there are cores by default
    #[arg(long)]
    jobs: Option<usize>,
    /// Keep the table in `docs/security/fuzz-runs/`
    #[arg(long)]
    keep: bool,
}

/// What came of a target.
struct Row {
    name: &'static str,
    executions: u64,
    /// Edges that were taken, and features: edges, how often, and what was compared.
    edges: u64,
    features: u64,
    /// Inputs that each took a new way.
    inputs: u64,
    peak_mib: u64,
    /// Where the input stands that broke a law.
    found: Option<PathBuf>,
}

/// Builds the fuzzer, runs the targets and prints a table; fails where one broke a law.
pub(crate) fn fuzz(arguments: &Arguments) -> Result<()> {
    for name in &arguments.targets {
        ensure!(tapline_fuzz::target(name).is_some(), "there is no target {name}");
    }
    let wanted = |name: &str| arguments.targets.is_empty() || arguments.targets.iter().any(|one| one == name);
    let names: Vec<&'static str> =
        TARGETS.iter().map(|(name, _)| *name).filter(|name| wanted(name)).collect();
    let program = build()?;
    let folder = folder();
    sow(&folder)?;
    let workers = arguments.jobs.map_or_else(Workers::all, Workers::so_many);
    let cpu_before = children_cpu()?;
    let rows = workers.work(&names, |name| run(&program, &folder, name, arguments));
    let rows = rows.into_iter().collect::<Result<Vec<Row>>>()?;
    let text = table(&rows, arguments.seconds, children_cpu()? - cpu_before)?;
    println!("{text}");
    if arguments.keep {
        keep_in("docs/security/fuzz-runs", "fuzz", &text)?;
    }
    let found: Vec<String> = rows
        .iter()
        .filter_map(|row| Some(format!("{}: {}", row.name, row.found.as_ref()?.display())))
        .collect();
    ensure!(
        found.is_empty(),
        "laws are broken by {}: mend them, and keep each as fuzz/regressions/TARGET/what-it-was",
        found.join(", ")
    );
    Ok(())
}

/// Everything that the fuzzer makes stands here, and is used again the next time.
fn folder() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| shell::root().join("target"), PathBuf::from);
    target.join("fuzz")
}

fn build() -> Result<PathBuf> {
    let version = Command::new("rustc").arg("-vV").output().context("cannot run rustc")?;
    let version = String::from_utf8(version.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let target = folder();
    let mut arguments =
        vec!["build", "--release", "--quiet", "--package", "tapline-fuzz", "--features", "libfuzzer"];
    arguments.extend(PROFILE.iter().flat_map(|setting| ["--config", setting]));
    let into = target.display().to_string();
    arguments.extend(["--bin", "fuzz", "--target", host, "--target-dir", &into]);
    eprintln!("building the fuzzer …");
    shell::run_with("cargo", arguments, [("RUSTFLAGS", COVERAGE)])?;
    Ok(target.join(host).join("release/fuzz"))
}

/// Writes what the targets begin with; what is there already stays.
fn sow(folder: &Path) -> Result<()> {
    let mut seeds = Seeds::new();
    for path in captures::files()? {
        if path.metadata()?.len() > SEED_FILE_BYTES_MAX {
            continue;
        }
        let octets = fs::read(&path)?;
        seeds::add(&mut seeds, &path.display().to_string(), &octets);
    }
    for (name, _) in TARGETS {
        let inputs = folder.join("inputs").join(name);
        fs::create_dir_all(&inputs)?;
        fs::create_dir_all(folder.join("found").join(name))?;
        for (number, seed) in seeds.get(name).into_iter().flatten().enumerate() {
            fs::write(inputs.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}

fn run(program: &Path, folder: &Path, name: &'static str, arguments: &Arguments) -> Result<Row> {
    eprintln!("{name} …");
    let found = folder.join("found").join(name);
    let regressions = shell::root().join("fuzz/regressions").join(name);
    let mut command = Command::new(program);
    command
        .env("TAPLINE_FUZZ_TARGET", name)
        .arg(format!("-max_total_time={}", arguments.seconds))
        .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB_MAX}"))
        .arg(format!("-max_len={INPUT_BYTES_MAX}"))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg("-print_final_stats=1")
        // 0 is libFuzzer's word for any.
        .arg(format!("-seed={}", arguments.seed.unwrap_or(0)))
        .arg(folder.join("inputs").join(name))
        .stdin(Stdio::null());
    if regressions.is_dir() {
        command.arg(regressions);
    }
    let output = command.output().with_context(|| format!("cannot run the fuzzer on {name}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let number = |label: &str| -> u64 {
        let after = said.rsplit_once(label).map_or("", |(_, after)| after.trim_start());
        after.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0)
    };
    let found = (!output.status.success()).then(|| {
        eprintln!("{}", said.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n"));
        let written = said.lines().find_map(|line| line.split_once("Test unit written to "));
        PathBuf::from(written.map_or("(no input was written)", |(_, path)| path.trim()))
    });
    Ok(Row {
        name,
        executions: number("stat::number_of_executed_units:"),
        edges: number("cov: "),
        features: number("ft: "),
        inputs: number("corp: ").max(number("stat::new_units_added:")),
        peak_mib: number("stat::peak_rss_mb:"),
        found,
    })
}

fn table(rows: &[Row], seconds: u32, cpu_seconds: f64) -> Result<String> {
    let all: u64 = rows.iter().map(|row| row.executions).sum();
    let mut text = format!(
        "{} targets, {} seconds each, {:.2} CPU hours together, {all} executions.\n\n\
         | target | executions | edges | features | inputs kept | peak, MiB | found |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | --- |\n",
        rows.len(),
        seconds,
        cpu_seconds / 3600.0
    );
    for Row { name, executions, edges, features, inputs, peak_mib, found } in rows {
        let found = found.as_ref().map_or("", |_| "a broken law");
        writeln!(text, "| {name} | {executions} | {edges} | {features} | {inputs} | {peak_mib} | {found} |")?;
    }
    Ok(text)
}
