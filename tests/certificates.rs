//! Certificates of real handshakes, from the command line to the verdict.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tapline_testkit::root;

fn fixture(name: &str) -> PathBuf {
    root().join("fixtures/tls").join(name)
}

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command
        .args(arguments)
        .env_remove("SSLKEYLOGFILE")
        .env_remove("SSL_CERT_DIR")
        .envs(environment.iter().copied());
    command.output().unwrap()
}

/// The `tls_session` records of a fixture, opened with its keys where `keys` says so.
fn sessions(name: &str, keys: bool, trust: Option<&Path>) -> Vec<Value> {
    let capture = fixture(&format!("{name}.pcapng")).display().to_string();
    let key_log = fixture(&format!("{name}.keys")).display().to_string();
    let mut arguments = vec!["export", "--to", "ndjson", "--types", "tls_session", &*capture];
    if keys {
        arguments.extend(["--keylog", &*key_log]);
    }
    let trust = trust.map(|path| path.display().to_string());
    if let Some(trust) = &trust {
        arguments.extend(["--trust", &**trust]);
    }
    let output = run(&arguments, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn first(name: &str, keys: bool, trust: Option<&Path>) -> Value {
    sessions(name, keys, trust).remove(0)
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// The octets of a certificate that lies in one packet of a capture, known by its length and its SHA-256.
fn der(name: &str, certificate: &Value) -> Vec<u8> {
    let octets = std::fs::read(fixture(&format!("{name}.pcapng"))).unwrap();
    let length = usize::try_from(certificate["length_bytes"].as_u64().unwrap()).unwrap();
    let sha256 = certificate["sha256"].as_str().unwrap();
    let begins = |octets: &&[u8]| octets.starts_with(&[0x30, 0x82]);
    let is_it = |octets: &&[u8]| {
        let pairs = Sha256::digest(octets).into_iter().zip(sha256.as_bytes().chunks(2));
        pairs.into_iter().all(|(octet, digits)| format!("{octet:02x}").as_bytes() == digits)
    };
    octets.windows(length).filter(begins).find(is_it).unwrap().to_vec()
}

/// The fixtures' authority, out of a chain that was sent in clear.
fn authority(folder: &Path) -> PathBuf {
    let session = first("tls12-rsa", false, None);
    let certificates = session["certificates"].as_array().unwrap();
    let path = folder.join("authority.der");
    std::fs::write(&path, der("tls12-rsa", &certificates[1])).unwrap();
    path
}

#[test]
fn a_chain_of_tls_1_2_is_seen_in_clear() {
    let session = first("tls12-ecdhe", false, None);
    let own = &session["certificates"][0];
    assert_eq!(own["subject"], "CN=www.example.test");
    assert_eq!(own["names"][0], serde_json::json!({"kind": "dns", "value": "www.example.test"}));
    assert_eq!(own["key"], serde_json::json!({"kind": "RSA", "bits": 2048, "curve": null}));
    assert_eq!(
        (&session["chain"], codes(&session["chain_faults"])),
        (&"unknown_issuer".into(), vec!["unknown_issuer"])
    );
    assert!(!der("tls12-ecdhe", own).is_empty());
}

#[test]
fn a_chain_of_tls_1_3_needs_the_keys() {
    let closed = first("tls13", false, None);
    assert_eq!((&closed["certificates"], &closed["chain"]), (&Value::Null, &"not_seen".into()));
    assert_eq!(codes(&closed["chain_notes"]), ["encrypted"]);
    assert_eq!(closed["chain_notes"][0]["detail"], "encrypted in TLS 1.3: needs the keys");
    let opened = first("tls13", true, None);
    assert_eq!(opened["certificates"].as_array().unwrap().len(), 2);
    assert_eq!(opened["chain"], "unknown_issuer");
}

#[test]
fn who_is_trusted_is_the_users_choice() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority(folder.path());
    for (name, keys) in [("tls12-ecdhe", false), ("tls12-rsa", false), ("tls13", true), ("ipv6", true)] {
        let session = first(name, keys, Some(&authority));
        assert_eq!(
            (&session["chain"], codes(&session["chain_faults"])),
            (&"trusted".into(), vec![]),
            "{name}"
        );
    }
}

#[test]
fn a_resumed_session_sends_none() {
    for (name, keys) in [("tls12-resumed", false), ("tls12-resumed-id", false), ("tls13-resumed", true)] {
        let sessions = sessions(name, keys, None);
        assert_eq!(codes(&sessions[1]["chain_notes"]), ["resumed"], "{name}");
        assert_eq!(sessions[1]["chain"], "not_seen");
        assert_eq!(sessions[0]["chain"], "unknown_issuer");
    }
}

#[test]
fn a_clients_certificates_are_told_apart() {
    for (name, keys) in [("client-certificate", false), ("tls13-client-certificate", true)] {
        let session = first(name, keys, None);
        let client = session["client_certificates"].as_array().unwrap();
        assert_eq!(client.len(), 2, "{name}");
        assert_ne!(client[0]["sha256"], session["certificates"][0]["sha256"]);
    }
}

#[test]
fn roots_that_are_no_use_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roots.pem");
    let arguments = || ["report".to_owned(), "--trust".to_owned(), path.display().to_string()];
    let check = |part: &str| {
        let capture = fixture("tls12-ecdhe.pcapng").display().to_string();
        let arguments = arguments();
        let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        arguments.push(&capture);
        let output = run(&arguments, &[]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(error.contains("roots.pem") && error.contains(part) && error.lines().count() == 1, "{error}");
    };
    check("cannot read");
    std::fs::write(&path, "nothing").unwrap();
    check("give a file in PEM");
}

#[test]
fn the_report_says_whose_roots_were_used() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = folder.path().join("nothing.pem");
    std::fs::write(&nothing, "").unwrap();
    let capture = fixture("tls12-ecdhe.pcapng").display().to_string();
    let report = |arguments: &[&str], environment: &[(&str, &str)]| {
        let output = run(&[&["report", &*capture][..], arguments].concat(), environment);
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let none = nothing.display().to_string();
    let text = report(&[], &[("SSL_CERT_FILE", &none)]);
    assert!(text.contains("judged by Mozilla's roots (the system has none)"), "{text}");
    let authority = authority(folder.path()).display().to_string();
    let text = report(&["--trust", &authority], &[]);
    assert!(text.contains("judged by the roots of --trust") && text.contains("trusted"), "{text}");
}
