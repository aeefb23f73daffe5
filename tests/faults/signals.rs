//! Signals that end it leave nothing behind that is half done.

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tapline_testkit::{Signal, send};

use crate::program::{folder_with, many, tapline};

/// Waits until a folder has so many entries.
fn wait_for_entries(folder: &Path, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while fs::read_dir(folder).unwrap().count() != count {
        assert!(Instant::now() < deadline, "{:?}", fs::read_dir(folder).unwrap().collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// In the middle of an export to a file, which waits for the rest of a capture.
#[test]
fn an_export_that_is_stopped_takes_its_file_away() {
    for signal in [Signal::TERM, Signal::INT] {
        let content = many(50);
        let (folder, _) = folder_with(b"");
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let out = folder.path().join("out.ndjson");
        let mut command = tapline(&["export", "--to", "ndjson", "-o"]);
        let mut child = command.arg(&out).arg(&pipe).stderr(Stdio::piped()).spawn().unwrap();
        let mut writer = fs::File::options().write(true).open(&pipe).unwrap();
        writer.write_all(&content[..content.len() / 2]).unwrap();
        // The capture, the pipe and the file that has no name yet.
        wait_for_entries(folder.path(), 3);
        send(child.id(), signal).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(signal.as_raw()), "{status}");
        let mut said = String::new();
        std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
        assert_eq!(said, format!("tapline: stopped: nothing was written to {}\n", out.display()));
        wait_for_entries(folder.path(), 2);
        drop(writer);
    }
}
