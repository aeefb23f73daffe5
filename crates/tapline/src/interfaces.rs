//! `tapline interfaces`.

#[cfg(feature = "device")]
mod list;

use anyhow::Result;

use crate::Ending;

/// Lists the interfaces, one a line: what went through them since they are up, and what goes through them now.
#[cfg(feature = "device")]
pub(crate) fn run() -> Result<Ending> {
    use std::io::Write;
    use std::time::Duration;

    use tapline_engine::capture::devices;

    /// The time in which it is counted what goes through.
    const NOW: Duration = Duration::from_millis(250);

    let before = devices()?;
    std::thread::sleep(NOW);
    let after = devices()?;
    let rows: Vec<_> = after
        .iter()
        .map(|device| {
            let known = before.iter().find(|known| known.name == device.name);
            list::row(device, known.and_then(|known| known.traffic), NOW)
        })
        .collect();
    let mut out = crate::output::stdout();
    list::print(&rows, &mut out)?;
    out.flush()?;
    Ok(Ending::Whole)
}

/// There is nothing to list.
#[cfg(not(feature = "device"))]
pub(crate) fn run() -> Result<Ending> {
    anyhow::bail!("this build has no device support (feature `device`)")
}
