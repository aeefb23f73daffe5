//! `tapline interfaces`.

use anyhow::Result;

use crate::Ending;

/// Lists the interfaces, one a line.
#[cfg(feature = "device")]
pub(crate) fn run() -> Result<Ending> {
    use std::io::Write;
    use tapline_engine::capture::devices;

    let mut out = crate::output::stdout();
    for device in devices()? {
        let addresses: Vec<String> = device.addresses.iter().map(ToString::to_string).collect();
        let state = match (device.is_up, device.is_running) {
            (true, true) => "up, running",
            (true, false) => "up",
            _ => "down",
        };
        let about = match &device.description {
            Some(description) if addresses.is_empty() => description.clone(),
            _ => addresses.join(", "),
        };
        writeln!(out, "{:<16} {state:<12} {about}", device.name)?;
    }
    out.flush()?;
    Ok(Ending::Whole)
}

/// There is nothing to list.
#[cfg(not(feature = "device"))]
pub(crate) fn run() -> Result<Ending> {
    anyhow::bail!("this build has no device support (feature `device`)")
}
