//! The `pcap` crate over the libpcap of this machine.

use pcap::{Capture, Device, Linktype};

/// Libpcap's version, or a clear word that the test does not run.
fn libpcap() -> Option<&'static str> {
    tapline_libpcap::version().inspect_err(|error| eprintln!("skipped: {error}")).ok()
}

#[test]
fn devices_are_listed() {
    let Some(version) = libpcap() else { return };
    assert!(version.starts_with("libpcap version"), "{version}");
    let names: Vec<String> = Device::list().unwrap().into_iter().map(|device| device.name).collect();
    assert!(names.iter().any(|name| name == "lo" || name == "lo0"), "{names:?}");
}

#[test]
fn filters_are_compiled_and_errors_come_back_as_text() {
    let Some(_) = libpcap() else { return };
    let dead = Capture::dead(Linktype::ETHERNET).unwrap();
    assert!(!dead.compile("tcp port 443", true).unwrap().get_instructions().is_empty());
    let error = dead.compile("tcp prot 443", true).err().unwrap().to_string();
    assert!(error.contains("syntax error"), "{error}");
    assert_eq!(Linktype::ETHERNET.get_name().unwrap(), "EN10MB");
}

#[test]
fn an_unknown_device_is_refused() {
    let Some(_) = libpcap() else { return };
    let opened = Capture::from_device("no-such-device0").and_then(Capture::open);
    assert!(opened.is_err());
}
