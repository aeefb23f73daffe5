//! Packets of some connections as a pcapng file that opens by itself: with the TLS secrets that they need, and with what was
//! found as comments on the packets that prove it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};
use std::net::IpAddr;
use std::ops::ControlFlow;

use tapline_engine::analysis::decode::crypto::KeyLog;
use tapline_engine::analysis::{Event, Finding, Interests, Options, human};
use tapline_engine::capture::{APPLICATION, Facts, Item, PcapngWriter, Progress, Secret, Source};
use tapline_engine::{RunOptions, Subject, run};
use tapline_filter::Sieve;
use tapline_packet::{Dissected, Endpoint, Packet, Timestamp, dissect_packet};

use crate::Choice;
use crate::limits::{FINDINGS_NOTED_MAX, PACKETS_MAX};
use crate::records::RecordType;
use crate::redact::Redactor;

/// What tells of packets and secrets.
const TYPES: [RecordType; 3] = [RecordType::Connection, RecordType::TlsSession, RecordType::Finding];

/// What findings are made of, beside it.
const BESIDE: Interests = Interests { exchanges: true, http2_connections: true, ..Interests::NONE };

/// Whose packets are wanted.
#[derive(Debug)]
pub enum Wanted {
    /// All packets.
    All,
    /// Those of the connections that a filter lets through.
    Filter(Box<Sieve>),
    /// Those of one connection.
    Connection(Subject),
}

/// Which packets are wanted, and the secrets that they need.
#[derive(Debug, Default)]
pub struct Selection {
    /// `None` for all.
    connections: Option<Connections>,
    /// Lines of a key log.
    secrets: String,
    /// The sessions that they open.
    sessions: u64,
    /// Comments on packets: those of the capture, and findings.
    comments: HashMap<u64, String>,
    /// Findings that are not noted on their packets, because there are so many.
    findings_left_out: u64,
}

/// Connections by what their packets show.
#[derive(Debug, Default)]
struct Connections {
    /// First and last packets of the connections between two ends.
    spans: HashMap<[Endpoint; 2], Vec<[u64; 2]>>,
    /// Their hosts.
    hosts: HashSet<[IpAddr; 2]>,
}

impl Selection {
    /// Reads a source once to find the packets that are wanted, and the secrets that open them.
    pub fn find(
        source: &mut dyn Source,
        options: &RunOptions,
        wanted: Wanted,
        mut see: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Self {
        let mut connections = (!matches!(wanted, Wanted::All)).then(Connections::default);
        let (sieve, subject) = match wanted {
            Wanted::All => (None, None),
            Wanted::Filter(sieve) => (Some(*sieve), None),
            Wanted::Connection(subject) => (None, Some(subject)),
        };
        let mut choice = Choice::of(&TYPES).through(sieve);
        let only = subject.map(|subject| subject.ends).or(options.analysis.only);
        let analysis = Options { interests: choice.interests(BESIDE), only, ..options.analysis.clone() };
        let options = RunOptions { analysis, watch: false, ..options.clone() };
        // Randoms of the sessions of each connection.
        let mut randoms: BTreeMap<u64, Vec<[u8; 32]>> = BTreeMap::new();
        let mut needed = Vec::new();
        let mut notes = Notes::default();
        let outcome = run(source, &options, |batch| {
            for (event, is_wanted) in choice.of_batch(&batch) {
                match event {
                    Event::TlsSession(session) => {
                        randoms.entry(session.connection).or_default().extend(session.client_random);
                    }
                    Event::Connection(record) => {
                        let of_it = randoms.remove(&record.id);
                        if is_wanted && subject.is_none_or(|subject| subject.is_told_by(record)) {
                            if let Some(connections) = &mut connections {
                                connections.add(Subject::of(record));
                            }
                            needed.extend(of_it.into_iter().flatten());
                        }
                    }
                    Event::Finding(finding) => notes.add(finding),
                    _ => {}
                }
            }
            see(batch.progress)
        });
        let log = secrets(&options, &outcome.facts);
        let mut comments = HashMap::new();
        let own = outcome.facts.comments.into_iter().map(|comment| (comment.packet, comment.text));
        for (packet, text) in own.chain(notes.texts) {
            append(&mut comments, packet, &text);
        }
        let mut known = HashSet::new();
        needed.retain(|random| known.insert(*random));
        let secrets = needed.iter().map(|random| log.lines_of(random)).filter(|lines| !lines.is_empty());
        let secrets: Vec<String> = secrets.collect();
        Self {
            connections,
            sessions: secrets.len() as u64,
            secrets: secrets.concat(),
            comments,
            findings_left_out: notes.left_out,
        }
    }

    /// Whether there are secrets that something of it needs.
    pub fn has_secrets(&self) -> bool {
        !self.secrets.is_empty()
    }

    /// Whose secrets are written, in words; `None` where there are none.
    pub fn has_secrets_of(&self) -> Option<String> {
        self.has_secrets().then(|| format!("the secrets of {}", human::plural(self.sessions, "TLS session")))
    }

    /// Findings that are not noted on their packets, because there are so many.
    pub fn findings_left_out(&self) -> u64 {
        self.findings_left_out
    }

    fn has(&self, packet: &Packet<'_>) -> bool {
        self.connections.as_ref().is_none_or(|connections| connections.have(packet))
    }
}

/// What was found, by the packets that prove it.
#[derive(Default)]
struct Notes {
    texts: Vec<(u64, String)>,
    findings: u64,
    left_out: u64,
    redactor: Redactor,
}

impl Notes {
    /// The whole story stands at the first of its packets, the others point to it. A capture that was written by us has it
    /// already.
    fn add(&mut self, finding: &Finding) {
        if self.findings == FINDINGS_NOTED_MAX || tapline_memory::is_short() {
            self.left_out += 1;
            return;
        }
        self.findings += 1;
        let (severity, title) = (finding.kind.severity.name(), finding.kind.title);
        let mut packets = finding.evidence().into_iter();
        let Some(first) = packets.next() else { return };
        let cost =
            finding.cost_ns.map_or_else(String::new, |ns| format!(" It cost {}.", human::duration(ns)));
        let (why, reference) = (self.redactor.sentence(&finding.explanation), finding.kind.reference);
        self.texts.push((first, format!("tapline {severity}: {title}. {why}.{cost} ({reference})")));
        for packet in packets.take(PACKETS_MAX) {
            self.texts.push((packet, format!("tapline {severity}: {title}: see packet {first}")));
        }
    }
}

/// Adds a comment to a packet, unless it has the same already.
fn append(comments: &mut HashMap<u64, String>, packet: u64, text: &str) {
    let comment = comments.entry(packet).or_default();
    if comment.lines().any(|line| line == text) {
        return;
    }
    if !comment.is_empty() {
        comment.push('\n');
    }
    comment.push_str(text);
}

/// All secrets that are known: those of key logs, and those that the capture brings along.
fn secrets(options: &RunOptions, facts: &Facts) -> KeyLog {
    let mut log = options.keys.log_now();
    for secret in facts.secrets.iter().filter(|secret| secret.kind == Secret::TLS_KEY_LOG) {
        log.read(&secret.bytes);
    }
    log
}

impl Connections {
    fn add(&mut self, subject: Subject) {
        let ends = ordered(subject.ends);
        self.hosts.insert(ordered(ends.map(|end| end.address)));
        self.spans.entry(ends).or_default().push([subject.first, subject.last]);
    }

