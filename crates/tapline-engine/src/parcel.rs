//! What a thread gets to do: packets' worth of tasks, with the octets that they need, or where those are.

use std::sync::Arc;

use tapline_analysis::decode::crypto::KeyLog;
use tapline_analysis::{DnsSaid, Origin, Task, Work};
use tapline_capture::Mapped;
use tapline_packet::{IcmpError, Segment};

use crate::limits::PARCEL_BYTES;

/// Tasks for the shards of one thread, in order. Owns the octets that do not lie in a mapped file, in one buffer.
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
    /// A segment of a shard that came by an interface, without header and payload.
    Segment {
        shard: usize,
        segment: Segment<'static>,
        interface: u32,
        octets: Octets,
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

/// Where a segment's header and payload are.
#[derive(Clone, Copy)]
enum Octets {
    /// Next in the buffer, so many octets each.
    Copied { header: usize, payload: usize },
    /// One after the other in the mapped file.
    Mapped { start: usize, header: usize, payload: usize },
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

    /// One shard gets something to do. What lies in `mapped` is not copied.
    pub(crate) fn task(&mut self, task: &Task<'_>, mapped: Option<&Mapped>) {
        let shard = task.shard;
        let content = match task.work {
            Work::Segment(segment, interface) => {
                let octets = Octets::mapped(segment, mapped).unwrap_or_else(|| self.copy(segment));
                Content::Segment { shard, segment: segment.without_octets(), interface, octets }
            }
            Work::Unreachable(error) => Content::Unreachable { shard, error: *error },
            Work::Dns(said) => Content::Dns { shard, said: Box::new(said.clone()) },
        };
        self.entries.push(Entry { here: task.here, content });
    }

    fn copy(&mut self, segment: &Segment<'_>) -> Octets {
        self.octets.extend_from_slice(segment.header);
        self.octets.extend_from_slice(segment.payload);
        Octets::Copied { header: segment.header.len(), payload: segment.payload.len() }
    }

    /// Hands every entry over, in order.
    pub(crate) fn unpack(&self, mapped: Option<&Mapped>, mut take: impl FnMut(Unpacked<'_>)) {
        let mut octets = self.octets.as_slice();
        let mut next = |length| octets.split_off(..length).unwrap_or_default();
        for Entry { here, content } in &self.entries {
            let task = |shard, work| Unpacked::Task(Task { shard, here: *here, time_passes: false, work });
            match content {
                Content::Time => take(Unpacked::Time(*here)),
                Content::Secrets(secrets) => take(Unpacked::Secrets(secrets, *here)),
                Content::Segment { shard, segment, interface, octets } => {
                    let (header, payload) = match *octets {
                        Octets::Copied { header, payload } => (next(header), next(payload)),
                        Octets::Mapped { start, header, payload } => mapped
                            .and_then(|file| {
                                file.get(start..)?.get(..header + payload)?.split_at_checked(header)
                            })
                            .unwrap_or_default(),
                    };
                    let segment = Segment { header, payload, ..*segment };
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

impl Octets {
    /// Where they are in a mapped file, if they are.
    fn mapped(segment: &Segment<'_>, mapped: Option<&Mapped>) -> Option<Self> {
        let mapped = mapped?;
        let header = mapped.place_of(segment.header)?;
        let payload = mapped.place_of(segment.payload)?;
        let (start, header, end) = (header.start, header.len(), header.end);
        (payload.start == end).then_some(Self::Mapped { start, header, payload: payload.len() })
    }
}
