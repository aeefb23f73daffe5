//! What a source has said since somebody listened last.

use super::{Comment, Facts, Interface};

/// How much of a source's facts somebody has heard. Comparing costs nothing where nothing was said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Heard {
    files: usize,
    interfaces: usize,
    sections: usize,
    names: usize,
    secrets: usize,
    comments: usize,
    drops: usize,
    incidents: usize,
    damages: usize,
    queue_dropped: Option<u64>,
    counts: u64,
}

impl Heard {
    fn all_of(facts: &Facts) -> Self {
        Self {
            files: facts.files.len(),
            interfaces: facts.interfaces.len(),
            sections: facts.sections.len(),
            names: facts.names.len(),
            secrets: facts.secrets.len(),
            comments: facts.comments.len(),
            drops: facts.drops.len(),
            incidents: facts.incidents.len(),
            damages: facts.damages.len(),
            queue_dropped: facts.queue_dropped,
            counts: facts.counts,
        }
    }

    /// As if all secrets, names and comments had been heard: for who has no use for them.
    #[must_use]
    pub fn but_texts(self, facts: &Facts) -> Self {
        let Facts { secrets, names, comments, .. } = facts;
        Self { secrets: secrets.len(), names: names.len(), comments: comments.len(), ..self }
    }
}

impl Facts {
    /// What was said since `heard`, which is moved on; `None` where that is nothing. What is counted comes as it stands.
    pub fn since(&self, heard: &mut Heard) -> Option<Self> {
        let now = Heard::all_of(self);
        let before = std::mem::replace(heard, now);
        (now != before).then(|| Self {
            files: behind(&self.files, before.files),
            interfaces: self.interfaces.clone(),
            sections: behind(&self.sections, before.sections),
            names: behind(&self.names, before.names),
            secrets: behind(&self.secrets, before.secrets),
            comments: behind(&self.comments, before.comments),
            drops: behind(&self.drops, before.drops),
            incidents: behind(&self.incidents, before.incidents),
            damages: behind(&self.damages, before.damages),
            blocks: self.blocks.clone(),
            left_out: self.left_out.clone(),
            queue_dropped: self.queue_dropped,
            counts: self.counts,
            text_bytes: self.text_bytes,
            secret_bytes: self.secret_bytes,
        })
    }

    /// Octets of memory that it takes, but for what is small and bounded.
    pub(crate) fn bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let interface = |one: &Interface| {
            let Interface { name, description, filter, os, .. } = one;
            size_of::<Interface>() + [name, description, filter, os].map(text).iter().sum::<usize>()
        };
        let names =
            self.names.iter().flat_map(|name| &name.names).map(|name| name.len() + size_of::<String>());
        self.interfaces.iter().map(interface).sum::<usize>()
            + names.sum::<usize>()
            + self.comments.iter().map(|comment| comment.text.len() + size_of::<Comment>()).sum::<usize>()
            + self.secrets.iter().map(|secret| secret.bytes.len()).sum::<usize>()
    }

    /// Adds what [`Self::since`] gave.
    pub fn add(&mut self, news: Self) {
        self.files.extend(news.files);
        self.interfaces = news.interfaces;
        self.sections.extend(news.sections);
        self.names.extend(news.names);
        self.secrets.extend(news.secrets);
        self.comments.extend(news.comments);
        self.drops.extend(news.drops);
        self.incidents.extend(news.incidents);
        self.damages.extend(news.damages);
        self.blocks = news.blocks;
        self.left_out = news.left_out;
        self.queue_dropped = news.queue_dropped.or(self.queue_dropped);
        self.counts += 1;
        self.text_bytes = news.text_bytes;
        self.secret_bytes = news.secret_bytes;
    }
}

fn behind<T: Clone>(all: &[T], heard: usize) -> Vec<T> {
    all.get(heard..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use tapline_packet::Timestamp;

    use super::*;
    use crate::Secret;

    #[test]
    fn news_add_up_to_what_was_said() {
        let mut facts = Facts::default();
        let (mut heard, mut told) = (Heard::default(), Facts::default());
        assert!(facts.since(&mut heard).is_none());
        facts.add_interface(Interface::default());
        facts.note_dropped(0, Some(Timestamp(5)), 2);
        facts.add_secret(Secret { kind: 1, bytes: vec![1], after_packet: 0 });
        told.add(facts.since(&mut heard).unwrap());
        assert!(facts.since(&mut heard).is_none());
        facts.note_dropped(0, None, 3);
        facts.note_not_analysed(Some(Timestamp(9)), 1);
        told.add(facts.since(&mut heard).unwrap());
        assert_eq!((&told.interfaces, &told.drops), (&facts.interfaces, &facts.drops));
        assert_eq!((&told.secrets, told.dropped_packets()), (&facts.secrets, Some(6)));
    }

    #[test]
    fn secrets_are_kept_from_who_has_no_use_for_them() {
        let mut facts = Facts::default();
        facts.add_secret(Secret { kind: 1, bytes: vec![1], after_packet: 0 });
        let mut heard = Heard::default().but_texts(&facts);
        assert!(facts.since(&mut heard).is_none());
    }
}
