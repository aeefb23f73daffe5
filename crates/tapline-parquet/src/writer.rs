//! Records to the tables and partitions they belong to.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;
use tapline_engine::Outcome;
use tapline_engine::analysis::{Event, Timestamp};
use tapline_export::records::{self, RecordType, Visitor};
use tapline_export::redact::{Redactor, Secrets};
use tapline_export::table::Row;
use tapline_export::{Exporter, rfc3339};

use crate::columns::Shape;
use crate::file::OpenFile;
use crate::limits::{FILE_ROWS_MAX, OPEN_FILES_MAX, WAITING_BYTES_MAX};
use crate::partition::{Partitioning, Place, escaped};

/// Where and how tables are written.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the tables.
    pub folder: PathBuf,
    /// What rows are parted by.
    pub partitioning: Partitioning,
    /// The name of the machine that captured.
    pub host: String,
    /// How long rows may wait until their file is complete and readers see them; `None` for as long as the run.
    pub complete_every: Option<Duration>,
    /// Whether secrets are shown.
    pub secrets: Secrets,
}

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Written {
    /// Files that are complete.
    pub files: u64,
    /// Rows in them.
    pub rows: u64,
}

/// Writes records as rows of tables, one table a type.
pub struct Writer {
    redactor: Redactor,
    tables: Tables,
}

struct Tables {
    options: Options,
    /// By the place of its type in [`RecordType::ALL`].
    shapes: BTreeMap<usize, (Shape, Row)>,
    open: BTreeMap<(usize, Place), Open>,
    /// Names the run: host and begin of the capture.
    run: Option<String>,
    written: Written,
    /// Files that were begun, by table: they name them.
    begun: BTreeMap<usize, u64>,
    /// Rows so far.
    turn: u64,
    completed: Instant,
}

struct Open {
    file: OpenFile,
    /// The turn of the newest row.
    turn: u64,
}

impl Writer {
    /// Tables of these types.
    pub fn new(options: &Options, types: &[RecordType]) -> Self {
        let all = RecordType::ALL.into_iter().enumerate().filter(|(_, kind)| types.contains(kind));
        let shapes = all
            .map(|(index, kind)| {
                let shape = Shape::of(kind);
                let row = Row::of(&shape.table);
                (index, (shape, row))
            })
            .collect();
        let tables = Tables {
            options: options.clone(),
            shapes,
            open: BTreeMap::new(),
            run: None,
            written: Written::default(),
            begun: BTreeMap::new(),
            turn: 0,
            completed: Instant::now(),
        };
        Self { redactor: Redactor::new(options.secrets), tables }
    }
}

impl Exporter for Writer {
    type Out = Written;

    fn begin(&mut self, start: Timestamp) {
        self.tables.begin(start);
    }

    fn event(&mut self, event: &Event, is_wanted: bool) -> io::Result<()> {
        if is_wanted { records::visit(event, &self.redactor, &mut self.tables) } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        let every = self.tables.options.complete_every;
        if every.is_some_and(|every| self.tables.completed.elapsed() >= every) {
            self.tables.completed = Instant::now();
            self.tables.complete_all()?;
        }
        Ok(())
    }

    fn finish(mut self, outcome: &Outcome, is_wanted: bool) -> io::Result<Written> {
        if is_wanted {
            records::visit_capture(outcome, &self.redactor, &mut self.tables)?;
        }
        self.tables.complete_all()?;
        Ok(self.tables.written)
    }
}

impl Visitor for Tables {
    fn record(&mut self, kind: RecordType, record: &impl Serialize) -> io::Result<()> {
        let index = RecordType::ALL.into_iter().position(|one| one == kind).unwrap_or_default();
        let Self { options, shapes, open, run, begun, turn, .. } = self;
        let Some((shape, row)) = shapes.get_mut(&index) else { return Ok(()) };
        row.fill(&shape.table, record)?;
        let run = run.as_deref().unwrap_or(&options.host);
        let place = options.partitioning.place(shape.time(row));
        *turn += 1;
        let open = match open.entry((index, place)) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(vacant) => {
                let begun = begun.entry(index).or_default();
                *begun += 1;
                let name = format!("{}-{begun:06}.parquet", escaped(run));
                let table = options.folder.join(kind.name());
                let folder = options.partitioning.folder(&table, place, &options.host);
                vacant.insert(Open { file: OpenFile::begin(shape, &folder, &name)?, turn: *turn })
            }
        };
        open.turn = *turn;
        open.file.push(shape, run, row)?;
        if open.file.rows() >= FILE_ROWS_MAX {
            self.complete((index, place))?;
        }
        self.keep_within_bounds()
    }
}

impl Tables {
    fn begin(&mut self, start: Timestamp) {
        self.run.get_or_insert_with(|| format!("{}_{}", self.options.host, rfc3339(start)));
    }

