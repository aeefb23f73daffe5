//! Running programs in turn and looking at the clock.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tapline_testkit::own_kib;

/// Medians of one program.
pub(super) struct Figures {
    pub(super) name: String,
    pub(super) run: Sample,
}

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) seconds: f64,
    pub(crate) cpu_seconds: f64,
    /// Peak of the memory that is the program's own: mapped files do not count, the system can drop them.
    pub(crate) peak_mib: f64,
}

/// Runs every program once to warm the page cache, then `runs` times in turn; output goes to /dev/null.
pub(super) fn measure(mut programs: Vec<(&str, Command)>, runs: usize) -> Result<Vec<Figures>> {
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); programs.len()];
    for run in 0..=runs {
        for ((name, command), samples) in programs.iter_mut().zip(&mut samples) {
            let sample = once(command).with_context(|| format!("while measuring {name}"))?;
            if run > 0 {
                samples.push(sample);
            }
        }
    }
    let names = programs.iter().map(|(name, _)| (*name).to_owned());
    Ok(names.zip(samples).map(|(name, samples)| Figures { name, run: median_of(&samples) }).collect())
}

/// The median of each figure.
pub(crate) fn median_of(samples: &[Sample]) -> Sample {
    Sample {
        seconds: median(samples.iter().map(|s| s.seconds)),
        cpu_seconds: median(samples.iter().map(|s| s.cpu_seconds)),
        peak_mib: median(samples.iter().map(|s| s.peak_mib)),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Runs a program to its end.
pub(crate) fn once(command: &mut Command) -> Result<Sample> {
    let ended = within(command, Duration::MAX)?;
    ended.with_context(|| format!("{command:?} does not end"))
}

/// Runs a program to its end, or ends it when it has taken so long: then there is nothing to tell.
pub(crate) fn within(command: &mut Command, limit: Duration) -> Result<Option<Sample>> {
    let cpu_before = children_cpu()?;
    let started = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut peak_kib = 0;
    let status = loop {
        // The peak is read while the program lives: afterwards its figures are gone.
        peak_kib = peak_kib.max(own_kib(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let seconds = started.elapsed().as_secs_f64();
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(Some(Sample { seconds, cpu_seconds: children_cpu()? - cpu_before, peak_mib: mib(peak_kib) }))
}

/// KiB in MiB.
#[expect(clippy::cast_precision_loss, reason = "shown with a few digits")]
pub(crate) fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

/// User and system time of every child that has ended, seconds: fields 16 and 17 of /proc/self/stat, in
/// hundredths.
pub(crate) fn children_cpu() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let field =
        |index: usize| after_name.split_whitespace().nth(index).and_then(|text| text.parse::<f64>().ok());
    // The state is field 3 and the first one after the name.
    Ok((field(13).context("no cutime")? + field(14).context("no cstime")?) / 100.0)
}
