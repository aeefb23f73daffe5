//! Shapes of traffic that are built to cost and grow with a number, streamed to a capture. What they do to TCP and below is
//! here, what they do above in files of their own.

mod http;
mod tls;

use std::io::{Result, Write};
use std::net::{Ipv4Addr, SocketAddr};

use tapline_capture::{Interface, PcapngWriter};
use tapline_packet::{LinkType, Packet, Timestamp};

use crate::{FrameParts, Talk, fragment, frame, stray_fragment};
pub use http::{
    bodies_of_nothing, chunks_of_one_octet, data_of_one_octet, fields_from_the_table, heads_of_small_fields,
    priority_chains, requests_without_answers, settings_that_shift_windows, streams_one_after_the_other,
    streams_that_stay_open,
};
pub use tls::{handshake_messages, hellos_of_extensions, records_of_one_octet};

const SYN: u8 = 2;
const ACK: u8 = 16;

/// Octets that a stray fragment carries.
const FRAGMENT: [u8; 256] = [0x55; 256];

/// Between two waves: longer than connections that are over are kept.
const WAVES_APART_NS: i64 = 300_000_000_000;

/// Datagrams that overlapping fragments belong to.
const DATAGRAMS: u32 = 16;

/// A capture that is being written; a packet comes a microsecond after the one before.
pub struct Wire {
    out: PcapngWriter<Box<dyn Write>>,
    packets: u64,
    /// When the next packet comes, nanoseconds.
    next_ns: i64,
}

impl Wire {
    /// Begins the capture.
    pub fn new(out: impl Write + 'static) -> Result<Self> {
        let out: Box<dyn Write> = Box::new(out);
        let mut out = PcapngWriter::new(out, "tapline-testkit")?;
        out.interface(&Interface { link_type: Some(LinkType::ETHERNET), ..Interface::default() })?;
        Ok(Self { out, packets: 0, next_ns: 1_700_000_000_000_000_000 })
    }

    /// Ends it, and tells how many packets it has.
    pub fn finish(mut self) -> Result<u64> {
        self.out.flush()?;
        Ok(self.packets)
    }

    /// Nothing comes for so long.
    fn pause(&mut self, ns: i64) {
        self.next_ns += ns;
    }

    fn put(&mut self, octets: &[u8]) -> Result<()> {
        self.packets += 1;
        self.pause(1000);
        let packet = Packet {
            number: self.packets,
            at: Some(Timestamp(self.next_ns)),
            interface: 0,
            link_type: LinkType::ETHERNET,
            wire_length: u32::try_from(octets.len()).unwrap_or(u32::MAX),
            data: octets,
        };
        self.out.packet(&packet, None)
    }

    fn put_all(&mut self, talk: &Talk) -> Result<()> {
        talk.frames.iter().try_for_each(|frame| self.put(&frame.octets))
    }

    /// A segment of the one connection that [`Wire::one_connection`] opened; `offset` counts octets.
    fn segment(&mut self, offset: u32, payload: &[u8]) -> Result<()> {
        self.put(&segment(offset, payload))
    }

    fn one_connection(&mut self) -> Result<()> {
        self.put_all(&Talk::new(client(0), server(), 0).sequences(0, 0).handshake())
    }
}

/// As many clients as there are numbers; their ports differ too.
fn client(number: u32) -> SocketAddr {
    let port = u16::try_from(1024 + number.wrapping_mul(7919) % 60_000).unwrap_or(1024);
    SocketAddr::from((Ipv4Addr::from(0x0a00_0001 + (number & 0x00ff_ffff)), port))
}

fn server() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 80], 80))
}

fn segment(offset: u32, payload: &[u8]) -> Vec<u8> {
    frame(&FrameParts {
        source: client(0),
        destination: server(),
        sequence: offset.wrapping_add(1),
        acknowledgment: 1,
        flags: ACK,
        window: 65_535,
        options: &[],
        payload,
    })
}

/// One connection and nothing in it.
pub fn nothing(_: u32, wire: &mut Wire) -> Result<()> {
    wire.one_connection()
}

/// One SYN each.
pub fn syn_flood(count: u32, wire: &mut Wire) -> Result<()> {
    for number in 0..count {
        wire.put(&frame(&FrameParts {
            source: client(number),
            destination: server(),
            sequence: number.wrapping_mul(0x9e37_79b9),
            acknowledgment: 0,
            flags: SYN,
            window: 65_535,
            options: &[2, 4, 5, 0xb4],
            payload: &[],
        }))?;
    }
    Ok(())
}

