//! Capturing on the loopback device of this machine, where that is allowed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails shall panic, in its helpers too")]
#![cfg(feature = "device")]

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use tapline_capture::{CaptureError, Container, DeviceOptions, Item, Source, devices, open_devices};
use tapline_packet::LinkType;

/// An open loopback device, or a word on why the test does not run.
fn loopback(filter: Option<String>) -> Option<Box<dyn Source + Send>> {
    let options = DeviceOptions { filter, buffer_bytes: 4 << 20, ..DeviceOptions::default() };
    match open_devices(&["lo".to_owned()], &options) {
        Ok(source) => Some(source),
        Err(
            error @ (CaptureError::DevicePermission { .. }
            | CaptureError::LibpcapMissing { .. }
            | CaptureError::NoSuchDevice { .. }),
        ) => {
            tapline_testkit::skipped(error);
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn devices_are_listed_or_libpcap_is_missing() {
    match devices() {
        Ok(listed) => {
            let Some(loopback) = listed.iter().find(|device| device.is_loopback) else {
                tapline_testkit::skipped("no loopback device");
                return;
            };
            assert!(loopback.is_up, "{loopback:?}");
            if cfg!(target_os = "linux") {
                let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                socket.send_to(&[7; 1_000], socket.local_addr().unwrap()).unwrap();
                let now = devices().unwrap().into_iter().find(|device| device.name == loopback.name);
                let went = now.unwrap().traffic.unwrap().since(loopback.traffic.unwrap());
                assert!(went.sent_bytes >= 1_000 && went.received_bytes >= 1_000, "{went:?}");
            }
        }
        Err(error) => assert!(matches!(error, CaptureError::LibpcapMissing { .. }), "{error}"),
    }
}

#[test]
fn packets_of_the_loopback_device_are_captured() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = receiver.local_addr().unwrap().port();
    let Some(mut source) = loopback(Some(format!("udp port {port}"))) else { return };
    assert_eq!(source.facts().files[0].container, Container::Device);
    assert_eq!(source.facts().interfaces[0].name.as_deref(), Some("lo"));

    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    let before = Duration::from_nanos(now_ns());
    for number in 0..100_u8 {
        sender.send_to(&[number; 10], ("127.0.0.1", port)).unwrap();
    }
    let (mut numbers, begun) = (Vec::new(), Instant::now());
    while numbers.len() < 100 && begun.elapsed() < Duration::from_secs(10) {
        match source.next() {
            Item::Packet(packet) => {
                assert_eq!((packet.link_type, packet.interface), (LinkType::ETHERNET, 0));
                assert_eq!((packet.number, packet.wire_length), (numbers.len() as u64 + 1, 52));
                let at = Duration::from_nanos(packet.at.unwrap().0.try_into().unwrap());
                assert!(at.abs_diff(before) < Duration::from_secs(10), "{at:?} {before:?}");
                numbers.push(*packet.data.last().unwrap());
            }
            Item::Idle => {}
            Item::End => break,
        }
    }
    assert_eq!(numbers, (0..100).collect::<Vec<u8>>());

    // Idle at least ten times a second when nothing comes, and counters by then.
    let begun = Instant::now();
    for _ in 0..3 {
        assert!(matches!(source.next(), Item::Idle));
    }
    assert!(begun.elapsed() < Duration::from_millis(600), "{:?}", begun.elapsed());
    assert!(source.facts().interfaces[0].received >= Some(100), "{:?}", source.facts().interfaces);
    assert_eq!(source.facts().dropped_packets(), Some(0));
}

#[test]
fn a_device_is_left_when_its_time_is_up() {
    let Some(source) = loopback(Some("udp port 9".to_owned())) else { return };
    let (begun, after) = (Instant::now(), Duration::from_millis(300));
    let mut source = tapline_capture::until(source, move |_| begun.elapsed() >= after);
    while !matches!(source.next(), Item::End) {}
    let took = begun.elapsed();
    assert!(took >= after && took < after + Duration::from_millis(500), "{took:?}");
    assert!(matches!(source.next(), Item::End));
}

#[test]
fn a_filter_that_is_not_understood_is_refused() {
    match open_devices(
        &["lo".to_owned()],
        &DeviceOptions { filter: Some("tcp prot 1".to_owned()), ..DeviceOptions::default() },
    ) {
        Err(CaptureError::Filter { filter, reason }) => {
            assert_eq!(filter, "tcp prot 1");
            assert!(reason.contains("syntax error"), "{reason}");
        }
        Err(error) => tapline_testkit::skipped(error),
        Ok(_) => panic!("a filter of nonsense was taken"),
    }
}

#[test]
fn a_device_that_does_not_exist_is_refused() {
    match open_devices(&["no-such-device0".to_owned()], &DeviceOptions::default()).err().unwrap() {
        CaptureError::NoSuchDevice { device, hint } => {
            assert_eq!(device, "no-such-device0");
            assert!(hint.contains("lo"), "{hint}");
        }
        error => tapline_testkit::skipped(error),
    }
}

fn now_ns() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(now.as_nanos()).unwrap()
}
