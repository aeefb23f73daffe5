//! A connection is read again for a close look, from a file that others have changed meanwhile.

use std::fs::File;
use std::path::Path;

use tapline_testkit::Talk;

use crate::terminal::{Dashboard, with_talk};

const GET: &[u8] = b"GET /hello HTTP/1.1\r\nHost: www.example.org\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Wide enough for a whole sentence behind a path.
const WIDE: (u16, u16) = (240, 30);

fn exchanges(count: usize) -> impl Fn(Talk) -> Talk {
    move |talk| (0..count).fold(talk.handshake(), |talk, _| talk.client(GET).server(OK)).close()
}

fn cut(path: &Path, bytes: u64) {
    File::options().write(true).open(path).unwrap().set_len(bytes).unwrap();
}

/// Where so many blocks of a pcapng file end.
fn end_of_blocks(content: &[u8], count: usize) -> u64 {
    let end = (0..count).fold(0, |at, _| {
        let length: [u8; 4] = content[at + 4..at + 8].try_into().unwrap();
        at + u32::from_le_bytes(length) as usize
    });
    end as u64
}

/// Goes on working, and ends as ever.
fn goes_on(dashboard: &mut Dashboard) {
    dashboard.go(0);
    dashboard.go(1);
    dashboard.wait_for_text("www.example.org");
    assert_eq!(dashboard.quit(), 0);
}

#[test]
fn a_file_that_was_cut_since_is_told_with_what_is_left() {
    with_talk(exchanges(40), |path| {
        let content = std::fs::read(path).unwrap();
        // In the middle of a packet, behind the SYN, behind no packet, and at nothing at all.
        let (syn, none) = (end_of_blocks(&content, 3), end_of_blocks(&content, 2));
        let cuts = [
            (syn + 5, "cut inside a block's head"),
            (syn, "ends at packet 1 now, and packet 87 was read before: was it changed?"),
            (none, "ends at packet 0 now"),
            (0, "is empty"),
        ];
        for (left, says) in cuts {
            let mut dashboard = Dashboard::open_with(path, &[], WIDE);
            dashboard.wait_until_loaded();
            cut(path, left);
            dashboard.go(4);
            dashboard.wait_for_text(says);
            goes_on(&mut dashboard);
            std::fs::write(path, &content).unwrap();
        }
    });
}

/// Whatever it has read by then: it ends with what is there, or says that there is less.
#[test]
fn a_file_that_is_cut_while_it_is_looked_at_ends_nothing() {
    with_talk(exchanges(12_000), |path| {
        let mut dashboard = Dashboard::open_with(path, &[], WIDE);
        dashboard.wait_until_loaded();
        dashboard.go(4);
        dashboard.wait_for_text("reading its packets again");
        cut(path, 10_000);
        dashboard.wait_for_text("became shorter while it was read");
        goes_on(&mut dashboard);
    });
}
