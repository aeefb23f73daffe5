//! A TCP connection, segment by segment.

use std::io::{self, Write};
use std::net::SocketAddr;

use tapline_capture::{Interface, PcapngWriter};
use tapline_packet::{LinkType, Packet, Timestamp};

use crate::Checksums;
use crate::frame::{FrameParts, TcpFlags, frame_with};

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const PSH: u8 = 8;
const ACK: u8 = 16;

/// The window field of every segment that does not ask for another.
const WINDOW: u16 = 512;

/// MSS 1460, SACK permitted, window scale 7.
const SYN_OPTIONS: [u8; 12] = [2, 4, 5, 0xb4, 4, 2, 1, 1, 1, 3, 3, 7];

/// A frame and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// When it is captured.
    pub at: Timestamp,
    /// Its octets.
    pub octets: Vec<u8>,
}

impl Frame {
    /// As a packet with this number, captured whole on interface 0.
    pub fn packet(&self, number: u64) -> Packet<'_> {
        Packet {
            number,
            at: Some(self.at),
            interface: 0,
            link_type: LinkType::ETHERNET,
            wire_length: u32::try_from(self.octets.len()).unwrap_or(u32::MAX),
            data: &self.octets,
        }
    }
}

/// Which side of a talk sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// Who sends the SYN.
    Client,
    /// Who answers.
    Server,
}

/// A segment that does not follow from what was sent before: a repeated, an early or a strange one.
#[derive(Clone, Copy, Debug)]
pub struct Odd<'a> {
    /// Its sequence number, counted from the next one of its side.
    pub ahead: i32,
    /// Its acknowledgment number, counted from the next sequence number of the other side.
    pub acknowledges: i32,
    /// Control bits.
    pub flags: TcpFlags,
    /// Window field.
    pub window: u16,
    /// Options, a multiple of four octets.
    pub options: &'a [u8],
    /// Payload.
    pub payload: &'a [u8],
}

impl Default for Odd<'_> {
    /// An ACK like those that the talk itself sends.
    fn default() -> Self {
        Self { ahead: 0, acknowledges: 0, flags: ACK, window: WINDOW, options: &[], payload: &[] }
    }
}

/// A connection that is being built. Every step appends frames and moves the clock on.
#[derive(Clone, Debug)]
pub struct Talk {
    ends: [SocketAddr; 2],
    /// Next sequence number of each side.
    next: [u32; 2],
    now_ns: i64,
    /// Time between two frames.
    step_ns: i64,
    mss: usize,
    checksums: Checksums,
    /// Of SYN and SYN-ACK.
    syn_options: &'static [u8],
    /// What was built so far.
    pub frames: Vec<Frame>,
}

impl Talk {
    /// Nothing sent yet; times begin at `start_ns` and each frame comes a millisecond after the one before.
    pub fn new(client: SocketAddr, server: SocketAddr, start_ns: i64) -> Self {
        Self {
            ends: [client, server],
            next: [1000, 5000],
            now_ns: start_ns,
            step_ns: 1_000_000,
            mss: 1460,
            checksums: Checksums::Right,
            syn_options: &SYN_OPTIONS,
            frames: Vec::new(),
        }
    }

    /// Other initial sequence numbers.
    #[must_use]
    pub fn sequences(mut self, client: u32, server: u32) -> Self {
        self.next = [client, server];
        self
    }

    /// Another time between two frames.
    #[must_use]
    pub fn step_ns(mut self, step_ns: i64) -> Self {
        self.step_ns = step_ns;
        self
    }

    /// Other checksums in the frames that follow.
    #[must_use]
    pub fn checksums(mut self, checksums: Checksums) -> Self {
        self.checksums = checksums;
        self
    }

    /// Other options of SYN and SYN-ACK, a multiple of four octets.
    #[must_use]
    pub fn syn_options(mut self, options: &'static [u8]) -> Self {
        self.syn_options = options;
        self
    }

    /// Lets time pass.
    #[must_use]
    pub fn wait_ns(mut self, ns: i64) -> Self {
        self.now_ns += ns;
        self
    }

    /// SYN, SYN-ACK, ACK.
    #[must_use]
    pub fn handshake(self) -> Self {
        self.syn().syn_ack().client_ack()
    }

    /// A SYN; another one repeats it.
    #[must_use]
    pub fn syn(mut self) -> Self {
        let [client, _] = self.next;
        self.push(0, client, 0, SYN, WINDOW, self.syn_options, &[]);
        self
    }

