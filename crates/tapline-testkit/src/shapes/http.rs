//! HTTP that is made to be read for long, or kept.

use std::io::Result;

use super::{Wire, talk};

/// What begins an HTTP/2 connection: the preface and empty SETTINGS (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const SETTINGS: u8 = 4;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// `:method: GET`, `:scheme: http`, `:path: /` and an authority, by the static table of HPACK.
const REQUEST: &[u8] = b"\x82\x86\x84\x01\x01a";

/// `:status: 200`.
const ANSWER: &[u8] = b"\x88";

/// Octets of the body that [`bodies_of_nothing`] unpacks to, each.
const NOTHING_BYTES: usize = 4 << 20;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    let mut octets = length.get(1..).unwrap_or_default().to_vec();
    octets.extend([kind, flags]);
    octets.extend(stream.to_be_bytes());
    octets.extend(payload);
    octets
}

/// The stream that a client opens as its nth.
fn stream(nth: u32) -> u32 {
    nth * 2 + 1
}

fn http2(client: &[u8], server: &[u8], wire: &mut Wire) -> Result<()> {
    let talk = talk(0).handshake().client(PREFACE).server(&frame(SETTINGS, 0, 0, b""));
    wire.put_all(&talk.client(client).server(server).close())
}

/// Field blocks that name one large entry of the table again and again: an octet on the wire is 4,000 of a field.
pub fn fields_from_the_table(count: u32, wire: &mut Wire) -> Result<()> {
    const FIELDS: u32 = 2000;
    // A literal of 4,000 octets that goes into the table, under the index 62.
    let literal = [b"\x40\x01x\x7f\xa1\x1e", &[b'y'; 4000][..]].concat();
    let mut client = frame(HEADERS, END_HEADERS | END_STREAM, 1, &[REQUEST, &literal].concat());
    let block = [REQUEST, &vec![0xbe; FIELDS as usize]].concat();
    for nth in 1..count.div_ceil(FIELDS) {
        client.extend(frame(HEADERS, END_HEADERS | END_STREAM, stream(nth), &block));
    }
    http2(&client, b"", wire)
}

/// Streams that are over before the next one begins.
pub fn streams_one_after_the_other(count: u32, wire: &mut Wire) -> Result<()> {
    let mut talk = talk(0).handshake().client(PREFACE).server(&frame(SETTINGS, 0, 0, b""));
    for first in (0..count).step_by(64) {
        let streams = first..count.min(first + 64);
        let all = |flags, block: &[u8]| -> Vec<u8> {
            streams.clone().flat_map(|nth| frame(HEADERS, flags, stream(nth), block)).collect()
        };
        talk = talk
            .client(&all(END_HEADERS | END_STREAM, REQUEST))
            .server(&all(END_HEADERS | END_STREAM, ANSWER));
        wire.put_all(&talk)?;
        talk.frames.clear();
    }
    wire.put_all(&talk.close())
}

/// Streams that are opened and never ended.
pub fn streams_that_stay_open(count: u32, wire: &mut Wire) -> Result<()> {
    let client: Vec<u8> =
        (0..count).flat_map(|nth| frame(HEADERS, END_HEADERS, stream(nth), REQUEST)).collect();
    http2(&client, b"", wire)
}

/// Streams that depend on one another in a chain, then moved to its front one by one, each exclusively (RFC 7540 §5.3).
pub fn priority_chains(count: u32, wire: &mut Wire) -> Result<()> {
    const CHAIN: u32 = 400;
    const EXCLUSIVE: u32 = 1 << 31;
    let depend =
        |nth: u32, on: u32| frame(PRIORITY, 0, stream(nth), &[&on.to_be_bytes()[..], &[15]].concat());
    let mut client: Vec<u8> = (1..CHAIN.min(count)).flat_map(|nth| depend(nth, stream(nth - 1))).collect();
    for number in CHAIN..count {
        client.extend(depend(number.wrapping_mul(7919) % CHAIN, EXCLUSIVE));
    }
    http2(&client, b"", wire)
}

/// SETTINGS that change the windows of all streams that are open.
pub fn settings_that_shift_windows(count: u32, wire: &mut Wire) -> Result<()> {
    let open = (0..100).flat_map(|nth| frame(HEADERS, END_HEADERS, stream(nth), REQUEST));
    let mut client: Vec<u8> = open.collect();
    let mut server = Vec::new();
    for number in 0..count {
        // SETTINGS_INITIAL_WINDOW_SIZE, acknowledged.
        client.extend(frame(SETTINGS, 0, 0, &[&[0, 4, 0, 0][..], &halves(number)].concat()));
        server.extend(frame(SETTINGS, 1, 0, b""));
    }
    http2(&client, &server, wire)
}

fn halves(number: u32) -> [u8; 2] {
    let [_, _, high, low] = number.to_be_bytes();
    [high, low]
}

/// Requests whose heads are as many small fields as a head may have.
pub fn heads_of_small_fields(count: u32, wire: &mut Wire) -> Result<()> {
    const FIELDS: u32 = 20_000;
    let mut talk = talk(0).handshake();
    let mut left = count;
    while left > 0 {
        let fields = left.min(FIELDS);
        let head = [b"GET / HTTP/1.1\r\n", &*b"a: b\r\n".repeat(fields as usize), b"\r\n"].concat();
        talk = talk.client(&head).server(b"HTTP/1.1 204 No Content\r\n\r\n");
        left -= fields;
    }
    wire.put_all(&talk.close())
}

/// Requests in a pipeline that nobody answers.
pub fn requests_without_answers(count: u32, wire: &mut Wire) -> Result<()> {
    let requests = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(count as usize);
    wire.put_all(&talk(0).handshake().client(&requests).close())
}

/// A body in chunks of one octet.
pub fn chunks_of_one_octet(count: u32, wire: &mut Wire) -> Result<()> {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = [head, &*b"1\r\nx\r\n".repeat(count as usize), b"0\r\n\r\n"].concat();
    let talk = talk(0).handshake().client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").server(&answer);
    wire.put_all(&talk.close())
}

/// Answers whose bodies are zeros, packed by turns with each coding, to be unpacked.
pub fn bodies_of_nothing(count: u32, wire: &mut Wire) -> Result<()> {
    let zeros = vec![0; NOTHING_BYTES];
    let packed = [("gzip", gzip(&zeros)?), ("zstd", zstd::encode_all(&*zeros, 1)?)];
    let mut talk = talk(0).handshake();
    for (coding, body) in packed.iter().cycle().take(count as usize) {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let answer = [head.as_bytes(), body].concat();
        talk = talk.client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").server(&answer);
    }
    wire.put_all(&talk.close())
}

fn gzip(octets: &[u8]) -> Result<Vec<u8>> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(octets)?;
    encoder.finish()
}

/// DATA frames with one octet each, of one stream.
pub fn data_of_one_octet(count: u32, wire: &mut Wire) -> Result<()> {
    let client = frame(HEADERS, END_HEADERS | END_STREAM, 1, REQUEST);
    let answer = frame(HEADERS, END_HEADERS, 1, ANSWER);
    let data = frame(DATA, 0, 1, b"x").repeat(count as usize);
    http2(&client, &[answer, data].concat(), wire)
}
