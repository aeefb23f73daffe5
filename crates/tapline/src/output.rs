//! Standard output, standard error, files.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use tapline_engine::Outcome;
use tapline_engine::analysis::printable;
use tapline_engine::capture::{Facts, Happening, Incident};
use tempfile::{Builder, NamedTempFile};

use crate::Ending;

const BUFFER_BYTES: usize = 256 * 1024;

/// Whether the reader of our output went away.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        io == Some(io::ErrorKind::BrokenPipe)
    })
}

/// One line on standard error. Nothing can be done where that is gone.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "tapline: {}", printable(line));
}

/// Says on standard error where the input was damaged, and what happened while it was captured.
pub(crate) fn complain_of_damage(outcome: &Outcome) -> Ending {
    complain_of(&outcome.facts)
}

/// The same of what a source has said.
pub(crate) fn complain_of(facts: &Facts) -> Ending {
    for damage in &facts.damages {
        complain(&damage.to_string());
    }
    for incident in &facts.incidents {
        complain(&incident.to_string());
    }
    let is_unwritten = |incident: &Incident| matches!(incident.what, Happening::NotWritten(_));
    let is_whole = !facts.is_damaged() && !facts.incidents.iter().any(is_unwritten);
    if is_whole { Ending::Whole } else { Ending::Damaged }
}

/// Standard output, buffered.
pub(crate) fn stdout() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock())
}

/// The folder in which a file of this name is.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file that takes its name when it is complete: nobody ever sees half of it.
pub(crate) struct NewFile {
    out: BufWriter<NamedTempFile>,
}

impl NewFile {
    /// A file that will be `path`, in the same folder.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let folder = folder_of(path);
        // With what the user's mask leaves of its mode, as for any file, and without asking to read.
        let open = |path: &Path| OpenOptions::new().write(true).create_new(true).open(path);
        let file = Builder::new().make_in(folder, open);
        let file = file.with_context(|| format!("cannot write in {}", folder.display()))?;
        Ok(Self { out: BufWriter::with_capacity(BUFFER_BYTES, file) })
    }

    /// Gives it its name.
    pub(crate) fn persist(self, path: &Path) -> Result<()> {
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        let Err(failed) = file.persist(path) else { return Ok(()) };
        let error = anyhow::Error::from(failed.error).context(format!("cannot write {}", path.display()));
        // A capture does not come again: what there is of it stays under the name that it has.
        Err(match failed.file.keep() {
            Ok((_, kept)) => error.context(format!("what was written is in {}", kept.display())),
            Err(_) => error,
        })
    }
}

impl Write for NewFile {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.out.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
