//! Every suite in every version: what was sealed opens, and nothing else does.
#![expect(clippy::cast_possible_truncation, reason = "samples are short")]

use proptest::prelude::*;

use super::seal::{Sealer, label13};
use super::*;
use crate::limits::RESUME_KEY_STREAM_MAX;

const RANDOMS: Randoms = Randoms { client: [0xc1; 32], server: [0x5e; 32] };
const VERSIONS: [u16; 4] = [0x0300, 0x0301, 0x0302, 0x0303];

fn master() -> Master {
    Master::given(&(0..48).collect::<Vec<u8>>()).unwrap()
}

fn secret(suite: Suite) -> Vec<u8> {
    (7..).take(suite.prf.length()).collect()
}

/// A kind of connection: its version, suite and order of MAC and encryption.
#[derive(Clone, Copy, Debug)]
struct Case {
    version: u16,
    suite: Suite,
    encrypt_then_mac: bool,
}

impl Case {
    fn new(version: u16, number: u16) -> Self {
        Self { version, suite: Suite::of(number).unwrap(), encrypt_then_mac: false }
    }

    fn opener(self) -> Opener {
        if self.suite.is_tls13() {
            return Opener::tls13(self.version, self.suite, &secret(self.suite)).unwrap();
        }
        let (etm, side) = (self.encrypt_then_mac, Side::Client);
        Opener::tls12(self.version, self.suite, &master(), &RANDOMS, side, etm).unwrap()
    }

    fn sealer(self) -> Sealer {
        if self.suite.is_tls13() {
            return Sealer::tls13(self.suite, &secret(self.suite));
        }
        let mut sealer = Sealer::tls12(self.version, self.suite, &master(), &RANDOMS);
        sealer.encrypt_then_mac = self.encrypt_then_mac;
        sealer
    }

    /// The content type that the record's header shows.
    fn outer(self, content: u8) -> u8 {
        if self.suite.is_tls13() { 23 } else { content }
    }
}

/// One of every combination of cipher, MAC and version.
fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for number in 0..=u16::MAX {
        let Some(suite) = Suite::of(number) else { continue };
        let known = |case: &Case| {
            let other = case.suite;
            (other.cipher, other.mac, other.prf, other.is_tls13())
                == (suite.cipher, suite.mac, suite.prf, suite.is_tls13())
        };
        if cases.iter().any(known) {
            continue;
        }
        let new = |version| Case { version, suite, encrypt_then_mac: false };
        if suite.is_tls13() {
            cases.push(new(0x0304));
        } else if suite.mac.is_none() && !suite.is_null() {
            cases.push(new(0x0303));
        } else {
            cases.extend(VERSIONS.map(new));
            if matches!(suite.cipher.kind(), Kind::Block(_)) {
                let etm = |version| Case { version, suite, encrypt_then_mac: true };
                cases.extend([0x0301, 0x0302, 0x0303].map(etm));
            }
        }
    }
    cases
}

/// Cases whose records authenticate.
fn authenticated() -> impl Iterator<Item = Case> {
    cases().into_iter().filter(|case| case.suite.mac.is_some() || !case.suite.is_null())
}

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place * 31 % 251) as u8).collect()
}

/// Opens a record that must open.
fn opened(opener: &mut Opener, case: Case, content: u8, sealed: &[u8]) -> (Opened, Vec<u8>) {
    let mut out = b"left from before".to_vec();
    let opened = opener.open(case.outer(content), record_version(case), sealed, &mut out);
    (opened.unwrap_or_else(|refusal| panic!("{case:?}: {refusal}")), out)
}

fn record_version(case: Case) -> u16 {
    case.version.min(0x0303)
}

#[test]
fn there_is_a_case_of_every_kind() {
    let cases = cases();
    assert!(cases.len() > 100, "{}", cases.len());
    for number in
        [0x1301, 0x1302, 0x1303, 0x1304, 0x1305, 0x00c6, 0x00c7, 0x0004, 0x000a, 0x0007, 0xc0ad, 0xc08a]
    {
        let suite = Suite::of(number).unwrap();
        assert!(cases.iter().any(|case| case.suite.cipher == suite.cipher), "{suite:?}");
    }
}

