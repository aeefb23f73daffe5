//! How soon something that happened is told.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tapline_testkit::network::Place;

use crate::lab::{Lab, PATIENCE, SERVER};

/// Between the last octet of a response and its line; half of them may take longer, on a machine that has much to do.
const MEDIAN_MAX: Duration = Duration::from_millis(200);

const REQUESTS: usize = 11;

/// One request on a connection that stays open; when its response had come.
fn ask(stream: &mut TcpStream, nth: usize) -> Instant {
    write!(stream, "GET /page.html?{nth} HTTP/1.1\r\nHost: a.example\r\n\r\n").unwrap();
    let (mut response, mut buffer) = (Vec::new(), [0; 4096]);
    while !response.ends_with(b"captured.</p>\n") || response.len() < 600 {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&response));
        response.extend_from_slice(&buffer[..read]);
    }
    Instant::now()
}

#[test]
fn an_exchange_is_told_when_it_is_over() {
    let Some(lab) = Lab::new() else { return };
    let arguments = ["export", "--to", "ndjson", "-i", "eth0", "--types", "http_exchange"];
    let Some(tapline) = lab.tapline(&arguments, 1) else { return };
    let mut waits = lab.network.inside(Place::Client, move || {
        let tapline = tapline;
        let mut stream = TcpStream::connect((SERVER, 80)).unwrap();
        let wait = |nth| {
            let over = ask(&mut stream, nth);
            let (at, line) = tapline.told.recv_timeout(PATIENCE).unwrap();
            assert!(line.contains(&format!("/page.html?{nth}\"")), "{line}");
            std::thread::sleep(Duration::from_millis(30));
            at.saturating_duration_since(over)
        };
        (0..REQUESTS).map(wait).collect::<Vec<_>>()
    });
    let waits = waits.as_mut().unwrap();
    waits.sort_unstable();
    println!("from the end of a response to its line: {waits:?}");
    assert!(waits[REQUESTS / 2] < MEDIAN_MAX, "{waits:?}");
}
