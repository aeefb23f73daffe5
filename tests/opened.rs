//! Laws of TLS that is opened: what is told does not hang on how octets were cut or when secrets came; nothing is told
//! twice, shifted or made up; and what came damaged costs little.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "turns.rs"]
mod turns;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Range;
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tapline_engine::analysis::decode::limits::{TLS_HELD_MAX, TLS_RESUME_TRIES_MAX};
use tapline_engine::analysis::decode::{Conversation, Direction, Keyring, Keys, Message, Sink, http1, tls};
use tapline_testkit::{Site, Speech, Wiretap, capture, corpus, fixtures, frames_of};
use turns::{Played, Turn, key_log};

/// One connection of a capture, with its secrets.
struct Sample {
    name: String,
    turns: Vec<Turn>,
    log: Vec<u8>,
}

impl Sample {
    fn octets(&self) -> usize {
        self.turns.iter().map(|turn| turn.octets.len()).sum()
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::new(Keys { log: key_log(&self.log), ..Keys::default() })
    }

    fn heard(&self) -> Heard {
        play(&self.turns, &self.keys())
    }
}

/// Captures of other projects, each with its key log.
const KEYED: [(&str, &str); 5] = [
    (
        "wireshark+wireshark/test/captures/tls13-rfc8446.pcap",
        "wireshark+wireshark/test/keys/tls13-rfc8446.keys",
    ),
    ("wireshark+wireshark/test/captures/tls12-dsb.pcapng", "wireshark+wireshark/test/keys/tls12-dsb-1.keys"),
    (
        "wireshark+wireshark/test/captures/http2-data-reassembly.pcap",
        "wireshark+wireshark/test/keys/http2-data-reassembly.keys",
    ),
    (
        "Lekensteyn+wireshark-notes/tls/http-no-content-length-ssl.pcapng",
        "derived-keys/Lekensteyn+wireshark-notes__tls__http-no-content-length-ssl.pcapng.keys",
    ),
    (
        "Lekensteyn+wireshark-notes/tls/http-chunked-ssl.pcapng",
        "derived-keys/Lekensteyn+wireshark-notes__tls__http-chunked-ssl.pcapng.keys",
    ),
];

fn samples() -> &'static [Sample] {
    static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let mut samples = Vec::new();
        let mut add = |name: String, played: Played| {
            for (n, turns) in played.connections.into_iter().enumerate() {
                samples.push(Sample { name: format!("{name}#{n}"), turns, log: played.log.clone() });
            }
        };
        for path in fixtures() {
            if path.parent().is_some_and(|folder| folder.ends_with("tls")) {
                add(path.file_stem().unwrap().to_string_lossy().into_owned(), Played::of(&path));
            }
        }
        if let Some(folder) = corpus("") {
            for (capture, log) in KEYED {
                add(capture.to_owned(), Played::with_log(&folder.join(capture), &folder.join(log)));
            }
        }
        assert!(samples.len() > 25, "{}", samples.len());
        samples
    })
}

/// A sample whose name begins so.
fn sample(name: &str) -> &'static Sample {
    samples().iter().find(|sample| sample.name.starts_with(name)).unwrap()
}

/// Everything that was said.
#[derive(Debug, Default, PartialEq)]
struct Heard {
    said: Vec<(Direction, Range<u64>, Message)>,
    bodies: BTreeMap<(usize, u32), Vec<u8>>,
}

impl Sink for Heard {
    fn message(&mut self, direction: Direction, span: Range<u64>, message: Message) {
        self.said.push((direction, span, message));
    }

    fn body(&mut self, direction: Direction, stream: u32, octets: &[u8]) {
        self.bodies.entry((direction.index(), stream)).or_default().extend_from_slice(octets);
    }
}

impl Heard {
    /// The ranges of application data records, opened or not, in the order of the stream.
    fn data(&self) -> Vec<(usize, u64, u64)> {
        let data = self.said.iter().filter_map(|(direction, span, message)| {
            let Message::Tls(message) = message else { return None };
            (message.body == tls::Body::ApplicationData).then_some((direction.index(), span.start, span.end))
        });
        let mut data: Vec<_> = data.collect();
        data.sort_unstable();
        data
    }

