//! What is known of the capture as a whole.

use tapline_analysis::{Totals, human, printable};
use tapline_engine::Outcome;
use tapline_engine::capture::{Container, Facts, Progress};

/// Where reading stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum End {
    /// It goes on.
    #[default]
    Loading,
    /// Everything was read.
    Done,
    /// The reading thread went away without an outcome.
    Broken,
}

/// What is known of the capture as a whole.
#[derive(Default)]
pub(crate) struct SourceState {
    pub(crate) totals: Totals,
    pub(crate) progress: Progress,
    pub(crate) end: End,
    /// Batches taken: what turns the wheel where the end is not known.
    pub(crate) batches: u64,
    /// What the capture says beside its packets, as far as it was read.
    pub(crate) facts: Option<Facts>,
}

impl SourceState {
    /// A batch's counts.
    pub(crate) fn take(&mut self, progress: Progress, totals: Totals) {
        self.progress = progress;
        self.totals = totals;
        self.batches += 1;
    }

    /// What the capture has said beside its packets.
    pub(crate) fn learn(&mut self, news: Facts) {
        self.facts.get_or_insert_default().add(news);
    }

    /// Nothing more will come.
    pub(crate) fn ended(&mut self, outcome: Option<&Outcome>) {
        self.end = if outcome.is_some() { End::Done } else { End::Broken };
        if let Some(outcome) = outcome {
            self.totals = outcome.totals.clone();
            self.facts = Some(outcome.facts.clone());
        }
    }

    /// The part that was read, in 1/1000; `None` where the whole is not known.
    pub(crate) fn permille(&self) -> Option<u16> {
        let total = self.progress.total_bytes.filter(|&total| total > 0)?;
        let permille = u128::from(self.progress.read_bytes) * 1000 / u128::from(total);
        u16::try_from(permille.min(1000)).ok()
    }

    /// Whether packets come from a device.
    pub(crate) fn is_live(&self) -> bool {
        let files = self.facts.iter().flat_map(|facts| &facts.files);
        files.into_iter().any(|file| file.container == Container::Device)
    }

    /// Packets that were lost or not analysed; `None` where nobody says.
    pub(crate) fn dropped(&self) -> Option<u64> {
        self.facts.as_ref()?.dropped_packets()
    }

    /// The inputs, safe to print; empty while they are not known.
    pub(crate) fn names(&self) -> String {
        let files = self.facts.iter().flat_map(|facts| &facts.files);
        let names: Vec<_> = files
            .map(|file| match file.path.file_name() {
                Some(name) if name != "-" => printable(&name.to_string_lossy()).into_owned(),
                _ => "standard input".to_owned(),
            })
            .collect();
        names.join(", ")
    }

    /// What the reader must know before believing the rest, most telling first; `left_out` are connections,
    /// requests and findings that found no room.
    pub(crate) fn warnings(&self, left_out: [u64; 3]) -> Vec<String> {
        let [connections, requests, findings] = left_out;
        let mut lines = Vec::new();
        let mut say = |count: u64, noun: &str, what: &str| {
            if count > 0 {
                lines.push(format!("{} {what}", human::plural(count, noun)));
            }
        };
        if let Some(facts) = &self.facts {
            say(facts.damages.len() as u64, "place", "damaged in the capture file");
            say(facts.lost_packets().unwrap_or(0), "packet", "dropped while capturing");
            say(facts.queue_dropped.unwrap_or(0), "packet", "captured and not analysed: they came faster");
        }
        say(self.totals.truncated_packets, "packet", "cut by the snapshot length");
        for (reason, count) in &self.totals.undecoded_packets {
            say(*count, "packet", &format!("not decoded: {reason}"));
        }
        say(self.totals.evicted_connections, "connection", "given up early to make room");
        say(connections, "connection", "not listed: the list is full");
        say(requests, "request", "not listed: the list is full");
        say(findings, "finding", "only counted, those that cost least: the list is full");
        say(
            self.totals.untimed_packets,
            "packet",
            "without a time; they stand at the time of the packet before",
        );
        say(self.totals.clock_steps_back, "packet", "earlier than the packet before");
        if let Some(facts) = &self.facts {
            lines.extend(facts.incidents.iter().map(|what| printable(&what.to_string()).into_owned()));
            lines.extend(facts.left_out_texts());
            lines.extend(facts.damages.iter().map(|damage| printable(&damage.to_string()).into_owned()));
        }
        if self.end == End::Broken {
            lines.insert(0, "the analysis stopped before its end".to_owned());
        }
        lines
    }
}
