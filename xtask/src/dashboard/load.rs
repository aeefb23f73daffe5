//! The capture: short HTTP/1.1 connections, many at once, some with loss, some that nobody answers.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::BufWriter;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::Result;
use tapline_capture::{Interface, PcapngWriter};
use tapline_packet::{LinkType, Packet};
use tapline_testkit::{Frame, Talk};

use crate::bench::load::{Random, disturb};

/// Connections that run at the same time.
const AT_ONCE: u32 = 256;

/// Servers: many more than a screen lists.
const SERVERS: u32 = 4000;

const START_NS: i64 = 1_700_000_000_000_000_000;

type Out = PcapngWriter<BufWriter<File>>;

/// What was made.
pub(super) struct Made {
    pub(super) packets: u64,
    /// Asked for; some are never answered.
    pub(super) requests: u32,
    pub(super) connections: u32,
    pub(super) bytes: u64,
}

impl fmt::Display for Made {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { packets, requests, connections, bytes } = self;
        write!(
            out,
            "HTTP/1.1: {packets} packets, {connections} connections, {requests} requests, {bytes} octets."
        )
    }
}

/// How the requests are spread.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Shape {
    /// A connection each, of about ten packets.
    Many,
    /// One connection for all.
    One,
}

/// Writes a capture of so many requests.
pub(super) fn make(path: &Path, shape: Shape, requests: u32) -> Result<Made> {
    let mut out = PcapngWriter::new(BufWriter::new(File::create(path)?), "cargo xtask dashboard")?;
    out.interface(&Interface { link_type: Some(LinkType::ETHERNET), ..Interface::default() })?;
    let mut made = Made { packets: 0, requests, connections: 0, bytes: 0 };
    match shape {
        Shape::Many => many(requests, &mut out, &mut made)?,
        Shape::One => one(requests, &mut out, &mut made)?,
    }
    out.flush()?;
    made.bytes = std::fs::metadata(path)?.len();
    Ok(made)
}

fn one(requests: u32, out: &mut Out, made: &mut Made) -> Result<()> {
    let client = SocketAddr::from(([10, 0, 0, 1], 40_000));
    let server = SocketAddr::from(([198, 18, 0, 0], 80));
    let mut talk = Talk::new(client, server, START_NS).step_ns(20_000).handshake();
    for number in 0..requests {
        let request = format!("GET /items/{number} HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
        talk = talk.client(request.as_bytes()).wait_ns(100_000);
        talk = talk.server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        talk.frames.drain(..).try_for_each(|frame| write(out, &frame, made))?;
    }
    made.connections = 1;
    talk.close().frames.iter().try_for_each(|frame| write(out, frame, made))
}

fn many(connections: u32, out: &mut Out, made: &mut Made) -> Result<()> {
    let mut random = Random(0x7461_706c_696e_6521);
    // Frames that come later than the next connection begins, in order of time.
    let mut waiting: BTreeMap<(i64, u64), Frame> = BTreeMap::new();
    let mut start_ns = START_NS;
    let mut taken = 0;
    made.connections = connections;
    for number in 0..connections {
        for frame in disturb(connection(number, start_ns, &mut random).frames, &mut random) {
            taken += 1;
            waiting.insert((frame.at.0, taken), frame);
        }
        start_ns += 1_000_000_000 / i64::from(AT_ONCE * 16);
        while let Some(first) = waiting.first_entry().filter(|first| first.key().0 < start_ns) {
            write(out, &first.remove(), made)?;
        }
    }
    waiting.into_values().try_for_each(|frame| write(out, &frame, made))
}

fn write(out: &mut Out, frame: &Frame, made: &mut Made) -> Result<()> {
    made.packets += 1;
    Ok(out.packet(&Packet { interface: 0, ..frame.packet(made.packets) }, None)?)
}

fn connection(number: u32, start_ns: i64, random: &mut Random) -> Talk {
    let client = Ipv4Addr::from(0x0a00_0001 + number / 28_000);
    let port = u16::try_from(32_768 + number % 28_000).unwrap_or(32_768);
    // Few servers have most of the connections.
    let server = random.below(SERVERS).min(random.below(SERVERS)).min(random.below(SERVERS));
    let address = SocketAddr::from((Ipv4Addr::from(0xc612_0000 + server), 80));
    let talk = Talk::new(SocketAddr::from((client, port)), address, start_ns)
        .sequences(random.next(), random.next())
        .step_ns(50_000 + i64::from(random.below(2_000_000)));
    match random.below(100) {
        0 => return talk.syn().server_reset(),
        1 => return talk.syn().wait_ns(1_000_000_000).syn().wait_ns(2_000_000_000).syn(),
        _ => {}
    }
    let target = random.next();
    let request = format!(
        "GET /assets/{target:08x}.js?v={number} HTTP/1.1\r\nHost: www{server}.example.test\r\nUser-Agent: load/1.0\r\n\
         Accept: */*\r\nConnection: close\r\n\r\n"
    );
    let (status, size) = match random.below(50) {
        0 => ("404 Not Found", 40),
        1 => ("503 Service Unavailable", 60),
        2 => ("304 Not Modified", 0),
        3 => ("200 OK", 6_000),
        _ => ("200 OK", 100 + random.below(1_100) as usize),
    };
    let mut answer =
        format!("HTTP/1.1 {status}\r\nContent-Type: text/javascript\r\nContent-Length: {size}\r\n\r\n")
            .into_bytes();
    answer.resize(answer.len() + size, b'x');
    let wait_ns = if random.below(200) == 0 { 900_000_000 } else { i64::from(random.below(20_000_000)) };
    let talk = talk.handshake().client(request.as_bytes()).wait_ns(wait_ns).server(&answer);
    match random.below(50) {
        0 => talk.server_reset(),
        1 => talk,
        _ => talk.client_ack().close(),
    }
}
