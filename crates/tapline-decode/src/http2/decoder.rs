//! The memory of an HTTP/2 connection: where each direction stands in its frames, its open field block and
//! its table.

mod block;
mod data;
mod side;

use side::Side;

use super::{HEADER_TABLE_SIZE, MAX_FRAME_SIZE, Message, Setting};
use crate::input::Input;
use crate::pair::Pair;
use crate::{Direction, Sink, http2};

/// What one direction tells the decoder about the other.
#[derive(Debug)]
enum Notice {
    /// The sender acknowledged the other's oldest SETTINGS.
    SettingsAcknowledged,
    /// The preface was there: this direction is the client's.
    IsClient,
}

/// Both directions of an HTTP/2 connection.
#[derive(Debug)]
pub(crate) struct Decoder {
    sides: Pair<Side>,
    client: Option<Direction>,
}

impl Decoder {
    /// A connection from its beginning, or from anywhere if it is not known who the client is.
    pub(crate) fn new(client: Option<Direction>) -> Self {
        Self { sides: Pair::new(|direction| Side::new(client.map(|client| client == direction))), client }
    }

    /// A connection that was upgraded from HTTP/1.1, with the settings of HTTP2-Settings (RFC 7540 §3.2.1),
    /// which the 101 response acknowledges.
    pub(crate) fn upgraded(client: Direction, settings: &[Setting]) -> Self {
        let mut decoder = Self::new(Some(client));
        decoder.sides.of_mut(client).note_settings(settings);
        decoder.acknowledge(client.flip());
        decoder
    }

    pub(crate) fn bytes(&mut self, direction: Direction, offset: u64, octets: &[u8], sink: &mut impl Sink) {
        let mut input = Input { offset, octets };
        let allowed = self.sides.of(direction.flip()).frame_size_max();
        loop {
            let side = self.sides.of_mut(direction);
            if !side.step(direction, allowed, &mut input, sink) {
                break;
            }
            match side.notice.take() {
                Some(Notice::SettingsAcknowledged) => self.acknowledge(direction),
                Some(Notice::IsClient) if self.client.is_none() => {
                    self.client = Some(direction);
                    self.sides.of_mut(direction.flip()).is_server();
                }
                Some(Notice::IsClient) | None => {}
            }
        }
    }

    pub(crate) fn gap(&mut self, direction: Direction, offset: u64, length: u64, sink: &mut impl Sink) {
        self.sides.of_mut(direction).gap(direction, offset, length, sink);
        // A payload that the gap ran to the end of is finished without another octet.
        self.bytes(direction, offset.saturating_add(length), &[], sink);
    }

    pub(crate) fn end(&mut self, direction: Direction, sink: &mut impl Sink) {
        self.sides.of_mut(direction).end(direction, sink);
    }

    /// `direction` acknowledged: its encoder keeps to what the other side allows from here on.
    fn acknowledge(&mut self, direction: Direction) {
        for size in self.sides.of_mut(direction.flip()).acknowledged() {
            self.sides.of_mut(direction).set_table_limit(size);
        }
    }
}

fn emit(sink: &mut impl Sink, direction: Direction, span: std::ops::Range<u64>, message: http2::Message) {
    sink.message(direction, span, crate::Message::Http2(Box::new(message)));
}

/// The table sizes among settings, and the largest frame where it is set.
fn table_sizes(settings: &[Setting]) -> impl Iterator<Item = u32> {
    settings.iter().filter(|setting| setting.id == HEADER_TABLE_SIZE).map(|setting| setting.value)
}

fn frame_size(settings: &[Setting]) -> Option<u32> {
    settings.iter().rev().find(|setting| setting.id == MAX_FRAME_SIZE).map(|setting| setting.value)
}

/// The preface as it stands on the wire (RFC 9113 §3.4).
pub(crate) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

fn preface(sink: &mut impl Sink, direction: Direction, span: std::ops::Range<u64>) {
    emit(sink, direction, span, Message::Preface);
}
