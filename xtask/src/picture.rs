//! `cargo xtask picture`: the pictures of the dashboard, drawn by the dashboard itself.

mod svg;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tapline_engine::analysis::Options;
use tapline_engine::{RunOptions, spawn};
use tapline_tui::{Again, Theme};

use crate::shell::root;

/// A picture: its file, the fixture that it shows, the screen's size and the keys that lead there.
struct Picture {
    file: &'static str,
    fixture: &'static str,
    size: (u16, u16),
    keys: &'static [KeyCode],
}

const PICTURES: [Picture; 2] = [
    Picture {
        file: "docs/dashboard.svg",
        fixture: "fixtures/link/page-load.pcapng",
        size: (120, 30),
        keys: &[],
    },
    Picture {
        file: "docs/requests.svg",
        fixture: "fixtures/http2/prior-knowledge.pcapng",
        size: (80, 24),
        keys: &[KeyCode::Enter],
    },
];

/// Draws every picture; with `check` only looks whether one is stale.
pub(crate) fn picture(check: bool) -> Result<()> {
    for picture in &PICTURES {
        let path = root().join(picture.file);
        let svg = draw(picture)?;
        if check {
            let kept =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            ensure!(kept == svg, "{} is stale: cargo xtask picture", picture.file);
        } else {
            std::fs::write(&path, svg).with_context(|| format!("cannot write {}", path.display()))?;
            println!("{}", picture.file);
        }
    }
    Ok(())
}

fn draw(picture: &Picture) -> Result<String> {
    let paths: [PathBuf; 1] = [root().join(picture.fixture)];
    let source = tapline_engine::capture::open(&paths)?;
    let options = RunOptions { watch: true, ..RunOptions::new(Options::of(tapline_tui::INTERESTS)) };
    let keys: Vec<KeyEvent> =
        picture.keys.iter().map(|&code| KeyEvent::new(code, KeyModifiers::NONE)).collect();
    let running = spawn(source, options.clone())?;
    let again = Again { reopen: Arc::new(move || tapline_engine::capture::open(&paths)), options };
    let buffer = tapline_tui::picture::snapshot(running, Some(again), Theme::DARK, picture.size, &keys);
    Ok(svg::svg(&buffer))
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_picture_is_stale() {
        super::picture(true).unwrap();
    }
}
