//! Messages of TLS, HTTP, WebSocket and DNS as arrows.

mod http2;
mod tls;

use tapline_analysis::decode::{Message, dns, http1, websocket};
use tapline_analysis::{MessageSeen, human, printable, text};

use super::{Layer, Mood, Rung, Shown, What};
use crate::Close;

/// A message in words.
pub(super) struct Words {
    label: String,
    detail: String,
    mood: Mood,
    octets: u64,
    run: Option<(&'static str, u32)>,
}

impl Words {
    fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), detail: String::new(), mood: Mood::Fine, octets: 0, run: None }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    fn octets(mut self, octets: u64) -> Self {
        self.octets = octets;
        self
    }

    fn mood(mut self, mood: Mood) -> Self {
        self.mood = mood;
        self
    }

    fn run(mut self, run: &'static str, stream: u32) -> Self {
        self.run = Some((run, stream));
        self
    }
}

/// Octets from the wire as a terminal may see them.
fn safe(octets: &[u8]) -> String {
    printable(&text(octets)).into_owned()
}

/// The arrows of the messages that are to be shown. Records that carried messages which are shown need none.
pub(super) fn rungs(close: &Close, shown: Shown) -> Vec<Rung> {
    let is_opened = close.messages.iter().any(|message| message.inside.is_some());
    let mut rungs = Vec::new();
    for (index, seen) in close.messages.iter().enumerate() {
        let (layer, words) = match &seen.message {
            Message::Tls(message) => (Layer::Tls, tls::words(message, close, is_opened && shown.http)),
            Message::Http1(message) => (Layer::Http, http1(message)),
            Message::Http2(message) => (Layer::Http, Some(http2::words(message))),
            Message::WebSocket(frame) => (Layer::Http, Some(websocket(frame))),
            Message::Dns(message) => (Layer::Http, Some(dns(message))),
            Message::Anomaly(anomaly) => {
                let words = Words::new(printable(&anomaly.detail).into_owned()).mood(Mood::Note);
                let inside = if seen.inside.is_some() { Layer::Http } else { Layer::Tls };
                (inside, Some(words.run(anomaly.code, 0)))
            }
            Message::Protocol(_) | Message::Client(_) | Message::Access(_) => continue,
        };
        let is_shown = match layer {
            Layer::Tcp => true,
            Layer::Tls => shown.tls,
            Layer::Http => shown.http,
        };
        if let Some(words) = words.filter(|_| is_shown) {
            rungs.push(rung(seen, index, layer, words));
        }
    }
    rungs
}

fn rung(seen: &MessageSeen, index: usize, layer: Layer, words: Words) -> Rung {
    let Words { label, detail, mood, octets, run } = words;
    Rung {
        at: seen.origin,
        until: seen.origin,
        from: seen.from,
        layer,
        what: What::Message(index),
        label,
        detail,
        mood,
        octets,
        count: 1,
        lost: false,
        run,
    }
}

fn http1(message: &http1::Message) -> Option<Words> {
    Some(match message {
        http1::Message::Request(request) => {
            let label = format!("{} {}", safe(&request.method), safe(&request.target));
            let host = request.fields.get("host").map(safe).unwrap_or_default();
            Words::new(label).detail(host).octets(request.octets)
        }
        http1::Message::Response(response) => {
            let label = format!("{} {}", response.status, safe(&response.reason));
            let kind = response.fields.get("content-type").map(safe).unwrap_or_default();
            let mood = if response.status >= 400 { Mood::Bad } else { Mood::Fine };
            Words::new(label.trim_end()).detail(kind).octets(response.octets).mood(mood)
        }
        http1::Message::End(end) if end.body_bytes == 0 && end.complete => return None,
        http1::Message::End(end) => {
            let label = format!("body {}", human::bytes(end.body_bytes));
            let words = Words::new(label).octets(end.body_bytes);
            if end.complete { words } else { words.detail("not whole").mood(Mood::Odd) }
        }
    })
}

fn websocket(frame: &websocket::Frame) -> Words {
    let label = format!("{}{}", frame.opcode, if frame.fin { "" } else { ", to be continued" });
    let words = Words::new(label).octets(frame.length).run("websocket", frame.opcode.0.into());
    match &frame.close {
        Some(close) => words.detail(format!("{} {}", close.code, safe(&close.reason))),
        None => words.detail(human::bytes(frame.length)),
    }
}

fn dns(message: &dns::Message) -> Words {
    let name = safe(&message.name);
    if !message.is_response {
        return Words::new(format!("DNS query {name}"));
    }
    let mut addresses: Vec<String> = message.addresses.iter().map(ToString::to_string).collect();
    if message.addresses_left_out > 0 {
        addresses.push(format!("{} more", message.addresses_left_out));
    }
    let mood = if message.code == 0 { Mood::Fine } else { Mood::Bad };
    Words::new(format!("DNS answer {name}")).detail(addresses.join(", ")).mood(mood)
}
