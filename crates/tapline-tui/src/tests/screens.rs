//! Screens of connections built by hand.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use ratatui::layout::Rect;

use super::*;
use crate::layout::Layout;
use crate::limits::{SCREEN_MIN, WIDE_COLUMNS_MIN};
use crate::model::Entry;
use crate::testing;
use tapline_analysis::State;

/// A good one, a refused one, one without an answer, one that was reset.
fn events() -> Vec<Event> {
    let mut events = testing::https_events(0, 0);
    for (id, start, state) in [(1, 120, State::Refused), (2, 200, State::Opening), (3, 300, State::Reset)] {
        let mut record = testing::record(id, start);
        record.state = state;
        record.server_name = None;
        record.requests = 0;
        record.protocols.clear();
        if state != State::Reset {
            record.handshake.syn_ack = tapline_analysis::Step::default();
            record.handshake.ack = tapline_analysis::Step::default();
        }
        if state != State::Opening {
            let seen = testing::at(record.first.packet + 5, start + 100);
            record.teardown.reset = Some(testing::reset(seen));
        }
        events.push(Event::Connection(Box::new(record)));
    }
    events
}

fn loaded(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new(Theme::DARK, width, height);
    screen.batch(events(), 40_000, Some(40_000), 400);
    screen
}

#[test]
fn before_anything_was_read() {
    let text = Screen::new(Theme::DARK, 80, 24).text();
    assert!(text.contains("reading …"), "{text}");
    assert!(text.contains("q quit"), "{text}");
}

#[test]
fn too_small_says_so() {
    let (width, height) = SCREEN_MIN;
    for (width, height) in [(width - 1, height), (width, height - 1)] {
        let text = Screen::new(Theme::DARK, width, height).text();
        assert_eq!(text.trim_end(), "tapline: this terminal is too small");
    }
    assert!(Screen::new(Theme::DARK, width, height).text().contains("reading"));
}

#[test]
fn wide_screens_have_the_detail_on_the_right() {
    let layout = |width| Layout::of(&loaded(width, 40).model, Rect::new(0, 0, width, 40)).unwrap();
    let is_beside = |layout: &Layout| layout.detail.x > layout.list.x;
    assert!(!is_beside(&layout(WIDE_COLUMNS_MIN - 1)) && is_beside(&layout(WIDE_COLUMNS_MIN)));
}

#[test]
fn small_screen() {
    insta::assert_snapshot!(loaded(80, 24).text());
}

#[test]
fn large_screen() {
    insta::assert_snapshot!(loaded(120, 40).text());
}

#[test]
fn wide_screen_has_the_detail_on_the_right() {
    insta::assert_snapshot!(loaded(170, 20).text());
}

#[test]
fn without_colour_the_phases_are_told_apart_by_their_glyphs() {
    let mut screen = Screen::new(Theme::PLAIN, 80, 24);
    screen.batch(events(), 40_000, Some(40_000), 400);
    insta::assert_snapshot!(screen.text());
}

#[test]
fn the_help_lies_over_the_screen_and_goes_away() {
    let mut screen = loaded(120, 50);
    let before = screen.text();
    screen.keys("??");
    insta::assert_snapshot!(screen.text());
    screen.keys("?");
    assert_eq!(screen.text(), before);
}

#[test]
fn progress_is_shown_while_loading_and_loaded_afterwards() {
    let mut screen = Screen::new(Theme::DARK, 80, 24);
    screen.batch(events(), 30_000, Some(60_000), 400);
    assert!(screen.text().contains("█████░░░░░  50 %  30.0 kB of 60.0 kB"), "{}", screen.text());
    screen.batch([], 30_000, None, 400);
    assert!(screen.text().contains("reading  30.0 kB"), "{}", screen.text());
    let outcome = tapline_engine::Outcome {
        totals: screen.model.source.totals.clone(),
        facts: tapline_engine::capture::Facts::default(),
        stopped: false,
    };
    let _ = update(&mut screen.model, Msg::Ended(Some(Box::new(outcome))));
    assert!(screen.text().contains("loaded"), "{}", screen.text());
}

