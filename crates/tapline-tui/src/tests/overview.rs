//! The overview: what a user sees of a capture as a whole, and where it leads.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::captures::{fixture, screen};
use super::*;
use crate::limits::FINDINGS_MAX;
use crate::model::{Emphasis, Focus, Page, Sort, Spot};
use crate::testing;

/// Two good connections, with findings on both.
fn loaded(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new(Theme::Plain, width, height);
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

#[test]
fn it_comes_and_goes_and_the_connections_are_as_they_were() {
    let mut screen = loaded(80, 24);
    let before = screen.text();
    screen.keys("o");
    has(
        &mut screen,
        &["── overview ", "requests    2: 2 × 2xx", "TLS         2: 2 established", "4 findings"],
    );
    let _ = screen.key(KeyCode::Esc);
    assert_eq!(screen.text(), before);
    screen.keys("oo");
    assert_eq!(screen.text(), before);
}

#[test]
fn the_costliest_comes_first_and_is_selected() {
    let mut screen = loaded(80, 24);
    screen.keys("o");
    let text = screen.text();
    let line = |what: &str| text.lines().position(|line| line.contains(what)).unwrap();
    assert!(line("▸ 90.0 ms  note: A redirect") < line(" 70.0 ms  warning: Lost packets"), "{text}");
    assert!(line("+ 1 more of this kind, 80.0 ms in all") < line("error: The certificate"), "{text}");
    assert!(text.contains("4 findings: 1 error, 2 warnings, 1 note · by cost"), "{text}");
}

#[test]
fn enter_leads_to_the_request_of_a_finding_and_escape_back_to_it() {
    let mut screen = loaded(80, 24);
    screen.keys("oj");
    let before = screen.text();
    let _ = screen.key(KeyCode::Enter);
    assert_eq!((screen.model.page, screen.model.focus), (Page::Connections, Focus::Requests));
    has(&mut screen, &["━━ connection 1 www.example.org", "    send      1.00 ms"]);
    let _ = screen.key(KeyCode::Esc);
    assert_eq!(screen.text(), before);
    let _ = screen.key(KeyCode::Esc);
    assert_eq!((screen.model.page, screen.model.focus), (Page::Connections, Focus::List));
}

#[test]
fn escape_leads_back_to_the_list_where_the_list_was_gone_to_since() {
    let mut screen = loaded(80, 24);
    screen.keys("oj");
    let _ = screen.key(KeyCode::Enter);
    let event = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: 5,
        row: 2,
        modifiers: KeyModifiers::NONE,
    };
    let _ = update(&mut screen.model, Msg::Mouse(event));
    let _ = screen.key(KeyCode::Enter);
    let _ = screen.key(KeyCode::Esc);
    assert_eq!((screen.model.page, screen.model.focus), (Page::Connections, Focus::List));
}

#[test]
fn a_finding_that_no_request_begins_with_leads_to_its_connection() {
    let mut screen = loaded(80, 24);
    let mut finding = testing::finding("tcp_zero_window", 1, Some(200 * MS));
    finding.at = testing::at(11, 200);
    let several = tapline_analysis::Finding { connection: None, cost_ns: Some(300 * MS), ..finding.clone() };
    screen.batch([Event::Finding(Box::new(finding))], 40_000, None, 400);
    screen.keys("og");
    let _ = screen.key(KeyCode::Enter);
    assert_eq!((screen.model.order.get(screen.model.selected), screen.model.focus), (Some(1), Focus::Detail));
    screen.batch([Event::Finding(Box::new(several))], 40_000, None, 400);
    screen.keys("ggo");
    let _ = screen.key(KeyCode::Enter);
    has(&mut screen, &["━━ connection 1 "]);
}

