//! The octets of a pane in rows, those of the selected field marked.
//!
//! ```text
//!  00000000  16 03 01 02 00 01 00 01  fc 03 03 5a 1e 77 0c 41  ···········Z·w·A
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::octets_a_row;
use crate::model::{BytesPane, Hand, Model};
use crate::theme::Role;
use crate::view::pen::Pen;

/// Cells before the octets: a space, the offset, two spaces.
const OFFSET_WIDTH: u16 = 11;

/// Cells of a row of so many octets.
pub(super) fn width(octets: u16) -> u16 {
    // Three cells an octet, a gap in the middle, two cells, a letter an octet.
    OFFSET_WIDTH + octets * 3 + 1 + 1 + octets
}

/// The octet of a row at a column.
pub(super) fn octet_at(column: u16, octets: usize) -> Option<usize> {
    let half = u16::try_from(octets / 2).ok()?;
    let letters = OFFSET_WIDTH + half * 6 + 2;
    if column >= letters {
        return Some(usize::from(column - letters)).filter(|&octet| octet < octets);
    }
    let column = column.checked_sub(OFFSET_WIDTH)?;
    let column = if column > half * 3 { column - 1 } else { column };
    Some(usize::from(column / 3)).filter(|&octet| octet < octets)
}

pub(super) fn draw(model: &Model, pane: &BytesPane, place: Rect, buffer: &mut Buffer) {
    if place.height == 0 {
        return;
    }
    heading(model, pane, Rect { height: 1, ..place }, buffer);
    let octets = octets_a_row(model);
    let marked = model.bytes.selected_octets();
    for (index, y) in (place.top() + 1..place.bottom()).enumerate() {
        let row = model.bytes.row + index;
        let Some(shown) = pane.octets.get(row * octets..).filter(|rest| !rest.is_empty()) else { break };
        let shown = shown.get(..octets.min(shown.len())).unwrap_or_default();
        let mut pen = Pen::new(buffer, Rect { y, height: 1, ..place }, model.theme);
        let offset = pane.offset.saturating_add((row * octets) as u64);
        pen.write(&format!(" {offset:08x}  "), Role::Dim);
        for nth in 0..octets {
            if nth == octets / 2 {
                pen.skip(1);
            }
            let Some(octet) = shown.get(nth) else {
                pen.skip(3);
                continue;
            };
            let at = row * octets + nth;
            pen.write(&format!("{octet:02x}"), role(model, &marked, at));
            // The gap between two that are marked is marked too.
            let goes_on = marked.contains(&at)
                && marked.contains(&(at + 1))
                && nth + 1 < octets
                && nth + 1 != octets / 2;
            pen.write(" ", if goes_on { Role::Selected } else { Role::Plain });
        }
        pen.skip(1);
        for (nth, &octet) in shown.iter().enumerate() {
            let letter = if (0x20..0x7f).contains(&octet) { char::from(octet) } else { '·' };
            pen.write(letter.encode_utf8(&mut [0; 4]), role(model, &marked, row * octets + nth));
        }
    }
}

fn role(model: &Model, marked: &std::ops::Range<usize>, at: usize) -> Role {
    match (model.bytes.hand, at == model.bytes.octet, marked.contains(&at)) {
        (Hand::Octets, true, _) => Role::Tab,
        (_, _, true) => Role::Selected,
        _ => Role::Plain,
    }
}

fn heading(model: &Model, pane: &BytesPane, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, place, model.theme);
    let focused = model.bytes.hand == Hand::Octets;
    pen.write(if focused { "━━ " } else { "── " }, Role::Dim);
    let marked = model.bytes.selected_octets();
    let count = pane.octets.len();
    let what = match marked.len() {
        0 => format!("{count} octets"),
        1 => format!("octet {} of {count}", marked.start),
        _ => format!("octets {}–{} of {count}", marked.start, marked.end - 1),
    };
    pen.write(&what, Role::Plain);
    if let Some(field) = model.bytes.selected_field() {
        pen.write(" · ", Role::Dim);
        pen.write(field.name, Role::Name);
    }
    pen.skip(1);
    pen.fill(if focused { "━" } else { "─" }, Role::Dim);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_octet_is_found_by_its_column() {
        assert_eq!(
            (octet_at(10, 16), octet_at(11, 16), octet_at(13, 16), octet_at(14, 16)),
            (None, Some(0), Some(0), Some(1))
        );
        assert_eq!((octet_at(11 + 24 + 1, 16), octet_at(11 + 48, 16)), (Some(8), Some(15)));
        assert_eq!(
            (octet_at(11 + 50, 16), octet_at(11 + 65, 16), octet_at(11 + 66, 16)),
            (Some(0), Some(15), None)
        );
        assert_eq!(width(16), 77);
    }
}
