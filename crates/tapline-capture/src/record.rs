//! Packets that are written to a capture file while they are analysed.
//!
//! Blocks are written whole, and soon: whatever ends this process, the file can be read. Where there is no room any more,
//! the file ends with the last block that found some, and capturing goes on.

mod finisher;
mod names;
mod rotation;
mod whole;

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tapline_packet::Timestamp;

pub use finisher::Finish;
pub use rotation::Rotation;

use crate::bundle::Bundle;
use crate::facts::{Facts, Happening, Incident, Interface};
use crate::{APPLICATION, PcapngWriter};
use finisher::Finisher;
use names::Names;
use whole::Whole;

/// Writes packets to a pcapng file, or to a set of them one after the other.
pub struct Recorder {
    names: Names,
    rotation: Rotation,
    open: Option<Open>,
    /// The files that are there, oldest first; where none is ever removed, the one that is being written.
    written: VecDeque<PathBuf>,
    /// Places of drops that were written, of those in the facts.
    drops: usize,
    /// The last packet that was written.
    last_packet: u64,
    finisher: Option<Finisher>,
}

/// The file that is being written.
struct Open {
    writer: PcapngWriter<Whole>,
    since: Instant,
    packets: u64,
    /// Interfaces as they were when the file was begun: what was counted before stands in earlier files.
    counted: Vec<Interface>,
    last: Timestamp,
    /// Secrets that the source brought along and that are in the file.
    secrets: usize,
}

impl Recorder {
    /// Begins a file, or the first of a set where there are rules for the next. A file of this name is written over, as
    /// by tcpdump and dumpcap.
    pub fn create(path: &Path, rotation: Rotation) -> io::Result<Self> {
        let names = Names::new(path, rotation.is_set());
        let mut recorder = Self {
            names,
            rotation,
            open: None,
            written: VecDeque::new(),
            drops: 0,
            last_packet: 0,
            finisher: None,
        };
        recorder.begin(&Facts::default())?;
        Ok(recorder)
    }

    /// Has something done to each file once it is complete. The file must keep its name.
    pub fn finishing(mut self, finish: Finish) -> io::Result<Self> {
        self.finisher = Some(Finisher::start(finish)?);
        Ok(self)
    }

    /// Writes packets, with what the source said until then; those behind the last file are taken away. What happened to
    /// the file, if it must be given up.
    pub(crate) fn take(&mut self, packets: &mut Bundle, facts: &Facts) -> Option<Incident> {
        self.open.as_ref()?;
        let result = self.write(packets, facts);
        self.or_give_up(result)
    }

    /// Ends the file with what was counted.
    pub(crate) fn close(&mut self, facts: &Facts) -> Option<Incident> {
        let result = self.end(facts);
        self.or_give_up(result)
    }

    fn write(&mut self, packets: &mut Bundle, facts: &Facts) -> io::Result<()> {
        for place in 0..packets.len() {
            if self.is_due() {
                self.end(facts)?;
                if self.is_full() {
                    packets.truncate(place);
                    break;
                }
                self.begin(facts)?;
            }
            let Some(packet) = packets.get(place) else { break };
            let lost = facts.dropped_before(packet.at, packet.interface, &mut self.drops);
            let Some(open) = &mut self.open else { return Ok(()) };
            open.describe(facts)?;
            open.repeat_secrets(facts, packet.number)?;
            open.writer.packet_after(&packet, lost, None)?;
            open.packets += 1;
            open.last = packet.at.unwrap_or(open.last);
            self.last_packet = packet.number;
        }
        match &mut self.open {
            Some(open) => open.writer.flush(),
            None => Ok(()),
        }
    }

    /// Whether nothing more is to be captured.
    pub(crate) fn is_full(&self) -> bool {
        self.open.is_none() && self.rotation.stop_after.is_some_and(|max| self.names.given() >= max.get())
    }

    /// Whether the next packet belongs into the next file.
    fn is_due(&self) -> bool {
        let Some(open) = &self.open else { return false };
        open.packets > 0 && self.rotation.is_due(open.writer.get_ref().bytes(), open.packets, open.since)
    }

    fn begin(&mut self, facts: &Facts) -> io::Result<()> {
        let path = self.names.next();
        let file = Whole::new(File::create(&path)?);
        let mut open = Open {
            writer: PcapngWriter::new(file, APPLICATION)?,
            since: Instant::now(),
            packets: 0,
            counted: facts.interfaces.clone(),
            last: Timestamp(0),
            secrets: 0,
        };
        open.writer.flush()?;
        self.open = Some(open);
        self.written.push_back(path);
        let kept = self.rotation.files.map_or(1, NonZeroUsize::get);
        while self.written.len() > kept
            && let Some(oldest) = self.written.pop_front()
        {
            if self.rotation.files.is_some() {
                // Somebody may have removed it already.
                let _ = std::fs::remove_file(oldest);
            }
        }
        Ok(())
    }

    fn end(&mut self, facts: &Facts) -> io::Result<()> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        open.describe(facts)?;
        open.repeat_secrets(facts, u64::MAX)?;
        for (index, interface) in (0..).zip(&facts.interfaces) {
            let before = usize::try_from(index).ok().and_then(|index| open.counted.get(index));
            let counted = since(interface, before);
            open.writer.statistics(index, open.last, &counted)?;
        }
        open.writer.flush()?;
        if let (Some(finisher), Some(path)) = (&self.finisher, self.written.back()) {
            finisher.finish(path.clone());
        }
        Ok(())
    }

    /// The incident that an error is. The file ends with its last whole block.
    fn or_give_up(&mut self, result: io::Result<()>) -> Option<Incident> {
        let reason = result.err()?;
        self.open = None;
        let path = self.written.back().map(|path| path.display().to_string()).unwrap_or_default();
        let what = Happening::NotWritten(format!("{path}: {reason}"));
        Some(Incident { interface: None, after_packet: self.last_packet, what })
    }
}

impl Open {
    /// Describes interfaces that were not yet.
    fn describe(&mut self, facts: &Facts) -> io::Result<()> {
        let known = usize::try_from(self.writer.interfaces()).unwrap_or(usize::MAX);
        for interface in facts.interfaces.get(known..).unwrap_or_default() {
            self.writer.interface(interface)?;
        }
        Ok(())
    }

    /// Writes the secrets that the source brought along before a packet; each file of a set has them all.
    fn repeat_secrets(&mut self, facts: &Facts, packet: u64) -> io::Result<()> {
        let behind = facts.secrets.get(self.secrets..).unwrap_or_default();
        for secret in behind.iter().take_while(|secret| secret.after_packet < packet) {
            self.writer.secrets(secret.kind, &secret.bytes)?;
            self.secrets += 1;
        }
        Ok(())
    }
}

/// An interface's counters without what was counted before.
fn since(now: &Interface, before: Option<&Interface>) -> Interface {
    let less = |now: Option<u64>, before: Option<u64>| Some(now?.saturating_sub(before.unwrap_or(0)));
    let Some(before) = before else { return now.clone() };
    Interface {
        received: less(now.received, before.received),
        dropped: less(now.dropped, before.dropped),
        os_dropped: less(now.os_dropped, before.os_dropped),
        ..now.clone()
    }
}
