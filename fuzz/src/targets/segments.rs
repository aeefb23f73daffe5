//! Segments of a few connections, in any order, with any numbers.

use std::net::{IpAddr, Ipv4Addr};

use arbitrary::{Arbitrary, Unstructured};
use tapline_packet::{Endpoint, Flags, IpFacts, Segment, TcpOptions, Timestamp, Tunnel, Vlans};
use tapline_reassembly::{Bounds, Connection, Direction, End, Gap, Left, Origin, Sink, Tracker};

/// A segment, small enough that many of them make one connection.
#[derive(Debug, Arbitrary)]
struct Step<'a> {
    /// The connection, the sender, and how the number is to be read.
    who: u8,
    /// Counted from the sender's initial number.
    sequence: u16,
    acknowledgment: u16,
    flags: u8,
    window: u16,
    pause_ms: u16,
    /// Octets that the wire had and the capture has not.
    cut: u8,
    payload: &'a [u8],
}

/// What every stream came to: offsets never go back, and octets and gaps leave nothing out.
#[derive(Default)]
struct Order {
    next: std::collections::HashMap<(u64, usize), u64>,
    open: u64,
}

impl Order {
    fn go_on(&mut self, connection: &Connection, direction: Direction, offset: u64, length: u64) {
        let next = self.next.entry((connection.id, direction.index())).or_insert(0);
        assert_eq!(*next, offset, "octets are handed over one after the other");
        *next += length;
    }
}

impl Sink for Order {
    fn opened(&mut self, _: &Connection) {
        self.open += 1;
    }

    fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        _: Origin,
    ) {
        assert!(!octets.is_empty(), "nothing is not handed over");
        self.go_on(connection, direction, offset, octets.len() as u64);
    }

    fn gap(&mut self, connection: &Connection, direction: Direction, offset: u64, length: u64, _: Gap) {
        self.go_on(connection, direction, offset, length);
    }

    fn ended(&mut self, _: &Connection, _: Direction, _: End) {}

    fn closed(&mut self, _: &Connection, _: Left) {
        self.open = self.open.checked_sub(1).unwrap_or_else(|| panic!("what was not opened is closed"));
    }
}

/// Segments to a tracker of few connections.
pub(crate) fn segments(octets: &[u8]) {
    let Ok(steps) = <Vec<Step<'_>>>::arbitrary_take_rest(Unstructured::new(octets)) else { return };
    let mut tracker = Tracker::within(Bounds { connections_max: 3, ..Bounds::default() });
    let (mut order, mut at) = (Order::default(), Timestamp(0));
    for (packet, step) in (1..).zip(&steps) {
        at = Timestamp(at.0 + i64::from(step.pause_ms) * 1_000_000);
        tracker.segment(&segment(step), 0, Origin { packet, at }, &mut order);
    }
    tracker.finish_all(&mut order);
    assert_eq!(order.open, 0, "whatever was opened is closed");
}

fn segment<'a>(step: &Step<'a>) -> Segment<'a> {
    let client = Endpoint { address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1 + (step.who & 3))), port: 40_000 };
    let server = Endpoint { address: IpAddr::V4(Ipv4Addr::new(10, 0, 1, 1)), port: 80 };
    let (source, destination) = if step.who & 4 == 0 { (client, server) } else { (server, client) };
    // Near the end of the numbers, far away from it, or anywhere.
    let base = if step.who & 8 == 0 { u32::MAX - 100 } else { 1000 };
    let number =
        |offset: u16| base.wrapping_add(u32::from(offset) << if step.who & 16 == 0 { 0 } else { 14 });
    Segment {
        vlans: Vlans::default(),
        tunnel: Tunnel::default(),
        source,
        destination,
        sequence: number(step.sequence),
        acknowledgment: number(step.acknowledgment),
        flags: Flags(u16::from(step.flags)),
        window: step.window,
        options: TcpOptions::default(),
        payload_length: u32::try_from(step.payload.len()).unwrap_or(0) + u32::from(step.cut),
        payload: step.payload,
        header: &[],
        ip: IpFacts { identification: Some(step.acknowledgment), ..IpFacts::default() },
    }
}