fn talk(number: u32) -> Talk {
    let initial = number.wrapping_mul(0x9e37_79b9);
    Talk::new(client(number), server(), 0).sequences(initial, !initial)
}

/// SYN, SYN-ACK.
pub fn half_open(count: u32, wire: &mut Wire) -> Result<()> {
    (0..count).try_for_each(|number| wire.put_all(&talk(number).syn().syn_ack()))
}

/// SYN, SYN-ACK, ACK.
pub fn open(count: u32, wire: &mut Wire) -> Result<()> {
    (0..count).try_for_each(|number| wire.put_all(&talk(number).handshake()))
}

/// A request and its answer; nobody closes.
pub fn open_after_exchange(count: u32, wire: &mut Wire) -> Result<()> {
    (0..count).try_for_each(|number| wire.put_all(&exchange(talk(number).handshake())))
}

/// A request and its answer, each acknowledged.
fn exchange(talk: Talk) -> Talk {
    let request = b"GET /index.html HTTP/1.1\r\nHost: www.example.test\r\nAccept: */*\r\n\r\n";
    let answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nHello world\n";
    talk.client(request).server_ack().server(answer).client_ack()
}

/// Connections that come in waves, each of so many that all are open at once: one exchange each, and the end. Between
/// waves there is time enough to forget those that are over.
pub fn waves(connections: u32, at_once: u32, wire: &mut Wire) -> Result<()> {
    for first in (0..connections).step_by(at_once as usize) {
        let talks: Vec<Talk> =
            (first..connections.min(first + at_once)).map(|n| exchange(talk(n)).close()).collect();
        let steps = talks.iter().map(|talk| talk.frames.len()).max().unwrap_or(0);
        for step in 0..steps {
            talks
                .iter()
                .filter_map(|talk| talk.frames.get(step))
                .try_for_each(|frame| wire.put(&frame.octets))?;
        }
        wire.pause(WAVES_APART_NS);
    }
    Ok(())
}

/// One connection with all requests.
pub fn one_with_everything(count: u32, wire: &mut Wire) -> Result<()> {
    let mut talk = talk(0).handshake();
    for _ in 0..count / 4 {
        talk = exchange(talk);
        talk.frames.drain(..).try_for_each(|frame| wire.put(&frame.octets))?;
    }
    wire.put_all(&talk.close())
}

/// A tiny connection each: SYN, and RST for an answer.
pub fn tiny(count: u32, wire: &mut Wire) -> Result<()> {
    (0..count / 2).try_for_each(|number| wire.put_all(&talk(number).syn().server_reset()))
}

/// One octet each, in their order.
pub fn one_octet_each(count: u32, wire: &mut Wire) -> Result<()> {
    wire.one_connection()?;
    (0..count).try_for_each(|offset| wire.segment(offset, b"x"))
}

/// Whole segments of which each comes before the one that it follows.
pub fn swapped(count: u32, wire: &mut Wire) -> Result<()> {
    wire.one_connection()?;
    let payload = [b'x'; 1460];
    (0..count).try_for_each(|number| wire.segment((number ^ 1).wrapping_mul(1460), &payload))
}

/// Fragments of as many datagrams, none of which completes.
pub fn strays(count: u32, wire: &mut Wire) -> Result<()> {
    for number in 0..count {
        // The identification is 16 bits: with another sender it is another datagram.
        let [low, _] = halves(number);
        let carrier = frame(&FrameParts { source: client(number >> 16), ..whole() });
        wire.put(&stray_fragment(&carrier, low, 0, &FRAGMENT))?;
    }
    Ok(())
}

/// Overlapping fragments of few datagrams, whose first eight octets never come.
pub fn overlapping_fragments(count: u32, wire: &mut Wire) -> Result<()> {
    let carrier = frame(&whole());
    let mut random = Random(1);
    for number in 0..count {
        let [identification, _] = halves(number % DATAGRAMS);
        let offset = u16::try_from(1 + random.below(7000)).unwrap_or(1);
        let length = 8 * (1 + random.below(32)) as usize;
        let octets = FRAGMENT.get(..length).unwrap_or(&FRAGMENT);
        wire.put(&stray_fragment(&carrier, identification, offset, octets))?;
    }
    Ok(())
}

