//! The streams of a capture as tapline puts them in order.

use std::path::Path;

use tapline_engine::capture::{Item, open};
use tapline_packet::{Dissected, Endpoint, Timestamp, dissect};
use tapline_reassembly::{Connection, Direction, End, Gap, Origin, Sink, Tracker};

use crate::{Conversation, Text};

/// Writes down what comes, connection by connection.
#[derive(Default)]
struct Collector {
    conversations: Vec<Conversation>,
    /// By connection and direction: no octets behind this are compared.
    over: Vec<[bool; 2]>,
    /// Whether a direction's octets came in more than one piece.
    is_put_together: bool,
}

impl Collector {
    fn text(&mut self, connection: &Connection, direction: Direction) -> Option<&mut Text> {
        let index = usize::try_from(connection.id).unwrap();
        let sender = match direction {
            Direction::Forward => connection.client,
            Direction::Reverse => connection.server,
        };
        if self.over[index][direction.index()] {
            return None;
        }
        let conversation = &mut self.conversations[index];
        Some(&mut conversation.texts[usize::from(conversation.nodes[0] != sender)])
    }
}

impl Sink for Collector {
    fn opened(&mut self, connection: &Connection) {
        self.conversations.push(Conversation::between([connection.client, connection.server]));
        self.over.push([false; 2]);
    }

    fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        _: Origin,
    ) {
        self.is_put_together |= offset > 0;
        if let Some(text) = self.text(connection, direction) {
            text.octets(octets);
        }
    }

    fn gap(&mut self, connection: &Connection, direction: Direction, _: u64, length: u64, why: Gap) {
        match why {
            Gap::NotCaptured => {
                if let Some(text) = self.text(connection, direction) {
                    text.missing(length);
                }
            }
            // tshark says nothing where the snapshot length cut, and goes on behind it.
            Gap::Cut => {}
            // tshark leaves out what still waits at the end of the capture.
            Gap::NeverSeen => {
                let index = usize::try_from(connection.id).unwrap();
                self.over[index][direction.index()] = true;
            }
        }
    }

    fn ended(&mut self, _: &Connection, _: Direction, _: End) {}

    fn closed(&mut self, _: &Connection) {}
}

/// Every TCP connection of a capture in the order of their first packets; the sender of that packet first.
/// Nothing where no direction had two pieces to put together.
pub(crate) fn conversations(path: &Path) -> Vec<Conversation> {
    let Ok(mut source) = open(&[path.to_owned()]) else { return Vec::new() };
    let mut tracker = Tracker::default();
    let mut collector = Collector::default();
    let mut at = Timestamp::default();
    loop {
        match source.next() {
            Item::Packet(packet) => {
                at = packet.at.unwrap_or(at);
                if let Dissected::Tcp(segment) = dissect(packet.link_type, packet.data) {
                    let here = Origin { packet: packet.number, at };
                    let before = collector.conversations.len();
                    tracker.segment(&segment, here, &mut collector);
                    first_sender(&mut collector, before, segment.source);
                }
            }
            Item::Idle => {}
            Item::End => break,
        }
    }
    tracker.finish_all(&mut collector);
    if collector.is_put_together { collector.conversations } else { Vec::new() }
}

/// Where the segment opened a conversation, its sender comes first.
fn first_sender(collector: &mut Collector, before: usize, sender: Endpoint) {
    if let Some(conversation) = collector.conversations.get_mut(before).filter(|new| new.nodes[0] != sender) {
        conversation.nodes.swap(0, 1);
        conversation.texts.swap(0, 1);
    }
}
