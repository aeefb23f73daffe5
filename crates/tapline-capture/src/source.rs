//! What hands packets over.

use tapline_packet::Packet;

use crate::{Facts, Mapped, Secret};

/// What a source answers when it is asked for the next packet.
#[derive(Debug)]
pub enum Item<'a> {
    /// A packet; valid until the next call.
    Packet(Packet<'a>),
    /// Nothing now, perhaps later (a device, a pipe).
    Idle,
    /// Nothing will come any more.
    End,
}

/// Packets in the order of the capture, and what the capture says beside them.
pub trait Source {
    /// The next packet. May wait, but from a device or a pipe [`Item::Idle`] comes back every tenth of a second.
    /// After [`Item::End`] every answer is [`Item::End`].
    fn next(&mut self) -> Item<'_>;

    /// What was learnt so far; grows with every call of [`Source::next`].
    fn facts(&self) -> &Facts;

    /// Nothing more will be read, and what was read is done with: completes [`Source::facts`] with what only asking tells, as
    /// the counters of a device, or that a file became shorter meanwhile.
    fn conclude(&mut self) {}

    /// The secrets that [`Source::facts`] will have at the end, before the first packet is read; `None` where only
    /// reading can tell.
    fn secrets_ahead(&self) -> Option<Vec<Secret>> {
        Some(Vec::new())
    }

    /// The memory that all packets lie in, where that is one file's: who hands them on to another thread need not copy
    /// them.
    fn mapped(&self) -> Option<Mapped> {
        None
    }

    /// The number of the packet that comes first: 1, but where earlier ones are not kept.
    fn first_number(&self) -> u64 {
        1
    }

    /// How far reading has come.
    fn progress(&self) -> Progress;
}

/// How far reading has come, in bytes of the input as it lies on the disk (compressed, where it is compressed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes read.
    pub read_bytes: u64,
    /// Bytes there are; `None` for pipes and devices.
    pub total_bytes: Option<u64>,
}
