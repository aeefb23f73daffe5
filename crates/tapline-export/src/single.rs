//! The one connection that is to be drawn, of those that a filter lets through.

use std::{fmt, io};

use tapline_engine::analysis::{ConnectionRecord, Event, human, printable};
use tapline_engine::{Outcome, Subject};

use crate::exporter::Exporter;
use crate::limits::CHOICES_MAX;
use crate::records::RecordType;

/// Why there is not one connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOne {
    /// There is none.
    #[error("no connection matches: tapline report lists those that there are")]
    None,
    /// There are several.
    #[error("{} match, and one can be drawn: name it with --connection: {}", human::plural(*count, "connection"), Listed(first, *count))]
    Several {
        /// How many.
        count: u64,
        /// The first of them, in words.
        first: Vec<String>,
    },
}

struct Listed<'a>(&'a [String], u64);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))?;
        match self.1 - self.0.len() as u64 {
            0 => Ok(()),
            more => write!(f, " and {} more", human::count(more)),
        }
    }
}

/// Takes connections, to find the one.
#[derive(Debug, Default)]
pub struct Finder {
    subject: Option<Subject>,
    count: u64,
    first: Vec<String>,
}

/// The records that a [`Finder`] takes.
pub const TYPES: [RecordType; 1] = [RecordType::Connection];

impl Exporter for Finder {
    type Out = Result<Subject, NotOne>;

    fn event(&mut self, event: &Event, is_wanted: bool) -> io::Result<()> {
        if let Event::Connection(record) = event
            && is_wanted
        {
            self.count += 1;
            self.subject = Some(Subject::of(record));
            if self.first.len() < CHOICES_MAX {
                self.first.push(words(record));
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(self, _: &Outcome, _: bool) -> io::Result<Self::Out> {
        let Self { subject, count, first } = self;
        Ok(match (subject, count) {
            (Some(subject), 1) => Ok(subject),
            (None, _) => Err(NotOne::None),
            (Some(_), count) => Err(NotOne::Several { count, first }),
        })
    }
}

fn words(record: &ConnectionRecord) -> String {
    let server = human::with_port(record.server_name.as_deref(), record.server.endpoint);
    format!("{} ({} to {})", record.id, record.client.endpoint, printable(&server))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_named_and_the_others_counted() {
        let said = |count: usize| {
            let first = (0..count.min(CHOICES_MAX)).map(|id| id.to_string()).collect();
            NotOne::Several { count: count as u64, first }.to_string()
        };
        assert!(said(CHOICES_MAX).ends_with(", 6, 7"), "{}", said(CHOICES_MAX));
        assert!(said(CHOICES_MAX + 1).ends_with(", 6, 7 and 1 more"));
    }
}