    /// What was said, whatever the order between directions and records in clear; without what is said of access,
    /// which tells when secrets came.
    fn set(&self) -> Vec<String> {
        let lasting = self.said.iter().filter(|(.., message)| !matches!(message, Message::Access(_)));
        let mut set: Vec<_> = lasting.map(|said| format!("{said:?}")).collect();
        set.sort_unstable();
        set
    }

    /// Where heads of HTTP/1 begin in a direction, from an offset on.
    fn heads(&self, direction: Direction, from: u64) -> Vec<u64> {
        let heads = self.said.iter().filter(|(of, span, message)| {
            let head =
                matches!(message, Message::Http1(http1::Message::Request(_) | http1::Message::Response(_)));
            head && *of == direction && span.start >= from
        });
        heads.map(|(_, span, _)| span.start).collect()
    }
}

/// A connection that is played; where a turn begins behind the end of the one before, the octets between are missing.
#[derive(Default)]
struct Player {
    conversation: Conversation,
    keyring: Keyring,
    heard: Heard,
    next: [u64; 2],
}

impl Player {
    fn new(keys: &Arc<Keys>) -> Self {
        Self { keyring: Keyring::new(Arc::clone(keys)), ..Self::default() }
    }

    fn turn(&mut self, direction: Direction, offset: u64, octets: &[u8]) {
        let Self { conversation, keyring, heard, next } = self;
        let next = &mut next[direction.index()];
        if offset > *next {
            conversation.gap(direction, *next, offset - *next, keyring, heard);
        }
        conversation.bytes(direction, offset, octets, keyring, heard);
        *next = offset + u64::try_from(octets.len()).unwrap();
        assert!(keyring.waiting_bytes() <= TLS_HELD_MAX);
    }

    fn all(&mut self, turns: &[Turn]) {
        for turn in turns {
            self.turn(turn.direction, turn.offset, &turn.octets);
        }
    }

    /// Secrets come.
    fn adopt(&mut self, log: &[u8]) {
        self.keyring.adopt(&key_log(log));
        self.conversation.try_again(&mut self.keyring, &mut self.heard);
    }

    fn give_up(&mut self) {
        self.conversation.give_up(&mut self.keyring, &mut self.heard);
    }

    /// The end; nothing may wait any more.
    fn over(mut self, clean: bool) -> Heard {
        for direction in [Direction::Forward, Direction::Reverse] {
            self.conversation.end(direction, clean, &mut self.keyring, &mut self.heard);
        }
        if self.conversation.is_waiting() {
            self.give_up();
        }
        assert!(!self.conversation.is_waiting());
        assert_eq!(self.keyring.waiting_bytes(), 0);
        self.heard
    }
}

fn play(turns: &[Turn], keys: &Arc<Keys>) -> Heard {
    let mut player = Player::new(keys);
    player.all(turns);
    player.over(true)
}

fn waits() -> Arc<Keys> {
    Arc::new(Keys { expects_more: true, ..Keys::default() })
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % below.max(1)
    }

    fn octet(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap()
    }
}

/// The same octets; turns are cut and stay in their order.
fn cut(turns: &[Turn], mut size: impl FnMut() -> usize) -> Vec<Turn> {
    let mut pieces = Vec::new();
    for turn in turns {
        let (mut rest, mut offset) = (turn.octets.as_slice(), turn.offset);
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(size().clamp(1, rest.len()));
            pieces.push(Turn { direction: turn.direction, offset, octets: piece.to_vec() });
            offset += u64::try_from(piece.len()).unwrap();
            rest = after;
        }
    }
    pieces
}

/// Turns of one direction that follow one another, in one piece.
fn joined(turns: &[Turn]) -> Vec<Turn> {
    let mut whole: Vec<Turn> = Vec::new();
    for turn in turns {
        match whole.last_mut() {
            Some(last) if last.direction == turn.direction && last.end() == turn.offset => {
                last.octets.extend_from_slice(&turn.octets);
            }
            _ => whole.push(turn.clone()),
        }
    }
    whole
}

