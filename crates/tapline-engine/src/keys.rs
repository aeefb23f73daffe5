//! Files that TLS is opened with: key logs, which may grow while a capture is read, and private keys.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tapline_analysis::decode::crypto::{KeyError, KeyLog, Reading, RsaKey};

use crate::limits::{KEY_FILE_BYTES_MAX, KEY_LOG_READ_BYTES};

/// Why keys cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file holds no private key that is of use.
    #[error("{} is of no use", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyError,
    },
    /// A file is too large for what it should be.
    #[error("{}: larger than a private key can be ({KEY_FILE_BYTES_MAX} octets)", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

/// Key logs and private keys, as far as they were read.
#[derive(Clone, Debug, Default)]
pub struct KeyFiles {
    pub(crate) log: KeyLog,
    pub(crate) private: Vec<RsaKey>,
    watched: Vec<Watched>,
}

/// A key log that may grow.
///
/// It stays open, because it may be that it cannot be opened once more when rights are given up. By its path it is opened
/// again only where that leads to another file.
#[derive(Clone, Debug)]
struct Watched {
    path: PathBuf,
    /// `None` until it appears.
    file: Option<Arc<File>>,
    /// Where the first line begins that was not whole.
    offset: u64,
    /// Octets behind it that were read all the same, as they stood.
    beyond: u64,
    /// Lines before `offset`.
    lines: usize,
    lines_bad: usize,
    /// What is wrong with the first bad line.
    complaint: Option<String>,
    /// Secrets that there was no room for.
    left_out: usize,
}

impl KeyFiles {
    /// Reads a key log (RFC 9850) as it is now.
    pub fn add_log(&mut self, path: &Path) -> Result<(), KeysError> {
        let mut watched = Watched::new(path);
        let read = File::open(path).and_then(|file| {
            watched.file = Some(Arc::new(file));
            watched.read(&mut self.log)
        });
        read.map_err(|source| KeysError::Io { path: path.to_owned(), source })?;
        self.watched.push(watched);
        Ok(())
    }

    /// Reads a key log as soon as it appears.
    pub fn await_log(&mut self, path: &Path) {
        self.watched.push(Watched::new(path));
    }

    /// The paths of key logs that may grow or appear.
    pub fn watched(&self) -> impl Iterator<Item = &Path> {
        self.watched.iter().map(|watched| watched.path.as_path())
    }

    /// Reads a server's private keys: PEM, DER or PKCS#12, encrypted ones with their password.
    pub fn add_private(&mut self, path: &Path, password: Option<&str>) -> Result<(), KeysError> {
        let failed = |source| KeysError::Io { path: path.to_owned(), source };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(failed)?;
        file.take(KEY_FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > KEY_FILE_BYTES_MAX {
            return Err(KeysError::TooLarge { path: path.to_owned() });
        }
        let keys = RsaKey::read(&bytes, password);
        let keys = keys.map_err(|source| KeysError::Key { path: path.to_owned(), source })?;
        self.private.extend(keys);
        Ok(())
    }

    /// The secrets of key logs as they are now.
    pub fn log_now(&self) -> KeyLog {
        let mut now = self.clone();
        now.read_on();
        now.log
    }

    /// Lines of key logs that say nothing that can be used, a sentence a file.
    pub fn complaints(&self) -> Vec<String> {
        self.watched.iter().flat_map(Watched::complaints).collect()
    }

    /// Whether there are files that may grow.
    pub(crate) fn may_grow(&self) -> bool {
        !self.watched.is_empty()
    }

    /// Reads what was written since the last call, if anything was. A file that cannot be read now is tried again.
    pub(crate) fn read_on(&mut self) -> KeyLog {
        let mut touched = KeyLog::default();
        for watched in &mut self.watched {
            if let Ok(read) = watched.read_on(&mut self.log) {
                touched.adopt(&read);
            }
        }
        touched
    }
}

impl Watched {
    fn new(path: &Path) -> Self {
        let path = path.to_owned();
        Self { path, file: None, offset: 0, beyond: 0, lines: 0, lines_bad: 0, complaint: None, left_out: 0 }
    }

    /// Goes to the file's beginning.
    fn rewind(&mut self) {
        (self.offset, self.beyond, self.lines) = (0, 0, 0);
    }

