//! A program in a terminal of its own: what it writes becomes a screen, what is pressed reaches it as keys.
//!
//! ```text
//!   press ──> pty ──> program ──> pty ──> reading thread ──> screen, raw output
//! ```

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

/// Octets of raw output that are kept: more than a test looks at. All are counted.
const OUTPUT_MAX: usize = 16 << 20;

/// Between two looks whether the program has ended.
const END_LOOK: Duration = Duration::from_millis(2);

/// Variables that change what a program shows: one that is tested hears only what the test says of them.
const TAKEN_AWAY: [&str; 9] = [
    "NO_COLOR",
    "COLORFGBG",
    "COLORTERM",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "SSLKEYLOGFILE",
    "TAPLINE_LATENCY",
    "XDG_CONFIG_HOME",
];

/// A program in a terminal. It is ended when this is dropped.
pub struct Terminal {
    shared: Arc<Shared>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    began: Instant,
    /// The line settings before the program changed them.
    settings: String,
}

#[derive(Default)]
struct Shared {
    shown: Mutex<Shown>,
    changed: Condvar,
}

#[derive(Default)]
struct Shown {
    parser: vt100::Parser,
    output: Vec<u8>,
    written: u64,
}

impl Terminal {
    /// Starts a program in a terminal of so many columns and rows, which calls itself `xterm-256color` where the
    /// variables say nothing else.
    ///
    /// # Errors
    /// Where no terminal can be made or the program cannot be started.
    pub fn start(
        program: &Path,
        arguments: &[&OsStr],
        variables: &[(&str, &OsStr)],
        (columns, rows): (u16, u16),
    ) -> io::Result<Self> {
        let pty = native_pty_system().openpty(size(columns, rows)).map_err(io::Error::other)?;
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(std::env::current_dir()?);
        for name in TAKEN_AWAY {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        for (name, value) in variables {
            command.env(name, value);
        }
        let settings = format!("{:?}", pty.master.get_termios());
        let shared = Arc::new(Shared::default());
        shared.lock().set_size(columns, rows);
        let mut output = pty.master.try_clone_reader().map_err(io::Error::other)?;
        let keyboard = pty.master.take_writer().map_err(io::Error::other)?;
        let reader = Arc::clone(&shared);
        let began = Instant::now();
        let child = pty.slave.spawn_command(command).map_err(io::Error::other)?;
        drop(pty.slave);
        thread::spawn(move || {
            let mut octets = vec![0; 1 << 16];
            while let Ok(read @ 1..) = output.read(&mut octets) {
                reader.lock().take(octets.get(..read).unwrap_or_default());
                reader.changed.notify_all();
            }
        });
        Ok(Self { shared, keyboard, child, master: pty.master, began, settings })
    }

    /// Presses keys, as the octets that a terminal sends for them.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn press(&mut self, keys: &[u8]) -> io::Result<()> {
        self.keyboard.write_all(keys)?;
        self.keyboard.flush()
    }

    /// Another size, of which the program hears.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.shared.lock().set_size(columns, rows);
        self.master.resize(size(columns, rows)).map_err(io::Error::other)
    }

    /// Looks at the screen.
    pub fn look<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.shared.lock().parser.screen())
    }

    /// The screen as text.
    pub fn contents(&self) -> String {
        self.look(vt100::Screen::contents)
    }

    /// Waits until the screen is so, and tells how long after the program's start that was; `None` where it takes
    /// longer than the limit.
    pub fn wait_until(&self, limit: Duration, is_so: impl Fn(&vt100::Screen) -> bool) -> Option<Duration> {
        let deadline = Instant::now() + limit;
        let mut shown = self.shared.lock();
        while !is_so(shown.parser.screen()) {
            let left = deadline.checked_duration_since(Instant::now())?;
            let waited = self.shared.changed.wait_timeout(shown, left);
            (shown, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        Some(self.began.elapsed())
    }

    /// How many octets the program wrote.
    pub fn written(&self) -> u64 {
        self.shared.lock().written
    }

    /// What the program wrote, from its beginning on.
    pub fn output(&self) -> Vec<u8> {
        self.shared.lock().output.clone()
    }

    /// The process.
    pub fn id(&self) -> Option<u32> {
        self.child.process_id()
    }

    /// Sends the process a signal.
    ///
    /// # Errors
    /// Where it is gone.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        send(self.id().ok_or_else(|| io::Error::other("the program is gone"))?, signal)
    }

    /// Waits for the program's end; `None` where it takes longer than the limit.
    ///
    /// # Errors
    /// Where the system does not tell.
    pub fn wait_for_end(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let deadline = Instant::now() + limit;
        loop {
            let status = self.child.try_wait()?;
            if status.is_some() || Instant::now() > deadline {
                return Ok(status);
            }
            thread::sleep(END_LOOK);
        }
    }

    /// Whether keys go to the program as lines with echo and Ctrl-C ends it, as before its start.
    pub fn has_its_settings_back(&self) -> bool {
        format!("{:?}", self.master.get_termios()) == self.settings
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shown {
    fn take(&mut self, octets: &[u8]) {
        self.parser.process(octets);
        self.written += octets.len() as u64;
        let room = OUTPUT_MAX.saturating_sub(self.output.len());
        self.output.extend(octets.iter().take(room));
    }

    fn set_size(&mut self, columns: u16, rows: u16) {
        if let (Some(columns), Some(rows)) = (NonZero::new(columns), NonZero::new(rows)) {
            self.parser.screen_mut().set_size(rows, columns);
        }
    }
}

/// Sends a process a signal.
///
/// # Errors
/// Where it is gone.
pub fn send(process: u32, signal: Signal) -> io::Result<()> {
    let id = i32::try_from(process).ok().and_then(Pid::from_raw);
    Ok(kill_process(id.ok_or_else(|| io::Error::other("no process has that number"))?, signal)?)
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}
