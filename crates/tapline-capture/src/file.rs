//! One capture file, whatever its format: a window, and the reader that cuts packets off its front.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tapline_packet::{LinkType, Packet, Timestamp};

use crate::facts::{Damage, Facts, FileFacts, Secret};
use crate::window::Window;
use crate::{Container, Mapped, Progress, pcap_file, pcapng};

/// One capture file that was opened.
pub(crate) struct File {
    pub(crate) facts: FileFacts,
    window: Window,
    reader: Reader,
    /// The packet that was found last.
    found: Found,
    comments: Vec<String>,
    /// Bytes read from the disk where they are not those of the window.
    packed_bytes: Option<Arc<AtomicU64>>,
    total_bytes: Option<u64>,
    ended: bool,
}

enum Reader {
    Pcap(pcap_file::Reader),
    Pcapng(pcapng::Reader),
}

/// What one step forward brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A packet, which lies in the frame that was taken last.
    Packet(Found),
    Idle,
    End,
}

/// A packet in the frame that was taken last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) at: Option<Timestamp>,
    /// Index over all files.
    pub(crate) interface: u32,
    pub(crate) link_type: LinkType,
    pub(crate) wire_length: u32,
    /// Where the packet's octets begin in the frame.
    pub(crate) start: usize,
    pub(crate) length: usize,
}

/// Where a reader writes what it learns.
pub(crate) struct Notes<'a> {
    pub(crate) facts: &'a mut Facts,
    /// Index of the file in [`Facts::files`].
    pub(crate) file: usize,
    pub(crate) path: &'a Path,
    /// Number of the last packet that was handed over.
    pub(crate) after_packet: u64,
    /// Where the frame that is being read begins.
    pub(crate) offset: u64,
    /// Comments on the packet that is being read: its number is not known before its turn comes.
    pub(crate) comments: &'a mut Vec<String>,
}

impl Notes<'_> {
    pub(crate) fn damage(&mut self, offset: u64, what: impl Into<String>) {
        self.facts.add_damage(Damage {
            path: self.path.to_owned(),
            offset,
            what: what.into(),
            after_packet: self.after_packet,
        });
    }

    /// Notes how the file ended: `cut` says what it ended within, if it did.
    #[cold]
    pub(crate) fn end(&mut self, window: &mut Window, cut: Option<&str>) -> Step {
        window.fails_now();
        match (window.failure(), cut) {
            (Some(failure), _) => self.damage(window.offset(), format!("cannot be read on: {failure}")),
            (None, Some(cut)) => self.damage(window.offset(), cut),
            (None, None) => {}
        }
        Step::End
    }
}

impl File {
    pub(crate) fn new(facts: FileFacts, window: Window) -> Self {
        let reader = match facts.container {
            Container::Pcapng => Reader::Pcapng(pcapng::Reader::default()),
            Container::Pcap | Container::Device => Reader::Pcap(pcap_file::Reader::default()),
        };
        let found =
            Found { at: None, interface: 0, link_type: LinkType::NULL, wire_length: 0, start: 0, length: 0 };
        let comments = Vec::new();
        Self { facts, window, reader, found, comments, packed_bytes: None, total_bytes: None, ended: false }
    }

    /// Says how large the file is, and which count tells how much of it was read if the window does not.
    pub(crate) fn with_size(
        mut self,
        total_bytes: Option<u64>,
        packed_bytes: Option<Arc<AtomicU64>>,
    ) -> Self {
        self.total_bytes = total_bytes;
        self.packed_bytes = packed_bytes;
        self
    }

    /// Steps to the next packet and notes what lies on the way. `file` is this file's index.
    pub(crate) fn step(&mut self, facts: &mut Facts, file: usize, after_packet: u64) -> Step {
        if self.ended {
            return Step::End;
        }
        self.comments.clear();
        let mut notes = Notes {
            facts,
            file,
            path: &self.facts.path,
            after_packet,
            offset: 0,
            comments: &mut self.comments,
        };
        let step = match &mut self.reader {
            Reader::Pcap(reader) => reader.step(&mut self.window, &mut notes),
            Reader::Pcapng(reader) => reader.step(&mut self.window, &mut notes),
        };
        match step {
            Step::Packet(found) => self.found = found,
            Step::Idle => {}
            Step::End => self.ended = true,
        }
        step
    }

    /// The packet that the last step found.
    pub(crate) fn packet(&self, number: u64) -> Packet<'_> {
        let Found { at, interface, link_type, wire_length, start, length } = self.found;
        let data = self.window.taken(start..start.saturating_add(length));
        Packet { number, at, interface, link_type, wire_length, data }
    }

    /// Books the comments on the packet that the last step found.
    pub(crate) fn note_comments(&mut self, facts: &mut Facts, number: u64) {
        for comment in self.comments.drain(..) {
            facts.add_comment(number, comment);
        }
    }

    /// The secrets that were not read yet; `None` where that can only be known by reading on.
    pub(crate) fn secrets_ahead(&self) -> Option<Vec<Secret>> {
        match self.reader {
            Reader::Pcap(_) => Some(Vec::new()),
            Reader::Pcapng(_) => self.window.whole_rest().map(pcapng::secrets_ahead),
        }
    }

    /// Nothing more will be read, and what was read is done with: notes whether it was there to the end.
    pub(crate) fn conclude(&mut self, facts: &mut Facts, after_packet: u64) {
        if self.window.fails_now() && self.window.rest().is_empty() {
            let why = self.window.failure().unwrap_or_default();
            facts.add_damage(Damage {
                path: self.facts.path.clone(),
                offset: self.window.offset(),
                what: format!("zeros may have been read before this: {why}"),
                after_packet,
            });
        }
    }

    /// The file, where it is mapped.
    pub(crate) fn mapped(&self) -> Option<&Mapped> {
        self.window.mapped()
    }

    pub(crate) fn progress(&self) -> Progress {
        let read_bytes = match &self.packed_bytes {
            Some(count) => count.load(Ordering::Relaxed),
            None => self.window.offset(),
        };
        Progress { read_bytes, total_bytes: self.total_bytes }
    }
}