    /// The answer to the SYN.
    #[must_use]
    pub fn syn_ack(mut self) -> Self {
        let [client, server] = self.next;
        self.push(1, server, client.wrapping_add(1), SYN | ACK, WINDOW, self.syn_options, &[]);
        self.next = [client.wrapping_add(1), server.wrapping_add(1)];
        self
    }

    /// An empty ACK of the client.
    #[must_use]
    pub fn client_ack(self) -> Self {
        self.segment(0, ACK, &[])
    }

    /// An empty ACK of the server.
    #[must_use]
    pub fn server_ack(self) -> Self {
        self.segment(1, ACK, &[])
    }

    /// The client sends octets, in segments of at most the MSS.
    #[must_use]
    pub fn client(self, octets: &[u8]) -> Self {
        self.send(0, octets)
    }

    /// The server sends octets, in segments of at most the MSS.
    #[must_use]
    pub fn server(self, octets: &[u8]) -> Self {
        self.send(1, octets)
    }

    /// The client's FIN.
    #[must_use]
    pub fn client_fin(self) -> Self {
        self.segment(0, FIN | ACK, &[])
    }

    /// The server's FIN.
    #[must_use]
    pub fn server_fin(self) -> Self {
        self.segment(1, FIN | ACK, &[])
    }

    /// A reset by the server.
    #[must_use]
    pub fn server_reset(self) -> Self {
        self.segment(1, RST | ACK, &[])
    }

    /// A reset by the client.
    #[must_use]
    pub fn client_reset(self) -> Self {
        self.segment(0, RST | ACK, &[])
    }

    /// An odd segment; what comes after it goes on as if it had not been sent.
    #[must_use]
    pub fn odd(mut self, speaker: Speaker, odd: &Odd<'_>) -> Self {
        let [client, server] = self.next;
        let (side, own, other) = match speaker {
            Speaker::Client => (0, client, server),
            Speaker::Server => (1, server, client),
        };
        self.push(
            side,
            own.wrapping_add_signed(odd.ahead),
            other.wrapping_add_signed(odd.acknowledges),
            odd.flags,
            odd.window,
            odd.options,
            odd.payload,
        );
        self
    }

    /// A side sends so many octets that the capture misses.
    #[must_use]
    pub fn missed(mut self, speaker: Speaker, octets: u32) -> Self {
        let [client, server] = &mut self.next;
        let next = if speaker == Speaker::Client { client } else { server };
        *next = next.wrapping_add(octets);
        self
    }

    /// FIN, ACK, FIN, ACK, the client first.
    #[must_use]
    pub fn close(self) -> Self {
        self.client_fin().server_ack().server_fin().client_ack()
    }

    fn send(mut self, side: usize, octets: &[u8]) -> Self {
        for part in octets.chunks(self.mss) {
            self = self.segment(side, PSH | ACK, part);
        }
        self
    }

    #[expect(clippy::cast_possible_truncation, reason = "a segment's payload is at most the MSS")]
    fn segment(mut self, side: usize, flags: u8, payload: &[u8]) -> Self {
        let [client, server] = self.next;
        let (sequence, acknowledgment) = if side == 0 { (client, server) } else { (server, client) };
        self.push(side, sequence, acknowledgment, flags, WINDOW, &[], payload);
        let [client, server] = &mut self.next;
        let next = if side == 0 { client } else { server };
        *next = next.wrapping_add(payload.len() as u32).wrapping_add(u32::from(flags & FIN));
        self
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a segment, in wire order")]
    fn push(
        &mut self,
        side: usize,
        sequence: u32,
        acknowledgment: u32,
        flags: u8,
        window: u16,
        options: &[u8],
        payload: &[u8],
    ) {
        let [client, server] = self.ends;
        let (source, destination) = if side == 0 { (client, server) } else { (server, client) };
        let parts =
            FrameParts { source, destination, sequence, acknowledgment, flags, window, options, payload };
        self.frames.push(Frame { at: Timestamp(self.now_ns), octets: frame_with(self.checksums, &parts) });
        self.now_ns += self.step_ns;
    }
}

/// Writes frames as a pcapng capture of one Ethernet interface, in the order given.
pub fn capture<'a, W: Write>(out: W, frames: impl IntoIterator<Item = &'a Frame>) -> io::Result<W> {
    let mut writer = PcapngWriter::new(out, "tapline-testkit")?;
    let interface = Interface {
        link_type: Some(LinkType::ETHERNET),
        name: Some("test0".to_owned()),
        ..Interface::default()
    };
    let interface = writer.interface(&interface)?;
    for (frame, number) in frames.into_iter().zip(1..) {
        writer.packet(&Packet { interface, ..frame.packet(number) }, None)?;
    }
    writer.flush()?;
    Ok(writer.into_inner())
}
