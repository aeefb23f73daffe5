//! Requests and responses of TLS that stays closed, inferred from the sizes and directions of its records.
//!
//! ```text
//!   client  ──data──            ──data──          a request begins where the client speaks after the server,
//!   server            ──data──            ──      and its response where the server speaks after it
//! ```
//!
//! What is inside is not known. A connection that carries HTTP/2 interleaves, so an exchange may stand for several;
//! small records that only steer HTTP/2 are left out, and so are the tickets that a server of TLS 1.3 sends first.

use tapline_reassembly::Origin;

use crate::{Exchange, MessagePart, Sender, Stalls, Timings};

/// Octets of the frames of HTTP/2 that only steer it: an acknowledgement of SETTINGS, `WINDOW_UPDATE` (as long as
/// `RST_STREAM`), PING (RFC 9113 §6).
const STEERING_BYTES: [u64; 3] = [9, 13, 17];

/// A server's first record of HTTP/2 is its SETTINGS, six octets each, perhaps with a `WINDOW_UPDATE`.
const SETTINGS_BYTES_MAX: u64 = 9 + 10 * 6 + 13;

/// The sizes that tickets of TLS 1.3 have (RFC 8446 §4.6.1): those with a certificate inside are larger, and no
/// common server sends them.
const TICKET_BYTES: std::ops::RangeInclusive<u64> = 64..=600;

/// By how much tickets of one server differ.
const TICKETS_DIFFER_BYTES: u64 = 32;

/// Tickets that servers send at once.
const TICKETS_MAX: u8 = 4;

/// What the records of a connection were taken for.
#[derive(Debug, Default)]
pub(crate) struct Inferred {
    request: Option<Part>,
    response: Option<Part>,
    /// Records that may be tickets, before the first response: how many, and the first.
    tickets: Option<(u8, Part)>,
    /// Exchanges that were told.
    told: u64,
}

/// A run of records of one sender.
#[derive(Clone, Copy, Debug)]
struct Part {
    first: Origin,
    last: Origin,
    octets: u64,
}

/// What is known of a connection from its handshake.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    /// Its id.
    pub(crate) connection: u64,
    /// Whether HTTP/2 was chosen, or offered where the choice is not known.
    pub(crate) http2: bool,
    pub(crate) tls13: bool,
    pub(crate) server_name: Option<&'a str>,
}

/// A record of application data behind the handshake.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) from: Sender,
    /// Octets of its content.
    pub(crate) octets: u64,
    /// The packet that carried its first octet.
    pub(crate) first: Origin,
    /// The packet that completed it.
    pub(crate) last: Origin,
}

impl Inferred {
    /// Takes a record; gives the exchange that it shows to be over.
    pub(crate) fn see(&mut self, record: &Record, setting: &Setting<'_>) -> Option<Exchange> {
        let Record { from, octets, first, last } = *record;
        if octets == 0 || setting.http2 && self.steers(from, octets) {
            return None;
        }
        let part = Part { first, last, octets };
        match from {
            Sender::Client => {
                let over = if self.response.is_some() { self.take(setting) } else { None };
                extend(&mut self.request, part);
                return over;
            }
            Sender::Server if self.may_be_ticket(octets, setting) => {
                let (count, _) = self.tickets.get_or_insert((0, part));
                *count += 1;
            }
            Sender::Server => extend(&mut self.response, part),
        }
        None
    }

    /// Whether a record can be frames of HTTP/2 that only steer it: one or two of them, or a server's SETTINGS.
    fn steers(&self, from: Sender, octets: u64) -> bool {
        let two = STEERING_BYTES
            .iter()
            .any(|one| *one == octets || STEERING_BYTES.contains(&octets.abs_diff(*one)));
        let first = from == Sender::Server && self.told == 0 && self.response.is_none();
        octets <= 2 * 17 && two || first && octets <= SETTINGS_BYTES_MAX
    }

    /// Before the first response of TLS 1.3, small records of about one size are tickets: behind the request of a client
    /// that did not wait for them, or before it has asked for anything.
    fn may_be_ticket(&self, octets: u64, setting: &Setting<'_>) -> bool {
        let first = setting.tls13 && self.told == 0 && self.response.is_none();
        let alike = match &self.tickets {
            None => true,
            Some((count, _)) if *count >= TICKETS_MAX => false,
            Some((_, ticket)) => {
                self.request.is_none() || ticket.octets.abs_diff(octets) <= TICKETS_DIFFER_BYTES
            }
        };
        first && alike && TICKET_BYTES.contains(&octets)
    }

