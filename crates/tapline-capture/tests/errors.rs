//! What could not be started says so in one line, with the next step.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::read;
use tapline_capture::{CaptureError, open, read_bytes};

fn error(path: &Path) -> String {
    open(&[path.to_owned()]).err().unwrap().to_string().replace(path.to_str().unwrap(), "FILE")
}

fn error_of(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    fs::write(&path, bytes).unwrap();
    error(&path)
}

#[test]
fn paths_that_lead_nowhere_to_a_directory_or_behind_a_lock() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent");
    assert_eq!(error(&absent), "no such file: FILE: check the path, or use - for standard input");
    assert_eq!(error(folder.path()), "FILE is a directory: name the capture files in it");
    assert_eq!(
        open(&[]).err().unwrap().to_string(),
        "no capture file named: name one or more, or - for standard input"
    );
    let locked = CaptureError::NoPermission { name: "FILE".to_owned() };
    assert_eq!(locked.to_string(), "no permission to read FILE: change its mode or run as its owner");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locked");
    fs::write(&path, b"x").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_ok() {
        tapline_testkit::skipped("root reads everything");
        return;
    }
    assert_eq!(error(&path), "no permission to read FILE: change its mode or run as its owner");
}

#[test]
fn files_that_are_no_capture() {
    assert_eq!(
        error_of(b""),
        "FILE is empty: a capture file has at least a header; was the capture stopped before it began?"
    );
    assert_eq!(
        error_of(b"GET / HTTP/1.1\r\n"),
        "FILE is not a capture file that is read here (it begins with 47 45 54 20 2f 20 48 54): give a pcap or \
         pcapng file, plain or compressed with gzip, zstd or lz4"
    );
    assert!(error_of(b"\xd4").contains("(it begins with d4)"));
}

#[test]
fn known_formats_that_are_not_read_are_named() {
    assert_eq!(error_of(b"BZh91AY&SY"), "FILE is compressed with bzip2: unpack it first: bzip2 -dk FILE");
    assert_eq!(error_of(b"\xfd7zXZ\0\0\x04"), "FILE is compressed with xz: unpack it first: xz -dk FILE");
    assert_eq!(error_of(b"LZIP\x01\x0c.."), "FILE is compressed with lzip: unpack it first: lzip -dk FILE");
    assert_eq!(error_of(b"PK\x03\x04\x14\0\0\0"), "FILE is a zip archive: unpack it first: unzip FILE");
    assert_eq!(error_of(b"7z\xbc\xaf\x27\x1c\0\x04"), "FILE is a 7z archive: unpack it first: 7z x FILE");
    assert_eq!(
        error_of(b"snoop\0\0\0\0\0\0\x02"),
        "FILE is a snoop capture: convert it first: editcap -F pcapng FILE out.pcapng"
    );
}

#[test]
fn compressed_files_that_hold_no_capture() {
    let text = zstd::encode_all(&b"hello world"[..], 1).unwrap();
    assert!(error_of(&text).contains("(it begins with 68 65 6c 6c 6f 20 77 6f)"));
    let nothing = zstd::encode_all(&b""[..], 1).unwrap();
    assert!(error_of(&nothing).starts_with("FILE is empty"));
    let broken = error_of(b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff\xff\xff");
    assert!(broken.starts_with("FILE cannot be unpacked as gzip ("), "{broken}");
    let cut = error_of(&text[..6]);
    assert!(cut.starts_with("FILE cannot be unpacked as zstd ("), "{cut}");
}

#[test]
fn one_bad_file_among_good_ones_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let [good, bad] = ["good", "bad"].map(|name| folder.path().join(name));
    fs::write(&good, common::pcap(&[1])).unwrap();
    fs::write(&bad, b"nonsense").unwrap();
    let paths: [PathBuf; 2] = [good, bad.clone()];
    assert!(open(&paths).err().unwrap().to_string().starts_with(bad.to_str().unwrap()));
}

#[test]
fn a_capture_that_is_damaged_from_its_beginning_opens() {
    let check = |bytes: &[u8], packets: usize, what: &str| {
        let (read, facts) = read(bytes);
        assert_eq!(read.len(), packets, "{what}");
        let said: Vec<_> = facts.damages.iter().map(|damage| damage.what.as_str()).collect();
        assert_eq!(said, [what]);
    };
    let mut pcap = common::pcap(&[1, 2]);
    check(&pcap[..10], 0, "cut inside the header: 10 of 24 bytes are there");
    pcap[4] = 9;
    check(&pcap, 2, "pcap version 9.4 is unknown: read as 2.4");
    pcap[4] = 2;
    pcap[22] = 0x30;
    check(&pcap, 2, "reserved bits 0x00300000 beside the link type: read as ethernet");
    pcap[22] = 0;
    pcap[32..36].fill(0xff);
    check(&pcap, 0, "a packet of 4294967295 bytes: nothing after it can be found");
    let section =
        b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\x01\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0";
    check(section, 0, "section header block: version 1.1 is unknown: read as 1.0");
    check(b"\x0a\x0d\x0d\x0a\x1c\0\0\0", 0, "cut inside a block's head: 8 of 12 bytes are there");
    check(
        b"\x0a\x0d\x0d\x0a\x1c\0\0\0nonsense and more of it.",
        0,
        "section header block without its byte-order magic",
    );
}

#[test]
fn bytes_in_memory_fail_alike() {
    let failed = read_bytes("memory", b"nonsense", &mut |_| {}).err().unwrap();
    assert!(matches!(failed, CaptureError::NotACapture { .. }));
}
