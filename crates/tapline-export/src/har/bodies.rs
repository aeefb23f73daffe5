//! Bodies that wait for their exchange.

use std::collections::{HashMap, VecDeque};

use tapline_engine::analysis::decode::http2::{self, Payload};
use tapline_engine::analysis::decode::{Fields, Message, content, http1};
use tapline_engine::analysis::{Carried, Course, Exchange, MessagePart, MessageSeen, Sender};

use crate::limits::{HAR_BODIES_BYTES_MAX, HAR_BODY_BYTES_MAX};

/// Bodies of exchanges that are not complete, within a bound for all of them together.
#[derive(Default)]
pub(super) struct Bodies {
    /// By connection, then by stream and side, each with the bodies of the messages that are not taken yet.
    waiting: HashMap<u64, HashMap<(u32, bool), VecDeque<Waiting>>>,
    held_bytes: usize,
}

/// A body, as far as it came.
struct Waiting {
    /// The packet with the first octet of its message.
    first: u64,
    octets: Vec<u8>,
    /// Octets that found no room.
    left_out: u64,
}

/// The bodies of an exchange.
#[derive(Default)]
pub(super) struct OfExchange {
    pub(super) request: Option<Content>,
    pub(super) response: Option<Content>,
}

/// What was in a body, its codings undone.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Content {
    pub(super) octets: Vec<u8>,
    /// Whether something of it is missing: it found no room, did not come, or is not of its coding.
    pub(super) is_cut: bool,
}

impl Bodies {
    /// A message's head was told: what comes next on its stream is its body.
    pub(super) fn head(&mut self, seen: &MessageSeen) {
        let Some(stream) = head_of(&seen.message) else { return };
        let waiting = Waiting { first: seen.first.packet, octets: Vec::new(), left_out: 0 };
        let streams = self.waiting.entry(seen.connection).or_default();
        streams.entry((stream, is_client(seen.from))).or_default().push_back(waiting);
    }

    /// Octets of a body.
    pub(super) fn carried(&mut self, carried: &Carried) {
        let Course::Body(stream) = carried.of else { return };
        let streams = self.waiting.get_mut(&carried.connection);
        let queue = streams.and_then(|streams| streams.get_mut(&(stream, is_client(carried.from))));
        let Some(waiting) = queue.and_then(VecDeque::back_mut) else { return };
        let room = HAR_BODY_BYTES_MAX.saturating_sub(waiting.octets.len());
        let room = room.min(HAR_BODIES_BYTES_MAX.saturating_sub(self.held_bytes));
        let kept = carried.octets.get(..room).unwrap_or(&carried.octets);
        // What comes behind a hole would be taken for what belongs there.
        let kept = if waiting.left_out > 0 { &[] } else { kept };
        waiting.octets.extend_from_slice(kept);
        waiting.left_out += (carried.octets.len() - kept.len()) as u64;
        self.held_bytes += kept.len();
    }

    /// Takes the bodies of an exchange.
    pub(super) fn of(&mut self, exchange: &Exchange) -> OfExchange {
        let stream = exchange.stream.unwrap_or(0);
        let mut take = |part: Option<&MessagePart>, is_client| {
            part.and_then(|part| self.take(exchange.connection, (stream, is_client), part))
        };
        OfExchange {
            request: take(exchange.request.as_ref(), true),
            response: take(exchange.response.as_ref(), false),
        }
    }

    fn take(&mut self, connection: u64, of: (u32, bool), part: &MessagePart) -> Option<Content> {
        let queue = self.waiting.get_mut(&connection)?.get_mut(&of)?;
        while let Some(waiting) = queue.pop_front() {
            self.held_bytes -= waiting.octets.len();
            if waiting.first == part.first.packet {
                return Some(waiting.content(part));
            }
        }
        None
    }

    /// A connection is over.
    pub(super) fn over(&mut self, connection: u64) {
        let gone = self.waiting.remove(&connection).into_iter().flat_map(HashMap::into_values);
        self.held_bytes -= gone.flatten().map(|waiting| waiting.octets.len()).sum::<usize>();
    }
}

