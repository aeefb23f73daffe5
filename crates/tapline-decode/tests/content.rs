//! Content codings, with octets of other implementations where there are any.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::io::Write;

use tapline_decode::content::{Coding, Decoder, Fault};
use tapline_decode::limits::{CONTENT_RATIO_MAX, CONTENT_UNSUSPICIOUS_MAX};

const TEXT: &[u8] = b"Say it once, and say it twice, and say it once, and say it twice.";

/// `TEXT` by Google's brotli 1.2.
const BROTLI: &str =
    "1b4000f88dd44e77f1484b169729b7b175dd57aae1b15110b522c46443912c000419c67c68d18e023a31754fd404";

/// 1 GiB of zeros by Google's brotli 1.2: these octets once, then these again and again.
const BROTLI_ZEROS: [&str; 2] = [
    "cbffff3f002400e2b14072",
    "effff8ffff078004401c1680eefd1fffffff00900088c302d0bdffe3ffff1f001200715800baf77ffcffff034002200e0b40f7fe8fffff7f00\
     4800c46101e8defff1ffff0f000980382c00ddfb3ffeffff012001108705a07bffc7ffff3f002400e2b00074",
];

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(octets).unwrap();
    out.finish().unwrap()
}

fn zlib(octets: &[u8], with_header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len() + 100);
    let mut stream = flate2::Compress::new(flate2::Compression::best(), with_header);
    stream.compress_vec(octets, &mut out, flate2::FlushCompress::Finish).unwrap();
    out
}

fn zstd(octets: &[u8]) -> Vec<u8> {
    ::zstd::bulk::compress(octets, 3).unwrap()
}

/// Content, count and fault of octets in pieces of a size.
fn decode(encoding: &str, octets: &[u8], size: usize) -> (Vec<u8>, Option<u64>, Option<Fault>) {
    let mut decoder = Decoder::of(encoding.as_bytes());
    let mut content = Vec::new();
    for piece in octets.chunks(size) {
        decoder.push(piece, &mut |part| content.extend_from_slice(part));
    }
    decoder.end();
    (content, decoder.decoded_bytes(), decoder.fault().cloned())
}

/// Every coding with a name and `TEXT` in it.
fn samples() -> Vec<(&'static str, Coding, Vec<u8>)> {
    vec![
        ("gzip", Coding::Gzip, gzip(TEXT)),
        ("X-GZIP", Coding::Gzip, gzip(TEXT)),
        ("deflate", Coding::Deflate, zlib(TEXT, true)),
        ("deflate", Coding::Deflate, zlib(TEXT, false)),
        ("br", Coding::Brotli, hex(BROTLI)),
        ("zstd", Coding::Zstd, zstd(TEXT)),
    ]
}

#[test]
fn every_coding_is_undone_however_the_octets_come() {
    for (encoding, _, octets) in samples() {
        for size in [1, 2, 3, 7, octets.len()] {
            let expected = (TEXT.to_vec(), Some(TEXT.len() as u64), None);
            assert_eq!(decode(encoding, &octets, size), expected, "{encoding} in pieces of {size}");
        }
    }
}

#[test]
fn a_body_that_is_cut_gives_its_part_and_says_so() {
    for (encoding, coding, octets) in samples() {
        for cut in 1..octets.len() {
            let (content, count, fault) = decode(encoding, &octets[..cut], 5);
            assert_eq!(fault, Some(Fault::Cut(coding)), "{encoding} cut at {cut}");
            assert!(TEXT.starts_with(&content), "{encoding} cut at {cut}");
            assert_eq!(count, Some(content.len() as u64));
        }
        assert_eq!(decode(encoding, &[], 1), (vec![], Some(0), None), "{encoding} without a body");
    }
}

#[test]
fn what_is_no_coding_is_broken_and_never_panics() {
    for (encoding, coding, octets) in samples() {
        for at in 0..octets.len() {
            let mut wrong = octets.clone();
            wrong[at] ^= 0x55;
            let _ = decode(encoding, &wrong, 3);
        }
        let (.., fault) = decode(encoding, b"plain text, not what it is said to be at all", 9);
        assert!(matches!(fault, Some(Fault::Broken(c)) if c == coding), "{encoding}: {fault:?}");
        let trailing = [&octets[..], b"more"].concat();
        let (content, count, fault) = decode(encoding, &trailing, 4);
        // zstd looks for another frame there.
        let expected = if coding == Coding::Zstd { Fault::Broken(coding) } else { Fault::Trailing(coding) };
        assert_eq!((content, fault), (TEXT.to_vec(), Some(expected)), "{encoding}");
        assert_eq!(count.is_some(), coding != Coding::Zstd, "{encoding}");
    }
}

