//! What lies over the screen, and what keys do everywhere.

use super::captures::{fixture, screen as capture};
use super::*;
use crate::model::{End, Page};
use crate::testing;

fn loaded(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new(Theme::PLAIN, width, height);
    let connections = [testing::https_events(0, 0), testing::https_events(1, 200)].concat();
    let finding = Event::Finding(Box::new(testing::finding("tcp_loss", 1, Some(70 * MS))));
    screen.batch(connections.into_iter().chain([finding]), 40_000, Some(40_000), 400);
    screen
}

fn has(screen: &mut Screen, expected: &[&str]) {
    let text = screen.text();
    for what in expected {
        assert!(text.contains(what), "{what}: {text}");
    }
}

#[test]
fn the_selected_thing_is_explained_and_a_second_key_gives_the_keys() {
    let mut screen = loaded(80, 40);
    let before = screen.text();
    screen.keys("?");
    has(&mut screen, &["─ What this is ─", "RFC 9293"]);
    screen.keys("?");
    has(&mut screen, &["─ Keys ─"]);
    screen.keys("?");
    assert_eq!(screen.text(), before);
}

#[test]
fn each_screen_explains_what_is_selected_on_it() {
    let check = |name: &str, keys: &str, expected: &str| {
        let keys: Vec<KeyCode> = keys.chars().map(KeyCode::Char).collect();
        let text = capture(&fixture(name), 80, 40, &keys);
        assert!(text.contains("─ What this is ─") && text.contains(expected), "{name}: {text}");
    };
    check("link/page-load.pcapng", "1?", "Overview");
    check("link/page-load.pcapng", "1jjjjj?", "RFC");
    check("link/page-load.pcapng", "4?", "RFC 9112 §9.3");
    check("http1/keep-alive.pcapng", "5?", "RFC 9293");
    check("tls/tls13.pcapng", "5jjj?", "ClientHello");
    check("http2/rst-stream.pcapng", "5Gkkk?", "RFC 9113");
    check("http2/slow-stream-window.pcapng", "6j?", "window");
    check("link/lossy.pcapng", "7v?", "ound trip");
}

#[test]
fn the_phase_under_the_cursor_is_explained_first() {
    let mut screen = loaded(80, 40);
    screen.keys("f]]]]]");
    screen.keys("?");
    has(&mut screen, &["TLS"]);
}

#[test]
fn commands_are_found_by_their_name_and_done() {
    let mut screen = loaded(80, 24);
    screen.keys(":");
    has(&mut screen, &["─ Commands ─", "overview", "streams"]);
    screen.keys("findi");
    has(&mut screen, &["findings", "what was found, by what it cost"]);
    let _ = screen.key(KeyCode::Enter);
    assert_eq!((screen.model.page, screen.model.overlay), (Page::Findings, None));
    screen.keys(":q");
    assert_eq!(screen.key(KeyCode::Enter), Effect::Quit);
    screen.keys(":no such");
    has(&mut screen, &["no command has these words"]);
    assert_eq!(screen.key(KeyCode::Enter), Effect::None);
}

#[test]
fn what_is_selected_is_copied() {
    let mut screen = loaded(80, 24);
    let copied = |screen: &mut Screen| match screen.key(KeyCode::Char('y')) {
        Effect::Copy(text) => text,
        other => panic!("{other:?}"),
    };
    let connection = "ip.addr == 10.0.0.1 && tcp.port == 50000 && ip.addr == 10.0.0.2 && tcp.port == 443";
    assert_eq!(copied(&mut screen), connection);
    has(&mut screen, &["copied: ip.addr == 10.0.0.1"]);
    screen.keys("xj");
    assert_eq!(copied(&mut screen), "GET https://www.example.org/index.html");
    screen.keys("4");
    assert_eq!(copied(&mut screen), "tcp_loss: tcp_loss was found");
}

#[test]
fn exports_are_chosen_from_a_list_and_told_when_they_are_written() {
    let mut screen = loaded(80, 24);
    screen.keys("je");
    has(&mut screen, &["─ Export ─", "▸ connection 1 as NDJSON", "all of the capture as report"]);
    screen.keys("jj");
    let Effect::Export(request) = screen.key(KeyCode::Enter) else { panic!("nothing is exported") };
    assert_eq!(
        (request.format, request.connection.map(|(id, _)| id)),
        (crate::ExportFormat::Report, Some(1))
    );
    has(&mut screen, &["exporting 0 %, Esc stops it"]);
    let _ = update(&mut screen.model, Msg::Exporting(370));
    has(&mut screen, &["exporting 37 %, Esc stops it"]);
    assert_eq!(screen.key(KeyCode::Esc), Effect::StopExport);
    let _ = update(&mut screen.model, Msg::Exported(Ok("one.txt".into())));
    has(&mut screen, &["written: one.txt"]);
    let _ = update(&mut screen.model, Msg::Exported(Err("no room".into())));
    has(&mut screen, &["not exported: no room"]);
}

#[test]
fn a_mark_leads_back() {
    let mut screen = loaded(80, 24);
    screen.keys("jma");
    has(&mut screen, &["mark a is set"]);
    screen.keys("k4'a");
    assert_eq!((screen.model.page, screen.model.list.selected), (Page::Timeline, 1));
    screen.keys("'z");
    has(&mut screen, &["there is no mark 'z'"]);
}

#[test]
fn a_screen_that_is_paused_stays_as_it_is_and_one_that_follows_stays_at_the_newest() {
    let mut screen = loaded(80, 24);
    screen.keys(" ");
    let before = screen.text();
    let (rows, window) = (screen.model.order.len(), screen.model.window());
    for event in testing::https_events(2, 900) {
        let _ = update(&mut screen.model, Msg::Event(event));
    }
    let size = screen.model.size;
    let _ = update(&mut screen.model, Msg::Resize(size));
    assert_eq!((screen.model.order.len(), screen.model.window()), (rows, window));
    assert_eq!(screen.text(), before);
    screen.keys(" F");
    assert_eq!(screen.model.list.selected, 2);
    screen.batch(testing::https_events(3, 950), 50_000, None, 1000);
    assert_eq!(screen.model.list.selected, 3);
    has(&mut screen, &["following"]);
    assert_eq!(screen.model.source.end, End::Loading);
}

#[test]
fn other_themes_draw_the_same_in_other_glyphs() {
    for keys in ["1", "2", "3", "4", "5", "6", "7"] {
        let mut screen = loaded(100, 30);
        screen.model.theme.ascii = true;
        for c in keys.chars() {
            let _ = screen.key(KeyCode::Char(c));
        }
        let text = screen.text();
        assert!(text.is_ascii(), "{text}");
    }

    let mut screen = loaded(80, 24);
    let theme = screen.model.theme;
    screen.keys("TTT");
    assert_eq!(screen.model.theme, theme);
}
