//! Every fixture, through every screen.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use tapline_testkit::{Talk, fixtures, strange};

use crate::hostile;
use crate::terminal::{Dashboard, ESCAPES, SCREENS, with_talk};

/// Terminals at the same time: each waits for its screen most of the time.
const AT_ONCE: usize = 4;

/// The exit status that is documented: that of the report, which says whether the capture is damaged.
fn expected_status(path: &Path) -> u32 {
    let mut report = Command::new(env!("CARGO_BIN_EXE_tapline"));
    let status = report.arg("report").arg(path).output().unwrap().status;
    u32::try_from(status.code().unwrap()).unwrap()
}

/// Presses every kind of key on a screen.
fn walk(dashboard: &mut Dashboard) {
    dashboard.wait_until_loaded();
    for nth in 0..SCREENS.len() {
        dashboard.go(nth);
        dashboard.press("jkG+-[]gxd0v");
        dashboard.press("jx");
        // Deeper and back; `Esc` and another key at once would be one with Alt.
        dashboard.go(nth);
        dashboard.press("\r");
        dashboard.go(nth);
        dashboard.press("?");
        dashboard.wait_for_text(" What this is ");
        dashboard.press("?");
        dashboard.wait_for_text(" Keys ");
        dashboard.press("\x1b");
        dashboard.wait_until_gone(" Keys ");
        dashboard.press(":");
        dashboard.wait_for_text(" Commands ");
        dashboard.press("zoom");
        dashboard.press("\x1b");
        dashboard.wait_until_gone(" Commands ");
    }
    dashboard.go(2);
    dashboard.press("/tcp.port > 0");
    dashboard.wait_for_text("/tcp.port > 0");
    dashboard.press("\r");
    dashboard.wait_until_loaded();
    // Ctrl-U takes away what was typed before.
    dashboard.press("++h0f-/\x15nothing has these words");
    dashboard.wait_for_text("/nothing has these words");
    dashboard.press("\r");
    dashboard.wait_until_loaded();
    dashboard.wait_for_text("no connection has these words");
    dashboard.press("\x1b");
    dashboard.wait_until_gone("no connection has these words");
}

fn walk_through(path: &Path) {
    let mut dashboard = Dashboard::open(path);
    walk(&mut dashboard);
    assert_eq!(dashboard.quit(), expected_status(path), "{}", path.display());
    assert_eq!(strange(&dashboard.terminal.output(), ESCAPES), None, "{}", path.display());
}

#[test]
fn every_fixture_is_walked_through_and_the_terminal_comes_back() {
    let left = Mutex::new(fixtures());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = left.lock().unwrap().pop();
                    let Some(path) = next else { return };
                    walk_through(&path);
                }
            });
        }
    });
}

#[test]
fn nothing_of_the_wire_acts_on_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    for path in hostile::captures(folder.path()) {
        walk_through(&path);
    }
}

/// Back by seconds and by decades, and on by centuries, in the middle of everything.
#[test]
fn a_clock_that_jumps_is_walked_through() {
    const YEAR_NS: i64 = 365 * 86_400 * 1_000_000_000;
    for jumps in [
        [-3_000_000_000, 0, 5_000_000_000],
        [-53 * YEAR_NS, 250 * YEAR_NS, -100 * YEAR_NS],
        [235 * YEAR_NS, 0, 0],
    ] {
        let build = |talk: Talk| {
            let talk = jumps.iter().fold(talk.handshake(), |talk, &jump| {
                let asked = talk.client(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").wait_ns(jump);
                asked
                    .server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
                    .wait_ns(20_000_000)
                    .client_ack()
            });
            talk.close()
        };
        with_talk(build, walk_through);
    }
}
