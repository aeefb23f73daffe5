//! The figures as text.

use std::fmt::Write;
use std::time::Duration;

use anyhow::Result;

use super::load::Made;
use super::run::{Measured, Run, Slow};
use super::{FIRST_FRAME_MAX, KEY_MAX, SIZE};

/// Keys that are told one by one.
const TOLD: usize = 5;

/// All that was measured of tapline.
pub(super) fn table(made: &Made, runs: &[Run]) -> Result<String> {
    let (columns, rows) = SIZE;
    let mut text = String::new();
    writeln!(
        text,
        "{made} Terminal of {columns}×{rows}, medians of {} runs, page cache warm.\n",
        runs.len()
    )?;
    let ms = |of: fn(&Run) -> Duration| {
        let worst = runs.iter().map(of).max().unwrap_or_default();
        (median(runs.iter().map(|run| of(run).as_secs_f64() * 1000.0)), worst.as_secs_f64() * 1000.0)
    };
    writeln!(text, "| tapline | median | worst | limit |\n| --- | ---: | ---: | ---: |")?;
    let (first, first_worst) = ms(|run| run.first_frame);
    let limit = FIRST_FRAME_MAX.as_millis();
    writeln!(text, "| first whole frame, ms | {first:.1} | {first_worst:.1} | {limit} |")?;
    let (rows, rows_worst) = ms(|run| run.first_rows);
    writeln!(text, "| first frame with connections, ms | {rows:.1} | {rows_worst:.1} | |")?;
    let (loaded, loaded_worst) = ms(|run| run.loaded);
    writeln!(text, "| all read and shown, ms | {loaded:.0} | {loaded_worst:.0} | |")?;
    keys(&mut text, "while loading", runs, |run| &run.latency.loading)?;
    keys(&mut text, "afterwards", runs, |run| &run.latency.loaded)?;
    outside(&mut text, "while loading", runs, |run| &run.outside.loading)?;
    outside(&mut text, "afterwards", runs, |run| &run.outside.loaded)?;
    memory(&mut text, made, runs)?;
    slowest(&mut text, runs)?;
    Ok(text)
}

fn keys(text: &mut String, when: &str, runs: &[Run], of: fn(&Run) -> &Measured) -> Result<()> {
    let pressed: u64 = runs.iter().map(|run| of(run).inputs).sum();
    let mut line = |name: &str, limit: &str, us: fn(&Measured) -> u64| {
        let ms = |run: &Run| Duration::from_micros(us(of(run))).as_secs_f64() * 1000.0;
        let worst = runs.iter().map(ms).fold(0.0, f64::max);
        writeln!(
            text,
            "| key {when}, {name}, ms | {:.1} | {worst:.1} | {limit} |",
            median(runs.iter().map(ms))
        )
    };
    line("median", "", |measured| measured.median_us)?;
    line("99th of 100", "", |measured| measured.p99_us)?;
    line("longest", &KEY_MAX.as_millis().to_string(), |measured| measured.max_us)?;
    Ok(writeln!(text, "| keys pressed {when}, in all | {pressed} | | |")?)
}

/// A key seen from outside: with the terminal, and the waking of everybody on the way.
fn outside(text: &mut String, when: &str, runs: &[Run], of: fn(&Run) -> &Vec<f64>) -> Result<()> {
    let all: Vec<f64> = runs.iter().flat_map(|run| of(run).iter().copied()).collect();
    let longest = all.iter().copied().fold(0.0, f64::max);
    let count = all.len();
    let middle = median(all.into_iter());
    Ok(writeln!(
        text,
        "| another screen {when}, key to screen in the terminal ({count}), ms | {middle:.1} | {longest:.1} | |"
    )?)
}

fn memory(text: &mut String, made: &Made, runs: &[Run]) -> Result<()> {
    let own = median(runs.iter().map(|run| run.memory.own));
    let resident = median(runs.iter().map(|run| run.memory.resident));
    writeln!(text, "| peak of own memory, MiB | {own:.0} | | |")?;
    let (part, count) =
        if made.connections > 1 { ("connection", made.connections) } else { ("request", made.requests) };
    let each = own * 1_048_576.0 / f64::from(count);
    writeln!(text, "| the same a {part}, octets | {each:.0} | | |")?;
    writeln!(text, "| peak resident, pages of the capture too, MiB | {resident:.0} | | |")?;
    let written = runs.iter().map(|run| run.written).max().unwrap_or(0);
    Ok(writeln!(text, "| octets to the terminal while loading | | {written} | |")?)
}

/// The keys that took longest, with where their time went.
fn slowest(text: &mut String, runs: &[Run]) -> Result<()> {
    for (when, of) in [
        ("while loading", (|run: &Run| &run.latency.loading) as fn(&Run) -> &Measured),
        ("afterwards", |run| &run.latency.loaded),
    ] {
        let mut all: Vec<Slow> = runs.iter().flat_map(|run| of(run).slowest.clone()).collect();
        all.sort_by_key(|slow| std::cmp::Reverse(slow.us));
        let told: Vec<String> = all.iter().take(TOLD).map(told).collect();
        writeln!(text, "\nThe slowest {when}: {}.", told.join("; "))?;
    }
    Ok(())
}

fn told(slow: &Slow) -> String {
    let ms = |us: u64| Duration::from_micros(us).as_secs_f64() * 1000.0;
    format!(
        "`{}` {:.1} ms (waited {:.1}, update {:.1}, then other work {:.1}, frame {:.1})",
        slow.input,
        ms(slow.us),
        ms(slow.waits_us),
        ms(slow.updates_us),
        ms(slow.applies_us),
        ms(slow.draws_us)
    )
}

pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