#[test]
fn what_was_sealed_opens() {
    for case in cases() {
        let (mut opener, mut sealer) = (case.opener(), case.sealer());
        for (length, more) in [(0, 0), (1, 1), (15, 0), (16, 0), (100, 0), (1000, 3), (1 << 14, 0)] {
            // SSL 3.0 allows no more padding than a block needs.
            let more = if case.version == 0x0300 { 0 } else { more };
            let (content, plain) = (20 + (length % 4) as u8, text(length));
            let sealed = sealer.seal(content, &plain, more);
            let (opened, out) = opened(&mut opener, case, content, &sealed);
            assert_eq!(out, plain, "{case:?}");
            assert_eq!((opened.content, opened.skipped), (content, 0), "{case:?}");
            assert_eq!(
                opened.authenticated,
                case.suite.cipher != crate::suite::Cipher::Null || case.suite.mac.is_some()
            );
            if case.suite.is_tls13() {
                assert_eq!(opened.padding, more, "{case:?}");
            }
            if let Some(plain) = case.suite.plain_length(case.version, sealed.len()) {
                let likely = length..=length + opened.padding;
                assert!(likely.contains(&plain), "{case:?}: {plain} {likely:?}");
                let block = matches!(case.suite.cipher.kind(), crate::suite::Kind::Block(_));
                assert!(block || plain == length + opened.padding, "{case:?}");
            }
        }
        assert_eq!(opener.sequence(), 7);
    }
}

#[test]
fn no_changed_record_opens() {
    for case in authenticated() {
        let (mut opener, mut sealer) = (case.opener(), case.sealer());
        let plain = text(37);
        let sealed = sealer.seal(22, &plain, 0);
        let mut out = Vec::new();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1 << (place % 8);
            // The octets of SSL 3.0's padding mean nothing.
            let padding = case.version == 0x0300 && matches!(case.suite.cipher.kind(), Kind::Block(_));
            let refused = opener.clone().open(case.outer(22), record_version(case), &changed, &mut out);
            assert!(refused.is_err() || (padding && place + 32 > sealed.len()), "{case:?} {place}");
            assert!(out.is_empty() || refused.is_ok(), "{case:?}");
        }
        for length in 0..sealed.len() {
            let short = &sealed[..length];
            assert!(opener.open(case.outer(22), record_version(case), short, &mut out).is_err(), "{case:?}");
        }
        if !case.suite.is_tls13() {
            assert!(
                opener.open(23, record_version(case), &sealed, &mut out).is_err(),
                "{case:?}: other content"
            );
        }
        if case.version > 0x0300 {
            assert!(
                opener.open(case.outer(22), 0x0999, &sealed, &mut out).is_err(),
                "{case:?}: other version"
            );
        }
        assert_eq!(opener.sequence(), 0, "refusals change nothing");
        assert_eq!(opened(&mut opener, case, 22, &sealed).1, plain, "{case:?}");
    }
}

#[test]
fn a_record_after_others_opens_only_in_its_place() {
    for case in authenticated() {
        let (mut opener, mut sealer) = (case.opener(), case.sealer());
        let first = sealer.seal(22, &text(20), 0);
        let second = sealer.seal(23, &text(30), 0);
        let third = sealer.seal(23, &text(40), 0);
        let mut out = Vec::new();
        assert!(opener.open(23, record_version(case), &second, &mut out).is_err(), "{case:?}");
        opener.skip(&first, first.len());
        assert_eq!(opened(&mut opener, case, 23, &second).1, text(30), "{case:?}");
        assert!(
            opener.open(case.outer(23), record_version(case), &second, &mut out).is_err(),
            "{case:?}: twice"
        );
        // What a refusal left behind must not hinder the next one.
        assert_eq!(opened(&mut opener, case, 23, &third).1, text(40), "{case:?}");
    }
}