#[test]
fn packets_dropped_while_capturing_are_marked_on_the_ruler() {
    let mut screen = loaded(120, 24);
    assert!(!screen.text().contains("! dropped"), "{}", screen.text());
    let mut facts = tapline_engine::capture::Facts::default();
    let before = tapline_engine::analysis::Timestamp(screen.model.whole().at_part(5_000));
    facts.drops.push(tapline_engine::capture::Drop { interface: Some(0), before, packets: 7 });
    let totals = screen.model.source.totals.clone();
    let outcome = tapline_engine::Outcome { totals, facts, stopped: false };
    let _ = update(&mut screen.model, Msg::Ended(Some(Box::new(outcome))));
    let text = screen.text();
    let ruler = text.lines().find(|line| line.contains('╷')).unwrap();
    assert!(ruler.contains('!') && text.contains("! dropped"), "{text}");
}

#[test]
fn what_is_lost_live_is_said_at_once_and_nothing_is_said_to_be_nothing() {
    use tapline_engine::capture::{Container, Drop, Facts, FileFacts, Happening, Incident, Interface};
    let mut screen = Screen::new(Theme::DARK, 120, 24);
    screen.keys("2");
    screen.batch(events(), 30_000, None, 400);
    assert!(!screen.text().contains("dropped"), "what nobody says is not zero: {}", screen.text());
    let file = FileFacts { path: "eth0".into(), container: Container::Device, compression: None };
    let interface = |os_dropped| Interface { os_dropped: Some(os_dropped), ..Interface::default() };
    let mut news = Facts::default();
    news.files.push(file);
    news.interfaces.push(interface(0));
    let _ = update(&mut screen.model, Msg::News(Box::new(news)));
    assert!(screen.text().contains("live  30.0 kB  0 dropped"), "{}", screen.text());

    let mut news = Facts::default();
    news.interfaces.push(interface(12));
    news.queue_dropped = Some(3);
    news.left_out.insert("places of drops", 2);
    let before = tapline_engine::analysis::Timestamp(screen.model.whole().at_part(5_000));
    news.drops.push(Drop { interface: None, before, packets: 3 });
    let (interface, what) = (Some("eth0".to_owned()), Happening::Down);
    news.incidents.push(Incident { interface, after_packet: 7, what });
    let _ = update(&mut screen.model, Msg::News(Box::new(news)));
    let text = screen.text();
    assert!(text.contains("12 packets dropped while capturing +3 w"), "{text}");
    assert!(text.contains("! dropped"), "{text}");
    screen.keys("w");
    let text = screen.text();
    assert!(
        text.contains("3 packets captured and not analysed") && text.contains("eth0 went down"),
        "{text}"
    );
    assert!(text.contains("places of drops: 2 more than are kept"), "{text}");
}

#[test]
fn an_engine_that_went_away_is_said() {
    let mut screen = loaded(80, 24);
    let _ = update(&mut screen.model, Msg::Ended(None));
    assert!(screen.text().contains("stopped before the end"), "{}", screen.text());
}

#[test]
fn a_filter_narrows_while_it_is_typed_and_escape_brings_all_back() {
    let mut screen = loaded(80, 24);
    screen.keys("/refu");
    let text = screen.text();
    assert!(text.contains("1 of 4") && !text.contains("no answer  "), "{text}");
    let _ = screen.key(KeyCode::Enter);
    assert!(screen.text().contains("/refu 1 of 4"), "{}", screen.text());
    let _ = screen.key(KeyCode::Esc);
    assert_eq!(screen.model.order.len(), 4);
    screen.keys("/nothing has this");
    assert!(screen.text().contains("no connection has these words"), "{}", screen.text());
}

#[test]
fn while_a_filter_is_typed_letters_are_letters() {
    let mut screen = loaded(80, 24);
    screen.keys("/q?");
    assert_eq!((screen.model.order.filter(), screen.model.overlay), ("q?", None));
    let ctrl_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(update(&mut screen.model, Msg::Key(ctrl_c)), Effect::Quit, "but Ctrl-C always quits");
}

