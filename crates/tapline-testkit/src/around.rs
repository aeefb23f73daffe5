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

/// Whether programs are installed; where one is missing, that is said.
pub fn installed(programs: &[&str]) -> bool {
    let paths: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    let is_there = |program: &str| paths.iter().any(|folder| folder.join(program).is_file());
    let missing = programs.iter().find(|program| !is_there(program));
    if let Some(program) = missing {
        skipped(format_args!("{program} is not installed"));
    }
    missing.is_none()
}

/// The process whose command line has this word in it: a test looks for one that something else started by the file that
/// only it was given.
pub fn process_with(word: &str) -> Option<u32> {
    std::fs::read_dir("/proc").ok()?.find_map(|entry| {
        let entry = entry.ok()?;
        let id = entry.file_name().to_str()?.parse().ok()?;
        let command = std::fs::read(entry.path().join("cmdline")).ok()?;
        let has_it = command.split(|&octet| octet == 0).any(|one| one == word.as_bytes());
        has_it.then_some(id)
    })
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

/// The folder of this project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map_or_else(PathBuf::new, PathBuf::from)
}

/// Every capture under `fixtures`, in order of their paths.
///
/// # Panics
/// Where the folder cannot be read: it comes with the project.
#[expect(clippy::expect_used, reason = "a test without its fixtures must fail")]
pub fn fixtures() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["http1", "http2", "tls", "link"] {
        let entries =
            std::fs::read_dir(root().join("fixtures").join(folder)).expect("the fixtures are there");
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        found.extend(paths.filter(|path| path.extension().is_some_and(|extension| extension == "pcapng")));
    }
    found.sort();
    found
}
