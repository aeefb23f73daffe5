//! TLS that is made to be read for long, or kept.

use std::io::Result;

use super::{Wire, talk};

const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;

/// The longest plaintext of a record (RFC 8446 §5.1).
const RECORD_BYTES: usize = 1 << 14;

/// Octets in records of TLS 1.2, as few as they fit.
fn records(kind: u8, octets: &[u8]) -> Vec<u8> {
    octets.chunks(RECORD_BYTES).flat_map(|part| record(kind, part)).collect()
}

fn record(kind: u8, octets: &[u8]) -> Vec<u8> {
    let length = u16::try_from(octets.len()).unwrap_or(0).to_be_bytes();
    [&[kind, 3, 3], &length[..], octets].concat()
}

/// A handshake message that claims a length.
fn message(kind: u8, claimed: usize, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(claimed).unwrap_or(u32::MAX).to_be_bytes();
    [&[kind], length.get(1..).unwrap_or_default(), body].concat()
}

/// A hello of TLS 1.2 with one cipher suite and these extensions.
fn hello(kind: u8, extensions: &[u8]) -> Vec<u8> {
    let suites: &[u8] = if kind == CLIENT_HELLO { b"\0\x02\xc0\x2f\x01\0" } else { b"\xc0\x2f\0" };
    let length = u16::try_from(extensions.len()).unwrap_or(0).to_be_bytes();
    let body = [b"\x03\x03", &[7; 32][..], b"\0", suites, &length, extensions].concat();
    message(kind, body.len(), &body)
}

/// ClientHellos, each with so many empty extensions that no more fit.
pub fn hellos_of_extensions(count: u32, wire: &mut Wire) -> Result<()> {
    let extensions: Vec<u8> = (0..0xffff_u32 / 4).flat_map(|kind| (kind << 16).to_be_bytes()).collect();
    let octets = records(HANDSHAKE, &hello(CLIENT_HELLO, &extensions));
    (0..count).try_for_each(|number| wire.put_all(&talk(number).handshake().client(&octets).close()))
}

/// A certificate message of so many KiB, which says that it is as long as a message can be.
pub fn handshake_messages(count: u32, wire: &mut Wire) -> Result<()> {
    let begin = records(HANDSHAKE, &hello(SERVER_HELLO, b""));
    let certificate = message(CERTIFICATE, 0xff_ffff, &vec![0x30; (count as usize) << 10]);
    let hello = records(HANDSHAKE, &hello(CLIENT_HELLO, b""));
    let talk = talk(0).handshake().client(&hello).server(&begin);
    wire.put_all(&talk.server(&records(HANDSHAKE, &certificate)).close())
}

/// Records of one octet, which nobody can open.
pub fn records_of_one_octet(count: u32, wire: &mut Wire) -> Result<()> {
    let hellos = [CLIENT_HELLO, SERVER_HELLO].map(|kind| records(HANDSHAKE, &hello(kind, b"")));
    let data = record(APPLICATION_DATA, b"x").repeat(count as usize);
    let [client, server] = hellos;
    wire.put_all(&talk(0).handshake().client(&client).server(&server).client(&data).close())
}
