//! The keyboard and the mouse, on a thread of their own: the screen waits for them and for the engine at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};
use crossterm::event::{self, Event, MouseEventKind};
use ratatui::layout::Size;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use crate::limits::{INPUT_WAIT, INPUTS_WAITING_MAX};
use crate::stops::Stops;
use crate::update::Msg;

/// What comes from the user's side.
pub(crate) enum Input {
    /// With when it was received.
    Msg(Msg, Instant),
    /// The system asks to end.
    Terminate,
    /// Somebody asks us to stop, as on Ctrl-Z.
    Suspend,
    /// Somebody else stopped us and goes on with us.
    Resumed,
    /// The terminal cannot be read any more.
    Gone(io::Error),
}

/// What the system has said by signals.
#[derive(Clone, Default)]
pub(crate) struct Signals {
    terminate: Arc<AtomicBool>,
    resumed: Arc<AtomicBool>,
}

impl Signals {
    /// Hears of them from here on: before the terminal is taken, so that none that asks to end leaves it taken.
    pub(crate) fn hear() -> io::Result<Self> {
        let signals = Self::default();
        // Ctrl-C is a key here; who sends SIGINT by other means wants the terminal back all the same.
        for signal in [SIGTERM, SIGHUP, SIGINT] {
            flag::register(signal, Arc::clone(&signals.terminate))?;
        }
        flag::register(SIGCONT, Arc::clone(&signals.resumed))?;
        Ok(signals)
    }

    /// Whether somebody went on with us, since the last call.
    pub(crate) fn have_resumed(&self) -> bool {
        self.resumed.swap(false, Ordering::Relaxed)
    }
}

/// Starts listening. The thread ends when nobody receives any more.
pub(crate) fn listen(signals: Signals) -> io::Result<Receiver<Input>> {
    let (sender, inputs) = bounded(INPUTS_WAITING_MAX);
    let mut stops = Stops::listen()?;
    let listen = move || listen_to(&sender, &signals, &mut stops);
    std::thread::Builder::new().name("input".into()).spawn(listen)?;
    Ok(inputs)
}

fn listen_to(sender: &Sender<Input>, signals: &Signals, stops: &mut Stops) {
    loop {
        let input = if signals.terminate.load(Ordering::Relaxed) {
            Some(Input::Terminate)
        } else if stops.is_asked() {
            Some(Input::Suspend)
        } else if signals.have_resumed() {
            Some(Input::Resumed)
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
