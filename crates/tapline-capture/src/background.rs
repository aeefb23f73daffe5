//! A source that a thread of its own reads, so that capturing waits for nobody.
//!
//! ```text
//!   source ──> thread ──> queue of at most 64 MiB ──> who analyses
//!                 └─ every packet ─> capture file
//! ```

use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::bundle::Bundle;
use crate::facts::{Facts, Heard, Incident};
use crate::limits::{BUNDLE_BYTES, IDLE_MS, QUEUE_BYTES_MAX};
use crate::{Item, Progress, Recorder, Secret, Source};

/// What becomes of packets that analysis has no time for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhenFull {
    /// They are not analysed, and counted ([`Facts::queue_dropped`]): what comes from a device does not wait.
    Drop,
    /// They wait where they come from.
    Wait,
}

/// Between two looks whether there is room again.
const ROOM_LOOK: Duration = Duration::from_millis(1);

/// What a bundle takes in the queue beside its packets.
const OVERHEAD_BYTES: usize = 256;

/// Reads a source in a thread of its own and writes every packet to a capture file, if one is given. What was read
/// keeps its numbers: packets that were not analysed are missing in them.
pub fn in_background(
    source: Box<dyn Source + Send>,
    recorder: Option<Recorder>,
    when_full: WhenFull,
) -> io::Result<Box<dyn Source + Send>> {
    let (cargoes, arriving) = channel();
    let (emptied, bundles) = channel();
    let shared = Arc::new(Shared::default());
    let mut heard = Heard::default();
    let mut facts = source.facts().since(&mut heard).unwrap_or_default();
    facts.queue_dropped = (when_full == WhenFull::Drop).then_some(0);
    let (secrets_ahead, progress) = (source.secrets_ahead(), source.progress());
    let reader = Reader {
        source,
        recorder,
        when_full,
        filling: Bundle::default(),
        heard,
        lost: 0,
        cargoes,
        bundles,
        shared: Arc::clone(&shared),
    };
    let thread = std::thread::Builder::new().name("capture".into()).spawn(move || reader.work())?;
    Ok(Box::new(Background {
        arriving,
        emptied,
        shared,
        thread: Some(thread),
        bundle: Bundle::default(),
        next: 0,
        waiting: false,
        lost: 0,
        secrets_ahead,
        progress,
        facts,
    }))
}

/// What both threads see.
#[derive(Default)]
struct Shared {
    /// What the queue takes.
    bytes: AtomicUsize,
    /// Nobody wants more packets.
    stop: AtomicBool,
}

/// Packets on their way, and what the source said meanwhile.
struct Cargo {
    bundle: Bundle,
    /// Packets before them that found no room.
    lost: u64,
    news: Option<Facts>,
    incident: Option<Incident>,
    progress: Progress,
}

impl Cargo {
    fn bytes(&self) -> usize {
        // What is said beside packets comes with each cargo that has news, and may be more than they are.
        self.bundle.bytes() + self.news.as_ref().map_or(0, Facts::bytes) + OVERHEAD_BYTES
    }
}

/// The thread's side.
struct Reader {
    source: Box<dyn Source + Send>,
    recorder: Option<Recorder>,
    when_full: WhenFull,
    filling: Bundle,
    heard: Heard,
    /// Packets that found no room since the last cargo.
    lost: u64,
    cargoes: Sender<Cargo>,
    bundles: Receiver<Bundle>,
    shared: Arc<Shared>,
}

impl Reader {
    fn work(mut self) {
        while !self.shared.stop.load(Ordering::Relaxed) {
            match self.source.next() {
                Item::Packet(packet) => {
                    self.filling.push(&packet);
                    if self.filling.bytes() < BUNDLE_BYTES {
                        continue;
                    }
                }
                Item::Idle => {}
                Item::End => break,
            }
            self.hand_over();
            if self.recorder.as_ref().is_some_and(Recorder::is_full) {
                break;
            }
        }
        self.hand_over();
        self.source.conclude();
        let facts = self.source.facts();
        let incident = self.recorder.as_mut().and_then(|recorder| recorder.close(facts));
        // The last cargo goes whether there is room or not: it has no packets.
        self.send(Bundle::default(), incident);
    }