    /// The exchange at hand, as far as it came.
    pub(crate) fn take(&mut self, setting: &Setting<'_>) -> Option<Exchange> {
        let (request, mut response) = (self.request.take(), self.response.take());
        // One small record and nothing behind it was an answer after all.
        if let (Some(_), None, Some((1, only))) = (&request, &response, self.tickets.take()) {
            response = Some(only);
        }
        if request.is_none() && response.is_none() {
            return None;
        }
        self.told += 1;
        let (request, response) = (request.map(Part::into_message), response.map(Part::into_message));
        Some(Exchange {
            connection: setting.connection,
            stream: None,
            version: if setting.http2 { "2" } else { "1.1" },
            method: None,
            url: setting.server_name.map(|name| format!("https://{name}")),
            status: None,
            reason: None,
            setup: None,
            held_back: None,
            cut: None,
            timings: Timings::default(),
            stalls: Stalls::default(),
            complete: request.is_some() && response.is_some(),
            request,
            response,
            content_type: None,
            facts: crate::HeadFacts::default(),
            is_secure: true,
            grpc: None,
            inferred: true,
            pushed: false,
            promised_on: None,
            reset: None,
        })
    }
}

fn extend(run: &mut Option<Part>, part: Part) {
    match run {
        Some(run) => {
            run.last = part.last;
            run.octets += part.octets;
        }
        None => *run = Some(part),
    }
}

impl Part {
    fn into_message(self) -> MessagePart {
        MessagePart {
            first: self.first,
            last: self.last,
            headers: tapline_decode::Fields::default(),
            header_bytes: 0,
            header_bytes_decoded: 0,
            body_bytes: self.octets,
            content_encoding: None,
            body_bytes_decoded: None,
            body_sha256: None,
            complete: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use tapline_packet::Timestamp;

    use super::*;

    const TLS13: Setting<'_> =
        Setting { connection: 7, http2: false, tls13: true, server_name: Some("a.test") };
    const TLS12: Setting<'_> = Setting { tls13: false, ..TLS13 };
    const HTTP2: Setting<'_> = Setting { http2: true, ..TLS13 };

    /// Packets and octets of each exchange that is inferred from records, a packet each, from packet 1.
    fn check(setting: Setting<'_>, records: &[(Sender, u64)], expected: &[(&str, &str)]) {
        let (mut inferred, mut found) = (Inferred::default(), Vec::new());
        for (packet, &(from, octets)) in (1..).zip(records) {
            let here = Origin { packet, at: Timestamp(0) };
            found.extend(inferred.see(&Record { from, octets, first: here, last: here }, &setting));
        }
        found.extend(inferred.take(&setting));
        let text = |part: &Option<MessagePart>| {
            let text = |part: &MessagePart| {
                format!("{}-{}: {}", part.first.packet, part.last.packet, part.body_bytes)
            };
            part.as_ref().map_or_else(|| "none".to_owned(), text)
        };
        let found: Vec<_> = found.iter().map(|one| (text(&one.request), text(&one.response))).collect();
        let found: Vec<_> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(found, expected, "{records:?}");
    }

    #[test]
    fn turns_are_exchanges() {
        use Sender::{Client, Server};
        let records = [(Client, 80), (Server, 1000), (Server, 500), (Client, 70), (Client, 30), (Server, 9)];
        check(TLS12, &records, &[("1-1: 80", "2-3: 1500"), ("4-5: 100", "6-6: 9")]);
        check(TLS12, &[(Server, 20), (Client, 5)], &[("none", "1-1: 20"), ("2-2: 5", "none")]);
        check(TLS12, &[(Client, 0)], &[]);
    }

    #[test]
    fn tickets_are_no_answer() {
        use Sender::{Client, Server};
        let records = [(Client, 80), (Server, 250), (Server, 250), (Server, 900)];
        check(TLS13, &records, &[("1-1: 80", "4-4: 900")]);
        check(TLS13, &[(Client, 80), (Server, 250), (Server, 1000)], &[("1-1: 80", "3-3: 1000")]);
        check(TLS13, &[(Client, 80), (Server, 250)], &[("1-1: 80", "2-2: 250")]);
        check(TLS13, &[(Server, 265), (Server, 281), (Client, 80), (Server, 90)], &[("3-3: 80", "4-4: 90")]);
        check(TLS12, &[(Client, 80), (Server, 250), (Server, 250)], &[("1-1: 80", "2-3: 500")]);
        let second = [(Client, 80), (Server, 1000), (Client, 80), (Server, 250), (Server, 250)];
        check(TLS13, &second, &[("1-1: 80", "2-2: 1000"), ("3-3: 80", "4-5: 500")]);
    }

    #[test]
    fn what_only_steers_http2_is_left_out() {
        use Sender::{Client, Server};
        let records = [(Client, 90), (Server, 40), (Client, 9), (Server, 2000), (Client, 26), (Server, 700)];
        check(HTTP2, &records, &[("1-1: 90", "4-6: 2700")]);
        let second = [&records[..], &[(Client, 23), (Server, 50)]].concat();
        check(HTTP2, &second, &[("1-1: 90", "4-6: 2700"), ("7-7: 23", "8-8: 50")]);
    }
}