    /// Reads what is new. A file that was cut, and another one of the same name, are new as a whole.
    fn read_on(&mut self, log: &mut KeyLog) -> io::Result<KeyLog> {
        self.follow_path();
        let Some(file) = &self.file else { return Ok(KeyLog::default()) };
        let length = file.metadata()?.len();
        if length == self.offset + self.beyond {
            return Ok(KeyLog::default());
        }
        if length < self.offset {
            self.rewind();
        }
        self.read(log)
    }

    /// Opens the file that the path leads to where that is another one, and can be opened.
    fn follow_path(&mut self) {
        let Ok(there) = std::fs::metadata(&self.path) else { return };
        let here = self.file.as_ref().and_then(|file| file.metadata().ok());
        let identity = |metadata: &Metadata| (metadata.dev(), metadata.ino());
        if here.as_ref().map(identity) == Some(identity(&there)) {
            return;
        }
        if let Ok(file) = File::open(&self.path) {
            self.file = Some(Arc::new(file));
            self.rewind();
        }
    }

    fn complaints(&self) -> Vec<String> {
        let path = self.path.display();
        let bad = self.complaint.as_ref().map(|complaint| {
            let (count, lines) = (self.lines_bad, if self.lines_bad == 1 { "line is" } else { "lines are" });
            format!("{path}: {count} {lines} not of a key log; the first is {complaint}")
        });
        let left_out = (self.left_out > 0)
            .then(|| format!("{path}: {} secrets are more than are held and were left out", self.left_out));
        bad.into_iter().chain(left_out).collect()
    }

    /// Reads whole lines from where the last one ended, and what stands behind the last line end as if it were
    /// whole: it is read again once it has grown.
    fn read(&mut self, log: &mut KeyLog) -> io::Result<KeyLog> {
        let mut touched = KeyLog::default();
        let Some(file) = self.file.clone() else { return Ok(touched) };
        let mut buffer = Vec::new();
        let mut at = self.offset;
        loop {
            let got = read_some(&file, at, &mut buffer)?;
            at += got as u64;
            let whole = buffer.iter().rposition(|&octet| octet == b'\n').map_or(0, |at| at + 1);
            let end = if got == 0 || whole == 0 { buffer.len() } else { whole };
            let reading = log.read(buffer.get(..end).unwrap_or_default());
            touched.adopt(&reading.touched);
            if got == 0 {
                self.beyond = buffer.len() as u64;
                return Ok(touched);
            }
            self.note(&reading, buffer.get(..end).unwrap_or_default());
            self.offset += end as u64;
            buffer.drain(..end);
        }
    }

    fn note(&mut self, reading: &Reading, text: &[u8]) {
        self.lines_bad += reading.bad_lines.len() + reading.more_bad_lines;
        self.left_out += reading.left_out;
        if self.complaint.is_none() {
            let first = reading.bad_lines.first();
            self.complaint = first.map(|bad| format!("line {}: {}", self.lines + bad.number, bad.reason));
        }
        self.lines += text.split(|octet| *octet == b'\n').count() - 1;
    }
}

/// Appends the next octets at a place of a file, which has no place of its own: copies of what watches it share it.
fn read_some(file: &File, at: u64, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let before = buffer.len();
    buffer.resize(before + KEY_LOG_READ_BYTES, 0);
    let got = loop {
        match file.read_at(buffer.get_mut(before..).unwrap_or_default(), at) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            got => break got,
        }
    };
    buffer.truncate(before + got.as_ref().copied().unwrap_or(0));
    got
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn line(random: u8, secret: u8) -> String {
        format!(
            "CLIENT_RANDOM {} {}\n",
            format!("{random:02x}").repeat(32),
            format!("{secret:02x}").repeat(48)
        )
    }

    fn master(log: &KeyLog, random: u8) -> Option<u8> {
        log.of(&[random; 32])?.master.as_ref()?.first().copied()
    }

