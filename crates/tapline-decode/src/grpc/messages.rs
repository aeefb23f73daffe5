//! Length-prefixed messages as a body streams past: a flag octet, four octets of length, the message.

use std::fmt;

use super::Flavor;
use crate::Fields;
use crate::anomaly::{self, Anomaly};
use crate::limits::{GRPC_LENGTHS_KEPT_MAX, GRPC_WEB_TRAILERS_MAX};
use crate::parse::{portion, span};

/// The flag of a message that is compressed.
const COMPRESSED: u8 = 1;

/// The flag of trailers in a body of gRPC-Web.
const TRAILERS: u8 = 0x80;

/// Why messages cannot be counted on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A message begins with a flag that is none.
    BadFlag(u8),
    /// The body came whole and ends inside a message.
    Cut,
}

/// The messages of one body.
#[derive(Clone, Debug)]
pub struct Messages {
    flavor: Flavor,
    /// Messages that began.
    pub count: u64,
    /// Those of them that are compressed.
    pub compressed: u64,
    /// Octets of the messages, as their prefixes say.
    pub bytes: u64,
    /// Their lengths in order, the first [`GRPC_LENGTHS_KEPT_MAX`].
    pub lengths: Vec<u32>,
    /// Octets of a prefix that have come.
    prefix: [u8; 5],
    filled: usize,
    /// Octets of the message in progress that have not come.
    left: u64,
    /// The trailers of gRPC-Web, as far as they are held.
    trailers: Option<Vec<u8>>,
    within_trailers: bool,
    fault: Option<Fault>,
    /// Where messages begin is not known any more, or not counted.
    lost: bool,
}

impl Messages {
    /// Nothing seen yet.
    pub fn new(flavor: Flavor) -> Self {
        Self {
            flavor,
            count: 0,
            compressed: 0,
            bytes: 0,
            lengths: Vec::new(),
            prefix: [0; 5],
            filled: 0,
            left: 0,
            trailers: None,
            within_trailers: false,
            fault: None,
            lost: flavor == Flavor::WebText,
        }
    }

    /// Takes octets of the body, in order.
    pub fn push(&mut self, octets: &[u8]) {
        let mut rest = octets;
        while !rest.is_empty() && !self.lost {
            if self.left > 0 {
                let (taken, after) = rest.split_at(portion(self.left, rest.len()));
                self.left -= span(taken.len());
                self.hold(taken);
                rest = after;
            } else {
                rest = self.fill(rest);
            }
        }
    }

    /// Octets of the body will never come.
    pub fn gap(&mut self) {
        self.lost = true;
    }

    /// The body came whole.
    pub fn end(&mut self) {
        if !self.lost && (self.left > 0 || self.filled > 0) {
            self.fault = Some(Fault::Cut);
        }
    }

    /// What is wrong, as far as that is known.
    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// Whether every message of the body so far is counted.
    pub fn is_exact(&self) -> bool {
        !self.lost
    }

    /// The trailers in a body of gRPC-Web.
    pub fn trailers(&self) -> Option<Fields> {
        let mut fields = Fields::default();
        for line in self.trailers.as_deref()?.split(|&b| b == b'\n') {
            if let Some(colon) = memchr::memchr(b':', line) {
                let (name, value) = line.split_at(colon);
                fields.push(name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii());
            }
        }
        Some(fields)
    }

    /// Takes octets of a prefix; what follows them.
    fn fill<'a>(&mut self, octets: &'a [u8]) -> &'a [u8] {
        let missing = self.prefix.get_mut(self.filled..).unwrap_or_default();
        let (taken, rest) = octets.split_at(missing.len().min(octets.len()));
        missing.iter_mut().zip(taken).for_each(|(place, &octet)| *place = octet);
        self.filled += taken.len();
        if self.filled == self.prefix.len() {
            self.filled = 0;
            let [flag, length @ ..] = self.prefix;
            self.begin(flag, u32::from_be_bytes(length));
        }
        rest
    }

    fn begin(&mut self, flag: u8, length: u32) {
        self.left = u64::from(length);
        self.within_trailers = flag & TRAILERS != 0 && self.flavor == Flavor::Web;
        match flag {
            _ if self.within_trailers => self.trailers = Some(Vec::new()),
            0 | COMPRESSED => {
                self.count += 1;
                self.bytes += u64::from(length);
                self.compressed += u64::from(flag);
                if self.lengths.len() < GRPC_LENGTHS_KEPT_MAX {
                    self.lengths.push(length);
                }
            }
            _ => {
                self.fault = Some(Fault::BadFlag(flag));
                self.lost = true;
            }
        }
    }

    fn hold(&mut self, octets: &[u8]) {
        if let Some(trailers) = self.trailers.as_mut().filter(|_| self.within_trailers) {
            let room = GRPC_WEB_TRAILERS_MAX.saturating_sub(trailers.len());
            trailers.extend_from_slice(octets.get(..room).unwrap_or(octets));
        }
    }
}

