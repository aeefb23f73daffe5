//! The files of pcapng-test-generator: every block of each is counted as the text beside it says, and both byte
//! orders say the same.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{files, gist, read};
use tapline_capture::BlockKind;
use tapline_testkit::corpus;

/// "Block counts:" of the text: short name and count a line.
fn counts(text: &str) -> BTreeMap<String, u64> {
    let lines = text.lines().skip_while(|line| *line != "Block counts:").skip(1);
    let pairs =
        lines.take_while(|line| !line.trim().is_empty()).map(|line| line.trim().split_once(": ").unwrap());
    pairs.map(|(name, count)| (name.to_owned(), count.parse().unwrap())).collect()
}

fn short_name(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::SECTION => "SHB",
        BlockKind::INTERFACE => "IDB",
        BlockKind::NAMES => "NRB",
        BlockKind::STATISTICS => "ISB",
        BlockKind::CUSTOM => "CB",
        BlockKind::CUSTOM_NO_COPY => "DCB",
        _ => "?",
    }
}

#[test]
fn every_block_is_counted_in_both_byte_orders() {
    let Some(corpus) = corpus("hadrielk+pcapng-test-generator") else { return };
    let little = files(&corpus.join("output_le"), &["pcapng"]);
    assert!(little.len() > 20, "{}", little.len());
    for path in little {
        let other = path.to_str().unwrap().replace("output_le", "output_be");
        let (packets, facts) = read(&fs::read(&path).unwrap());
        let (other_packets, other_facts) = read(&fs::read(&other).unwrap());
        assert_eq!(packets, other_packets, "{}", path.display());
        let without_secrets_of_order = [&facts, &other_facts].map(gist);
        assert_eq!(without_secrets_of_order[0], without_secrets_of_order[1], "{}", path.display());
        assert!(!facts.is_damaged(), "{}: {:?}", path.display(), facts.damages);

        let mut expected = counts(&fs::read_to_string(path.with_extension("txt")).unwrap());
        let simple = packets.iter().filter(|packet| packet.at_ns.is_none()).count() as u64;
        assert_eq!(simple, expected.remove("SPB").unwrap_or(0), "{}", path.display());
        assert_eq!(packets.len() as u64 - simple, expected.remove("EPB").unwrap_or(0), "{}", path.display());
        let counted: BTreeMap<String, u64> =
            facts.blocks.iter().map(|(kind, count)| (short_name(*kind).to_owned(), *count)).collect();
        assert_eq!(counted, expected, "{}", path.display());
    }
}
