//! The screen: what stands where, from the model alone.

mod bar;
mod columns;
mod comparison;
mod detail;
mod facts;
mod list;
mod overlay;
mod overview;
mod pen;
mod request;
mod requests;
mod ruler;
mod status;
mod title;

use ratatui::buffer::Buffer;

pub(crate) use detail::{first_request, lines as detail_lines, request_lines};
pub(crate) use overlay::scroll_max as overlay_scroll_max;
pub(crate) use overview::{Block, blocks as overview_blocks, height as overview_height};

use crate::layout::Layout;
use crate::model::{Model, Page};
use crate::theme::Role;
use pen::Pen;

/// Draws the whole screen.
pub(crate) fn draw(model: &Model, buffer: &mut Buffer) {
    let area = buffer.area;
    let Some(layout) = Layout::of(model, area) else {
        let mut pen = Pen::new(buffer, area, model.theme);
        pen.write("tapline: this terminal is too small", Role::Plain);
        return;
    };
    title::draw(model, layout.title, buffer);
    match model.page {
        Page::Overview => overview::draw(model, layout.overview, buffer),
        Page::Connections => {
            ruler::draw(model, &layout, buffer);
            list::draw(model, &layout, buffer);
            detail::draw(model, layout.detail, buffer);
            status::legend(model, layout.legend, buffer);
        }
    }
    status::draw(model, layout.status, buffer);
    overlay::draw(model, area, buffer);
}
