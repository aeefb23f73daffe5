//! The first line: what is on the table.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tapline_analysis::human;

use super::pen::Pen;
use crate::model::Model;
use crate::theme::Role;

pub(super) fn draw(model: &Model, place: Rect, buffer: &mut Buffer) {
    let totals = &model.source.totals;
    let mut pen = Pen::new(buffer, place, model.theme);
    pen.write(" tapline ", Role::Selected);
    pen.skip(1);
    let span = match (totals.start, totals.end) {
        (Some(start), Some(end)) => human::duration(end.since(start)),
        _ => "no time yet".to_owned(),
    };
    let counts = [
        human::plural(totals.connections, "connection"),
        human::plural(totals.packets, "packet"),
        human::bytes(totals.bytes),
        span,
    ];
    for (index, count) in counts.iter().enumerate() {
        if index > 0 {
            pen.write(" · ", Role::Dim);
        }
        pen.write(count, if index == 0 { Role::Strong } else { Role::Plain });
    }
    pen.right(&[(&model.source.names(), Role::Name), (" ", Role::Plain)]);
}
