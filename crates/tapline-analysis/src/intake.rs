//! From packets to what shards take: everything that must see every packet, and every packet in order.

use std::net::IpAddr;

use tapline_packet::{
    Dissected, Endpoint, IcmpError, Other, Packet, Segment, Timestamp, dissect_datagram, dissect_packet,
};
use tapline_reassembly::{Datagrams, Inflater, Origin};

use crate::limits::TIME_PASSES_NS;
use crate::lookup::DnsSaid;
use crate::{Options, Totals};

/// Counts packets, dissects them and puts fragments together. Remembers nothing of connections.
pub struct Intake {
    /// How many there are.
    shards: usize,
    wants_lookups: bool,
    only: Option<[Endpoint; 2]>,
    datagrams: Datagrams,
    inflater: Inflater,
    totals: Totals,
    here: Origin,
    /// When every shard was last told the time.
    told_time: Option<Timestamp>,
}

/// Something for one shard.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// Which shard.
    pub shard: usize,
    /// The packet.
    pub here: Origin,
    /// Whether every shard, in order, is to be told the time before.
    pub time_passes: bool,
    /// What it is.
    pub work: Work<'a>,
}

/// What a shard can take.
#[derive(Clone, Copy, Debug)]
pub enum Work<'a> {
    /// A segment and the interface that it came by.
    Segment(&'a Segment<'a>, u32),
    /// An ICMP error about a segment.
    Unreachable(&'a IcmpError),
    /// A DNS message.
    Dns(&'a DnsSaid),
}

impl Intake {
    /// An intake that has seen nothing, before the shards that the same options make.
    pub fn new(options: &Options) -> Self {
        Self {
            shards: options.shards(),
            wants_lookups: options.interests.needed().wants_lookups(),
            only: options.only,
            datagrams: Datagrams::default(),
            inflater: Inflater::default(),
            totals: Totals::default(),
            here: Origin::default(),
            told_time: None,
        }
    }

    /// Takes one packet and hands on what is in it for a shard: nothing or one task.
    #[inline]
    pub fn packet(&mut self, packet: &Packet<'_>, give: &mut impl FnMut(Task<'_>)) {
        let at = self.count(packet);
        self.here = Origin { packet: packet.number, at };
        self.dissected(&dissect_packet(packet), packet.interface, give);
    }

    /// The newest packet.
    pub fn here(&self) -> Origin {
        self.here
    }

    /// What was counted so far; of connections nothing is known here.
    pub fn totals(&self) -> Totals {
        Totals { datagrams: self.datagrams.counts(), ..self.totals.clone() }
    }

    /// Takes what a packet, or a datagram that it completed, turned out to be. Calls itself for what was inside
    /// a datagram, which `tapline_packet::limits::LAYERS_MAX` bounds.
    fn dissected(&mut self, dissected: &Dissected<'_>, interface: u32, give: &mut impl FnMut(Task<'_>)) {
        match dissected {
            Dissected::Tcp(segment) => {
                self.totals.tcp_packets += 1;
                if !self.is_wanted(segment.source, segment.destination) {
                    return;
                }
                let shard = shard_of(segment.source, segment.destination, self.shards);
                let time_passes = self.time_passes();
                let work = Work::Segment(segment, interface);
                give(Task { shard, here: self.here, time_passes, work });
            }
            // What was inside counts for the packet that completed it.
            Dissected::Fragment(fragment) => match self.datagrams.fragment(fragment, self.here.at) {
                Some(whole) => self.dissected(&dissect_datagram(&whole.datagram()), interface, give),
                None => self.count_other("IP fragment"),
            },
            Dissected::Compressed(compressed) => match self.inflater.inflate(compressed) {
                Some(whole) => self.dissected(&dissect_datagram(&whole.datagram()), interface, give),
                None => self.count_undecoded("IP payload that cannot be inflated"),
            },
            Dissected::Dns(datagram) => {
                self.count_other(Other::Udp.name());
                if self.wants_lookups
                    && self.is_wanted(datagram.source, datagram.destination)
                    && let Some(said) = DnsSaid::of(datagram, self.here)
                {
                    let shard = shard_of(datagram.source, datagram.destination, self.shards);
                    give(Task { shard, here: self.here, time_passes: false, work: Work::Dns(&said) });
                }
            }
            Dissected::IcmpError(error) => {
                self.count_other(error.carrier().name());
                if !self.is_wanted(error.source, error.destination) {
                    return;
                }
                let shard = shard_of(error.source, error.destination, self.shards);
                let work = Work::Unreachable(error);
                give(Task { shard, here: self.here, time_passes: false, work });
            }
            Dissected::Other(other) => self.count_other(other.name()),
            Dissected::Undecoded(why) => self.count_undecoded(why.reason()),
        }
    }

    /// Whether what goes on between two ends is to be followed.
    #[inline]
    fn is_wanted(&self, a: Endpoint, b: Endpoint) -> bool {
        self.only.is_none_or(|only| only == [a, b] || only == [b, a])
    }

    /// Whether it is time to tell it to every shard.
    fn time_passes(&mut self) -> bool {
        let now = self.here.at;
        let told = *self.told_time.get_or_insert(now);
        let passes = now.since(told).unsigned_abs() >= TIME_PASSES_NS.unsigned_abs();
        if passes {
            self.told_time = Some(now);
        }
        passes
    }

    fn count_undecoded(&mut self, why: &'static str) {
        *self.totals.undecoded_packets.entry(why).or_default() += 1;
    }

    fn count_other(&mut self, what: &'static str) {
        *self.totals.other_packets.entry(what).or_default() += 1;
    }

    /// Counts the packet and gives its time: its own, else that of the packet before.
    #[inline]
    fn count(&mut self, packet: &Packet<'_>) -> Timestamp {
        let totals = &mut self.totals;
        totals.packets += 1;
        totals.bytes += u64::from(packet.wire_length);
        totals.truncated_packets += u64::from((packet.data.len() as u64) < u64::from(packet.wire_length));
        *totals.link_types.entry(packet.link_type).or_default() += 1;
        let before = self.here.at;
        let Some(at) = packet.at else {
            totals.untimed_packets += 1;
            totals.traffic.add(before, packet.wire_length);
            return before;
        };
        totals.traffic.add(at, packet.wire_length);
        totals.clock_steps_back += u64::from(totals.start.is_some() && at < before);
        totals.first.get_or_insert(at);
        totals.start = Some(totals.start.map_or(at, |start| start.min(at)));
        totals.end = Some(totals.end.map_or(at, |end| end.max(at)));
        at
    }
}

