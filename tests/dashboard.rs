//! The dashboard in a real terminal: opens, answers keys, and gives the terminal back.

#![expect(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tapline_testkit::{Talk, capture};

const ROWS: NonZero<u16> = NonZero::new(24).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(80).unwrap();

/// How long a screen may take to show something. Machines that build may be slow.
const PATIENCE: Duration = Duration::from_secs(20);

struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    fn run(arguments: &[&str], path: &Path) -> Self {
        let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tapline"));
        command.args(arguments);
        command.arg(path);
        command.env("TERM", "xterm-256color");
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(ROWS, COLUMNS, 0)));
        let mut output = pty.master.try_clone_reader().unwrap();
        let keyboard = pty.master.take_writer().unwrap();
        let shown = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut octets = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut octets) {
                shown.lock().unwrap().process(&octets[..read]);
            }
        });
        Self { screen, keyboard, child, _master: pty.master }
    }

    fn press(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn wait_for(&self, what: &str, is_there: impl Fn(&vt100::Screen) -> bool) {
        let started = Instant::now();
        while !is_there(self.screen.lock().unwrap().screen()) {
            let contents = self.screen.lock().unwrap().screen().contents();
            assert!(started.elapsed() < PATIENCE, "{what} never came; the screen is\n{contents}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn wait_for_text(&self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    fn wait_for_end(&mut self) -> u32 {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(started.elapsed() < PATIENCE, "it did not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn with_capture(test: impl FnOnce(&Path)) {
    let address = |last: u8, port: u16| -> SocketAddr { ([192, 0, 2, last], port).into() };
    let talk = Talk::new(address(1, 50_001), address(80, 80), 1_700_000_000_000_000_000)
        .handshake()
        .client(b"GET /hello HTTP/1.1\r\nHost: www.example.org\r\n\r\n")
        .wait_ns(30_000_000)
        .server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        .close();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.pcap");
    std::fs::write(&path, capture(Vec::new(), &talk.frames).unwrap()).unwrap();
    test(&path);
}

#[test]
fn it_opens_shows_its_keys_and_leaves_the_terminal_as_it_was() {
    with_capture(|path| {
        let mut terminal = Terminal::run(&[], path);
        terminal.wait_for_text("www.example.org");
        terminal.wait_for_text("loaded");
        terminal.wait_for("the request", |screen| screen.contents().contains("GET /hello"));
        assert!(terminal.screen.lock().unwrap().screen().alternate_screen());
        terminal.press(b"?");
        terminal.wait_for_text("into the detail");
        terminal.press(b"?");
        terminal.wait_for("the list", |screen| !screen.contents().contains("into the detail"));
        terminal.press(b"q");
        assert_eq!(terminal.wait_for_end(), 0);
        terminal.wait_for("the main screen", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
    });
}

/// The report's lines below this title.
fn reported(path: &Path, title: &str) -> Vec<String> {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tapline"));
    let output = command.arg("report").arg(path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let section = text.lines().skip_while(|line| !line.starts_with(title)).skip(1);
    section.take_while(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_overview_shows_findings_and_the_comparison_of_the_report() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/link/page-load.pcapng");
    let mut terminal = Terminal::run(&[], &path);
    terminal.wait_for_text("loaded");
    terminal.press(b"o");
    terminal.wait_for_text("warning: Connections were not reused  http_connections_not_reused");
    terminal.press(b"G");
    terminal.wait_for_text("HTTP/1.1 against HTTP/2");
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let figures = reported(&path, "HTTP/1.1 against HTTP/2");
    assert!(figures.len() > 8, "{figures:?}");
    terminal.wait_for("every figure of the report", |screen| {
        let shown: Vec<String> = screen.contents().lines().map(words).collect();
        figures.iter().skip(1).all(|figure| shown.contains(&words(figure)))
    });
    terminal.press(b"gj\r");
    terminal.wait_for_text("━━ connection 1 www.example.test");
    terminal.wait_for_text("loss, between packets 55 and 59");
    terminal.press(b"\x1b");
    terminal.wait_for_text("── overview ");
    terminal.press(b"q");
    assert_eq!(terminal.wait_for_end(), 0);
}

#[test]
fn control_c_quits_too() {
    with_capture(|path| {
        let mut terminal = Terminal::run(&[], path);
        terminal.wait_for_text("loaded");
        terminal.press(b"\x03");
        assert_eq!(terminal.wait_for_end(), 0);
        terminal.wait_for("the main screen", |screen| !screen.alternate_screen());
    });
}
