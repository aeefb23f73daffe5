//! Every way out gives the terminal back.

use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant};

use tapline_testkit::{Signal, Terminal, installed, process_with, vt100};

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

const PATIENCE: Duration = Duration::from_secs(20);

/// Presses keys and waits until the screen is so.
fn step(shell: &mut Terminal, keys: &str, is_so: &dyn Fn(&vt100::Screen) -> bool) {
    shell.press(keys.as_bytes()).unwrap();
    assert!(shell.wait_until(PATIENCE, is_so).is_some(), "{keys:?}: {}", shell.contents());
}

fn shows(screen: &vt100::Screen) -> bool {
    screen.alternate_screen() && screen.contents().contains("loaded")
}

/// The shell asks for a command, below whatever it said before.
fn is_the_shell(screen: &vt100::Screen) -> bool {
    !screen.alternate_screen()
        && screen.contents().trim_end().ends_with("ready>")
        && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
}

/// A shell in which the dashboard runs, stopped by `stop`, and all is well afterwards.
fn stopped_and_brought_back(path: &Path, stop: impl FnOnce(&mut Terminal)) {
    let arguments = ["--norc", "-i"].map(OsStr::new);
    let prompt = [("PS1", OsStr::new("ready>"))];
    let mut shell = Terminal::start(Path::new("bash"), &arguments, &prompt, SIZE).unwrap();
    let command = format!("LC_ALL=C.UTF-8 {} {}\r", env!("CARGO_BIN_EXE_tapline"), path.display());
    step(&mut shell, &command, &shows);
    stop(&mut shell);
    step(&mut shell, "fg\r", &shows);
    // The shell reads again only when the program has ended.
    step(&mut shell, "q", &is_the_shell);
    step(&mut shell, "exit\r", &|screen| screen.contents().contains("exit"));
    assert!(shell.wait_for_end(PATIENCE).unwrap().is_some(), "{}", shell.contents());
}

/// From a shell and back, as everywhere on Ctrl-Z.
#[test]
fn control_z_leaves_it_to_the_shell_until_that_comes_back() {
    with_capture(|path| stopped_and_brought_back(path, |shell| step(shell, "\x1a", &is_the_shell)));
}

fn send(path: &Path, signal: Signal) {
    tapline_testkit::send(process_with(path.to_str().unwrap()).unwrap(), signal).unwrap();
}

#[test]
fn who_stops_it_from_outside_finds_the_terminal_given_back() {
    with_capture(|path| {
        stopped_and_brought_back(path, |shell| {
            for _ in 0..2 {
                send(path, Signal::TSTP);
                step(shell, "", &is_the_shell);
                step(shell, "fg\r", &shows);
            }
            send(path, Signal::TSTP);
            step(shell, "", &is_the_shell);
        });
    });
}

/// SIGSTOP asks nobody. What the shell did to the terminal meanwhile is undone.
#[test]
fn who_stops_it_without_asking_brings_it_back_whole() {
    with_capture(|path| {
        stopped_and_brought_back(path, |shell| {
            send(path, Signal::STOP);
            step(shell, "", &|screen| screen.contents().contains("Stopped"));
        });
    });
}

/// Whatever it does at that moment, it does not go on without a terminal.
#[test]
fn a_terminal_that_goes_away_ends_it() {
    with_capture(|path| {
        let program = env!("CARGO_BIN_EXE_tapline");
        let command = format!("exec {program} {}", path.display());
        let arguments = ["-qec", &command, "/dev/null"].map(OsStr::new);
        let variables = [("LC_ALL", OsStr::new("C.UTF-8")), ("SHELL", OsStr::new("/bin/sh"))];
        if !installed(&["script"]) {
            return;
        }
        // A terminal in the terminal, whose other end goes with its program.
        let outer = Terminal::start(Path::new("script"), &arguments, &variables, SIZE).unwrap();
        assert!(outer.wait_until(PATIENCE, shows).is_some(), "{}", outer.contents());
        let id = process_with(path.to_str().unwrap()).unwrap();
        outer.signal(Signal::KILL).unwrap();
        let begun = Instant::now();
        while is_alive(id) {
            assert!(begun.elapsed() < Duration::from_secs(3), "it goes on");
            std::thread::sleep(Duration::from_millis(10));
        }
    });
}

/// Whether a process has not ended; one that nobody has asked for its status has.
fn is_alive(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
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
