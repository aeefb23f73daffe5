//! TLS load: h2load and nginx talk to each other over loopback, and what they say becomes a capture.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tapline_testkit::{Site, Speech, Wiretap, capture, frames_of};

use super::load::Made;
use crate::shell;

/// Connections of the load.
const CONNECTIONS: u64 = 400;

/// Connections at once.
const AT_ONCE: usize = 64;

/// Octets on the wire that a request takes with its answer.
const EXCHANGE_BYTES: u64 = 1_030;

/// TLS 1.3 with HTTP/2 inside, 400 sessions, small pages; and the key log that opens it, beside the capture.
pub(super) fn http2(path: &Path, bytes_min: u64, folder: &Path) -> Result<(Made, PathBuf)> {
    for (program, package) in [("nginx", "nginx-light"), ("h2load", "nghttp2-client"), ("openssl", "openssl")]
    {
        ensure!(shell::is_there(program), "{program} is missing: apt-get install {package}");
    }
    let site = Site::new(folder).context("cannot make a site")?;
    let server = site.nginx(&Speech { protocols: "TLSv1.3", ciphers: "DEFAULT", http2: true })?;
    let tap = Wiretap::before(server.port)?;
    let keylog = path.with_extension("keys");
    let requests = bytes_min / EXCHANGE_BYTES + CONNECTIONS;
    let ended = Command::new("h2load")
        .args(["-n", &requests.to_string(), "-c", &CONNECTIONS.to_string(), "-m", "8"])
        .arg(format!("https://127.0.0.1:{}/page.html", tap.port()))
        .env("SSLKEYLOGFILE", &keylog)
        .stdout(Stdio::null())
        .status()?;
    ensure!(ended.success(), "h2load ended with {ended}");
    drop(server);
    let frames = frames_of(&tap.finish(), AT_ONCE);
    ensure!(fs::metadata(&keylog).is_ok_and(|log| log.len() > 0), "h2load logged no secrets");
    capture(BufWriter::new(File::create(path)?), &frames)?;
    let bytes = frames.iter().map(|frame| frame.octets.len() as u64).sum();
    let packets = frames.len() as u64;
    Ok((Made { packets, bytes, connections: CONNECTIONS, requests }, keylog))
}
