//! The roots by which certificates are judged: a user's files, the system's, or those that are built in.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tapline_analysis::certificate::{Trust, TrustError};

use crate::limits::TRUST_FILE_BYTES_MAX;

/// Why roots cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TrustFileError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file has no root in it.
    #[error("{} is of no use", path.display())]
    Roots {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to give.
        source: TrustError,
    },
    /// A file is too large for what it should be.
    #[error("{} is larger than a list of roots can be ({TRUST_FILE_BYTES_MAX} octets)", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

/// Where roots come from, as it is shown.
const SYSTEM: &str = "the system's roots";
const BUILT_IN: &str = "Mozilla's roots (the system has none)";
const FILES: &str = "the roots of --trust";

/// The system's roots, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`. Where there are none, Mozilla's as they were when
/// this program was built. [`Trust::whose`] says which.
pub fn system_roots() -> Trust {
    let mut trust = Trust::new().called(SYSTEM);
    // What of the system's cannot be read is as if it were not there: others may be.
    for root in rustls_native_certs::load_native_certs().certs {
        trust.add(&root);
    }
    if trust.is_empty() { built_in_roots() } else { trust }
}

fn built_in_roots() -> Trust {
    let mut trust = Trust::new().called(BUILT_IN);
    for root in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        trust.add(root);
    }
    trust
}

/// The roots in these files, and no others.
pub fn roots_of_files(paths: &[PathBuf]) -> Result<Trust, TrustFileError> {
    let mut trust = Trust::new().called(FILES);
    for path in paths {
        let octets = read(path)?;
        let added = trust.add_file(&octets);
        added.map_err(|source| TrustFileError::Roots { path: path.clone(), source })?;
    }
    Ok(trust)
}

fn read(path: &Path) -> Result<Vec<u8>, TrustFileError> {
    let failed = |source| TrustFileError::Io { path: path.to_owned(), source };
    let mut octets = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(TRUST_FILE_BYTES_MAX + 1).read_to_end(&mut octets).map_err(failed)?;
    if octets.len() as u64 > TRUST_FILE_BYTES_MAX {
        return Err(TrustFileError::TooLarge { path: path.to_owned() });
    }
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_that_are_built_in_can_all_be_read() {
        let trust = built_in_roots();
        assert!(trust.len() > 100, "{}", trust.len());
        assert_eq!((trust.len(), trust.left_out()), (webpki_root_certs::TLS_SERVER_ROOT_CERTS.len(), 0));
    }

    #[test]
    fn files_replace_the_system() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.der");
        let [root, ..] = webpki_root_certs::TLS_SERVER_ROOT_CERTS else { panic!() };
        std::fs::write(&path, root).unwrap();
        let trust = roots_of_files(&[path.clone(), path]).unwrap();
        assert_eq!((trust.len(), trust.whose()), (1, FILES));
    }

    #[test]
    fn errors_name_the_file_and_the_next_step() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roots.pem");
        let check = |part: &str| {
            let error = roots_of_files(std::slice::from_ref(&path)).unwrap_err();
            let why = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            let error = format!("{error}: {why}");
            assert!(error.contains("roots.pem") && error.contains(part), "{error}");
        };
        check("cannot read");
        std::fs::write(&path, "nothing").unwrap();
        check("holds no certificate: give a file in PEM");
        std::fs::write(&path, vec![b'0'; 5 << 20]).unwrap();
        check("larger than a list of roots");
    }

    #[test]
    fn a_file_of_roots_has_a_largest_size() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let refused = |octets: u64| {
            file.as_file().set_len(octets).unwrap();
            roots_of_files(&[file.path().to_owned()]).unwrap_err()
        };
        assert!(matches!(refused(TRUST_FILE_BYTES_MAX), TrustFileError::Roots { .. }));
        assert!(matches!(refused(TRUST_FILE_BYTES_MAX + 1), TrustFileError::TooLarge { .. }));
    }
}
