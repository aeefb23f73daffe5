//! A capture whose terminal goes away: nobody can press Ctrl-C any more.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use tapline_testkit::{Signal, Terminal, ask, installed, process_with, send, serve, skipped};

use crate::{folder, packets_of};

const PATIENCE: Duration = Duration::from_secs(20);

/// Within which it ends, or does not any more.
const SOON: Duration = Duration::from_secs(2);

/// A run on the loopback device in a terminal that went away when some packets were seen: the process, and the port that
/// it listens to. `prelude` is said to the shell before. `None` where that is not possible.
struct Left {
    id: u32,
    listener: TcpListener,
    gone: Instant,
}

impl Left {
    fn behind(prelude: &str, command: &str, file: &Path) -> Option<Self> {
        if !installed(&["script"]) {
            return None;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let program = env!("CARGO_BIN_EXE_tapline");
        let path = file.display();
        let command = format!("{prelude} exec {program} {command} -i lo -f 'tcp port {port}' -w {path}");
        let arguments = ["-qec", &command, "/dev/null"].map(OsStr::new);
        let variables = [("LC_ALL", OsStr::new("C.UTF-8")), ("SHELL", OsStr::new("/bin/sh"))];
        // A terminal in the terminal, whose other end goes with its program.
        let outer = Terminal::start(Path::new("script"), &arguments, &variables, (80, 24)).unwrap();
        let deadline = Instant::now() + PATIENCE;
        let has_begun = || std::fs::metadata(file).is_ok_and(|file| file.len() > 10_000);
        while !has_begun() {
            assert!(Instant::now() < deadline, "{}", outer.contents());
            let said = outer.contents();
            if said.contains("no permission to capture") || said.contains("libpcap") {
                skipped(&said);
                return None;
            }
            talk(&listener, 2);
        }
        let id = process_with(file.to_str().unwrap()).unwrap();
        outer.signal(Signal::KILL).unwrap();
        Some(Self { id, listener, gone: Instant::now() })
    }

    fn is_alive(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id)).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
    }

    /// What it took of the processors so far, ticks of a hundredth of a second.
    fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id)).unwrap();
        let (_, rest) = stat.rsplit_once(") ").unwrap();
        // `utime` and `stime`, by proc(5).
        rest.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    fn ends_soon(&self, since: Instant) {
        while self.is_alive() {
            assert!(since.elapsed() < SOON, "it goes on");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        if self.is_alive() {
            let _ = send(self.id, Signal::KILL);
        }
    }
}

/// Requests over the loopback device.
fn talk(listener: &TcpListener, requests: usize) {
    let port = listener.local_addr().unwrap().port();
    std::thread::scope(|scope| {
        let server = scope.spawn(|| serve(listener, requests).unwrap());
        (0..requests).for_each(|_| ask(port, "/live").unwrap());
        server.join().unwrap();
    });
}

#[test]
fn a_terminal_that_goes_away_ends_a_capture() {
    let folder = folder();
    for command in ["report", "export --to ndjson"] {
        let file = folder.path().join(format!("{}.pcapng", &command[..6]));
        let Some(left) = Left::behind("", command, &file) else { return };
        left.ends_soon(left.gone);
        assert!(packets_of(&file) > 20);
    }
}

/// As under `nohup`. Who writes as it goes has nobody to write to, and ends with the first word; who has nothing to say yet
/// captures on, at rest, until it is told that it is enough.
#[test]
fn who_is_to_outlive_its_terminal_goes_on_until_it_has_to_write() {
    let folder = folder();
    let ignoring = "trap '' HUP;";
    let file = folder.path().join("export.pcapng");
    let Some(left) = Left::behind(ignoring, "export --to ndjson", &file) else { return };
    talk(&left.listener, 3);
    left.ends_soon(Instant::now());
    assert!(packets_of(&file) > 20);

    let file = folder.path().join("report.pcapng");
    let Some(left) = Left::behind(ignoring, "report", &file) else { return };
    let before = left.ticks();
    std::thread::sleep(Duration::from_secs(1));
    let (is_alive, took) = (left.is_alive(), left.ticks() - before);
    assert!(is_alive && took < 30, "{took} ticks in a second");
    send(left.id, Signal::INT).unwrap();
    left.ends_soon(Instant::now());
    assert!(packets_of(&file) > 20);
}