#[test]
fn after_a_gap_the_number_is_found() {
    for case in authenticated() {
        for lost_records in [1, 2, 7] {
            let (mut opener, mut sealer) = (case.opener(), case.sealer());
            sealer.offset = 0x1234_5678_9abc_def0;
            let first = sealer.seal(23, &text(10), 0);
            opened(&mut opener, case, 23, &first);
            let lost: u64 =
                (0..lost_records).map(|index| sealer.seal(23, &text(index * 50), 0).len() as u64 + 5).sum();
            let chained = case.version <= 0x0301 && matches!(case.suite.cipher.kind(), Kind::Block(_));
            let mut expected = lost_records as u64;
            let mut out = Vec::new();
            let mut sealed = sealer.seal(23, &text(60), 0);
            let mut found = opener.resume(lost, 23, record_version(case), &sealed, &mut out);
            if chained {
                assert_eq!(found, Err(Refusal::NoIv), "{case:?}");
                opener.skip(&sealed, sealed.len());
                sealed = sealer.seal(23, &text(60), 0);
                found = opener.open(23, record_version(case), &sealed, &mut out);
            }
            let found = found.unwrap_or_else(|refusal| panic!("{case:?}: {refusal}"));
            assert_eq!((found.skipped, &out), (expected, &text(60)), "{case:?}");
            expected += 2 + u64::from(chained);
            assert_eq!(opener.sequence(), expected, "{case:?}");
            let last = sealer.seal(21, &text(2), 0);
            assert_eq!(opened(&mut opener, case, 21, &last).1, text(2), "{case:?}: in order again");
        }
    }
}

#[test]
fn a_damaged_record_after_a_gap_leaves_it_open() {
    for case in authenticated() {
        let (mut opener, mut sealer) = (case.opener(), case.sealer());
        let lost = sealer.seal(23, &text(100), 0).len() as u64 + 5;
        let mut damaged = sealer.seal(23, &text(60), 0);
        damaged[20] ^= 1;
        let mut out = Vec::new();
        assert!(opener.resume(lost, 23, record_version(case), &damaged, &mut out).is_err(), "{case:?}");
        opener.skip(&damaged, damaged.len());
        let sealed = sealer.seal(23, &text(61), 0);
        let (found, out) = opened(&mut opener, case, 23, &sealed);
        assert_eq!((found.skipped, out), (1, text(61)), "{case:?}");
    }
}

#[test]
fn an_explicit_nonce_leads_across_any_gap() {
    let check = |number: u16, expected: Result<u64, Refusal>| {
        let case = Case::new(0x0303, number);
        let (mut opener, mut sealer) = (case.opener(), case.sealer());
        sealer.offset = 0x1234_5678_9abc_def0;
        opened(&mut opener, case, 23, &sealer.seal(23, &text(10), 0));
        // More than are tried one by one.
        sealer.sequence += 100_000;
        let sealed = sealer.seal(23, &text(60), 0);
        let found = opener.resume(100_000 * 50, 23, 0x0303, &sealed, &mut Vec::new());
        assert_eq!(found.map(|opened| opened.skipped), expected, "{case:?}");
    };
    check(0xc02f, Ok(100_000));
    check(0xc0ac, Ok(100_000));
    check(0xcca8, Err(Refusal::BadMac));
}

#[test]
fn padding_says_its_length_in_every_octet() {
    for case in cases().into_iter().filter(|case| matches!(case.suite.cipher.kind(), Kind::Block(_))) {
        // So that padding is of several octets, whatever the MAC.
        for length in 0..16 {
            let mut sealer = case.sealer();
            sealer.padding_change = 1;
            let sealed = sealer.seal(23, &text(length), 0);
            let opened = case.opener().open(23, record_version(case), &sealed, &mut Vec::new());
            let inside = length + if case.encrypt_then_mac { 0 } else { case.suite.mac.unwrap().length() };
            let Kind::Block(block) = case.suite.cipher.kind() else { continue };
            let alone = inside % block == block - 1;
            match opened {
                // The only octet of the padding is its length.
                _ if alone => {}
                Ok(_) => assert_eq!(case.version, 0x0300, "{case:?} {length}"),
                Err(refusal) => {
                    assert_eq!((refusal, case.version > 0x0300), (Refusal::BadPadding, true), "{case:?}");
                }
            }
        }
    }
}

