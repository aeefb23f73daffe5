//! A file that is written and takes its name when it is complete: engines never see half of one.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use tempfile::{Builder, NamedTempFile};

use crate::columns::{Columns, Shape};
use crate::limits::ROW_GROUP_BYTES_MAX;

/// A file that is not complete.
pub(crate) struct OpenFile {
    writer: ArrowWriter<File>,
    columns: Columns,
    temporary: NamedTempFile<File>,
    path: PathBuf,
    rows: u64,
}

impl OpenFile {
    /// Begins a file of this name; its folder is made.
    pub(crate) fn begin(shape: &Shape, folder: &Path, name: &str) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let open = |path: &Path| OpenOptions::new().write(true).create_new(true).open(path);
        // Engines pass over names that begin like this.
        let temporary = Builder::new().prefix("_writing-").make_in(folder, open)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(format!("tapline {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(vec![KeyValue::new(
                "tapline.table".to_owned(),
                shape.table.record().name().to_owned(),
            )]))
            .build();
        let writer = ArrowWriter::try_new(
            temporary.as_file().try_clone()?,
            Arc::clone(&shape.schema),
            Some(properties),
        );
        let columns = Columns::of(shape);
        Ok(Self {
            writer: writer.map_err(io::Error::other)?,
            columns,
            temporary,
            path: folder.join(name),
            rows: 0,
        })
    }

    /// Rows so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Octets of memory in which rows wait, dictionaries among them.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.writer.memory_size()
    }

    /// Adds a row.
    pub(crate) fn push(
        &mut self,
        shape: &Shape,
        run: &str,
        row: &tapline_export::table::Row,
    ) -> io::Result<()> {
        self.rows += 1;
        if self.columns.push(run, row) {
            self.encode(shape)?;
            if self.waiting_bytes() >= ROW_GROUP_BYTES_MAX {
                self.end_row_group()?;
            }
        }
        Ok(())
    }

    fn encode(&mut self, shape: &Shape) -> io::Result<()> {
        if self.columns.is_empty() {
            return Ok(());
        }
        let batch = self.columns.take(&shape.schema).map_err(io::Error::other)?;
        self.writer.write(&batch).map_err(io::Error::other)
    }

    /// Writes out what waits.
    pub(crate) fn end_row_group(&mut self) -> io::Result<()> {
        self.writer.flush().map_err(io::Error::other)
    }

    /// Completes it: now it has its name.
    pub(crate) fn complete(mut self, shape: &Shape) -> io::Result<PathBuf> {
        self.encode(shape)?;
        self.writer.close().map_err(io::Error::other)?;
        let path = self.path;
        self.temporary.persist_noclobber(&path).map_err(|failed| {
            let why = match failed.error.kind() {
                ErrorKind::AlreadyExists => {
                    "is there already: this capture was exported to here before".to_owned()
                }
                _ => format!("cannot be written: {}", failed.error),
            };
            io::Error::new(failed.error.kind(), format!("{} {why}", path.display()))
        })?;
        Ok(path)
    }
}
