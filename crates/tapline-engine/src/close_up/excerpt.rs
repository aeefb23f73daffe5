//! A part of a capture as a source of its own, which keeps the packets of one connection.

use tapline_analysis::Endpoint;
use tapline_capture::{Facts, Item, Progress, Secret, Source};
use tapline_packet::{Dissected, Packet, dissect_packet};

use super::{CapturedPacket, Subject};
use crate::Going;
use crate::limits::{CLOSE_LOOK_PACKETS, CLOSE_PACKET_OCTETS_MAX};

/// The packets from a connection's first to its last.
pub(super) struct Excerpt {
    source: Box<dyn Source + Send>,
    subject: Subject,
    going: Going,
    /// The packet that was read last; 0 before the first.
    at: u64,
    kept: Vec<CapturedPacket>,
    room: u64,
    left_out: u64,
}

impl Excerpt {
    pub(super) fn new(source: Box<dyn Source + Send>, subject: Subject, going: Going) -> Self {
        // Where the source begins behind the subject's first packet, that is its first one here.
        let at = source.first_number().saturating_sub(1);
        let room = tapline_memory::within(CLOSE_PACKET_OCTETS_MAX);
        Self { source, subject, going, at, kept: Vec::new(), room, left_out: 0 }
    }

    /// The connection's packets, and how many octets of others found no room.
    pub(super) fn into_packets(self) -> (Vec<CapturedPacket>, u64) {
        (self.kept, self.left_out)
    }
}

fn belongs(packet: &Packet<'_>, ends: [Endpoint; 2]) -> bool {
    match dissect_packet(packet) {
        Dissected::Tcp(segment) => {
            let these = [segment.source, segment.destination];
            these == ends || {
                let [a, b] = ends;
                these == [b, a]
            }
        }
        _ => false,
    }
}

impl Source for Excerpt {
    fn next(&mut self) -> Item<'_> {
        let Self { source, subject, going, at, kept, room, left_out } = self;
        while *at + 1 < subject.first {
            if at.is_multiple_of(CLOSE_LOOK_PACKETS) && going.read(source.progress()).is_break() {
                return Item::End;
            }
            match source.next() {
                Item::Packet(packet) => *at = packet.number,
                Item::Idle => return Item::Idle,
                Item::End => return Item::End,
            }
        }
        if *at >= subject.last
            || at.is_multiple_of(CLOSE_LOOK_PACKETS) && going.read(source.progress()).is_break()
        {
            return Item::End;
        }
        match source.next() {
            Item::Packet(packet) => {
                *at = packet.number;
                if belongs(&packet, subject.ends) {
                    let length = packet.data.len() as u64;
                    if length <= *room {
                        *room -= length;
                        kept.push(CapturedPacket {
                            number: packet.number,
                            at: packet.at,
                            link_type: packet.link_type,
                            wire_length: packet.wire_length,
                            octets: packet.data.into(),
                        });
                    } else {
                        *left_out += length;
                    }
                }
                Item::Packet(packet)
            }
            other => other,
        }
    }

    fn facts(&self) -> &Facts {
        self.source.facts()
    }

    fn secrets_ahead(&self) -> Option<Vec<Secret>> {
        self.source.secrets_ahead()
    }

    fn progress(&self) -> Progress {
        self.source.progress()
    }
}
