//! Files that TLS is opened with: key logs, which may grow while a capture is read, and private keys.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

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
#[derive(Clone, Debug)]
struct Watched {
    path: PathBuf,
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
        let read = watched.read(&mut self.log);
        read.map_err(|source| KeysError::Io { path: path.to_owned(), source })?;
        self.watched.push(watched);
        Ok(())
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
            let length = std::fs::metadata(&watched.path).map_or(0, |metadata| metadata.len());
            if length == watched.offset + watched.beyond {
                continue;
            }
            if length < watched.offset {
                (watched.offset, watched.beyond) = (0, 0);
            }
            if let Ok(read) = watched.read(&mut self.log) {
                touched.adopt(&read);
            }
        }
        touched
    }
}

impl Watched {
    fn new(path: &Path) -> Self {
        let path = path.to_owned();
        Self { path, offset: 0, beyond: 0, lines: 0, lines_bad: 0, complaint: None, left_out: 0 }
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
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        let mut buffer = Vec::new();
        loop {
            let got = (&mut file).take(KEY_LOG_READ_BYTES).read_to_end(&mut buffer)?;
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
}
