//! The screen: what stands where, from the model alone.

mod bar;
mod bytes;
mod close;
mod columns;
mod comparison;
mod detail;
mod facts;
mod findings;
mod ladder;
mod list;
mod overlay;
mod overview;
mod pen;
mod request;
mod requests;
mod ruler;
mod status;
mod streams;
mod tabs;
mod tcp;
mod title;
mod typing;

use ratatui::buffer::Buffer;

pub(crate) use bytes::{Hit, heights as bytes_heights, hit as bytes_hit, octets_a_row};
pub(crate) use detail::{first_request, lines as detail_lines, request_lines};
pub(crate) use findings::list_height as findings_height;
pub(crate) use ladder::list_height as ladder_height;
pub(crate) use overlay::scroll_max as overlay_scroll_max;
pub(crate) use overview::{
    Block, blocks as overview_blocks, height as overview_height, places as overview_places,
};
pub(crate) use streams::{axis as streams_axis, lanes_height as streams_height};
pub(crate) use tcp::axis as tcp_axis;

pub(crate) use ruler::{sort_at, sorted_column};
pub(crate) use tabs::tabs;

use crate::layout::Layout;
use crate::model::{Model, Page};
use crate::theme::{Role, to_ascii};
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
    tabs::draw(model, layout.tabs, buffer);
    match model.page {
        Page::Overview => overview::draw(model, layout.body, buffer),
        Page::Connections | Page::Timeline => {
            ruler::draw(model, &layout, buffer);
            list::draw(model, &layout, buffer);
            detail::draw(model, layout.detail, buffer);
            status::legend(model, layout.legend, buffer);
        }
        Page::Findings => findings::draw(model, layout.body, buffer),
        Page::Ladder | Page::Streams | Page::Tcp | Page::Bytes => close::draw(model, layout.body, buffer),
    }
    status::draw(model, layout.status, buffer);
    typing::draw(model, &layout, buffer);
    overlay::draw(model, area, buffer);
    if model.theme.ascii {
        fold_to_ascii(buffer);
    }
}

/// Every glyph becomes one of ASCII.
fn fold_to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let ascii = to_ascii(cell.symbol());
            cell.set_symbol(&ascii);
        }
    }
}
