//! Several capture files read as one, in the order of their packets' times.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tapline_packet::Timestamp;

use crate::file::{File, Step};
use crate::{Facts, Item, Mapped, Progress, Secret, Source};

/// Capture files as one source. Each file keeps its own order even where its clock goes backwards; between files the
/// earlier packet comes first, and at the same time the file that was named first. A packet without a time stays
/// right after the packet before it in its file.
pub(crate) struct Files {
    inputs: Vec<File>,
    facts: Facts,
    /// Files that have to be stepped before the next packet can be chosen.
    to_step: Vec<usize>,
    /// Files that hold a packet, the earliest first.
    waiting: BinaryHeap<Reverse<(Option<Timestamp>, usize)>>,
    /// Packets handed over.
    packets: u64,
}

impl Files {
    pub(crate) fn new(files: Vec<File>) -> Self {
        let facts =
            Facts { files: files.iter().map(|file| file.facts.clone()).collect(), ..Facts::default() };
        let to_step = (0..files.len()).rev().collect();
        Self { inputs: files, facts, to_step, waiting: BinaryHeap::new(), packets: 0 }
    }

    /// What was learnt; ends reading.
    pub(crate) fn into_facts(self) -> Facts {
        self.facts
    }

    /// The next packet where there is nothing to choose from.
    fn next_of_one(&mut self) -> Item<'_> {
        let Some(file) = self.inputs.first_mut() else { return Item::End };
        match file.step(&mut self.facts, 0, self.packets) {
            Step::Packet(_) => {
                self.packets += 1;
                file.note_comments(&mut self.facts, self.packets);
                Item::Packet(file.packet(self.packets))
            }
            Step::Idle => Item::Idle,
            Step::End => Item::End,
        }
    }

    /// Steps every file that does not hold a packet; `false` where one has none now.
    fn step_all(&mut self) -> bool {
        while let Some(index) = self.to_step.last().copied() {
            let Some(file) = self.inputs.get_mut(index) else { return true };
            match file.step(&mut self.facts, index, self.packets) {
                // No time sorts before every time: the packet comes next, right after the one before it in its file.
                Step::Packet(found) => self.waiting.push(Reverse((found.at, index))),
                Step::Idle => return false,
                Step::End => {}
            }
            self.to_step.pop();
        }
        true
    }
}

impl Source for Files {
    fn next(&mut self) -> Item<'_> {
        if self.inputs.len() == 1 {
            return self.next_of_one();
        }
        if !self.step_all() {
            return Item::Idle;
        }
        let chosen = self.waiting.pop().map(|Reverse((_, index))| index);
        let Some((index, file)) = chosen.and_then(|index| Some((index, self.inputs.get_mut(index)?))) else {
            return Item::End;
        };
        self.packets += 1;
        self.to_step.push(index);
        file.note_comments(&mut self.facts, self.packets);
        Item::Packet(file.packet(self.packets))
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn conclude(&mut self) {
        for file in &mut self.inputs {
            file.conclude(&mut self.facts, self.packets);
        }
    }

    fn secrets_ahead(&self) -> Option<Vec<Secret>> {
        let each: Option<Vec<_>> = self.inputs.iter().map(File::secrets_ahead).collect();
        each.map(|secrets| secrets.concat())
    }

    fn mapped(&self) -> Option<Mapped> {
        match self.inputs.as_slice() {
            [file] => file.mapped().cloned(),
            _ => None,
        }
    }

    fn progress(&self) -> Progress {
        let sum = |sum: Progress, one: Progress| Progress {
            read_bytes: sum.read_bytes + one.read_bytes,
            total_bytes: sum.total_bytes.zip(one.total_bytes).map(|(sum, one)| sum + one),
        };
        self.inputs.iter().map(File::progress).reduce(sum).unwrap_or_default()
    }
}
