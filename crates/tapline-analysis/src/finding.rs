//! What is worth telling a person: one sentence, what it cost, the packets that prove it, and where it is explained.
//!
//! A [`Kind`] is an entry of the catalogue that `docs/findings.md` prints. The rules stand in one file for each sort of
//! event that they look at; those that need several connections are [`Hosts`]'. A rule sees what was told and nothing
//! else, so a finding can be checked by whoever reads the same event.

mod across;
mod catalogue;
mod connection;
mod exchange;
mod http2;
mod lookup;
mod session;

use std::borrow::Cow;

use tapline_reassembly::Origin;

use crate::Event;

pub(crate) use across::Hosts;
pub use catalogue::{ALL as CATALOGUE, Kind};

/// How much a finding matters, whatever it cost.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Costs time, or will break something.
    Warning,
    /// Something failed, or is unsafe.
    Error,
}

impl Severity {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What sort of thing.
    pub kind: &'static Kind,
    /// One plain sentence with its figures, without a full stop. May hold text from the wire, escaped to be printed.
    pub explanation: Cow<'static, str>,
    /// The connection; `None` for what concerns several.
    pub connection: Option<u64>,
    /// The stream, where it is one of HTTP/2.
    pub stream: Option<u32>,
    /// Where to look.
    pub at: Origin,
    /// The packets that prove it, beside `at`.
    pub packets: Vec<u64>,
    /// The time that it cost, nanoseconds; `None` where it costs none or that is not known.
    pub cost_ns: Option<i64>,
}

impl Finding {
    fn new(kind: &'static Kind, explanation: impl Into<Cow<'static, str>>, at: Origin) -> Self {
        let explanation = explanation.into();
        Self { kind, explanation, connection: None, stream: None, at, packets: Vec::new(), cost_ns: None }
    }

    fn on(self, connection: u64) -> Self {
        Self { connection: Some(connection), ..self }
    }

    fn proven_by(self, packets: impl IntoIterator<Item = u64>) -> Self {
        Self { packets: packets.into_iter().collect(), ..self }
    }

    fn costs(self, ns: impl Into<Option<i64>>) -> Self {
        Self { cost_ns: ns.into().filter(|&ns| ns > 0), ..self }
    }

    /// All packets that prove it, in order, each once.
    pub fn evidence(&self) -> Vec<u64> {
        let mut packets: Vec<u64> = self.packets.iter().copied().chain([self.at.packet]).collect();
        packets.retain(|&packet| packet > 0);
        packets.sort_unstable();
        packets.dedup();
        packets
    }
}

/// Adds what an event by itself gives to tell. What shows only across connections is not among it.
pub fn look_at(event: &Event, found: &mut Vec<Finding>) {
    match event {
        Event::Connection(record) => connection::look_at(record, found),
        Event::TlsSession(session) => session::look_at(session, found),
        Event::Exchange(exchange) => exchange::look_at(exchange, found),
        Event::Http2Connection(connection) => http2::look_at(connection, found),
        Event::Lookup(lookup) => lookup::look_at(lookup, found),
        _ => {}
    }
}
