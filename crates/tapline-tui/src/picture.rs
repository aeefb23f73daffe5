//! The dashboard without a terminal: what it would show.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use tapline_engine::Running;

use crate::errands::Errands;
use crate::model::Model;
use crate::update::{Msg, update};
use crate::{Again, Theme, view};

/// The screen of this size after a run has ended and these keys were pressed; it is drawn after each of them.
/// What keys ask to be done beside the screen is done before the next one, however long it takes.
pub fn snapshot(
    mut running: Running,
    again: Option<Again>,
    theme: Theme,
    (width, height): (u16, u16),
    keys: &[KeyEvent],
) -> Buffer {
    let mut errands = Errands::new(again, None);
    let mut model = Model::new(theme, Size::new(width, height));
    for batch in &running.batches {
        for event in batch.events {
            let _ = update(&mut model, Msg::Event(event));
        }
        let _ = update(&mut model, Msg::Progress(batch.progress, Box::new(batch.totals)));
    }
    let outcome = crate::app::outcome(&mut running);
    let _ = update(&mut model, Msg::Ended(outcome.map(Box::new)));
    let draw = |model: &Model| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        view::draw(model, &mut buffer);
        buffer
    };
    let mut buffer = draw(&model);
    for key in keys {
        let effect = update(&mut model, Msg::Key(*key));
        let mut msg = errands.run(&effect);
        while msg.is_some() || errands.go_on() {
            if let Some(msg) = msg.take() {
                let _ = update(&mut model, msg);
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
            msg = errands.news();
        }
        buffer = draw(&model);
    }
    buffer
}
