//! Connections whose segments came in IP fragments.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use tapline_analysis::{Analyzer, Event, Exchange, Interests, Options, Packet, Timestamp, Totals};
use tapline_packet::LinkType;
use tapline_testkit::{Frame, Talk};

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

fn talk(client: &str, server: &str) -> Vec<Frame> {
    let talk = Talk::new(client.parse().unwrap(), server.parse().unwrap(), 0).handshake();
    talk.client(b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n").server(RESPONSE).close().frames
}

/// Cuts the IP payload of an Ethernet frame into parts of 24 octets, the last part first.
fn fragments(frame: &[u8], identification: u8) -> Vec<Vec<u8>> {
    let v4 = frame[14] >> 4 == 4;
    let (header, payload) = frame.split_at(if v4 { 34 } else { 54 });
    let last = payload.len().div_ceil(24) - 1;
    let parts = payload.chunks(24).enumerate().map(|(at, part)| {
        let mut octets = header.to_vec();
        let offset = u16::try_from(24 * at).unwrap();
        let more = u16::from(at < last);
        if v4 {
            octets[16..18].copy_from_slice(&u16::try_from(20 + part.len()).unwrap().to_be_bytes());
            octets[19] = identification;
            octets[20..22].copy_from_slice(&((offset / 8) | (more << 13)).to_be_bytes());
        } else {
            octets[18..20].copy_from_slice(&u16::try_from(8 + part.len()).unwrap().to_be_bytes());
            octets[20] = 44;
            octets.extend_from_slice(&[6, 0]);
            octets.extend_from_slice(&(offset | more).to_be_bytes());
            octets.extend_from_slice(&[0, 0, 0, identification]);
        }
        [&octets, part].concat()
    });
    let mut parts: Vec<_> = parts.collect();
    parts.reverse();
    parts
}

fn analyse(frames: &[(Timestamp, Vec<u8>)]) -> (Totals, Vec<Exchange>) {
    let mut analyzer = Analyzer::new(&Options::of(Interests::FULL));
    for ((at, octets), number) in frames.iter().zip(1..) {
        analyzer.packet(&Packet {
            number,
            at: Some(*at),
            interface: 0,
            link_type: LinkType::ETHERNET,
            wire_length: u32::try_from(octets.len()).unwrap(),
            data: octets,
        });
    }
    analyzer.finish();
    let exchanges = analyzer.take_events().into_iter().filter_map(|event| match event {
        Event::Exchange(exchange) => Some(*exchange),
        _ => None,
    });
    (analyzer.totals(), exchanges.collect())
}

fn check(client: &str, server: &str) {
    let whole = talk(client, server);
    let (mut cut, mut response) = (Vec::new(), 0);
    for (frame, id) in whole.iter().zip(1..) {
        cut.extend(fragments(&frame.octets, id).into_iter().map(|part| (frame.at, part)));
        if frame.octets.ends_with(b"hello") {
            response = cut.len() as u64;
        }
    }
    let (totals, exchanges) = analyse(&cut);
    assert_eq!(totals.tcp_packets, whole.len() as u64);
    assert_eq!(totals.other_packets["IP fragment"], (cut.len() - whole.len()) as u64);
    assert_eq!((totals.datagrams.waiting, totals.undecoded_packets.len()), (0, 0));
    let part = exchanges[0].response.as_ref().unwrap();
    assert_eq!((exchanges.len(), exchanges[0].complete, part.first.packet), (1, true, response));
}

#[test]
fn a_connection_in_fragments_is_the_connection() {
    check("10.0.0.1:40000", "10.0.0.2:8080");
    check("[2001:db8::1]:40000", "[2001:db8::2]:8080");
}

#[test]
fn a_lost_fragment_is_said() {
    let mut frames: Vec<_> = talk("10.0.0.1:40000", "10.0.0.2:8080")
        .iter()
        .zip(1..)
        .flat_map(|(frame, id)| fragments(&frame.octets, id).into_iter().map(|part| (frame.at, part)))
        .collect();
    let request = frames.iter().position(|(_, part)| part.ends_with(b"\r\n\r\n")).unwrap();
    frames.remove(request);
    let (totals, _) = analyse(&frames);
    assert_eq!(totals.datagrams.waiting, 1);
}
