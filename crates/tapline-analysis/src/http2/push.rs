//! What became of what a server promised (RFC 9113 §8.4).

use std::collections::BTreeMap;

use crate::Sender;
use crate::limits::PROMISES_MAX;

/// Promised streams of a connection, counted by what became of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PushCounts {
    /// All of them.
    pub promised: u64,
    /// The response came whole.
    pub accepted: u64,
    /// The client reset the stream.
    pub refused: u64,
    /// The server took its promise back: it reset the stream.
    pub withdrawn: u64,
    /// The response never began.
    pub never_begun: u64,
    /// The response began and did not come whole.
    pub cut: u64,
    /// Those promised although the client had forbidden it, whatever became of them.
    pub forbidden: u64,
}

/// Whether the client allows pushes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Leave {
    /// It does, or that is not known.
    Given,
    /// `SETTINGS_ENABLE_PUSH` is 0 and was acknowledged.
    Denied,
}

/// A promise that nothing came of yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Promise {
    Made,
    Begun,
}

/// The promises of one connection.
#[derive(Debug, Default)]
pub(crate) struct Pushes {
    counts: PushCounts,
    open: BTreeMap<u32, Promise>,
}

impl Pushes {
    /// PUSH_PROMISE of a stream.
    pub(crate) fn promise(&mut self, promised: u32, leave: Leave) {
        self.counts.promised += 1;
        self.counts.forbidden += u64::from(leave == Leave::Denied);
        if self.open.len() < PROMISES_MAX {
            self.open.insert(promised, Promise::Made);
        } else {
            // Nobody will hear of it again.
            self.counts.never_begun += 1;
        }
    }

    /// The server answers on a promised stream.
    pub(crate) fn begin(&mut self, stream: u32) {
        if let Some(promise) = self.open.get_mut(&stream) {
            *promise = Promise::Begun;
        }
    }

    /// The server's last frame on a stream.
    pub(crate) fn end(&mut self, stream: u32) {
        if self.open.remove(&stream).is_some() {
            self.counts.accepted += 1;
        }
    }

    /// RST_STREAM.
    pub(crate) fn reset(&mut self, stream: u32, by: Sender) {
        if self.open.remove(&stream).is_none() {
            return;
        }
        match by {
            Sender::Client => self.counts.refused += 1,
            Sender::Server => self.counts.withdrawn += 1,
        }
    }

    /// The connection is over: what the promises came to.
    pub(crate) fn close(&mut self) -> PushCounts {
        for promise in std::mem::take(&mut self.open).into_values() {
            match promise {
                Promise::Made => self.counts.never_begun += 1,
                Promise::Begun => self.counts.cut += 1,
            }
        }
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_promise_comes_to_one_thing() {
        let mut pushes = Pushes::default();
        for stream in [2, 4, 6, 8, 10] {
            pushes.promise(stream, if stream == 10 { Leave::Denied } else { Leave::Given });
        }
        for stream in [2, 4, 6] {
            pushes.begin(stream);
        }
        pushes.end(2);
        pushes.end(3);
        pushes.reset(4, Sender::Client);
        pushes.reset(8, Sender::Server);
        let expected = PushCounts {
            promised: 5,
            accepted: 1,
            refused: 1,
            withdrawn: 1,
            never_begun: 1,
            cut: 1,
            forbidden: 1,
        };
        assert_eq!(pushes.close(), expected);
    }

    #[test]
    fn promises_that_nothing_comes_of_are_bounded() {
        let mut pushes = Pushes::default();
        for stream in 0..10_000 {
            pushes.promise(stream * 2, Leave::Given);
        }
        assert_eq!(pushes.open.len(), PROMISES_MAX);
        assert_eq!(pushes.close().never_begun, 10_000);
    }
}
