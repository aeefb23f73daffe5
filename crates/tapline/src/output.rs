//! Standard output, standard error, files.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tapline_engine::Outcome;
use tapline_engine::analysis::printable;
use tapline_engine::capture::{Facts, Happening, Incident};
use tapline_filter::Doubts;
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

/// Says on standard error what a filter did not know for sure.
pub(crate) fn complain_of_doubts(doubts: &Doubts) {
    if let Some(text) = doubts.text() {
        complain(&text);
    }
}

/// The same, where a part was read again and `breaks_off` says what is wrong with that.
pub(crate) fn complain_of_both(outcome: &Outcome, breaks_off: Option<&str>) -> Ending {
    let ending = complain_of_damage(outcome);
    // What the first reading was told of already.
    let is_new = |why: &&str| !outcome.facts.damages.iter().any(|damage| damage.to_string() == **why);
    let Some(why) = breaks_off.filter(is_new) else { return ending };
    complain(why);
    Ending::Damaged
}

/// The same of what a source has said.
pub(crate) fn complain_of(facts: &Facts) -> Ending {
    for damage in &facts.damages {
        complain(&damage.to_string());
    }
    for incident in &facts.incidents {
        complain(&incident.to_string());
    }
    facts.left_out_texts().for_each(|text| complain(&text));
    let is_unwritten = |incident: &Incident| matches!(incident.what, Happening::NotWritten(_));
    let is_whole = !facts.is_damaged() && !facts.incidents.iter().any(is_unwritten);
    if is_whole { Ending::Whole } else { Ending::Damaged }
}

/// Standard output, buffered.
pub(crate) fn stdout() -> BufWriter<Named<io::StdoutLock<'static>>> {
    let out = Named { out: io::stdout().lock(), name: "standard output".to_owned() };
    BufWriter::with_capacity(BUFFER_BYTES, out)
}

/// The folder in which a file of this name is.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file that a path names: through a link, what that leads to.
pub(crate) fn followed(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// What is written to, whose name stands in every error.
pub(crate) struct Named<W> {
    out: W,
    name: String,
}

impl<W> Named<W> {
    fn failed(&self, error: &io::Error) -> io::Error {
        let remedy = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                ": make room, or name a file elsewhere"
            }
            _ => "",
        };
        io::Error::new(error.kind(), format!("cannot write {}: {error}{remedy}", self.name))
    }
}

impl<W: Write> Write for Named<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.out.write(octets).map_err(|error| self.failed(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().map_err(|error| self.failed(&error))
    }
}

/// A file that takes its name when it is complete: nobody ever sees half of it. A device or a pipe of that name is written
/// to, because another file in its place would be none.
pub(crate) struct NewFile {
    out: BufWriter<Named<Target>>,
    path: PathBuf,
}

enum Target {
    /// Has a name of its own so far, and goes when it is dropped.
    New(NamedTempFile),
    Special(File),
}

impl NewFile {
    /// A file that will be `path`, in the same folder.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let (name, is) = (path.display(), path.metadata().ok());
        ensure!(!path.is_dir(), "{name} is a folder: name a file in it");
        let is_special = is.is_some_and(|is| !is.is_file());
        let path = if is_special { path.to_owned() } else { followed(path) };
        let target = if is_special {
            let file = OpenOptions::new().write(true).open(&path);
            Target::Special(file.with_context(|| format!("cannot write {name}"))?)
        } else {
            let folder = folder_of(&path);
            // With what the user's mask leaves of its mode, as for any file, and without asking to read.
            let open = |path: &Path| OpenOptions::new().write(true).create_new(true).open(path);
            let file = Builder::new().make_in(folder, open);
            Target::New(file.with_context(|| format!("cannot write in {}", folder.display()))?)
        };
        let out = Named { out: target, name: name.to_string() };
        Ok(Self { out: BufWriter::with_capacity(BUFFER_BYTES, out), path })
    }

    /// Gives it its name.
    pub(crate) fn persist(self) -> Result<()> {
        let path = self.path;
        let named = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        let Target::New(file) = named.out else { return Ok(()) };
        let Err(failed) = file.persist(&path) else { return Ok(()) };
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

impl Write for Target {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Self::New(file) => file.write(octets),
            Self::Special(file) => file.write(octets),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::New(file) => file.flush(),
            Self::Special(file) => file.flush(),
        }
    }
}
