//! A capture, and what becomes of it when it is cut and when bits of it flip, through everything that tapline makes of one:
//! report, exports and every screen.
//!
//! `variants FILE CUTS FLIPS SEED` prints a line before each variant, which says how to make it again, and in the end how
//! long the slowest took and what memory the process took at most. A panic ends it; `cargo xtask sweep` minds the clock.

#![allow(clippy::print_stdout, reason = "a program for `cargo xtask`, which reads what it prints")]

use std::io::sink;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use crossterm::event::{KeyCode, KeyEvent};
use tapline_engine::analysis::{Interests, Options};
use tapline_engine::capture::open;
use tapline_engine::{KeyFiles, RunOptions, run, spawn, system_roots};
use tapline_export::pcapng::{self, Selection, Wanted};
use tapline_export::records::RecordType;
use tapline_export::redact::Secrets;
use tapline_export::report::{self, Palette, Report, ReportOptions};
use tapline_export::{Choice, export, ndjson};
use tapline_tui::{Again, Theme};

/// Bits that flip in one variant.
const FLIPS: usize = 16;

/// Through every screen of the connection that the dashboard selects first.
const KEYS: &str = "2345678";

fn main() -> Result<()> {
    end_with_any_thread();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [path, cuts, flips, seed] = &words[..] else { bail!("variants FILE CUTS FLIPS SEED") };
    let path = Path::new(path);
    let (cuts, flips): (u32, u32) = (cuts.parse()?, flips.parse()?);
    let whole = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut random = Random(seed.parse::<u64>()?);
    let folder = tempfile::tempdir()?;
    let variant = folder.path().join("variant");
    let everything = Everything::new(path)?;
    let mut slowest = Duration::ZERO;
    let mut try_out = |what: &str, octets: &[u8]| -> Result<()> {
        println!("{what}");
        std::fs::write(&variant, octets)?;
        let begun = Instant::now();
        everything.made_of(&variant)?;
        slowest = slowest.max(begun.elapsed());
        Ok(())
    };
    try_out("whole", &whole)?;
    for _ in 0..cuts {
        let length = random.below(whole.len());
        try_out(&format!("cut to {length}"), whole.get(..length).unwrap_or_default())?;
    }
    for _ in 0..flips {
        let mut octets = whole.clone();
        let mut flipped = Vec::new();
        for _ in 0..FLIPS {
            let bit = random.below(octets.len() * 8);
            if let Some(octet) = octets.get_mut(bit / 8) {
                *octet ^= 1 << (bit % 8);
                flipped.push(bit);
            }
        }
        try_out(&format!("flipped {flipped:?}"), &octets)?;
    }
    println!("done: slowest {} ms, peak {} MiB", slowest.as_millis(), peak_kib()? / 1024);
    Ok(())
}

/// A thread that panics ends the process: the dashboard goes on without its engine, and nobody would see.
fn end_with_any_thread() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        std::process::abort();
    }));
}

/// How a capture is read by all.
struct Everything {
    options: RunOptions,
    roots: Option<&'static str>,
}

impl Everything {
    /// With the key log that lies beside a capture, and the roots of the system.
    fn new(path: &Path) -> Result<Self> {
        let mut keys = KeyFiles::default();
        let log = path.with_extension("keys");
        if log.exists() {
            keys.add_log(&log)?;
        }
        let trust = system_roots();
        let mut analysis = Options::of(Interests::FULL);
        (analysis.decode_bodies, analysis.hash_bodies, analysis.hpack_tables) = (true, true, true);
        let roots = Some(trust.whose());
        analysis.trust = Some(Arc::new(trust));
        Ok(Self { options: RunOptions { keys, ..RunOptions::new(analysis) }, roots })
    }

    /// Everything that is made of a capture. What is no capture any more is none: that is for the reader to say.
    fn made_of(&self, path: &Path) -> Result<()> {
        let paths = [path.to_owned()];
        if open(&paths).is_err() {
            return Ok(());
        }
        self.report(&paths)?;
        self.ndjson(&paths)?;
        self.packets(&paths)?;
        self.screens(&paths)
    }

    fn interested_in(&self, interests: Interests) -> RunOptions {
        let analysis = Options { interests, ..self.options.analysis.clone() };
        RunOptions { analysis, ..self.options.clone() }
    }

    fn report(&self, paths: &[PathBuf]) -> Result<()> {
        let (palette, secrets) = (Palette::Plain, Secrets::Redacted);
        let options = ReportOptions { width: Some(80), palette, all: true, roots: self.roots, secrets };
        let mut report = Report::new(options);
        let options = self.interested_in(report::INTERESTS);
        let outcome = run(&mut *open(paths)?, &options, |batch| {
            report.read(batch);
            ControlFlow::Continue(())
        });
        Ok(report.print(&outcome, &mut sink())?)
    }

    fn ndjson(&self, paths: &[PathBuf]) -> Result<()> {
        let choice = Choice::of(&RecordType::usual());
        let options = self.interested_in(choice.interests(Interests::NONE));
        let writer = ndjson::Writer::new(sink());
        export(&mut *open(paths)?, &options, choice, writer, |_| ControlFlow::Continue(()))?;
        Ok(())
    }

    fn packets(&self, paths: &[PathBuf]) -> Result<()> {
        let options = self.interested_in(Interests::NONE);
        let go_on = |_| ControlFlow::Continue(());
        let selection = Selection::find(&mut *open(paths)?, &options, Wanted::All, go_on);
        pcapng::write(&mut *open(paths)?, &selection, &mut sink(), go_on)?;
        Ok(())
    }

    fn screens(&self, paths: &[PathBuf]) -> Result<()> {
        let options = RunOptions { watch: true, ..self.interested_in(tapline_tui::INTERESTS) };
        let running = spawn(open(paths)?, options.clone())?;
        let again = paths.to_owned();
        let again = Again { reopen: Arc::new(move || open(&again)), options, past: None };
        let keys: Vec<KeyEvent> = KEYS.chars().map(|key| KeyCode::Char(key).into()).collect();
        tapline_tui::picture::snapshot(running, Some(again), Theme::DARK, (80, 24), &keys);
        Ok(())
    }
}

/// Numbers that look random and are the same for a seed: SplitMix64 (Steele, Lea, Flood, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % (end as u64).max(1)).unwrap_or(0)
    }
}

/// The most that the process ever had resident, pages of files too.
fn peak_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
