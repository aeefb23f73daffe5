//! The streams and the plots of connections out of captures.

use std::ops::ControlFlow;

use crossterm::event::KeyCode;
use tapline_analysis::decode::http2::Payload;
use tapline_analysis::{Event, Interests, Sender, printable, text};
use tapline_engine::analysis::Options;
use tapline_engine::{Going, RunOptions, Subject, close_up, run};

use super::captures::{fixture, screen};
use crate::model::{Close, table_at, windows};

fn pressed(name: &str, keys: &str, width: u16, height: u16) -> String {
    let keys: Vec<KeyCode> = keys.chars().map(KeyCode::Char).collect();
    screen(&fixture(name), width, height, &keys)
}

#[test]
fn streams_at_both_sizes() {
    let name = "http2/slow-stream-window.pcapng";
    insta::assert_snapshot!("streams_80x24", pressed(name, "6j", 80, 24));
    insta::assert_snapshot!("streams_120x40", pressed(name, "6j", 120, 40));
    insta::assert_snapshot!("streams_headers_80x24", pressed("http2/prior-knowledge.pcapng", "6v", 80, 24));
    insta::assert_snapshot!("streams_headers_120x40", pressed("http2/table-size.pcapng", "6vd", 120, 40));
    insta::assert_snapshot!("streams_settings_80x24", pressed("http2/priorities.pcapng", "6vv", 80, 24));
    insta::assert_snapshot!("streams_settings_120x40", pressed("http2/push.pcapng", "6vv", 120, 40));
}

#[test]
fn tcp_at_both_sizes() {
    let name = "link/lossy.pcapng";
    insta::assert_snapshot!("tcp_sequence_80x24", pressed(name, "7", 80, 24));
    insta::assert_snapshot!("tcp_round_trips_120x40", pressed(name, "7v", 120, 40));
    insta::assert_snapshot!("tcp_in_flight_120x40", pressed(name, "7vv", 120, 40));
    let zoomed = pressed(name, "7]]]]]]]]++", 80, 24);
    assert!(zoomed.contains('▾') && zoomed != pressed(name, "7", 80, 24), "{zoomed}");
    assert_eq!(
        pressed(name, "7]]]]++0[[[[", 80, 24).lines().nth(3),
        pressed(name, "7", 80, 24).lines().nth(3)
    );
}

#[test]
fn what_is_not_there_is_said() {
    let text = pressed("http1/keep-alive.pcapng", "6", 80, 24);
    assert!(text.contains("no HTTP/2 was read on this connection"), "{text}");
    let text = pressed("http1/refused.pcapng", "7v", 80, 24);
    assert!(text.contains("nothing of this was measured here"), "{text}");
}

/// A connection of a fixture in full, header tables with it.
fn opened(name: &str) -> Close {
    let analysis = Options { hpack_tables: true, ..Options::of(Interests::SUMMARY) };
    let options = RunOptions::new(analysis);
    let open = || tapline_engine::capture::open(&[fixture(name)]).unwrap();
    let mut subject = None;
    run(&mut *open(), &options, |batch| {
        for event in batch.events {
            if let Event::Connection(record) = event {
                subject.get_or_insert(Subject::of(&record));
            }
        }
        ControlFlow::Continue(())
    });
    Close::of(close_up(open(), &options, subject.unwrap(), &Going::default()))
}

#[test]
fn a_table_that_is_put_together_again_is_the_one_that_was_read() {
    let mut compared = 0;
    for name in ["prior-knowledge", "table-size", "large-headers", "trailers", "push", "many-streams", "grpc"]
    {
        let close = opened(&format!("http2/{name}.pcapng"));
        for (nth, frame) in close.frames.iter().enumerate() {
            let (Payload::Headers { block, .. }
            | Payload::Continuation { block, .. }
            | Payload::PushPromise { block, .. }) = &frame.frame.payload
            else {
                continue;
            };
            let Some(block) = block else { continue };
            let read = block.table_entries.as_ref().unwrap();
            // Blocks at one moment: only the last one is what the screen shows.
            let (from, at) = (frame.from, frame.origin.at);
            let later =
                close.frames[nth + 1..].iter().any(|other| other.from == from && other.origin.at <= at);
            if later {
                continue;
            }
            let safe = |octets: &[u8]| printable(&text(octets)).into_owned();
            let read: Vec<_> = read.iter().map(|entry| (safe(entry.name()), safe(entry.value()))).collect();
            let table = table_at(&close, from, at.0);
            let made: Vec<_> = table.entries.into_iter().map(|entry| (entry.name, entry.value)).collect();
            assert_eq!(made, read, "{name}: packet {}", frame.origin.packet);
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared} tables");
}

#[test]
fn windows_are_those_that_the_frames_leave() {
    let close = opened("http2/slow-stream-window.pcapng");
    let [connection, stream] = windows(&close, Sender::Server, 1);
    let changes = close.frames.iter().filter_map(|frame| {
        let frame = (frame.frame.stream == 1).then_some(&frame.frame)?;
        match frame.payload {
            Payload::Data { .. } => Some(-i64::from(frame.length)),
            Payload::WindowUpdate { increment } => Some(i64::from(increment)),
            _ => None,
        }
    });
    let changes: Vec<i64> = changes.collect();
    let steps: Vec<i64> = stream.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    assert!(steps.len() > 20, "{steps:?}");
    assert_eq!(steps, changes[changes.len() - steps.len()..]);
    assert!(connection.len() > stream.len(), "the connection's own updates count too");
}