/// A connection whose every segment comes in two fragments.
pub fn whole_datagrams(count: u32, wire: &mut Wire) -> Result<()> {
    wire.one_connection()?;
    for number in 0..count / 2 {
        let octets = segment(number.wrapping_mul(256), &FRAGMENT);
        let [identification, _] = halves(number);
        wire.put(&fragment(&octets, identification, 0..128))?;
        wire.put(&fragment(&octets, identification, 128..20 + FRAGMENT.len()))?;
    }
    Ok(())
}

/// One octet each, the last one first; every second one before the others.
pub fn backwards(count: u32, wire: &mut Wire) -> Result<()> {
    backwards_from(0, count, wire)
}

/// The same without the first octet: nothing can ever be handed over.
pub fn backwards_without_first(count: u32, wire: &mut Wire) -> Result<()> {
    backwards_from(1, count, wire)
}

/// SYNs between the same two hosts, which differ in ports only.
pub fn ports_only(count: u32, wire: &mut Wire) -> Result<()> {
    for number in 0..count {
        let [low, high] = halves(number);
        let source = SocketAddr::from(([10, 0, 0, 1], low));
        let destination = SocketAddr::from(([192, 0, 2, 80], 1 + high));
        wire.put(&frame(&FrameParts { source, destination, flags: SYN, payload: &[], ..whole() }))?;
    }
    Ok(())
}

/// Interfaces of which nothing comes, and one connection.
pub fn interfaces(count: u32, wire: &mut Wire) -> Result<()> {
    let name = Some("an interface with a long name".to_owned());
    let interface = Interface { link_type: Some(LinkType::ETHERNET), name, ..Interface::default() };
    for _ in 0..count {
        wire.out.interface(&interface)?;
    }
    wire.one_connection()
}

/// Segments inside so many IP headers, one in the other, that no more fit.
pub fn deep_tunnels(count: u32, wire: &mut Wire) -> Result<()> {
    let inner = segment(0, b"x");
    let (ethernet, packet) = inner.split_at_checked(14).unwrap_or_default();
    let mut octets = packet.to_vec();
    while octets.len() < 1480 {
        let length = u16::try_from(20 + octets.len()).unwrap_or(u16::MAX).to_be_bytes();
        // IP in IP (RFC 2003), without a checksum.
        let header =
            [&[0x45, 0][..], &length, &[0, 0, 0x40, 0, 64, 4, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]].concat();
        octets.splice(..0, header);
    }
    let framed = [ethernet, &octets].concat();
    (0..count).try_for_each(|_| wire.put(&framed))
}

fn backwards_from(first: u32, count: u32, wire: &mut Wire) -> Result<()> {
    wire.one_connection()?;
    let odd = (first..count).rev().filter(|offset| offset % 2 == 1);
    let even = (first..count).rev().filter(|offset| offset % 2 == 0);
    odd.chain(even).try_for_each(|offset| wire.segment(offset, b"x"))
}

/// One octet each, anywhere in a window that moves on: each is put among those that wait.
pub fn scattered(count: u32, wire: &mut Wire) -> Result<()> {
    wire.one_connection()?;
    let mut random = Random(2);
    (0..count).try_for_each(|number| wire.segment(1 + number * 4 + random.below(60_000) * 2, b"x"))
}

/// Many small pieces that wait, then large segments each of which covers hundreds of them.
pub fn covering(count: u32, wire: &mut Wire) -> Result<()> {
    let small = count.min(8000) / 2;
    wire.one_connection()?;
    (0..small).try_for_each(|number| wire.segment(1 + number * 2, b"x"))?;
    let places = (small * 2).saturating_sub(1460).max(1);
    (0..count - small).try_for_each(|number| wire.segment(1 + number * 2 % places, &[b'y'; 1460]))
}

fn whole() -> FrameParts<'static> {
    FrameParts {
        source: client(0),
        destination: server(),
        sequence: 1,
        acknowledgment: 1,
        flags: ACK,
        window: 65_535,
        options: &[],
        payload: &FRAGMENT,
    }
}

/// The lower half first.
fn halves(number: u32) -> [u16; 2] {
    let [a, b, c, d] = number.to_le_bytes();
    [u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])]
}

/// xorshift32: the same numbers everywhere.
struct Random(u32);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % bound
    }
}