#[test]
fn content_that_fills_the_blocks_it_comes_in_is_whole() {
    for length in [8192, 16_384] {
        let content: Vec<u8> = (0..length).map(|n: u32| n.to_be_bytes()[2] ^ n.to_be_bytes()[3]).collect();
        let octets = [("gzip", gzip(&content)), ("zstd", zstd(&content)), ("deflate", zlib(&content, true))];
        for (encoding, octets) in octets {
            let expected = (content.clone(), Some(u64::from(length)), None);
            assert_eq!(decode(encoding, &octets, octets.len()), expected, "{encoding} of {length}");
        }
    }
}

#[test]
fn members_of_gzip_follow_one_another() {
    let two = [gzip(b"one "), gzip(b"two")].concat();
    for size in 1..two.len() {
        assert_eq!(decode("gzip", &two, size), (b"one two".to_vec(), Some(7), None), "{size}");
    }
}

#[test]
fn codings_are_undone_in_the_reverse_order_of_application() {
    let check = |encoding: &str, octets: &[u8], fault: Option<Fault>| {
        let (content, _, seen) = decode(encoding, octets, 6);
        assert_eq!(seen, fault, "{encoding}");
        assert!(fault.is_some() || content == TEXT, "{encoding}");
    };
    check("gzip, zstd", &zstd(&gzip(TEXT)), None);
    check("zstd,gzip", &gzip(&zstd(TEXT)), None);
    check("identity", TEXT, None);
    check("", TEXT, None);
    check("gzip, identity", &gzip(TEXT), None);
    check("gzip, zstd", &gzip(&zstd(TEXT)), Some(Fault::Broken(Coding::Zstd)));
    check("gzip, rot13", &gzip(TEXT), Some(Fault::Unknown(b"rot13".to_vec())));
    check("gzip,gzip,gzip,gzip,gzip", &gzip(TEXT), Some(Fault::TooMany));
}

#[test]
fn nothing_is_decoded_behind_a_gap() {
    let octets = gzip(TEXT);
    let mut decoder = Decoder::of(b"gzip");
    decoder.push(&octets[..10], &mut |_| ());
    decoder.gap();
    decoder.push(&octets[20..], &mut |_| panic!("content behind a gap"));
    decoder.end();
    assert_eq!((decoder.fault(), decoder.decoded_bytes()), (None, Some(0)));
}

/// Octets of content that were handed on before a bomb was given up, in pieces of a size.
fn explode(encoding: &str, octets: &[u8], size: usize) -> u64 {
    let mut decoder = Decoder::of(encoding.as_bytes());
    let mut content = 0;
    for piece in octets.chunks(size) {
        decoder.push(piece, &mut |part| content += part.len() as u64);
    }
    assert_eq!((decoder.fault(), decoder.decoded_bytes()), (Some(&Fault::Bomb), None), "{encoding}");
    content
}

#[test]
fn a_gigabyte_of_zeros_is_given_up_early_by_every_coding() {
    let zeros = vec![0; 1 << 20];
    let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut zst = ::zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    for _ in 0..1024 {
        zip.write_all(&zeros).unwrap();
        zst.write_all(&zeros).unwrap();
    }
    let zip = zip.finish().unwrap();
    let [begin, again] = BROTLI_ZEROS.map(hex);
    let brotli = [begin, again.repeat(15)].concat();
    let bombs = [
        // What gzip has between its header and its checksum.
        ("deflate", zip[10..zip.len() - 8].to_vec()),
        ("zstd", zst.finish().unwrap()),
        ("br", brotli),
        ("gzip, gzip", gzip(&zip)),
        ("gzip", zip),
    ];
    for (encoding, bomb) in bombs {
        let content = [explode(encoding, &bomb, bomb.len()), explode(encoding, &bomb, 1000)];
        let most = bomb.len() as u64 * CONTENT_RATIO_MAX + CONTENT_UNSUSPICIOUS_MAX;
        assert!(content.iter().all(|&content| content <= most), "{encoding}: {content:?}");
    }
}
