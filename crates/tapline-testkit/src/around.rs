//! What a test finds around it, and how it says that something is missing.

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;

/// Says that a test did not look at what it is about, and why. Written past the test runner, which shows
/// only what failing tests print.
pub fn skipped(why: impl Display) {
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "skipped: {name}: {why}");
}

/// A folder of the captures of other projects that CI has beside this one; where it is absent, as it is at
/// users', that is said.
pub fn corpus(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    skipped(format_args!("the corpus is absent ({folder})"));
    None
}
