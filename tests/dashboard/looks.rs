//! What terminals can and cannot show: sizes, colours, glyphs.

use tapline_testkit::fixtures;

use crate::terminal::{Dashboard, SIZE, with_capture};

/// A capture whose screens have colours and glyphs of every kind.
fn telling() -> std::path::PathBuf {
    let is_it = |path: &std::path::PathBuf| path.ends_with("link/page-load.pcapng");
    fixtures().into_iter().find(is_it).unwrap()
}

#[test]
fn a_terminal_that_is_too_small_says_so_and_recovers() {
    with_capture(|path| {
        let mut dashboard = Dashboard::open_with(path, &[], (20, 5));
        dashboard.wait_for_text("tapline: this termin");
        dashboard.press("2jG");
        for size in [(120, 40), (1, 1), (80, 24), (39, 30), (200, 9), (200, 60)] {
            dashboard.terminal.resize(size.0, size.1).unwrap();
            if size.0 >= 40 && size.1 >= 10 {
                dashboard.wait_for_screen(1);
                dashboard.wait_until_loaded();
            }
        }
        assert_eq!(dashboard.quit(), 0);
    });
}

#[test]
fn the_size_may_change_at_any_time_while_it_loads() {
    for path in fixtures().iter().step_by(9) {
        let mut dashboard = Dashboard::open(path);
        for (columns, rows) in [(20, 5), (160, 50), (41, 11), (100, 30)] {
            dashboard.terminal.resize(columns, rows).unwrap();
            dashboard.press("23G");
        }
        dashboard.wait_for_screen(2);
        dashboard.wait_until_loaded();
        dashboard.wait_for("all columns", |screen| screen.size().1.get() == 100);
        dashboard.press("q");
        dashboard.wait_for_end();
        dashboard.assert_given_back();
    }
}

/// What was written while every screen was shown.
fn output_of_all_screens(variables: &[(&str, &str)]) -> String {
    let mut dashboard = Dashboard::open_with(&telling(), variables, SIZE);
    dashboard.wait_until_loaded();
    for key in ["1", "j", "2", "j", "3", "x", "+", "4", "5", "6", "7", "8", "?"] {
        dashboard.press(key);
        dashboard.wait_for("a tab", |screen| screen.contents().lines().count() > 10);
    }
    dashboard.wait_for_text("What this is");
    let output = dashboard.terminal.output();
    String::from_utf8(output).unwrap()
}

/// The parameters of every escape that styles.
fn styles(output: &str) -> Vec<&str> {
    let sequences = output.split("\x1b[").skip(1);
    sequences
        .filter_map(|rest| {
            Some(rest.split_once(|c: char| c.is_ascii_alphabetic())?)
                .filter(|(parameters, _)| rest[parameters.len()..].starts_with('m'))
                .map(|(parameters, _)| parameters)
        })
        .collect()
}

/// Whether a style asks for a colour: 39 and 49 ask for none.
fn is_colour(parameters: &str) -> bool {
    let number: u16 = parameters.split(';').next().and_then(|first| first.parse().ok()).unwrap_or(0);
    matches!(number, 30..=38 | 40..=48 | 90..=97 | 100..=107)
}

#[test]
fn no_color_is_honoured_in_every_octet() {
    let coloured = output_of_all_screens(&[]);
    assert!(styles(&coloured).into_iter().any(is_colour), "there are colours to leave out");
    for plain in [[("NO_COLOR", "1")], [("NO_COLOR", "yes")]] {
        let output = output_of_all_screens(&plain);
        let found: Vec<&str> = styles(&output).into_iter().filter(|style| is_colour(style)).collect();
        assert_eq!(found, Vec::<&str>::new());
    }
}

#[test]
fn the_console_and_plain_locales_get_ascii_alone() {
    assert!(!output_of_all_screens(&[]).is_ascii(), "there are glyphs to leave out");
    for plain in [[("TERM", "linux")], [("LC_ALL", "C")], [("LC_ALL", "POSIX")]] {
        let output = output_of_all_screens(&plain);
        let strange: String = output.chars().filter(|c| !c.is_ascii()).take(20).collect();
        assert_eq!(strange, "", "{plain:?}");
    }
}
