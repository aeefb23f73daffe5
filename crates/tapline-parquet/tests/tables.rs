//! Rows of tables are the records of a capture, in files that are complete, within bounds.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tapline_engine::RunOptions;
use tapline_engine::analysis::{Event, Interests, Options as Analysis};
use tapline_engine::capture::open;
use tapline_export::records::RecordType;
use tapline_export::redact::Secrets;
use tapline_export::{Choice, export};
use tapline_parquet::{Options, Writer, Written};

fn options(folder: &Path) -> Options {
    Options {
        folder: folder.to_owned(),
        partitioning: "date,host".parse().unwrap(),
        host: "h".to_owned(),
        complete_every: None,
        secrets: Secrets::Redacted,
    }
}

fn write(capture: &Path, options: &Options) -> Written {
    let choice = Choice::of(&RecordType::ALL);
    let analysis = Analysis::of(choice.interests(Interests::NONE));
    let mut source = open(&[capture.to_owned()]).unwrap();
    let writer = Writer::new(options, &RecordType::ALL);
    let see = |_: &_| ControlFlow::Continue(());
    export(&mut *source, &RunOptions::new(analysis), choice, writer, see).unwrap().0
}

/// The files of each table.
fn files(folder: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let table = path.strip_prefix(folder).unwrap().iter().next().unwrap();
                found.entry(table.to_string_lossy().into_owned()).or_default().push(path);
            }
        }
    }
    found
}

/// How many rows a file has, and what a column of numbers comes to.
fn read(path: &Path, column: &str) -> (usize, i64) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).unwrap()).unwrap();
    let (mut rows, mut sum) = (0, 0);
    for batch in builder.build().unwrap() {
        let batch = batch.unwrap();
        rows += batch.num_rows();
        let numbers = batch.column_by_name(column).unwrap().as_primitive::<Int64Type>();
        sum += numbers.iter().flatten().sum::<i64>();
    }
    (rows, sum)
}

#[test]
fn every_record_is_a_row_of_its_table() {
    let folder = tempfile::tempdir().unwrap();
    let capture = tapline_testkit::root().join("fixtures/link/page-load.pcapng");
    let written = write(&capture, &options(folder.path()));
    let files = files(folder.path());
    assert_eq!(files.values().flatten().count() as u64, written.files);

    let (mut counted, mut waited, mut rows) = (BTreeMap::<&str, usize>::new(), 0, 0);
    let analysis = Analysis::of(Choice::of(&RecordType::ALL).interests(Interests::NONE));
    tapline_engine::run(&mut *open(&[capture]).unwrap(), &RunOptions::new(analysis), |batch| {
        for event in &batch.events {
            if let Event::Exchange(exchange) = event {
                waited += exchange.timings.wait.unwrap_or(0);
            }
            if let Some(kind) = RecordType::of(event) {
                *counted.entry(kind.name()).or_default() += 1;
                rows += 1;
            }
        }
        ControlFlow::Continue(())
    });
    counted.insert("capture", 1);
    assert_eq!(written.rows, rows + 1);
    for (table, paths) in &files {
        let told: usize = paths.iter().map(|path| read_rows(path)).sum();
        assert_eq!(Some(&told), counted.get(table.as_str()), "{table}");
    }
    let told = read(&files["http_exchange"][0], "timings_ns_wait");
    assert_eq!(told, (counted["http_exchange"], waited));
    let path = files["connection"][0].display().to_string();
    assert!(path.contains("/connection/date=2026-11-20/host=h/h_2026-11-20T20%3A04%3A26."), "{path}");
}

fn read_rows(path: &Path) -> usize {
    let builder = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).unwrap()).unwrap();
    usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap()
}

#[test]
fn a_second_run_adds_files_and_replaces_none() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str| tapline_testkit::root().join("fixtures/http1").join(name);
    let one = write(&of("keep-alive.pcapng"), &options(folder.path()));
    let other = write(&of("chunked.pcapng"), &options(folder.path()));
    assert_eq!(files(folder.path()).values().flatten().count() as u64, one.files + other.files);
    // The same capture again would count everything twice.
    let choice = Choice::of(&[RecordType::Connection]);
    let analysis = Analysis::of(choice.interests(Interests::NONE));
    let mut source = open(&[of("keep-alive.pcapng")]).unwrap();
    let writer = Writer::new(&options(folder.path()), &[RecordType::Connection]);
    let again =
        export(&mut *source, &RunOptions::new(analysis), choice, writer, |_| ControlFlow::Continue(()));
    let error = again.map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("is there already"), "{error}");
}

#[test]
fn what_is_not_complete_has_a_name_that_engines_pass_over() {
    let folder = tempfile::tempdir().unwrap();
    let capture = tapline_testkit::root().join("fixtures/http1/keep-alive.pcapng");
    let types = [RecordType::Tcp, RecordType::Connection, RecordType::HttpExchange];
    let mut choice = Choice::of(&types);
    let analysis = Analysis::of(choice.interests(Interests::NONE));
    let mut writer = Writer::new(&options(folder.path()), &types);
    tapline_engine::run(&mut *open(&[capture]).unwrap(), &RunOptions::new(analysis), |batch| {
        choice.write(&batch, &mut writer).unwrap();
        ControlFlow::Continue(())
    });
    let begun = files(folder.path());
    let mut names =
        begun.values().flatten().map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
    assert!(names.all(|name| name.starts_with("_writing-")), "{begun:?}");
    assert!(!begun.is_empty());
    // Whoever ends before the end leaves nothing.
    drop(writer);
    assert!(files(folder.path()).is_empty());
}

#[test]
fn rows_can_be_read_while_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let capture = tapline_testkit::root().join("fixtures/link/slow-among-500.pcapng");
    let at_once = Options { complete_every: Some(std::time::Duration::ZERO), ..options(folder.path()) };
    let types = [RecordType::TlsMessage];
    let mut choice = Choice::of(&types);
    let analysis = Analysis::of(choice.interests(Interests::NONE));
    let mut writer = Writer::new(&at_once, &types);
    let options = RunOptions { batch_packets: 512, ..RunOptions::new(analysis) };
    let mut most = 0;
    tapline_engine::run(&mut *open(&[capture]).unwrap(), &options, |batch| {
        choice.write(&batch, &mut writer).unwrap();
        let paths = files(folder.path()).into_values().flatten();
        most = paths.map(|path| read_rows(&path)).sum::<usize>().max(most);
        ControlFlow::Continue(())
    });
    assert!(most > 1000, "{most}");
}