#[test]
fn any_cut_gives_the_same() {
    let mut opened = 0;
    for sample in samples() {
        let heard = sample.heard();
        opened += heard.bodies.len();
        let check = |turns: &[Turn], how: &str| {
            let other = play(turns, &sample.keys());
            let differs = other.said.iter().zip(&heard.said).find(|(a, b)| a != b);
            assert!(other == heard, "{} {how}: {differs:#?}", sample.name);
        };
        check(&joined(&sample.turns), "whole");
        for size in [1, 2, 3, 7, 1448] {
            check(&cut(&joined(&sample.turns), || size), &format!("in pieces of {size}"));
        }
        for seed in 1..4 {
            let mut dice = Dice(seed << 40 | 0x9e37_79b9);
            check(&cut(&joined(&sample.turns), || 1 + dice.roll(400)), &format!("by dice {seed}"));
        }
    }
    assert!(opened > 20, "{opened}");
}

/// What is before octet `length` of a sample.
fn prefix(turns: &[Turn], length: usize) -> Vec<Turn> {
    let mut left = length;
    let mut before = Vec::new();
    for turn in turns {
        let taken = left.min(turn.octets.len());
        let octets = turn.octets[..taken].to_vec();
        before.push(Turn { octets, ..turn.clone() });
        left -= taken;
        if left == 0 {
            break;
        }
    }
    before
}

/// Nothing is lost with the end of a capture that stops anywhere: of the records that are whole, each is told.
#[test]
fn any_prefix_comes_out() {
    for sample in samples() {
        let all = play(&sample.turns, &Arc::default()).data();
        let step = (sample.octets() / 120).max(1);
        for length in (0..=sample.octets()).step_by(step) {
            let turns = prefix(&sample.turns, length);
            let mut seen = [0; 2];
            for turn in &turns {
                seen[turn.direction.index()] = turn.end();
            }
            let whole: Vec<_> = all.iter().filter(|(side, _, end)| *end <= seen[*side]).copied().collect();
            for keys in [waits(), Arc::default()] {
                let mut player = Player::new(&keys);
                player.all(&turns);
                assert_eq!(player.over(false).data(), whole, "{} of {length}", sample.name);
            }
            let mut player = Player::new(&sample.keys());
            player.all(&turns);
            player.over(false);
        }
    }
}

/// The same messages, whenever the secrets came.
#[test]
fn late_keys_open_the_same() {
    for sample in samples() {
        let heard = sample.heard();
        let step = (sample.turns.len() / 60).max(1);
        for after in (0..=sample.turns.len()).step_by(step) {
            let mut player = Player::new(&waits());
            player.all(&sample.turns[..after]);
            player.adopt(&sample.log);
            player.all(&sample.turns[after..]);
            let late = player.over(true);
            assert_eq!(late.set(), heard.set(), "{} after {after}", sample.name);
            assert!(late.bodies == heard.bodies, "{} after {after}", sample.name);
        }
    }
}

/// Nor does their order hang on when secrets came: who answered whom stays as it was.
#[test]
fn late_keys_tell_a_handshake_in_its_order() {
    let mut checked = 0;
    for sample in samples() {
        let order = |heard: &Heard| -> Vec<String> {
            let of_handshake = heard.said.iter().filter_map(|(direction, span, message)| {
                let Message::Tls(message) = message else { return None };
                let counts = matches!(message.body, tls::Body::Handshake(_) | tls::Body::ChangeCipherSpec);
                counts.then(|| format!("{direction:?} {span:?} {}", message.content))
            });
            of_handshake.collect()
        };
        let heard = sample.heard();
        for after in 0..=sample.turns.len().min(20) {
            let mut player = Player::new(&waits());
            player.all(&sample.turns[..after]);
            player.adopt(&sample.log);
            player.all(&sample.turns[after..]);
            assert_eq!(order(&player.over(true)), order(&heard), "{} after {after}", sample.name);
            checked += 1;
        }
    }
    assert!(checked > 200, "{checked}");
}

