//! What is made of the command line's own definition: completions for shells, and the manual.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::{Ending, output};

/// Prints what completes the command line in a shell.
pub(crate) fn completions(shell: Shell) -> Result<Ending> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "tapline", &mut script);
    let mut out = output::stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Ending::Whole)
}

/// Writes the manual into a folder.
pub(crate) fn manual(folder: &Path) -> Result<Ending> {
    ensure!(folder.is_dir(), "{} is no folder: make it first", folder.display());
    let failed = || format!("cannot write in {}", folder.display());
    clap_mangen::generate_to(Arguments::command(), folder).with_context(failed)?;
    Ok(Ending::Whole)
}
