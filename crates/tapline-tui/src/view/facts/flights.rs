//! A handshake flight by flight: who sent what, and what they waited for.

use tapline_analysis::{Flight, Sender, TlsSession, human};

use super::super::pen;
use super::{Fact, Facts, Piece, dim, plain};
use crate::theme::Role;

/// Cells of a time, the gap before it included.
const TIME: u16 = 9;

/// Cells that the messages have at least: where three times do not fit beside them, one does.
const STEPS_MIN: u16 = 26;

/// A line a flight, or several where its messages need them; the times stand in columns.
///
/// ```text
///  flights   3 flights                           waited  network   itself
///    client  ClientHello
///    server  ServerHello, ChangeCipherSpec,     12.1 ms  43.0 µs  12.0 ms
///            EncryptedExtensions, Finished ✓
/// ```
pub(super) fn say(session: &TlsSession, facts: &mut Facts) {
    if session.flights.is_empty() {
        return;
    }
    let columns = if facts.width >= STEPS_MIN + 3 * TIME { 3 } else { 1 };
    let room = facts.width.saturating_sub(TIME * columns).max(TIME);
    let texts: Vec<Vec<Piece>> =
        session.flights.iter().map(|flight| lines(&steps(flight), usize::from(room))).collect();
    let count = u64::from(session.flights_left_out) + session.flights.len() as u64;
    let count = human::plural(count, "flight");
    let widths = texts.iter().flatten().map(|(text, _)| pen::columns(text));
    let widest = widths.max().unwrap_or(0).max(pen::columns(&count)).min(room);
    let line = |label, (text, role): Piece, times: Option<Piece>| {
        let padded = pad(&text, widest);
        let pieces = std::iter::once((padded, role)).chain(times).collect();
        Fact { label, pieces, glue: "" }
    };
    let waits = session.flights.iter().any(|flight| flight.wait.is_some());
    let heads = waits.then(|| dim(cells(&["waited", "network", "itself"].map(str::to_owned), columns)));
    facts.lines.push(line("flights", dim(count), heads));
    for (flight, texts) in session.flights.iter().zip(texts) {
        let side = if flight.from == Sender::Client { "  client" } else { "  server" };
        let times = flight.wait.map(|wait| plain(cells(&wait.texts(), columns)));
        for (nth, text) in texts.into_iter().enumerate() {
            let is_first = nth == 0;
            facts.lines.push(line(
                if is_first { side } else { "" },
                text,
                times.clone().filter(|_| is_first),
            ));
        }
    }
    if session.flights_left_out > 0 {
        let more = human::plural(session.flights_left_out.into(), "flight");
        facts.say("", vec![dim(format!("… and {more}"))]);
    }
}

/// A text and spaces up to so many cells.
fn pad(text: &str, width: u16) -> String {
    format!("{text}{}", " ".repeat(usize::from(width.saturating_sub(pen::columns(text)))))
}

/// The first of these, each at the right end of its column.
fn cells(texts: &[String; 3], columns: u16) -> String {
    let cell = |text: &String| {
        let gap = TIME.saturating_sub(pen::columns(text));
        format!("{}{text}", " ".repeat(usize::from(gap)))
    };
    texts.iter().take(usize::from(columns)).map(cell).collect()
}

fn steps(flight: &Flight) -> Vec<Piece> {
    let piece = |(text, failed)| if failed { (text, Role::Bad) } else { plain(text) };
    flight.pieces().into_iter().map(piece).collect()
}

/// Pieces with commas on lines of so many cells. A line with a bad one is bad: one role a line, so that the times
/// stand behind it. A piece that is wider than a line is broken between words.
fn lines(pieces: &[Piece], width: usize) -> Vec<Piece> {
    let mut lines: Vec<Piece> = Vec::new();
    for (nth, (text, role)) in pieces.iter().enumerate() {
        let comma = if nth + 1 < pieces.len() { "," } else { "" };
        for text in pen::fold(&format!("{text}{comma}"), width) {
            match lines.last_mut() {
                Some((line, of_line))
                    if usize::from(pen::columns(line) + 1 + pen::columns(&text)) <= width =>
                {
                    line.push(' ');
                    line.push_str(&text);
                    if *role == Role::Bad {
                        *of_line = Role::Bad;
                    }
                }
                _ => lines.push((text, *role)),
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use tapline_analysis::decode::tls::{Alert, HandshakeType};
    use tapline_analysis::{StepKind, Wait};

    use super::*;
    use crate::testing::{self, MS};

    fn text(session: &TlsSession, width: u16) -> Vec<String> {
        let mut facts = Facts { lines: Vec::new(), width };
        say(session, &mut facts);
        let line = |fact: &Fact| {
            let text: String = fact.pieces.iter().map(|(text, _)| text.as_str()).collect();
            assert!(pen::columns(&text) <= width, "{text}");
            format!("{:10}{text}", fact.label).trim_end().to_owned()
        };
        facts.lines.iter().map(line).collect()
    }

    fn session() -> TlsSession {
        let handshake = StepKind::Handshake;
        let wait = Some(Wait { total_ns: 12 * MS, network_ns: Some(2 * MS) });
        let server = [
            handshake(HandshakeType::SERVER_HELLO),
            StepKind::ChangeCipherSpec,
            handshake(HandshakeType::CERTIFICATE),
            StepKind::Finished(Some(true)),
        ];
        let alert = StepKind::Alert(Alert { level: 2, description: 48 });
        let unknown = Some(Wait { total_ns: 1_500, network_ns: None });
        let flights = vec![
            testing::flight(Sender::Client, &[handshake(HandshakeType::CLIENT_HELLO)], None),
            testing::flight(Sender::Server, &server, wait),
            testing::flight(Sender::Client, &[alert], unknown),
        ];
        TlsSession { flights, ..TlsSession::default() }
    }

    #[test]
    fn times_stand_in_columns_behind_the_messages() {
        let expected = "\
flights   3 flights                        waited  network   itself
  client  ClientHello
  server  ServerHello, ChangeCipherSpec,  12.0 ms  2.00 ms  10.0 ms
          Certificate, Finished ✓
  client  alert unknown_ca                1.50 µs        ?        ?";
        assert_eq!(text(&session(), 68).join("\n"), expected);
    }

    #[test]
    fn a_narrow_screen_has_one_time() {
        let expected = "\
flights   3 flights           waited
  client  ClientHello
  server  ServerHello,       12.0 ms
          ChangeCipherSpec,
          Certificate,
          Finished ✓
  client  alert unknown_ca   1.50 µs";
        assert_eq!(text(&session(), 28).join("\n"), expected);
    }

    #[test]
    fn only_what_broke_it_is_bad() {
        let mut facts = Facts { lines: Vec::new(), width: 68 };
        say(&session(), &mut facts);
        let bad: Vec<bool> = facts.lines.iter().map(|fact| fact.pieces[0].1 == Role::Bad).collect();
        assert_eq!(bad, [false, false, false, false, true]);
    }

    #[test]
    fn what_found_no_room_is_counted() {
        let mut session = session();
        session.flights_left_out = 4;
        session.flights[0].left_out = 3;
        let lines = text(&session, 68);
        assert!(lines[0].starts_with("flights   7 flights"), "{lines:?}");
        assert!(lines[1].ends_with("ClientHello, … 3 more"), "{lines:?}");
        assert_eq!(lines.last().map(|line| line.trim()), Some("… and 4 flights"));
        assert!(text(&TlsSession::default(), 68).is_empty());
    }
}
