//! The dashboard without a terminal: what it would show.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use tapline_engine::Running;

use crate::Theme;
use crate::model::Model;
use crate::update::{Msg, update};
use crate::view;

/// The screen of this size after a run has ended and these keys were pressed.
pub fn snapshot(mut running: Running, theme: Theme, width: u16, height: u16, keys: &[KeyEvent]) -> Buffer {
    let mut model = Model::new(theme, Size::new(width, height));
    for batch in &running.batches {
        for event in batch.events {
            let _ = update(&mut model, Msg::Event(event));
        }
        let _ = update(&mut model, Msg::Progress(batch.progress, Box::new(batch.totals)));
    }
    let outcome = crate::app::outcome(&mut running);
    let _ = update(&mut model, Msg::Ended(outcome.map(Box::new)));
    for key in keys {
        let _ = update(&mut model, Msg::Key(*key));
    }
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    view::draw(&model, &mut buffer);
    buffer
}
