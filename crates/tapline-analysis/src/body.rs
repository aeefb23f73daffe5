//! What is made of a body while it streams past: its hash, its content, its gRPC messages.

use sha2::{Digest, Sha256};
use tapline_decode::content::Decoder;
use tapline_decode::grpc::{Flavor, Messages};
use tapline_decode::{Anomaly, Fields};

use crate::Options;
use crate::limits::BODIES_DECODED_MAX;

/// A body that somebody wants more of than its size.
#[derive(Default)]
pub(crate) struct Body {
    hash: Option<Sha256>,
    content: Option<Decoder>,
    messages: Option<Messages>,
    has_octets: bool,
    /// Its content would be decoded, were there room.
    has_no_room: bool,
}

/// What came of a body.
#[derive(Default)]
pub(crate) struct Outcome {
    /// SHA-256, where that was asked for.
    pub(crate) sha256: Option<[u8; 32]>,
    /// Octets of content, where that was asked for and can be told.
    pub(crate) decoded_bytes: Option<u64>,
    /// The gRPC messages in it.
    pub(crate) messages: Option<Messages>,
    /// What is wrong with it.
    pub(crate) faults: Vec<Anomaly>,
}

/// Whether a body's content may be decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Room {
    Left,
    /// As many bodies of the connection as there may be are being decoded.
    Full,
}

impl Body {
    /// What is wanted of the body behind these fields; `None` where that is nothing.
    pub(crate) fn wanted(
        fields: &Fields,
        flavor: Option<Flavor>,
        room: Room,
        options: &Options,
    ) -> Option<Box<Self>> {
        if flavor.is_none() && !options.hash_bodies && !options.decode_bodies {
            return None;
        }
        let content = options.decode_bodies.then(|| Decoder::of(&encodings(fields)));
        let has_no_room =
            room == Room::Full && content.as_ref().is_some_and(|content| !content.is_identity());
        Some(Box::new(Self {
            hash: options.hash_bodies.then(Sha256::default),
            content: content.filter(|_| !has_no_room),
            messages: flavor.map(Messages::new),
            has_octets: false,
            has_no_room,
        }))
    }

    /// Whether codings are undone, which needs memory.
    pub(crate) fn decodes(&self) -> bool {
        self.content.as_ref().is_some_and(|content| !content.is_identity())
    }

    /// The next octets of the body.
    pub(crate) fn push(&mut self, octets: &[u8]) {
        self.has_octets = true;
        if let Some(hash) = &mut self.hash {
            hash.update(octets);
        }
        if let Some(content) = &mut self.content {
            content.push(octets, &mut |_| ());
        }
        if let Some(messages) = &mut self.messages {
            messages.push(octets);
        }
    }

    /// Octets of it will never come.
    pub(crate) fn gap(&mut self) {
        if let Some(content) = &mut self.content {
            content.gap();
        }
        if let Some(messages) = &mut self.messages {
            messages.gap();
        }
    }

    /// The body is over; `complete` where all of it was seen.
    pub(crate) fn end(mut self, complete: bool) -> Outcome {
        if complete {
            self.content.iter_mut().for_each(Decoder::end);
            self.messages.iter_mut().for_each(Messages::end);
        }
        let mut faults = Vec::new();
        if self.has_octets {
            faults.extend(self.has_no_room.then(no_room));
            faults.extend(self.content.iter().filter_map(|content| Some(content.fault()?.anomaly())));
            faults.extend(self.messages.iter().filter_map(|messages| Some(messages.fault()?.anomaly())));
        }
        Outcome {
            sha256: self.hash.map(|hash| hash.finalize().into()),
            decoded_bytes: self.content.as_ref().and_then(Decoder::decoded_bytes),
            messages: self.messages,
            faults,
        }
    }
}

fn no_room() -> Anomaly {
    let detail = format!("more than {BODIES_DECODED_MAX} bodies are open at once: this one is not decoded");
    Anomaly { code: "content_coding_not_decoded", detail: detail.into() }
}

/// All values of Content-Encoding as one list (RFC 9110 §5.3).
fn encodings(fields: &Fields) -> Vec<u8> {
    fields.all("content-encoding").collect::<Vec<_>>().join(&b","[..])
}
