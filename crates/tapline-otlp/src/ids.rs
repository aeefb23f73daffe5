//! Ids of traces and spans: hashes of what a capture says, so that nobody has to remember them and the same capture
//! gives the same ones.

use sha2::{Digest, Sha256};
use tapline_engine::analysis::{Endpoint, Timestamp};

/// The id of a trace.
pub(crate) type TraceId = [u8; 16];

/// The id of a span.
pub(crate) type SpanId = [u8; 8];

/// What a span is in its trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// The root.
    Root,
    /// The TCP handshake.
    TcpHandshake,
    /// The TLS handshake of that number.
    TlsHandshake(u64),
    /// The exchange of that number.
    Exchange(u64),
    /// A phase of that exchange, by its place among them.
    Phase(u64, u64),
}

/// What ids of one trace are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity {
    seed: [u8; 32],
}

impl Identity {
    /// A connection's: when the capture began, its two ends, its first packet's time, and its number in the capture, because
    /// two connections between the same ends may begin at once where the clock is coarse. Which of the ends is the client
    /// may become known later, so it does not matter here.
    pub(crate) fn of_connection(
        capture: Timestamp,
        ends: [Endpoint; 2],
        start: Timestamp,
        number: u64,
    ) -> Self {
        let [one, other] = ends;
        let ends =
            if (one.address, one.port) <= (other.address, other.port) { [one, other] } else { [other, one] };
        let mut hash = Sha256::new_with_prefix(b"tapline connection");
        hash.update(capture.0.to_be_bytes());
        for end in ends {
            // Every text ends, so that no two lists of them are the same octets.
            hash.update(end.to_string());
            hash.update([0]);
        }
        hash.update(start.0.to_be_bytes());
        hash.update(number.to_be_bytes());
        Self { seed: hash.finalize().into() }
    }

    /// The capture's own, for what is about all of it.
    pub(crate) fn of_capture(capture: Timestamp, packets: u64) -> Self {
        let mut hash = Sha256::new_with_prefix(b"tapline capture");
        hash.update(capture.0.to_be_bytes());
        hash.update(packets.to_be_bytes());
        Self { seed: hash.finalize().into() }
    }

    /// The trace.
    pub(crate) fn trace(&self) -> TraceId {
        self.hash(b"trace", [0; 2])
    }

    /// A span of it.
    pub(crate) fn span(&self, role: Role) -> SpanId {
        match role {
            Role::Root => self.hash(b"root", [0; 2]),
            Role::TcpHandshake => self.hash(b"tcp", [0; 2]),
            Role::TlsHandshake(number) => self.hash(b"tls", [number, 0]),
            Role::Exchange(number) => self.hash(b"exchange", [number, 0]),
            Role::Phase(number, phase) => self.hash(b"phase", [number, phase]),
        }
    }

    /// The first octets of a hash. An id of zeros is none (OTLP), so that one becomes another.
    fn hash<const N: usize>(&self, what: &[u8], numbers: [u64; 2]) -> [u8; N] {
        let mut hash = Sha256::new_with_prefix(self.seed);
        hash.update(what);
        hash.update([0]);
        for number in numbers {
            hash.update(number.to_be_bytes());
        }
        let mut id = [0; N];
        id.iter_mut().zip(hash.finalize()).for_each(|(octet, hashed)| *octet = hashed);
        if id == [0; N] { [1; N] } else { id }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn end(last: u8, port: u16) -> Endpoint {
        Endpoint { address: [10, 0, 0, last].into(), port }
    }

    fn identity(capture: i64, ends: [Endpoint; 2], start: i64, number: u64) -> Identity {
        Identity::of_connection(Timestamp(capture), ends, Timestamp(start), number)
    }

    #[test]
    fn what_differs_has_other_ids() {
        let ends = [end(1, 1000), end(2, 80)];
        let others = [
            identity(0, ends, 5, 0),
            identity(1, ends, 5, 0),
            identity(0, [end(1, 1001), end(2, 80)], 5, 0),
            identity(0, ends, 6, 0),
            identity(0, ends, 5, 1),
            Identity::of_capture(Timestamp(0), 5),
        ];
        let traces: HashSet<TraceId> = others.iter().map(Identity::trace).collect();
        assert_eq!(traces.len(), others.len());
        let roles = [
            Role::Root,
            Role::TcpHandshake,
            Role::TlsHandshake(0),
            Role::TlsHandshake(1),
            Role::Exchange(0),
            Role::Exchange(1),
            Role::Phase(0, 0),
            Role::Phase(0, 1),
            Role::Phase(1, 0),
        ];
        let spans: HashSet<SpanId> = roles.iter().map(|&role| others[0].span(role)).collect();
        assert_eq!(spans.len(), roles.len());
    }

    #[test]
    fn which_end_is_the_client_does_not_matter() {
        let (one, other) = (end(1, 1000), end(2, 80));
        assert_eq!(identity(0, [one, other], 5, 0).trace(), identity(0, [other, one], 5, 0).trace());
    }
}
