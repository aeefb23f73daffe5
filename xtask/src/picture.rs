//! `cargo xtask picture`: the pictures of the dashboard, drawn by the dashboard itself.

mod svg;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tapline_engine::analysis::Options;
use tapline_engine::{KeyFiles, RunOptions, spawn};
use tapline_tui::{Again, Theme};

use crate::shell::root;

/// A picture: its name, the fixture that it shows, the screen's size and the keys that lead there.
struct Picture {
    name: &'static str,
    fixture: &'static str,
    size: (u16, u16),
    /// Words between spaces: a named key, or what is typed.
    keys: &'static str,
}

/// Where the pictures are.
const FOLDER: &str = "docs/pictures";

/// The screen on which all of it is seen, and that of a terminal that nobody enlarged.
const WIDE: (u16, u16) = (120, 30);
const SMALL: (u16, u16) = (80, 24);

const PAGE_LOAD: &str = "link/page-load";
const SLOW: &str = "link/slow-among-500";

const fn picture_of(
    name: &'static str,
    fixture: &'static str,
    size: (u16, u16),
    keys: &'static str,
) -> Picture {
    Picture { name, fixture, size, keys }
}

const PICTURES: &[Picture] = &[
    picture_of("timeline", PAGE_LOAD, WIDE, "3 x"),
    // The tour's walk.
    picture_of("tour-1-overview", SLOW, SMALL, ""),
    picture_of("tour-2-request", SLOW, SMALL, "Enter"),
    picture_of("tour-3-ladder", SLOW, SMALL, "Enter Enter"),
    picture_of("tour-4-explained", SLOW, SMALL, "Enter ?"),
    // Every screen.
    picture_of("overview", PAGE_LOAD, WIDE, "1"),
    picture_of("connections", PAGE_LOAD, WIDE, "2"),
    picture_of("findings", PAGE_LOAD, WIDE, "4"),
    picture_of("ladder", "tls/tls13-hello-retry", WIDE, "3 Enter"),
    picture_of("streams", "http2/slow-stream-window", WIDE, "3 Enter 6 j"),
    picture_of("tcp", "link/lossy-server-side", WIDE, "3 Enter 7"),
    picture_of("bytes", SLOW, WIDE, "Enter Enter Enter"),
    picture_of("filter", PAGE_LOAD, SMALL, "3 /http.time>x"),
];

/// Draws every picture; with `check` only looks whether one is stale.
pub(crate) fn picture(check: bool) -> Result<()> {
    for picture in PICTURES {
        let path = root().join(FOLDER).join(picture.name).with_extension("svg");
        let svg = draw(picture)?;
        if check {
            let kept =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            ensure!(kept == svg, "{}.svg is stale: cargo xtask picture", picture.name);
        } else {
            std::fs::write(&path, svg).with_context(|| format!("cannot write {}", path.display()))?;
            println!("{FOLDER}/{}.svg", picture.name);
        }
    }
    Ok(())
}

fn draw(picture: &Picture) -> Result<String> {
    let capture = root().join("fixtures").join(picture.fixture);
    let paths: [PathBuf; 1] = [capture.with_extension("pcapng")];
    let mut key_files = KeyFiles::default();
    let log = capture.with_extension("keys");
    if log.exists() {
        key_files.add_log(&log)?;
    }
    let source = tapline_engine::capture::open(&paths)?;
    let options =
        RunOptions { watch: true, keys: key_files, ..RunOptions::new(Options::of(tapline_tui::INTERESTS)) };
    let keys: Vec<KeyEvent> = picture.keys.split_whitespace().flat_map(presses).collect();
    let running = spawn(source, options.clone())?;
    let again =
        Again { reopen: Arc::new(move || tapline_engine::capture::open(&paths)), options, past: None };
    let buffer = tapline_tui::picture::snapshot(running, Some(again), Theme::DARK, picture.size, &keys);
    Ok(svg::svg(&buffer))
}

/// A named key, or the characters of what is typed.
fn presses(word: &str) -> Vec<KeyEvent> {
    let codes = match word {
        "Enter" => vec![KeyCode::Enter],
        "Esc" => vec![KeyCode::Esc],
        typed => typed.chars().map(KeyCode::Char).collect(),
    };
    codes.into_iter().map(|code| KeyEvent::new(code, KeyModifiers::NONE)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_picture_is_stale() {
        super::picture(true).unwrap();
    }
}
