//! An event as lines of text: its header fields, certificates, its body.

use tapline_analysis::certificate::{Certificate, Verdict};
use tapline_analysis::decode::content::Decoder;
use tapline_analysis::decode::http2::HeaderBlock;
use tapline_analysis::decode::{Fields, Message, http1, http2};
use tapline_analysis::{MessageSeen, Sender, human, printable, text};
use unicode_width::UnicodeWidthStr;

use super::{Sight, follow};
use crate::limits::{BODY_BYTES_MAX, BODY_LINES_MAX};
use crate::model::{Close, What};

/// What a line of text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ink {
    Plain,
    Dim,
    Name,
    Strong,
    Good,
    Bad,
    Client,
    Server,
}

/// A line in pieces.
pub(crate) type SheetLine = Vec<(String, Ink)>;

/// Lines of text.
#[derive(Default)]
pub(crate) struct Sheet {
    pub(crate) lines: Vec<SheetLine>,
}

impl Sheet {
    /// Cells of the longest line.
    pub(crate) fn width(&self) -> usize {
        let width = |line: &SheetLine| line.iter().map(|(text, _)| text.width()).sum();
        self.lines.iter().map(width).max().unwrap_or(0)
    }
}

/// Whether an event can be shown in a way.
pub(super) fn is_there(close: &Close, what: What, sight: Sight) -> bool {
    match sight {
        Sight::Fields => true,
        Sight::Headers => message(close, what).and_then(head).is_some_and(|head| match head {
            Head::Http1(fields) => !fields.is_empty(),
            Head::Http2(_) => true,
        }),
        Sight::Certificates => close.sessions.iter().any(|session| session.certificates.is_some()),
        Sight::Body => body_of(close, what).is_some(),
        Sight::Follow => close.stream.iter().any(|side| !side.is_empty()),
    }
}

/// The event in a way.
pub(super) fn sheet(close: &Close, what: What, sight: Sight) -> Sheet {
    let lines = match sight {
        Sight::Fields => Vec::new(),
        Sight::Headers => message(close, what).and_then(head).map(headers).unwrap_or_default(),
        Sight::Certificates => certificates(close),
        Sight::Body => body_of(close, what).map(|index| body(close, index)).unwrap_or_default(),
        Sight::Follow => follow::lines(close, what),
    };
    Sheet { lines }
}

/// The message that an event is of.
pub(super) fn message(close: &Close, what: What) -> Option<&MessageSeen> {
    match what {
        What::Message(index) => close.messages.get(index),
        What::Segment(_) => None,
    }
}

/// The header fields of a message, with how HPACK wrote them.
#[derive(Clone, Copy)]
enum Head<'a> {
    Http1(&'a Fields),
    Http2(&'a HeaderBlock),
}

fn head(seen: &MessageSeen) -> Option<Head<'_>> {
    match &seen.message {
        Message::Http1(http1::Message::Request(request)) => Some(Head::Http1(&request.fields)),
        Message::Http1(http1::Message::Response(response)) => Some(Head::Http1(&response.fields)),
        Message::Http2(message) => block(message).map(Head::Http2),
        _ => None,
    }
}

/// The field block that a frame ends.
pub(super) fn block(message: &http2::Message) -> Option<&HeaderBlock> {
    let http2::Message::Frame(frame) = message else { return None };
    match &frame.payload {
        http2::Payload::Headers { block, .. }
        | http2::Payload::Continuation { block, .. }
        | http2::Payload::PushPromise { block, .. } => block.as_deref(),
        _ => None,
    }
}

fn safe(octets: &[u8]) -> String {
    printable(&text(octets)).into_owned()
}

fn headers(head: Head<'_>) -> Vec<SheetLine> {
    let line = |(name, value): (&[u8], &[u8])| {
        vec![(format!("{}: ", safe(name)), Ink::Name), (safe(value), Ink::Plain)]
    };
    match head {
        Head::Http1(fields) => fields.iter().map(line).collect(),
        Head::Http2(block) => {
            let wire = human::bytes(block.wire_bytes.into());
            let decoded = human::bytes(block.decoded_bytes.into());
            let title = format!("{wire} on the wire for {decoded} of names and values");
            let mut lines = vec![vec![(title, Ink::Dim)], Vec::new()];
            for (pair, representation) in block.fields.iter().zip(&block.representations) {
                let form = match representation.form {
                    http2::Form::Indexed => "indexed",
                    http2::Form::IncrementalIndexing => "inserted",
                    http2::Form::WithoutIndexing => "literal",
                    http2::Form::NeverIndexed => "never indexed",
                };
                let index = representation.index.map_or_else(String::new, |index| format!(" {index}"));
                let how = format!("{:<14}{:>3} B  ", format!("{form}{index}"), representation.wire_bytes);
                let mut pieces = vec![(how, Ink::Dim)];
                pieces.extend(line(pair));
                lines.push(pieces);
            }
            lines
        }
    }
}

fn certificates(close: &Close) -> Vec<SheetLine> {
    let mut lines = Vec::new();
    for session in &close.sessions {
        let Some(chain) = &session.certificates else { continue };
        let (words, ink) = match session.chain.verdict {
            Verdict::Trusted => (session.chain.words(), Ink::Good),
            Verdict::Fault(_) => (session.chain.words(), Ink::Bad),
            Verdict::NotJudged | Verdict::NotSeen => (session.chain.words(), Ink::Dim),
        };
        lines.push(vec![("verdict    ".to_owned(), Ink::Dim), (words, ink)]);
        let faults = session.chain.faults.iter().map(|fault| &fault.detail);
        for detail in faults.chain(session.chain.notes.iter().map(|note| &note.detail)) {
            lines.push(vec![("           ".to_owned(), Ink::Dim), (detail.clone(), Ink::Plain)]);
        }
        for (nth, certificate) in chain.certificates().iter().enumerate() {
            lines.push(Vec::new());
            lines.extend(of_certificate(nth, certificate));
        }
    }
    lines
}