    /// Writes what was read and puts it into the queue, if there is room.
    fn hand_over(&mut self) {
        let facts = self.source.facts();
        let incident = self.recorder.as_mut().and_then(|recorder| recorder.take(&mut self.filling, facts));
        if !self.has_room() {
            self.lost += self.filling.len() as u64;
            self.filling.clear();
        }
        let is_small = self.filling.bytes() < BUNDLE_BYTES / 4;
        let bundle = if is_small {
            // What waits takes no more than it must.
            let bundle = self.filling.clone();
            self.filling.clear();
            bundle
        } else {
            std::mem::replace(&mut self.filling, self.bundles.try_recv().unwrap_or_default())
        };
        self.send(bundle, incident);
    }

    /// Whether what was read may go into the queue, perhaps after a while.
    fn has_room(&self) -> bool {
        let is_full = || self.shared.bytes.load(Ordering::Relaxed) > QUEUE_BYTES_MAX;
        while is_full() {
            if self.when_full == WhenFull::Drop || self.shared.stop.load(Ordering::Relaxed) {
                return false;
            }
            std::thread::sleep(ROOM_LOOK);
        }
        true
    }

    /// Sends packets and news, if there are any.
    fn send(&mut self, bundle: Bundle, incident: Option<Incident>) {
        let news = self.source.facts().since(&mut self.heard);
        if bundle.is_empty() && news.is_none() && incident.is_none() && self.lost == 0 {
            return;
        }
        let lost = std::mem::take(&mut self.lost);
        let cargo = Cargo { bundle, lost, news, incident, progress: self.source.progress() };
        self.shared.bytes.fetch_add(cargo.bytes(), Ordering::Relaxed);
        // Fails where nobody wants packets any more.
        let _ = self.cargoes.send(cargo);
    }
}

/// The other side.
struct Background {
    arriving: Receiver<Cargo>,
    emptied: Sender<Bundle>,
    shared: Arc<Shared>,
    /// `None` once it has ended.
    thread: Option<JoinHandle<()>>,
    bundle: Bundle,
    /// Which packet of it is the next.
    next: usize,
    /// Nothing was there at the last look: wait before the next.
    waiting: bool,
    secrets_ahead: Option<Vec<Secret>>,
    progress: Progress,
    /// Packets that were lost and no packet behind them has come yet.
    lost: u64,
    facts: Facts,
}

impl Background {
    /// The next cargo; none now, or none any more.
    fn receive(&self) -> Result<Cargo, RecvTimeoutError> {
        if self.waiting {
            return self.arriving.recv_timeout(Duration::from_millis(IDLE_MS.unsigned_abs()));
        }
        self.arriving.try_recv().map_err(|error| match error {
            TryRecvError::Empty => RecvTimeoutError::Timeout,
            TryRecvError::Disconnected => RecvTimeoutError::Disconnected,
        })
    }

    fn take(&mut self, cargo: Cargo) {
        self.shared.bytes.fetch_sub(cargo.bytes(), Ordering::Relaxed);
        let Cargo { bundle, lost, news, incident, progress } = cargo;
        let mut emptied = std::mem::replace(&mut self.bundle, bundle);
        emptied.clear();
        if emptied.capacity() >= BUNDLE_BYTES {
            // Fails where nothing is read any more.
            let _ = self.emptied.send(emptied);
        }
        self.next = 0;
        self.progress = progress;
        if let Some(news) = news {
            self.facts.add(news);
        }
        if let Some(incident) = incident {
            self.facts.add_incident(incident);
        }
        self.lost += lost;
        if let Some(first) = self.bundle.get(0)
            && self.lost > 0
        {
            self.facts.note_not_analysed(first.at, std::mem::take(&mut self.lost));
        }
    }

    /// The thread has ended. Its panic goes on here.
    fn end(&mut self) {
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join) {
            resume_unwind(panic);
        }
        self.facts.note_not_analysed(None, std::mem::take(&mut self.lost));
    }
}

