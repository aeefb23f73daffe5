//! Load of real programs: clients and nginx talk to each other over loopback, and what they say becomes a capture.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tapline_testkit::{Site, Speech, Turn, Wiretap, capture, frames_of};

use super::load::Made;
use crate::shell;

/// Connections of the load of many requests.
const CONNECTIONS: u64 = 400;

/// Connections at once.
const AT_ONCE: usize = 64;

/// Octets on the wire that a request takes with its answer: over TLS a small page, in clear a larger one.
const SMALL_EXCHANGE_BYTES: u64 = 1_030;
const LARGE_EXCHANGE_BYTES: u64 = 3_330;

/// Octets of a large body.
const BODY_BYTES: usize = 20_000_000;

/// How a load travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Travel {
    Clear,
    Tls,
}

const SPEECH: Speech<'_> = Speech { protocols: "TLSv1.3", ciphers: "DEFAULT", http2: true };

/// HTTP/2 on 400 connections, by h2load; over TLS 1.3 with the key log that opens it, beside the capture.
pub(super) fn http2(
    path: &Path,
    bytes_min: u64,
    folder: &Path,
    travel: Travel,
) -> Result<(Made, Option<PathBuf>)> {
    need(&[("nginx", "nginx-light"), ("h2load", "nghttp2-client"), ("openssl", "openssl")])?;
    let site = Site::new(folder).context("cannot make a site")?;
    fs::write(site.path("larger.html"), "<p>A page that is somewhat larger.</p>\n".repeat(83))?;
    let (server, scheme, page, exchange_bytes) = match travel {
        Travel::Tls => (site.nginx(&SPEECH)?, "https", "page.html", SMALL_EXCHANGE_BYTES),
        Travel::Clear => (site.nginx_in_clear(true)?, "http", "larger.html", LARGE_EXCHANGE_BYTES),
    };
    let tap = Wiretap::before(server.port)?;
    let keylog = path.with_extension("keys");
    let requests = bytes_min / exchange_bytes + CONNECTIONS;
    let ended = Command::new("h2load")
        .args(["-n", &requests.to_string(), "-c", &CONNECTIONS.to_string(), "-m", "8"])
        .arg(format!("{scheme}://127.0.0.1:{}/{page}", tap.port()))
        .env("SSLKEYLOGFILE", &keylog)
        .stdout(Stdio::null())
        .status()?;
    ensure!(ended.success(), "h2load ended with {ended}");
    drop(server);
    let made = write(path, &tap.finish(), requests)?;
    if travel == Travel::Clear {
        return Ok((made, None));
    }
    ensure!(fs::metadata(&keylog).is_ok_and(|log| log.len() > 0), "h2load logged no secrets");
    Ok((made, Some(keylog)))
}

/// Bodies of 20 MB by HTTP/1.1, every second one over TLS 1.3, by curl.
pub(super) fn bulk(path: &Path, bytes_min: u64, folder: &Path) -> Result<(Made, Option<PathBuf>)> {
    need(&[("nginx", "nginx-light"), ("curl", "curl"), ("openssl", "openssl")])?;
    let site = Site::new(folder).context("cannot make a site")?;
    let noise = fs::read(site.path("large.bin"))?;
    fs::write(site.path("body.bin"), noise.iter().cycle().take(BODY_BYTES).copied().collect::<Vec<u8>>())?;
    let servers = [site.nginx_in_clear(false)?, site.nginx(&Speech { http2: false, ..SPEECH })?];
    let keylog = path.with_extension("keys");
    let requests = bytes_min.div_ceil(BODY_BYTES as u64);
    let mut taps = Vec::new();
    for (index, server) in servers.iter().enumerate() {
        let tap = Wiretap::before(server.port)?;
        let scheme = if index == 0 { "http" } else { "https" };
        for _ in 0..requests / 2 + u64::from(index == 0) * (requests % 2) {
            let fetched = Command::new("curl")
                .args(["-sk", "--http1.1", "-o", "/dev/null"])
                .arg(format!("{scheme}://127.0.0.1:{}/body.bin", tap.port()))
                .env("SSLKEYLOGFILE", &keylog)
                .status()?;
            ensure!(fetched.success(), "curl ended with {fetched}");
        }
        taps.push(tap);
    }
    drop(servers);
    let connections: Vec<_> = taps.into_iter().flat_map(Wiretap::finish).collect();
    Ok((write(path, &connections, requests)?, Some(keylog)))
}

/// Writes what was said, as it would have been captured.
fn write(path: &Path, connections: &[Vec<Turn>], requests: u64) -> Result<Made> {
    let frames = frames_of(connections, AT_ONCE);
    capture(BufWriter::new(File::create(path)?), &frames)?;
    let bytes = frames.iter().map(|frame| frame.octets.len() as u64).sum();
    Ok(Made { packets: frames.len() as u64, bytes, connections: connections.len() as u64, requests })
}

fn need(programs: &[(&str, &str)]) -> Result<()> {
    for (program, package) in programs {
        ensure!(shell::is_there(program), "{program} is missing: apt-get install {package}");
    }
    Ok(())
}