/// Turns without the octets of a range of a direction.
fn without(turns: &[Turn], direction: Direction, missing: &Range<u64>) -> Vec<Turn> {
    let mut left = Vec::new();
    for turn in turns {
        if turn.direction != direction {
            left.push(turn.clone());
            continue;
        }
        let place = |at: u64| usize::try_from(at.clamp(turn.offset, turn.end()) - turn.offset).unwrap();
        let (before, after) = (&turn.octets[..place(missing.start)], &turn.octets[place(missing.end)..]);
        for (offset, octets) in [(turn.offset, before), (turn.end() - after.len() as u64, after)] {
            if !octets.is_empty() && left.last() != Some(&Turn { direction, offset, octets: octets.to_vec() })
            {
                left.push(Turn { direction, offset, octets: octets.to_vec() });
            }
        }
        if turn.end() <= missing.start || turn.offset >= missing.end {
            let whole = left.pop().unwrap();
            left.push(Turn { octets: turn.octets.clone(), offset: turn.offset, ..whole });
        }
    }
    left
}

/// Whether `told` is `whole` without one stretch.
fn is_whole_but_for_one_stretch(told: &[u8], whole: &[u8]) -> bool {
    let same = told.iter().zip(whole).take_while(|(a, b)| a == b).count();
    let behind = told.iter().rev().zip(whole.iter().rev()).take_while(|(a, b)| a == b).count();
    told.len() <= whole.len() && same + behind >= told.len()
}

/// Loses a stretch of octets somewhere behind the first record that opened, so many times; how many heads stood behind
/// them.
fn lose(sample: &Sample, times: usize, dice: &mut Dice) -> usize {
    let whole = sample.heard();
    let mut later = 0;
    for _ in 0..times {
        let direction = [Direction::Forward, Direction::Reverse][dice.roll(2)];
        let inside = whole.said.iter().find(|(of, _, message)| {
            *of == direction && matches!(message, Message::Http1(_) | Message::Http2(_))
        });
        let end = sample.turns.iter().filter(|turn| turn.direction == direction).map(Turn::end).max();
        let (Some((_, first, _)), Some(end)) = (inside, end) else { continue };
        let start = first.end + dice.roll(usize::try_from(end - first.end).unwrap()) as u64;
        let most = [30, 300, 3000][dice.roll(3)];
        let missing = start..start + 1 + dice.roll(most) as u64;
        let heard = play(&without(&sample.turns, direction, &missing), &sample.keys());
        let case = format!("{} {direction:?} without {missing:?}", sample.name);
        for (stream, told) in &heard.bodies {
            let body = whole.bodies.get(stream).map(Vec::as_slice).unwrap_or_default();
            let right = is_whole_but_for_one_stretch(told, body);
            assert!(right, "{case}: {stream:?} has {} of {} octets", told.len(), body.len());
        }
        let behind = |heard: &Heard| -> Vec<_> {
            let data = heard.data().into_iter();
            data.filter(|(side, start, _)| *side == direction.index() && *start >= missing.end).collect()
        };
        assert_eq!(behind(&heard), behind(&whole), "{case}");
        let heads = whole.heads(direction, missing.end);
        assert_eq!(heard.heads(direction, missing.end), heads, "{case}");
        later += heads.len();
        let turns = with_decoy(&without(&sample.turns, direction, &missing), direction, &missing, &whole);
        let decoyed = play(&turns, &sample.keys());
        assert_eq!(decoyed.data(), heard.data(), "{case}, with a decoy");
        assert!(decoyed.bodies == heard.bodies, "{case}, with a decoy");
        // The secrets of one side first, so that its records wait behind those of the other.
        for side in ["SERVER_", "CLIENT_"] {
            let adopted = dice.roll(turns.len() + 1);
            let log = key_log(&lines(&sample.log, side));
            let mut player = Player::new(&Arc::new(Keys { log, expects_more: true, ..Keys::default() }));
            player.all(&turns[..adopted]);
            player.adopt(&sample.log);
            player.all(&turns[adopted..]);
            let late = player.over(true);
            assert_eq!(late.data(), heard.data(), "{case}, secrets after {adopted} turns, {side}first");
            let right = late.bodies == heard.bodies;
            assert!(right, "{case}, secrets after {adopted} turns, {side}first");
        }
    }
    later
}

