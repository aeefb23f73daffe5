//! What a thread gets to do: packets' worth of tasks, with the octets that they need.

use std::sync::Arc;

use tapline_analysis::decode::crypto::KeyLog;
use tapline_analysis::{DnsSaid, Origin, Task, Work};
use tapline_packet::{IcmpError, Segment};

use crate::limits::PARCEL_BYTES;

/// Tasks for the shards of one thread, in order. Owns their octets, in one buffer.
#[derive(Default)]
pub(crate) struct Parcel {
    entries: Vec<Entry>,
    octets: Vec<u8>,
}

struct Entry {
    here: Origin,
    content: Content,
}

enum Content {
    /// Every shard hears the time.
    Time,
    /// Every shard gets secrets.
    Secrets(Arc<KeyLog>),
    /// A segment of a shard that came by an interface. Its header and its payload stand next in the buffer.
    Segment {
        shard: usize,
        segment: Segment<'static>,
        interface: u32,
        header: usize,
        payload: usize,
    },
    Unreachable {
        shard: usize,
        error: IcmpError,
    },
    Dns {
        shard: usize,
        said: Box<DnsSaid>,
    },
}

/// An entry as a shard takes it.
#[derive(Clone, Copy)]
pub(crate) enum Unpacked<'a> {
    /// For every shard of the thread.
    Time(Origin),
    /// For every shard of the thread too.
    Secrets(&'a KeyLog, Origin),
    /// For one.
    Task(Task<'a>),
}

impl Parcel {
    /// Whether it is enough for one parcel.
    pub(crate) fn is_full(&self) -> bool {
        self.octets.len() + self.entries.len() * size_of::<Entry>() >= PARCEL_BYTES
    }

    /// Every shard is told the time.
    pub(crate) fn time(&mut self, here: Origin) {
        self.entries.push(Entry { here, content: Content::Time });
    }

    /// Every shard gets secrets that came behind the packet `here`.
    pub(crate) fn secrets(&mut self, secrets: Arc<KeyLog>, here: Origin) {
        self.entries.push(Entry { here, content: Content::Secrets(secrets) });
    }

    /// One shard gets something to do.
    pub(crate) fn task(&mut self, task: &Task<'_>) {
        let shard = task.shard;
        let content = match task.work {
            Work::Segment(segment, interface) => {
                self.octets.extend_from_slice(segment.header);
                self.octets.extend_from_slice(segment.payload);
                let (header, payload) = (segment.header.len(), segment.payload.len());
                Content::Segment { shard, segment: segment.without_octets(), interface, header, payload }
            }
            Work::Unreachable(error) => Content::Unreachable { shard, error: *error },
            Work::Dns(said) => Content::Dns { shard, said: Box::new(said.clone()) },
        };
        self.entries.push(Entry { here: task.here, content });
    }

    /// Hands every entry over, in order.
    pub(crate) fn unpack(&self, mut take: impl FnMut(Unpacked<'_>)) {
        let mut octets = self.octets.as_slice();
        let mut next = |length| octets.split_off(..length).unwrap_or_default();
        for Entry { here, content } in &self.entries {
            let task = |shard, work| Unpacked::Task(Task { shard, here: *here, time_passes: false, work });
            match content {
                Content::Time => take(Unpacked::Time(*here)),
                Content::Secrets(secrets) => take(Unpacked::Secrets(secrets, *here)),
                Content::Segment { shard, segment, interface, header, payload } => {
                    let segment = Segment { header: next(*header), payload: next(*payload), ..*segment };
                    take(task(*shard, Work::Segment(&segment, *interface)));
                }
                Content::Unreachable { shard, error } => take(task(*shard, Work::Unreachable(error))),
                Content::Dns { shard, said } => take(task(*shard, Work::Dns(said))),
            }
        }
    }

    /// The same buffers, empty.
    pub(crate) fn emptied(mut self) -> Self {
        self.entries.clear();
        self.octets.clear();
        self
    }
}
