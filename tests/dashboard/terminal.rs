//! The dashboard in a terminal, and what a test asks of its screen.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tapline_testkit::{Signal, Talk, Terminal, capture, vt100};

/// How long a screen may take to show something. Machines that build may be slow.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const SIZE: (u16, u16) = (80, 24);

/// The screens in the order of their keys.
pub(crate) const SCREENS: [&str; 8] =
    ["Overview", "Connections", "Timeline", "Findings", "Ladder", "Streams", "TCP", "Bytes"];

pub(crate) struct Dashboard {
    pub(crate) terminal: Terminal,
    /// What is shown, for when something is not.
    name: String,
}

impl Dashboard {
    pub(crate) fn open(path: &Path) -> Self {
        Self::open_with(path, &[], SIZE)
    }

    /// In a terminal with these variables and this size. The keys beside a capture open it.
    pub(crate) fn open_with(path: &Path, variables: &[(&str, &str)], size: (u16, u16)) -> Self {
        let keys = path.with_extension("keys");
        let mut arguments = Vec::new();
        if keys.exists() {
            arguments.extend([OsStr::new("--keylog"), keys.as_os_str()]);
        }
        arguments.push(path.as_os_str());
        // A backtrace would push a panic's message off the screen.
        let plain = [("LC_ALL", "C.UTF-8"), ("HOME", "/nonexistent"), ("RUST_BACKTRACE", "0")];
        let mut all: Vec<_> = plain.iter().map(|&(name, value)| (name, OsStr::new(value))).collect();
        all.extend(variables.iter().map(|&(name, value)| (name, OsStr::new(value))));
        let program = Path::new(env!("CARGO_BIN_EXE_tapline"));
        let terminal = Terminal::start(program, &arguments, &all, size).unwrap();
        Self { terminal, name: path.display().to_string() }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.terminal.press(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen is so.
    pub(crate) fn wait_for(&self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        let came = self.terminal.wait_until(PATIENCE, is_so).is_some();
        assert!(came, "{}: {what} never came; the screen is\n{}", self.name, self.terminal.contents());
    }

    pub(crate) fn wait_for_text(&self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    pub(crate) fn wait_until_gone(&self, text: &str) {
        self.wait_for(&format!("a screen without {text}"), |screen| !screen.contents().contains(text));
    }

    /// Waits until everything is read, and nothing is typed any more.
    pub(crate) fn wait_until_loaded(&self) {
        self.wait_for("the end of loading", |screen| {
            let contents = screen.contents();
            contents.trim_end().lines().last().is_some_and(|status| status.contains("loaded"))
        });
    }

    /// Waits until the tab of a screen is the one that is marked.
    pub(crate) fn wait_for_screen(&self, nth: usize) {
        let tab = format!("{} {}", nth + 1, SCREENS[nth]);
        self.wait_for(&format!("the tab {tab}"), |screen| marked_tab(screen) == tab);
    }

    /// Goes to a screen by its key.
    pub(crate) fn go(&mut self, nth: usize) {
        self.press(&(nth + 1).to_string());
        self.wait_for_screen(nth);
    }

    /// Waits for the end; the exit status, as a shell tells it.
    pub(crate) fn wait_for_end(&mut self) -> u32 {
        let status = self.terminal.wait_for_end(PATIENCE).unwrap();
        assert!(
            status.is_some(),
            "{}: it does not end; the screen is\n{}",
            self.name,
            self.terminal.contents()
        );
        status.unwrap().exit_code()
    }

    /// Leaves by the key; the exit status.
    pub(crate) fn quit(&mut self) -> u32 {
        self.press("q");
        let status = self.wait_for_end();
        self.assert_given_back();
        status
    }

    pub(crate) fn signal(&self, signal: Signal) {
        self.terminal.signal(signal).unwrap();
    }

    /// The terminal is as it was before.
    pub(crate) fn assert_given_back(&self) {
        self.wait_for("the terminal as it was", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        assert!(self.terminal.has_its_settings_back(), "{}: raw mode is still on", self.name);
    }
}

/// What stands reversed in the second line.
pub(crate) fn marked_tab(screen: &vt100::Screen) -> String {
    let (_, columns) = screen.size();
    let cells = (0..columns.get()).filter_map(|column| screen.cell(1, column));
    cells.filter(|cell| cell.inverse()).map(vt100::Cell::contents).collect()
}

/// The last letters of the escapes that the dashboard writes: they place, style and clear.
pub(crate) const ESCAPES: &str = "mHJKhlABCDG";

/// A capture of one connection with one request.
pub(crate) fn with_capture(test: impl FnOnce(&Path)) {
    let exchange = |talk: Talk| {
        talk.handshake()
            .client(b"GET /hello HTTP/1.1\r\nHost: www.example.org\r\n\r\n")
            .wait_ns(30_000_000)
            .server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
            .close()
    };
    with_talk(exchange, test);
}

/// A capture of one connection that is as it is built.
pub(crate) fn with_talk(build: impl FnOnce(Talk) -> Talk, test: impl FnOnce(&Path)) {
    let address = |last: u8, port: u16| -> SocketAddr { ([192, 0, 2, last], port).into() };
    let talk = build(Talk::new(address(1, 50_001), address(80, 80), 1_700_000_000_000_000_000));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.pcap");
    std::fs::write(&path, capture(Vec::new(), &talk.frames).unwrap()).unwrap();
    test(&path);
}