#[test]
fn sorting_by_problems_brings_them_up_and_the_selection_with_them() {
    let mut screen = loaded(80, 24);
    screen.keys("ss");
    let listed: Vec<_> = (0..4).filter_map(|place| screen.model.order.get(place)).collect();
    assert_eq!(listed.last(), Some(&Entry { id: 0, request: None }), "the good one is last: {listed:?}");
    assert_eq!(screen.model.list.selected, 0);
    assert!(screen.text().contains("by problems"));
}

#[test]
fn the_selected_connection_stays_selected_when_rows_come() {
    let mut screen = loaded(80, 24);
    screen.keys("sj");
    let id = screen.model.order.get(screen.model.list.selected);
    let mut long = testing::record(9, 0);
    long.last = testing::at(99, 400);
    screen.batch([Event::Connection(Box::new(long))], 50_000, None, 400);
    assert_eq!(screen.model.order.get(screen.model.list.selected), id);
    assert_eq!(screen.model.list.selected, 2, "the longer one came before it");
}

#[test]
fn zooming_to_a_connection_and_back() {
    let mut screen = loaded(120, 40);
    screen.keys("jf");
    let window = screen.model.window();
    assert!(window.start >= 118 * MS && window.end() <= 222 * MS, "{window:?}");
    insta::assert_snapshot!(screen.text());
    screen.keys("0");
    assert_eq!(screen.model.window(), screen.model.whole());
}

#[test]
fn enter_goes_into_the_detail_and_escape_comes_back() {
    let mut screen = loaded(80, 24);
    screen.keys("djjjj");
    insta::assert_snapshot!(screen.text());
    assert_eq!(screen.model.list.selected, 0, "the detail scrolls, not the list");
    let _ = screen.key(KeyCode::Esc);
    screen.keys("j");
    assert_eq!(screen.model.list.selected, 1);
}

#[test]
fn a_second_enter_selects_a_request_and_tells_its_phases_until_escape() {
    let mut screen = loaded(80, 24);
    let mut two = testing::https_events(0, 0);
    two.insert(1, two[1].clone());
    screen.batch(two.into_iter().skip(1).take(1), 40_000, None, 400);
    screen.keys("d");
    let before = screen.text();
    let _ = screen.key(KeyCode::Enter);
    let text = screen.text();
    let line = |text: &str, what: &str| text.lines().position(|line| line.contains(what));
    let (wait, first) = (line(&text, "wait      19.0 ms").unwrap(), line(&text, "GET /index").unwrap());
    assert_eq!(wait, first + 2, "below the first request, behind what it sent: {text}");
    assert!(text.contains(" 48 %") && text.contains(" 50 %"), "{text}");
    screen.keys("j");
    let text = screen.text();
    let last = text.lines().enumerate().filter(|(_, line)| line.contains("GET /index")).last().unwrap().0;
    assert_eq!(line(&text, "send      1.00 ms"), Some(last + 1), "{text}");
    screen.keys("jjj");
    assert_eq!((screen.model.request, screen.model.list.selected), (1, 0));
    let _ = screen.key(KeyCode::Esc);
    assert!(!screen.text().contains(" 48 %"));
    screen.keys("g");
    assert_eq!(screen.text(), before);
}

#[test]
fn warnings_are_counted_below_and_listed_on_w() {
    let mut screen = loaded(80, 24);
    screen.model.source.totals.truncated_packets = 3;
    screen.model.source.totals.untimed_packets = 1;
    let text = screen.text();
    assert!(text.contains("3 packets cut") && text.contains("+1 w") && text.contains("q quit"), "{text}");
    screen.keys("w");
    assert!(screen.text().contains("1 packet without a time"), "{}", screen.text());
}

fn mouse(screen: &mut Screen, kind: MouseEventKind, column: u16, row: u16, modifiers: KeyModifiers) {
    let _ = update(&mut screen.model, Msg::Mouse(MouseEvent { kind, column, row, modifiers }));
}