impl Waiting {
    fn content(self, part: &MessagePart) -> Content {
        let mut is_cut = self.left_out > 0 || !part.complete;
        let mut decoder =
            content::Decoder::of(part.content_encoding.as_deref().unwrap_or_default().as_bytes());
        if decoder.is_identity() && decoder.fault().is_none() {
            return Content { octets: self.octets, is_cut };
        }
        let mut octets = Vec::new();
        decoder.push(&self.octets, &mut |piece| {
            let room = HAR_BODY_BYTES_MAX.saturating_sub(octets.len());
            octets.extend_from_slice(piece.get(..room).unwrap_or(piece));
            is_cut |= piece.len() > room;
        });
        is_cut |= decoder.fault().is_some();
        Content { octets, is_cut }
    }
}

fn is_client(from: Sender) -> bool {
    from == Sender::Client
}

/// The stream of a head that has a body of its own; informational responses have none.
fn head_of(message: &Message) -> Option<u32> {
    match message {
        Message::Http1(http1::Message::Request(_)) => Some(0),
        Message::Http1(http1::Message::Response(response)) if !(102..200).contains(&response.status) => {
            (response.status != 100).then_some(0)
        }
        Message::Http2(message) => match &**message {
            http2::Message::Frame(frame) => match &frame.payload {
                Payload::Headers { block: Some(block), .. }
                | Payload::Continuation { block: Some(block), .. } => {
                    is_head(&block.fields).then_some(frame.stream)
                }
                _ => None,
            },
            http2::Message::Preface | http2::Message::Upgraded(_) => None,
        },
        _ => None,
    }
}

/// Whether fields begin a request or a final response of HTTP/2, and are no trailers.
fn is_head(fields: &Fields) -> bool {
    let is_final = |status: &[u8]| !status.starts_with(b"1");
    fields.get(":method").is_some() || fields.get(":status").is_some_and(is_final)
}

#[cfg(test)]
mod tests {
    use tapline_engine::analysis::Origin;

    use super::*;

    fn body(first: u64) -> Waiting {
        Waiting { first, octets: Vec::new(), left_out: 0 }
    }

    fn carried(connection: u64, octets: usize) -> Carried {
        let (origin, from, of) = (Origin::default(), Sender::Server, Course::Body(0));
        Carried { connection, origin, from, of, octets: vec![b'x'; octets] }
    }

    fn held(bodies: &Bodies, connection: u64) -> (usize, u64) {
        let waiting = bodies.waiting[&connection][&(0, false)].back().unwrap();
        (waiting.octets.len(), waiting.left_out)
    }

    #[test]
    fn a_body_is_kept_up_to_its_bound_and_all_of_them_up_to_theirs() {
        let mut bodies = Bodies::default();
        let connections = (HAR_BODIES_BYTES_MAX / HAR_BODY_BYTES_MAX) as u64;
        for connection in 0..=connections {
            bodies.waiting.entry(connection).or_default().entry((0, false)).or_default().push_back(body(1));
        }
        bodies.carried(&carried(0, HAR_BODY_BYTES_MAX));
        assert_eq!(held(&bodies, 0), (HAR_BODY_BYTES_MAX, 0));
        bodies.carried(&carried(0, 1));
        assert_eq!(held(&bodies, 0), (HAR_BODY_BYTES_MAX, 1));
        for connection in 1..connections {
            bodies.carried(&carried(connection, HAR_BODY_BYTES_MAX));
            assert_eq!(held(&bodies, connection), (HAR_BODY_BYTES_MAX, 0));
        }
        // There is room again when a connection is over.
        bodies.carried(&carried(connections, 7));
        assert_eq!((held(&bodies, connections), bodies.held_bytes), ((0, 7), HAR_BODIES_BYTES_MAX));
        bodies.over(0);
        assert_eq!(bodies.held_bytes, HAR_BODIES_BYTES_MAX - HAR_BODY_BYTES_MAX);
    }
}
