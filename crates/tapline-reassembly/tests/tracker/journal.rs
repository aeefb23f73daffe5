//! A sink that writes down what it is told.

use tapline_packet::{Dissected, LinkType, dissect};
use tapline_reassembly::{
    Captured, Connection, Direction, End, Gap, Handshake, Left, Oddity, Origin, Sink, Teardown, Tracker,
    Verdict,
};
use tapline_testkit::Frame;

/// What a tracker said, and the connections as they were when they left.
#[derive(Default)]
pub(crate) struct Journal {
    pub(crate) octets: Vec<[Vec<u8>; 2]>,
    pub(crate) missing: Vec<[u64; 2]>,
    pub(crate) ends: Vec<(u64, Direction, End)>,
    pub(crate) verdicts: Vec<(u64, Verdict)>,
    pub(crate) oddities: Vec<(Direction, Oddity)>,
    pub(crate) closed: Vec<Summary>,
}

/// What tests ask of a connection.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) id: u64,
    pub(crate) state: &'static str,
    pub(crate) left: Left,
    pub(crate) handshake_kind: &'static str,
    pub(crate) handshake: Handshake,
    pub(crate) half_states: [&'static str; 2],
    pub(crate) captured: Captured,
    pub(crate) teardown: &'static str,
    pub(crate) ending: Teardown,
    pub(crate) offloaded_segments: [u32; 2],
    pub(crate) unanswered_keep_alives: [u8; 2],
    pub(crate) same_packets: u32,
    pub(crate) has_series: [bool; 2],
    pub(crate) not_resent: u32,
    pub(crate) copy_of: Option<u64>,
    pub(crate) bad_checksums: u32,
    pub(crate) closed_first: Option<Direction>,
    pub(crate) completeness: u8,
    pub(crate) server_rtt_ns: Option<i64>,
    pub(crate) client_rtt_ns: Option<i64>,
    pub(crate) initial_rtt_ns: Option<i64>,
    pub(crate) syn_retries: u16,
    pub(crate) packets: [u64; 2],
    pub(crate) payload_bytes: [u64; 2],
    pub(crate) client_port: u16,
    pub(crate) conn_state: &'static str,
    pub(crate) history: String,
    pub(crate) verdicts: Vec<(&'static str, u32)>,
}

impl Sink for Journal {
    fn opened(&mut self, connection: &Connection) {
        // An attempt is told when more comes, which may be after connections that began later.
        let count = usize::try_from(connection.id).unwrap() + 1;
        self.octets.resize_with(self.octets.len().max(count), Default::default);
        self.missing.resize(self.missing.len().max(count), [0; 2]);
    }

    fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        _: Origin,
    ) {
        let id = usize::try_from(connection.id).unwrap();
        let so_far = self.octets[id][direction.index()].len() as u64 + self.missing[id][direction.index()];
        assert_eq!(offset, so_far, "octets come in order and without holes");
        self.octets[id][direction.index()].extend_from_slice(octets);
    }

    fn gap(&mut self, connection: &Connection, direction: Direction, _: u64, length: u64, _: Gap) {
        self.missing[usize::try_from(connection.id).unwrap()][direction.index()] += length;
    }

    fn verdict(&mut self, _: &Connection, _: Direction, here: Origin, verdict: &Verdict) {
        self.verdicts.push((here.packet, *verdict));
    }

    fn oddity(&mut self, _: &Connection, direction: Direction, oddity: Oddity) {
        self.oddities.push((direction, oddity));
    }

    fn ended(&mut self, connection: &Connection, direction: Direction, end: End) {
        self.ends.push((connection.id, direction, end));
    }

    fn closed(&mut self, connection: &Connection, left: Left) {
        let both = |of: fn(&tapline_reassembly::Side) -> u64| {
            [of(connection.side(Direction::Forward)), of(connection.side(Direction::Reverse))]
        };
        self.closed.push(Summary {
            id: connection.id,
            state: connection.state().name(),
            left,
            handshake_kind: connection.handshake_kind().name(),
            handshake: connection.handshake.clone(),
            half_states: Direction::BOTH.map(|direction| connection.half_state(direction)),
            captured: connection.captured(),
            teardown: connection.teardown().kind().name(),
            ending: *connection.teardown(),
            offloaded_segments: Direction::BOTH
                .map(|direction| connection.side(direction).offloaded_segments),
            unanswered_keep_alives: Direction::BOTH
                .map(|direction| connection.unanswered_keep_alives(direction)),
            same_packets: connection.same_packets(),
            has_series: Direction::BOTH.map(|direction| connection.series(direction).is_some()),
            not_resent: connection.not_resent(),
            copy_of: connection.copy_of(),
            bad_checksums: connection.bad_checksums(),
            closed_first: connection.teardown().closed_first(),
            completeness: connection.completeness.0,
            server_rtt_ns: connection.handshake.server_rtt_ns(),
            client_rtt_ns: connection.handshake.client_rtt_ns(),
            initial_rtt_ns: connection.handshake.initial_rtt_ns,
            syn_retries: connection.handshake.syn_retries,
            packets: both(|side| side.packets),
            payload_bytes: both(|side| side.payload_bytes),
            client_port: connection.client.port,
            conn_state: connection.conn_state().name(),
            history: connection.history().as_str().to_owned(),
            verdicts: connection.verdicts().map(|(flag, count)| (flag.name(), count)).collect(),
        });
    }
}

/// Runs frames through a tracker to the end of the capture.
pub(crate) fn track<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> Journal {
    track_with(&mut Tracker::default(), frames)
}

/// The same with a tracker of one's own.
pub(crate) fn track_with<'a>(tracker: &mut Tracker, frames: impl IntoIterator<Item = &'a Frame>) -> Journal {
    let mut journal = Journal::default();
    feed(tracker, frames, &mut journal);
    tracker.finish_all(&mut journal);
    journal
}

/// The same, and the capture goes on.
pub(crate) fn feed<'a>(
    tracker: &mut Tracker,
    frames: impl IntoIterator<Item = &'a Frame>,
    journal: &mut Journal,
) {
    for (frame, packet) in frames.into_iter().zip(1..) {
        let here = Origin { packet, at: frame.at };
        match dissect(LinkType::ETHERNET, &frame.octets) {
            Dissected::Tcp(segment) => {
                tracker.segment(&segment, 0, here, journal);
            }
            Dissected::IcmpError(error) => {
                tracker.unreachable(&error, here, journal);
            }
            other => panic!("packet {packet} is no segment: {other:?}"),
        }
    }
}