    /// Whether a packet is of one of them: a segment, an ICMP error about one, or any fragment between their hosts.
    fn have(&self, packet: &Packet<'_>) -> bool {
        let ends = match dissect_packet(packet) {
            Dissected::Tcp(segment) => [segment.source, segment.destination],
            Dissected::IcmpError(error) => [error.source, error.destination],
            Dissected::Fragment(fragment) => {
                let hosts = [fragment.envelope.source, fragment.envelope.destination];
                return self.hosts.contains(&ordered(hosts));
            }
            _ => return false,
        };
        let spans = self.spans.get(&ordered(ends)).into_iter().flatten();
        spans.into_iter().any(|[first, last]| (*first..=*last).contains(&packet.number))
    }
}

fn ordered<T: Ord>(pair: [T; 2]) -> [T; 2] {
    let [a, b] = pair;
    if a <= b { [a, b] } else { [b, a] }
}

/// Writes the selected packets of the source that they were found in, and answers with their number.
pub fn write(
    source: &mut dyn Source,
    selection: &Selection,
    out: impl Write,
    mut see: impl FnMut(Progress) -> ControlFlow<()>,
) -> io::Result<u64> {
    /// Packets between two looks whether this is still wanted.
    const LOOK: u64 = 4096;
    let mut writer = PcapngWriter::new(out, APPLICATION)?;
    if !selection.secrets.is_empty() {
        writer.secrets(Secret::TLS_KEY_LOG, selection.secrets.as_bytes())?;
    }
    let (mut packets, mut seen, mut drops, mut octets) = (0, 0_u64, 0, Vec::new());
    let mut last = Timestamp(0);
    loop {
        let head = match source.next() {
            Item::Packet(packet) => {
                seen += 1;
                let is_wanted = selection.has(&packet);
                is_wanted.then(|| {
                    octets.clear();
                    octets.extend_from_slice(packet.data);
                    Packet { data: &[], ..packet }
                })
            }
            Item::Idle => None,
            Item::End => break,
        };
        if seen.is_multiple_of(LOOK) && see(source.progress()).is_break() {
            break;
        }
        let Some(head) = head else { continue };
        let described = usize::try_from(writer.interfaces()).unwrap_or(usize::MAX);
        for interface in source.facts().interfaces.get(described..).unwrap_or_default() {
            writer.interface(interface)?;
        }
        let comment = selection.comments.get(&head.number).map(String::as_str);
        let dropped = source.facts().dropped_before(head.at, head.interface, &mut drops);
        writer.packet_after(&Packet { data: &octets, ..head }, dropped, comment)?;
        packets += 1;
        last = head.at.unwrap_or(last);
    }
    for (index, interface) in (0..writer.interfaces()).zip(&source.facts().interfaces) {
        writer.statistics(index, last, interface)?;
    }
    writer.flush()?;
    source.conclude();
    Ok(packets)
}

#[cfg(test)]
mod tests {
    use tapline_engine::analysis::{CATALOGUE, Origin};

    use super::*;

    #[test]
    fn so_many_findings_are_noted_and_the_others_counted() {
        let kind = CATALOGUE.first().copied().unwrap();
        let at = Origin { packet: 3, ..Origin::default() };
        let packets = (4..).take(2 * PACKETS_MAX).collect();
        let finding = Finding {
            kind,
            explanation: "why".into(),
            connection: None,
            stream: None,
            at,
            packets,
            cost_ns: None,
        };
        let mut notes = Notes::default();
        notes.add(&finding);
        assert_eq!(notes.texts.len(), 1 + PACKETS_MAX);
        for _ in 1..FINDINGS_NOTED_MAX {
            notes.add(&finding);
        }
        assert_eq!(notes.left_out, 0);
        notes.add(&finding);
        assert_eq!((notes.left_out, notes.findings), (1, FINDINGS_NOTED_MAX));
    }
}
