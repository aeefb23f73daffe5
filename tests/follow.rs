//! Octets in order, held against tshark's `follow` on every fixture and every small capture that has segments to put
//! in order.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "follow/tapline.rs"]
mod tapline;
#[path = "follow/tshark.rs"]
mod tshark;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use tapline_packet::Endpoint;
use tapline_testkit::{corpus, skipped};

/// Larger captures take tshark too long.
const CAPTURE_BYTES_MAX: u64 = 2_000_000;

/// One direction's octets in order, and where some are missing.
#[derive(Default, PartialEq, Eq)]
struct Text {
    octets: Vec<u8>,
    /// Place in `octets` and how many were missed there.
    missing: Vec<(usize, u64)>,
}

impl Text {
    fn octets(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    fn missing(&mut self, count: u64) {
        self.missing.push((self.octets.len(), count));
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} octets, missing {:?}", self.octets.len(), self.missing)
    }
}

/// A connection's two directions; what the first node sends is the first text.
#[derive(Debug, PartialEq, Eq)]
struct Conversation {
    nodes: [Endpoint; 2],
    texts: [Text; 2],
}

impl Conversation {
    fn between(nodes: [Endpoint; 2]) -> Self {
        Self { nodes, texts: Default::default() }
    }
}

/// Where tshark 4.0 gives something else, and why.
const DIFFERENT: &[(&str, &[usize], &str)] = &[
    (
        "FoxIO-LLC+ja4/pcap/tls3.pcapng",
        &[1, 2, 3, 16],
        "tshark takes a keep-alive's zero octet for data where it is the first segment; the SACK block of its \
         answer says that the octet was there before",
    ),
    (
        "the-tcpdump-group+tcpdump/tests/of10_s4810.pcap",
        &[0],
        "tshark takes packets 47 and 132 for nobody's: the Ethernet frame inside their OpenFlow message overwrites \
         their addresses; with OpenFlow disabled it agrees",
    ),
    (
        "link/bad-checksum.pcapng",
        &[0],
        "tshark takes the damaged copy, which the receiver dropped; tapline takes the one that was sent again",
    ),
    ("the-tcpdump-group+tcpdump/tests/bigtcp-ipv4-geneve-ipv6.pcap", &[0], NO_BIG_TCP),
    ("the-tcpdump-group+tcpdump/tests/bigtcp-ipv6-geneve-ipv4.pcap", &[0], NO_BIG_TCP),
    ("the-tcpdump-group+tcpdump/tests/bigtcp-ipv6-geneve-ipv6.pcap", &[0], NO_BIG_TCP),
    ("the-tcpdump-group+tcpdump/tests/bigtcp-ipv6-vxlan-ipv4.pcap", &[0], NO_BIG_TCP),
];

const NO_BIG_TCP: &str = "tshark does not look into a tunnel behind an IP length of 0 (BIG TCP)";

/// Every difference of one capture that is not listed, in words.
fn compare(name: &str, path: &Path) -> (usize, String) {
    let ours = tapline::conversations(path);
    if ours.is_empty() {
        return (0, String::new());
    }
    let theirs = tshark::conversations(path, ours.len());
    let mut wrong = String::new();
    for (stream, one) in ours.iter().enumerate() {
        let other = theirs.get(&stream);
        let listed = DIFFERENT.iter().find(|(at, numbers, _)| *at == name && numbers.contains(&stream));
        match (other == Some(one), listed) {
            (true, None) | (false, Some(_)) => {}
            (true, Some((.., why))) => wrong += &format!("{name} {stream}: equal, but listed: {why}\n"),
            (false, None) => {
                wrong += &format!("{name} {stream}:\n  tapline {one:?}\n  tshark  {other:?}\n");
            }
        }
    }
    (ours.len(), wrong)
}

/// Compares on two threads, because nearly all of the time is tshark's.
fn check(captures: &[(String, PathBuf)], connections_min: usize) {
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut count, mut wrong) = (0, String::new());
        while let Some((name, path)) = captures.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (compared, different) = compare(name, path);
            count += compared;
            wrong += &different;
        }
        (count, wrong)
    };
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(work);
        (work(), other.join().unwrap())
    });
    assert!(one.1.is_empty() && other.1.is_empty(), "{}{}", one.1, other.1);
    let compared = one.0 + other.0;
    assert!(compared >= connections_min, "only {compared} connections were compared");
}

/// Captures below a folder, by their path in it.
fn captures(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(current).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if [".pcap", ".cap", ".trace"].iter().any(|ending| name.contains(ending))
                && path.metadata().unwrap().len() < CAPTURE_BYTES_MAX
            {
                found.push((name, path));
            }
        }
    }
    found.sort();
    found
}

fn tshark_is_there() -> bool {
    let there = tshark::is_there();
    if !there {
        skipped("tshark is missing: apt-get install tshark");
    }
    there
}

#[test]
fn fixtures_are_put_in_order_as_tshark_does() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::parent).unwrap();
    if tshark_is_there() {
        check(&captures(&root.join("fixtures")), 100);
    }
}

#[test]
fn captures_of_other_projects_are_put_in_order_as_tshark_does() {
    let Some(folder) = corpus("wireshark+wireshark/test/captures") else { return };
    if tshark_is_there() {
        check(&captures(folder.ancestors().nth(3).unwrap()), 400);
    }
}
