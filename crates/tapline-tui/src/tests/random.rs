//! Whatever is pressed: no panic, the selection on the screen, nothing scrolled past its end.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::keys::{COMMANDS, Key};
use crate::layout::Layout;
use std::sync::Arc;

use crate::model::{Close, Focus, Page, Sifted, Status};
use crate::testing;
use tapline_analysis::{CATALOGUE, Finding};

#[derive(Clone, Debug)]
enum Deed {
    Key(KeyCode, KeyModifiers),
    Mouse(MouseEventKind, u16, u16, KeyModifiers),
    Resize(u16, u16),
    Connection(u64, i64),
    Finding(usize, Option<u64>, Option<i64>),
    Settle,
    End,
    /// A close look finds one of a few real connections, or nothing.
    Looked(usize),
    Looking(u16),
    Sifted(u64),
    Exported(bool),
}

fn deed() -> impl Strategy<Value = Deed> {
    let keys: Vec<Key> = COMMANDS.iter().flat_map(|command| command.keys).copied().collect();
    let bound = proptest::sample::select(keys).prop_map(|key| match key {
        Key::Plain(code) => Deed::Key(code, KeyModifiers::NONE),
        Key::Ctrl(c) => Deed::Key(KeyCode::Char(c), KeyModifiers::CONTROL),
    });
    let typed = any::<char>().prop_map(|c| Deed::Key(KeyCode::Char(c), KeyModifiers::NONE));
    let kind = proptest::sample::select(vec![
        MouseEventKind::ScrollDown,
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollLeft,
        MouseEventKind::ScrollRight,
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::Up(MouseButton::Left),
    ]);
    let modifiers =
        proptest::sample::select(vec![KeyModifiers::NONE, KeyModifiers::CONTROL, KeyModifiers::SHIFT]);
    let mouse =
        (kind, 0_u16..220, 0_u16..80, modifiers).prop_map(|(kind, x, y, m)| Deed::Mouse(kind, x, y, m));
    prop_oneof![
        8 => bound,
        1 => typed,
        1 => Just(Deed::Key(KeyCode::Backspace, KeyModifiers::NONE)),
        3 => mouse,
        1 => (0_u16..220, 0_u16..80).prop_map(|(width, height)| Deed::Resize(width, height)),
        4 => (0_u64..40, 0_i64..5000).prop_map(|(id, start)| Deed::Connection(id, start)),
        2 => (0_usize..30, proptest::option::of(0_u64..40), proptest::option::of(0_i64..1000))
            .prop_map(|(kind, connection, cost)| Deed::Finding(kind, connection, cost)),
        1 => Just(Deed::Settle),
        1 => Just(Deed::End),
        3 => (0..CLOSE.len() + 1).prop_map(Deed::Looked),
        1 => (0_u16..1001).prop_map(Deed::Looking),
        1 => (0_u64..40).prop_map(Deed::Sifted),
        1 => any::<bool>().prop_map(Deed::Exported),
    ]
}

/// Fixtures whose first connections are looked at closely.
const CLOSE: [&str; 6] = [
    "http1/keep-alive.pcapng",
    "http2/slow-stream-window.pcapng",
    "http2/push.pcapng",
    "link/lossy.pcapng",
    "tls/tls13.pcapng",
    "http1/refused.pcapng",
];

/// One of them in full; behind the last, that it cannot be had.
fn close(which: usize) -> Result<Box<Close>, String> {
    let name = CLOSE.get(which).ok_or("not kept")?;
    let path = super::captures::fixture(name);
    let open = || tapline_engine::capture::open(std::slice::from_ref(&path)).unwrap();
    let options = tapline_engine::RunOptions::new(tapline_analysis::Options::of(crate::INTERESTS));
    let mut subject = None;
    tapline_engine::run(&mut *open(), &options, |batch| {
        for event in batch.events {
            if let Event::Connection(record) = event {
                subject.get_or_insert(tapline_engine::Subject::of(&record));
            }
        }
        std::ops::ControlFlow::Continue(())
    });
    Ok(Box::new(Close::of(tapline_engine::close_up(
        open(),
        &options,
        subject.unwrap(),
        &tapline_engine::Going::default(),
    ))))
}

