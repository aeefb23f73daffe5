//! The two machines, and what runs on them.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, read_to_string};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use tapline_testkit::network::{Network, Place, Running, Stop, Wiring, is_root, output, signal_to};
use tapline_testkit::{Signal, Site, installed, skipped};
use tempfile::TempDir;

/// How long anything may take on a machine that has much to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The server's address.
pub(crate) const SERVER: &str = "10.77.0.80";

/// HTTP/1.1 in clear, HTTP/2 over TLS 1.3, HTTP/1.1 over TLS 1.2; `{at}` is the folder.
const NGINX: &str = "\
daemon off; master_process off; pid {at}/nginx.pid; error_log {at}/nginx.log;
events { worker_connections 256; }
http {
    access_log off; root {at}; default_type application/octet-stream;
    client_body_temp_path {at}/body; proxy_temp_path {at}/proxy; fastcgi_temp_path {at}/fastcgi;
    uwsgi_temp_path {at}/uwsgi; scgi_temp_path {at}/scgi;
    ssl_certificate {at}/server.pem; ssl_certificate_key {at}/server.key;
    server { listen 80; }
    server { listen 443 ssl http2; ssl_protocols TLSv1.3; }
    server { listen 8443 ssl; ssl_protocols TLSv1.2; }
}
";

/// One request of each kind, and a few on one connection.
const PAGES: [&str; 5] = [
    "http://10.77.0.80/page.html",
    "https://10.77.0.80/page.html",
    "https://10.77.0.80/large.bin",
    "https://10.77.0.80:8443/page.html",
    "https://10.77.0.80:8443/large.bin",
];

/// Two machines that are joined by a cable; everybody may write in their folder.
pub(crate) struct Lab {
    // The server ends before its network does.
    _server: Running,
    pub(crate) network: Network,
    folder: TempDir,
}

