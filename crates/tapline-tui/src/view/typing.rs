//! Above the line in which a filter is typed: what is wrong with it, under the place; what may stand at the cursor.
//!
//! ```text
//! ╭──────────────────────────────────────────────────────────────╮
//! │ http.time          duration  from the request's last packet … │
//! │ http.request.uri   text      the request's target             │
//! ╰──────────────────────────────────────────────────────────────╯
//!        ^^^^^^^^ there is no field http.tim: did you mean http.time?
//!  /http.tim > 200ms▏
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};
use tapline_analysis::printable;

use super::pen::{self, Pen};
use crate::layout::Layout;
use crate::limits::SUGGESTIONS_SHOWN;
use crate::model::{Model, Typing, rows_know};
use crate::theme::Role;

pub(super) fn draw(model: &Model, layout: &Layout, buffer: &mut Buffer) {
    if model.typing != Some(Typing::Filter) || model.overlay.is_some() {
        return;
    }
    let line = layout.legend;
    Clear.render(line, buffer);
    say(model, line, buffer);
    suggest(model, Rect { height: line.y.saturating_sub(layout.body.y), y: layout.body.y, ..line }, buffer);
}

/// What is wrong, below what the status line shows; else what there is to know.
fn say(model: &Model, line: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, line, model.theme);
    pen.skip(2);
    match (model.filter.error(), model.filter.filter()) {
        (Some(error), _) => {
            let columns = |range: std::ops::Range<usize>| {
                let text = model.filter.text().get(range).unwrap_or_default();
                pen::columns(&printable(text))
            };
            let before = columns(0..error.at.start);
            let wide = columns(error.at.clone()).max(1);
            let message = printable(&error.message);
            let room = line.width.saturating_sub(2 + before + wide + 1);
            // Where it does not fit behind its place it stands before it.
            if pen::columns(&message) <= room {
                pen.skip(before);
                pen.write(&"^".repeat(wide.into()), Role::Bad);
                pen.skip(1);
                pen.write(&message, Role::Warn);
            } else {
                let width = pen.room();
                pen.field(&message, width, Role::Warn);
            }
        }
        (None, Some(filter)) if !rows_know(filter) => {
            pen.write("Enter reads the capture again for this", Role::Dim);
        }
        (None, _) => {
            let hint = model.filter.completion().hint;
            let text = hint
                .unwrap_or_else(|| "words, or an expression as in Wireshark: http.time > 200ms".to_owned());
            pen.write(&text, Role::Dim);
        }
    }
}

/// What may stand at the cursor, in a box at the bottom of a place.
fn suggest(model: &Model, place: Rect, buffer: &mut Buffer) {
    let completion = model.filter.completion();
    if model.filter.text().is_empty() || completion.suggestions.is_empty() || place.height < 4 {
        return;
    }
    let shown: Vec<_> =
        completion.suggestions.iter().take(SUGGESTIONS_SHOWN.min(usize::from(place.height - 2))).collect();
    let name_width = shown.iter().map(|one| pen::columns(&one.text)).max().unwrap_or(0);
    let about_width = shown.iter().map(|one| pen::columns(one.about)).max().unwrap_or(0);
    let width = (name_width + about_width + 6).min(place.width);
    let height = u16::try_from(shown.len() + 2).unwrap_or(u16::MAX).min(place.height);
    let frame = Rect { x: place.x, y: place.bottom() - height, width, height };
    Clear.render(frame, buffer);
    super::overlay::border(model, "", frame, buffer);
    for ((nth, one), y) in shown.into_iter().enumerate().zip(frame.top() + 1..frame.bottom() - 1) {
        let line = Rect { x: frame.x + 2, y, width: frame.width.saturating_sub(4), height: 1 };
        let mut pen = Pen::new(buffer, line, model.theme);
        let role = if nth == model.filter.suggestion { Role::Selected } else { Role::Name };
        pen.field(&one.text, name_width, role);
        pen.skip(2);
        let room = pen.room();
        pen.field(one.about, room, Role::Dim);
    }
}
