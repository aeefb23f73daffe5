//! Bodies of few octets that unpack to very many, in every coding: each is given up early, whatever looks at it, and is said
//! to be cut.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tapline_testkit::{Talk, capture};

use crate::{MEMORY_MIB_MAX, run_into};

/// Octets that a body unpacks to: several times as many as are unpacked.
const UNPACKED: u64 = 256 << 20;

/// What a run may take without optimization.
const TIME_MAX: Duration = Duration::from_secs(2);

const TYPES: &str = "connection,http_exchange,anomaly";

/// 1 GiB of zeros by Google's brotli 1.2: these octets once, then the others fifteen times.
const BROTLI_BEGIN: &str = "cbffff3f002400e2b14072";
const BROTLI_AGAIN: &str = "effff8ffff078004401c1680eefd1fffffff00900088c302d0bdffe3ffff1f001200715800baf77ffcffff034002\
                            200e0b40f7fe8fffff7f004800c46101e8defff1ffff0f000980382c00ddfb3ffeffff012001108705a07bffc7ff\
                            ff3f002400e2b00074";

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// As many zeros through an encoder.
fn zeros<W: Write>(mut encoder: W, finish: impl FnOnce(W) -> std::io::Result<Vec<u8>>) -> Vec<u8> {
    std::io::copy(&mut std::io::repeat(0).take(UNPACKED), &mut encoder).unwrap();
    finish(encoder).unwrap()
}

fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    let zip = zeros(GzEncoder::new(Vec::new(), Compression::default()), GzEncoder::finish);
    let mut twice = GzEncoder::new(Vec::new(), Compression::best());
    twice.write_all(&zip).unwrap();
    let zst = zstd::Encoder::new(Vec::new(), 1).unwrap();
    vec![
        ("deflate", zeros(ZlibEncoder::new(Vec::new(), Compression::default()), ZlibEncoder::finish)),
        ("zstd", zeros(zst, zstd::Encoder::finish)),
        ("br", [hex(BROTLI_BEGIN), hex(BROTLI_AGAIN).repeat(15)].concat()),
        ("gzip, gzip", twice.finish().unwrap()),
        ("gzip", zip),
    ]
}

/// A capture of one answer with that body.
fn written(folder: &Path, coding: &str, body: &[u8]) -> PathBuf {
    let (client, server) = ("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap());
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n", body.len());
    let answer = [head.as_bytes(), body].concat();
    let talk = Talk::new(client, server, 1_700_000_000_000_000_000).handshake();
    let talk = talk.client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").server(&answer).close();
    let path = folder.join("bomb.pcapng");
    capture(BufWriter::new(File::create(&path).unwrap()), &talk.frames).unwrap();
    path
}

/// What is written of a bomb, within time and memory.
fn told(path: &Path, arguments: &[&str]) -> String {
    let out = path.with_extension("out");
    let took = run_into(path, arguments, Stdio::from(File::create(&out).unwrap()));
    assert!(took.time < TIME_MAX, "{arguments:?} {}: {:?}", path.display(), took.time);
    assert!(took.memory_mib < MEMORY_MIB_MAX, "{arguments:?}: {} MiB", took.memory_mib);
    std::fs::read_to_string(out).unwrap()
}

#[test]
fn a_body_that_unpacks_to_very_much_is_cut_and_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for (coding, body) in bombs() {
        let path = written(folder.path(), coding, &body);
        let text =
            told(&path, &["export", "--to", "ndjson", "--types", TYPES, "--decode-bodies", "--hash-bodies"]);
        let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |kind: &str| records.iter().find(|record| record["type"] == kind).unwrap();
        assert_eq!(of("anomaly")["code"], "content_coding_bomb", "{coding}");
        assert_eq!(of("connection")["anomalies"]["content_coding_bomb"], 1, "{coding}");
        let response = &of("http_exchange")["response"];
        assert_eq!((&response["body_bytes"], &response["complete"]), (&body.len().into(), &true.into()));
        assert_eq!(response["body_bytes_decoded"], Value::Null, "{coding}: {response}");
        // Who asks for bodies gets the beginning, and a word.
        let har: Value = serde_json::from_str(&told(&path, &["export", "--to", "har", "--bodies"])).unwrap();
        let content = &har["log"]["entries"][0]["response"]["content"];
        assert!(content["text"].as_str().unwrap().len() < 2 << 20, "{coding}");
        assert_eq!(content["_cut"], true, "{coding}");
    }
}