/// What is left behind a gap of the record that it ends in begins like a record which runs over the next.
fn with_decoy(turns: &[Turn], direction: Direction, missing: &Range<u64>, whole: &Heard) -> Vec<Turn> {
    let mut turns = turns.to_vec();
    let cut = whole.data().into_iter().find(|(side, start, end)| {
        *side == direction.index() && *start < missing.end && missing.end + 5 <= *end
    });
    let behind = turns.iter_mut().find(|turn| turn.direction == direction && turn.offset >= missing.end);
    if let (Some((_, _, end)), Some(turn)) = (cut, behind)
        && turn.octets.len() >= 5
        && let Ok(length) = u16::try_from(end - missing.end)
    {
        turn.octets[..3].copy_from_slice(&[23, 3, 3]);
        turn.octets[3..5].copy_from_slice(&length.to_be_bytes());
    }
    turns
}

/// The lines of a key log that begin so.
fn lines(log: &[u8], begin: &str) -> Vec<u8> {
    log.split_inclusive(|octet| *octet == b'\n')
        .filter(|line| line.starts_with(begin.as_bytes()))
        .flatten()
        .copied()
        .collect()
}

#[test]
fn behind_any_gap_what_opens_is_right() {
    let mut dice = Dice(0x1234_5678_9abc_def1);
    let later: usize = samples().iter().map(|sample| lose(sample, 150, &mut dice)).sum();
    let least = if corpus("").is_some() { 20 } else { 10 };
    assert!(later > least, "{later}");
}

/// Closed octets behind a gap look like the header of a record by chance: of any type that is assigned, over a part of the
/// next record, over several, or over all that follows.
#[test]
fn what_only_looks_like_a_record_behind_a_gap_hides_none() {
    let mut checked = 0;
    for name in ["tls13#", "tls12-ecdhe#", "http2-over-tls#", "http2-over-tls12#"] {
        let sample = sample(name);
        let whole = sample.heard();
        let records = whole.data().into_iter().filter(|(side, ..)| *side == Direction::Reverse.index());
        let records: Vec<_> = records.collect();
        for (n, (_, start, end)) in
            records.iter().enumerate().skip(1).filter(|(_, (_, start, end))| end - start > 20)
        {
            let missing = *start..*end - 7;
            let heard = play(&without(&sample.turns, Direction::Reverse, &missing), &sample.keys());
            let last = records.last().map_or(*end, |(.., end)| *end);
            for length in [2, 9, last - end + 2, last - end + 1, 0x4000] {
                for content in 21..=24 {
                    let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
                    let mut turns = without(&sample.turns, Direction::Reverse, &missing);
                    overwrite(&mut turns, Direction::Reverse, missing.end, &[content, 3, 3, high, low]);
                    let case = format!("{name} record {n}, a decoy of type {content} and {length} octets");
                    let decoyed = play(&turns, &sample.keys());
                    assert_eq!(decoyed.data(), heard.data(), "{case}");
                    assert!(decoyed.bodies == heard.bodies, "{case}");
                    checked += usize::from(n + 1 < records.len());
                }
            }
        }
    }
    assert!(checked > 50, "{checked}");
}

