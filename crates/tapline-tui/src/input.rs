//! The keyboard and the mouse, on a thread of their own: the screen waits for them and for the engine at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};
use crossterm::event::{self, Event, MouseEventKind};
use ratatui::layout::Size;
use signal_hook::consts::{SIGHUP, SIGTERM};

use crate::limits::{INPUT_WAIT, INPUTS_WAITING_MAX};
use crate::update::Msg;

/// What comes from the user's side.
pub(crate) enum Input {
    Msg(Msg),
    /// The system asks to end.
    Terminate,
    /// The terminal cannot be read any more.
    Gone(io::Error),
}

/// Starts listening. The thread ends when nobody receives any more.
pub(crate) fn listen() -> io::Result<Receiver<Input>> {
    let terminate = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&terminate))?;
    }
    let (sender, inputs) = bounded(INPUTS_WAITING_MAX);
    std::thread::Builder::new().name("input".into()).spawn(move || listen_to(&sender, &terminate))?;
    Ok(inputs)
}

fn listen_to(sender: &Sender<Input>, terminate: &AtomicBool) {
    loop {
        let input = if terminate.load(Ordering::Relaxed) {
            Some(Input::Terminate)
        } else {
            match event::poll(INPUT_WAIT)
                .and_then(|ready| if ready { event::read().map(Some) } else { Ok(None) })
            {
                Ok(event) => event.as_ref().and_then(msg).map(Input::Msg),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => None,
                Err(error) => Some(Input::Gone(error)),
            }
        };
        let last = matches!(input, Some(Input::Terminate | Input::Gone(_)));
        let heard = input.is_none_or(|input| sender.send(input).is_ok());
        if last || !heard {
            return;
        }
    }
}

/// Terminals tell every move of the mouse: nothing here cares for them.
fn msg(event: &Event) -> Option<Msg> {
    match *event {
        Event::Key(key) => Some(Msg::Key(key)),
        Event::Mouse(mouse) if matches!(mouse.kind, MouseEventKind::Moved | MouseEventKind::Drag(_)) => None,
        Event::Mouse(mouse) => Some(Msg::Mouse(mouse)),
        Event::Resize(width, height) => Some(Msg::Resize(Size::new(width, height))),
        Event::FocusGained | Event::FocusLost | Event::Paste(_) => None,
    }
}
