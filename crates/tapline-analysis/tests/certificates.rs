//! Chains made for the test, judged at a fixed time.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "certificates/authority.rs"]
mod authority;
#[path = "certificates/contents.rs"]
mod contents;
#[path = "certificates/limits.rs"]
mod limits;
#[path = "certificates/odd.rs"]
mod odd;
#[path = "certificates/weak.rs"]
mod weak;

use std::sync::Arc;

use rcgen::{ExtendedKeyUsagePurpose, GeneralSubtree, KeyPair, NameConstraints};
use tapline_analysis::Timestamp;
use tapline_analysis::certificate::{ChainVerdict, Judge, OcspResponse, Question, Trust};

use authority::{Authority, WWW, dated, leaf};

/// 2026-06-15T12:00:00Z, at which every chain is judged.
const NOW: Timestamp = Timestamp(1_781_524_800_000_000_000);

fn trust(roots: &[&[u8]]) -> Arc<Trust> {
    let mut trust = Trust::new();
    for root in roots {
        assert!(trust.add(root));
    }
    Arc::new(trust)
}

fn question(name: Option<&str>) -> Question<'_> {
    Question { at: NOW, name, server: Some("192.0.2.1".parse().unwrap()), ocsp: None }
}

fn judge(roots: &[&[u8]], chain: &[&[u8]], name: Option<&str>) -> ChainVerdict {
    let mut judge = Judge::new(Some(trust(roots)));
    let chain = judge.chain(chain.iter().copied());
    let first = judge.verdict(&chain, &question(name));
    // What is remembered says the same.
    assert_eq!(judge.verdict(&chain, &question(name)), first);
    first
}

fn faults(verdict: &ChainVerdict) -> Vec<&'static str> {
    verdict.faults.iter().map(|fault| fault.kind.code()).collect()
}

/// The headline is the first of `expected`, or that it is trusted; a sentence of a fault or note has each part.
#[track_caller]
fn check(roots: &[&[u8]], chain: &[&[u8]], name: Option<&str>, expected: &[&str], parts: &[&str]) {
    let verdict = judge(roots, chain, name);
    assert_eq!(faults(&verdict), expected, "{verdict:#?}");
    assert_eq!(verdict.verdict.code(), expected.first().copied().unwrap_or("trusted"), "{verdict:#?}");
    check_sentences(&verdict, parts);
}

#[track_caller]
fn check_sentences(verdict: &ChainVerdict, parts: &[&str]) {
    let faults = verdict.faults.iter().map(|fault| &fault.detail);
    let sentences: Vec<_> = faults.chain(verdict.notes.iter().map(|note| &note.detail)).collect();
    for part in parts {
        assert!(sentences.iter().any(|sentence| sentence.contains(part)), "{part}: {verdict:#?}");
    }
}

#[test]
fn a_chain_that_holds_is_trusted_in_any_order() {
    let root = Authority::root("Root");
    let middle = root.authority("Middle");
    let low = middle.authority("Low");
    let own = low.sign(&leaf());
    let roots = [root.der()];
    for chain in [[&own[..], low.der(), middle.der()], [&own, middle.der(), low.der()]] {
        check(&roots, &chain, Some(WWW), &[], &[]);
        assert_eq!(judge(&roots, &chain, Some(WWW)).notes, []);
    }
    check(&roots, &[&own, low.der(), middle.der(), root.der()], Some(WWW), &[], &[]);
    let stranger = Authority::root("Stranger");
    check(&roots, &[&own, stranger.der(), low.der(), middle.der(), low.der()], Some(WWW), &[], &[]);
    // Whoever trusts one in the middle asks for nothing above it.
    check(&[middle.der()], &[&own, low.der(), middle.der()], Some(WWW), &[], &[]);
    check(&[middle.der()], &[&own, low.der()], Some(WWW), &[], &[]);
}

#[test]
fn an_issuer_that_is_missing_is_unknown() {
    let root = Authority::root("Root");
    let middle = root.authority("Middle");
    let own = middle.sign(&leaf());
    let missing = "CN=Middle, which signed CN=www.example.test, is no trusted root and was not sent";
    check(&[root.der()], &[&own], Some(WWW), &["unknown_issuer"], &[missing]);
    let other = Authority::root("Other");
    let missing = "CN=Root, which signed CN=Middle, is no trusted root and was not sent";
    check(&[other.der()], &[&own, middle.der()], Some(WWW), &["unknown_issuer"], &[missing]);
    let ends = "the chain ends in CN=Root, which signed itself and is no trusted root";
    check(&[other.der()], &[&own, middle.der(), root.der()], Some(WWW), &["unknown_issuer"], &[ends]);
    // Another key of the same name did not sign it.
    let namesake = Authority::root("Root");
    check(&[namesake.der()], &[&own, middle.der()], Some(WWW), &["unknown_issuer"], &[]);
    check(&[namesake.der(), root.der()], &[&own, middle.der()], Some(WWW), &[], &[]);
}

