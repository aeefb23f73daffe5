//! Every way out gives the terminal back.

use tapline_testkit::{Signal, vt100};

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
