//! The sentence that says why.

use std::fmt::{self, Display, Formatter};

use super::{Facts, Flag, Own, Verdict};

impl Display for Verdict {
    /// One clause a flag, then tapline's own, parted by semicolons.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let special = [Flag::FastRetransmission, Flag::SpuriousRetransmission];
        let plain = !special.iter().any(|&flag| self.flags.has(flag));
        let mut parted = false;
        for flag in self.flags.iter().filter(|&flag| flag != Flag::Retransmission || plain) {
            part(f, &mut parted)?;
            clause(f, flag, &self.facts)?;
        }
        if let Some(own) = self.own {
            part(f, &mut parted)?;
            proof(f, own, &self.facts)?;
        }
        Ok(())
    }
}

fn part(f: &mut Formatter<'_>, parted: &mut bool) -> fmt::Result {
    if std::mem::replace(parted, true) { f.write_str("; ") } else { Ok(()) }
}

fn clause(f: &mut Formatter<'_>, flag: Flag, facts: &Facts) -> fmt::Result {
    let octets = Octets(facts);
    let &Facts { expected, acknowledgment, acknowledged, .. } = facts;
    let highest = facts.highest.packet;
    match flag {
        Flag::Retransmission => {
            write!(f, "{octets} lie before octet {expected}, which was next after packet {highest}")?;
            match facts.original {
                Some(original) => write!(f, ", and were sent in packet {}", original.packet),
                None => write!(f, ", {} earlier", Ms(facts.since_highest_ns)),
            }
        }
        Flag::FastRetransmission => {
            write!(f, "{octets} begin where packet {} asks for more", facts.acknowledged_in)?;
            if facts.other_duplicates > 0 {
                write!(f, ", with {} duplicates of it", facts.other_duplicates)?;
            }
            write!(f, ", {} after the other side's newest segment", Ms(facts.since_other_ns))
        }
        Flag::SpuriousRetransmission => write!(
            f,
            "{octets} were acknowledged already: packet {} acknowledges all before octet {acknowledged}",
            facts.acknowledged_in
        ),
        Flag::OutOfOrder => {
            write!(f, "{octets} come {} after packet {highest}", Ms(facts.since_highest_ns))?;
            write!(f, ", which went up to octet {expected}: ")?;
            match facts.round_trip_ns {
                Some(ns) => write!(f, "less than the round trip of {}", Ms(ns)),
                None => f.write_str("less than 3 ms, with no round trip known"),
            }
        }
        Flag::DuplicateAck => {
            let (number, packet) = facts.duplicate.map_or((0, 0), |d| (d.number, d.packet));
            write!(f, "acknowledges octet {acknowledgment} again, as packet {packet} did: duplicate {number}")
        }
        Flag::LostSegment => write!(
            f,
            "octets {expected}–{} were not seen: packet {highest} ended before them",
            facts.first.wrapping_sub(1)
        ),
        Flag::AckLostSegment => write!(
            f,
            "acknowledges all before octet {acknowledgment}, of which not every one was seen (up to {})",
            facts.other_expected
        ),
        Flag::ZeroWindow => write!(f, "advertises a window of 0 from octet {acknowledgment} on"),
        Flag::ZeroWindowProbe => {
            write!(f, "one octet, {}, into a window of 0 that ends at octet {acknowledged}", facts.first)
        }
        Flag::ZeroWindowProbeAck => {
            write!(f, "acknowledges octet {acknowledgment} and a window of 0 again, after a probe")
        }
        Flag::WindowFull => write!(
            f,
            "{octets} end where the window ends: {} octets from octet {acknowledged} on",
            facts.other_window.unwrap_or_default()
        ),
        Flag::WindowUpdate => {
            write!(f, "acknowledges octet {acknowledgment} again with a window of {}", facts.window)?;
            facts.window_before.map_or(Ok(()), |before| write!(f, " instead of {before}"))
        }
        Flag::KeepAlive => write!(
            f,
            "{} octets at {}, one before octet {expected}, which is next",
            facts.length, facts.first
        ),
        Flag::KeepAliveAck => {
            write!(f, "acknowledges octet {acknowledgment} again, after a keep-alive")
        }
        Flag::ReusedPorts => f.write_str("an earlier connection had the same addresses and ports"),
    }
}

fn proof(f: &mut Formatter<'_>, own: Own, facts: &Facts) -> fmt::Result {
    match own {
        Own::SpuriousByDsack { first, end, retransmitted_in } => {
            write!(f, "octets {first}–{} reached the receiver twice", end.wrapping_sub(1))?;
            match retransmitted_in {
                Some(packet) => write!(f, ": packet {packet} sent them again without need"),
                None => Ok(()),
            }
        }
        Own::Reordered => write!(
            f,
            "its timestamp is older than that of packet {}: overtaken, not lost",
            facts.highest.packet
        ),
        Own::LostBeforeCapture => f.write_str("no earlier copy was seen: lost before the capture point"),
        Own::LostAfterCapture => {
            let packet = facts.original.map_or(0, |original| original.packet);
            write!(f, "packet {packet} passed the capture point: it or its ACK was lost, or late, behind it")
        }
        Own::SamePacket { packet } => {
            write!(
                f,
                "the same IP packet as packet {packet}: captured twice, or copied on its way, not sent again"
            )
        }
        Own::SentOnce => f.write_str(
            "the stream has no such octets yet: they are sent for the first time, and another segment misled the count",
        ),
        Own::NotCaptured => f.write_str("they crossed the network: the capture missed them"),
    }
}

/// `octets 1–1460`, or the SYN or FIN that the segment consists of.
struct Octets<'a>(&'a Facts);

impl Display for Octets<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Facts { first, length, .. } = *self.0;
        match length {
            0 => write!(f, "the SYN or FIN at {first}, whose numbers"),
            1 => write!(f, "octets {first}–{first}"),
            _ => write!(f, "octets {first}–{}", first.wrapping_add(length).wrapping_sub(1)),
        }
    }
}

/// Nanoseconds as milliseconds.
struct Ms(i64);

impl Display for Ms {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let micros = self.0 / 1000;
        let sign = if micros < 0 { "-" } else { "" };
        let micros = micros.unsigned_abs();
        write!(f, "{sign}{}.{:03} ms", micros / 1000, micros % 1000)
    }
}