/// Behind a gap one record is enough where it opens, but so many others may have looked like one before it: then two have to
/// follow each other, and the last of a stream waits for its end.
#[test]
fn places_that_only_look_like_records_are_tried_up_to_a_number() {
    let reverse = Direction::Reverse;
    let most = usize::from(TLS_RESUME_TRIES_MAX);
    let mut checked = 0;
    for sample in samples().iter().filter(|sample| !sample.log.is_empty()) {
        let records = sample.heard().data().into_iter().filter(|(side, ..)| *side == reverse.index());
        let records: Vec<_> = records.collect();
        let decoys = [23, 3, 3, 0, 2, 0, 0].repeat(most);
        for pair in records.windows(2).skip(1) {
            let [(_, start, end), last] = pair else { unreachable!() };
            if end - start < decoys.len() as u64 + 20 || last.1 != *end {
                continue;
            }
            let is_told = |decoys: &[u8]| {
                let missing = *start..end - decoys.len() as u64;
                let mut turns = without(&sample.turns, reverse, &missing);
                overwrite(&mut turns, reverse, missing.end, decoys);
                let mut player = Player::new(&sample.keys());
                for turn in turns {
                    let room = usize::try_from(last.2.saturating_sub(turn.offset)).unwrap();
                    let shown = if turn.direction == reverse {
                        turn.octets.len().min(room)
                    } else {
                        turn.octets.len()
                    };
                    if shown > 0 {
                        player.turn(turn.direction, turn.offset, &turn.octets[..shown]);
                    }
                }
                player.heard.data().contains(last)
            };
            assert!(is_told(&decoys[7..]) && !is_told(&decoys), "{} {pair:?}", sample.name);
            checked += 1;
        }
    }
    assert!(checked > 1, "{checked}");
}

/// Puts octets over those of a direction from an offset on.
fn overwrite(turns: &mut [Turn], direction: Direction, from: u64, octets: &[u8]) {
    for (at, octet) in (from..).zip(octets) {
        let of = turns.iter_mut().filter(|turn| turn.direction == direction);
        for turn in of.filter(|turn| (turn.offset..turn.end()).contains(&at)) {
            turn.octets[usize::try_from(at - turn.offset).unwrap()] = *octet;
        }
    }
}

/// Pages of many sizes one after the other, so that one gap hides records that differ.
#[test]
fn behind_any_gap_of_a_connection_kept_alive_what_opens_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path()).unwrap();
    let mut dice = Dice(0x0dd_b1a5_5eed);
    let pages: Vec<String> = (0..24).map(|n| format!("page{n}.bin")).collect();
    for (n, page) in pages.iter().enumerate() {
        let page_octets: Vec<u8> = (0..n * 37 + 5).map(|_| dice.octet()).collect();
        std::fs::write(site.path(page), page_octets).unwrap();
    }
    for ciphers in ["", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305"] {
        let (protocols, ciphers) =
            if ciphers.is_empty() { ("TLSv1.3", "DEFAULT") } else { ("TLSv1.2", ciphers) };
        let server = site.nginx(&Speech { protocols, ciphers, http2: false }).unwrap();
        let tap = Wiretap::before(server.port).unwrap();
        let log = site.path("log");
        let output = Command::new("curl")
            .args(["-sk", "--http1.1"])
            .args(pages.iter().flat_map(|_| ["-o", "/dev/null"]))
            .args(pages.iter().map(|page| format!("https://127.0.0.1:{}/{page}", tap.port())))
            .env("SSLKEYLOGFILE", &log)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let path = site.path("capture.pcapng");
        std::fs::write(&path, capture(Vec::new(), &frames_of(&tap.finish(), 1)).unwrap()).unwrap();
        let played = Played::with_log(&path, &log);
        let turns = played.connections.into_iter().next().unwrap();
        let sample = Sample { name: format!("{protocols} {ciphers}"), turns, log: played.log };
        assert_eq!(sample.heard().heads(Direction::Reverse, 0).len(), pages.len(), "{protocols} {ciphers}");
        let later = lose(&sample, 200, &mut dice);
        assert!(later > 1000, "{later}");
    }
}

