//! Unpacking, and counting what is read of the packed bytes.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use lz4_flex::frame::FrameDecoder;
use zstd::stream::read::Decoder;

use crate::Compression;

/// Packed bytes read at once.
const CHUNK_BYTES: usize = 128 << 10;

/// Unpacks what `reader` gives: all gzip members, all zstd frames, all lz4 frames, one after the other.
pub(crate) fn unpack(
    compression: Compression,
    reader: Box<dyn Read + Send>,
) -> io::Result<Box<dyn Read + Send>> {
    let packed = BufReader::with_capacity(CHUNK_BYTES, reader);
    Ok(match compression {
        Compression::Gzip => Box::new(MultiGzDecoder::new(packed)),
        Compression::Zstd => Box::new(Decoder::with_buffer(packed)?),
        Compression::Lz4 => Box::new(Frames(FrameDecoder::new(packed))),
    })
}

/// Frames of lz4 one after the other; the decoder by itself says that all is over at the end of each.
struct Frames<R: Read>(FrameDecoder<R>);

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Ok(0) => self.0.read(buffer),
            other => other,
        }
    }
}

/// Counts what is read through it.
pub(crate) struct Counted<R> {
    reader: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Counted<R> {
    /// The reader, and the count as it will stand.
    pub(crate) fn new(reader: R) -> (Self, Arc<AtomicU64>) {
        let count = Arc::new(AtomicU64::new(0));
        (Self { reader, count: Arc::clone(&count) }, count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn lz4(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstandard(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).unwrap()
    }

    #[test]
    fn every_member_is_unpacked_one_after_the_other() {
        let (one, two) = (vec![1; 100_000], vec![2; 70_000]);
        let both = [one.clone(), two.clone()].concat();
        for (compression, pack) in [
            (Compression::Gzip, gzip as fn(&[u8]) -> Vec<u8>),
            (Compression::Zstd, zstandard),
            (Compression::Lz4, lz4),
        ] {
            let packed = [pack(&one), pack(&two)].concat();
            let (counted, count) = Counted::new(Cursor::new(packed.clone()));
            let mut unpacked = Vec::new();
            unpack(compression, Box::new(counted)).unwrap().read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == both, "{compression}");
            assert_eq!(count.load(Ordering::Relaxed), packed.len() as u64, "{compression}");
        }
    }
}