#[test]
fn dates_are_judged_on_the_whole_path() {
    let root = Authority::root("Root");
    let roots = [root.der()];
    let expired = root.sign(&dated(leaf(), (2025, 6, 1), (2026, 6, 14)));
    let sentence = "the server's certificate expired on 2026-06-14, 1 day before";
    check(&roots, &[&expired], Some(WWW), &["expired"], &[sentence]);
    let early = root.sign(&dated(leaf(), (2026, 6, 26), (2027, 6, 1)));
    let sentence = "the server's certificate is not valid before 2026-06-26, 10 days later";
    check(&roots, &[&early], Some(WWW), &["not_yet_valid"], &[sentence]);
    let middle = root.authority_dated("Middle", (2020, 1, 1), (2026, 1, 1));
    let own = middle.sign(&leaf());
    let sentence = "the certificate of CN=Middle expired on 2026-01-01, 165 days before";
    check(&roots, &[&own, middle.der()], Some(WWW), &["expired"], &[sentence]);
    // No time at all at which both were valid.
    let late = middle.sign(&dated(leaf(), (2026, 2, 1), (2027, 1, 1)));
    check(&roots, &[&late, middle.der()], Some(WWW), &["expired"], &[sentence]);
    // A root is trusted as long as somebody trusts it.
    let old = Authority::root_dated("Old", (2000, 1, 1), (2010, 1, 1));
    check(&[old.der()], &[&old.sign(&leaf()), old.der()], Some(WWW), &[], &[]);
}

#[test]
fn one_fault_does_not_hide_another() {
    let root = Authority::root("Root");
    let own = root.sign(&dated(leaf(), (2025, 6, 1), (2026, 6, 1)));
    let sentences = [
        "the server's certificate expired on 2026-06-01, 14 days before",
        "the client asked for mail.example.test, the certificate is valid for www.example.test, 192.0.2.7",
    ];
    check(&[root.der()], &[&own], Some("mail.example.test"), &["expired", "name_mismatch"], &sentences);
    let stranger = Authority::root("Stranger");
    let all = ["unknown_issuer", "expired", "name_mismatch"];
    check(&[stranger.der()], &[&own], Some("mail.example.test"), &all, &[]);
}

#[test]
fn a_better_way_up_is_taken() {
    let (old, new) = (Authority::root("Old"), Authority::root("New"));
    let middle = new.authority("Middle");
    let own = middle.sign(&leaf());
    // The same name and key, signed by the old root and expired with it.
    let crossed = old.cross_sign(&new, (2020, 1, 1), (2025, 1, 1));
    let chain = [&own[..], middle.der(), &crossed];
    check(&[old.der()], &chain, Some(WWW), &["expired"], &["CN=New expired on 2025-01-01"]);
    check(&[old.der(), new.der()], &chain, Some(WWW), &[], &[]);
    let fresh = old.cross_sign(&new, (2025, 1, 1), (2030, 1, 1));
    check(&[old.der()], &[&own, middle.der(), &crossed, &fresh], Some(WWW), &[], &[]);
}

#[test]
fn who_signed_itself_is_told_from_who_is_not_known() {
    let own = authority::self_signed(&leaf());
    let root = Authority::root("Root");
    let sentence = "CN=www.example.test signed itself and is no trusted root";
    check(&[root.der()], &[&own], Some(WWW), &["self_signed"], &[sentence]);
    // Somebody who trusts it trusts it, as a server's own certificate too.
    check(&[&own], &[&own], Some(WWW), &[], &[]);
    let expired = authority::self_signed(&dated(leaf(), (2024, 1, 1), (2025, 1, 1)));
    check(&[&expired], &[&expired], Some(WWW), &["expired"], &[]);
    let both = ["self_signed", "expired"];
    check(&[root.der()], &[&expired], Some(WWW), &both, &[]);
    check(&[root.der()], &[&own, root.der()], Some(WWW), &["self_signed"], &[]);
}

