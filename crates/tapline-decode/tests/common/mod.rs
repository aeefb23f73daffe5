//! What the tests of this crate share: a sink that remembers, and a conversation fed in pieces.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test file uses its part")]

use std::ops::Range;

use tapline_decode::{Conversation, Direction, Keyring, Message, Sink};

pub use Direction::{Forward, Reverse};

/// Everything that was said, by direction.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub forward: Vec<(Range<u64>, Message)>,
    pub reverse: Vec<(Range<u64>, Message)>,
    pub bodies: [Vec<(u32, Vec<u8>)>; 2],
}

impl Sink for Heard {
    fn message(&mut self, direction: Direction, span: Range<u64>, message: Message) {
        match direction {
            Forward => self.forward.push((span, message)),
            Reverse => self.reverse.push((span, message)),
        }
    }

    fn body(&mut self, direction: Direction, stream: u32, octets: &[u8]) {
        let bodies = &mut self.bodies[direction.index()];
        match bodies.last_mut() {
            Some((last, body)) if *last == stream => body.extend_from_slice(octets),
            _ => bodies.push((stream, octets.to_vec())),
        }
    }
}

impl Heard {
    pub fn of(&self, direction: Direction) -> &[(Range<u64>, Message)] {
        match direction {
            Forward => &self.forward,
            Reverse => &self.reverse,
        }
    }

    /// The codes of the anomalies of both directions.
    pub fn codes(&self) -> Vec<&'static str> {
        let all = self.forward.iter().chain(&self.reverse);
        all.filter_map(|(_, message)| match message {
            Message::Anomaly(anomaly) => Some(anomaly.code),
            _ => None,
        })
        .collect()
    }
}

/// A turn: a direction and what it sends.
pub type Turn = (Direction, Vec<u8>);

/// Plays turns in pieces whose sizes repeat `pieces`, and ends both directions.
pub fn play(mut conversation: Conversation, turns: &[Turn], pieces: &[usize]) -> Heard {
    let (mut heard, mut keyring) = (Heard::default(), Keyring::default());
    let mut offsets = [0_u64; 2];
    let mut sizes = pieces.iter().copied().cycle();
    for (direction, octets) in turns {
        let mut rest = octets.as_slice();
        while !rest.is_empty() {
            let size = sizes.next().unwrap_or(usize::MAX).clamp(1, rest.len());
            let (piece, after) = rest.split_at(size);
            let offset = &mut offsets[direction.index()];
            conversation.bytes(*direction, *offset, piece, &mut keyring, &mut heard);
            *offset += u64::try_from(piece.len()).unwrap();
            rest = after;
        }
    }
    conversation.end(Forward, true, &mut keyring, &mut heard);
    conversation.end(Reverse, true, &mut keyring, &mut heard);
    heard
}

/// Octets from hexadecimal digits; blanks do not count.
pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// An HTTP/2 frame.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut octets = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    octets.extend([kind, flags]);
    octets.extend(stream.to_be_bytes());
    octets.extend_from_slice(payload);
    octets
}

/// A TLS record.
pub fn record(content: u8, fragment: &[u8]) -> Vec<u8> {
    let mut octets = vec![content, 3, 3];
    octets.extend(u16::try_from(fragment.len()).unwrap().to_be_bytes());
    octets.extend_from_slice(fragment);
    octets
}

/// A handshake message.
pub fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut octets = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    octets[0] = kind;
    octets.extend_from_slice(body);
    octets
}

/// A `ClientHello` with a server name, ALPN and two versions.
pub fn client_hello() -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([0, 0, 4, 0x13, 0x01, 0xc0, 0x2f, 1, 0]);
    let extensions =
        hex("0000 000e 000c 00 0009 6c6f63616c686f7374 0010 0005 0003 02 6832 002b 0005 04 0304 0303");
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    handshake(1, &body)
}

/// A `ServerHello` of TLS 1.2, or of TLS 1.3 with `selected`.
pub fn server_hello(selected: bool) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([9; 32]);
    body.extend([0, 0xc0, 0x2f, 0]);
    body.extend(if selected { hex("0006 002b 0002 0304") } else { hex("0005 ff01 0001 00") });
    handshake(2, &body)
}

/// The turns of a TLS 1.2 connection: both flights, encrypted Finished, data, an encrypted alert.
pub fn tls12() -> Vec<Turn> {
    let certificate = handshake(11, &[&hex("000007 000004")[..], &[1, 2, 3, 4]].concat());
    let exchange = [&hex("03 001d 20")[..], &[5; 32], &hex("0804 0002 0505")].concat();
    let flight = [server_hello(false), certificate, handshake(12, &exchange), handshake(14, &[])].concat();
    let (one, two) = flight.split_at(90);
    vec![
        (Forward, record(22, &client_hello())),
        (Reverse, [record(22, one), record(22, two)].concat()),
        (Forward, [record(22, &handshake(16, &[32; 33])), record(20, &[1]), record(22, &[0; 40])].concat()),
        (Reverse, [record(20, &[1]), record(22, &[0; 40]), record(23, &[9; 300])].concat()),
        (Forward, [record(23, &[9; 30]), record(21, &[6; 26])].concat()),
    ]
}

