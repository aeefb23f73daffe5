//! Every way out gives the terminal back.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use tapline_testkit::{Signal, Terminal, vt100};

use crate::terminal::{Dashboard, SIZE, with_capture};

/// `F12`, as xterm sends it.
const F12: &str = "\x1b[24~";

#[test]
fn control_c_quits_too() {
    with_capture(|path| {
        let mut dashboard = Dashboard::open(path);
        dashboard.wait_until_loaded();
        dashboard.press("\x03");
        assert_eq!(dashboard.wait_for_end(), 0);
        dashboard.assert_given_back();
    });
}

#[test]
fn signals_that_ask_to_end_give_the_terminal_back() {
    with_capture(|path| {
        for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
            let mut dashboard = Dashboard::open(path);
            dashboard.wait_until_loaded();
            dashboard.signal(signal);
            assert_eq!(dashboard.wait_for_end(), 0, "{signal:?}");
            dashboard.assert_given_back();
        }
    });
}

#[test]
fn a_signal_on_the_way_in_gives_it_back_too() {
    with_capture(|path| {
        for signal in [Signal::TERM, Signal::HUP] {
            let mut dashboard = Dashboard::open(path);
            dashboard.wait_for("anything", vt100::Screen::alternate_screen);
            dashboard.signal(signal);
            dashboard.wait_for_end();
            dashboard.assert_given_back();
        }
    });
}

/// From a shell and back, as everywhere on Ctrl-Z.
#[test]
fn control_z_leaves_it_to_the_shell_until_that_comes_back() {
    with_capture(|path| {
        let patience = Duration::from_secs(20);
        let arguments = ["--norc", "-i"].map(OsStr::new);
        let prompt = [("PS1", OsStr::new("ready>"))];
        let mut shell = Terminal::start(Path::new("bash"), &arguments, &prompt, SIZE).unwrap();
        let command = format!("LC_ALL=C.UTF-8 {} {}\r", env!("CARGO_BIN_EXE_tapline"), path.display());
        let shows =
            |screen: &vt100::Screen| screen.alternate_screen() && screen.contents().contains("loaded");
        let step = |shell: &mut Terminal, keys: &str, is_so: &dyn Fn(&vt100::Screen) -> bool| {
            shell.press(keys.as_bytes()).unwrap();
            assert!(shell.wait_until(patience, is_so).is_some(), "{keys:?}: {}", shell.contents());
        };
        step(&mut shell, &command, &shows);
        step(&mut shell, "\x1a", &|screen| {
            !screen.alternate_screen()
                && screen.contents().contains("Stopped")
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        step(&mut shell, "fg\r", &shows);
        // The shell reads again only when the program has ended.
        step(&mut shell, "q", &|screen| {
            !screen.alternate_screen() && screen.contents().trim_end().ends_with("ready>")
        });
        step(&mut shell, "exit\r", &|screen| screen.contents().contains("exit"));
        assert!(shell.wait_for_end(patience).unwrap().is_some(), "{}", shell.contents());
    });
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "builds for users do not panic on purpose")]
fn a_panic_where_it_is_drawn_gives_it_back_before_it_speaks() {
    with_capture(|path| {
        let mut dashboard = Dashboard::open_with(path, &[("TAPLINE_PANIC", "screen")], SIZE);
        dashboard.wait_until_loaded();
        dashboard.press(F12);
        assert_eq!(dashboard.wait_for_end(), 101);
        dashboard.wait_for_text("on purpose");
        dashboard.assert_given_back();
    });
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "builds for users do not panic on purpose")]
fn a_panic_elsewhere_leaves_the_screen_and_is_told_behind_it() {
    with_capture(|path| {
        let mut dashboard = Dashboard::open_with(path, &[("TAPLINE_PANIC", "other")], SIZE);
        dashboard.wait_until_loaded();
        dashboard.press(F12);
        dashboard.go(2);
        dashboard.wait_for("the screen without the message", |screen| {
            screen.alternate_screen() && !screen.contents().contains("on purpose")
        });
        dashboard.press("q");
        assert_eq!(dashboard.wait_for_end(), 0);
        dashboard.wait_for_text("on purpose");
        dashboard.assert_given_back();
    });
}
