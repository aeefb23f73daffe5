//! The streams of a capture as tapline puts them in order.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use tapline_engine::capture::{Item, open};
use tapline_packet::{Dissected, Endpoint, Timestamp, dissect_datagram, dissect_packet};
use tapline_reassembly::{Connection, Datagrams, Direction, End, Gap, Left, Origin, Sink, Tracker};

use crate::{Conversation, Text};

/// Writes down what comes, connection by connection.
#[derive(Default)]
struct Collector {
    /// By the connection's id, with its first packet.
    conversations: BTreeMap<u64, (u64, Conversation)>,
    /// No octets behind this are compared.
    over: HashSet<(u64, Direction)>,
    /// Whether a direction's octets came in more than one piece.
    is_put_together: bool,
}

impl Collector {
    fn text(&mut self, connection: &Connection, direction: Direction) -> Option<&mut Text> {
        if self.over.contains(&(connection.id, direction)) {
            return None;
        }
        let (_, conversation) = self.conversations.get_mut(&connection.id)?;
        Some(&mut conversation.texts[direction.index()])
    }
}

impl Sink for Collector {
    fn opened(&mut self, connection: &Connection) {
        let conversation = Conversation::between([connection.client, connection.server]);
        self.conversations.insert(connection.id, (connection.first.packet, conversation));
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
            Gap::NeverSeen | Gap::Overflow => {
                self.over.insert((connection.id, direction));
            }
        }
    }

    fn ended(&mut self, _: &Connection, _: Direction, _: End) {}

    fn closed(&mut self, _: &Connection, _: Left) {}
}

/// Every TCP connection of a capture in the order of their first packets; the sender of that packet first.
/// Nothing where no direction had two pieces to put together.
pub(crate) fn conversations(path: &Path) -> Vec<Conversation> {
    let Ok(mut source) = open(&[path.to_owned()]) else { return Vec::new() };
    let mut tracker = Tracker::default();
    let mut datagrams = Datagrams::default();
    let mut collector = Collector::default();
    let mut senders: HashMap<u64, Endpoint> = HashMap::new();
    let mut at = Timestamp::default();
    loop {
        match source.next() {
            Item::Packet(packet) => {
                at = packet.at.unwrap_or(at);
                let mut dissected = dissect_packet(&packet);
                let whole;
                if let Dissected::Fragment(fragment) = &dissected
                    && let Some(all) = datagrams.fragment(fragment, at)
                {
                    whole = all;
                    dissected = dissect_datagram(&whole.datagram());
                }
                if let Dissected::Tcp(segment) = dissected {
                    senders.insert(packet.number, segment.source);
                    let here = Origin { packet: packet.number, at };
                    tracker.segment(&segment, packet.interface, here, &mut collector);
                }
            }
            Item::Idle => {}
            Item::End => break,
        }
    }
    tracker.finish_all(&mut collector);
    if !collector.is_put_together {
        return Vec::new();
    }
    let first_sender_first = |(first, mut conversation): (u64, Conversation)| {
        if senders.get(&first) != Some(&conversation.nodes[0]) {
            conversation.nodes.swap(0, 1);
            conversation.texts.swap(0, 1);
        }
        conversation
    };
    collector.conversations.into_values().map(first_sender_first).collect()
}
