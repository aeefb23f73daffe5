//! One who writes every format there is, to nowhere.

use std::io::{self, Sink, sink};

use anyhow::Result;
use tapline_engine::Outcome;
use tapline_engine::analysis::{Event, Timestamp};
use tapline_export::csv::{self, Columns};
use tapline_export::diff::{self, Side};
use tapline_export::har::{self, WithBodies};
use tapline_export::html::{self, Collector, Page, PageOptions};
use tapline_export::records::RecordType;
use tapline_export::redact::Secrets;
use tapline_export::{Exporter, ndjson};

/// An exporter for each format.
pub(crate) struct Formats<'c> {
    lines: ndjson::Writer<Sink>,
    tables: Vec<(RecordType, csv::Writer<'c, Sink>)>,
    har: har::Writer<Sink>,
    page: Collector,
    side: Side,
    #[cfg(feature = "full")]
    full: full::Formats,
}

/// The columns of every table.
pub(crate) fn every_column() -> Result<Vec<(RecordType, Columns)>> {
    RecordType::ALL.into_iter().map(|record| Ok((record, Columns::named(record, &[])?))).collect()
}

impl<'c> Formats<'c> {
    pub(crate) fn new(columns: &'c [(RecordType, Columns)]) -> Result<Self> {
        let secrets = Secrets::Redacted;
        let tables = columns
            .iter()
            .map(|(record, columns)| Ok((*record, csv::Writer::new(sink(), columns, secrets)?)))
            .collect::<Result<_>>()?;
        Ok(Self {
            lines: ndjson::Writer::new(sink()).with(secrets),
            tables,
            har: har::Writer::new(sink(), secrets, WithBodies::Yes),
            page: Collector::new(PageOptions::default()),
            side: Side::default(),
            #[cfg(feature = "full")]
            full: full::Formats::new()?,
        })
    }
}

impl Exporter for Formats<'_> {
    type Out = (Page, Side);

    fn begin(&mut self, start: Timestamp) {
        self.lines.begin(start);
        self.tables.iter_mut().for_each(|(_, table)| table.begin(start));
        self.har.begin(start);
        self.page.begin(start);
        self.side.begin(start);
        #[cfg(feature = "full")]
        self.full.begin(start);
    }

    fn event(&mut self, event: &Event, is_wanted: bool) -> io::Result<()> {
        let is_of = |types: &[RecordType]| {
            is_wanted && RecordType::of(event).is_some_and(|record| types.contains(&record))
        };
        self.lines.event(event, is_wanted)?;
        self.tables.iter_mut().try_for_each(|(record, table)| table.event(event, is_of(&[*record])))?;
        self.har.event(event, is_of(&[RecordType::HttpExchange]))?;
        self.page.event(event, is_of(&html::TYPES))?;
        self.side.event(event, is_of(&diff::TYPES))?;
        #[cfg(feature = "full")]
        self.full.event(event, is_of)?;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lines.flush()?;
        self.tables.iter_mut().try_for_each(|(_, table)| table.flush())?;
        self.har.flush()?;
        #[cfg(feature = "full")]
        self.full.flush()?;
        Ok(())
    }

    fn finish(self, outcome: &Outcome, _: bool) -> io::Result<Self::Out> {
        self.lines.finish(outcome, true)?;
        for (record, table) in self.tables {
            table.finish(outcome, record == RecordType::Capture)?;
        }
        self.har.finish(outcome, false)?;
        #[cfg(feature = "full")]
        self.full.finish(outcome)?;
        Ok((self.page.finish(outcome, true)?, self.side.finish(outcome, false)?))
    }
}

/// What only a build with everything writes.
#[cfg(feature = "full")]
mod full {
    use std::io::{self, Sink, sink};

    use tapline_engine::Outcome;
    use tapline_engine::analysis::{Event, Timestamp};
    use tapline_export::Exporter;
    use tapline_export::records::RecordType;
    use tapline_export::redact::Secrets;
    use tapline_otlp::Lines;
    use tempfile::TempDir;

    pub(super) struct Formats {
        traces: tapline_otlp::Writer<Lines<Sink>>,
        tables: tapline_parquet::Writer,
        /// Where the tables are, until all is tried.
        _folder: TempDir,
    }

    impl Formats {
        pub(super) fn new() -> io::Result<Self> {
            let folder = tempfile::tempdir()?;
            let options = tapline_parquet::Options {
                folder: folder.path().to_owned(),
                partitioning: tapline_parquet::Partitioning::default(),
                host: "host".to_owned(),
                complete_every: None,
                secrets: Secrets::Redacted,
            };
            Ok(Self {
                traces: tapline_otlp::Writer::new(Lines::new(sink()), tapline_otlp::Options::default()),
                tables: tapline_parquet::Writer::new(&options, &RecordType::ALL),
                _folder: folder,
            })
        }

        pub(super) fn begin(&mut self, start: Timestamp) {
            self.traces.begin(start);
            self.tables.begin(start);
        }

        pub(super) fn event(
            &mut self,
            event: &Event,
            is_of: impl Fn(&[RecordType]) -> bool,
        ) -> io::Result<()> {
            self.traces.event(event, is_of(&tapline_otlp::TYPES))?;
            self.tables.event(event, is_of(&RecordType::ALL))
        }

        pub(super) fn flush(&mut self) -> io::Result<()> {
            self.traces.flush()?;
            self.tables.flush()
        }

        pub(super) fn finish(self, outcome: &Outcome) -> io::Result<()> {
            self.traces.finish(outcome, false)?;
            self.tables.finish(outcome, true)?;
            Ok(())
        }
    }
}
