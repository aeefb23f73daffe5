//! From arguments to a source of packets.

use anyhow::Result;
use tapline_engine::analysis::{Interests, Options};
use tapline_engine::capture::{Source, open};
use tapline_engine::{RunOptions, usual_threads};

use crate::arguments::InputArguments;

/// Opens what the arguments name.
pub(crate) fn source(arguments: &InputArguments) -> Result<Box<dyn Source + Send>> {
    if let Some(interface) = &arguments.interface {
        return device(interface, arguments);
    }
    let paths: Vec<_> = arguments.files.iter().chain(&arguments.read).cloned().collect();
    Ok(open(&paths)?)
}

/// How to run over it.
pub(crate) fn run_options(arguments: &InputArguments, interests: Interests) -> RunOptions {
    let mut analysis = Options::of(interests);
    analysis.decode_as.clone_from(&arguments.decode_as);
    let threads = arguments.threads.map_or_else(usual_threads, usize::from);
    RunOptions { packets_max: arguments.count, threads, ..RunOptions::new(analysis) }
}

#[cfg(feature = "device")]
fn device(name: &str, arguments: &InputArguments) -> Result<Box<dyn Source + Send>> {
    use tapline_engine::capture::{DeviceOptions, open_device};

    let mut options = DeviceOptions { filter: arguments.filter.clone(), ..DeviceOptions::default() };
    if let Some(snaplen) = arguments.snaplen {
        options.snaplen = snaplen;
    }
    Ok(open_device(name, &options)?)
}

#[cfg(not(feature = "device"))]
fn device(name: &str, _: &InputArguments) -> Result<Box<dyn Source + Send>> {
    anyhow::bail!("cannot capture on {name}: this build has no device support (feature `device`)")
}