    #[test]
    fn a_growing_file_is_read_on_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let (first, second) = (line(1, 7), line(2, 8));
        let (begin, rest) = second.split_at(80);
        std::fs::write(&path, format!("{first}{begin}")).unwrap();
        let mut files = KeyFiles::default();
        files.add_log(&path).unwrap();
        assert_eq!((master(&files.log, 1), master(&files.log, 2)), (Some(7), None));
        assert!(files.read_on().is_empty());
        let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(rest.as_bytes()).unwrap();
        let touched = files.read_on();
        assert_eq!((master(&touched, 1), master(&touched, 2)), (None, Some(8)));
        std::fs::write(&path, line(1, 9)).unwrap();
        assert_eq!(master(&files.read_on(), 1), Some(9));
        assert!(files.complaints().is_empty());
    }

    #[test]
    fn a_file_that_cannot_be_opened_again_is_read_on() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("keys"), folder.path().join("moved"));
        std::fs::write(&path, line(1, 7)).unwrap();
        let mut files = KeyFiles::default();
        files.add_log(&path).unwrap();
        let mut copy = files.clone();
        std::fs::rename(&path, &moved).unwrap();
        let mut file = std::fs::OpenOptions::new().append(true).open(&moved).unwrap();
        file.write_all(line(2, 8).as_bytes()).unwrap();
        for files in [&mut files, &mut copy] {
            let touched = files.read_on();
            assert_eq!((master(&touched, 1), master(&touched, 2)), (None, Some(8)));
            assert!(files.read_on().is_empty());
        }
    }

    #[test]
    fn another_file_of_the_same_name_is_read_from_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let (path, next) = (folder.path().join("keys"), folder.path().join("next"));
        std::fs::write(&path, line(1, 7)).unwrap();
        let mut files = KeyFiles::default();
        files.add_log(&path).unwrap();
        // As long as the first one: only the file tells that it is another.
        std::fs::write(&next, line(2, 8)).unwrap();
        std::fs::rename(&next, &path).unwrap();
        assert_eq!(master(&files.read_on(), 2), Some(8));
        std::fs::remove_file(&path).unwrap();
        assert!(files.read_on().is_empty());
        std::fs::write(&path, line(3, 9)).unwrap();
        assert_eq!(master(&files.read_on(), 3), Some(9));
    }

    #[test]
    fn a_file_that_is_cut_is_read_from_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        std::fs::write(&path, format!("{}{}", line(1, 7), line(2, 8))).unwrap();
        let mut files = KeyFiles::default();
        files.add_log(&path).unwrap();
        std::fs::write(&path, line(3, 9)).unwrap();
        assert_eq!(master(&files.read_on(), 3), Some(9));
    }

    #[test]
    fn a_file_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let mut files = KeyFiles::default();
        files.await_log(&path);
        assert!(files.may_grow() && files.read_on().is_empty());
        std::fs::write(&path, line(1, 7)).unwrap();
        assert_eq!(master(&files.read_on(), 1), Some(7));
        assert_eq!(files.watched().collect::<Vec<_>>(), [path]);
    }

    #[test]
    fn a_last_line_without_its_end_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        std::fs::write(&path, line(1, 7).trim_end()).unwrap();
        let mut files = KeyFiles::default();
        files.add_log(&path).unwrap();
        assert_eq!(master(&files.log, 1), Some(7));
    }

    #[test]
    fn bad_lines_are_named_by_their_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        std::fs::write(&path, format!("# good\n{}CLIENT_RANDOM 00\nwhat\n", line(1, 7))).unwrap();
        let mut files = KeyFiles::default();
        files.add_log(&path).unwrap();
        let [complaint] = &files.complaints()[..] else { panic!() };
        assert!(complaint.contains("2 lines are") && complaint.contains("line 3:"), "{complaint}");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let error = KeyFiles::default().add_log(Path::new("/nowhere/keys")).unwrap_err();
        assert_eq!(error.to_string(), "cannot read /nowhere/keys");
    }

    #[test]
    fn a_file_of_keys_has_a_largest_size() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let refused = |octets: u64| {
            file.as_file().set_len(octets).unwrap();
            KeyFiles::default().add_private(file.path(), None).unwrap_err()
        };
        assert!(matches!(refused(KEY_FILE_BYTES_MAX), KeysError::Key { .. }));
        assert!(matches!(refused(KEY_FILE_BYTES_MAX + 1), KeysError::TooLarge { .. }));
    }

    #[test]
    fn lines_across_what_is_read_at_once_are_whole() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let (first, second) = (line(1, 7), line(2, 8));
        for before in [KEY_LOG_READ_BYTES - 80, KEY_LOG_READ_BYTES - first.len(), KEY_LOG_READ_BYTES] {
            file.as_file().set_len(0).unwrap();
            std::io::Seek::rewind(&mut file).unwrap();
            let comment = format!("#{}\n", "x".repeat(before - 2));
            file.write_all([comment, first.clone(), second.clone()].concat().as_bytes()).unwrap();
            let mut files = KeyFiles::default();
            files.add_log(file.path()).unwrap();
            let log = files.log_now();
            assert_eq!((master(&log, 1), master(&log, 2)), (Some(7), Some(8)), "{before}");
        }
    }
}
