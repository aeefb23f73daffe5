//! What a capture says beside its packets.

mod drops;
mod heard;
mod incident;

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use tapline_packet::LinkType;

use crate::error::format_name;
use crate::limits::{
    BLOCK_KINDS_MAX, DAMAGES_MAX, INCIDENTS_MAX, INTERFACES_MAX, SECRET_BYTES_MAX, SECTIONS_MAX,
    TEXT_BYTES_MAX, TEXT_OVERHEAD_BYTES,
};
use crate::{Compression, Container};

pub use drops::Drop;
pub use heard::Heard;
pub use incident::{Happening, Incident};

/// What a capture says beside its packets, as far as it was read. All text is UTF-8; octets that were not are
/// escaped as `%ff`.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The inputs, in the order in which they were named.
    pub files: Vec<FileFacts>,
    /// Interfaces of all sections and files; [`tapline_packet::Packet::interface`] counts in this list.
    pub interfaces: Vec<Interface>,
    /// pcapng sections, in the order in which they were met.
    pub sections: Vec<Section>,
    /// Names of hosts that the capture brings along.
    pub names: Vec<Name>,
    /// Secrets that the capture brings along.
    pub secrets: Vec<Secret>,
    /// Comments on packets, in the order of the packets.
    pub comments: Vec<Comment>,
    /// Where packets were dropped between packets; in the order of the packets of an input.
    pub drops: Vec<Drop>,
    /// Packets that were captured and not analysed, because analysis did not keep up; `None` where it need not.
    pub queue_dropped: Option<u64>,
    /// What happened to interfaces while capturing.
    pub incidents: Vec<Incident>,
    /// Where the capture is damaged and what was wrong there.
    pub damages: Vec<Damage>,
    /// Blocks of pcapng that carry no packet, by type.
    pub blocks: BTreeMap<BlockKind, u64>,
    /// What a limit of [`crate`] kept out, and how many of it.
    pub left_out: BTreeMap<&'static str, u64>,
    /// How often a counter of an interface has changed.
    pub(crate) counts: u64,
    /// Octets that all texts together take.
    pub(crate) text_bytes: usize,
    /// Octets that all secrets together take.
    pub(crate) secret_bytes: usize,
}

/// One input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// The path as it was given; `-` for standard input; the name of a device.
    pub path: PathBuf,
    /// How packets are laid out.
    pub container: Container,
    /// How it is compressed, if it is.
    pub compression: Option<Compression>,
}

impl FileFacts {
    /// The format as users see it: "pcapng", "pcap, gzip".
    pub fn format(&self) -> String {
        format_name(self.container, self.compression)
    }
}

/// Where packets were captured. Counters are those that the capture states last; `None` where it states none.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Interface {
    /// Index of its input in [`Facts::files`].
    pub file: usize,
    /// The device's name.
    pub name: Option<String>,
    /// The device's description.
    pub description: Option<String>,
    /// How its frames begin; `None` before the first interface is described.
    pub link_type: Option<LinkType>,
    /// Octets after which frames were cut; `None` for unlimited.
    pub snaplen: Option<u32>,
    /// Octets of frame check sequence at the end of each frame, where that is said.
    pub fcs_length: Option<u8>,
    /// The capture filter that was set.
    pub filter: Option<String>,
    /// The operating system of the machine that the interface is in.
    pub os: Option<String>,
    /// Packets that the interface received.
    pub received: Option<u64>,
    /// Packets that the interface dropped.
    pub dropped: Option<u64>,
    /// Packets that the operating system dropped.
    pub os_dropped: Option<u64>,
    /// Packets dropped between packets, added up over the packets that say so.
    pub packet_dropped: Option<u64>,
}

/// A section of a pcapng file.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Section {
    /// Index of its input in [`Facts::files`].
    pub file: usize,
    /// Comments on the section.
    pub comments: Vec<String>,
    /// The hardware that captured.
    pub hardware: Option<String>,
    /// The operating system that captured.
    pub os: Option<String>,
    /// The program that captured.
    pub application: Option<String>,
}

/// Names of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The address.
    pub address: IpAddr,
    /// Its names, the first being the preferred one.
    pub names: Vec<String>,
}

/// Secrets as a pcapng file embeds them. `Debug` does not show them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// What `bytes` are; [`Secret::TLS_KEY_LOG`] and friends.
    pub kind: u32,
    /// The secrets.
    pub bytes: Vec<u8>,
    /// The last packet before them.
    pub after_packet: u64,
}

impl Secret {
    /// An NSS key log (RFC 9850).
    pub const TLS_KEY_LOG: u32 = 0x544c_534b;
    /// An SSH key log.
    pub const SSH_KEY_LOG: u32 = 0x5353_484b;
    /// A `WireGuard` key log.
    pub const WIREGUARD_KEY_LOG: u32 = 0x5747_4b4c;
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("kind", &format_args!("{:#010x}", self.kind))
            .field("bytes", &format_args!("{} bytes, not shown", self.bytes.len()))
            .field("after_packet", &self.after_packet)
            .finish()
    }
}