/// A body in many records: what is missing in it is counted to the octet, so the requests behind it are found.
#[test]
fn behind_a_gap_in_a_body_of_many_records_requests_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path()).unwrap();
    let server = site.nginx(&Speech { protocols: "TLSv1.3", ciphers: "DEFAULT", http2: false }).unwrap();
    let tap = Wiretap::before(server.port).unwrap();
    let (mut dice, log) = (Dice(0x0b0d_1e55), site.path("log"));
    let mut child = Command::new("openssl")
        .args(["s_client", "-quiet", "-max_send_frag", "512", "-keylogfile"])
        .arg(&log)
        .args(["-connect", &format!("127.0.0.1:{}", tap.port())])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut requests = Vec::new();
    for n in 0..6 {
        let length = 6000 + 37 * n;
        requests.extend(format!("POST /{n} HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n").bytes());
        requests.extend((0..length).map(|_| dice.octet()));
    }
    requests.extend(b"GET /page.html HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&requests).unwrap();
    child.wait().unwrap();
    drop(stdin);
    let path = site.path("capture.pcapng");
    std::fs::write(&path, capture(Vec::new(), &frames_of(&tap.finish(), 1)).unwrap()).unwrap();
    let played = Played::with_log(&path, &log);
    let turns = played.connections.into_iter().next().unwrap();
    let sample = Sample { name: "many records".to_owned(), turns, log: played.log };
    let whole = sample.heard();
    assert_eq!(whole.heads(Direction::Forward, 0).len(), 7);
    let (mut inside, data) = (0, whole.data());
    let heads = whole.heads(Direction::Forward, 0);
    for head in heads.windows(2) {
        // Gaps of a few records of the body.
        for _ in 0..20 {
            let start = head[0] + 1500 + dice.roll(1000) as u64;
            let missing = start..start + 1 + dice.roll(2000) as u64;
            let heard = play(&without(&sample.turns, Direction::Forward, &missing), &sample.keys());
            let expected = &heads[..];
            assert_eq!(heard.heads(Direction::Forward, 0), expected, "without {missing:?}");
            inside +=
                data.iter().filter(|(_, start, end)| *start >= missing.start && *end <= missing.end).count();
        }
    }
    assert!(inside > 50, "{inside}");
}

/// What is done to the octets of a sample.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Flip,
    Remove,
    Insert,
    Repeat,
}

fn damage() -> impl Strategy<Value = (Damage, usize, usize)> {
    let kind =
        prop_oneof![Just(Damage::Flip), Just(Damage::Remove), Just(Damage::Insert), Just(Damage::Repeat)];
    (kind, any::<usize>(), 1_usize..400)
}

/// Damages one turn and moves those behind it.
fn damaged(turns: &[Turn], (kind, place, length): (Damage, usize, usize)) -> Vec<Turn> {
    let mut turns = turns.to_vec();
    let count = turns.len();
    let Some(turn) = turns.get_mut(place % count.max(1)) else { return turns };
    let at = (place / count) % turn.octets.len().max(1);
    let end = (at + length).min(turn.octets.len());
    let before = turn.octets.len();
    match kind {
        Damage::Flip => turn.octets.iter_mut().skip(at).take(1).for_each(|octet| *octet ^= 1 << (length % 8)),
        Damage::Remove => drop(turn.octets.drain(at..end)),
        Damage::Insert => drop(turn.octets.splice(at..at, std::iter::repeat_n(0x17, length))),
        Damage::Repeat => {
            let again = turn.octets[at..end].to_vec();
            turn.octets.splice(at..at, again);
        }
    }
    let (direction, grown) = (turn.direction, turn.octets.len());
    for later in turns[place % count + 1..].iter_mut().filter(|turn| turn.direction == direction) {
        later.offset = later.offset + grown as u64 - before as u64;
    }
    turns
}