#[test]
fn a_filter_that_hides_the_connection_goes() {
    let mut screen = loaded(80, 24);
    screen.keys("/nothing has this");
    let _ = screen.key(KeyCode::Enter);
    screen.keys("oj");
    let _ = screen.key(KeyCode::Enter);
    assert_eq!((screen.model.order.filter(), screen.model.order.len()), ("", 2));
    has(&mut screen, &["━━ connection 1 "]);
}

#[test]
fn what_is_selected_stays_selected_and_on_the_screen() {
    let mut screen = loaded(80, 14);
    screen.keys("ojjj");
    assert_eq!(screen.model.overview.selected, Some(Spot::Comparison));
    has(&mut screen, &["▸HTTP/1.1 against HTTP/2"]);
    screen.keys("jjjjjjjjjjjjjjjj");
    has(&mut screen, &["names and values"]);
    screen.keys("g");
    has(&mut screen, &["connections 2: 2 open", "▸ 90.0 ms  note: A redirect"]);
    let costly = testing::finding("tcp_zero_window", 1, Some(900 * MS));
    let before = screen.model.overview.selected;
    screen.batch([Event::Finding(Box::new(costly))], 40_000, None, 400);
    assert_eq!(screen.model.overview.selected, before, "though another one is the costliest now");
}

#[test]
fn what_moves_the_list_does_nothing_and_what_is_over_all_comes_up() {
    let mut screen = loaded(80, 24);
    screen.keys("o+srf2");
    let model = &screen.model;
    assert_eq!((model.zoomed, model.order.sort, model.order.reversed), (None, Sort::Start, false));
    assert_eq!((model.emphasis, model.page), (Emphasis::Timeline, Page::Overview));
    screen.keys("?");
    has(&mut screen, &["─ Keys ─", "overview and findings"]);
    screen.keys("?/");
    assert!(screen.model.typing && screen.model.page == Page::Connections, "the list is what is filtered");
    let _ = screen.key(KeyCode::Esc);
    screen.keys("o");
    assert_eq!(screen.key(KeyCode::Char('q')), Effect::Quit);
}

#[test]
fn a_click_selects_a_finding_and_the_wheel_scrolls() {
    let mut screen = loaded(80, 14);
    screen.keys("o");
    let place = screen.text().lines().position(|line| line.contains("tcp_loss was found")).unwrap();
    let mouse = |screen: &mut Screen, kind| {
        let row = u16::try_from(place).unwrap();
        let event = MouseEvent { kind, column: 20, row, modifiers: KeyModifiers::NONE };
        let _ = update(&mut screen.model, Msg::Mouse(event));
    };
    mouse(&mut screen, MouseEventKind::Down(MouseButton::Left));
    assert_eq!(screen.model.overview.selected, Some(Spot::Kind("tcp_loss")));
    for _ in 0..3 {
        mouse(&mut screen, MouseEventKind::ScrollDown);
    }
    assert_eq!(screen.model.overview.top, 9);
    assert_ne!(screen.model.overview.selected, Some(Spot::Kind("tcp_loss")), "that is scrolled away");
}

#[test]
fn findings_that_find_no_room_are_said() {
    let mut screen = loaded(120, 24);
    let cheap = (0..FINDINGS_MAX).map(|_| testing::finding("http1_connection_close", 5, None));
    screen.batch(cheap.map(|finding| Event::Finding(Box::new(finding))), 40_000, None, 400);
    has(&mut screen, &["4 findings only counted, those that cost least"]);
    screen.keys("o");
    has(&mut screen, &["4 findings only counted, those that cost least", "+ 49,999 more of this kind"]);
}

#[test]
fn the_connections_facts_tell_its_findings() {
    let mut screen = loaded(80, 24);
    let _ = screen.key(KeyCode::Enter);
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
    insta::assert_snapshot!("overview_80x24", screen(&path, 80, 24, &[KeyCode::Char('o')]));
    insta::assert_snapshot!(
        "overview_120x40",
        screen(&path, 120, 40, &[KeyCode::Char('o'), KeyCode::Char('G')])
    );
}
