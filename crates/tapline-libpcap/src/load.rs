//! Finding libpcap on this machine, once.

use std::ffi::{CStr, c_char};
use std::fmt;
use std::sync::OnceLock;

use libloading::Library;

use crate::table::Table;

/// Names under which the dynamic linker may know libpcap: the upstream name, Debian's, the development link.
#[cfg(not(target_os = "macos"))]
const NAMES: &[&str] = &["libpcap.so.1", "libpcap.so.0.8", "libpcap.so"];
/// Names under which the dynamic linker may know libpcap.
#[cfg(target_os = "macos")]
const NAMES: &[&str] = &["libpcap.A.dylib", "/usr/lib/libpcap.A.dylib", "libpcap.dylib"];

static LOADED: OnceLock<Result<Loaded, LoadError>> = OnceLock::new();

/// Libpcap as it was found.
struct Loaded {
    table: Table,
    version: String,
    /// Kept for as long as the process lives: `table` points into it.
    _library: Library,
}

/// Libpcap is not on this machine, or cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// What the dynamic linker said of the first name that was tried.
    pub reason: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "libpcap is not on this machine ({})", self.reason)
    }
}

impl std::error::Error for LoadError {}

/// What the loaded libpcap says of itself ("libpcap version 1.10.3 …"), or why there is none.
pub fn version() -> Result<&'static str, &'static LoadError> {
    loaded(NAMES).as_ref().map(|loaded| loaded.version.as_str())
}

/// Loads libpcap under one of `names` instead of the usual ones. Only the first use of libpcap in a process
/// decides; the answer is that of [`version`]. Made for tests, which so hide a libpcap that is installed.
pub fn load_from(names: &[&str]) -> Result<&'static str, &'static LoadError> {
    loaded(names).as_ref().map(|loaded| loaded.version.as_str())
}

/// The entry points, all absent where libpcap is.
pub(crate) fn table() -> &'static Table {
    const ABSENT: &Table = &Table::ABSENT;
    loaded(NAMES).as_ref().map_or(ABSENT, |loaded| &loaded.table)
}

fn loaded(names: &[&str]) -> &'static Result<Loaded, LoadError> {
    LOADED.get_or_init(|| load(names))
}

fn load(names: &[&str]) -> Result<Loaded, LoadError> {
    let mut first_reason = None;
    for name in names {
        // SAFETY: libpcap's initialisers do nothing beyond their own state (libpcap has none before 1.10's
        // `pcap_init`, which is called explicitly).
        match unsafe { Library::new(*name) } {
            Ok(library) => {
                // SAFETY: the table's signatures are those of pcap/pcap.h.
                let table = unsafe { Table::read(&library) };
                return Ok(Loaded { table, version: version_of(&library), _library: library });
            }
            Err(error) => first_reason = first_reason.or(Some(error.to_string())),
        }
    }
    Err(LoadError { reason: first_reason.unwrap_or_else(|| "no name to look for".to_owned()) })
}

fn version_of(library: &Library) -> String {
    type LibVersion = unsafe extern "C" fn() -> *const c_char;
    // SAFETY: `const char *pcap_lib_version(void)`; the string is static and NUL-terminated.
    let text = unsafe {
        library
            .get::<LibVersion>(b"pcap_lib_version\0")
            .ok()
            .map(|call| call())
            .filter(|text| !text.is_null())
    };
    match text {
        // SAFETY: as above, and not null.
        Some(text) => unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned(),
        None => "libpcap of unknown version".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_not_there_is_an_error_with_its_name() {
        let error = load(&["libpcap-that-does-not-exist.so"]).err().unwrap();
        assert!(error.to_string().starts_with("libpcap is not on this machine ("), "{error}");
        assert!(error.reason.contains("libpcap-that-does-not-exist.so"), "{error}");
    }

    #[test]
    fn the_first_name_that_loads_wins() {
        match load(&["libpcap-that-does-not-exist.so", "libpcap.so.1", "libpcap.so.0.8"]) {
            Ok(loaded) => assert!(loaded.version.starts_with("libpcap version"), "{}", loaded.version),
            Err(error) => {
                use std::io::Write;
                let _ = writeln!(std::io::stderr(), "skipped: {error}");
            }
        }
    }

    #[test]
    fn no_names_are_no_library() {
        assert_eq!(load(&[]).err().unwrap().reason, "no name to look for");
    }

    #[test]
    fn every_entry_point_is_found_in_a_present_libpcap() {
        match load(NAMES) {
            Ok(loaded) => assert_eq!(loaded.table.missing(), Vec::<&str>::new()),
            Err(error) => {
                use std::io::Write;
                let _ = writeln!(std::io::stderr(), "skipped: {error}");
            }
        }
    }
}
