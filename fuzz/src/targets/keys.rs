//! Keys, secrets, and who they belong to.

use arbitrary::{Arbitrary, Unstructured};
use tapline_analysis::Timestamp;
use tapline_analysis::certificate::{Certificate, Judge, OcspResponse, Question};
use tapline_decode::crypto::{KeyLog, Master, Opener, Randoms, RsaKey, Side, Suite};

/// Secrets and records that have nothing to do with each other.
#[derive(Debug, Arbitrary)]
struct Case<'a> {
    suite: u16,
    version: u8,
    secret: &'a [u8],
    randoms: [[u8; 32]; 2],
    encrypt_then_mac: bool,
    records: Vec<(u8, u16, &'a [u8])>,
}

/// Any secret for any suite and version, and records that it does not open.
pub(crate) fn key_schedule(octets: &[u8]) {
    let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(octets)) else { return };
    let Some(suite) = Suite::of(case.suite) else { return };
    let version = 0x0300 + u16::from(case.version % 6);
    let [client, server] = case.randoms;
    let randoms = Randoms { client, server };
    let master = Master::derive(version, suite, case.secret, &randoms);
    let openers = [
        Opener::tls13(version, suite, case.secret),
        Opener::tls12(version, suite, &master, &randoms, Side::Client, case.encrypt_then_mac),
        Opener::null(version, suite),
    ];
    for mut opener in openers.into_iter().flatten() {
        for (content, missing, record) in &case.records {
            let mut out = Vec::new();
            let opened = opener.resume(u64::from(*missing), *content, version, record, &mut out);
            assert!(out.len() <= record.len(), "a record does not grow when it is opened");
            if opened.is_err() {
                assert!(out.is_empty(), "what does not open tells nothing");
                opener.skip(record, record.len());
            }
        }
        opener.update();
    }
}

/// A key log, and private keys in any of their forms. A log that is read line by line says the same.
pub(crate) fn key_log(octets: &[u8]) {
    let mut whole = KeyLog::default();
    whole.read(octets);
    let mut by_line = KeyLog::default();
    for line in octets.split_inclusive(|octet| *octet == b'\n') {
        by_line.read(line);
    }
    assert_eq!(whole.randoms(), by_line.randoms());
    let _ = RsaKey::read(octets, None);
    let _ = RsaKey::read(octets, Some("password"));
}

/// A chain of certificates, each with its length before it, and a stapled response.
pub(crate) fn certificate(octets: &[u8]) {
    let _ = Certificate::read(octets);
    let response = OcspResponse::read(octets, None);
    let (mut list, mut rest) = (Vec::new(), octets);
    while let Some(([high, low], more)) = rest.split_first_chunk() {
        let (certificate, more) =
            more.split_at(usize::from(u16::from_be_bytes([*high, *low])).min(more.len()));
        list.push(certificate);
        rest = more;
    }
    for list in [list, vec![octets]] {
        let mut judge = Judge::new(None);
        let chain = judge.chain(list.iter().copied());
        let question = Question {
            at: Timestamp(1_700_000_000_000_000_000),
            name: Some("www.example.test"),
            server: None,
            ocsp: Some(&response),
        };
        let _ = judge.verdict(&chain, &question);
    }
}
