//! The stories of http2jp/hpack-test-case: every block decodes to its headers, table sizes included.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests are tests")]

use std::path::{Path, PathBuf};

use serde_json::Value;
use tapline_decode::http2::hpack::Decoder;

fn octets(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_story_decodes_to_its_headers() {
    let Some(corpus) = tapline_testkit::corpus("http2jp+hpack-test-case") else { return };
    let mut blocks = 0;
    for story in files(&corpus).iter().flat_map(|folder| files(folder)) {
        if story.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&story).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        let mut decoder = Decoder::default();
        let mut limit = 4096;
        for case in json["cases"].as_array().unwrap() {
            let Some(wire) = case["wire"].as_str() else { continue };
            if let Some(size) = case["header_table_size"].as_u64() {
                limit = u32::try_from(size).unwrap();
                decoder.set_limit(limit);
            }
            let decoded = decoder.decode(&octets(wire));
            let seen: Vec<(String, String)> = decoded
                .block
                .fields
                .iter()
                .map(|(name, value)| {
                    (String::from_utf8_lossy(name).into_owned(), String::from_utf8_lossy(value).into_owned())
                })
                .collect();
            let expected: Vec<(String, String)> = case["headers"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|header| header.as_object().unwrap())
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect();
            let place = format!("{} {}", story.display(), case["seqno"]);
            assert_eq!(seen, expected, "{place}");
            assert_eq!(decoded.faults, [], "{place}");
            assert_eq!(decoded.block.representations.len(), expected.len(), "{place}");
            assert!(decoder.table_size() <= decoder.table_size_max(), "{place}");
            assert!(decoder.table_size_max() <= usize::try_from(limit).unwrap(), "{place}");
            blocks += 1;
        }
    }
    assert!(blocks > 1000, "only {blocks} blocks");
}
