//! What the files of a set are called.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// Names, one after the other: `FILE`, or `FILE_00001_20261129235959.pcapng` as dumpcap has it, in UTC.
pub(super) struct Names {
    path: PathBuf,
    is_set: bool,
    given: usize,
}

impl Names {
    pub(super) fn new(path: &Path, is_set: bool) -> Self {
        Self { path: path.to_owned(), is_set, given: 0 }
    }

    /// How many were given.
    pub(super) fn given(&self) -> usize {
        self.given
    }

    pub(super) fn next(&mut self) -> PathBuf {
        self.given += 1;
        if self.is_set { self.numbered(Timestamp::now()) } else { self.path.clone() }
    }

    fn numbered(&self, now: Timestamp) -> PathBuf {
        let mut name = OsString::from(self.path.file_stem().unwrap_or_default());
        name.push(format!("_{:05}_{}", self.given, now.strftime("%Y%m%d%H%M%S")));
        if let Some(extension) = self.path.extension() {
            name.push(".");
            name.push(extension);
        }
        self.path.with_file_name(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_named_as_dumpcap_names_them() {
        let check = |path: &str, expected: &str| {
            let names = Names { given: 7, ..Names::new(Path::new(path), true) };
            let now = Timestamp::from_second(1_795_996_400).unwrap();
            assert_eq!(names.numbered(now), PathBuf::from(expected));
        };
        check("a/day.pcapng", "a/day_00007_20261129235320.pcapng");
        check("day", "day_00007_20261129235320");
        let mut one = Names::new(Path::new("day.pcapng"), false);
        assert_eq!([one.next(), one.next()], ["day.pcapng", "day.pcapng"].map(PathBuf::from));
    }
}
