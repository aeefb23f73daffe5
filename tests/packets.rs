//! Packets that are written for other analyzers: those that were asked for, and they open by themselves.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tapline_engine::capture::{Item, Secret, open};

fn fixture(name: &str) -> PathBuf {
    tapline_testkit::root().join("fixtures").join(name)
}

fn tapline(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(arguments).env_remove("SSLKEYLOGFILE").output().unwrap()
}

/// Writes packets of a fixture with these options, and gives the file's path.
fn packets(folder: &Path, capture: &Path, options: &[&str]) -> PathBuf {
    let path = folder.join("out.pcapng");
    let fixed = ["export", "--to", "pcapng", "-o", path.to_str().unwrap(), capture.to_str().unwrap()];
    let output = tapline(&[&fixed, options].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    path
}

/// All records but that of the capture.
fn records(capture: &Path, options: &[&str]) -> Vec<Value> {
    let output = tapline(&[&["export", "--to", "ndjson", capture.to_str().unwrap()], options].concat());
    let lines = String::from_utf8(output.stdout).unwrap();
    let records = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.filter(|record| record["type"] != "capture").collect()
}

#[test]
fn a_whole_capture_opens_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["http2-over-tls", "tls12-rsa", "tls12-renegotiated", "tls13-early-data", "tls12-resumed"] {
        let capture = fixture("tls").join(name).with_extension("pcapng");
        let keys = capture.with_extension("keys");
        let keylog = ["--keylog", keys.to_str().unwrap()];
        let written = packets(folder.path(), &capture, &keylog);
        assert_eq!(records(&written, &[]), records(&capture, &keylog), "{name}");
        let secrets = open(&[written]).unwrap().secrets_ahead().unwrap();
        assert_eq!(secrets.len(), 1, "{name}");
        assert_eq!(secrets[0].kind, Secret::TLS_KEY_LOG);
    }
}

/// Everything that is told of a capture is told of its copy, whatever is in it: its packets have the same numbers.
#[test]
fn a_copy_tells_the_same_and_its_copy_is_the_same_to_the_octet() {
    let folder = tempfile::tempdir().unwrap();
    for capture in tapline_testkit::fixtures() {
        let keys = capture.with_extension("keys");
        let keylog = ["--keylog", keys.to_str().unwrap()];
        let options = if keys.exists() { &keylog[..] } else { &[] };
        let written = packets(folder.path(), &capture, options);
        let copy = folder.path().join("copy.pcapng");
        std::fs::rename(&written, &copy).unwrap();
        assert_eq!(records(&copy, &[]), records(&capture, options), "{}", capture.display());
        let again = packets(folder.path(), &copy, &[]);
        assert!(std::fs::read(again).unwrap() == std::fs::read(&copy).unwrap(), "{}", capture.display());
    }
}

#[test]
fn what_was_found_stands_at_the_packets_that_prove_it() {
    let folder = tempfile::tempdir().unwrap();
    let capture = fixture("link/lossy.pcapng");
    let findings = records(&capture, &["--types", "finding"]);
    assert!(findings.len() > 1, "{findings:?}");
    let written = packets(folder.path(), &capture, &[]);
    let mut source = open(std::slice::from_ref(&written)).unwrap();
    while !matches!(source.next(), Item::End) {}
    let comments = &source.facts().comments;
    for finding in &findings {
        let first = finding["packets"][0].as_u64().unwrap();
        let [title, why] = ["title", "explanation"].map(|field| finding[field].as_str().unwrap());
        let is_it = |text: &str| text.contains(title) && text.contains(why);
        assert!(
            comments.iter().any(|comment| comment.packet == first && is_it(&comment.text)),
            "{finding} in {comments:?}"
        );
    }
    let Ok(tshark) = Command::new("tshark")
        .args(["-r", written.to_str().unwrap(), "-T", "fields", "-e", "frame.number", "-Y", "frame.comment"])
        .output()
    else {
        tapline_testkit::skipped("tshark is not on this machine");
        return;
    };
    let told = String::from_utf8(tshark.stdout).unwrap();
    let ours: BTreeSet<String> = comments.iter().map(|comment| comment.packet.to_string()).collect();
    assert_eq!(told.lines().map(str::to_owned).collect::<BTreeSet<_>>(), ours);
}

#[test]
fn tshark_opens_what_was_written() {
    let Ok(version) = Command::new("tshark").arg("--version").output() else {
        tapline_testkit::skipped("tshark is not on this machine");
        return;
    };
    assert!(version.status.success());
    let folder = tempfile::tempdir().unwrap();
    let keys = fixture("tls/http2-over-tls.keys");
    let keylog = ["--keylog", keys.to_str().unwrap()];
    let written = packets(folder.path(), &fixture("tls/http2-over-tls.pcapng"), &keylog);
    let requests = Command::new("tshark")
        .args(["-r", written.to_str().unwrap(), "-T", "fields", "-e", "http2.headers.path"])
        .args(["-Y", "http2.headers.method"])
        .output()
        .unwrap();
    let paths = String::from_utf8(requests.stdout).unwrap();
    let ours = records(&written, &["--types", "http_exchange"]).len();
    assert!(
        ours > 0 && paths.split(['\n', ',']).filter(|path| path.starts_with('/')).count() == ours,
        "{paths}"
    );
}

#[test]
fn a_filter_takes_whole_connections_and_only_the_secrets_that_they_need() {
    let folder = tempfile::tempdir().unwrap();
    let (capture, keys) = (fixture("tls/tls12-resumed.pcapng"), fixture("tls/tls12-resumed.keys"));
    let all = records(&capture, &["--keylog", keys.to_str().unwrap()]);
    let of_type = |kind: &str| all.iter().filter(|record| record["type"] == kind).collect::<Vec<_>>();
    let (connections, sessions) = (of_type("connection"), of_type("tls_session"));
    assert!(connections.len() > 1);
    let wanted = &connections[1];
    let options = ["--keylog", keys.to_str().unwrap(), "-Y", "tcp.stream == 1"];
    let written = packets(folder.path(), &capture, &options);

    let mut source = open(&[written]).unwrap();
    let secrets = source.secrets_ahead().unwrap();
    let text = String::from_utf8(secrets[0].bytes.clone()).unwrap();
    let randoms: BTreeSet<_> = text.lines().map(|line| line.split(' ').nth(1).unwrap()).collect();
    let session = sessions.iter().find(|session| session["connection"] == 1).unwrap();
    assert_eq!(randoms, BTreeSet::from([session["client_random"].as_str().unwrap()]));
    let mut count = 0;
    while !matches!(source.next(), Item::End) {
        count += 1;
    }
    let packets = |side: &str| wanted[side]["packets"].as_u64().unwrap();
    assert_eq!(count, packets("client") + packets("server"));
}

#[test]
fn what_is_read_once_is_refused_with_the_way_that_works() {
    let output = tapline(&["export", "--to", "pcapng", "-o", "x", "-"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("-w FILE"), "{said}");
}
