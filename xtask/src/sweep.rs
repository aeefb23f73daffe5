//! `cargo xtask sweep`: every capture there is, and variants of it, through everything that is made of one.

mod variants;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::captures::{Capture, corpus_captures, fixtures};
use crate::parallel::Workers;
use crate::shell;

/// No capture of the corpus is large enough to need this long.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the command line asks for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often each file is cut at a random place, and how often bits of it flip, before it is read
    #[arg(long, default_value_t = 1)]
    variants: u32,
    /// Begin no more files after so many seconds; which are left out is said
    #[arg(long)]
    seconds: Option<u64>,
    /// What the random places and bits come from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write Parquet and traces too, which take minutes more to build
    #[arg(long)]
    full: bool,
}

/// Runs the program's report over fixtures and corpus, and everything else in processes of its own.
pub(crate) fn sweep(arguments: &Arguments) -> Result<()> {
    reports()?;
    variants::sweep(arguments)
}

/// Runs the report over fixtures and corpus. Every one must end with status 0, or with 1 and a reason.
fn reports() -> Result<()> {
    let tapline = shell::tapline()?;
    let (mut whole, mut damaged, mut wrong) = (0, 0, Vec::new());
    let captures: Vec<Capture> = fixtures()?.into_iter().chain(corpus_captures()?).collect();
    let verdicts = Workers::all().work(&captures, |capture| report(&tapline, capture));
    for (capture, verdict) in captures.iter().zip(verdicts) {
        match verdict? {
            Verdict::Whole => whole += 1,
            Verdict::Damaged(reason) => {
                damaged += 1;
                println!("damaged: {}: {reason}", capture.name);
            }
            Verdict::Wrong(why) => wrong.push(format!("{}: {why}", capture.name)),
        }
    }
    for line in &wrong {
        println!("WRONG: {line}");
    }
    println!("sweep: {whole} whole, {damaged} damaged with a reason, {} wrong", wrong.len());
    ensure!(wrong.is_empty(), "{} captures were not reported as they should be", wrong.len());
    ensure!(whole > 0, "no capture was found");
    Ok(())
}

enum Verdict {
    Whole,
    Damaged(String),
    Wrong(String),
}

fn report(tapline: &std::path::Path, capture: &Capture) -> Result<Verdict> {
    let out = tempfile::tempfile()?;
    let errors = tempfile::NamedTempFile::new()?;
    let mut child = Command::new(tapline)
        .arg("report")
        .arg(&capture.path)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(errors.reopen()?)
        .spawn()?;
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(Verdict::Wrong(format!("not done after {} s", PATIENCE.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let said = std::fs::read_to_string(errors.path())?;
    let reason = said.lines().next().unwrap_or_default().to_owned();
    Ok(match status.code() {
        Some(0) if reason.is_empty() => Verdict::Whole,
        Some(1) if reason.starts_with("tapline: ") && !reason.contains("panicked") => {
            Verdict::Damaged(reason)
        }
        _ => Verdict::Wrong(format!("{status}: {said}")),
    })
}
