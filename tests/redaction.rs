//! Exports without secrets, and what stays of them; packets with theirs, and what is said of that.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tapline_testkit::{Talk, capture, root};

/// Every secret of the captures below.
const SECRETS: [&str; 8] = [
    "s3cret-bearer",
    "s3cret-cookie",
    "s3cret-key",
    "s3cret-query",
    "s3cret-login",
    "s3cret-set",
    "s3cret-code",
    "s3cret-reason",
];

fn http1(folder: &Path) -> PathBuf {
    let request = b"GET /a?page=2&access_token=s3cret-query HTTP/1.1\r\nHost: h.example\r\n\
        Authorization: Bearer s3cret-bearer\r\nCookie: id=s3cret-cookie; theme=s3cret-cookie\r\n\
        X-API-Key: s3cret-key\r\nReferer: https://u:s3cret-login@h.example/\r\nAccept: */*\r\n\r\n";
    let answer = b"HTTP/1.1 302 See https://u:s3cret-reason@h.example/\r\nSet-Cookie: id=s3cret-set; Path=/; HttpOnly\r\n\
        Location: /next?code=s3cret-code&state=1\r\nContent-Length: 0\r\n\r\n";
    // So slow that there is a finding about it.
    let talk = Talk::new(
        "10.0.0.1:4000".parse().unwrap(),
        "10.0.0.2:80".parse().unwrap(),
        1_700_000_000_000_000_000,
    )
    .handshake()
    .client(request)
    .server_ack()
    .wait_ns(900_000_000)
    .server(answer)
    .client_ack()
    .close();
    let path = folder.join("http1.pcapng");
    std::fs::write(&path, capture(Vec::new(), &talk.frames).unwrap()).unwrap();
    path
}

fn tapline(line: &str, last: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(line.split(' ').map(OsStr::new)).arg(last).env_remove("SSLKEYLOGFILE").output().unwrap()
}

fn lines(line: &str, path: &Path) -> String {
    String::from_utf8(tapline(line, path).stdout).unwrap()
}

fn records(lines: &str, kind: &str) -> Vec<Value> {
    let records = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.filter(|record| record["type"] == kind).collect()
}

#[test]
fn no_secret_is_exported_unless_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = http1(folder.path());
    let redacted = lines("export --to ndjson", &path);
    let shown = lines("export --to ndjson --no-redact", &path);
    for secret in SECRETS {
        assert!(!redacted.contains(secret), "{secret} in {redacted}");
        assert!(shown.contains(secret), "{secret} is not in {shown}");
    }
    let exchange = &records(&redacted, "http_exchange")[0];
    assert_eq!(exchange["url"], "http://h.example/a?page=2&access_token=(redacted,12-octets)");
    assert_eq!(
        exchange["request"]["headers"],
        json!([
            ["Host", "h.example"],
            ["Authorization", "Bearer [redacted, 13 octets]"],
            ["Cookie", "id=[redacted, 13 octets]; theme=[redacted, 13 octets]"],
            ["X-API-Key", "[redacted, 10 octets]"],
            ["Referer", "https://(redacted,14-octets)@h.example/"],
            ["Accept", "*/*"],
        ])
    );
    assert_eq!(
        exchange["response"]["headers"],
        json!([
            ["Set-Cookie", "id=[redacted, 10 octets]; Path=/; HttpOnly"],
            ["Location", "/next?code=(redacted,11-octets)&state=1"],
            ["Content-Length", "0"],
        ])
    );
    assert_eq!(exchange["reason_phrase"], "See https://(redacted,15-octets)@h.example/");
    let findings = records(&redacted, "finding");
    let told = |finding: &Value| {
        finding["explanation"].as_str().unwrap().contains("access_token=(redacted,12-octets)")
    };
    assert!(findings.iter().any(told), "{findings:?}");
    let marks = redacted.matches("redacted,").count();
    assert_eq!(records(&redacted, "capture")[0]["redacted_values"], marks);
    assert_eq!(records(&shown, "capture")[0]["redacted_values"], Value::Null);
}

#[test]
fn no_other_form_tells_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = http1(folder.path());
    let forms = [
        ("--to har", 8),
        ("--to csv --types http_exchange", 8),
        ("--to csv --types http1_message", 8),
        ("--to csv --types finding", 1),
        ("--to mermaid --detail brief", 1),
        ("--to mermaid --detail usual", 2),
        ("--to mermaid --detail full", 2),
        ("--to html", 8),
    ];
    for (form, secrets) in forms {
        let redacted = lines(&format!("export {form}"), &path);
        let shown = lines(&format!("export {form} --no-redact"), &path);
        let told = |text: &str| SECRETS.iter().filter(|secret| text.contains(**secret)).count();
        assert_eq!(told(&redacted), 0, "{form}: {redacted}");
        assert_eq!(told(&shown), secrets, "{form}: {shown}");
        assert!(redacted.contains("12-octets"), "{form}: {redacted}");
    }
}

#[test]
fn what_has_no_secrets_is_the_same_with_and_without() {
    for fixture in ["http1/keep-alive", "http2/prior-knowledge", "link/slow-among-500"] {
        let path = root().join("fixtures").join(fixture).with_extension("pcapng");
        let redacted = lines("export --to ndjson", &path);
        let shown = lines("export --to ndjson --no-redact", &path);
        assert_eq!(redacted.replace("\"redacted_values\":0", "\"redacted_values\":null"), shown, "{fixture}");
    }
}

#[test]
fn filters_see_what_is_redacted() {
    let folder = tempfile::tempdir().unwrap();
    let path = http1(folder.path());
    let filter = |word: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
        command.args(["export", "--to", "ndjson", "--types", "http_exchange", "-Y"]);
        command.arg(format!("http.request.full_uri contains \"{word}\"")).arg(&path);
        command.output().unwrap().stdout.len()
    };
    assert!(filter("s3cret-query") > 0 && filter("another") == 0);
}

#[test]
fn whoever_writes_packets_hears_whose_secrets_are_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.pcapng");
    let said = |capture: &str, keys: &str| {
        let line = format!("export --to pcapng{keys} -o {}", out.display());
        let output = tapline(&line, &root().join("fixtures").join(capture));
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let keys = root().join("fixtures/tls/tls12-resumed.keys");
    let said_of_keys = said("tls/tls12-resumed.pcapng", &format!(" --keylog {}", keys.display()));
    assert_eq!(
        said_of_keys,
        "tapline: the secrets of 2 TLS sessions are in it: whoever has the file can read them\n"
    );
    assert_eq!(said("http1/keep-alive.pcapng", ""), "");
}
