//! The screens of one connection in full, and what stands there until it was read.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pen::Pen;
use super::{bytes, ladder, streams, tcp};
use crate::model::{Model, Page, Status};
use crate::theme::Role;

pub(super) fn draw(model: &Model, place: Rect, buffer: &mut Buffer) {
    let line = Rect { x: place.x + 1, y: place.y + 1, width: place.width.saturating_sub(1), height: 1 };
    let mut pen = Pen::new(buffer, line, model.theme);
    match model.opened.as_ref().map(|opened| &opened.status) {
        None => pen.write("no connection is selected", Role::Dim),
        Some(Status::Reading(permille)) => {
            pen.write(&format!("reading its packets again … {} %", permille / 10), Role::Dim);
        }
        Some(Status::Failed(why)) => pen.write(why, Role::Bad),
        Some(Status::Ready(close)) => match model.page {
            Page::Streams => streams::draw(model, close, place, buffer),
            Page::Tcp => tcp::draw(model, close, place, buffer),
            Page::Ladder => ladder::draw(model, close, place, buffer),
            _ => bytes::draw(model, place, buffer),
        },
    }
}
