//! The stack of decoders of one connection: finds the protocol, feeds its decoder, follows upgrades.

mod detect;
mod detector;

use detect::Sender;
use detector::{Detector, Finding};

use crate::anomaly::{self, Anomaly};
use crate::http1::Switch;
use crate::input::Input;
use crate::limits::LAYERS_MAX;
use crate::pair::Pair;
use crate::websocket::Extensions;
use crate::{Direction, Keyring, Message, Protocol, Sink, dns, http1, http2, tls, websocket};

/// Both directions of one connection and whatever they speak.
#[derive(Debug, Default)]
pub struct Conversation {
    layer: Layer,
    /// A stated protocol that has not been said yet.
    unsaid: Option<Protocol>,
    /// How often HTTP/1 gave way to something else.
    switches: u8,
    /// How many conversations this one is inside of.
    depth: u8,
}

#[derive(Debug)]
enum Layer {
    Unknown(Pair<Detector>),
    Tls(Box<tls::Decoder>),
    Http1(Box<http1::Decoder>),
    Http2(Box<http2::Decoder>),
    Dns(Box<dns::Decoder>),
    WebSocket(Box<websocket::Decoder>),
    /// Known, and not read.
    Silent,
}

impl Default for Layer {
    fn default() -> Self {
        Self::Unknown(Pair::default())
    }
}

impl Layer {
    fn of(protocol: Protocol, client: Option<Direction>, depth: u8) -> Self {
        match protocol {
            Protocol::Tls if depth >= LAYERS_MAX => Self::Silent,
            Protocol::Tls => Self::Tls(Box::new(tls::Decoder::new(client, depth))),
            Protocol::Http1 => Self::Http1(Box::new(http1::Decoder::new(client))),
            Protocol::Http2 => Self::Http2(Box::new(http2::Decoder::new(client))),
            Protocol::Dns => Self::Dns(Box::default()),
            Protocol::WebSocket => {
                Self::WebSocket(Box::new(websocket::Decoder::new(client, Extensions::Unknown)))
            }
        }
    }
}

impl Conversation {
    /// A conversation of which nothing is known, or whose protocol somebody has stated (`--decode-as`).
    pub fn new(stated: Option<Protocol>) -> Self {
        let layer = stated.map_or_else(Layer::default, |protocol| Layer::of(protocol, None, 0));
        Self { layer, unsaid: stated, switches: 0, depth: 0 }
    }

    /// What is inside of TLS, itself `depth` conversations deep.
    pub(crate) fn inside(stated: Option<Protocol>, client: Option<Direction>, depth: u8) -> Self {
        let depth = depth.saturating_add(1);
        let layer = stated.map_or_else(Layer::default, |protocol| Layer::of(protocol, client, depth));
        Self { layer, unsaid: stated, switches: 0, depth }
    }

    /// The next octets of a direction, at `offset` of its stream. Offsets of one direction never go back;
    /// where they jump, [`Self::gap`] was called for the octets between.
    pub fn bytes(
        &mut self,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        if octets.is_empty() {
            return;
        }
        if let Some(protocol) = self.unsaid.take() {
            sink.message(direction, offset..offset, Message::Protocol(protocol));
        }
        let mut input = Input { offset, octets };
        loop {
            match &mut self.layer {
                Layer::Unknown(detectors) => match detectors.of_mut(direction).feed(&mut input) {
                    Some(finding) => self.found(finding, direction, input.offset, keyring, sink),
                    None => return detectors.of_mut(direction).note(sink.here()),
                },
                Layer::Http1(decoder) => match decoder.bytes(direction, &mut input, sink) {
                    Some(switch) => self.switch(switch, direction, input.offset, keyring, sink),
                    None => return,
                },
                Layer::Http2(decoder) => return decoder.bytes(direction, input.offset, input.octets, sink),
                Layer::WebSocket(decoder) => {
                    return decoder.bytes(direction, input.offset, input.octets, sink);
                }
                Layer::Tls(decoder) => return decoder.bytes(direction, &mut input, keyring, sink),
                Layer::Dns(decoder) => return decoder.bytes(direction, &mut input, sink),
                Layer::Silent => return,
            }
        }
    }

    /// `length` octets of a direction from `offset` on will never come.
    pub fn gap(
        &mut self,
        direction: Direction,
        offset: u64,
        length: u64,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        loop {
            match &mut self.layer {
                Layer::Unknown(detectors) => return detectors.of_mut(direction).gap(),
                Layer::Http1(decoder) => match decoder.gap(direction, offset, length, sink) {
                    Some(switch) => self.switch(switch, direction, offset, keyring, sink),
                    None => return,
                },
                Layer::Http2(decoder) => return decoder.gap(direction, offset, length, sink),
                Layer::WebSocket(decoder) => return decoder.gap(direction, offset, length, sink),
                Layer::Tls(decoder) => return decoder.gap(direction, offset, length, keyring, sink),
                Layer::Dns(decoder) => return decoder.gap(direction),
                Layer::Silent => return,
            }
        }
    }

