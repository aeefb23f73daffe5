//! Filters as they are typed, and what they let through.

use std::sync::Arc;

use tapline_filter::Filter;

use super::captures::{fixture, screen as capture};
use super::*;
use crate::limits::{FILTER_CHARS_MAX, SUGGESTIONS_SHOWN};
use crate::model::{Page, Sifted};
use crate::testing;

fn loaded(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new(Theme::PLAIN, width, height);
    let connections = [testing::https_events(0, 0), testing::https_events(1, 200)].concat();
    screen.batch(connections, 40_000, Some(40_000), 400);
    screen
}

fn has(screen: &mut Screen, expected: &[&str]) {
    let text = screen.text();
    for what in expected {
        assert!(text.contains(what), "{what}: {text}");
    }
}

fn typed(screen: &mut Screen, text: &str) {
    screen.keys("/");
    screen.keys(text);
}

#[test]
fn an_expression_narrows_while_it_is_typed() {
    let mut screen = loaded(100, 24);
    typed(&mut screen, "tcp.stream == 1");
    assert_eq!(screen.model.order.connections(), 1);
    has(&mut screen, &["1 of 2", "/tcp.stream == 1▏"]);
    let _ = screen.key(KeyCode::Enter);
    has(&mut screen, &["/tcp.stream == 1 1 of 2"]);
    let _ = screen.key(KeyCode::Esc);
    assert_eq!(screen.model.order.connections(), 2);
}

#[test]
fn what_is_wrong_is_shown_under_its_place_and_the_list_stays() {
    let mut screen = loaded(120, 24);
    typed(&mut screen, "tcp.stream == 1 and http.tim > 200ms");
    let text = screen.text();
    let lines: Vec<&str> = text.lines().rev().take(2).collect();
    let (input, below) = (lines[0], lines[1]);
    let column = |line: &str, what: &str| line[..line.find(what).expect(line)].chars().count();
    assert_eq!(column(input, "http.tim"), column(below, "^^^^^^^^"), "{text}");
    assert!(below.contains("http.time"), "{below}");
    assert_eq!(screen.model.order.connections(), 1, "as of the last text that was a filter");
    assert_eq!(screen.key(KeyCode::Enter), Effect::None);
    assert!(screen.model.typing.is_some(), "what is no filter is not kept");
}

#[test]
fn tab_completes_what_stands_at_the_cursor() {
    let mut screen = loaded(120, 30);
    typed(&mut screen, "http.response.c");
    has(&mut screen, &["http.response.code"]);
    let _ = screen.key(KeyCode::Tab);
    assert_eq!(screen.model.filter.text(), "http.response.code ");
    screen.keys("== 200");
    assert_eq!(screen.model.order.connections(), 2);
    let _ = screen.key(KeyCode::Home);
    screen.keys("not ");
    assert_eq!(
        (screen.model.filter.text(), screen.model.filter.cursor()),
        ("not http.response.code == 200", 4)
    );
}

#[test]
fn what_rows_do_not_know_is_asked_of_the_capture() {
    let mut screen = loaded(120, 24);
    typed(&mut screen, "http.user_agent contains \"curl\"");
    has(&mut screen, &["Enter reads the capture again for this"]);
    let Effect::Sift(filter) = screen.key(KeyCode::Enter) else { panic!("nothing is asked") };
    has(&mut screen, &["filtering 0 %"]);
    let _ = update(&mut screen.model, Msg::Sifting(430));
    has(&mut screen, &["filtering 43 %"]);
    let mut sifted = Sifted::default();
    sifted.take(&Event::Connection(Box::new(testing::record(1, 200))));
    let _ = update(&mut screen.model, Msg::Sifted(filter, Ok(Arc::new(sifted))));
    assert_eq!(screen.model.order.connections(), 1);
    has(&mut screen, &["/http.user_agent", "1 of 2"]);
    let filter = Filter::parse("http.user_agent").unwrap();
    let _ = update(&mut screen.model, Msg::Sifted(filter, Err("it was read once".into())));
    has(&mut screen, &["not filtered: it was read once"]);
}

