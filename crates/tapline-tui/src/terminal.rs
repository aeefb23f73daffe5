//! The terminal: taken on opening, given back on every way out, also a panic.

use std::io::{self, BufWriter, Stdout, Write};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;

use crate::stops;

/// Octets of a frame that are gathered before they are written.
const FRAME_BYTES: usize = 64 * 1024;

type Backend = CrosstermBackend<BufWriter<Stdout>>;

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// The terminal while it is ours. Dropping gives it back.
pub(crate) struct Screen {
    terminal: Terminal<Backend>,
    taken: Arc<AtomicBool>,
    /// What other threads said when they panicked, for when the terminal can show it.
    last_words: Arc<Mutex<Vec<String>>>,
}

impl Screen {
    /// Takes the terminal.
    pub(crate) fn open() -> io::Result<Self> {
        let taken = Arc::new(AtomicBool::new(true));
        let last_words = Arc::new(Mutex::new(Vec::new()));
        hook_panics(Arc::clone(&taken), Arc::clone(&last_words));
        match take() {
            Ok(terminal) => Ok(Self { terminal, taken, last_words }),
            Err(error) => {
                give_back(&taken);
                Err(error)
            }
        }
    }

    /// Its size now.
    pub(crate) fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }

    /// Puts a text on the clipboard of the terminal (OSC 52), which may not allow it and does not say.
    pub(crate) fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(self.terminal.backend_mut(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Gives the terminal back and stops, as programs do on Ctrl-Z; takes it again when the shell goes on with us. Where
    /// no shell could do that, the system does not stop us.
    pub(crate) fn suspend(&mut self) -> io::Result<()> {
        give_back(&self.taken);
        stops::stop()?;
        self.take_again()
    }

    /// Takes the terminal, whatever became of it.
    pub(crate) fn take_again(&mut self) -> io::Result<()> {
        give_back(&self.taken);
        self.taken.store(true, Ordering::SeqCst);
        // One that knows nothing of what is on the screen draws all of it.
        self.terminal = take()?;
        Ok(())
    }

    /// Draws a frame.
    pub(crate) fn draw(&mut self, draw: impl FnOnce(&mut Buffer)) -> io::Result<()> {
        self.terminal.draw(|frame| draw(frame.buffer_mut()))?;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back(&self.taken);
        let words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        for line in words.iter() {
            let _ = writeln!(io::stderr(), "tapline: {line}");
        }
    }
}

fn take() -> io::Result<Terminal<Backend>> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableMouseCapture)?;
    Terminal::new(Backend::new(BufWriter::with_capacity(FRAME_BYTES, io::stdout())))
}

/// Gives the terminal back, once. Nothing can be done where that fails.
fn give_back(taken: &AtomicBool) {
    if taken.swap(false, Ordering::SeqCst) {
        let _ = execute!(io::stdout(), DisableMouseCapture, LeaveAlternateScreen, crossterm::cursor::Show);
        let _ = disable_raw_mode();
    }
}

/// A panic here gives the terminal back before its message is printed; one on another thread must not write
/// over the screen, which stays.
fn hook_panics(taken: Arc<AtomicBool>, last_words: Arc<Mutex<Vec<String>>>) {
    let here = std::thread::current().id();
    let before: Hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == here || !taken.load(Ordering::SeqCst) {
            give_back(&taken);
            before(info);
        } else {
            last_words.lock().unwrap_or_else(PoisonError::into_inner).push(info.to_string());
        }
    }));
}
