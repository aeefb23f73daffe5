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
    /// The source ended before the subject did.
    ends_early: bool,
}

impl Excerpt {
    pub(super) fn new(source: Box<dyn Source + Send>, subject: Subject, going: Going) -> Self {
        // Where the source begins behind the subject's first packet, that is its first one here.
        let at = source.first_number().saturating_sub(1);
        let room = tapline_memory::within(CLOSE_PACKET_OCTETS_MAX);
        Self { source, subject, going, at, kept: Vec::new(), room, left_out: 0, ends_early: false }
    }

    /// Why this is not all of what the subject was, by what the source said until the end.
    pub(super) fn breaks_off(&self, facts: &Facts) -> Option<String> {
        // Damage that lies before the subject was there when the capture was read first.
        let mut damages = facts.damages.iter().rev();
        let damage = damages.find(|damage| damage.after_packet + 1 >= self.subject.first);
        let ends = || {
            let Subject { last, .. } = self.subject;
            format!(
                "the capture ends at packet {} now, and packet {last} was read before: was it changed?",
                self.at
            )
        };
        damage.map(ToString::to_string).or_else(|| self.ends_early.then(ends))
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
        let Self { source, subject, going, at, kept, room, left_out, ends_early } = self;
        while *at + 1 < subject.first {
            if at.is_multiple_of(CLOSE_LOOK_PACKETS) && going.read(source.progress()).is_break() {
                return Item::End;
            }
            match source.next() {
                Item::Packet(packet) => *at = packet.number,
                Item::Idle => return Item::Idle,
                Item::End => {
                    *ends_early = true;
                    return Item::End;
                }
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
            Item::Idle => Item::Idle,
            Item::End => {
                *ends_early = true;
                Item::End
            }
        }
    }

    fn conclude(&mut self) {
        self.source.conclude();
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

#[cfg(test)]
mod tests {
    use tapline_testkit::{Frame, Talk};

    use super::*;

    /// A frame again and again.
    struct Again {
        frame: Frame,
        given: u64,
        going: Going,
        facts: Facts,
    }

    impl Source for Again {
        fn next(&mut self) -> Item<'_> {
            self.given += 1;
            if self.given == 3 {
                self.going.cancel();
            }
            Item::Packet(self.frame.packet(self.given))
        }

        fn facts(&self) -> &Facts {
            &self.facts
        }

        fn progress(&self) -> Progress {
            Progress::default()
        }
    }

    /// An excerpt of a connection whose segments have so many octets.
    fn excerpt(octets: usize, first: u64, last: u64, wanted: &Going) -> Excerpt {
        let [client, server] = ["10.0.0.1:40000", "10.0.0.2:80"].map(|end| end.parse().unwrap());
        let talk = Talk::new(client, server, 0).handshake();
        let odd = tapline_testkit::Odd { payload: &vec![b'x'; octets], ..tapline_testkit::Odd::default() };
        let frame = talk.odd(tapline_testkit::Speaker::Client, &odd).frames.remove(3);
        let ends = [client, server].map(|end| Endpoint { address: end.ip(), port: end.port() });
        let (given, facts) = (0, Facts::default());
        let source = Again { frame, given, going: wanted.clone(), facts };
        Excerpt::new(Box::new(source), Subject { ends, first, last }, Going::default())
    }

    #[test]
    fn octets_of_packets_are_kept_up_to_a_number() {
        let each = 60_000 + 54;
        let most = CLOSE_PACKET_OCTETS_MAX / each;
        let mut excerpt = excerpt(60_000, 1, most + 1, &Going::default());
        while !matches!(excerpt.next(), Item::End) {}
        let (packets, left_out) = excerpt.into_packets();
        assert_eq!((packets.len() as u64, left_out), (most, each));
    }

    #[test]
    fn whether_it_is_wanted_is_asked_now_and_then() {
        for first in [1, u64::MAX] {
            let going = Going::default();
            let mut excerpt = excerpt(1, first, u64::MAX, &going);
            excerpt.going = going;
            while !matches!(excerpt.next(), Item::End) {}
            assert_eq!(excerpt.at, CLOSE_LOOK_PACKETS, "from {first} on");
        }
    }
}
