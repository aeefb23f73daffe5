//! The dashboard in a real terminal: opens, answers keys, and gives the terminal back.

#![expect(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

#[path = "dashboard/close_look.rs"]
mod close_look;
#[path = "hostile/captures.rs"]
mod hostile;
#[path = "dashboard/idle.rs"]
mod idle;
#[path = "dashboard/looks.rs"]
mod looks;
#[path = "dashboard/pipe.rs"]
mod pipe;
#[path = "dashboard/rights.rs"]
mod rights;
#[path = "dashboard/terminal.rs"]
mod terminal;
#[path = "dashboard/walk.rs"]
mod walk;
#[path = "dashboard/ways_out.rs"]
mod ways_out;
#[path = "hostile/wire.rs"]
mod wire;

use std::path::Path;

use tapline_testkit::vt100;
use terminal::{Dashboard, with_capture};

#[test]
fn it_opens_shows_its_keys_and_leaves_the_terminal_as_it_was() {
    with_capture(|path| {
        let mut dashboard = Dashboard::open(path);
        dashboard.wait_for_text("www.example.org");
        dashboard.wait_until_loaded();
        dashboard.wait_for_text("GET /hello");
        assert!(dashboard.terminal.look(vt100::Screen::alternate_screen));
        assert!(!dashboard.terminal.has_its_settings_back(), "it reads keys, not lines");
        dashboard.press("?");
        dashboard.wait_for_text("What this is");
        dashboard.press("?");
        dashboard.wait_for_text("table of connections");
        dashboard.press("?");
        dashboard.wait_until_gone("table of connections");
        assert_eq!(dashboard.quit(), 0);
    });
}

/// The report's lines below this title.
fn reported(path: &Path, title: &str) -> Vec<String> {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tapline"));
    let output = command.arg("report").arg(path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let section = text.lines().skip_while(|line| !line.starts_with(title)).skip(1);
    section.take_while(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_overview_shows_findings_and_the_comparison_of_the_report() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/link/page-load.pcapng");
    let mut dashboard = Dashboard::open(&path);
    dashboard.wait_until_loaded();
    dashboard.go(0);
    dashboard.press("G");
    dashboard.wait_for_text("HTTP/1.1 against HTTP/2");
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let figures = reported(&path, "HTTP/1.1 against HTTP/2");
    assert!(figures.len() > 8, "{figures:?}");
    dashboard.wait_for("every figure of the report", |screen| {
        let shown: Vec<String> = screen.contents().lines().map(words).collect();
        figures.iter().skip(1).all(|figure| shown.contains(&words(figure)))
    });
    dashboard.go(3);
    dashboard.wait_for_text("Connections were not reused");
    dashboard.press("jjj");
    dashboard.wait_for_text("tcp_loss");
    dashboard.press("\r");
    dashboard.wait_for_screen(2);
    dashboard.wait_for_text("connection 1 www.example.test");
    dashboard.press("\x1b");
    dashboard.wait_for_screen(3);
    assert_eq!(dashboard.quit(), 0);
}
