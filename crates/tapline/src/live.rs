//! What is captured now: from devices, or by a pipe from elsewhere; when that ends, and where it is written.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use tapline_engine::RunOptions;
use tapline_engine::capture::{Recorder, Rotation, Source, WhenFull, in_background, open, until};
use tapline_export::pcapng::{self, Selection, Wanted};

use crate::arguments::{Autostop, InputArguments, Rule};
use crate::output::{NewFile, complain};
use crate::rights;

/// Who says that it is enough.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Ctrl-C and SIGTERM, for who reads to the end: what was seen until then is told. A second one ends at once.
    BySignals,
    /// Who reads.
    ByReader,
}

/// Ends a source where the arguments, or signals, say so.
pub(crate) fn ending(
    source: Box<dyn Source + Send>,
    arguments: &InputArguments,
    told: Told,
) -> Result<Box<dyn Source + Send>> {
    let stops = &arguments.autostop;
    let packets =
        stops.iter().filter_map(|stop| if let Autostop::Packets(n) = stop { Some(*n) } else { None });
    let packets = packets.chain(arguments.count).min();
    let after =
        stops.iter().filter_map(|stop| if let Autostop::Duration(time) = stop { Some(*time) } else { None });
    let after = after.min();
    if packets.is_none() && after.is_none() && told == Told::ByReader {
        return Ok(source);
    }
    let interrupted = Arc::new(AtomicBool::new(false));
    if told == Told::BySignals {
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&interrupted))?;
            flag::register(signal, Arc::clone(&interrupted))?;
        }
    }
    let begun = Instant::now();
    Ok(until(source, move |seen| {
        interrupted.load(Ordering::Relaxed)
            || packets.is_some_and(|max| seen >= max)
            || after.is_some_and(|after| begun.elapsed() >= after)
    }))
}

/// Reads a source as it comes, and writes it to a file where the arguments name one.
pub(crate) fn unhurried(
    source: Box<dyn Source + Send>,
    arguments: &InputArguments,
    options: &RunOptions,
    when_full: WhenFull,
) -> Result<Box<dyn Source + Send>> {
    let recorder = recorder(arguments, options)?;
    in_background(source, recorder, when_full).context("cannot start a thread to capture in")
}

fn recorder(arguments: &InputArguments, options: &RunOptions) -> Result<Option<Recorder>> {
    let Some(path) = &arguments.record.write else { return Ok(None) };
    let rotation = rotation(&arguments.record.ring, &arguments.autostop);
    let recorder = Recorder::create(path, rotation);
    let recorder = recorder.with_context(|| format!("cannot write {}", path.display()));
    let mut recorder = rights::explained(arguments, recorder)?;
    if arguments.record.embed_secrets {
        let options = options.clone();
        let embed = move |path: &Path| {
            if let Err(error) = embed_secrets(path, &options) {
                complain(&format!("no secrets are in {}: {error:#}", path.display()));
            }
        };
        recorder =
            recorder.finishing(Box::new(embed)).context("cannot start a thread to embed secrets in")?;
    }
    Ok(Some(recorder))
}

/// Writes a file anew with the secrets of its sessions at the front, where every reader finds them in time.
fn embed_secrets(path: &Path, options: &RunOptions) -> Result<()> {
    // The oldest files of a set are removed meanwhile.
    if !path.exists() {
        return Ok(());
    }
    let go_on = |_| ControlFlow::Continue(());
    let paths = [path.to_owned()];
    let selection = Selection::find(&mut *open(&paths)?, options, Wanted::All, go_on);
    if !selection.has_secrets() {
        return Ok(());
    }
    let mut file = NewFile::create(path)?;
    pcapng::write(&mut *open(&paths)?, &selection, &mut file, go_on)?;
    file.persist()
}

/// When the next file begins and when the last one ends. A file's size that stops the capture is one that begins a new
/// file where there are several, as in dumpcap.
fn rotation(rules: &[Rule], stops: &[Autostop]) -> Rotation {
    let mut rotation = Rotation::default();
    for stop in stops {
        match stop {
            Autostop::FileBytes(bytes) => rotation.file_bytes = Some(*bytes),
            Autostop::Files(count) => rotation.stop_after = Some(*count),
            Autostop::Duration(_) | Autostop::Packets(_) => {}
        }
    }
    for rule in rules {
        match rule {
            Rule::FileBytes(bytes) => rotation.file_bytes = Some(*bytes),
            Rule::Duration(time) => rotation.duration = Some(*time),
            Rule::Interval(time) => rotation.interval = Some(*time),
            Rule::Packets(count) => rotation.packets = Some(*count),
            Rule::Files(count) => rotation.files = Some(*count),
        }
    }
    if rules.is_empty() && rotation.file_bytes.is_some() {
        rotation.stop_after = Some(std::num::NonZeroUsize::MIN);
    }
    rotation
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_size_ends_the_capture_or_the_file() {
        let size = [Autostop::FileBytes(5_000)];
        let one =
            Rotation { file_bytes: Some(5_000), stop_after: NonZeroUsize::new(1), ..Rotation::default() };
        assert_eq!(rotation(&[], &size), one);
        let files = NonZeroUsize::new(3).unwrap();
        let rules = [Rule::Files(files), Rule::Duration(Duration::from_secs(9))];
        let several = Rotation {
            file_bytes: Some(5_000),
            files: Some(files),
            duration: Some(Duration::from_secs(9)),
            ..Rotation::default()
        };
        assert_eq!(rotation(&rules, &size), several);
    }
}
