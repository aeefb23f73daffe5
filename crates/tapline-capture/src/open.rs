//! Opening capture files: from a path, from standard input, plain or compressed.

use std::fs;
use std::io::{self, BufRead, BufReader, Cursor, IsTerminal, Read};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::compressed::{Counted, unpack};
use crate::facts::FileFacts;
use crate::file::File;
use crate::format::{MAGIC_BYTES, Magic, Other, magic};
use crate::limits::IDLE_MS;
use crate::merge::Files;
use crate::window::{Fill, Window};
use crate::{CaptureError, Compression, Container, Mapped, Source};

/// Opens capture files as one source, in the order of their packets' times; `-` is standard input. The format and
/// the compression are told by the content. Waits until standard input or a pipe shows its first bytes.
pub fn open(paths: &[PathBuf]) -> Result<Box<dyn Source + Send>, CaptureError> {
    if paths.is_empty() {
        return Err(CaptureError::NoInput);
    }
    let files = paths.iter().map(|path| open_one(path)).collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(Files::new(files)))
}

/// Opens a capture that a reader gives; `name` stands for it in errors and facts. A reader that answers
/// [`io::ErrorKind::WouldBlock`] is asked again, and the source is idle meanwhile.
pub fn open_reader(name: &str, reader: Box<dyn Read + Send>) -> Result<Box<dyn Source + Send>, CaptureError> {
    let file = from_stream(Path::new(name), reader, None)?;
    Ok(Box::new(Files::new(vec![file])))
}

/// Opens a capture that is in memory.
pub(crate) fn open_bytes(name: &str, bytes: Vec<u8>) -> Result<Files, CaptureError> {
    let path = Path::new(name);
    let total_bytes = bytes.len() as u64;
    let file = match magic(&bytes) {
        Magic::Capture(container) => File::new(facts(path, container, None), Window::over_bytes(bytes))
            .with_size(Some(total_bytes), None),
        _ => from_stream(path, Box::new(Cursor::new(bytes)), Some(total_bytes))?,
    };
    Ok(Files::new(vec![file]))
}

fn open_one(path: &Path) -> Result<File, CaptureError> {
    let name = path.display().to_string();
    let failed = |error| CaptureError::from_io(&name, error);
    let file = if path == Path::new("-") {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            return Err(CaptureError::InputIsTerminal);
        }
        fs::File::from(stdin.as_fd().try_clone_to_owned().map_err(failed)?)
    } else {
        fs::File::open(path).map_err(failed)?
    };
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(CaptureError::IsDirectory { name });
    }
    let total_bytes = metadata.is_file().then_some(metadata.len());
    match total_bytes {
        None => from_stream(path, Box::new(Polled(file)), None),
        // A file on standard input may have been read in part: only its reader knows from where to go on.
        Some(_) if path == Path::new("-") => from_stream(path, Box::new(file), total_bytes),
        Some(0) => Err(CaptureError::Empty { name }),
        Some(_) => from_file(path, file, total_bytes),
    }
}

/// A regular file: mapped where it holds a plain capture and mapping works, else read.
fn from_file(path: &Path, file: fs::File, total_bytes: Option<u64>) -> Result<File, CaptureError> {
    let mut reader = BufReader::new(file);
    let first =
        reader.fill_buf().map_err(|error| CaptureError::from_io(&path.display().to_string(), error))?;
    if let Magic::Capture(container) = magic(first)
        && let Ok(map) = Mapped::of(path, reader.get_ref())
    {
        return Ok(
            File::new(facts(path, container, None), Window::over_map(map)).with_size(total_bytes, None)
        );
    }
    from_stream(path, Box::new(reader), total_bytes)
}

/// A stream of bytes: plain, or packed and then looked at again after unpacking.
fn from_stream(
    path: &Path,
    reader: Box<dyn Read + Send>,
    total_bytes: Option<u64>,
) -> Result<File, CaptureError> {
    let name = path.display().to_string();
    let (counted, packed_bytes) = Counted::new(reader);
    let mut window = Window::over_stream(Box::new(counted));
    let (compression, found) = match first_magic(&mut window) {
        Magic::Compressed(compression) => {
            let Some((first, reader)) = window.into_stream() else {
                return Err(CaptureError::Empty { name });
            };
            let packed = Box::new(Cursor::new(first).chain(Patient(reader)));
            let unpacked =
                unpack(compression, packed).map_err(|error| CaptureError::from_io(&name, error))?;
            window = Window::over_stream(unpacked);
            (Some(compression), first_magic(&mut window))
        }
        plain => (None, plain),
    };
    match (found, window.failure()) {
        (Magic::Capture(container), _) => {
            Ok(File::new(facts(path, container, compression), window)
                .with_size(total_bytes, Some(packed_bytes)))
        }
        (_, Some(reason)) => Err(broken(name, compression, reason)),
        (Magic::Other(Other { what, remedy }), _) => {
            let remedy = remedy.replace("{}", &name);
            Err(CaptureError::OtherFormat { name, what, remedy })
        }
        _ if window.rest().is_empty() => Err(CaptureError::Empty { name }),
        _ => Err(CaptureError::NotACapture { name, first_bytes: hex(window.rest()) }),
    }
}

fn first_magic(window: &mut Window) -> Magic {
    while window.fill(MAGIC_BYTES) == Fill::Later {}
    magic(window.rest())
}

fn broken(name: String, compression: Option<Compression>, reason: &str) -> CaptureError {
    let reason = reason.to_owned();
    match compression {
        Some(compression) => CaptureError::Unpack { name, compression, reason },
        None => CaptureError::Io { name, source: io::Error::other(reason) },
    }
}

fn facts(path: &Path, container: Container, compression: Option<Compression>) -> FileFacts {
    FileFacts { path: path.to_owned(), container, compression }
}

/// The first bytes as people write them: "47 45 54 20".
fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(MAGIC_BYTES).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// A pipe that answers "would block" after a while, so that a source over it can be idle.
struct Polled(fs::File);

impl Read for Polled {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut watched = [PollFd::new(&self.0, PollFlags::IN)];
        let patience = Timespec { tv_sec: 0, tv_nsec: IDLE_MS * 1_000_000 };
        if poll(&mut watched, Some(&patience))? == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.0.read(buffer)
    }
}

/// Waits where another reader answers "would block": unpackers lose their place over it.
struct Patient(Box<dyn Read + Send>);

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => return other,
            }
        }
    }
}
