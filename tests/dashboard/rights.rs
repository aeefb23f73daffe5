//! The dashboard on an interface, with what is left of root's rights.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use tapline_testkit::{Terminal, process_with, skipped, vt100};

use crate::terminal::{SCREENS, SIZE, marked_tab};

const PATIENCE: Duration = Duration::from_secs(20);

/// A shell that has the dashboard started, and what a test waits for.
struct Shell(Terminal);

impl Shell {
    fn wait_for(&self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        assert!(self.0.wait_until(PATIENCE, is_so).is_some(), "{what}: {}", self.0.contents());
    }

    fn press(&mut self, keys: &str) {
        self.0.press(keys.as_bytes()).unwrap();
    }

    fn step(&mut self, keys: &str, text: &str) {
        self.press(keys);
        self.wait_for(text, |screen| screen.contents().contains(text));
    }
}

/// Answers requests on a port of its own.
fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").unwrap();
        }
    });
    port
}

fn ask(port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"GET /rights HTTP/1.1\r\nHost: rights.example\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
}

/// Of the process that runs the dashboard: the only one whose command line names this filter.
fn seccomp_of(filter: &str) -> Option<String> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process_with(filter)?)).ok()?;
    status.lines().find_map(|line| line.strip_prefix("Seccomp:")).map(|mode| mode.trim().to_owned())
}

fn exports(folder: &Path) -> Vec<u32> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("tapline-"))
        .map(|entry| entry.metadata().unwrap().uid())
        .collect()
}

#[test]
fn every_screen_an_export_and_a_stop_go_without_rights() {
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        return skipped("only root has rights to give up");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let port = server();
    let filter = format!("tcp port {port}");
    let arguments = ["--norc", "-i"].map(OsStr::new);
    let variables =
        [("PS1", OsStr::new("ready>")), ("SUDO_UID", OsStr::new("54321")), ("SUDO_GID", OsStr::new("54321"))];
    let mut shell = Shell(Terminal::start(Path::new("bash"), &arguments, &variables, SIZE).unwrap());
    shell.step(&format!("cd {}\r", folder.path().display()), "ready>");
    shell.press(&format!("LC_ALL=C.UTF-8 {} -v -i lo -f '{filter}'\r", env!("CARGO_BIN_EXE_tapline")));
    shell.wait_for("the dashboard, or why not", |screen| {
        screen.alternate_screen() || screen.contents().contains("libpcap is not")
    });
    if !shell.0.look(vt100::Screen::alternate_screen) {
        return skipped("libpcap is not installed");
    }
    let said = String::from_utf8_lossy(&shell.0.output()).into_owned();
    assert!(said.contains("rights: became user 54321, group 54321"), "{said}");
    if said.contains("this kernel") {
        skipped("this kernel cannot take all rights away");
    } else {
        assert_eq!(seccomp_of(&filter).as_deref(), Some("2"));
    }
    ask(port);
    shell.step("2", "rights.example");
    for (nth, name) in SCREENS.iter().enumerate() {
        let tab = format!("{} {name}", nth + 1);
        shell.press(&(nth + 1).to_string());
        shell.wait_for(&tab, |screen| marked_tab(screen) == tab);
    }
    shell.0.resize(120, 40).unwrap();
    shell.step("2", "rights.example");
    shell.press("e");
    shell.press("\r");
    let deadline = Instant::now() + PATIENCE;
    while exports(folder.path()).is_empty() {
        assert!(Instant::now() < deadline, "{}", shell.0.contents());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(exports(folder.path()), [54_321]);
    shell.press("\x1a");
    shell.wait_for("the shell", |screen| !screen.alternate_screen() && screen.contents().contains("Stopped"));
    shell.press("fg\r");
    shell.wait_for("the dashboard again", |screen| {
        screen.alternate_screen() && screen.contents().contains("rights.example")
    });
    shell.press("q");
    // The shell reads again only when the program has ended.
    shell.wait_for("the end", |screen| {
        !screen.alternate_screen() && screen.contents().trim_end().ends_with("ready>")
    });
    shell.step("echo status=$?\r", "status=0");
}