impl Fault {
    /// The same as it is told of a connection.
    pub fn anomaly(self) -> Anomaly {
        let code = match self {
            Self::BadFlag(_) => anomaly::GRPC_BAD_FLAG,
            Self::Cut => anomaly::GRPC_MESSAGE_CUT,
        };
        Anomaly::new(code, self.to_string())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadFlag(flag) => write!(f, "a gRPC message begins with the flag 0x{flag:02x}"),
            Self::Cut => f.write_str("the body ends inside a gRPC message"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(flag: u8, octets: &[u8]) -> Vec<u8> {
        let length = u32::try_from(octets.len()).unwrap().to_be_bytes();
        [&[flag][..], &length, octets].concat()
    }

    fn count(flavor: Flavor, body: &[u8], size: usize) -> Messages {
        let mut messages = Messages::new(flavor);
        body.chunks(size).for_each(|piece| messages.push(piece));
        messages.end();
        messages
    }

    #[test]
    fn messages_are_counted_however_the_body_comes() {
        let body = [message(0, b""), message(1, b"hello"), message(0, &[7; 300])].concat();
        for size in 1..=body.len() {
            let seen = count(Flavor::Grpc, &body, size);
            assert_eq!((seen.count, seen.compressed, seen.bytes), (3, 1, 305), "{size}");
            assert_eq!((seen.lengths.as_slice(), seen.fault()), (&[0, 5, 300][..], None), "{size}");
        }
        for cut in 1..body.len() {
            let ends_at = [5, 15].contains(&cut);
            let seen = count(Flavor::Grpc, &body[..cut], 4);
            assert_eq!(seen.fault().is_none(), ends_at, "{cut}");
        }
    }

    #[test]
    fn trailers_of_the_web_stand_in_the_body() {
        let body = [message(0, b"hi"), message(0x80, b"grpc-status: 0\r\ngrpc-message:fine\r\n")].concat();
        for size in [1, 3, body.len()] {
            let seen = count(Flavor::Web, &body, size);
            let trailers = seen.trailers().unwrap();
            assert_eq!(
                (trailers.get("grpc-status"), trailers.get("grpc-message")),
                (Some(&b"0"[..]), Some(&b"fine"[..]))
            );
            assert_eq!((seen.count, seen.fault()), (1, None));
        }
        assert_eq!(count(Flavor::Grpc, &body, 9).fault(), Some(Fault::BadFlag(0x80)));
    }

    #[test]
    fn what_is_not_known_is_not_counted() {
        let mut seen = Messages::new(Flavor::Grpc);
        seen.push(&message(0, b"hi"));
        seen.gap();
        seen.push(&message(0, b"hi"));
        assert_eq!((seen.count, seen.is_exact()), (1, false));
        assert_eq!(count(Flavor::Grpc, b"plain", 2).fault(), Some(Fault::BadFlag(b'p')));
        assert_eq!(count(Flavor::WebText, b"AAAAAAA=", 8).fault(), None);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let body = message(0, b"x").repeat(10_000);
        let seen = count(Flavor::Grpc, &body, 1000);
        assert_eq!((seen.count, seen.lengths.len()), (10_000, GRPC_LENGTHS_KEPT_MAX));
        let trailers = message(0x80, &vec![b'x'; 100_000]);
        assert_eq!(count(Flavor::Web, &trailers, 777).trailers.unwrap().len(), GRPC_WEB_TRAILERS_MAX);
    }
}
