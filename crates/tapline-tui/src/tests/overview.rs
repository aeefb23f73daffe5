//! The overview and the findings: what a user sees of a capture as a whole, and where it leads.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::captures::{fixture, screen};
use super::*;
use crate::limits::FINDINGS_MAX;
use crate::model::{Entry, Focus, Overlay, Page, Sort, Spot};
use crate::testing;

/// Two good connections, with findings on both.
fn loaded(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new(Theme::PLAIN, width, height);
    let finding = |code, connection, cost| Event::Finding(Box::new(testing::finding(code, connection, cost)));
    let findings = [
        finding("tcp_loss", 1, Some(70 * MS)),
        finding("tcp_loss", 0, Some(10 * MS)),
        finding("http_redirect", 0, Some(90 * MS)),
        finding("tls_certificate_invalid", 1, None),
    ];
    let connections = [testing::https_events(0, 0), testing::https_events(1, 200)].concat();
    screen.batch(connections.into_iter().chain(findings), 40_000, Some(40_000), 400);
    screen
}

fn has(screen: &mut Screen, expected: &[&str]) {
    let text = screen.text();
    for what in expected {
        assert!(text.contains(what), "{what}: {text}");
    }
}

/// Goes to a line of the overview.
fn stand_on(screen: &mut Screen, spot: Spot) {
    screen.keys("1g");
    for _ in 0..60 {
        if screen.model.overview.selected == Some(spot) {
            return;
        }
        screen.keys("j");
    }
    panic!("{spot:?} was never reached: {}", screen.text());
}

#[test]
fn it_is_the_first_screen_and_counts() {
    let model = Model::new(Theme::PLAIN, Size::new(80, 24));
    assert_eq!(model.page, Page::Overview);
    let mut screen = loaded(80, 40);
    screen.keys("1");
    has(
        &mut screen,
        &[
            "── overview ",
            "requests    2: 2 × 2xx",
            "TLS         2: 2 established",
            "speaks      2 http",
            "capture     nothing lost so far",
            "slowest requests",
            "4 findings: 1 error, 2 warnings, 1 note · by cost",
            "busiest servers",
            "HTTP/1.1 against HTTP/2",
        ],
    );
}

#[test]
fn the_costliest_kind_comes_first() {
    let mut screen = loaded(80, 40);
    screen.keys("1");
    let text = screen.text();
    let line = |what: &str| text.lines().position(|line| line.contains(what)).unwrap();
    assert!(line(" 90.0 ms  note    A redirect") < line(" 80.0 ms  warning Lost packets"), "{text}");
    assert!(line("Lost packets held up an exchange") < line("error   The certificate"), "{text}");
    assert!(text.lines().nth(line("Lost packets")).unwrap().contains("×2"), "{text}");
}

#[test]
fn every_line_leads_somewhere() {
    let at = |screen: &Screen| (screen.model.page, screen.model.order.filter().to_owned());
    let check = |spot, expected: (Page, &str)| {
        let mut screen = loaded(80, 24);
        stand_on(&mut screen, spot);
        let before = screen.text();
        let _ = screen.key(KeyCode::Enter);
        assert_eq!(at(&screen), (expected.0, expected.1.to_owned()), "{spot:?}");
        if screen.model.overlay.take().is_none() {
            let _ = screen.key(KeyCode::Esc);
        }
        assert_eq!(screen.text(), before, "{spot:?}: and back");
    };
    check(Spot::Connections, (Page::Connections, ""));
    check(Spot::Requests, (Page::Timeline, ""));
    check(Spot::Handshakes, (Page::Connections, "tls"));
    check(Spot::Health, (Page::Overview, ""));
    check(Spot::Exchange(0, 0), (Page::Timeline, ""));
    check(Spot::Findings, (Page::Findings, ""));
    check(Spot::Kind("tcp_loss"), (Page::Findings, ""));
    check(Spot::Host(0), (Page::Connections, "www.example.org"));
    check(Spot::Comparison, (Page::Connections, ""));
}

