//! Signals that end it leave nothing behind that is half done.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tapline_testkit::{Signal, Terminal, send, vt100};

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

/// In the middle of drawing a ladder, which the terminal tells of.
#[test]
fn a_drawing_that_is_stopped_ends_at_once_and_leaves_nothing() {
    let (folder, path) = folder_with(&many(60_000));
    for (format, keys) in [("mermaid", &b"\x03"[..]), ("html", b"\x03"), ("mermaid", b"")] {
        let out = folder.path().join("out");
        let words = ["export", "--no-config", "--to", format, "--connection", "0", "-o"].map(OsStr::new);
        let words: Vec<&OsStr> = words.into_iter().chain([out.as_os_str(), path.as_os_str()]).collect();
        let program = Path::new(env!("CARGO_BIN_EXE_tapline"));
        let mut terminal = Terminal::start(program, &words, &[], (120, 24)).unwrap();
        let drawing = |screen: &vt100::Screen| screen.contents().contains("ladder 1 of 1");
        let seen = terminal.wait_until(Duration::from_mins(1), drawing);
        assert!(seen.is_some(), "{format}: {}", terminal.contents());
        let asked = Instant::now();
        if keys.is_empty() {
            terminal.signal(Signal::TERM).unwrap();
        } else {
            terminal.press(keys).unwrap();
        }
        let status = terminal.wait_for_end(Duration::from_secs(20)).unwrap().unwrap();
        let took = asked.elapsed();
        assert!(took < Duration::from_secs(1), "{format}: {took:?}");
        assert!(!status.success(), "{status:?}");
        let says = |screen: &vt100::Screen| screen.contents().contains("stopped: nothing was written to");
        assert!(terminal.wait_until(Duration::from_secs(5), says).is_some(), "{}", terminal.contents());
        // Where the terminal echoes ^C it is another line that is cleared.
        assert!(!keys.is_empty() || !terminal.contents().contains("ladder"), "{}", terminal.contents());
        wait_for_entries(folder.path(), 1);
    }
}