#[test]
fn key_updates_are_followed() {
    for number in [0x1301, 0x1302, 0x1303, 0x1304, 0x1305, 0x00c6, 0x00c7] {
        let case = Case::new(0x0304, number);
        let next = label13(case.suite.prf, &secret(case.suite), "traffic upd", case.suite.prf.length());
        let (mut opener, mut old, mut new) = (case.opener(), case.sealer(), Sealer::tls13(case.suite, &next));
        opened(&mut opener, case, 22, &old.seal(22, &text(5), 0));
        let mut gap = opener.clone();
        opener.update();
        assert_eq!(opener.sequence(), 0);
        let first = new.seal(23, &text(50), 0);
        assert_eq!(opened(&mut opener, case, 23, &first).1, text(50), "{case:?}");
        // The same when the message itself was lost.
        let second = new.seal(23, &text(51), 0);
        let mut out = Vec::new();
        let found = gap.resume(100, 23, 0x0303, &second, &mut out).unwrap();
        assert_eq!((found.skipped, gap.sequence(), out), (2, 2, text(51)), "{case:?}");
        assert_eq!(opened(&mut gap, case, 23, &new.seal(23, &text(52), 0)).1, text(52), "{case:?}");
    }
}

#[test]
fn the_server_has_keys_of_its_own() {
    for case in authenticated().filter(|case| !case.suite.is_tls13()) {
        let sealed = case.sealer().seal(22, &text(40), 0);
        let mut server =
            Opener::tls12(case.version, case.suite, &master(), &RANDOMS, Side::Server, case.encrypt_then_mac)
                .unwrap();
        assert!(server.open(22, case.version, &sealed, &mut Vec::new()).is_err(), "{case:?}");
    }
}

#[test]
fn a_gap_in_vain_is_given_up() {
    let case = Case::new(0x0304, 0x1301);
    let mut opener = case.opener();
    let mut out = Vec::new();
    assert_eq!(opener.resume(1000, 23, 0x0303, &text(100), &mut out), Err(Refusal::BadMac));
    for _ in 1..RESUME_FAILURES_MAX {
        opener.skip(&[], 100);
        assert_eq!(opener.open(23, 0x0303, &text(100), &mut out), Err(Refusal::BadMac));
    }
    assert_eq!(opener.open(23, 0x0303, &text(100), &mut out), Err(Refusal::Lost));
    opener.update();
    assert_eq!(opener.open(23, 0x0303, &text(100), &mut out), Err(Refusal::BadMac));
}

#[test]
fn a_key_stream_is_not_followed_across_any_gap() {
    let case = Case::new(0x0303, 0x0005);
    let mut out = Vec::new();
    let far = case.opener().resume(RESUME_KEY_STREAM_MAX + 1, 23, 0x0303, &text(100), &mut out);
    assert_eq!(far, Err(Refusal::Lost));
}