#[test]
fn a_slow_request_is_selected_below_its_connection_and_fills_the_time() {
    let mut screen = loaded(80, 24);
    stand_on(&mut screen, Spot::Exchange(1, 0));
    let _ = screen.key(KeyCode::Enter);
    assert_eq!(screen.model.selected_entry(), Some(Entry { id: 1, request: Some(0) }));
    let window = screen.model.window();
    assert!(window.start >= 238 * MS && window.end() <= 282 * MS, "{window:?}");
    has(&mut screen, &["▸ └", "    wait      19.0 ms"]);
}

#[test]
fn a_finding_leads_to_the_request_on_the_timeline_and_escape_back_to_it() {
    let mut screen = loaded(80, 24);
    screen.keys("4j");
    assert_eq!(screen.model.finding.selected, 1);
    has(&mut screen, &["▸ 70.0 ms  warning", "tcp_loss was found", "2 of this kind, 80.0 ms in all"]);
    let before = screen.text();
    let _ = screen.key(KeyCode::Enter);
    assert_eq!((screen.model.page, screen.model.focus), (Page::Timeline, Focus::List));
    assert_eq!(screen.model.selected_entry(), Some(Entry { id: 1, request: Some(0) }));
    has(&mut screen, &["── connection 1 www.example.org", "    send      1.00 ms"]);
    let _ = screen.key(KeyCode::Esc);
    assert_eq!(screen.text(), before);
}

#[test]
fn a_finding_that_no_request_begins_with_leads_to_its_connection() {
    let mut screen = loaded(80, 24);
    let mut finding = testing::finding("tcp_zero_window", 1, Some(200 * MS));
    finding.at = testing::at(11, 200);
    let several = tapline_analysis::Finding { connection: None, cost_ns: Some(300 * MS), ..finding.clone() };
    screen.batch([Event::Finding(Box::new(finding))], 40_000, None, 400);
    screen.keys("4g");
    let _ = screen.key(KeyCode::Enter);
    assert_eq!(screen.model.selected_entry(), Some(Entry { id: 1, request: None }));
    screen.batch([Event::Finding(Box::new(several))], 40_000, None, 400);
    screen.keys("3gg4g");
    let _ = screen.key(KeyCode::Enter);
    assert_eq!(screen.model.selected_entry(), Some(Entry { id: 1, request: None }), "its first packet tells");
}

#[test]
fn a_filter_that_hides_the_connection_goes() {
    let mut screen = loaded(80, 24);
    screen.keys("/nothing has this");
    let _ = screen.key(KeyCode::Enter);
    screen.keys("4j");
    let _ = screen.key(KeyCode::Enter);
    assert_eq!((screen.model.order.filter(), screen.model.order.connections()), ("", 2));
    has(&mut screen, &["── connection 1 "]);
}

#[test]
fn what_is_selected_stays_selected_and_on_the_screen() {
    let mut screen = loaded(80, 14);
    stand_on(&mut screen, Spot::Comparison);
    has(&mut screen, &["▸HTTP/1.1 against HTTP/2"]);
    screen.keys("jjjjjjjjjjjjjjjj");
    has(&mut screen, &["names and values"]);
    screen.keys("g");
    has(&mut screen, &["▸connections 2: 2 open"]);
    let costly = testing::finding("tcp_zero_window", 1, Some(900 * MS));
    stand_on(&mut screen, Spot::Kind("tcp_loss"));
    screen.batch([Event::Finding(Box::new(costly))], 40_000, None, 400);
    assert_eq!(
        screen.model.overview.selected,
        Some(Spot::Kind("tcp_loss")),
        "though another one is the costliest"
    );
}

#[test]
fn what_moves_the_list_does_nothing_and_what_is_over_all_comes_up() {
    let mut screen = loaded(80, 24);
    screen.keys("1+srfx");
    let model = &screen.model;
    assert_eq!(
        (model.zoomed, model.order.asked().sort, model.order.asked().reversed),
        (None, Sort::Start, false)
    );
    assert_eq!((model.page, model.order.asked().requests), (Page::Overview, false));
    let _ = screen.key(KeyCode::F(1));
    has(&mut screen, &["─ Keys ─", "what is here, what is slow, what is wrong"]);
    let _ = screen.key(KeyCode::Esc);
    screen.keys("/");
    assert!(
        screen.model.typing.is_some() && screen.model.page == Page::Connections,
        "the list is what is filtered"
    );
    let _ = screen.key(KeyCode::Esc);
    screen.keys("1");
    assert_eq!(screen.key(KeyCode::Char('q')), Effect::Quit);
}