#[test]
fn a_capture_is_filtered_by_what_only_it_knows() {
    let listed = |name: &str, filter: &str| {
        let keys: Vec<KeyCode> =
            format!("/{filter}").chars().map(KeyCode::Char).chain([KeyCode::Enter]).collect();
        let text = capture(&fixture(name), 120, 40, &keys);
        let status = text.lines().last().unwrap().to_owned();
        let of = status.find(" of ").unwrap_or_else(|| panic!("{text}"));
        status[..of].rsplit(' ').next().unwrap().to_owned()
    };
    assert_eq!(listed("link/page-load.pcapng", "tls.handshake.type == 1"), "2");
    assert_eq!(listed("link/page-load.pcapng", "tcp.analysis.retransmission and tcp.port == 80"), "1");
    assert_eq!(listed("link/page-load.pcapng", "http.response.code == 302"), "1");
    assert_eq!(listed("link/page-load.pcapng", "http.server contains \"nginx\""), "6");
    assert_eq!(listed("link/page-load.pcapng", "http.user_agent contains \"no such\""), "0");
}

#[test]
fn a_filter_of_the_command_line_is_on_from_the_beginning() {
    let mut screen = loaded(100, 24);
    let filter = Filter::parse("tcp.stream == 0").unwrap();
    assert_eq!(update(&mut screen.model, Msg::Filter(filter)), Effect::None);
    assert_eq!((screen.model.order.connections(), screen.model.page), (1, Page::Timeline));
    let filter = Filter::parse("http.cookie").unwrap();
    assert!(matches!(update(&mut screen.model, Msg::Filter(filter)), Effect::Sift(_)));
}

#[test]
fn many_rows_are_put_in_order_a_few_at_a_time() {
    let mut screen = Screen::new(Theme::PLAIN, 80, 24);
    for id in 0..30_000 {
        let _ = update(&mut screen.model, Msg::Event(Event::Connection(Box::new(testing::record(id, 0)))));
    }
    let _ = update(&mut screen.model, Msg::Settle);
    assert!(screen.model.order.making(&screen.model.rows).is_some(), "not all at once");
    let mut steps = 0;
    while screen.model.order.making(&screen.model.rows).is_some() {
        let _ = update(&mut screen.model, Msg::Settle);
        steps += 1;
    }
    assert!((3..60).contains(&steps), "{steps}");
    assert_eq!(screen.model.order.len(), 30_000);
    screen.keys("G");
    let last = screen.model.selected_entry();
    screen.keys("r");
    while screen.model.order.making(&screen.model.rows).is_some() {
        let _ = update(&mut screen.model, Msg::Settle);
    }
    assert_eq!((screen.model.list.selected, screen.model.selected_entry()), (0, last));
}

#[test]
fn a_filter_and_its_suggestions_have_an_end() {
    let mut screen = loaded(120, 30);
    typed(&mut screen, &"x".repeat(FILTER_CHARS_MAX));
    assert_eq!(screen.model.filter.text().len(), FILTER_CHARS_MAX);
    screen.keys("y");
    assert_eq!(screen.model.filter.text(), "x".repeat(FILTER_CHARS_MAX));
    let _ = screen.key(KeyCode::Backspace);
    screen.keys("y");
    assert!(screen.model.filter.text().ends_with("xy"));

    let mut screen = loaded(120, 30);
    typed(&mut screen, "t");
    let found = screen.model.filter.completion().suggestions;
    assert!(found.len() > SUGGESTIONS_SHOWN);
    let text = screen.text();
    let shown = found.iter().filter(|one| text.contains(&format!("{} ", one.text)));
    assert_eq!(shown.count(), SUGGESTIONS_SHOWN);
    (0..found.len()).for_each(|_| _ = screen.key(KeyCode::Down));
    assert_eq!(screen.model.filter.suggestion, SUGGESTIONS_SHOWN - 1, "what is not shown is not chosen");
}
