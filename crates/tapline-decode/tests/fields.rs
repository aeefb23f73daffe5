//! Every tree obeys its laws, whatever the octets are.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod common;
#[path = "../../tapline-packet/tests/laws/mod.rs"]
mod laws;

use common::{client_hello, record, server_hello, tls12};
use laws::check;
use proptest::prelude::*;
use tapline_decode::http2::{Form, Frame, FrameType, HeaderBlock, Payload, Representation};
use tapline_decode::tls::{Negotiated, Protection, Version};
use tapline_decode::{dns, http1, http2, tls, websocket};

/// Every kind of tree of the same octets.
fn all(octets: &[u8]) {
    check(&tls::record_fields(octets), octets.len());
    for protection in [Protection::Clear, Protection::Encrypted] {
        let negotiated = Negotiated { version: Some(Version(0x0304)), cipher_suite: None };
        check(&tls::record_fields_with(octets, negotiated, protection), octets.len());
    }
    for version in [None, Some(0x0300), Some(0x0302), Some(0x0303), Some(0x0304)] {
        check(&tls::handshake_fields(octets, version.map(Version)), octets.len());
    }
    check(&http2::frame_fields(octets, None), octets.len());
    check(&http1::head_fields(octets), octets.len());
    check(&websocket::frame_fields(octets), octets.len());
    check(&dns::message_fields(octets), octets.len());
    check(&dns::stream_fields(octets), octets.len());
}

/// One sample of each protocol.
fn samples() -> Vec<Vec<u8>> {
    let mut samples: Vec<Vec<u8>> = tls12().into_iter().map(|(_, octets)| octets).collect();
    samples.extend([client_hello(), server_hello(true), server_hello(false)]);
    samples.push(
        b"GET /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n"
            .to_vec(),
    );
    samples.push(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec());
    samples.push(
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64\
          \0\0\x0a\x01\x2c\0\0\0\x01\x02\x80\0\0\0\x07\x82\x84pp\0\0\x04\x08\0\0\0\0\0\0\0\0\x09"
            .to_vec(),
    );
    samples.push(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x88\x02\x03\xe9".to_vec());
    samples.push(b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x01\0\x01".to_vec());
    samples
}

#[test]
fn every_prefix_and_every_changed_octet_of_real_messages_has_a_tree() {
    for sample in samples() {
        for end in 0..=sample.len() {
            all(&sample[..end]);
        }
        for at in 0..sample.len() {
            for mask in [1, 0x80, 0xff] {
                let mut other = sample.clone();
                other[at] ^= mask;
                all(&other);
            }
        }
    }
}

#[test]
fn a_message_that_is_split_over_records_stands_in_each_as_a_fragment() {
    let message = client_hello();
    for cut in 1..message.len() {
        let octets = [record(22, &message[..cut]), record(22, &message[cut..])].concat();
        let fields = tls::record_fields(&octets);
        check(&fields, octets.len());
        assert!(!fields.iter().any(tapline_decode::Field::is_damaged), "cut at {cut}: {fields:#?}");
        let mut fragments = 0;
        for field in &fields {
            field.walk(&mut |field| fragments += usize::from(field.name == "tls.handshake.fragment"));
        }
        // A header alone has nothing behind it.
        assert_eq!(fragments, if cut == 4 { 1 } else { 2 }, "cut at {cut}: {fields:#?}");
    }
}

/// A decoder's frame that claims whatever it claims of its block.
fn claiming(kind: FrameType, fields: &[(u8, u32)], wire_bytes: u32, size_updates: Vec<u32>) -> Frame {
    let mut block = HeaderBlock { wire_bytes, size_updates, ..HeaderBlock::default() };
    for &(name, wire_bytes) in fields {
        block.fields.push(&[name], b"value");
        block.representations.push(Representation {
            form: Form::Indexed,
            index: Some(u32::from(name)),
            name_huffman: false,
            value_huffman: false,
            wire_bytes,
            unknown_entry: false,
        });
    }
    let payload = Payload::Continuation { fragment_length: 0, block: Some(Box::new(block)) };
    Frame { length: 0, kind, flags: 4, reserved: false, stream: 1, payload }
}

proptest! {
    #[test]
    fn any_octets_have_a_tree(octets in prop::collection::vec(any::<u8>(), 0..120)) {
        all(&octets);
    }

    #[test]
    fn small_octets_have_a_tree(
        octets in prop::collection::vec(prop_oneof![0_u8..6, Just(22), Just(0xc0), Just(b'\n')], 0..120),
    ) {
        all(&octets);
    }

    #[test]
    fn any_decoder_may_stand_beside_any_frame(
        kind in prop_oneof![Just(1_u8), Just(5), Just(9)],
        payload in prop::collection::vec(any::<u8>(), 0..30),
        fields in prop::collection::vec((any::<u8>(), 0..20_u32), 0..8),
        wire_bytes in 0..60_u32,
        updates in prop::collection::vec(any::<u32>(), 0..3),
    ) {
        let length = u8::try_from(payload.len()).unwrap();
        let octets = [&[0, 0, length, kind, 4, 0, 0, 0, 1][..], &payload].concat();
        let frame = claiming(FrameType(kind), &fields, wire_bytes, updates);
        check(&http2::frame_fields(&octets, Some(&frame)), octets.len());
    }
}
