//! One stage of the way from a file to an event, done so often and nothing else: what `cargo xtask instructions` counts.
//!
//! `stages` lists the stages; `stages NAME ROUNDS` prepares what the stage works on, does it, and prints how many units a
//! round has.

#![allow(clippy::print_stdout, reason = "a program for `cargo xtask`, which reads what it prints")]

#[path = "stages/aead.rs"]
mod aead;
#[path = "stages/decode.rs"]
mod decode;
#[path = "stages/pipeline.rs"]
mod pipeline;
#[path = "stages/transport.rs"]
mod transport;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// A stage that is prepared: each call is a round and answers with its units.
type Round = Box<dyn FnMut() -> u64>;

/// A stage: its name, the unit that its cost is stated in, and how it is prepared.
type Stage = (&'static str, &'static str, fn() -> Result<Round>);

const STAGES: [Stage; 14] = [
    ("pcapng", "packet", pipeline::pcapng),
    ("dissect", "packet", || Ok(transport::dissect())),
    ("flows", "segment", || Ok(transport::flows())),
    ("in-order", "segment", || Ok(transport::in_order())),
    ("out-of-order", "segment", || Ok(transport::out_of_order())),
    ("http1", "octet", decode::http1),
    ("http1-head", "head", || Ok(decode::http1_head())),
    ("http2", "octet", decode::http2),
    ("hpack", "block", || Ok(decode::hpack())),
    ("aead", "octet", aead::aead),
    ("tls-closed", "octet", decode::tls_closed),
    ("tls-opened", "octet", decode::tls_opened),
    ("analysis", "packet", pipeline::analysis),
    ("ndjson", "event", pipeline::ndjson),
];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (name, rounds) = match &words[..] {
        [] => {
            for (name, unit, _) in &STAGES {
                println!("{name} {unit}");
            }
            return Ok(());
        }
        [name, rounds] => (name, rounds.parse::<u32>().context("ROUNDS is a number")?),
        _ => bail!("stages, or stages NAME ROUNDS"),
    };
    let stage = STAGES.iter().find(|(known, ..)| known == name);
    let (.., prepare) = stage.with_context(|| format!("there is no stage {name}"))?;
    let mut round = prepare()?;
    let units = (0..rounds).map(|_| round()).last().unwrap_or(0);
    println!("{units}");
    Ok(())
}

/// A fixture by its name.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name)
}
