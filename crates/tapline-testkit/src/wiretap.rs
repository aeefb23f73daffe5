//! A wiretap between two real programs on loopback: what they say to each other becomes a capture.
//!
//! ```text
//!   client ──── Wiretap (its own port) ──── server
//!                  │
//!                  └── who said what, in order ──> a Talk's frames
//! ```

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::talk::{Frame, Speaker, Talk};

/// How long a program may take to listen, and a connection to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who spoke, and what; nothing is the end of what it says.
pub type Turn = (Speaker, Vec<u8>);

/// A relay that remembers.
pub struct Wiretap {
    port: u16,
    stop: Arc<AtomicBool>,
    connections: Arc<Mutex<Vec<Connection>>>,
    thread: Option<JoinHandle<()>>,
}

struct Connection {
    turns: Arc<Mutex<Vec<Turn>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Wiretap {
    /// Relays connections to a port of this machine.
    ///
    /// # Errors
    /// Where no port can be listened on.
    pub fn before(server_port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let (stop, connections) = (Arc::new(AtomicBool::new(false)), Arc::<Mutex<Vec<_>>>::default());
        let (stopped, accepted) = (Arc::clone(&stop), Arc::clone(&connections));
        let thread = thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                if let Ok(connection) = relay(&client, server_port) {
                    accepted.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                }
            }
        });
        Ok(Self { port, stop, connections, thread: Some(thread) })
    }

    /// The port that clients connect to instead of the server's.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What every connection said, in the order in which they were opened, once all of them have ended.
    pub fn finish(mut self) -> Vec<Vec<Turn>> {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |connection: Connection| {
            for thread in connection.threads {
                let _ = thread.join();
            }
            std::mem::take(&mut *connection.turns.lock().unwrap_or_else(PoisonError::into_inner))
        };
        connections.drain(..).map(of).collect()
    }
}

fn relay(client: &TcpStream, server_port: u16) -> std::io::Result<Connection> {
    let server = TcpStream::connect(("127.0.0.1", server_port))?;
    for stream in [client, &server] {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
    }
    let turns = Arc::<Mutex<Vec<Turn>>>::default();
    let mut threads = Vec::new();
    for (speaker, from, to) in [(Speaker::Client, client, &server), (Speaker::Server, &server, client)] {
        let (mut from, mut to, turns) = (from.try_clone()?, to.try_clone()?, Arc::clone(&turns));
        threads.push(thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            loop {
                let read = from.read(&mut buffer).unwrap_or(0);
                let said = buffer.get(..read).unwrap_or_default();
                // First noted, then passed on: the answer must not be noted before.
                turns.lock().unwrap_or_else(PoisonError::into_inner).push((speaker, said.to_vec()));
                if read == 0 || to.write_all(said).is_err() {
                    let _ = to.shutdown(Shutdown::Write);
                    return;
                }
            }
        }));
    }
    Ok(Connection { turns, threads })
}

/// The frames of connections to port 443 of one server, each from a port of its own, so many at once.
pub fn frames_of(connections: &[Vec<Turn>], at_once: usize) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut start_ns = 1_700_000_000_000_000_000;
    for (nth, together) in connections.chunks(at_once.max(1)).enumerate() {
        let mut batch = Vec::new();
        for (port, turns) in (40_000..).skip(nth * at_once).zip(together) {
            batch.extend(talk_of(port, turns, start_ns).frames);
        }
        batch.sort_by_key(|frame: &Frame| frame.at);
        start_ns = batch.last().map_or(start_ns, |frame| frame.at.0) + 1_000_000;
        frames.extend(batch);
    }
    frames
}

fn talk_of(port: u16, turns: &[Turn], start_ns: i64) -> Talk {
    let server = SocketAddr::from(([10, 0, 0, 80], 443));
    let client = SocketAddr::from(([10, 0, 0, 10], port));
    let mut talk = Talk::new(client, server, start_ns).step_ns(100_000).handshake();
    for (speaker, said) in turns {
        talk = match (speaker, said.is_empty()) {
            (Speaker::Client, false) => talk.client(said).server_ack(),
            (Speaker::Server, false) => talk.server(said).client_ack(),
            (Speaker::Client, true) => talk.client_fin(),
            (Speaker::Server, true) => talk.server_fin(),
        };
    }
    talk
}

/// A port that nobody listens on now.
///
/// # Errors
/// Where there is none.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Waits until somebody listens on a port; whether that came true.
pub fn wait_for_port(port: u16) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}