#[test]
fn openers_are_made_only_of_what_fits() {
    let suite = |number| Suite::of(number).unwrap();
    let tls12 = |version, number| {
        Opener::tls12(version, suite(number), &master(), &RANDOMS, Side::Client, false).is_some()
    };
    assert!(tls12(0x0303, 0xc02f) && tls12(0x0300, 0x0005));
    assert!(!tls12(0x0302, 0xc02f), "AEAD came with TLS 1.2");
    assert!(!tls12(0x0304, 0xc02f) && !tls12(0x0303, 0x1301) && !tls12(0xfeff, 0x002f));
    let tls13 = |version, number, length| Opener::tls13(version, suite(number), &vec![1; length]).is_some();
    assert!(tls13(0x0304, 0x1301, 32) && tls13(0x0304, 0x1302, 48) && tls13(0x7f12, 0x1303, 32));
    assert!(!tls13(0x0304, 0x1301, 48) && !tls13(0x0304, 0x1302, 32) && !tls13(0x0304, 0x1301, 0));
    assert!(!tls13(0x0303, 0x1301, 32) && !tls13(0x7f11, 0x1301, 32) && !tls13(0x0304, 0xc02f, 32));
    let null = |version, number| Opener::null(version, suite(number)).is_some();
    assert!(null(0x0303, 0x003b) && null(0x0301, 0x0000) && !null(0x0303, 0x002f) && !null(0x0304, 0x003b));
}

#[test]
fn without_keys_the_mac_is_taken_away_unverified() {
    let check = |number: u16, mac: usize| {
        let mut opener = Opener::null(0x0303, Suite::of(number).unwrap()).unwrap();
        let mut out = Vec::new();
        let opened = opener.open(23, 0x0303, &text(100 + mac), &mut out).unwrap();
        assert_eq!((out, opened.authenticated, opener.sequence()), (text(100), false, 1), "{number:04x}");
        if mac > 0 {
            let refused = opener.open(23, 0x0303, &text(mac - 1), &mut Vec::new());
            assert_eq!(refused, Err(Refusal::TooShort), "{number:04x}");
        }
    };
    check(0x0000, 0);
    check(0x0001, 16);
    check(0x0002, 20);
    check(0x003b, 32);
    check(0x00b1, 48);
}

#[test]
fn zeros_alone_are_no_record() {
    let case = Case::new(0x0304, 0x1301);
    let sealed = case.sealer().seal(0, &[], 10);
    let refused = case.opener().open(23, 0x0303, &sealed, &mut Vec::new());
    assert_eq!(refused, Err(Refusal::NoContentType));
}

#[test]
fn the_first_protected_record_of_the_trace_opens() {
    // RFC 8448 §3: the client's Finished, sealed with its handshake traffic secret.
    let secret = crate::hash::octets("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21");
    let sealed = crate::hash::octets(
        "75ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38f80338ac98fc46deb384bd1caeacab6867d726c40546",
    );
    let mut opener = Opener::tls13(0x0304, Suite::of(0x1301).unwrap(), &secret).unwrap();
    let mut out = Vec::new();
    let opened = opener.open(23, 0x0303, &sealed, &mut out).unwrap();
    assert_eq!(opened.content, 22);
    let finished = "14000020a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61";
    assert_eq!(out, crate::hash::octets(finished));
}

#[test]
fn openers_go_from_thread_to_thread() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<Opener>();
    check::<crate::KeyLog>();
    check::<crate::RsaKey>();
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!("{:?}", Case::new(0x0304, 0x1301).opener());
    assert!(shown.contains("Aes128Gcm") && !shown.contains("secret") && !shown.contains("key"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_octets_harm(fragment in prop::collection::vec(any::<u8>(), 0..200), missing in 0_u64..5000) {
        for case in authenticated() {
            let mut out = Vec::new();
            let mut opener = case.opener();
            prop_assert!(opener.resume(missing, 23, 0x0303, &fragment, &mut out).is_err());
            opener.skip(&fragment, fragment.len());
            prop_assert!(out.is_empty());
        }
    }
}

proptest! {
    #[test]
    fn contents_come_back(plain in prop::collection::vec(any::<u8>(), 0..600), case in 0_usize..1000, more in 0_usize..3) {
        let cases = cases();
        let case = cases[case % cases.len()];
        let more = if case.version == 0x0300 { 0 } else { more };
        let sealed = case.sealer().seal(23, &plain, more);
        let (opened, out) = opened(&mut case.opener(), case, 23, &sealed);
        prop_assert_eq!(opened.content, 23);
        prop_assert_eq!(out, plain);
    }
}