    /// A direction has ended: by FIN, by reset, or because the capture ends (`clean` is false for the last
    /// two: a message that runs to the end of the connection is then not known to be whole).
    pub fn end(&mut self, direction: Direction, clean: bool, keyring: &mut Keyring, sink: &mut impl Sink) {
        loop {
            match &mut self.layer {
                Layer::Http1(decoder) => match decoder.end(direction, clean, sink) {
                    Some(switch) => {
                        let offset = decoder.next(direction);
                        self.switch(switch, direction, offset, keyring, sink);
                    }
                    None => return,
                },
                Layer::Http2(decoder) => return decoder.end(direction, sink),
                Layer::WebSocket(decoder) => return decoder.end(direction, sink),
                Layer::Tls(decoder) => return decoder.end(direction, clean, keyring, sink),
                Layer::Unknown(_) | Layer::Dns(_) | Layer::Silent => return,
            }
        }
    }

    /// Whether octets wait for secrets that may still come.
    pub fn is_waiting(&self) -> bool {
        matches!(&self.layer, Layer::Tls(decoder) if decoder.is_waiting())
    }

    /// Secrets came: what waits for them is tried again.
    pub fn try_again(&mut self, keyring: &mut Keyring, sink: &mut impl Sink) {
        if let Layer::Tls(decoder) = &mut self.layer {
            decoder.try_again(keyring, sink);
        }
    }

    /// Nothing waits any longer: what was held back is told as it is.
    pub fn give_up(&mut self, keyring: &mut Keyring, sink: &mut impl Sink) {
        if let Layer::Tls(decoder) = &mut self.layer {
            decoder.give_up(keyring, sink);
        }
    }

    /// A direction turned out to speak a protocol, so both do.
    fn found(
        &mut self,
        finding: Finding,
        direction: Direction,
        offset: u64,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let (protocol, sender) = finding;
        let client = sender.map(|sender| match sender {
            Sender::Client => direction,
            Sender::Server => direction.flip(),
        });
        let layer = std::mem::replace(&mut self.layer, Layer::of(protocol, client, self.depth));
        let Layer::Unknown(mut detectors) = layer else { return };
        let (held_at, held) = detectors.of_mut(direction).take_held();
        let at = if held.is_empty() { offset } else { held_at };
        sink.message(direction, at..at, Message::Protocol(protocol));
        if let Some(client) = client {
            sink.message(direction, at..at, Message::Client(client));
        }
        let (now, then) = (sink.here(), detectors.of(direction.flip()).here());
        let (other_at, other) = detectors.of_mut(direction.flip()).take_held();
        sink.back_to(then);
        self.bytes(direction.flip(), other_at, &other, keyring, sink);
        sink.back_to(now);
        self.bytes(direction, held_at, &held, keyring, sink);
    }

    /// HTTP/1 gave the connection up to something else, from `offset` of `direction` on.
    fn switch(
        &mut self,
        switch: Switch,
        direction: Direction,
        offset: u64,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let Layer::Http1(decoder) = &mut self.layer else { return };
        let client = decoder.client();
        let (other_at, other) = decoder.leave(direction.flip(), sink);
        let (held_at, held) = decoder.leave(direction, sink);
        let at = if held.is_empty() { offset } else { held_at };
        self.switches += 1;
        self.layer = match switch {
            _ if self.switches >= LAYERS_MAX => Layer::Silent,
            Switch::Detect => Layer::default(),
            Switch::WebSocket(extensions) => {
                sink.message(direction, at..at, Message::Protocol(Protocol::WebSocket));
                let client = client.unwrap_or(direction.flip());
                Layer::WebSocket(Box::new(websocket::Decoder::new(Some(client), extensions)))
            }
            Switch::Http2(settings) => {
                sink.message(direction, at..at, Message::Protocol(Protocol::Http2));
                if settings.is_none() {
                    let detail = "the HTTP2-Settings field of the upgrade cannot be read";
                    let anomaly = Anomaly::new(anomaly::HTTP2_UPGRADE_SETTINGS, detail);
                    sink.message(direction, at..at, Message::Anomaly(anomaly));
                }
                let settings = settings.unwrap_or_default();
                let client = client.unwrap_or(direction.flip());
                let decoder = Box::new(http2::Decoder::upgraded(client, &settings));
                let upgraded = Box::new(http2::Message::Upgraded(settings));
                sink.message(direction, at..at, Message::Http2(upgraded));
                Layer::Http2(decoder)
            }
        };
        self.bytes(direction.flip(), other_at, &other, keyring, sink);
        self.bytes(direction, held_at, &held, keyring, sink);
    }
}
