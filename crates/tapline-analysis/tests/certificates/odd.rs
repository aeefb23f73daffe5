//! Chains that are broken, or made to cost time.

use std::time::Instant;

use tapline_analysis::certificate::{Judge, Trust, TrustError};

use super::authority::{Authority, WWW, leaf};
use super::{faults, judge, question, trust};

#[test]
fn garbage_is_unreadable_and_keeps_its_length_and_hash() {
    let root = Authority::root("Root");
    let verdict = judge(&[root.der()], &[b"garbage", root.der()], Some(WWW));
    assert_eq!((verdict.verdict.code(), faults(&verdict)), ("unreadable", vec!["unreadable"]));
    assert!(verdict.faults[0].detail.starts_with("the server's certificate of 7 octets cannot be read"));
    let chain = Judge::new(None).chain([&b"garbage"[..]]);
    let leaf = chain.leaf().unwrap();
    assert!(leaf.contents.is_err());
    // printf garbage | sha256sum
    assert_eq!((leaf.length_bytes, leaf.sha256[..4].to_vec()), (7, sha256(b"garbage")[..4].to_vec()));
    let verdict = judge(&[root.der()], &[], Some(WWW));
    assert_eq!(verdict.verdict.code(), "not_seen");
}

fn sha256(octets: &[u8]) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::digest(octets).to_vec()
}

#[test]
fn garbage_behind_or_between_hides_nothing() {
    let root = Authority::root("Root");
    let middle = root.authority("Middle");
    let own = middle.sign(&leaf());
    let verdict = judge(&[root.der()], &[&own, b"garbage", middle.der()], Some(WWW));
    assert_eq!(verdict.verdict.code(), "trusted");
    let longer = [&own[..], &[0]].concat();
    let verdict = judge(&[root.der()], &[&longer, middle.der()], Some(WWW));
    assert_eq!(verdict.verdict.code(), "unreadable");
    assert!(verdict.faults[0].detail.contains("1 octets are left over"));
}

/// Whatever octet is wrong, it is never trusted: every one is signed, or is the signature.
#[test]
fn no_flipped_octet_panics_or_is_trusted() {
    let root = Authority::root("Root");
    let middle = root.authority("Middle");
    let own = middle.sign(&leaf());
    let mut judge = Judge::new(Some(trust(&[root.der()])));
    let places =
        |octets: &[u8]| (0..octets.len()).flat_map(|place| [0x01, 0x80, 0xff].map(|bits| (place, bits)));
    for (place, bits) in places(&own) {
        let mut flipped = own.clone();
        flipped[place] ^= bits;
        let chain = judge.chain([&flipped[..], middle.der()]);
        let verdict = judge.verdict(&chain, &question(Some(WWW)));
        assert_ne!(verdict.verdict.code(), "trusted", "octet {place} of the server's certificate");
    }
    for (place, bits) in places(middle.der()) {
        let mut flipped = middle.der().to_vec();
        flipped[place] ^= bits;
        let chain = judge.chain([&own[..], &flipped]);
        let verdict = judge.verdict(&chain, &question(Some(WWW)));
        assert_ne!(verdict.verdict.code(), "trusted", "octet {place} of the one that signed it");
        Trust::new().add(&flipped);
    }
}

#[test]
fn every_prefix_is_read() {
    let own = Authority::root("Root").sign(&leaf());
    for length in 0..own.len() {
        let chain = Judge::new(None).chain([&own[..length]]);
        assert!(chain.leaf().unwrap().contents.is_err());
    }
}

/// Two names that sign each other: thirty certificates have more ways up than there is time.
#[test]
fn issuers_without_end_are_not_followed_without_end() {
    let (one, other) = (Authority::root("One"), Authority::root("Other"));
    let own = one.sign(&leaf());
    let mut chain = vec![own];
    for day in 1..=15 {
        chain.push(one.cross_sign(&other, (2020, 1, day), (2040, 1, 1)));
        chain.push(other.cross_sign(&one, (2020, 1, day), (2040, 1, 1)));
    }
    let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    let root = Authority::root("Root");
    let begun = Instant::now();
    let verdict = judge(&[root.der()], &chain, Some(WWW));
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    assert_eq!((verdict.verdict.code(), verdict.notes[0].kind.code()), ("not_judged", "too_much"));
    let more: Vec<&[u8]> = std::iter::repeat_n(&chain[0], 40).copied().collect();
    let read = Judge::new(None).chain(more.iter().copied());
    assert_eq!((read.certificates().len(), read.left_out()), (32, 8));
}

#[test]
fn roots_are_read_from_pem_and_der() {
    let (one, other) = (Authority::root("One"), Authority::root("Other"));
    let pem = |der: &[u8]| {
        let body = base64(der);
        format!("a comment\n-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    };
    let check = |octets: &[u8], expected: Result<usize, TrustError>| {
        let mut trust = Trust::new();
        assert_eq!(trust.add_file(octets).map(|()| trust.len()), expected);
    };
    check(one.der(), Ok(1));
    check(format!("{}{}", pem(one.der()), pem(other.der())).as_bytes(), Ok(2));
    check(format!("{}{}", pem(one.der()), pem(one.der())).as_bytes(), Ok(1));
    check(format!("{}{}", pem(b"garbage"), pem(one.der())).as_bytes(), Ok(1));
    check(pem(b"garbage").as_bytes(), Err(TrustError::NoRoot));
    check(b"0garbage", Err(TrustError::NoRoot));
    check(b"", Err(TrustError::NoCertificate));
    check(b"-----BEGIN CERTIFICATE-----\n???\n", Err(TrustError::NoCertificate));
}

fn base64(octets: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in octets.chunks(3) {
        let number = three.iter().fold(0_usize, |number, octet| number << 8 | usize::from(*octet))
            << (24 - 8 * three.len());
        for digit in 0..4 {
            let shown = digit <= three.len();
            out.push(if shown { char::from(alphabet[number >> (18 - 6 * digit) & 63]) } else { '=' });
        }
    }
    out
}