fn of_certificate(nth: usize, certificate: &Certificate) -> Vec<SheetLine> {
    let title = if nth == 0 { "the server's".to_owned() } else { format!("its issuer's, {nth}") };
    let mut lines = vec![vec![(title, Ink::Strong)]];
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            lines.push(vec![(format!("{name:<11}"), Ink::Dim), (printable(&value).into_owned(), Ink::Plain)]);
        }
    };
    match &certificate.contents {
        Err(why) => fact("unreadable", why.clone()),
        Ok(contents) => {
            fact("subject", contents.subject.clone());
            fact("issuer", contents.issuer.clone());
            fact("valid", format!("{} to {}", contents.not_before, contents.not_after));
            fact("key", contents.key.to_string());
            fact("signature", contents.signature.name.clone());
            let names: Vec<String> = contents.names.iter().map(|name| name.value.clone()).collect();
            fact("names", names.join(", "));
        }
    }
    let fingerprint: Vec<String> = certificate.sha256.iter().map(|octet| format!("{octet:02x}")).collect();
    fact("SHA-256", fingerprint.concat());
    lines
}

/// The head whose body belongs to an event: its own, or the one that the event is part of.
fn body_of(close: &Close, what: What) -> Option<usize> {
    let What::Message(index) = what else { return None };
    let seen = close.messages.get(index)?;
    let stream = match &seen.message {
        Message::Http1(_) => 0,
        Message::Http2(message) => match &**message {
            http2::Message::Frame(frame) if frame.stream > 0 => frame.stream,
            _ => return None,
        },
        _ => return None,
    };
    let heads = close.bodies.range(..=index).rev();
    let mut of_stream = heads.filter(|(_, body)| (body.from, body.stream) == (seen.from, stream));
    of_stream.next().map(|(head, _)| *head)
}

/// A body, its content codings undone, as text where it is text.
fn body(close: &Close, head: usize) -> Vec<SheetLine> {
    let Some(body) = close.bodies.get(&head) else { return Vec::new() };
    let fields = close.messages.get(head).and_then(self::head);
    let value = |name: &str| match &fields {
        Some(Head::Http1(fields)) => fields.get(name).map(<[u8]>::to_vec),
        Some(Head::Http2(block)) => block.fields.get(name).map(<[u8]>::to_vec),
        None => None,
    };
    let coding = value("content-encoding").unwrap_or_default();
    let kind = value("content-type").map(|kind| safe(&kind)).unwrap_or_default();
    let mut decoder = Decoder::of(&coding);
    let (mut decoded, mut is_cut) = (Vec::new(), false);
    decoder.push(&body.octets, &mut |octets| {
        let room = BODY_BYTES_MAX.saturating_sub(decoded.len());
        is_cut |= octets.len() > room;
        decoded.extend_from_slice(octets.get(..octets.len().min(room)).unwrap_or_default());
    });
    let mut title = format!("{} as sent", human::bytes(body.octets.len() as u64));
    if !decoder.is_identity() {
        title += &format!(" · {} undone: {}", safe(&coding), human::bytes(decoded.len() as u64));
    }
    if !kind.is_empty() {
        title += &format!(" · {kind}");
    }
    let mut text: Vec<SheetLine> =
        follow::text_lines(&decoded, Ink::Plain).take(BODY_LINES_MAX + 1).collect();
    is_cut |= text.len() > BODY_LINES_MAX;
    text.truncate(BODY_LINES_MAX);
    if is_cut {
        title += " · the rest is not shown";
    }
    let mut lines = vec![vec![(title, Ink::Dim)]];
    if let Some(fault) = decoder.fault() {
        lines.push(vec![(fault.to_string(), Ink::Bad)]);
    }
    lines.push(Vec::new());
    lines.extend(text);
    lines
}

/// The ink of a side.
pub(super) fn of_side(from: Sender) -> Ink {
    match from {
        Sender::Client => Ink::Client,
        Sender::Server => Ink::Server,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tapline_ladder::Body;

    /// The title of a body, and how many lines it has.
    fn shown(octets: Vec<u8>) -> (bool, usize) {
        let mut close = Close::default();
        close.bodies.insert(0, Body { from: Sender::Server, stream: 0, octets });
        let lines = body(&close, 0);
        (lines[0][0].0.ends_with("the rest is not shown"), lines.len() - 2)
    }

    #[test]
    fn octets_and_lines_of_a_body_are_shown_up_to_a_number() {
        assert_eq!(shown(vec![b'x'; BODY_BYTES_MAX]), (false, 1));
        assert_eq!(shown(vec![b'x'; BODY_BYTES_MAX + 1]), (true, 1));
        let lines = |count: usize| "x\n".repeat(count - 1).into_bytes();
        assert_eq!(shown(lines(BODY_LINES_MAX)), (false, BODY_LINES_MAX));
        assert_eq!(shown(lines(BODY_LINES_MAX + 1)), (true, BODY_LINES_MAX));
    }
}
