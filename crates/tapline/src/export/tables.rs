//! Tables for data lakes.

use std::path::Path;

use anyhow::Result;

use crate::Ending;
use crate::arguments::ExportArguments;

/// Writes tables into a folder.
#[cfg(feature = "parquet")]
pub(super) fn write(arguments: &ExportArguments, folder: &Path) -> Result<Ending> {
    use std::time::Duration;

    use anyhow::Context;
    use tapline_engine::analysis::{Interests, human};
    use tapline_export::records::RecordType;
    use tapline_parquet::{Options, Writer};

    use crate::rights::Plan;
    use crate::stop::Stop;
    use crate::{input, output};

    /// Those that tell of connections, and where their time went.
    const USUAL: [RecordType; 5] = [
        RecordType::Connection,
        RecordType::TlsSession,
        RecordType::HttpExchange,
        RecordType::DnsLookup,
        RecordType::Finding,
    ];
    let types = if arguments.types.is_empty() { &USUAL[..] } else { &arguments.types };
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let host = match &arguments.host {
        Some(host) => host.clone(),
        None => rustix::system::uname().nodename().to_string_lossy().into_owned(),
    };
    let is_live = input::is_live(&arguments.input);
    let every = arguments.complete_every.map(|seconds| Duration::from_secs(seconds.into()));
    let options = Options {
        folder: folder.to_owned(),
        partitioning: arguments.partition_by.clone().unwrap_or_default().0,
        host,
        complete_every: every.or(is_live.then_some(Duration::from_mins(5))),
        secrets: super::secrets(arguments),
    };
    let stop = if is_live { Stop::default() } else { Stop::heard()? };
    let begin = || Ok(Writer::new(&options, types));
    let plan = Plan::filling(folder);
    let (written, ending) = super::stream(arguments, plan, &stop, types, Interests::NONE, begin)?;
    let (rows, files) = (human::plural(written.rows, "row"), human::plural(written.files, "file"));
    if stop.is_heard() {
        output::complain(&format!(
            "stopped: {rows} in {files} are complete, the capture was not read to its end"
        ));
        stop.obey()?;
    }
    Ok(ending)
}

/// Says how to get what is not in this build.
#[cfg(not(feature = "parquet"))]
pub(super) fn write(_: &ExportArguments, _: &Path) -> Result<Ending> {
    anyhow::bail!(
        "this build writes no Parquet: cargo build --release --features parquet makes one that does"
    )
}