impl Lab {
    /// `None` where it cannot be set up here, which is said.
    pub(crate) fn new() -> Option<Self> {
        if !is_root() {
            skipped("namespaces need root");
            return None;
        }
        if !installed(&["ip", "ss", "ethtool", "nginx", "curl", "openssl"]) {
            return None;
        }
        let network = match Network::for_test(Wiring::Direct) {
            Ok(network) => network,
            Err(error) => {
                skipped(format_args!("no namespaces here: {error}"));
                return None;
            }
        };
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        Site::new(folder.path()).unwrap();
        let server = nginx(&network, folder.path());
        Some(Self { _server: server, network, folder })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// curl fetches something, and writes its secrets down.
    pub(crate) fn curl<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) {
        let mut command = self.network.command(Place::Client, "curl");
        command.args(["-sk", "--max-time", "20"]).args(arguments).env("SSLKEYLOGFILE", self.path("keys"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }

    /// Pages in all ways in which the server gives them out.
    pub(crate) fn fetch_pages(&self) {
        for page in PAGES {
            // Twice over one connection.
            self.curl(["-o", "/dev/null", "-o", "/dev/null", page, page]);
        }
    }

    /// tapline in the client's namespace.
    pub(crate) fn start<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Tapline {
        let mut command = self.network.command(Place::Client, env!("CARGO_BIN_EXE_tapline"));
        Tapline::start(command.args(arguments).env_remove("SSLKEYLOGFILE"))
    }

    /// The same when it captures on so many interfaces; `None` where there is no libpcap, which is said.
    pub(crate) fn tapline<A: AsRef<OsStr>>(&self, arguments: &[A], interfaces: usize) -> Option<Tapline> {
        let mut tapline = self.start(arguments);
        let process = tapline.child.id();
        let ready = Stop::default().wait("tapline to capture", PATIENCE, || {
            Ok((tapline.child.try_wait()?.is_some() || sockets(process) >= interfaces).then_some(()))
        });
        if tapline.child.try_wait().unwrap().is_some() {
            let said = tapline.finish().complaints;
            assert!(said.contains("libpcap"), "{said}");
            skipped(said);
            return None;
        }
        ready.unwrap();
        // The ring is made a moment after the socket.
        settle();
        Some(tapline)
    }
}

/// A file that was written live is whole: tapline and tshark read it to its end, and count so many packets.
pub(crate) fn whole(capture: &Path) -> u64 {
    let (lines, status, said) = export(capture, &[]);
    assert!(status.success(), "{} is damaged: {said}", capture.display());
    let packets = lines.last().unwrap()["packets"].as_u64().unwrap();
    if installed(&["tshark"]) {
        assert_eq!(tshark_packets(capture), Some(packets), "{}", capture.display());
    }
    packets
}

/// What tapline makes of a file: its lines, how it ended, what it complained of.
pub(crate) fn export(capture: &Path, keys: &[PathBuf]) -> (Vec<Value>, ExitStatus, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(["export", "--to", "ndjson"]).args(keys).arg(capture);
    let output = command.env_remove("SSLKEYLOGFILE").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (lines(&output.stdout), output.status, said)
}

/// Packets that tshark reads, if it has nothing to complain of.
pub(crate) fn tshark_packets(capture: &Path) -> Option<u64> {
    let mut command = Command::new("tshark");
    let output =
        command.args(["-n", "-T", "fields", "-e", "frame.number", "-r"]).arg(capture).output().unwrap();
    let count = String::from_utf8_lossy(&output.stdout).lines().count();
    output.status.success().then(|| u64::try_from(count).unwrap())
}

fn nginx(network: &Network, folder: &Path) -> Running {
    let at = folder.display().to_string();
    fs::write(folder.join("nginx.conf"), NGINX.replace("{at}", &at)).unwrap();
    fs::write(folder.join("keys"), "").unwrap();
    let mut command = network.command(Place::Server, "nginx");
    command.arg("-e").arg(folder.join("nginx.log")).arg("-c").arg(folder.join("nginx.conf"));
    let server = Running::start(&mut command, &folder.join("server.log"), None).unwrap();
    let name = network.name(Place::Server);
    let listens = || {
        let listening = output("ip", ["netns", "exec", &name, "ss", "-Hltn"])?;
        Ok(listening.contains(":8443").then_some(()))
    };
    Stop::default().wait("nginx", PATIENCE, listens).unwrap();
    server
}

/// Packet sockets in the namespace of a process that have a device or listen to all, and a ring to read from: libpcap is
/// ready then. Counted from the second column on, the kernel writes: references, type, protocol, device, running.
fn sockets(process: u32) -> usize {
    let table = fs::read_to_string(format!("/proc/{process}/net/packet")).unwrap_or_default();
    let captures = |line: &&str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        columns.get(3).is_some_and(|protocol| *protocol == "0003") && columns.get(5) == Some(&"1")
    };
    table.lines().skip(1).filter(captures).count()
}

/// tapline at work; killed where a test fails.
pub(crate) struct Tapline {
    child: Child,
    /// Each line that it writes, and when it did.
    pub(crate) told: Receiver<(Instant, String)>,
    complaints: Option<JoinHandle<String>>,
}

impl Tapline {
    fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (tell, told) = channel();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                // Nobody listens any more where a test failed.
                let _ = tell.send((Instant::now(), line.unwrap()));
            }
        });
        let complaints = thread::spawn(move || read_to_string(stderr).unwrap());
        Self { child, told, complaints: Some(complaints) }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        signal_to(self.child.id(), signal).unwrap();
    }

    /// Waits until it ends by itself.
    pub(crate) fn finish(mut self) -> Told {
        let ended = || self.child.try_wait();
        let status = Stop::default().wait("the end of tapline", PATIENCE, ended).unwrap();
        let text = self.told.iter().map(|(_, line)| line + "\n").collect();
        let complaints = self.complaints.take().map_or_else(String::new, |thread| thread.join().unwrap());
        Told { status, text, complaints }
    }

    /// Gives it the time to see what was said last, then ends it as Ctrl-C does.
    pub(crate) fn interrupt(self) -> Told {
        settle();
        self.signal(Signal::INT);
        self.finish()
    }
}

/// What tapline said in all.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: ExitStatus,
    text: String,
    pub(crate) complaints: String,
}

impl Told {
    pub(crate) fn lines(&self) -> Vec<Value> {
        lines(self.text.as_bytes())
    }

    /// Fails where it could not do all of it.
    pub(crate) fn succeeded(&self) -> &Self {
        assert!(self.status.success(), "{}: {}", self.status, self.complaints);
        self
    }
}

impl Drop for Tapline {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Time in which what is on its way arrives.
pub(crate) fn settle() {
    thread::sleep(Duration::from_millis(400));
}

pub(crate) fn lines(text: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn of_type(lines: &[Value], kind: &str) -> Vec<Value> {
    lines.iter().filter(|line| line["type"] == kind).cloned().collect()
}

/// What was requested, in order.
pub(crate) fn urls(lines: &[Value]) -> Vec<String> {
    let exchanges = of_type(lines, "http_exchange");
    exchanges.iter().map(|line| line["url"].as_str().unwrap_or_default().to_owned()).collect()
}
