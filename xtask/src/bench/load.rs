//! Generated load: shapes and sizes as servers see them, from a seed, so that every machine has the same.

use std::fs::File;
use std::io::BufWriter;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Result;
use tapline_testkit::{Frame, Talk, capture};

/// Connections that run at the same time.
const AT_ONCE: u32 = 64;

/// Between one [`AT_ONCE`] of connections and the next.
const PAUSE_NS: i64 = 1_000_000;
const STEADY_PAUSE_NS: i64 = 2_500_000_000;

/// What was generated.
#[derive(Default)]
pub(crate) struct Made {
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
    pub(crate) connections: u64,
    pub(crate) requests: u64,
}

/// HTTP/1.1: 64 connections at once, one to eight requests each, answers of 100 octets to 64 kB most of which
/// are small, one segment in fifty repeated and one in fifty late.
pub(crate) fn http1(file: File, bytes_min: u64) -> Result<Made> {
    let size = |random: &mut Random| {
        if random.below(10) == 0 { random.below(64_000) } else { 100 + random.below(3_000) }
    };
    generate(file, bytes_min, PAUSE_NS, |random| 1 + random.below(8), size)
}

/// Short HTTP/1.1 connections: one request each, answers of 4 to 7 kB; as many octets a connection as the budget has.
pub(crate) fn short(file: File, bytes_min: u64) -> Result<Made> {
    generate(file, bytes_min, PAUSE_NS, |_| 1, |random| 4_000 + random.below(3_000))
}

/// The same at a lower rate: 25 connections a second, for as long as it takes.
pub(crate) fn steady(file: File, bytes_min: u64) -> Result<Made> {
    generate(file, bytes_min, STEADY_PAUSE_NS, |_| 1, |random| 4_000 + random.below(3_000))
}

/// Writes connections with so many requests each, and answers of so many octets; a pause after each [`AT_ONCE`] of them.
fn generate(
    file: File,
    bytes_min: u64,
    pause_ns: i64,
    requests: impl Fn(&mut Random) -> u32,
    size: impl Fn(&mut Random) -> u32,
) -> Result<Made> {
    let mut random = Random(0x7461_706c_696e_6521);
    let mut made = Made::default();
    let mut frames = Vec::new();
    let mut start_ns = 1_700_000_000_000_000_000;
    while made.bytes < bytes_min {
        let mut batch = Vec::new();
        for _ in 0..AT_ONCE {
            let count = requests(&mut random);
            let sizes: Vec<u32> = (0..count).map(|_| size(&mut random)).collect();
            let talk = connection(made.connections, start_ns, &mut random, &sizes);
            made.requests += u64::from(count);
            batch.extend(disturb(talk.frames, &mut random));
            made.connections += 1;
        }
        batch.sort_by_key(|frame: &Frame| frame.at);
        start_ns = batch.last().map_or(start_ns, |frame| frame.at.0) + pause_ns;
        made.packets += batch.len() as u64;
        made.bytes += batch.iter().map(|frame| frame.octets.len() as u64).sum::<u64>();
        frames.extend(batch);
    }
    capture(BufWriter::new(file), &frames)?;
    Ok(made)
}

fn connection(number: u64, start_ns: i64, random: &mut Random, sizes: &[u32]) -> Talk {
    let low = u32::try_from(number % (250 * 28_000)).unwrap_or(0);
    let client = Ipv4Addr::from(0x0a00_0001 + low / 28_000);
    let port = u16::try_from(32_768 + low % 28_000).unwrap_or(32_768);
    let server = SocketAddr::from(([192, 0, 2, 80], 80));
    let begin = start_ns + i64::from(random.below(20_000_000));
    let mut talk = Talk::new(SocketAddr::from((client, port)), server, begin)
        .sequences(random.next(), random.next())
        .step_ns(50_000 + i64::from(random.below(200_000)))
        .handshake();
    for &size in sizes {
        let target = random.next();
        let request = format!(
            "GET /assets/{target:08x}.js?v={number} HTTP/1.1\r\nHost: www.example.test\r\nUser-Agent: load/1.0 (generated; x86_64)\r\n\
             Accept: */*\r\nAccept-Encoding: gzip, deflate, br\r\nCookie: session={target:016x}{number:016x}\r\n\r\n"
        );
        let head = format!(
            "HTTP/1.1 200 OK\r\nServer: load\r\nContent-Type: application/javascript\r\nCache-Control: max-age=600\r\n\
             ETag: \"{target:08x}\"\r\nContent-Length: {size}\r\n\r\n"
        );
        let mut answer = head.into_bytes();
        answer.resize(answer.len() + size as usize, b'x');
        talk = talk.client(request.as_bytes()).server_ack().wait_ns(i64::from(random.below(5_000_000)));
        talk = talk.server(&answer).client_ack();
    }
    talk.close()
}

/// Repeats a segment in fifty and swaps one in fifty with its neighbour.
pub(crate) fn disturb(frames: Vec<Frame>, random: &mut Random) -> Vec<Frame> {
    let mut out: Vec<Frame> = Vec::with_capacity(frames.len() + frames.len() / 40);
    for frame in frames {
        match random.below(50) {
            0 => out.extend([frame.clone(), frame]),
            1 => {
                let mut frame = frame;
                if let Some(last) = out.last_mut() {
                    std::mem::swap(&mut last.octets, &mut frame.octets);
                }
                out.push(frame);
            }
            _ => out.push(frame),
        }
    }
    out
}

/// xorshift64*: the same numbers everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        u32::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32).unwrap_or(0)
    }

    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.next() % bound
    }
}
