//! A capture that comes by standard input, as from `ssh host tcpdump -w -`: the keyboard is the terminal's.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use tapline_testkit::{Terminal, root, vt100};

use crate::terminal::SIZE;

const PATIENCE: Duration = Duration::from_secs(20);

fn piped(options: &str) -> Terminal {
    let capture = root().join("fixtures/link/slow-among-500.pcapng");
    let program = env!("CARGO_BIN_EXE_tapline");
    let command = format!("cat {} | {program} {options} -", capture.display());
    let variables = [("LC_ALL", OsStr::new("C.UTF-8"))];
    Terminal::start(Path::new("sh"), &[OsStr::new("-c"), OsStr::new(&command)], &variables, SIZE).unwrap()
}

fn step(terminal: &mut Terminal, keys: &str, text: &str) {
    terminal.press(keys.as_bytes()).unwrap();
    let has = |screen: &vt100::Screen| screen.contents().contains(text);
    assert!(terminal.wait_until(PATIENCE, has).is_some(), "{keys:?}: {text}: {}", terminal.contents());
}

#[test]
fn details_open_from_what_is_kept() {
    let mut terminal = piped("");
    step(&mut terminal, "", "loaded");
    step(&mut terminal, "\r", "loss, between packets 688 and 1054");
    step(&mut terminal, "\r", "retransmission of #932");
    // Opened with the secrets that came by the pipe.
    step(&mut terminal, "\r", "Request Line: GET /api/orders/322 HTTP/1.1");
    step(&mut terminal, "q", "");
    assert!(terminal.wait_for_end(PATIENCE).unwrap().is_some(), "{}", terminal.contents());
}

#[test]
fn what_comes_by_a_pipe_is_written_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.pcapng");
    let mut terminal = piped(&format!("-w {} --embed-secrets", path.display()));
    step(&mut terminal, "", "loaded");
    step(&mut terminal, "\r", "loss, between packets 688 and 1054");
    terminal.press(b"q").unwrap();
    assert!(terminal.wait_for_end(PATIENCE).unwrap().is_some(), "{}", terminal.contents());
    let report = |path: &Path| {
        let program =
            std::process::Command::new(env!("CARGO_BIN_EXE_tapline")).arg("report").arg(path).output();
        let text = String::from_utf8(program.unwrap().stdout).unwrap();
        text.split_once('\n').unwrap().1.to_owned()
    };
    assert_eq!(report(&path), report(&root().join("fixtures/link/slow-among-500.pcapng")));
}

#[test]
fn where_nothing_is_kept_that_is_said() {
    let mut terminal = piped("--retain 0");
    step(&mut terminal, "", "loaded");
    step(&mut terminal, "5", "the packets of this source are not kept");
    terminal.press(b"q").unwrap();
    assert!(terminal.wait_for_end(PATIENCE).unwrap().is_some(), "{}", terminal.contents());
}
