//! How long the loop does one thing while another waits.

use crossbeam_channel::unbounded;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

use super::*;
use crate::limits::ROWS_A_STEP;
use crate::testing;

/// How much longer than it should something may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(2);

fn app() -> App {
    let options = Options {
        theme: crate::Theme::PLAIN,
        config: crate::Config::default(),
        filter: tapline_filter::Filter::default(),
        again: None,
        exporter: None,
    };
    App::new(options, Size::new(80, 24))
}

fn key() -> Input {
    Input::Msg(Msg::Key(KeyEvent::new(KeyCode::Char('j'), KeyModifiers::NONE)), Instant::now())
}

fn batch(events: usize) -> Batch {
    let event = || Event::Connection(Box::new(testing::record(0, 0)));
    let events = std::iter::repeat_with(event).take(events).collect();
    Batch { events, progress: Progress::default(), totals: Totals::default(), news: None }
}

/// A feed of one batch of so many events.
fn feed(events: usize) -> Feed {
    let mut feed = Feed::new(never());
    feed.open(batch(events));
    feed
}

#[test]
fn inputs_that_wait_are_taken_for_a_while() {
    let (sender, inputs) = unbounded();
    let left = |count: usize| {
        (0..count).for_each(|_| sender.send(key()).unwrap());
        let begun = Instant::now();
        assert!(matches!(app().take(None, &inputs), Ok(Effect::None)));
        let took = begun.elapsed();
        (std::iter::from_fn(|| inputs.try_recv().ok()).count(), took)
    };
    assert_eq!(left(3).0, 0);
    // Far more than can be taken in that time.
    let (left, took) = left(500_000);
    assert!(left > 0 && (TAKING_MAX..TAKING_MAX + PATIENCE).contains(&took), "{left} left after {took:?}");
}

#[test]
fn events_are_applied_for_a_while_or_until_a_key_waits() {
    let (sender, inputs) = unbounded();
    let mut few = feed(3);
    app().apply(&mut few, &inputs);
    assert!(!few.has_events());
    let (mut many, begun) = (feed(200_000), Instant::now());
    app().apply(&mut many, &inputs);
    let took = begun.elapsed();
    assert!(many.events.len() > 0 && (APPLYING_MAX..APPLYING_MAX + PATIENCE).contains(&took), "{took:?}");
    sender.send(key()).unwrap();
    let mut interrupted = feed(10 * EVENTS_A_LOOK);
    app().apply(&mut interrupted, &inputs);
    assert_eq!(interrupted.events.len(), 9 * EVENTS_A_LOOK);
}

#[test]
fn so_many_events_are_taken_between_two_looks() {
    let parts = |events: usize| {
        let mut feed = feed(events);
        std::iter::from_fn(|| feed.some().map(|msgs| msgs.len())).collect::<Vec<_>>()
    };
    // The last message says how far the capture was read.
    assert_eq!(parts(EVENTS_A_LOOK), [EVENTS_A_LOOK + 1]);
    assert_eq!(parts(EVENTS_A_LOOK + 1), [EVENTS_A_LOOK, 2]);
}

#[test]
fn a_frame_follows_another_after_a_while_unless_a_key_was_pressed() {
    let mut app = app();
    app.urgent = false;
    let mut due = |since_drawn: Duration, dirty: bool| {
        (app.drawn, app.dirty) = (Instant::now().checked_sub(since_drawn), dirty);
        app.due_in(false)
    };
    let soon = due(Duration::ZERO, true);
    assert!(soon > Duration::ZERO && soon <= FRAME, "{soon:?}");
    assert_eq!((due(FRAME, true), due(Duration::ZERO, false)), (Duration::ZERO, LONG));
    app.urgent = true;
    assert_eq!(app.due_in(false), Duration::ZERO);
}

#[test]
fn putting_the_list_in_order_takes_its_share_while_a_capture_is_read() {
    let mut app = app();
    for id in 0..ROWS_A_STEP as u64 {
        let _ = app.update(Msg::Event(Event::Connection(Box::new(testing::record(id, 0)))));
    }
    assert!(app.is_unsettled());
    let begun = Instant::now();
    app.settle();
    let took = begun.elapsed();
    assert!(app.settle_from > begun + took, "it waits for others");
    assert!(app.settle_from <= begun + took * (SETTLING_SHARE + 1), "and not for longer than its share");
    let _ = app.update(Msg::Ended(None));
    app.settle_from = Instant::now();
    let _ = app.update(Msg::Event(Event::Connection(Box::new(testing::record(0, 0)))));
    app.settle();
    assert!(app.settle_from <= Instant::now(), "when all is read nothing else has to be done");
}
