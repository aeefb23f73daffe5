//! From arguments to a source of packets.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, ensure};
use tapline_engine::analysis::certificate::Trust;
use tapline_engine::analysis::decode::crypto::KeyError;
use tapline_engine::analysis::{Interests, Options};
use tapline_engine::capture::{Source, WhenFull, keep, open};
use tapline_engine::{KeyFiles, KeysError, RunOptions, roots_of_files, system_roots, usual_threads};

use tapline_tui::Again;

use crate::arguments::InputArguments;
use crate::live::{self, Told};
use crate::output::{complain, folder_of};
use crate::rights::{self, Plan};

/// Opens what the arguments name and begins to read what comes live, with the rights that options and a plan need.
pub(crate) fn source(
    arguments: &InputArguments,
    options: &RunOptions,
    told: Told,
    plan: Plan,
) -> Result<Box<dyn Source + Send>> {
    let paths: Vec<_> = arguments.files.iter().chain(&arguments.read).cloned().collect();
    let is_device = !arguments.interface.is_empty();
    let is_live = is_live(arguments);
    ensure!(
        is_live || arguments.record.write.is_none(),
        "-w writes what is captured: name an interface with -i, or -"
    );
    ensure!(
        arguments.record.write.as_deref() != Some(Path::new("-")),
        "-w - is not offered, standard output is for what is told: name a file"
    );
    let source = if is_device { devices(arguments)? } else { open(&paths)? };
    let is_screen = plan.is_screen();
    rights::settle(arguments, &options.keys, plan)?;
    if is_screen {
        // Now, because there are no other threads yet, and nothing is waited for any more.
        tapline_tui::hold_stops()?;
    }
    let source = live::ending(source, arguments, if is_live { told } else { Told::ByReader })?;
    if is_device {
        live::unhurried(source, arguments, options, WhenFull::Drop)
    } else if arguments.record.write.is_some() {
        live::unhurried(source, arguments, options, WhenFull::Wait)
    } else {
        Ok(source)
    }
}

/// Whether packets come now and once: from devices or a pipe.
pub(crate) fn is_live(arguments: &InputArguments) -> bool {
    let is_pipe = |path: &PathBuf| path == Path::new("-");
    !arguments.interface.is_empty() || arguments.files.iter().chain(&arguments.read).any(is_pipe)
}

/// How to read files once more; `None` where that cannot be: standard input and devices tell things once.
pub(crate) fn again(arguments: &InputArguments, options: &RunOptions) -> Option<Again> {
    let paths: Vec<_> = arguments.files.iter().chain(&arguments.read).cloned().collect();
    let once = |path: &PathBuf| path == Path::new("-") || !path.is_file();
    if !arguments.interface.is_empty() || paths.iter().any(once) {
        return None;
    }
    Some(Again { reopen: Arc::new(move || open(&paths)), options: options.clone(), past: None })
}

/// A source that tells things once, with its newest packets kept in so many MiB.
pub(crate) fn kept(
    source: Box<dyn Source + Send>,
    retain_mib: u32,
    options: &RunOptions,
) -> (Box<dyn Source + Send>, Option<Again>) {
    let bytes = tapline_memory::within(u64::from(retain_mib) << 20);
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    let (source, past) = keep(source, bytes);
    let again = past.clone();
    let reopen = Arc::new(move || Ok(again.source()));
    (source, Some(Again { reopen, options: options.clone(), past: Some(past) }))
}

/// How to run over it.
pub(crate) fn run_options(arguments: &InputArguments, interests: Interests) -> Result<RunOptions> {
    let mut analysis = Options::of(interests);
    analysis.decode_as.clone_from(&arguments.decode_as);
    analysis.trust = roots(arguments, interests)?.map(Arc::new);
    let threads = arguments.threads.map_or_else(usual_threads, usize::from);
    if let Some(mib) = arguments.memory_max {
        tapline_memory::limit_to(usize::try_from(u64::from(mib) << 20).unwrap_or(usize::MAX));
    }
    let keys = keys(arguments)?;
    Ok(RunOptions { threads, keys, ..RunOptions::new(analysis) })
}

/// The roots to judge certificates by: those of the arguments, else the system's, if anybody will read the verdicts.
fn roots(arguments: &InputArguments, interests: Interests) -> Result<Option<Trust>> {
    if !arguments.trust.is_empty() {
        return Ok(Some(roots_of_files(&arguments.trust)?));
    }
    Ok((interests.tls_sessions || interests.findings).then(system_roots))
}

/// Names the option where a password is missing.
fn with_next_step(error: KeysError) -> anyhow::Error {
    let needs_password = matches!(&error, KeysError::Key { source: KeyError::PasswordNeeded, .. });
    let error = anyhow::Error::from(error);
    if needs_password { error.context("use --rsa-key-password or $TAPLINE_RSA_KEY_PASSWORD") } else { error }
}

/// Opens a key log. One that does not exist yet may come with what is seen live.
fn add_log(keys: &mut KeyFiles, path: &Path, arguments: &InputArguments) -> Result<(), KeysError> {
    if !is_live(arguments) || path.exists() || !folder_of(path).is_dir() {
        return keys.add_log(path);
    }
    keys.await_log(path);
    complain(&format!("keys: waiting for {} to appear", path.display()));
    Ok(())
}

/// Opens the key logs and private keys that the arguments name, or the key log that the environment does.
fn keys(arguments: &InputArguments) -> Result<KeyFiles> {
    let mut keys = KeyFiles::default();
    for path in &arguments.keylog {
        add_log(&mut keys, path, arguments)?;
    }
    if arguments.keylog.is_empty()
        && let Some(path) = std::env::var_os("SSLKEYLOGFILE").filter(|path| !path.is_empty())
        && let Err(error) = add_log(&mut keys, Path::new(&path), arguments)
    {
        complain(&format!("SSLKEYLOGFILE is of no use: {:#}", anyhow::Error::from(error)));
    }
    let password = arguments.rsa_key_password.clone();
    let password = password.or_else(|| std::env::var("TAPLINE_RSA_KEY_PASSWORD").ok());
    for path in &arguments.rsa_key {
        keys.add_private(path, password.as_deref()).map_err(with_next_step)?;
    }
    for complaint in keys.complaints() {
        complain(&complaint);
    }
    Ok(keys)
}

#[cfg(feature = "device")]
fn devices(arguments: &InputArguments) -> Result<Box<dyn Source + Send>> {
    use tapline_engine::capture::{DeviceOptions, open_devices};

    let mut options = DeviceOptions { filter: arguments.filter.clone(), ..DeviceOptions::default() };
    if let Some(snaplen) = arguments.snaplen {
        options.snaplen = snaplen;
    }
    if let Some(mib) = arguments.buffer_mib {
        options.buffer_bytes = mib << 20;
    }
    options.promiscuous = !arguments.not_promiscuous;
    Ok(open_devices(&arguments.interface, &options)?)
}

#[cfg(not(feature = "device"))]
fn devices(arguments: &InputArguments) -> Result<Box<dyn Source + Send>> {
    let names = arguments.interface.join(", ");
    anyhow::bail!("cannot capture on {names}: this build has no device support (feature `device`)")
}
