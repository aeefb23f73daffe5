//! A source that ends when somebody says so, whatever it has.

use crate::{Facts, Item, Mapped, Progress, Secret, Source};

/// Ends a source as soon as it is over, which is asked before each packet with the number of packets so far. Without
/// packets, a device or a pipe ends a tenth of a second later at most.
pub fn until(
    source: Box<dyn Source + Send>,
    is_over: impl FnMut(u64) -> bool + Send + 'static,
) -> Box<dyn Source + Send> {
    Box::new(Until { source, is_over: Box::new(is_over), packets: 0, ended: false })
}

struct Until {
    source: Box<dyn Source + Send>,
    is_over: Box<dyn FnMut(u64) -> bool + Send>,
    /// Packets that were told.
    packets: u64,
    ended: bool,
}

impl Source for Until {
    fn next(&mut self) -> Item<'_> {
        self.ended = self.ended || (self.is_over)(self.packets);
        if self.ended {
            return Item::End;
        }
        let item = self.source.next();
        self.packets += u64::from(matches!(item, Item::Packet(_)));
        item
    }

    fn facts(&self) -> &Facts {
        self.source.facts()
    }

    fn conclude(&mut self) {
        self.source.conclude();
    }

    fn secrets_ahead(&self) -> Option<Vec<Secret>> {
        self.source.secrets_ahead()
    }

    fn mapped(&self) -> Option<Mapped> {
        self.source.mapped()
    }

    fn first_number(&self) -> u64 {
        self.source.first_number()
    }

    fn progress(&self) -> Progress {
        self.source.progress()
    }
}