/// The turns of pipelined HTTP/1 requests and their responses.
pub fn http1() -> Vec<Turn> {
    let requests = b"\r\nPOST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello\
        HEAD /b HTTP/1.1\r\nHost: h\r\nX: folded\r\n  on\r\n\r\nGET /c HTTP/1.1\nHost: h\n\n\
        PUT /d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nabcde\r\n1\r\nf\r\n0\r\nT: v\r\n\r\n";
    let responses = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc\
        HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n\
        HTTP/1.0 200\r\n\r\nuntil the end";
    vec![(Forward, requests.to_vec()), (Reverse, responses.to_vec())]
}

/// The turns of an upgrade to WebSocket, with more fields in the response.
pub fn upgrade(fields: &str) -> Vec<Turn> {
    let answer = format!("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n{fields}\r\n");
    let request = b"GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n";
    vec![(Forward, request.to_vec()), (Reverse, answer.into_bytes())]
}

/// A WebSocket frame by its first octet, masked where there is a key.
pub fn websocket_frame(first: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let masked = u8::from(mask.is_some()) << 7;
    let mut octets = vec![first];
    match payload.len() {
        length @ 0..126 => octets.push(masked | u8::try_from(length).unwrap()),
        length @ 126..0x1_0000 => {
            octets.push(masked | 0x7e);
            octets.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            octets.push(masked | 0x7f);
            octets.extend(u64::try_from(length).unwrap().to_be_bytes());
        }
    }
    octets.extend(mask.iter().flatten());
    let key = mask.unwrap_or_default().into_iter().cycle();
    octets.extend(payload.iter().zip(key).map(|(octet, key)| octet ^ key));
    octets
}

/// The turns of a WebSocket connection: fragments with a ping between them, compression, a long frame, both closes.
pub fn websocket() -> Vec<Turn> {
    let mask = Some([0x37, 0xfa, 0x21, 0x3d]);
    let client = [
        websocket_frame(0x01, mask, b"Hel"),
        websocket_frame(0x89, mask, b"ping"),
        websocket_frame(0x80, mask, b"lo"),
        websocket_frame(0x82, mask, &vec![7; 70_000]),
        websocket_frame(0x88, mask, b"\x03\xe8bye"),
    ];
    let server = [
        websocket_frame(0xc1, None, &[9; 300]),
        websocket_frame(0x8a, None, b"ping"),
        websocket_frame(0x88, None, b"\x03\xe8"),
    ];
    let mut turns = upgrade("Sec-WebSocket-Extensions: permessage-deflate\r\n");
    turns.extend([(Forward, client.concat()), (Reverse, server.concat())]);
    turns
}

/// The turns of an HTTP/2 connection with every kind of frame.
pub fn http2() -> Vec<Turn> {
    let mut encoder = fluke_hpack::Encoder::new();
    let request: [(&[u8], &[u8]); 5] = [
        (b":method", b"POST"),
        (b":scheme", b"https"),
        (b":path", b"/index"),
        (b":authority", b"example"),
        (b"x-custom", b"some value"),
    ];
    let block = encoder.encode(request);
    let again = encoder.encode(request);
    let (one, two) = block.split_at(block.len() / 2);
    let mut server = fluke_hpack::Encoder::new();
    let answer: [(&[u8], &[u8]); 2] = [(b":status", b"200"), (b"server", b"tapline")];
    let promise: [(&[u8], &[u8]); 2] = [(b":method", b"GET"), (b":path", b"/pushed")];
    // The client allows 1024 octets of table: the first block says so (RFC 7541 section 4.2).
    let promise = [hex("3fe107"), server.encode(promise)].concat();
    let answer = server.encode(answer);
    vec![
        (
            Forward,
            [
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
                frame(4, 0, 0, &hex("0001 00000400 0003 00000064")),
                frame(8, 0, 0, &[0, 1, 0, 0]),
                frame(1, 0x20, 1, &[&[0x80, 0, 0, 0, 15], one].concat()),
                frame(9, 4, 1, two),
                frame(0, 9, 1, &[&[3][..], b"body octets", &[0; 3]].concat()),
                frame(1, 5, 3, &again),
                frame(0xbb, 0xff, 7, b"unknown"),
            ]
            .concat(),
        ),
        (
            Reverse,
            [
                frame(4, 0, 0, &[]),
                frame(4, 1, 0, &[]),
                frame(5, 4, 1, &[&[0, 0, 0, 2][..], &promise].concat()),
                frame(1, 4, 1, &answer),
                frame(0, 1, 1, &[b'x'; 2000]),
                frame(3, 0, 3, &[0, 0, 0, 8]),
                frame(6, 0, 0, b"12345678"),
                frame(7, 0, 0, &[&[0, 0, 0, 3, 0, 0, 0, 0][..], b"bye"].concat()),
            ]
            .concat(),
        ),
        (
            Forward,
            [frame(4, 1, 0, &[]), frame(6, 1, 0, b"12345678"), frame(2, 0, 3, &[0, 0, 0, 1, 7])].concat(),
        ),
    ]
}
