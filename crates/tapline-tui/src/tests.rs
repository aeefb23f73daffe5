//! The whole application through `update`, with real keys, on a buffer.

mod bytes;
mod captures;
mod filter;
mod ladder;
mod overlays;
mod overview;
mod random;
mod screens;
mod streams;
mod tls;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use tapline_analysis::{Event, Timestamp, Totals};
use tapline_engine::capture::Progress;

use crate::Theme;
use crate::model::Model;
use crate::testing::MS;
use crate::update::{Effect, Msg, update};
use crate::view;

/// An application without a terminal.
struct Screen {
    model: Model,
    terminal: Terminal<TestBackend>,
}

impl Screen {
    fn new(theme: Theme, width: u16, height: u16) -> Self {
        let model = Model::new(theme, Size::new(width, height));
        let mut screen = Self { model, terminal: Terminal::new(TestBackend::new(width, height)).unwrap() };
        screen.keys("3");
        screen
    }

    fn batch(&mut self, events: impl IntoIterator<Item = Event>, read: u64, total: Option<u64>, end_ms: i64) {
        for event in events {
            let _ = update(&mut self.model, Msg::Event(event));
        }
        let totals = Totals {
            packets: read / 100,
            bytes: read,
            start: Some(Timestamp(0)),
            end: Some(Timestamp(end_ms * MS)),
            connections: self.model.rows.len() as u64,
            ..Totals::default()
        };
        let progress = Progress { read_bytes: read, total_bytes: total };
        let _ = update(&mut self.model, Msg::Progress(progress, Box::new(totals)));
        let _ = update(&mut self.model, Msg::Settle);
    }

    fn key(&mut self, code: KeyCode) -> Effect {
        update(&mut self.model, Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    fn keys(&mut self, keys: &str) {
        for c in keys.chars() {
            assert_eq!(self.key(KeyCode::Char(c)), Effect::None, "{c}");
        }
    }

    fn text(&mut self) -> String {
        self.terminal.draw(|frame| view::draw(&self.model, frame.buffer_mut())).unwrap();
        let buffer = self.terminal.backend().buffer();
        let width = usize::from(buffer.area.width);
        let lines = buffer.content.chunks(width).map(|line| {
            let line: String = line.iter().map(ratatui::buffer::Cell::symbol).collect();
            line.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