#[test]
fn names_are_judged() {
    let root = Authority::root("Root");
    let roots = [root.der()];
    let named = |names: &[&str]| root.sign(&authority::named(names));
    let wild = named(&["*.example.test"]);
    check(&roots, &[&wild], Some("WWW.Example.Test"), &[], &[]);
    check(&roots, &[&wild], Some("a.b.example.test"), &["name_mismatch"], &["*.example.test"]);
    check(&roots, &[&wild], Some("example.test"), &["name_mismatch"], &[]);
    let idn = named(&["xn--bcher-kva.example"]);
    check(&roots, &[&idn], Some("xn--bcher-kva.example"), &[], &[]);
    check(&roots, &[&idn], Some("bücher.example"), &["name_mismatch"], &[]);
    let address = named(&["192.0.2.1", "2001:db8::1"]);
    for name in [None, Some("192.0.2.1"), Some("2001:db8::1"), Some("2001:DB8:0::1")] {
        check(&roots, &[&address], name, &[], &[]);
    }
    check(&roots, &[&address], Some("192.0.2.2"), &["name_mismatch"], &["192.0.2.1, 2001:db8::1"]);
    let nameless = root.sign(&authority::named(&[]));
    check(
        &roots,
        &[&nameless],
        Some(WWW),
        &["name_mismatch"],
        &["CN=www.example.test has no subjectAltName"],
    );
    let numbered: Vec<String> = (0..600).map(|number| format!("{number}.test")).collect();
    let numbered = named(&numbered.iter().map(String::as_str).collect::<Vec<_>>());
    check(&roots, &[&numbered], Some("511.test"), &[], &[]);
    // What is not kept may be the name that was asked for: that is no fault.
    check(&roots, &[&numbered], Some("512.test"), &[], &["512.test is not among", "88 more are not read"]);
    let many = named(&["a.test", "b.test", "c.test", "d.test", "e.test"]);
    check(&roots, &[&many], Some(WWW), &["name_mismatch"], &["a.test, b.test, c.test and 2 more"]);
}

#[test]
fn without_a_name_it_is_said_and_no_fault() {
    let root = Authority::root("Root");
    let own = root.sign(&leaf());
    let verdict = judge(&[root.der()], &[&own], None);
    assert_eq!((verdict.verdict.code(), verdict.notes.len()), ("trusted", 1));
    assert_eq!(verdict.notes[0].kind.code(), "name_not_judged");
    check_sentences(&verdict, &["named no server (SNI), and 192.0.2.1 is not in the certificate"]);
}

#[test]
fn expiring_soon_stands_beside_trusted() {
    let root = Authority::root("Root");
    let notes = |until| {
        let own = root.sign(&dated(leaf(), (2026, 1, 1), until));
        let verdict = judge(&[root.der()], &[&own], Some(WWW));
        assert_eq!(verdict.verdict.code(), "trusted");
        verdict.notes
    };
    assert_eq!(notes((2026, 6, 30)), []);
    let [note] = &notes((2026, 6, 29))[..] else { panic!() };
    assert_eq!(note.kind.code(), "expiring_soon");
    assert_eq!(note.detail, "the server's certificate expires on 2026-06-29, 13 days later");
    let middle = root.authority_dated("Middle", (2020, 1, 1), (2026, 6, 16));
    let verdict = judge(&[root.der()], &[&middle.sign(&leaf()), middle.der()], Some(WWW));
    check_sentences(&verdict, &["the certificate of CN=Middle expires on 2026-06-16, less than a day later"]);
}

#[test]
fn rules_of_rfc_5280_are_kept() {
    let root = Authority::root("Root");
    let roots = [root.der()];
    let client = {
        let mut params = leaf();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        root.sign(&params)
    };
    check(&roots, &[&client], Some(WWW), &["not_permitted"], &["authentication of servers"]);
    let no_authority = Authority::signed(&root, leaf());
    let own = no_authority.sign(&authority::named(&[WWW]));
    let sentence = "a certificate that is no CA's signed another one";
    check(&roots, &[&own, no_authority.der()], Some(WWW), &["not_permitted"], &[sentence]);
    let short = root.authority_of_depth("Short", 0);
    let below = short.authority("Below");
    let sentence = "a CA signed more CAs than it may";
    check(
        &roots,
        &[&below.sign(&leaf()), below.der(), short.der()],
        Some(WWW),
        &["not_permitted"],
        &[sentence],
    );
    let bound = {
        let mut params = authority::authority("Bound");
        let permitted_subtrees = vec![GeneralSubtree::DnsName("other.test".to_owned())];
        params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: vec![] });
        Authority::signed(&root, params)
    };
    let sentence = "a CA signed for a name that it may not sign for";
    let own = bound.sign(&authority::named(&[WWW]));
    check(&roots, &[&own, bound.der()], Some(WWW), &["not_permitted"], &[sentence]);
}