/// The shard of everything between two ends, whichever of them sends. VLANs, tunnels and interfaces take no part:
/// the directions of a connection may differ in them, and so do two views of one connection. The hash is the same
/// on every run, so what the bounds of a shard bring about is too; who chooses ports to fill one shard gets that
/// one's bounds, not more.
fn shard_of(a: Endpoint, b: Endpoint, shards: usize) -> usize {
    let hash = fold(of_end(a).wrapping_add(of_end(b)), 0x9e37_79b9_7f4a_7c15);
    usize::try_from(hash % shards as u64).unwrap_or_default()
}

fn of_end(end: Endpoint) -> u64 {
    let port = u64::from(end.port) << 32;
    match end.address {
        IpAddr::V4(address) => fold(port | u64::from(u32::from(address)), 0xa076_1d64_78bd_642f),
        IpAddr::V6(address) => {
            let [low, high] = halves(address.into());
            fold(low ^ port, 0xa076_1d64_78bd_642f) ^ fold(high, 0xe703_7ed1_a0b4_28db)
        }
    }
}

/// Both halves of a product: every bit of the number takes part in the low ones.
fn fold(number: u64, factor: u64) -> u64 {
    let [low, high] = halves(u128::from(number ^ factor) * u128::from(factor));
    low ^ high
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is wanted")]
fn halves(number: u128) -> [u64; 2] {
    [number as u64, (number >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::SHARDS;

    fn shard_of(a: Endpoint, b: Endpoint) -> usize {
        super::shard_of(a, b, SHARDS)
    }

    fn end(address: &str, port: u16) -> Endpoint {
        Endpoint { address: address.parse().unwrap(), port }
    }

    #[test]
    fn both_directions_meet_in_one_shard() {
        for port in 1024..2048 {
            let (client, server) = (end("10.0.0.1", port), end("2001:db8::1", 443));
            assert_eq!(shard_of(client, server), shard_of(server, client));
        }
    }

    /// A client's ports count up, and a flood has one host's or many hosts' addresses.
    #[test]
    fn connections_are_shared_out_evenly() {
        let by_port = |n: u16| shard_of(end("192.168.7.9", 1024 + n), end("10.0.0.1", 443));
        let by_host = |n: u16| {
            let [a, b] = n.to_be_bytes();
            shard_of(end(&format!("10.{a}.{b}.1"), 40_000), end("10.0.0.1", 80))
        };
        let by_v6_host = |n: u16| shard_of(end(&format!("2001:db8:{n:x}::1"), 40_000), end("::1", 80));
        for shard in [&by_port as &dyn Fn(u16) -> usize, &by_host, &by_v6_host] {
            let mut counts = [0; SHARDS];
            for n in 0..16_000 {
                counts[shard(n)] += 1;
            }
            assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
        }
    }

    #[test]
    fn every_shard_is_told_the_time_now_and_then() {
        let mut intake = Intake::new(&Options::of(crate::Interests::SUMMARY));
        let talk = tapline_testkit::Talk::new(([10, 0, 0, 1], 1).into(), ([10, 0, 0, 2], 2).into(), 0);
        let mut frame = talk.syn().frames.remove(0);
        let mut passes = |ns: i64| {
            let mut passes = None;
            frame.at = Timestamp(ns);
            intake.packet(&frame.packet(1), &mut |task| passes = Some(task.time_passes));
            passes.unwrap()
        };
        let times = [0, TIME_PASSES_NS - 1, TIME_PASSES_NS, 2 * TIME_PASSES_NS - 1, 2 * TIME_PASSES_NS];
        assert_eq!(times.map(&mut passes), [false, false, true, false, true]);
        assert!(passes(TIME_PASSES_NS), "a clock that goes back, too");
    }
}
