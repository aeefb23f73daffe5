//! The dynamic header table of a side's blocks at the cursor (RFC 7541 §2.3.2), and what it saved.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tapline_analysis::human;

use crate::model::{Close, HeaderTable, Model, table_at};
use crate::theme::Role;
use crate::view::pen::Pen;

/// The index of the first entry: before it are those of the static table.
const FIRST_INDEX: usize = 62;

pub(super) fn draw(model: &Model, close: &Close, place: Rect, buffer: &mut Buffer) {
    let from = model.streams.side();
    let table = table_at(close, from, model.moment());
    let mut pen = Pen::new(buffer, Rect { height: place.height.min(1), ..place }, model.theme);
    pen.write("── header table ", Role::Strong);
    let of =
        table.size_max_bytes.map_or_else(|| "a size not known".to_owned(), |max| human::bytes(max.into()));
    let holds = human::plural(table.entries.len() as u64, "entry").replace("entrys", "entries");
    pen.write(
        &format!(
            "of the {}'s blocks: {holds}, {} of {of} ",
            from.name(),
            human::bytes(table.size_bytes.into())
        ),
        Role::Plain,
    );
    pen.fill("─", Role::Dim);
    let mut lines = place.top() + 1..place.bottom();
    let mut line = |buffer: &mut Buffer, pieces: &[(&str, Role)]| {
        let Some(y) = lines.next() else { return };
        let line = Rect { x: place.x + 1, y, width: place.width.saturating_sub(1), height: 1 };
        let mut pen = Pen::new(buffer, line, model.theme);
        for (text, role) in pieces {
            let room = pen.room();
            pen.field(text, crate::view::pen::columns(text).min(room), *role);
        }
    };
    line(buffer, &[(&savings(&table), Role::Plain)]);
    for (nth, entry) in table.entries.iter().enumerate() {
        let index = format!("{:>5} ", FIRST_INDEX + nth);
        let role = if entry.is_new { Role::Strong } else { Role::Plain };
        let mark = if entry.is_new { "+ " } else { "  " };
        let name = format!("{}: ", entry.name);
        line(buffer, &[(&index, Role::Dim), (mark, Role::Good), (&name, Role::Name), (&entry.value, role)]);
    }
}

/// What the newest block and all so far cost, and what they stand for.
fn savings(table: &HeaderTable) -> String {
    let Some(packet) = table.packet else { return "no block up to the cursor".to_owned() };
    let of = |(wire, decoded): (u64, u64)| {
        let saved = match decoded {
            0 => 0,
            decoded => 100 - i64::try_from(wire * 100 / decoded).unwrap_or(100).min(100),
        };
        format!("{} for {} ({saved} % saved)", human::bytes(wire), human::bytes(decoded))
    };
    let stream = table.stream;
    format!("block of stream {stream} in #{packet}: {} · all so far: {}", of(table.block), of(table.all))
}
