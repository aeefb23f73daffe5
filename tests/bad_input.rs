//! Bad input gets a clear error on one line and the right exit status, and loses nothing that could be read.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "faults/program.rs"]
mod program;

use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use program::{complains, good, tapline};
use tapline_testkit::{Talk, capture};

fn report(path: &Path) -> Output {
    tapline(&["report"]).arg(path).output().unwrap()
}

/// Runs a report on a file with that content.
fn report_of(content: &[u8]) -> Output {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    report(file.path())
}

#[test]
fn a_good_capture_ends_with_status_0_and_a_quiet_standard_error() {
    let output = report_of(&good());
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("GET http://example.test/a") && text.contains("client closed"), "{text}");
}

#[test]
fn what_cannot_start_ends_with_status_2() {
    complains(&report(Path::new("/no/such/file")), 2, &["no such file", "/no/such/file"]);
    complains(&report(Path::new("/")), 2, &["is a directory"]);
    complains(&report_of(b""), 2, &["is empty"]);
    complains(&report_of(b"PK\x03\x04 a zip archive"), 2, &["zip", "unpack"]);
    complains(&report_of(b"BZh91AY&SY and so on and on"), 2, &["bzip2", "bzip2 -dk"]);
    complains(&report_of(b"\xfd7zXZ\x00 and so on and on"), 2, &["xz"]);
    complains(&report_of(b"a letter to my aunt, not a capture"), 2, &["not a capture", "61 20 6c"]);
    complains(&tapline(&["report"]).output().unwrap(), 2, &["no capture file named"]);
    complains(&tapline(&["report", "-w", "-", "-"]).output().unwrap(), 2, &["-w -", "name a file"]);
    complains(&tapline(&["nothing.pcap"]).output().unwrap(), 2, &["needs a terminal"]);
}

#[test]
fn without_permission_the_error_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(file.path()).is_ok() {
        tapline_testkit::skipped("this user may read everything");
        return;
    }
    complains(&report(file.path()), 2, &["no permission"]);
}

#[test]
fn every_packet_before_a_cut_is_there() {
    let whole = good();
    // Inside the last packet's block header, and inside its octets.
    for cut in [whole.len() - 90, whole.len() - 20] {
        let output = report_of(whole.get(..cut).unwrap());
        complains(&output, 1, &["byte", "cut"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("GET http://example.test/a") && text.contains("damaged in 1 place"), "{text}");
    }
}

#[test]
fn an_absurd_length_is_damage_and_no_allocation() {
    let mut pcap =
        vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0];
    pcap.extend([1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f]);
    complains(&report_of(&pcap), 1, &["2147483647"]);
}

#[test]
fn damage_beyond_what_is_kept_is_counted() {
    const DAMAGES: usize = 1005;
    // A block whose lengths disagree is read where a good one follows it.
    let block = |end: u32| [6, 36, 0, 0, 0, 4, 4, 0, end].map(u32::to_le_bytes).concat();
    let mut content = good();
    (0..DAMAGES).for_each(|_| content.extend([block(40), block(36)].concat()));
    let output = report_of(&content);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let (more, told) = (said.lines().last().unwrap(), said.lines().count() - 1);
    assert_eq!(more, format!("tapline: damages: {} more than are kept", DAMAGES - told));
    assert!(String::from_utf8(output.stdout).unwrap().contains(more.strip_prefix("tapline: ").unwrap()));
}

#[test]
fn standard_input_and_a_closed_output_are_ordinary() {
    let mut child = tapline(&["report", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&good()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("standard input"));

    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&good()).unwrap();
    let mut child =
        tapline(&["export", "--to", "ndjson"]).arg(file.path()).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_rotated_set_is_one_capture() {
    let folder = tempfile::tempdir().unwrap();
    let talk = |port: u16, start| {
        let client = format!("10.0.0.1:{port}").parse().unwrap();
        Talk::new(client, "10.0.0.2:80".parse().unwrap(), start).handshake().close()
    };
    let (first, second) = (talk(1001, 1_000_000_000), talk(1002, 2_000_000_000));
    let paths = ["b", "a"].map(|name| folder.path().join(name));
    std::fs::write(&paths[0], capture(Vec::new(), &first.frames).unwrap()).unwrap();
    std::fs::write(&paths[1], capture(Vec::new(), &second.frames).unwrap()).unwrap();
    let output = tapline(&["report"]).args([&paths[1], &paths[0]]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("14 packets") && text.contains("0  10.0.0.1:1001"), "{text}");
}

#[test]
fn an_export_appears_only_when_it_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in"), folder.path().join("out.ndjson"));
    std::fs::write(&input, good()).unwrap();
    let status = tapline(&["export", "--to", "ndjson", "-o"]).arg(&output).arg(&input).status().unwrap();
    assert!(status.success());
    assert!(std::fs::read_to_string(&output).unwrap().lines().count() > 3);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file stays");
}
