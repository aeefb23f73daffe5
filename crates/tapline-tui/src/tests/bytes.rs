//! One event by field and by byte, out of captures.

use std::ops::ControlFlow;

use tapline_analysis::Event;
use tapline_engine::analysis::Options;
use tapline_engine::{Going, KeyFiles, RunOptions, Subject, close_up, run};

use super::captures::{buffer, fixture, text};
use super::*;
use crate::INTERESTS;
use crate::model::{Close, Hand, Page, Sight};

fn shown(name: &str, keys: &str, width: u16, height: u16) -> String {
    let path = fixture(name);
    let mut files = KeyFiles::default();
    let log = path.with_extension("keys");
    if log.exists() {
        files.add_log(&log).unwrap();
    }
    let keys: Vec<KeyCode> =
        keys.chars().map(|c| if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) }).collect();
    text(&buffer(&path, files, width, height, &keys))
}

#[test]
fn bytes_at_both_sizes() {
    let tls = "tls/http2-over-tls.pcapng";
    insta::assert_snapshot!("bytes_client_hello_80x24", shown(tls, "5jjj\njjjjj", 80, 24));
    insta::assert_snapshot!("bytes_headers_frame_140x40", shown(tls, "5Gkkkkk\nd", 140, 40));
    insta::assert_snapshot!("bytes_headers_80x24", shown(tls, "5Gkkkkk\nv", 80, 24));
    insta::assert_snapshot!("bytes_certificates_80x24", shown(tls, "5Gkkkkk\nvv", 80, 24));
    insta::assert_snapshot!("bytes_body_120x40", shown("http1/keep-alive.pcapng", "5jjjj\nvv", 120, 40));
    insta::assert_snapshot!("bytes_gzip_80x24", shown("http1/gzip.pcapng", "5jjjj\nvv", 80, 24));
    insta::assert_snapshot!("bytes_follow_80x24", shown("http1/keep-alive.pcapng", "5jjj\nvv", 80, 24));
    insta::assert_snapshot!("bytes_segment_80x24", shown("http1/keep-alive.pcapng", "5\n", 80, 24));
}

/// The connections of a fixture in full.
fn closes(path: &std::path::Path) -> Vec<(u64, Close)> {
    let mut keys = KeyFiles::default();
    let log = path.with_extension("keys");
    if log.exists() {
        keys.add_log(&log).unwrap();
    }
    let options = RunOptions { keys, ..RunOptions::new(Options::of(INTERESTS)) };
    let open = || tapline_engine::capture::open(&[path.to_owned()]).unwrap();
    let mut subjects = Vec::new();
    run(&mut *open(), &options, |batch| {
        for event in batch.events {
            if let Event::Connection(record) = event {
                subjects.push((record.id, record.clone()));
            }
        }
        ControlFlow::Continue(())
    });
    subjects.truncate(4);
    let look = |(id, record): (u64, Box<tapline_analysis::ConnectionRecord>)| {
        (id, Close::of(close_up(open(), &options, Subject::of(&record), &Going::default())))
    };
    subjects.into_iter().map(look).collect()
}