/// A comment on a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The packet's number.
    pub packet: u64,
    /// The comment.
    pub text: String,
}

/// A place where the capture is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The input.
    pub path: PathBuf,
    /// Where in the input, in bytes; in a compressed one, in bytes after unpacking.
    pub offset: u64,
    /// What was wrong, in one phrase.
    pub what: String,
    /// The last packet before it; 0 where there is none.
    pub after_packet: u64,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: byte {}: {} (after packet {})",
            self.path.display(),
            self.offset,
            self.what,
            self.after_packet
        )
    }
}

/// The type of a pcapng block. Unassigned types live and print as numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BlockKind(pub u32);

impl BlockKind {
    /// Section header.
    pub const SECTION: Self = Self(0x0a0d_0d0a);
    /// Interface description.
    pub const INTERFACE: Self = Self(1);
    /// Packet, obsolete since 2004.
    pub const OBSOLETE_PACKET: Self = Self(2);
    /// Simple packet: no time, first interface.
    pub const SIMPLE_PACKET: Self = Self(3);
    /// Name resolution.
    pub const NAMES: Self = Self(4);
    /// Interface statistics.
    pub const STATISTICS: Self = Self(5);
    /// Enhanced packet: the usual one.
    pub const ENHANCED_PACKET: Self = Self(6);
    /// An entry of the systemd journal.
    pub const JOURNAL: Self = Self(9);
    /// Decryption secrets.
    pub const SECRETS: Self = Self(10);
    /// Custom, may be copied.
    pub const CUSTOM: Self = Self(0x0bad);
    /// Custom, not to be copied.
    pub const CUSTOM_NO_COPY: Self = Self(0x4000_0bad);
    /// Process information, as Apple's tcpdump writes it.
    pub const PROCESS: Self = Self(0x8000_0001);

    /// Its name, where it has one.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::SECTION => "section header",
            Self::INTERFACE => "interface description",
            Self::OBSOLETE_PACKET => "obsolete packet",
            Self::SIMPLE_PACKET => "simple packet",
            Self::NAMES => "name resolution",
            Self::STATISTICS => "interface statistics",
            Self::ENHANCED_PACKET => "enhanced packet",
            Self::JOURNAL => "systemd journal",
            Self::SECRETS => "decryption secrets",
            Self::CUSTOM | Self::CUSTOM_NO_COPY => "custom",
            Self::PROCESS => "process information",
            _ => return None,
        })
    }

    /// Whether blocks of this type are read here; others are skipped.
    pub fn is_read(self) -> bool {
        matches!(
            self,
            Self::SECTION
                | Self::INTERFACE
                | Self::OBSOLETE_PACKET
                | Self::SIMPLE_PACKET
                | Self::NAMES
                | Self::STATISTICS
                | Self::ENHANCED_PACKET
                | Self::SECRETS
        )
    }
}

impl fmt::Display for BlockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} block"),
            None => write!(f, "block of type {:#010x}", self.0),
        }
    }
}