#[test]
fn a_signature_that_is_none_is_told() {
    let root = Authority::root("Root");
    let mut own = root.sign(&leaf());
    *own.last_mut().unwrap() ^= 1;
    let sentence = "CN=www.example.test is not signed with the key of CN=Root";
    check(&[root.der()], &[&own], Some(WWW), &["bad_signature"], &[sentence]);
    let mut itself = authority::self_signed(&leaf());
    *itself.last_mut().unwrap() ^= 1;
    let verdict = judge(&[root.der()], &[&itself], Some(WWW));
    assert_ne!(verdict.verdict.code(), "self_signed");
}

#[test]
fn a_stapled_revocation_is_the_gravest() {
    let root = Authority::root("Root");
    let own = root.sign(&dated(leaf(), (2025, 1, 1), (2026, 1, 1)));
    let mut judge = Judge::new(Some(trust(&[root.der()])));
    let chain = judge.chain([&own[..]]);
    let revoked = tapline_analysis::certificate::CertStatus::Revoked { at: None, reason: Some(1) };
    let unread = OcspResponse::read(&[], None);
    for (is_for_leaf, expected) in [(true, "revoked"), (false, "expired")] {
        let ocsp = OcspResponse { cert_status: Some(revoked), is_for_leaf, ..unread };
        let verdict = judge.verdict(&chain, &Question { ocsp: Some(&ocsp), ..question(Some(WWW)) });
        assert_eq!(verdict.verdict.code(), expected);
    }
}

#[test]
fn without_roots_nothing_is_trusted_and_nobody_unknown() {
    let root = Authority::root("Root");
    let own = root.sign(&leaf());
    let expired = root.sign(&dated(leaf(), (2025, 1, 1), (2026, 1, 1)));
    for roots in [None, Some(trust(&[]))] {
        let mut judge = Judge::new(roots);
        let chain = judge.chain([&own[..], root.der()]);
        let verdict = judge.verdict(&chain, &question(Some(WWW)));
        assert_eq!((verdict.verdict.code(), faults(&verdict)), ("not_judged", vec![]));
        check_sentences(&verdict, &["there are no roots to judge by"]);
        let chain = judge.chain([&expired[..], root.der()]);
        let verdict = judge.verdict(&chain, &question(Some(WWW)));
        assert_eq!((verdict.verdict.code(), faults(&verdict)), ("expired", vec!["expired"]));
    }
}

#[test]
fn time_and_name_are_not_remembered_with_the_chain() {
    let root = Authority::root("Root");
    let own = root.sign(&dated(leaf(), (2026, 6, 1), (2026, 6, 20)));
    let mut judge = Judge::new(Some(trust(&[root.der()])));
    let chain = judge.chain([&own[..]]);
    let day_ns = 86_400_000_000_000;
    let mut at = |days: i64, name| {
        let at = Timestamp(NOW.0 + days * day_ns);
        judge.verdict(&chain, &Question { at, ..question(name) }).verdict.code()
    };
    assert_eq!(
        [at(-30, Some(WWW)), at(0, Some(WWW)), at(30, Some(WWW))],
        ["not_yet_valid", "trusted", "expired"]
    );
    assert_eq!([at(0, Some("x.test")), at(0, Some(WWW))], ["name_mismatch", "trusted"]);
}

#[test]
fn keys_of_every_kind_sign() {
    let kinds = [
        (&rcgen::PKCS_ECDSA_P256_SHA256, "EC P-256", "ecdsa-with-SHA256"),
        (&rcgen::PKCS_ECDSA_P384_SHA384, "EC P-384", "ecdsa-with-SHA384"),
        (&rcgen::PKCS_ECDSA_P521_SHA512, "EC P-521", "ecdsa-with-SHA512"),
        (&rcgen::PKCS_ED25519, "Ed25519", "Ed25519"),
        (&rcgen::PKCS_RSA_SHA256, "RSA 2048", "sha256WithRSAEncryption"),
        (&rcgen::PKCS_RSA_SHA384, "RSA 2048", "sha384WithRSAEncryption"),
        (&rcgen::PKCS_RSA_SHA512, "RSA 2048", "sha512WithRSAEncryption"),
    ];
    for (kind, key, signature) in kinds {
        let root = Authority::with_key("Root", KeyPair::generate_for(kind).unwrap());
        let own = root.sign(&leaf());
        check(&[root.der()], &[&own, root.der()], Some(WWW), &[], &[]);
        let chain = Judge::new(None).chain([&own[..], root.der()]);
        let [own, root] = chain.certificates() else { panic!() };
        assert_eq!(root.contents.as_ref().unwrap().key.to_string(), key);
        assert_eq!(own.contents.as_ref().unwrap().signature.name, signature);
    }
}