/// Shows every event of every fixture in every way, and each field and octet of it leads to the other.
#[test]
fn fields_and_octets_lead_to_each_other() {
    let (mut events, mut damaged, mut bodies) = (0, 0, 0);
    for path in tapline_testkit::fixtures() {
        let name = path.display().to_string();
        for (id, close) in closes(&path) {
            let mut screen = Screen::new(Theme::PLAIN, 80, 24);
            screen.batch(crate::testing::https_events(0, 0), 1000, None, 400);
            let _ = screen.key(KeyCode::Char('8'));
            let _ = update(&mut screen.model, Msg::Looked(Ok(Box::new(close))));
            let model = &mut screen.model;
            let count = model.ladder.rungs.len();
            // Of long ladders a part is as good as all.
            for place in (0..count).step_by(count / 40 + 1) {
                model.ladder.place.selected = place;
                let _ = update(model, Msg::Settle);
                assert_eq!(model.page, Page::Bytes);
                let rung = model.ladder.selected().unwrap().clone();
                assert!(!model.bytes.panes.is_empty() || rung.octets == 0, "{name} {id}: {rung:?}");
                for pane in 0..model.bytes.panes.len() {
                    let octets = model.bytes.pane().unwrap().octets.len();
                    for octet in (0..octets).step_by(octets / 50 + 1) {
                        model.bytes.touch(octet);
                        let selected = model.bytes.selected_octets();
                        assert!(
                            selected.contains(&octet),
                            "{name} {id} {rung:?} pane {pane}: {octet} {selected:?}"
                        );
                    }
                    damaged += usize::from(
                        model.bytes.panes[model.bytes.pane]
                            .fields
                            .iter()
                            .any(tapline_analysis::Field::is_damaged),
                    );
                    let lines = model.bytes.tree.lines().len();
                    for line in (0..lines).step_by(lines / 20 + 1) {
                        model.bytes.select(line);
                        assert_eq!(model.bytes.octet, model.bytes.selected_octets().start);
                    }
                    model.bytes.next_pane();
                }
                for _ in 0..6 {
                    let _ = update(model, Msg::Key(KeyEvent::new(KeyCode::Char('v'), KeyModifiers::NONE)));
                    bodies += usize::from(model.bytes.sight == Sight::Body);
                    if model.bytes.sight == Sight::Fields {
                        break;
                    }
                    assert!(
                        !model.bytes.sheet.lines.is_empty(),
                        "{name} {id} {rung:?} {:?}",
                        model.bytes.sight
                    );
                }
                events += 1;
            }
            let text = screen.text();
            assert!(!text.contains('\u{1b}'), "{text}");
        }
    }
    assert!(events > 1000 && bodies > 100, "{events} events, {bodies} bodies");
    assert!(damaged < events / 4, "{damaged} of {events} trees are damaged");
}

#[test]
fn the_hand_goes_from_fields_to_octets_and_on_to_the_next_event() {
    let path = fixture("http1/keep-alive.pcapng");
    let [(_, close), ..] = <[_; 1]>::try_from(closes(&path)).ok().unwrap();
    let mut screen = Screen::new(Theme::PLAIN, 80, 24);
    screen.batch(crate::testing::https_events(0, 0), 1000, None, 400);
    let _ = screen.key(KeyCode::Char('5'));
    let _ = update(&mut screen.model, Msg::Looked(Ok(Box::new(close))));
    screen.keys("jjj");
    let _ = screen.key(KeyCode::Enter);
    assert!(screen.text().contains("Request Method") || screen.text().contains("GET"), "{}", screen.text());
    screen.keys("d");
    assert_eq!(screen.model.bytes.hand, Hand::Octets);
    screen.keys("llll");
    let octet = screen.model.bytes.octet;
    assert!(octet >= 4 && screen.model.bytes.selected_octets().contains(&octet));
    screen.keys("n");
    let label = screen.model.ladder.selected().unwrap().label.clone();
    assert!(label.starts_with("200"), "{label}");
    assert!(screen.text().contains("Status Code") || screen.text().contains("200"), "{}", screen.text());
    let _ = screen.key(KeyCode::Esc);
    assert_eq!(screen.model.page, Page::Ladder);
}

#[test]
fn a_connection_that_cannot_be_read_again_says_so() {
    let mut screen = Screen::new(Theme::PLAIN, 80, 24);
    screen.batch(crate::testing::https_events(0, 0), 1000, None, 400);
    let _ = screen.key(KeyCode::Char('8'));
    let _ = update(&mut screen.model, Msg::Looking(250));
    assert!(screen.text().contains("reading its packets again … 25 %"), "{}", screen.text());
    let _ = update(&mut screen.model, Msg::Looked(Err("the packets of this source are not kept".into())));
    assert!(screen.text().contains("not kept"), "{}", screen.text());
}
