//! The keyboard and the mouse, on a thread of their own: the screen waits for them and for the engine at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};
use crossterm::event::{self, Event, MouseEventKind};
use ratatui::layout::Size;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::limits::{INPUT_WAIT, INPUTS_WAITING_MAX};
use crate::update::Msg;

/// What comes from the user's side.
pub(crate) enum Input {
    /// With when it was received.
    Msg(Msg, Instant),
    /// The system asks to end.
    Terminate,
    /// The terminal cannot be read any more.
    Gone(io::Error),
}

/// Hears of signals that ask to end from here on: before the terminal is taken, so that none of them leaves it taken.
pub(crate) fn hear_signals() -> io::Result<Arc<AtomicBool>> {
    let terminate = Arc::new(AtomicBool::new(false));
    // Ctrl-C is a key here; who sends SIGINT by other means wants the terminal back all the same.
    for signal in [SIGTERM, SIGHUP, SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&terminate))?;
    }
    Ok(terminate)
}

/// Starts listening. The thread ends when nobody receives any more.
pub(crate) fn listen(terminate: Arc<AtomicBool>) -> io::Result<Receiver<Input>> {
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
                Ok(event) => event.as_ref().and_then(msg).map(|msg| Input::Msg(msg, Instant::now())),
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

/// Terminals tell every move of the mouse: nothing here cares for those without a button.
fn msg(event: &Event) -> Option<Msg> {
    match *event {
        Event::Key(key) => Some(Msg::Key(key)),
        Event::Mouse(mouse) if mouse.kind == MouseEventKind::Moved => None,
        Event::Mouse(mouse) => Some(Msg::Mouse(mouse)),
        Event::Resize(width, height) => Some(Msg::Resize(Size::new(width, height))),
        Event::FocusGained | Event::FocusLost | Event::Paste(_) => None,
    }
}