impl Facts {
    /// Blocks that were skipped, by type.
    pub fn skipped_blocks(&self) -> impl Iterator<Item = (BlockKind, u64)> + '_ {
        self.blocks.iter().filter(|(kind, _)| !kind.is_read()).map(|(kind, count)| (*kind, *count))
    }

    /// Whether anything was wrong.
    pub fn is_damaged(&self) -> bool {
        !self.damages.is_empty()
    }

    /// What was left out because there is too much of it, a text a kind.
    pub fn left_out_texts(&self) -> impl Iterator<Item = String> + '_ {
        self.left_out.iter().map(|(what, count)| format!("{what}: {count} more than are kept"))
    }

    pub(crate) fn add_damage(&mut self, damage: Damage) {
        if self.damages.len() < DAMAGES_MAX {
            self.damages.push(damage);
        } else {
            self.leave_out("damages");
        }
    }

    pub(crate) fn add_incident(&mut self, incident: Incident) {
        if self.incidents.len() < INCIDENTS_MAX {
            self.incidents.push(incident);
        } else {
            self.leave_out("incidents");
        }
    }

    pub(crate) fn count_block(&mut self, kind: BlockKind) {
        self.counts += 1;
        if self.blocks.len() < BLOCK_KINDS_MAX || self.blocks.contains_key(&kind) {
            *self.blocks.entry(kind).or_default() += 1;
        } else {
            self.leave_out("types of blocks");
        }
    }

    /// The interface's index over all files; `None` where there are too many.
    pub(crate) fn add_interface(&mut self, interface: Interface) -> Option<u32> {
        if self.interfaces.len() >= INTERFACES_MAX {
            self.leave_out("interfaces");
            return None;
        }
        let index = u32::try_from(self.interfaces.len()).ok()?;
        self.interfaces.push(interface);
        Some(index)
    }

    pub(crate) fn add_section(&mut self, section: Section) {
        if self.sections.len() < SECTIONS_MAX {
            self.sections.push(section);
        } else {
            self.leave_out("sections");
        }
    }

    pub(crate) fn add_secret(&mut self, secret: Secret) {
        let bytes = self.secret_bytes.saturating_add(secret.bytes.len()).saturating_add(TEXT_OVERHEAD_BYTES);
        if bytes > SECRET_BYTES_MAX {
            self.leave_out("secrets");
        } else {
            self.secret_bytes = bytes;
            self.secrets.push(secret);
        }
    }

    pub(crate) fn add_name(&mut self, name: Name) {
        if self.may_keep(name.names.iter().map(String::len).sum(), "names") {
            self.names.push(name);
        }
    }

    pub(crate) fn add_comment(&mut self, packet: u64, text: String) {
        if self.may_keep(text.len(), "comments") {
            self.comments.push(Comment { packet, text });
        }
    }

    /// Books `bytes` of text; `false` where there is too much of it.
    pub(crate) fn may_keep(&mut self, bytes: usize, what: &'static str) -> bool {
        let total = self.text_bytes.saturating_add(bytes).saturating_add(TEXT_OVERHEAD_BYTES);
        if total > TEXT_BYTES_MAX {
            self.leave_out(what);
            return false;
        }
        self.text_bytes = total;
        true
    }

    pub(crate) fn leave_out(&mut self, what: &'static str) {
        self.counts += 1;
        *self.left_out.entry(what).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use tapline_packet::Timestamp;

    use super::*;
    use crate::limits::DROPS_MAX;

    #[test]
    fn secrets_are_not_shown() {
        let secret =
            Secret { kind: Secret::TLS_KEY_LOG, bytes: b"CLIENT_RANDOM aa bb".to_vec(), after_packet: 0 };
        let shown = format!("{:?}", Facts { secrets: vec![secret], ..Facts::default() });
        assert!(!shown.contains("CLIENT_RANDOM") && !shown.contains("67, 76"), "{shown}");
        assert!(shown.contains("0x544c534b") && shown.contains("19 bytes"), "{shown}");
    }

    #[test]
    fn whatever_grows_stops_at_its_limit_and_says_so() {
        let mut facts = Facts::default();
        let damage = Damage { path: PathBuf::from("x"), offset: 0, what: "cut".to_owned(), after_packet: 0 };
        (0..DAMAGES_MAX + 3).for_each(|_| facts.add_damage(damage.clone()));
        let incident = Incident { interface: None, after_packet: 0, what: Happening::Up };
        (0..=INCIDENTS_MAX).for_each(|_| facts.add_incident(incident.clone()));
        (0..=INTERFACES_MAX).for_each(|_| _ = facts.add_interface(Interface::default()));
        (0..=DROPS_MAX).for_each(|_| facts.note_dropped(0, Some(Timestamp(0)), 2));
        (0..=SECTIONS_MAX).for_each(|_| facts.add_section(Section::default()));
        (0..=u32::try_from(BLOCK_KINDS_MAX).unwrap()).for_each(|kind| facts.count_block(BlockKind(kind)));
        facts.add_comment(1, "x".repeat(TEXT_BYTES_MAX));
        let bytes = vec![0; SECRET_BYTES_MAX];
        facts.add_secret(Secret { kind: 1, bytes, after_packet: 0 });
        let expected = [
            ("comments", 1),
            ("damages", 3),
            ("incidents", 1),
            ("interfaces", 1),
            ("places of drops", 1),
            ("secrets", 1),
            ("sections", 1),
            ("types of blocks", 1),
        ];
        assert_eq!(facts.left_out, BTreeMap::from(expected));
        assert_eq!(facts.left_out_texts().nth(1).unwrap(), "damages: 3 more than are kept");
        assert!(facts.comments.is_empty());
        assert_eq!(
            facts.dropped_packets(),
            Some(2 * (DROPS_MAX as u64 + 1)),
            "which are counted all the same"
        );
    }

    #[test]
    fn texts_without_octets_are_bounded_too() {
        let mut facts = Facts::default();
        let most = TEXT_BYTES_MAX / TEXT_OVERHEAD_BYTES;
        (0..=most).for_each(|_| facts.add_comment(1, String::new()));
        assert_eq!((facts.comments.len(), facts.left_out["comments"]), (most, 1));
    }

    #[test]
    fn a_damage_reads_as_one_line() {
        let damage = Damage {
            path: PathBuf::from("a.pcap"),
            offset: 24,
            what: "cut short".to_owned(),
            after_packet: 2,
        };
        assert_eq!(damage.to_string(), "a.pcap: byte 24: cut short (after packet 2)");
    }
}