#[test]
fn a_click_selects_a_row_and_puts_the_time_cursor() {
    let mut screen = loaded(80, 24);
    let click = MouseEventKind::Down(MouseButton::Left);
    mouse(&mut screen, click, 5, 5, KeyModifiers::NONE);
    assert_eq!(
        (screen.model.list.selected, screen.model.cursor),
        (2, 0),
        "left of the bars only a row is meant"
    );
    mouse(&mut screen, click, 44 + 18, 4, KeyModifiers::NONE);
    assert_eq!(screen.model.list.selected, 1);
    assert!(screen.text().contains("▾20"), "half of 400 ms: {}", screen.text());
    mouse(&mut screen, click, 5, 15, KeyModifiers::NONE);
    assert_eq!(screen.model.focus, crate::model::Focus::Detail);
}

#[test]
fn the_wheel_with_ctrl_zooms_at_the_pointer() {
    let mut screen = loaded(80, 24);
    let at = |screen: &Screen| screen.model.window().at_part(screen.model.cursor);
    mouse(&mut screen, MouseEventKind::ScrollUp, 44 + 9, 4, KeyModifiers::CONTROL);
    let under = at(&screen);
    assert_eq!(screen.model.window().span, 200 * MS.unsigned_abs());
    mouse(&mut screen, MouseEventKind::ScrollUp, 44 + 9, 4, KeyModifiers::CONTROL);
    assert!((at(&screen) - under).abs() <= 2, "{under} is not under the pointer any more");
    mouse(&mut screen, MouseEventKind::ScrollDown, 44 + 9, 4, KeyModifiers::CONTROL);
    mouse(&mut screen, MouseEventKind::ScrollDown, 44 + 9, 4, KeyModifiers::CONTROL);
    assert_eq!(screen.model.window(), screen.model.whole());
}

#[test]
fn who_drags_the_bars_pulls_the_time_along() {
    let mut screen = loaded(80, 24);
    mouse(&mut screen, MouseEventKind::ScrollUp, 44 + 18, 4, KeyModifiers::CONTROL);
    let (whole, before) = (screen.model.whole(), screen.model.window());
    let held = MouseButton::Left;
    mouse(&mut screen, MouseEventKind::Down(held), 44 + 20, 4, KeyModifiers::NONE);
    mouse(&mut screen, MouseEventKind::Drag(held), 44 + 11, 4, KeyModifiers::NONE);
    let quarter = i64::try_from(before.span / 4).unwrap();
    let moved = screen.model.window().start - before.start;
    assert!((moved - quarter).abs() <= quarter / 50, "{moved} is not {quarter}");
    mouse(&mut screen, MouseEventKind::Up(held), 44 + 11, 4, KeyModifiers::NONE);
    let after = screen.model.window();
    mouse(&mut screen, MouseEventKind::Drag(held), 44, 4, KeyModifiers::NONE);
    assert_eq!(screen.model.window(), after, "nobody holds it any more");
    // Where it was not taken it is not pulled, and there is no time before the first packet.
    mouse(&mut screen, MouseEventKind::Down(held), 5, 4, KeyModifiers::NONE);
    mouse(&mut screen, MouseEventKind::Drag(held), 60, 4, KeyModifiers::NONE);
    assert_eq!(screen.model.window(), after);
    for _ in 0..20 {
        mouse(&mut screen, MouseEventKind::ScrollUp, 60, 4, KeyModifiers::SHIFT);
    }
    assert_eq!(screen.model.window().start, whole.start);
}

#[test]
fn the_wheel_scrolls_a_long_list_and_the_selection_stays_on_the_screen() {
    let mut screen = Screen::new(Theme::DARK, 80, 24);
    let events = (0..100).map(|id| Event::Connection(Box::new(testing::record(id, 0))));
    screen.batch(events, 1000, None, 400);
    for _ in 0..4 {
        mouse(&mut screen, MouseEventKind::ScrollDown, 5, 5, KeyModifiers::NONE);
    }
    assert_eq!((screen.model.list.top, screen.model.list.selected), (12, 12));
    screen.keys("G");
    assert_eq!(screen.model.list.selected, 99);
    assert!(screen.text().contains("\n 99 "), "{}", screen.text());
}
