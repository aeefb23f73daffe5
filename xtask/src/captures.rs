//! Where captures are: the fixtures, and the corpus beside the project where there is one.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell::root;

/// A capture file and its name relative to the folder that holds it: `fixtures/…` or `corpus/…`; where it is read
/// with a key log, the name goes on with that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Capture {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) keylog: Option<PathBuf>,
}

impl Capture {
    /// The same capture, read with a key log.
    pub(crate) fn with_keys(&self, keylog: &Path) -> Self {
        let keys = keylog.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{} with {keys}", self.name);
        Self { name, path: self.path.clone(), keylog: Some(keylog.to_owned()) }
    }
}

/// The folder with captures of other projects; `None` where it is absent, as it is at users'.
pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = root().parent()?.join("shared/corpus");
    folder.is_dir().then_some(folder)
}

/// The fixtures.
pub(crate) fn fixtures() -> Result<Vec<Capture>> {
    below(&root().join("fixtures"), "fixtures")
}

/// Every capture of the corpus; none where it is absent, which is said.
pub(crate) fn corpus_captures() -> Result<Vec<Capture>> {
    let Some(folder) = corpus() else {
        eprintln!("corpus absent: its captures are skipped");
        return Ok(Vec::new());
    };
    below(&folder, "corpus")
}

/// Every file of the fixtures and of the corpus: key logs, certificates, inputs of other projects' fuzzers.
pub(crate) fn files() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    each_file(&root().join("fixtures"), &mut |path| found.push(path))?;
    if let Some(folder) = corpus() {
        each_file(&folder, &mut |path| found.push(path))?;
    }
    found.sort();
    Ok(found)
}

/// Files below a folder whose names say that they are captures, in order of their names.
fn below(folder: &Path, prefix: &str) -> Result<Vec<Capture>> {
    let mut found = Vec::new();
    each_file(folder, &mut |path| {
        if is_capture(&path) {
            let relative = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            found.push(Capture { name: format!("{prefix}/{relative}"), path, keylog: None });
        }
    })?;
    found.sort();
    Ok(found)
}

fn each_file(folder: &Path, visit: &mut dyn FnMut(PathBuf)) -> Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in
            std::fs::read_dir(&current).with_context(|| format!("cannot read {}", current.display()))?
        {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { visit(path) }
        }
    }
    Ok(())
}

fn is_capture(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let not_text = ![".json", ".txt", ".keys", ".md", ".cache"].iter().any(|end| name.ends_with(end));
    not_text && [".pcap", ".pcapng", ".cap", ".trace"].iter().any(|end| name.contains(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_are_known_by_their_names() {
        let check = |name: &str| is_capture(Path::new(name));
        assert!(check("a/b.pcap") && check("b.pcapng.gz") && check("many_interfaces.pcapng.1"));
        assert!(!check("b.pcap.json") && !check("b.pcapng.keys") && !check("README.md"));
    }
}