fn mouse(screen: &mut Screen, kind: MouseEventKind, column: u16, row: usize) {
    let row = u16::try_from(row).unwrap();
    let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
    let _ = update(&mut screen.model, Msg::Mouse(event));
}

#[test]
fn a_click_selects_a_second_one_goes_there_and_the_wheel_scrolls() {
    let mut screen = loaded(80, 20);
    screen.keys("1");
    let place = screen.text().lines().position(|line| line.contains("requests    2")).unwrap();
    let click = MouseEventKind::Down(MouseButton::Left);
    mouse(&mut screen, click, 20, place);
    assert_eq!(screen.model.overview.selected, Some(Spot::Requests));
    for _ in 0..3 {
        mouse(&mut screen, MouseEventKind::ScrollDown, 20, place);
    }
    assert_eq!(screen.model.overview.top, 9);
    assert_ne!(screen.model.overview.selected, Some(Spot::Requests), "that is scrolled away");
    screen.keys("g");
    mouse(&mut screen, click, 20, place);
    mouse(&mut screen, click, 20, place);
    assert_eq!(screen.model.page, Page::Timeline);
    let tab = screen.text().lines().nth(1).unwrap().find("4 Findings").unwrap();
    mouse(&mut screen, click, u16::try_from(tab).unwrap(), 1);
    assert_eq!(screen.model.page, Page::Findings);
    mouse(&mut screen, click, 20, 5);
    assert_eq!(screen.model.finding.selected, 2);
    mouse(&mut screen, MouseEventKind::ScrollUp, 20, 5);
    mouse(&mut screen, click, 20, 5);
    assert_eq!(screen.model.page, Page::Timeline);
}

#[test]
fn health_opens_what_to_know_before_believing_it() {
    let mut screen = loaded(80, 24);
    screen.model.source.totals.truncated_packets = 3;
    stand_on(&mut screen, Spot::Health);
    has(&mut screen, &["capture     3 packets cut by the snapshot length"]);
    let _ = screen.key(KeyCode::Enter);
    assert_eq!(screen.model.overlay, Some(Overlay::Warnings));
}

#[test]
fn findings_that_find_no_room_are_said() {
    let mut screen = loaded(120, 24);
    let cheap = (0..FINDINGS_MAX).map(|_| testing::finding("http1_connection_close", 5, None));
    screen.batch(cheap.map(|finding| Event::Finding(Box::new(finding))), 40_000, None, 400);
    has(&mut screen, &["4 findings only counted, those that cost least"]);
    screen.keys("4");
    has(&mut screen, &["4 findings only counted, those that cost least", "50,004 findings"]);
    screen.keys("G");
    has(&mut screen, &["50,000 of this kind"]);
}

#[test]
fn the_connections_facts_tell_its_findings() {
    let mut screen = loaded(80, 24);
    screen.keys("d");
    let findings = [
        " findings  90.0 ms http_redirect: http_redirect was found",
        "           10.0 ms tcp_loss: tcp_loss was found",
    ];
    has(&mut screen, &findings);
    assert!(!screen.text().contains("70.0 ms"), "that is another connection's");
}

#[test]
fn a_page_load_at_both_sizes() {
    let path = fixture("link/page-load.pcapng");
    for (name, page) in [("overview", '1'), ("findings", '4'), ("connections", '2'), ("timeline", '3')] {
        let keys = [KeyCode::Char(page)];
        insta::assert_snapshot!(format!("{name}_80x24"), screen(&path, 80, 24, &keys));
        insta::assert_snapshot!(format!("{name}_120x40"), screen(&path, 120, 40, &keys));
    }
    insta::assert_snapshot!("requests_120x40", screen(&path, 120, 40, &[KeyCode::Char('x')]));
}
