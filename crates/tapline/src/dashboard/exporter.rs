//! Exports that the dashboard asks for: a connection, or what its filter lets through, in this folder.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, ensure};
use tapline_engine::analysis::{Interests, Options};
use tapline_engine::capture::Source;
use tapline_engine::{Batch, Going, Outcome, RunOptions, run};
use tapline_export::pcapng::{self, Selection, Wanted};
use tapline_export::records::RecordType;
use tapline_export::redact::Secrets;
use tapline_export::report::{INTERESTS, Palette, Report, ReportOptions};
use tapline_export::{Choice, export as export_records, ndjson};
use tapline_filter::{Filter, Sieve};
use tapline_tui::{Again, ExportFormat, ExportRequest, Exporter};

use crate::output::NewFile;

/// Columns of a report in a file.
const WIDTH: usize = 120;

/// Who writes exports of a capture that can be read again.
pub(crate) fn exporter(again: Again) -> Exporter {
    Arc::new(move |request, going| export(&again, request, going).map_err(|error| format!("{error:#}")))
}

/// Writes an export and gives its file's name.
fn export(again: &Again, request: &ExportRequest, going: &Going) -> Result<String> {
    let (_, ending) = request.format.name();
    let stem =
        request.connection.map_or("tapline-export".to_owned(), |(id, _)| format!("tapline-connection-{id}"));
    let path = free_path(&stem, ending);
    let mut file = NewFile::create(&path)?;
    let mut source = (again.reopen)()?;
    let mut options = RunOptions { watch: false, ..again.options.clone() };
    // The whole capture is read for one connection too, so that it has the same number as everywhere else.
    let filter = match request.connection {
        Some((id, _)) => Filter::parse(&format!("tcp.stream == {id}"))?,
        None => Filter::parse(&request.filter)?,
    };
    let sieve = Some(filter).filter(|filter| !filter.is_empty()).map(Sieve::new);
    let mut with = String::new();
    match request.format {
        ExportFormat::Ndjson => {
            let choice = Choice::of(&RecordType::usual()).through(sieve);
            let interests = choice.interests(Interests::NONE);
            options.analysis = Options { interests, ..options.analysis };
            let writer = ndjson::Writer::new(file);
            let see = |batch: &Batch| going.read(batch.progress);
            file = export_records(&mut *source, &options, choice, writer, see)?.0;
        }
        ExportFormat::Report => report(&mut *source, options, sieve, &mut file, going)?,
        ExportFormat::Pcapng => {
            let wanted = match (request.connection, sieve) {
                (Some((_, subject)), _) => Wanted::Connection(subject),
                (None, Some(sieve)) => Wanted::Filter(Box::new(sieve)),
                (None, None) => Wanted::All,
            };
            let selection = Selection::find(&mut *source, &options, wanted, |progress| going.read(progress));
            with = selection.has_secrets_of().map_or(with, |secrets| format!(", with {secrets}"));
            let mut source = (again.reopen)()?;
            pcapng::write(&mut *source, &selection, &mut file, |progress| going.read(progress))?;
        }
    }
    ensure!(!going.is_cancelled(), "it was stopped");
    file.persist()?;
    Ok(format!("{}{with}", path.display()))
}

fn report(
    source: &mut dyn Source,
    mut options: RunOptions,
    sieve: Option<Sieve>,
    out: &mut impl Write,
    going: &Going,
) -> Result<()> {
    let needed = sieve.as_ref().map_or(INTERESTS, |sieve| INTERESTS.and(sieve.needs(INTERESTS)));
    options.analysis = Options { interests: needed, ..options.analysis };
    let roots = options.analysis.trust.as_ref().map(|trust| trust.whose());
    let secrets = Secrets::Redacted;
    let options_of_report =
        ReportOptions { width: Some(WIDTH), palette: Palette::Plain, all: true, roots, secrets };
    let mut report = Report::new(options_of_report);
    if let Some(sieve) = sieve {
        report = report.through(sieve);
    }
    let outcome: Outcome = run(source, &options, |batch| {
        let progress = batch.progress;
        report.read(batch);
        going.read(progress)
    });
    report.print(&outcome, out)?;
    Ok(())
}

/// A name in this folder that nothing has yet.
fn free_path(stem: &str, ending: &str) -> PathBuf {
    let first = PathBuf::from(format!("{stem}.{ending}"));
    let others = (2..1000).map(|n| PathBuf::from(format!("{stem}-{n}.{ending}")));
    let is_free = |path: &PathBuf| !Path::new(path).exists();
    std::iter::once(first.clone()).chain(others).find(is_free).unwrap_or(first)
}
