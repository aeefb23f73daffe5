//! No room, or no place, for what is written.

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{complains, folder_with, good, many, tapline};

/// Enough for more than what is held back before it is written.
const EXCHANGES: usize = 1500;

const FORMATS: [&str; 2] = ["ndjson", "pcapng"];

fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn standard_output_without_room_is_named() {
    let (_folder, input) = folder_with(&good());
    let full = || Stdio::from(fs::File::options().write(true).open("/dev/full").unwrap());
    for arguments in [&["report"][..], &["export", "--to", "ndjson"], &["export", "--to", "pcapng"]] {
        let output = tapline(arguments).arg(&input).stdout(full()).output().unwrap();
        complains(&output, 2, &["cannot write standard output", "No space left", "make room"]);
    }
}

/// As on a disk that is full: what it was going to be is not there, and what was there before is as it was.
#[test]
fn a_file_that_finds_no_room_leaves_nothing() {
    let (folder, input) = folder_with(&many(EXCHANGES));
    for before in [None, Some("as it was")] {
        let out = folder.path().join("out");
        if let Some(before) = before {
            fs::write(&out, before).unwrap();
        }
        for format in FORMATS {
            let program = env!("CARGO_BIN_EXE_tapline");
            let words = ["-c", "ulimit -f 100; exec \"$@\"", "sh", program, "export", "--to", format, "-o"];
            let mut command = Command::new("bash");
            let output = command.args(words).arg(&out).arg(&input).stdin(Stdio::null()).output().unwrap();
            complains(&output, 2, &["cannot write", out.to_str().unwrap(), "File too large", "make room"]);
            assert_eq!(fs::read_to_string(&out).ok().as_deref(), before);
            assert_eq!(names(folder.path()).len(), 1 + before.iter().count(), "no other file stays");
        }
    }
}

#[test]
fn places_that_cannot_be_written_are_said_before_anything_is_read() {
    let (folder, input) = folder_with(&good());
    let check = |out: &Path, words: &[&str]| {
        for format in FORMATS {
            let mut command = tapline(&["export", "--to", format, "-o"]);
            complains(&command.arg(out).arg(&input).output().unwrap(), 2, words);
        }
    };
    check(folder.path(), &["is a folder", "name a file in it"]);
    check(&folder.path().join("absent/out"), &["cannot write in", "absent", "No such file"]);
    check(&input.join("out"), &["cannot write in", "Not a directory"]);
    check(Path::new("/proc/out"), &["cannot write in /proc"]);
    check(Path::new("/dev/full"), &["cannot write /dev/full", "No space left"]);
    let arguments = ["report", "-w", "/proc/out", "-"];
    let mut child = tapline(&arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &good()).unwrap();
    complains(&child.wait_with_output().unwrap(), 2, &["cannot write /proc/out"]);
    assert_eq!(names(folder.path()), ["capture.pcapng"]);
}

/// Another file in their place would be none: as root that is the system's `/dev/null`.
#[test]
fn devices_pipes_and_links_stay_what_they_are() {
    let (folder, input) = folder_with(&good());
    let export = |out: &Path| {
        let mut command = tapline(&["export", "--to", "ndjson", "-o"]);
        command.arg(out).arg(&input).spawn().unwrap()
    };
    assert!(export(Path::new("/dev/null")).wait().unwrap().success());
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());

    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut child = export(&pipe);
    let text = fs::read_to_string(&pipe).unwrap();
    assert!(child.wait().unwrap().success() && text.contains("\"type\":\"capture\""), "{text}");
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());

    let [link, file] = ["link", "file"].map(|name| folder.path().join(name));
    fs::write(&file, "before").unwrap();
    symlink(&file, &link).unwrap();
    assert!(export(&link).wait().unwrap().success());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert_eq!(names(folder.path()), ["capture.pcapng", "file", "link", "pipe"]);
}