fn wrong(log: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(log);
    let line = |line: &str| {
        let (rest, secret) = line.rsplit_once(' ').unwrap_or((line, ""));
        let secret: String = secret.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
        format!("{rest} {secret}\n")
    };
    text.lines().filter(|line| !line.starts_with('#')).map(line).collect::<String>().into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_damage_is_told_once(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec(damage(), 1..4),
        how in 0_usize..5,
        adopted in any::<prop::sample::Index>(),
        given_up in any::<prop::sample::Index>(),
    ) {
        let sample = &samples()[which.index(samples().len())];
        let turns = damages.into_iter().fold(sample.turns.clone(), |turns, damage| damaged(&turns, damage));
        let (adopted, given_up) = (adopted.index(turns.len() + 1), given_up.index(turns.len() + 1));
        let keys = match how {
            0 => sample.keys(),
            1 => Arc::default(),
            2 => Arc::new(Keys { log: key_log(&wrong(&sample.log)), ..Keys::default() }),
            _ => waits(),
        };
        let began = Instant::now();
        let mut player = Player::new(&keys);
        for n in 0..=turns.len() {
            if how > 2 && n == adopted {
                player.adopt(&sample.log);
            }
            if how > 3 && n == given_up {
                player.give_up();
            }
            player.all(turns.get(n..n + 1).unwrap_or_default());
        }
        let data = player.over(false).data();
        prop_assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        // A record that was seen stands beside the others, not on them.
        for pair in data.windows(2) {
            prop_assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "{} {pair:?}", sample.name);
        }
    }

    /// Where frames stay whole, each is told, whatever their content has become and whenever secrets come.
    #[test]
    fn damaged_data_is_counted_as_it_is(
        which in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6),
        how in 0_usize..4,
        adopted in any::<prop::sample::Index>(),
    ) {
        let sample = &samples()[which.index(samples().len())];
        let whole = sample.heard().data();
        prop_assume!(!whole.is_empty());
        let mut turns = joined(&sample.turns);
        for (record, octet) in flips {
            let (side, start, end) = whole[record.index(whole.len())];
            prop_assume!(end > start + 5);
            let place = start + 5 + octet.index(usize::try_from(end - start - 5).unwrap()) as u64;
            let turn = turns.iter_mut().find(|turn| turn.direction.index() == side && turn.end() > place && turn.offset <= place);
            let Some(turn) = turn else { continue };
            let place = usize::try_from(place - turn.offset).unwrap();
            turn.octets[place] ^= 0x10;
        }
        let adopted = adopted.index(turns.len() + 1);
        let late = how > 1;
        let mut player = Player::new(&if late { waits() } else { sample.keys() });
        for n in 0..=turns.len() {
            if late && n == adopted {
                player.adopt(&sample.log);
            }
            player.all(turns.get(n..n + 1).unwrap_or_default());
        }
        let data = player.over(false).data();
        // A refused record of TLS 1.3 may hide anything, a ticket or an alert among it, so there may be more.
        for record in &whole {
            let times = data.iter().filter(|told| *told == record).count();
            prop_assert_eq!(times, 1, "{} {:?}", sample.name, record);
        }
    }
}

/// Records with plausible headers and nothing in them that opens, behind a gap, on a small stack: the work is bounded by
/// a number of records, not by a number of records times what may be tried.
#[test]
fn records_that_never_open_cost_little() {
    // In debug on two cores: 0.1 s for 10,000 small ones, 0.8 s for 2,000 large ones.
    let limit = |records: u32| Duration::from_millis(4) * records;
    let check = |name: &'static str, count: usize, size: usize| {
        let run = move || {
            let sample = sample(name);
            let mut player = Player::new(&sample.keys());
            player.all(&sample.turns);
            let mut dice = Dice(0x5eed_5eed_5eed_5eed);
            let mut offset = player.next[1] + 1_000_000;
            let began = Instant::now();
            let mut told = 0;
            for _ in 0..count {
                let mut octets = vec![23, 3, 3];
                octets.extend(u16::try_from(size).unwrap().to_be_bytes());
                octets.extend((0..size).map(|_| dice.octet()));
                player.turn(Direction::Reverse, offset, &octets);
                offset += octets.len() as u64;
                told += 1;
            }
            let heard = player.over(false);
            let took = began.elapsed();
            println!("{name}: {count} records of {size} octets in {took:?}");
            let data = heard.data().iter().filter(|(_, start, _)| *start >= 1_000_000).count();
            // Those that search steps over as candidates are not known to be records.
            assert!(data + 40 >= told, "{name}: {data} of {told}");
            assert!(took < limit(u32::try_from(count).unwrap()), "{name}: {count} of {size} took {took:?}");
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    };
    for name in ["tls13#", "tls12-cbc#", "tls13-chacha20#"] {
        check(name, 10_000, 24);
    }
    check("tls13#", 2_000, 16 << 10);
    check("tls12-cbc#", 2_000, 16 << 10);
}
