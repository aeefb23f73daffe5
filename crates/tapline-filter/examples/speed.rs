//! How long it takes to read filters: `cargo run --release -p tapline-filter --example speed`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement by hand")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use tapline_filter::{Filter, complete};

const TEXTS: [&str; 6] = [
    "tls",
    "http.time > 200ms and ip.addr == 10.0.0.0/8",
    "http.response.code in {400..499, 500..599} and (tcp.analysis.retransmission or tcp.analysis.zero_window) and not \
     ip.addr == 192.168.0.0/16 and http.request.uri contains \"/api/v2/\" and tapline.bytes > 100kB and tcp.port != 8080",
    "tls.handshake.ciphersuite == TLS_AES_128_GCM_SHA256 or tls.handshake.version < \"TLS 1.2\"",
    "http.host matches \"^(www|api)\\.example\\.(com|org)$\"",
    "example.org slow checkout 404",
];

fn main() {
    for text in TEXTS {
        let read = measure(|| Filter::parse(black_box(text)).is_ok());
        let completed = measure(|| !complete(black_box(text), text.len()).replace.is_empty());
        println!("{:4} octets  read {read:9.2?}  completed {completed:9.2?}  {text:.40}", text.len());
    }
}

fn measure(work: impl Fn() -> bool) -> Duration {
    let (mut times, began) = (0, Instant::now());
    while began.elapsed() < Duration::from_millis(300) {
        black_box(work());
        times += 1;
    }
    began.elapsed() / times
}