impl Source for Background {
    fn next(&mut self) -> Item<'_> {
        while self.next >= self.bundle.len() {
            match self.receive() {
                Ok(cargo) => {
                    self.waiting = false;
                    self.take(cargo);
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.waiting = true;
                    return Item::Idle;
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.end();
                    return Item::End;
                }
            }
        }
        self.next += 1;
        match self.bundle.get(self.next - 1) {
            Some(packet) => Item::Packet(packet),
            None => Item::Idle,
        }
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn secrets_ahead(&self) -> Option<Vec<Secret>> {
        self.secrets_ahead.clone()
    }

    fn progress(&self) -> Progress {
        self.progress
    }
}

impl std::ops::Drop for Background {
    /// Ends reading; the capture file is whole then.
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // Its panic was passed on where it was missed, or nobody is there to hear of it.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tapline_packet::{LinkType, Packet};

    use super::*;

    /// So many packets of so many octets, then nothing until somebody lets it end.
    struct Packets {
        left: usize,
        data: Vec<u8>,
        facts: Facts,
        done: Sender<()>,
        end: Receiver<()>,
    }

    impl Source for Packets {
        fn next(&mut self) -> Item<'_> {
            if self.left == 0 {
                let _ = self.done.send(());
                let _ = self.end.recv();
                return Item::End;
            }
            self.left -= 1;
            let (link_type, data) = (LinkType::RAW, &self.data[..]);
            Item::Packet(Packet { number: 1, at: None, interface: 0, link_type, wire_length: 0, data })
        }

        fn facts(&self) -> &Facts {
            &self.facts
        }

        fn progress(&self) -> Progress {
            Progress { read_bytes: 0, total_bytes: None }
        }
    }

    /// A source that has told all its packets. Dropped first, `ends` lets it end.
    struct Told {
        ends: Sender<()>,
        source: Box<dyn Source + Send>,
    }

    fn told(packets: usize, octets: usize) -> Told {
        let ((done, is_done), (ends, end)) = (channel(), channel());
        let source = Packets { left: packets, data: vec![7; octets], facts: Facts::default(), done, end };
        let source = in_background(Box::new(source), None, WhenFull::Drop).unwrap();
        is_done.recv().unwrap();
        Told { ends, source }
    }

    fn count(source: &mut dyn Source) -> usize {
        let mut packets = 0;
        loop {
            match source.next() {
                Item::Packet(_) => packets += 1,
                Item::Idle => {}
                Item::End => return packets,
            }
        }
    }

    #[test]
    fn packets_go_when_a_bundle_is_full() {
        let arrives = |octets: usize| matches!(told(1, octets).source.next(), Item::Packet(_));
        assert!(arrives(BUNDLE_BYTES) && !arrives(BUNDLE_BYTES / 2));
        let Told { ends, mut source } = told(1, 1);
        ends.send(()).unwrap();
        assert_eq!(count(&mut *source), 1, "or when nothing follows");
    }

    #[test]
    fn what_finds_no_room_is_dropped_and_counted() {
        // A bundle each; the queue is full when it has more than it may, so one goes beyond.
        let most = QUEUE_BYTES_MAX / (BUNDLE_BYTES + 500) + 1;
        for (packets, dropped) in [(most, 0), (most + 1, 1), (most + 10, 10)] {
            let Told { ends, mut source } = told(packets, BUNDLE_BYTES);
            ends.send(()).unwrap();
            assert_eq!(count(&mut *source), packets - dropped);
            assert_eq!(source.facts().queue_dropped, Some(dropped as u64));
        }
    }

    #[test]
    fn who_waits_for_nothing_is_told_so() {
        let mut told = told(0, 0);
        assert!(matches!(told.source.next(), Item::Idle));
        let begun = Instant::now();
        assert!(matches!(told.source.next(), Item::Idle));
        let patience = Duration::from_millis(IDLE_MS.unsigned_abs());
        assert!((patience..20 * patience).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    }
}
