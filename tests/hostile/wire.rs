//! Messages of protocols with a text wherever one can stand.

use rcgen::{CertificateParams, DnType, DnValue, KeyPair, SanType};

/// Octets behind their length in so many octets.
fn sized<const N: usize>(octets: &[u8]) -> Vec<u8> {
    let length = (octets.len() as u64).to_be_bytes();
    [&length[8 - N..], octets].concat()
}

/// A number that fits.
fn octet(number: usize) -> u8 {
    u8::try_from(number).unwrap()
}

/// The first octets of a text.
fn cut(text: &[u8], octets: usize) -> &[u8] {
    &text[..octets.min(text.len())]
}

/// HTTP/2 with prior knowledge: what the client says, what the server does.
pub(crate) fn http2(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let frame = |kind: u8, flags: u8, stream: u32, payload: &[u8]| {
        [&sized::<3>(payload)[..3], &[kind, flags], &stream.to_be_bytes(), payload].concat()
    };
    let request = [
        field(b":method", b"GET"),
        field(b":scheme", b"http"),
        field(b":authority", text),
        field(b":path", &[b"/", text].concat()),
        field(&[b"x-", text].concat(), text),
        field(b"cookie", &[text, b"=1"].concat()),
    ]
    .concat();
    let response = [field(b":status", b"200"), field(b"grpc-message", text), field(b"server", text)].concat();
    let client = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(4, 0, 0, &[]),
        frame(1, 5, 1, cut(&request, 16_000)),
        // PRIORITY_UPDATE.
        frame(16, 0, 0, &[&[0, 0, 0, 1], cut(text, 1_000)].concat()),
    ];
    let server = [
        frame(4, 0, 0, &[]),
        frame(1, 5, 1, cut(&response, 16_000)),
        // ALTSVC, ORIGIN, GOAWAY.
        frame(10, 0, 0, &[sized::<2>(cut(text, 1_000)), cut(text, 1_000).to_vec()].concat()),
        frame(12, 0, 0, &sized::<2>(cut(text, 1_000))),
        frame(7, 0, 0, &[&[0, 0, 0, 1, 0, 0, 0, 2], cut(text, 16_000)].concat()),
    ];
    (client.concat(), server.concat())
}

/// A field that is no entry of a table (RFC 7541 §6.2.1), so that it becomes one.
fn field(name: &[u8], value: &[u8]) -> Vec<u8> {
    let string = |octets: &[u8]| {
        let mut out = Vec::new();
        match octets.len() {
            short @ ..127 => out.push(octet(short)),
            long => {
                out.push(127);
                let mut rest = long - 127;
                while rest >= 128 {
                    out.push(128 | octet(rest % 128));
                    rest /= 128;
                }
                out.push(octet(rest));
            }
        }
        [&out, octets].concat()
    };
    [&[0x40], &*string(name), &*string(value)].concat()
}

/// A handshake of TLS 1.2 as far as ServerHelloDone: what the client says, what the server does.
pub(crate) fn tls(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let record = |octets: &[u8]| {
        let pieces = octets.chunks(16_000).map(|piece| [&[22, 3, 3], &*sized::<2>(piece)].concat());
        pieces.collect::<Vec<_>>().concat()
    };
    let message = |kind: u8, body: &[u8]| [&[kind], &*sized::<3>(body)].concat();
    let extension = |kind: u8, body: &[u8]| [&[0, kind], &*sized::<2>(body)].concat();
    let name = sized::<2>(&[&[0], &*sized::<2>(cut(text, 4_000))].concat());
    let protocols = sized::<2>(&[sized::<1>(cut(text, 200)), sized::<1>(b"h2")].concat());
    let chosen = sized::<2>(&sized::<1>(cut(text, 200)));
    let extensions = [extension(0, &name), extension(16, &protocols)].concat();
    let (version, random) = ([3, 3], [7; 32]);
    let client_hello =
        [&version[..], &random, &[0], &[0, 2, 0xc0, 0x2f], &[1, 0], &sized::<2>(&extensions)].concat();
    let server_hello =
        [&version[..], &random, &[0], &[0xc0, 0x2f], &[0], &sized::<2>(&extension(16, &chosen))].concat();
    let chain = sized::<3>(&sized::<3>(&certificate(text)));
    let answer = [message(2, &server_hello), message(11, &chain), message(14, &[])].concat();
    (record(&message(1, &client_hello)), record(&answer))
}

/// A certificate with the text as every name.
fn certificate(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let ascii: String = text.chars().filter(char::is_ascii).collect();
    let mut params = CertificateParams::default();
    for kind in [DnType::CommonName, DnType::OrganizationName, DnType::CountryName] {
        params.distinguished_name.push(kind, DnValue::Utf8String(text.clone().into_owned()));
    }
    params.subject_alt_names = [SanType::DnsName, SanType::URI, SanType::Rfc822Name]
        .map(|kind| kind(ascii.as_str().try_into().unwrap()))
        .to_vec();
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

/// An upgrade with its answer, and a close frame of the client with a reason.
pub(crate) fn websocket(text: &[u8]) -> ([Vec<u8>; 2], Vec<u8>) {
    let field = |name: &str| [name.as_bytes(), b": ", text, b"\r\n"].concat();
    let request = [
        b"GET /chat HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n".to_vec(),
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n".to_vec(),
        field("Sec-WebSocket-Protocol"),
        field("Sec-WebSocket-Extensions"),
        b"\r\n".to_vec(),
    ];
    let answer = [
        b"HTTP/1.1 101 ".as_slice(),
        text,
        b"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    ];
    let reason = [&1000_u16.to_be_bytes()[..], cut(text, 123)].concat();
    // Masked with zeros.
    let close = [&[0x88, 0x80 | octet(reason.len()), 0, 0, 0, 0][..], &reason].concat();
    ([request.concat(), answer.concat()], close)
}

/// A query for a name of such labels, and the answer that there is none.
pub(crate) fn dns(text: &[u8]) -> [Vec<u8>; 2] {
    let labels: Vec<u8> = text.chunks(60).take(3).flat_map(sized::<1>).collect();
    let message =
        |flags: [u8; 2]| [&[0, 7], &flags[..], &[0, 1, 0, 0, 0, 0, 0, 0], &labels, &[0, 0, 1, 0, 1]].concat();
    [message([1, 0]), message([0x81, 0x83])]
}
