//! The same packets come from a map, a pipe in small pieces, and every compression; cut streams keep what came.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

mod common;

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Write};
use std::path::PathBuf;

use common::{Kept, drain, files, gist, pcap, read};
use tapline_capture::{Facts, open, open_reader};
use tapline_testkit::corpus;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let blocks = lz4_flex::frame::FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max64KB);
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(blocks, Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    // As the zstd program does.
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

type Pack = fn(&[u8]) -> Vec<u8>;
const PACKINGS: [(&str, Pack); 3] = [("gzip", gzip), ("zstd", zstandard), ("lz4", lz4)];

/// Gives pieces of 1, 2, … 7 bytes, with an interruption and a "would block" between them.
struct Pieces {
    bytes: Cursor<Vec<u8>>,
    turn: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        match self.turn % 9 {
            0 => Err(io::ErrorKind::Interrupted.into()),
            8 => Err(io::ErrorKind::WouldBlock.into()),
            piece => {
                let piece = piece.min(buffer.len());
                self.bytes.read(&mut buffer[..piece])
            }
        }
    }
}

fn in_pieces(bytes: Vec<u8>) -> (Vec<Kept>, Facts) {
    let pieces = Pieces { bytes: Cursor::new(bytes), turn: 0 };
    drain(&mut *open_reader("pieces", Box::new(pieces)).unwrap())
}

#[test]
fn small_pieces_give_what_the_map_gives() {
    let Some(folder) = corpus("odd") else { return };
    for path in files(&folder, &["pcap", "pcapng"]) {
        let whole = drain(&mut *open(std::slice::from_ref(&path)).unwrap());
        let bytes = fs::read(&path).unwrap();
        if bytes.len() > 100_000 {
            continue;
        }
        let pieces = in_pieces(bytes.clone());
        assert_eq!((&whole.0, gist(&whole.1)), (&pieces.0, gist(&pieces.1)), "{}", path.display());
        for (name, pack) in PACKINGS {
            let packed = in_pieces(pack(&bytes));
            assert_eq!((&whole.0, gist(&whole.1)), (&packed.0, gist(&packed.1)), "{name} {}", path.display());
        }
    }
}

#[test]
fn a_pipe_gives_what_a_file_gives() {
    let bytes = pcap(&(0..10_000).map(|number| number * 1_000).collect::<Vec<_>>());
    let (reader, mut writer) = io::pipe().unwrap();
    let expected = read(&bytes).0;
    let feeder = std::thread::spawn(move || {
        bytes.chunks(777).for_each(|chunk| writer.write_all(chunk).unwrap());
    });
    let (packets, facts) = drain(&mut *open_reader("pipe", Box::new(reader)).unwrap());
    feeder.join().unwrap();
    assert_eq!(packets, expected);
    assert!(!facts.is_damaged());
}

#[test]
fn compressed_files_say_how_far_reading_has_come_in_their_own_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = pcap(&(0..50_000).collect::<Vec<_>>());
    for (name, pack) in PACKINGS {
        let path = folder.path().join(name);
        let packed = pack(&bytes);
        fs::write(&path, &packed).unwrap();
        let mut source = open(&[path]).unwrap();
        assert_eq!(source.progress().total_bytes, Some(packed.len() as u64));
        let (packets, facts) = drain(&mut *source);
        assert_eq!(packets.len(), 50_000);
        assert_eq!(facts.files[0].format(), format!("pcap, {name}"));
        assert_eq!(source.progress().read_bytes, packed.len() as u64, "{name}");
    }
}

#[test]
fn members_and_frames_are_read_one_after_the_other() {
    let bytes = pcap(&(0..5_000).collect::<Vec<_>>());
    let (first, second) = bytes.split_at(33_333);
    for (name, pack) in PACKINGS {
        let (packets, facts) = read(&[pack(first), pack(second)].concat());
        assert_eq!((packets.len(), facts.is_damaged()), (5_000, false), "{name}");
    }
}

#[test]
fn a_cut_compressed_stream_keeps_what_came_and_is_damaged() {
    // Times that do not compress well, so that a cut in the middle is a cut in the packets.
    let times: Vec<i64> = (0..40_000_u64)
        .map(|number| i64::try_from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 3).unwrap())
        .collect();
    let bytes = pcap(&times);
    for (name, pack) in PACKINGS {
        let packed = pack(&bytes);
        let whole = read(&packed).0;
        for part in [2, 3, 5] {
            let cut = packed.len() * (part - 1) / part;
            let (packets, facts) = read(&packed[..cut]);
            assert!(packets.len() > 1_000 && packets.len() < 40_000, "{name}: {}", packets.len());
            assert_eq!(packets[..], whole[..packets.len()], "{name}");
            assert_eq!(facts.damages.len(), 1, "{name}: {:?}", facts.damages);
            assert_eq!(facts.damages[0].after_packet, packets.len() as u64, "{name}");
            assert_eq!(
                facts.damages[0].what, "cannot be read on: the compressed data is cut short",
                "{name}"
            );
        }
    }
}

#[test]
fn damage_inside_a_compressed_stream_is_said() {
    let bytes = pcap(&(0..40_000).map(|number| number * 1_001).collect::<Vec<_>>());
    for (name, pack) in PACKINGS {
        let mut packed = pack(&bytes);
        let place = packed.len() * 2 / 3;
        packed[place..place + 64].fill(0xff);
        let (_, facts) = read(&packed);
        assert!(facts.is_damaged(), "{name}");
    }
}

#[test]
fn real_compressed_captures_are_read() {
    let Some(folder) = corpus("wireshark+wireshark") else { return };
    let paths = files(&folder, &["gz"]);
    assert!(!paths.is_empty());
    for path in paths {
        let (packets, facts) = drain(&mut *open(std::slice::from_ref(&path)).unwrap());
        assert!(!packets.is_empty() && !facts.is_damaged(), "{} {:?}", path.display(), facts.damages);
    }
}

#[test]
fn a_named_pipe_is_read_like_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if !made.is_ok_and(|status| status.success()) {
        tapline_testkit::skipped("no mkfifo");
        return;
    }
    let bytes = pcap(&[1, 2, 3]);
    let (fifo, sent) = (path.clone(), bytes.clone());
    let feeder = std::thread::spawn(move || File::create(fifo).unwrap().write_all(&sent).unwrap());
    let mut source = open(&[path]).unwrap();
    let (packets, _) = drain(&mut *source);
    feeder.join().unwrap();
    assert_eq!(packets, read(&bytes).0);
    let progress = source.progress();
    assert_eq!((progress.read_bytes, progress.total_bytes), (bytes.len() as u64, None));
}

#[test]
fn a_silent_pipe_is_idle_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if !made.is_ok_and(|status| status.success()) {
        tapline_testkit::skipped("no mkfifo");
        return;
    }
    let fifo = path.clone();
    let (go_on, told) = std::sync::mpsc::channel();
    let feeder = std::thread::spawn(move || {
        let mut pipe = File::create(fifo).unwrap();
        let bytes = pcap(&[1, 2]);
        pipe.write_all(&bytes[..50]).unwrap();
        told.recv().unwrap();
        pipe.write_all(&bytes[50..]).unwrap();
    });
    let mut source = open(&[path]).unwrap();
    assert!(matches!(source.next(), tapline_capture::Item::Packet(_)));
    assert!(matches!(source.next(), tapline_capture::Item::Idle));
    go_on.send(()).unwrap();
    assert_eq!(drain(&mut *source).0.len(), 1);
    feeder.join().unwrap();
}
