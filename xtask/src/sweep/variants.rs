//! Files that are cut and whose bits flip: no panic, no hang, no memory beyond a bound.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Arguments;
use crate::parallel::Workers;
use crate::{captures, shell};

/// No variant may need this long for all that is made of it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Nor this much memory.
const PEAK_MIB_MAX: u64 = 256;

/// What became of a file.
struct Ended {
    slowest_ms: u64,
    peak_mib: u64,
}

/// Tries all files, as many at once as there are cores.
pub(super) fn sweep(arguments: &Arguments) -> Result<()> {
    let features: &[&str] = if arguments.full { &["full"] } else { &[] };
    let program = shell::release("xtask", "variants", features)?;
    let files = captures::files()?;
    let workers = Workers::all().within(arguments.seconds.map(Duration::from_secs));
    let done = workers.work(&files, |file| try_out(&program, file, arguments));
    let mut wrong = 0;
    let (mut slowest, mut largest) = ((0, None), (0, None));
    for (file, ended) in files.iter().zip(&done) {
        match ended {
            Ok(Ended { slowest_ms, peak_mib }) => {
                slowest = slowest.max((*slowest_ms, Some(file)));
                largest = largest.max((*peak_mib, Some(file)));
            }
            Err(why) => {
                wrong += 1;
                println!("WRONG: {}: {why:#}", file.display());
            }
        }
    }
    let name = |file: Option<&PathBuf>| file.map_or(String::new(), |file| file.display().to_string());
    println!(
        "variants: {} files of {}, each whole, cut {} times and flipped {} times; slowest {} ms ({}), most memory {} MiB ({}), {wrong} wrong",
        done.len(),
        files.len(),
        arguments.variants,
        arguments.variants,
        slowest.0,
        name(slowest.1),
        largest.0,
        name(largest.1),
    );
    ensure!(wrong == 0, "{wrong} files were not read as they should be");
    Ok(())
}

/// One file with all its variants, in a process whose words are waited for.
fn try_out(program: &Path, file: &Path, arguments: &Arguments) -> Result<Ended> {
    let variants = arguments.variants.to_string();
    let errors = tempfile::NamedTempFile::new()?;
    let mut child = Command::new(program)
        .arg(file)
        .args([&variants, &variants, &arguments.seed.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(errors.reopen()?)
        .spawn()?;
    let said = child.stdout.take().context("no output")?;
    let (tell, lines) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    let mut last = "nothing".to_owned();
    let hangs = loop {
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => last = line,
            Err(RecvTimeoutError::Disconnected) => break false,
            Err(RecvTimeoutError::Timeout) => break true,
        }
    };
    if hangs {
        child.kill()?;
    }
    let status = child.wait()?;
    // The pipe is closed by now.
    let _ = reader.join();
    ensure!(!hangs, "{last}: not done after {} s", PATIENCE.as_secs());
    ensure!(status.success(), "{last}: {status}: {}", std::fs::read_to_string(errors.path())?.trim());
    ended(&last).with_context(|| format!("{last:?} is no last word"))?.within()
}

/// What the last line says: `done: slowest 12 ms, peak 34 MiB`.
fn ended(line: &str) -> Option<Ended> {
    let (slowest, peak) = line.strip_prefix("done: slowest ")?.split_once(" ms, peak ")?;
    let peak = peak.strip_suffix(" MiB")?;
    Some(Ended { slowest_ms: slowest.parse().ok()?, peak_mib: peak.parse().ok()? })
}

impl Ended {
    fn within(self) -> Result<Self> {
        ensure!(self.peak_mib <= PEAK_MIB_MAX, "{} MiB, of at most {PEAK_MIB_MAX}", self.peak_mib);
        Ok(self)
    }
}
