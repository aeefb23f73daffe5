//! What both sides of a connection said, as text, in the order in which they said it.

use tapline_analysis::decode::{Message, http2};
use tapline_analysis::{Origin, Sender, human, printable, text};

use super::Ink;
use super::sheet::{SheetLine, block, message, of_side};
use crate::limits::{BODY_LINES_MAX, FOLLOW_BYTES_MAX};
use crate::model::{Close, What};
use tapline_ladder::side;

/// The lines of what was said: of the stream that an event of HTTP/2 is on, else of the connection; what was opened
/// instead of what travelled.
pub(super) fn lines(close: &Close, what: What) -> Vec<SheetLine> {
    let stream = message(close, what).and_then(|seen| match &seen.message {
        Message::Http2(message) => match &**message {
            http2::Message::Frame(frame) if frame.stream > 0 => Some(frame.stream),
            _ => None,
        },
        _ => None,
    });
    let mut lines = match stream {
        Some(stream) => of_stream(close, stream),
        None => of_connection(close),
    };
    if lines.is_empty() {
        lines.push(vec![("no headers and no body were sent here".to_owned(), Ink::Dim)]);
    }
    if lines.len() > BODY_LINES_MAX {
        lines.truncate(BODY_LINES_MAX);
        lines.push(rest());
    }
    lines
}

/// Both directions in turns.
fn of_connection(close: &Close) -> Vec<SheetLine> {
    let opened = close.inside.iter().any(|side| !side.is_empty());
    let sides = if opened { &close.inside } else { &close.stream };
    let mut pieces: Vec<(Origin, Sender, &[u8])> = Vec::new();
    let mut room = FOLLOW_BYTES_MAX;
    for from in [Sender::Client, Sender::Server] {
        let Some(octets) = sides.get(side(from)) else { continue };
        for (origin, octets) in octets.each() {
            pieces.push((origin, from, octets));
        }
    }
    pieces.sort_by_key(|(origin, ..)| origin.packet);
    let mut lines = Vec::new();
    let mut turn: Option<(Sender, Vec<u8>)> = None;
    let mut is_cut = false;
    for (_, from, octets) in pieces {
        is_cut |= octets.len() > room;
        let octets = octets.get(..octets.len().min(room)).unwrap_or_default();
        room -= octets.len();
        match &mut turn {
            Some((speaker, said)) if *speaker == from => said.extend_from_slice(octets),
            turn => {
                if let Some((speaker, said)) = turn.replace((from, octets.to_vec())) {
                    lines.extend(say(speaker, &said));
                }
            }
        }
    }
    lines.extend(turn.map(|(speaker, said)| say(speaker, &said)).unwrap_or_default());
    if is_cut {
        lines.push(rest());
    }
    lines
}

/// What stands where more would.
fn rest() -> SheetLine {
    vec![("the rest is not shown".to_owned(), Ink::Dim)]
}

fn say(from: Sender, said: &[u8]) -> Vec<SheetLine> {
    let title = format!("── {} · {} ", from.name(), human::bytes(said.len() as u64));
    let mut lines = vec![vec![(title, of_side(from))]];
    lines.extend(text_lines(said, of_side(from)));
    lines
}

/// The field blocks and bodies of a stream.
fn of_stream(close: &Close, stream: u32) -> Vec<SheetLine> {
    let mut lines = Vec::new();
    for (index, seen) in close.messages.iter().enumerate() {
        let Message::Http2(message) = &seen.message else { continue };
        let http2::Message::Frame(frame) = &**message else { continue };
        if frame.stream != stream {
            continue;
        }
        let ink = of_side(seen.from);
        if let Some(block) = block(message) {
            lines.push(vec![(
                format!("── {} · {}[{stream}] · #{}", seen.from.name(), frame.kind, seen.origin.packet),
                ink,
            )]);
            for (name, value) in block.fields.iter() {
                lines.push(vec![(format!("{}: {}", safe(name), safe(value)), ink)]);
            }
        }
        if let Some(body) = close.bodies.get(&index) {
            lines.push(Vec::new());
            let shown = body.octets.get(..body.octets.len().min(FOLLOW_BYTES_MAX)).unwrap_or_default();
            lines.extend(text_lines(shown, ink));
            if shown.len() < body.octets.len() {
                lines.push(rest());
            }
        }
    }
    lines
}

fn safe(octets: &[u8]) -> String {
    printable(&text(octets)).into_owned()
}

/// Octets of a row where they are no text.
const ROW: usize = 16;

/// Octets as lines: as text where they are that, else in hexadecimal.
pub(super) fn text_lines(octets: &[u8], ink: Ink) -> Box<dyn Iterator<Item = SheetLine> + '_> {
    let odd = octets
        .iter()
        .filter(|&&octet| octet < 0x20 && !matches!(octet, b'\t' | b'\r' | b'\n') || octet == 0x7f);
    let is_text =
        odd.count() * 50 < octets.len().max(1) && (std::str::from_utf8(octets).is_ok() || octets.is_ascii());
    if is_text {
        let lines = octets.split(|&octet| octet == b'\n');
        return Box::new(lines.map(move |line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let line = text(line).replace('\t', "    ");
            vec![(printable(&line).into_owned(), ink)]
        }));
    }
    Box::new(octets.chunks(ROW).enumerate().map(move |(row, octets)| {
        let hex: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let plain: String = octets.iter().map(|&octet| glyph(octet)).collect();
        let width = ROW * 3;
        vec![
            (format!("{:08x}  ", row * ROW), Ink::Dim),
            (format!("{:<width$} ", hex.join(" ")), ink),
            (plain, Ink::Dim),
        ]
    }))
}

/// An octet as one cell.
pub(crate) fn glyph(octet: u8) -> char {
    if (0x20..0x7f).contains(&octet) { char::from(octet) } else { '·' }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many lines there are, and whether the last says that there are more.
    fn shown(octets: &[u8]) -> (usize, bool) {
        let mut close = Close::default();
        close.stream[0].push(0, octets, Origin::default());
        let lines = lines(&close, What::Segment(0));
        (lines.len(), lines.last() == Some(&rest()))
    }

    #[test]
    fn octets_and_lines_of_a_stream_are_shown_up_to_a_number() {
        assert_eq!(shown(&vec![b'x'; FOLLOW_BYTES_MAX]), (2, false));
        assert_eq!(shown(&vec![b'x'; FOLLOW_BYTES_MAX + 1]), (3, true));
        // One is the title.
        let lines = |count: usize| "x\n".repeat(count - 2);
        assert_eq!(shown(lines(BODY_LINES_MAX).as_bytes()), (BODY_LINES_MAX, false));
        assert_eq!(shown(lines(BODY_LINES_MAX + 1).as_bytes()), (BODY_LINES_MAX + 1, true));
    }
}
