//! DNS lookups, from the query to the answer (RFC 1035), and the connections that they led to.

mod lookups;

use std::net::IpAddr;

use tapline_decode::dns;
use tapline_packet::DnsDatagram;
use tapline_reassembly::Origin;

use crate::{Span, text};

pub(crate) use lookups::Lookups;

/// A DNS message and who said it to whom.
#[derive(Clone, Debug)]
pub struct DnsSaid {
    /// The packet that carried it.
    pub origin: Origin,
    /// Who asks.
    pub client: IpAddr,
    /// Who is asked.
    pub server: IpAddr,
    /// Whether it came over TCP.
    pub over_tcp: bool,
    /// What it says.
    pub message: dns::Message,
}

impl DnsSaid {
    /// A message over UDP.
    pub(crate) fn of(datagram: &DnsDatagram<'_>, here: Origin) -> Option<Self> {
        let message = dns::message(datagram.payload)?;
        let ends = [datagram.source.address, datagram.destination.address];
        Some(Self::between(ends, message, here, false))
    }

    /// A message from the first of two ends to the other.
    pub(crate) fn between(
        [source, destination]: [IpAddr; 2],
        message: dns::Message,
        origin: Origin,
        over_tcp: bool,
    ) -> Self {
        let (client, server) =
            if message.is_response { (destination, source) } else { (source, destination) };
        Self { origin, client, server, over_tcp, message }
    }
}

/// A DNS lookup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lookup {
    /// Who asked.
    pub client: IpAddr,
    /// Who answered, or was asked last.
    pub server: IpAddr,
    /// The name.
    pub name: String,
    /// The type of record that was asked for (RFC 1035 §3.2.2): 1 A, 28 AAAA.
    pub kind: u16,
    /// From the first query to the answer; to the last query where there was none.
    pub span: Span,
    /// Queries that were sent again, to the same server or another.
    pub retries: u32,
    /// Whether the answer came over TCP, because it was too long for UDP (RFC 7766 §5).
    pub over_tcp: bool,
    /// The response code (RFC 6895 §2.3); `None` where no answer came.
    pub code: Option<u16>,
    /// The addresses in the answer.
    pub addresses: Vec<IpAddr>,
    /// How many more there were. A connection to one of these is not known to come of this lookup.
    pub addresses_left_out: u32,
}

impl Lookup {
    /// The type's name.
    pub fn kind_name(&self) -> Option<&'static str> {
        Self::name_of_kind(self.kind)
    }

    /// The response code's name.
    pub fn code_name(&self) -> Option<&'static str> {
        Self::name_of_code(self.code?)
    }

    /// The name of a type of record.
    pub fn name_of_kind(kind: u16) -> Option<&'static str> {
        Some(match kind {
            1 => "A",
            2 => "NS",
            5 => "CNAME",
            6 => "SOA",
            12 => "PTR",
            15 => "MX",
            16 => "TXT",
            28 => "AAAA",
            33 => "SRV",
            64 => "SVCB",
            65 => "HTTPS",
            255 => "ANY",
            _ => return None,
        })
    }

    /// The name of a response code.
    pub fn name_of_code(code: u16) -> Option<&'static str> {
        Some(match code {
            0 => "NOERROR",
            1 => "FORMERR",
            2 => "SERVFAIL",
            3 => "NXDOMAIN",
            4 => "NOTIMP",
            5 => "REFUSED",
            _ => return None,
        })
    }
}

/// Names are compared without regard to case (RFC 4343).
fn name_of(message: &dns::Message) -> String {
    text::text(&message.name.to_ascii_lowercase())
}