fn perform(model: &mut Model, deed: &Deed) {
    let msg = match *deed {
        Deed::Key(code, modifiers) => Msg::Key(KeyEvent::new(code, modifiers)),
        Deed::Mouse(kind, column, row, modifiers) => Msg::Mouse(MouseEvent { kind, column, row, modifiers }),
        Deed::Resize(width, height) => Msg::Resize(Size::new(width, height)),
        Deed::Connection(id, start) => {
            for event in testing::https_events(id, start) {
                let _ = update(model, Msg::Event(event));
            }
            let totals =
                Totals { start: Some(Timestamp(0)), end: Some(Timestamp(5100 * MS)), ..Totals::default() };
            Msg::Progress(Progress::default(), Box::new(totals))
        }
        Deed::Finding(kind, connection, cost) => {
            let kind = CATALOGUE.get(kind).copied().unwrap();
            let finding = Finding { connection, ..testing::finding(kind.code, 0, cost) };
            Msg::Event(Event::Finding(Box::new(finding)))
        }
        Deed::Looked(which) => Msg::Looked(close(which)),
        Deed::Looking(permille) => Msg::Looking(permille),
        Deed::Sifted(id) => {
            let mut sifted = Sifted::default();
            sifted.take(&Event::Connection(Box::new(testing::record(id, 0))));
            Msg::Sifted(tapline_filter::Filter::parse("http.cookie").unwrap(), Ok(Arc::new(sifted)))
        }
        Deed::Exported(done) => Msg::Exported(if done { Ok("there".into()) } else { Err("no room".into()) }),
        Deed::Settle => Msg::Settle,
        Deed::End => Msg::Ended(None),
    };
    let _ = update(model, msg);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_that_can_be_pressed_breaks_the_screen(deeds in proptest::collection::vec(deed(), 0..60), plain: bool) {
        let theme = if plain { Theme::PLAIN } else { Theme::DARK };
        let mut model = Model::new(theme, Size::new(80, 24));
        for deed in deeds {
            perform(&mut model, &deed);
            let area = Rect::new(0, 0, model.size.width, model.size.height);
            view::draw(&model, &mut Buffer::empty(area));
            let Some(layout) = Layout::of(&model, area) else { continue };
            let listed = model.order.len();
            prop_assert!(model.list.selected < listed.max(1));
            prop_assert!(model.list.top <= model.list.selected);
            prop_assert!(model.list.selected < model.list.top + usize::from(layout.list.height).max(1));
            prop_assert!(model.finding.selected < model.findings.listed().max(1));
            prop_assert!(model.ladder.place.selected < model.ladder.rungs.len().max(1));
            prop_assert!(model.streams.place.selected < model.streams.lanes.len().max(1));
            let pane = model.bytes.pane().map_or(0, |pane| pane.octets.len());
            prop_assert!(model.bytes.octet < pane.max(1));
            prop_assert!(model.bytes.place.selected < model.bytes.tree.lines().len().max(1));
            let (whole, shown) = (model.axis_whole(), model.axis_window());
            prop_assert!(shown.span <= whole.span.max(crate::limits::WINDOW_SPAN_NS_MIN));
            if let Some(opened) = &model.opened {
                prop_assert!(!matches!(opened.status, Status::Ready(_)) || model.close().is_some());
            }
            prop_assert!(model.came_from.len() <= crate::limits::CAME_FROM_MAX);
            let window = model.window();
            prop_assert!(window.span <= model.whole().span && window.start >= model.whole().start);
            prop_assert!(model.cursor <= 10_000);
            prop_assert!(model.focus != Focus::Requests || model.request < 40);
            let lines = view::overview_blocks(&model, layout.body).iter().map(|block| block.lines.end).max().unwrap_or(0);
            let height = view::overview_height(layout.body);
            prop_assert!(model.page != Page::Overview || model.overview.top <= lines.saturating_sub(height));
        }
        // However deep one went, the way out is there.
        for _ in 0..crate::limits::CAME_FROM_MAX + 4 {
            perform(&mut model, &Deed::Key(KeyCode::Esc, KeyModifiers::NONE));
        }
        let quit = update(&mut model, Msg::Key(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE)));
        prop_assert_eq!(quit, Effect::Quit);
    }
}
