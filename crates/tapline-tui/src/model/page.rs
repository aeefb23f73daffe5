//! The screens.

/// What fills the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Page {
    /// The capture as a whole.
    Overview,
    /// A table of connections, and the selected one in detail.
    Connections,
    /// The same connections as a waterfall, with their requests on demand.
    Timeline,
    /// What was found.
    Findings,
    /// The selected connection as a ladder of events.
    Ladder,
    /// Its HTTP/2 streams.
    Streams,
    /// What its TCP did over time.
    Tcp,
    /// The selected event by field and by byte.
    Bytes,
}

impl Page {
    /// All, in the order of their numbers.
    pub(crate) const ALL: [Self; 8] = [
        Self::Overview,
        Self::Connections,
        Self::Timeline,
        Self::Findings,
        Self::Ladder,
        Self::Streams,
        Self::Tcp,
        Self::Bytes,
    ];

    /// The name on its tab.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Connections => "Connections",
            Self::Timeline => "Timeline",
            Self::Findings => "Findings",
            Self::Ladder => "Ladder",
            Self::Streams => "Streams",
            Self::Tcp => "TCP",
            Self::Bytes => "Bytes",
        }
    }

    /// Whether it lists the capture's connections.
    pub(crate) fn is_list(self) -> bool {
        matches!(self, Self::Connections | Self::Timeline)
    }

    /// Whether it shows one connection in full, which has to be read again for it.
    pub(crate) fn is_close(self) -> bool {
        matches!(self, Self::Ladder | Self::Streams | Self::Tcp | Self::Bytes)
    }

    /// So many screens further on, around the ends.
    pub(crate) fn step(self, by: isize) -> Self {
        let count = isize::try_from(Self::ALL.len()).unwrap_or(1);
        let here = Self::ALL.iter().position(|&page| page == self).and_then(|at| isize::try_from(at).ok());
        let at = (here.unwrap_or(0) + by).rem_euclid(count);
        usize::try_from(at).ok().and_then(|at| Self::ALL.get(at)).copied().unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_go_around() {
        assert_eq!(Page::Bytes.step(1), Page::Overview);
        assert_eq!(Page::Overview.step(-1), Page::Bytes);
        assert_eq!(Page::Timeline.step(1), Page::Findings);
    }
}
