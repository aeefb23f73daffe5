//! The `pcap` crate on a machine without libpcap. One test only: the first use in a process decides.

#[test]
fn without_libpcap_calls_fail_with_a_sentence() {
    let error = tapline_libpcap::load_from(&["libpcap-that-does-not-exist.so"]).unwrap_err();
    assert!(error.to_string().starts_with("libpcap is not on this machine"), "{error}");
    assert!(tapline_libpcap::version().is_err(), "the first use decides");

    let listed = pcap::Device::list().unwrap_err().to_string();
    assert!(listed.contains("libpcap is not on this machine"), "{listed}");
    let created = pcap::Capture::from_device("lo").err().unwrap().to_string();
    assert!(created.contains("libpcap is not on this machine"), "{created}");
    assert!(pcap::Capture::dead(pcap::Linktype::ETHERNET).is_err());
}
