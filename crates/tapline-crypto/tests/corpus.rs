//! Key logs and keys that other programs wrote.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use tapline_crypto::{KeyError, KeyLog, RsaKey};

fn file(folder: &str, name: &str) -> Option<Vec<u8>> {
    let path: PathBuf = tapline_testkit::corpus(folder)?.join(name);
    Some(std::fs::read(path).unwrap())
}

#[test]
fn key_logs_of_other_programs_are_read_to_the_last_line() {
    let check = |folder: &str, name: &str, randoms: usize, secrets: usize| {
        let Some(text) = file(folder, name) else { return };
        let mut log = KeyLog::default();
        let reading = log.read(&text);
        assert_eq!((log.randoms(), reading.secrets), (randoms, secrets), "{name}");
        assert!(reading.bad_lines.is_empty() && reading.left_out == 0, "{name}: {reading:?}");
    };
    let wireshark = "wireshark+wireshark/test/keys";
    check(wireshark, "dhe1_keylog.dat", 1, 1);
    check(wireshark, "http2-data-reassembly.keys", 1, 1);
    check(wireshark, "tls12-dsb-1.keys", 1, 1);
    check(wireshark, "tls12-dsb-2.keys", 1, 1);
    check(wireshark, "tls13-rfc8446-noearly.keys", 2, 8);
    check(wireshark, "tls13-rfc8446.keys", 2, 9);
    check("Lekensteyn+wireshark-notes/tls/all", "premaster.txt", 78, 78);
}

#[test]
fn a_pkcs12_file_of_another_program_is_read() {
    let Some(archive) = file("wireshark+wireshark/test/keys", "key.p12") else { return };
    // The password that Wireshark's tests have for it.
    assert_eq!(RsaKey::read(&archive, Some("WebAS")).unwrap().len(), 1);
    assert_eq!(RsaKey::read(&archive, Some("webas")).unwrap_err(), KeyError::WrongPassword);
    assert_eq!(RsaKey::read(&archive, None).unwrap_err(), KeyError::PasswordNeeded);
}