    /// Completes the file that was written to longest ago where there are too many, and writes out the largest where too much
    /// waits.
    fn keep_within_bounds(&mut self) -> io::Result<()> {
        if self.open.len() > OPEN_FILES_MAX {
            let oldest = self.open.iter().min_by_key(|(_, open)| open.turn).map(|(place, _)| *place);
            oldest.map_or(Ok(()), |place| self.complete(place))?;
        }
        // Sizes change where columns are encoded; in between nothing is worth a look.
        if self.turn.is_multiple_of(256) {
            let waiting: usize = self.open.values().map(|open| open.file.waiting_bytes()).sum();
            if waiting > WAITING_BYTES_MAX
                && let Some(largest) = self.open.values_mut().max_by_key(|open| open.file.waiting_bytes())
            {
                largest.file.end_row_group()?;
            }
        }
        Ok(())
    }

    fn complete(&mut self, place: (usize, Place)) -> io::Result<()> {
        let (Some(open), Some((shape, _))) = (self.open.remove(&place), self.shapes.get(&place.0)) else {
            return Ok(());
        };
        self.written.rows += open.file.rows();
        self.written.files += 1;
        open.file.complete(shape)?;
        Ok(())
    }

    fn complete_all(&mut self) -> io::Result<()> {
        let places: Vec<_> = self.open.keys().copied().collect();
        places.into_iter().try_for_each(|place| self.complete(place))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::limits::{BATCH_ROWS, ROW_GROUP_BYTES_MAX};

    fn tables(folder: &std::path::Path) -> Tables {
        let options = Options {
            folder: folder.to_owned(),
            partitioning: "hour".parse().unwrap(),
            host: "h".to_owned(),
            complete_every: None,
            secrets: Secrets::default(),
        };
        Writer::new(&options, &[RecordType::Anomaly]).tables
    }

    fn anomaly(hour: u64, detail: &str) -> Value {
        json!({ "at": rfc3339(Timestamp(i64::try_from(hour * 3_600_000_000_000).unwrap())), "detail": detail })
    }

    #[test]
    fn of_too_many_open_files_the_one_that_waits_longest_is_completed() {
        let folder = tempfile::tempdir().unwrap();
        let mut tables = tables(folder.path());
        for hour in 0..OPEN_FILES_MAX as u64 {
            tables.record(RecordType::Anomaly, &anomaly(hour, "")).unwrap();
        }
        assert_eq!((tables.open.len(), tables.written.files), (OPEN_FILES_MAX, 0));
        tables.record(RecordType::Anomaly, &anomaly(0, "")).unwrap();
        tables.record(RecordType::Anomaly, &anomaly(OPEN_FILES_MAX as u64, "")).unwrap();
        assert_eq!((tables.open.len(), tables.written), (OPEN_FILES_MAX, Written { files: 1, rows: 1 }));
    }

    /// Text that cannot be made shorter.
    fn noise(seed: u64, octets: usize) -> String {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let letter = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from(b'0' + u8::try_from(state % 64).unwrap())
        };
        (0..octets).map(letter).collect()
    }

    #[test]
    fn what_waits_in_memory_is_bound_in_each_file_and_in_all() {
        let folder = tempfile::tempdir().unwrap();
        let mut tables = tables(folder.path());
        let (mut most, mut most_of_all) = (0, 0);
        let (files, octets) = (6, 16 << 10);
        for row in 0..(files * 2 * BATCH_ROWS) as u64 {
            let record = anomaly(row % files as u64, &noise(row, octets));
            tables.record(RecordType::Anomaly, &record).unwrap();
            let waiting: Vec<usize> = tables.open.values().map(|open| open.file.waiting_bytes()).collect();
            most = waiting.iter().copied().max().unwrap_or(0).max(most);
            most_of_all = waiting.iter().sum::<usize>().max(most_of_all);
        }
        // A batch more than the bound may be there when it is looked at.
        assert!(most < ROW_GROUP_BYTES_MAX + BATCH_ROWS * octets, "{most}");
        assert!(most_of_all < WAITING_BYTES_MAX + files * BATCH_ROWS * octets, "{most_of_all}");
        assert!(most_of_all > 0);
    }

    #[test]
    fn a_file_ends_when_it_has_so_many_rows() {
        let folder = tempfile::tempdir().unwrap();
        let mut tables = tables(folder.path());
        let record = anomaly(0, "");
        for _ in 1..FILE_ROWS_MAX {
            tables.record(RecordType::Anomaly, &record).unwrap();
        }
        assert_eq!(tables.written.files, 0);
        tables.record(RecordType::Anomaly, &record).unwrap();
        assert_eq!(tables.written, Written { files: 1, rows: FILE_ROWS_MAX });
    }
}
