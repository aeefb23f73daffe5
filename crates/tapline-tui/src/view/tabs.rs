//! The second line: the screens by number.
//!
//! ```text
//!   1 Overview  2 Connections  3 Timeline  4 Findings │ 5 Ladder  6 Streams  7 TCP  8 Bytes
//! ```

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pen::{self, Pen};
use crate::keys::Action;
use crate::model::{Model, Page};
use crate::theme::Role;

/// The screens, and the columns of each one's tab.
pub(crate) fn tabs(model: &Model, width: u16) -> Vec<(Page, String, Range<u16>)> {
    let text = |page: Page, short: bool| {
        let key = model.keymap.name(Action::Show(page), model.page).unwrap_or_default();
        let name = if short { page.name().chars().take(4).collect() } else { page.name().to_owned() };
        format!("{key} {name}")
    };
    let all = |short| Page::ALL.map(|page| text(page, short && page != model.page));
    let needs = |texts: &[String; 8], gap: u16| -> u16 {
        texts.iter().map(|text| pen::columns(text) + gap).sum::<u16>() + 1 - gap
    };
    let tries = [(all(false), 3), (all(false), 2), (all(false), 1), (all(true), 2), (all(true), 1)];
    let [.., last] = &tries;
    let (texts, gap) = tries.iter().find(|(texts, gap)| needs(texts, *gap) <= width).unwrap_or(last);
    let mut x = 1;
    let mut tabs = Vec::new();
    for (page, text) in Page::ALL.into_iter().zip(texts) {
        let end = x + pen::columns(text);
        tabs.push((page, text.clone(), x..end));
        x = end + gap;
    }
    tabs
}

pub(super) fn draw(model: &Model, place: Rect, buffer: &mut Buffer) {
    for (page, text, columns) in tabs(model, place.width) {
        if columns.end > place.width {
            break;
        }
        let tab = Rect { x: place.x + columns.start, width: columns.end - columns.start, ..place };
        let mut pen = Pen::new(buffer, tab, model.theme);
        let (key, name) = text.split_once(' ').unwrap_or_default();
        if page == model.page {
            pen.write(&text, Role::Tab);
        } else {
            pen.write(key, Role::Key);
            pen.write(&format!(" {name}"), if is_there(model, page) { Role::Plain } else { Role::Dim });
        }
    }
}

/// Whether a screen has something to show.
fn is_there(model: &Model, page: Page) -> bool {
    let record = model.selected_row().and_then(|row| row.record());
    match page {
        Page::Streams => {
            record.is_some_and(|record| record.protocols.contains(&tapline_analysis::Protocol::Http2))
        }
        Page::Ladder | Page::Tcp | Page::Bytes => record.is_some(),
        Page::Overview | Page::Connections | Page::Timeline | Page::Findings => true,
    }
}
