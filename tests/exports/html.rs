//! The page for a ticket: its figures are NDJSON's, its markup is its own, it keeps to its bounds.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tapline_testkit::{Talk, capture, root};

use super::page::{self, Node};
use super::{captures, export, records};

/// Rows of a list, and findings of a kind, that a page shows.
const ROWS: usize = 150; // PAGE_EXCHANGES_MAX, PAGE_CONNECTIONS_MAX
const OF_KIND: usize = 5; // PAGE_OF_KIND_MAX
/// Ladders that are drawn.
const LADDERS: usize = 5; // PAGE_LADDERS_MAX
/// Arrows and notes of a ladder, and header fields of a message.
const ARROWS: u64 = 150; // PAGE_ARROWS_MAX
const FIELDS: usize = 48; // PAGE_FIELDS_MAX
/// What a page may weigh.
const OCTETS: usize = 4 << 20; // PAGE_OCTETS_MAX

fn page_of(path: &Path) -> Node {
    page::read(&export(path, &["--to", "html"]))
}

fn fixture(name: &str) -> std::path::PathBuf {
    root().join("fixtures").join(name)
}

/// What of an exchange is compared: connection, stream, phases, stalls.
type Told = (u64, Option<u64>, Vec<(String, i64)>, Vec<i64>);

fn told_on_page(row: &Node) -> Told {
    let facts = row.classed("p", "facts-line")[0].words();
    let number = |word: &str| {
        let behind = facts.split_once(word)?.1;
        behind.split([' ', '·']).next()?.parse().ok()
    };
    let phase = |tr: &&Node| Some((tr.attr("data-phase")?.to_owned(), tr.ns()[0]));
    let phases = row.all("tr").iter().filter_map(phase).collect();
    let stalls = row.classed("table", "stalls");
    let stalls = stalls.first().map_or_else(Vec::new, |table| table.ns());
    (number("connection ").unwrap(), number("stream "), phases, stalls)
}

fn told_in_record(exchange: &Value) -> Told {
    let names = ["blocked", "dns", "connect", "tls", "send", "wait", "receive"];
    let phase = |name: &str| Some((name.to_owned(), exchange["timings_ns"][name].as_i64()?));
    let stalls =
        exchange["stalls"].as_array().unwrap().iter().map(|stall| stall["duration_ns"].as_i64().unwrap());
    let stalls = stalls.chain(exchange["stalls_left_out"]["duration_ns"].as_i64()).collect();
    let phases = names.into_iter().filter_map(phase).collect();
    (exchange["connection"].as_u64().unwrap(), exchange["stream"].as_u64(), phases, stalls)
}

/// How much was compared.
#[derive(Default)]
struct Seen {
    requests: usize,
    kinds: usize,
    links: usize,
    ladders: usize,
}

#[test]
fn figures_are_those_of_the_records() {
    let mut seen = Seen::default();
    for path in captures() {
        let page = page_of(&path);
        let all = records(&path, "connection,http_exchange,finding");
        let of = |kind: &str| all.iter().filter(|record| record["type"] == kind).collect::<Vec<_>>();
        requests(&path, &page, &of("http_exchange"), &mut seen);
        findings(&path, &page, &of("finding"), &mut seen);
        connections(&path, &page, &of("connection"));
        ladders(&path, &page, of("connection").len(), &mut seen);
    }
    let Seen { requests, kinds, links, ladders } = seen;
    assert!(
        requests > 350 && kinds > 100 && links > 40 && ladders > 100,
        "{requests} {kinds} {links} {ladders}"
    );
}

/// Requests have the times of their records.
fn requests(path: &Path, page: &Node, exchanges: &[&Value], seen: &mut Seen) {
    let lists = page.classed("ol", "waterfall");
    let mut shown: Vec<Told> = lists.iter().flat_map(|list| list.all("details")).map(told_on_page).collect();
    let mut told: Vec<Told> = exchanges.iter().map(|exchange| told_in_record(exchange)).collect();
    let all = told.len();
    assert_eq!(shown.len(), all.min(ROWS), "{}", path.display());
    shown.sort();
    told.sort();
    if all > ROWS {
        told.retain(|one| shown.contains(one));
        assert!(page.words().contains(&format!("… and {} more", all - ROWS)), "{}", path.display());
    }
    assert_eq!(shown, told, "{}", path.display());
    seen.requests += shown.len();
}

/// Findings are all there by their kind, with what they cost, the costliest kind first.
fn findings(path: &Path, page: &Node, findings: &[&Value], seen: &mut Seen) {
    let mut told: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for finding in findings {
        told.entry(finding["code"].as_str().unwrap()).or_default().push(finding);
    }
    let cards = page.classed("li", "card");
    assert_eq!(cards.len(), told.len(), "{}", path.display());
    let mut before = i64::MAX;
    for card in cards {
        let found = &told[card.attr("id").unwrap().strip_prefix("f-").unwrap()];
        let cost: i64 = found.iter().filter_map(|finding| finding["cost_ns"].as_i64()).sum();
        let shown = card.classed("div", "cost")[0].ns().first().copied().unwrap_or(0);
        assert_eq!(shown, cost, "{}", path.display());
        assert!(shown <= before, "{}: not by cost", path.display());
        before = shown;
        let words = card.words();
        let has = |finding: &Value, field: &str| words.contains(finding[field].as_str().unwrap());
        let listed = found.iter().filter(|finding| has(finding, "explanation")).count();
        assert!(listed >= found.len().min(OF_KIND), "{}: {words}", path.display());
        assert!(["title", "severity", "reference"].iter().all(|field| has(found[0], field)), "{words}");
        seen.kinds += 1;
        let links = card.all("a").into_iter().filter_map(|link| link.attr("href"));
        seen.links += links.filter(|href| href.starts_with("#x")).count();
    }
}

/// Connections have the times of their records.
fn connections(path: &Path, page: &Node, connections: &[&Value]) {
    let rows = page.with_id("section", "connections").map_or_else(Vec::new, |region| region.all("tr"));
    assert_eq!(rows.len().saturating_sub(1), connections.len().min(ROWS), "{}", path.display());
    for row in rows.into_iter().skip(1) {
        let id: u64 = row.attr("id").unwrap().strip_prefix('c').unwrap().parse().unwrap();
        let told = connections.iter().find(|connection| connection["id"] == id).unwrap();
        assert_eq!(row.ns().last(), Some(&told["duration_ns"].as_i64().unwrap()), "{}", path.display());
        if let Some(rtt) = told["initial_rtt_ns"].as_i64() {
            assert!(row.ns().contains(&rtt), "{}: {rtt}", path.display());
        }
        let words = row.words();
        let port = told["client"]["port"].to_string();
        assert!(words.contains(&port) && words.contains(&told["requests"].to_string()), "{words}");
    }
}

/// Ladders are drawn of a handful, and what is led to is there.
fn ladders(path: &Path, page: &Node, connections: usize, seen: &mut Seen) {
    let drawn = page.classed("details", "ladder");
    assert_eq!(drawn.len(), connections.min(LADDERS), "{}", path.display());
    for ladder in drawn {
        let arrows = ladder.classed("g", "rung").len();
        assert!((1..=ROWS).contains(&arrows), "{}: {arrows} arrows", path.display());
        let said = format!(" {arrows} arrow{}", if arrows == 1 { "" } else { "s" });
        assert!(ladder.all("summary")[0].words().ends_with(&said), "{}: {arrows}", path.display());
        seen.ladders += 1;
    }
    let parts = ["section", "li", "details", "tr"].into_iter().flat_map(|name| page.all(name));
    let ids: Vec<&str> = parts.filter_map(|node| node.attr("id")).collect();
    for link in page.all("a") {
        let href = link.attr("href").unwrap();
        match href.strip_prefix('#') {
            Some(id) => assert!(ids.contains(&id), "{}: {href}", path.display()),
            None => assert!(href.starts_with("https://www.rfc-editor.org/rfc/rfc"), "{href}"),
        }
    }
}

#[test]
fn the_slowest_request_is_shown_of_many() {
    let path = fixture("link/slow-among-500.pcapng");
    let slowest = records(&path, "http_exchange")
        .iter()
        .map(|exchange| told_in_record(exchange).2.iter().map(|(_, ns)| ns).sum::<i64>())
        .max()
        .unwrap();
    let page = page_of(&path);
    let rows = page.all("li").into_iter().filter_map(|row| row.attr("data-ns"));
    assert_eq!(rows.map(|ns| ns.parse::<i64>().unwrap()).max(), Some(slowest));
    // What the finding is about is led to.
    let card = page.with_id("li", "f-tcp_loss").unwrap();
    let link = card.all("a").into_iter().find_map(|link| link.attr("href")?.strip_prefix("#x")).unwrap();
    let row = page.with_id("details", &format!("x{link}")).unwrap();
    assert!(row.words().contains("/api/orders/322"), "{}", row.words());
}

#[test]
fn what_is_known_to_be_wrong_with_the_capture_is_said() {
    for (name, says) in [
        ("link/snaplen-cut.pcapng", "cut by the snapshot length"),
        ("link/capture-missed.pcapng", "of 1 connection were sent and not captured"),
        ("tls/without-keys.pcapng", "inferred from the sizes of TLS records that stayed closed"),
        ("http1/keep-alive.pcapng", "nothing is known to be lost, cut or damaged in the capture"),
    ] {
        let page = page_of(&fixture(name));
        let head = page.all("header")[0].words();
        assert!(head.contains(says), "{name}: {head}");
        assert!(head.contains(name.split_once('/').unwrap().1) && !head.contains("fixtures"), "{head}");
    }
}

#[test]
fn a_filter_is_named_and_its_part_of_the_whole_told() {
    let text =
        export(&fixture("link/page-load.pcapng"), &["--to", "html", "-Y", "http.response.code >= 500"]);
    let page = page::read(&text);
    let head = page.all("header")[0].words();
    assert!(head.contains("only what matches http.response.code >= 500"), "{head}");
    let requests = page.with_id("section", "requests").unwrap();
    assert_eq!(requests.all("details").len(), 1, "{head}");
    assert!(head.contains("1 of 12"), "{head}");
}

#[test]
fn a_page_is_the_same_for_any_threads_and_has_no_ladder_from_a_pipe() {
    let path = fixture("link/page-load.pcapng");
    let one = export(&path, &["--to", "html", "--threads", "1"]);
    assert!(one == export(&path, &["--to", "html", "--threads", "3"]));
    let output = Command::new(env!("CARGO_BIN_EXE_tapline"))
        .args(["export", "--to", "html", "-"])
        .env_remove("SSLKEYLOGFILE")
        .stdin(Stdio::from(File::open(&path).unwrap()))
        .output()
        .unwrap();
    let page = page::read(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(page.classed("details", "ladder").len(), 0);
    assert_eq!(page.classed("li", "card").len(), page::read(&one).classed("li", "card").len());
    assert!(page.all("header")[0].words().contains("standard input"));
}

/// Requests with as many and as long fields as are shown, of what takes most octets in a page.
fn large(folder: &Path, connections: u16) -> std::path::PathBuf {
    let field = |n: usize| format!("X-{n}: {}\r\n", "\"".repeat(420));
    let fields: String = (0..60).map(field).collect();
    let request = format!("GET /{} HTTP/1.1\r\nHost: h.example\r\n{fields}\r\n", "&".repeat(600));
    let answer = format!("HTTP/1.1 500 No\r\n{fields}Content-Length: 0\r\n\r\n");
    let talks = (0..connections).flat_map(|n| {
        let client = ([10, 0, 0, 1], 2_000 + n).into();
        let start = 1_700_000_000_000_000_000 + i64::from(n) * 1_000_000;
        let talk = Talk::new(client, "192.0.2.80:80".parse().unwrap(), start).handshake();
        talk.client(request.as_bytes()).server_ack().server(answer.as_bytes()).client_ack().close().frames
    });
    let frames: Vec<_> = talks.collect();
    let path = folder.join(format!("large-{connections}.pcap"));
    capture(BufWriter::new(File::create(&path).unwrap()), &frames).unwrap();
    path
}

/// The page of one connection.
fn page_of_talk(folder: &Path, fill: impl FnOnce(Talk) -> Talk) -> Node {
    let talk = Talk::new(([10, 0, 0, 1], 2_000).into(), "192.0.2.80:80".parse().unwrap(), 0);
    let path = folder.join("talk.pcapng");
    capture(BufWriter::new(File::create(&path).unwrap()), &fill(talk.handshake()).frames).unwrap();
    page_of(&path)
}

/// The number in front of some words, 0 where they are not there.
fn number_before(text: &str, words: &str) -> u64 {
    let Some((before, _)) = text.split_once(words) else { return 0 };
    let number = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    before[number..].parse().unwrap()
}

#[test]
fn arrows_that_are_not_drawn_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    // What was drawn, arrows of it, and how many more are said to be there.
    let of = |requests: u16| {
        let page = page_of_talk(folder.path(), |talk| {
            (0..requests).fold(talk, |talk, nth| {
                let get = format!("GET /{nth} HTTP/1.1\r\nHost: h\r\n\r\n");
                talk.client(get.as_bytes()).server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            })
        });
        let ladder = page.classed("details", "ladder")[0];
        let notes = ["stage", "stood", "waited"].map(|class| ladder.classed("rect", class).len() as u64);
        let arrows = ladder.classed("g", "rung").len() as u64;
        let more = ladder
            .all("p")
            .iter()
            .map(|line| number_before(&line.words(), " arrows more left out"))
            .sum::<u64>();
        (arrows + notes.iter().sum::<u64>(), arrows, more)
    };
    let ((few, arrows, none), (_, next, _)) = (of(20), of(21));
    assert!(none == 0 && few < ARROWS, "{few} {none}");
    let step = next - arrows;
    let fits = (ARROWS - few) / step;
    let (drawn, shown, more) = of(20 + u16::try_from(fits).unwrap());
    assert_eq!((drawn, shown, more), (few + step * fits, arrows + step * fits, 0));
    let (drawn, shown, more) = of(220);
    assert_eq!((drawn, shown + more), (ARROWS, arrows + step * 200), "{more} are said to be left out");
}

#[test]
fn header_fields_that_are_not_shown_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let of = |fields: usize| {
        let field = |nth| format!("X-{nth}: y\r\n");
        let fields: String = (0..fields).map(field).collect();
        let get = format!("GET / HTTP/1.1\r\n{fields}\r\n");
        let page = page_of_talk(folder.path(), |talk| talk.client(get.as_bytes()).server_ack());
        let request = page.classed("ol", "waterfall")[0];
        (request.all("dt").len(), number_before(&request.words(), " more header field"))
    };
    assert_eq!([FIELDS, FIELDS + 1, FIELDS + 9].map(of), [(FIELDS, 0), (FIELDS, 1), (FIELDS, 9)]);
}

#[test]
fn a_page_keeps_to_its_size_whatever_the_capture_has() {
    let folder = tempfile::tempdir().unwrap();
    let sizes = [300, 900].map(|connections| {
        let text = export(&large(folder.path(), connections), &["--to", "html"]);
        assert!(text.len() <= OCTETS, "{}", text.len());
        let page = page::read(&text);
        let words = page.words();
        assert!(words.contains("left out: the page is long enough"));
        assert!(words.contains(&format!("… and {} more", usize::from(connections) - ROWS)));
        assert_eq!(page.classed("ol", "waterfall")[0].all("details").len(), ROWS);
        text.len()
    });
    // It does not grow with the capture.
    assert!(sizes[1].abs_diff(sizes[0]) < 64 << 10, "{sizes:?}");
}

#[test]
fn a_clock_that_jumps_leaves_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let talk = |port, start| {
        let talk =
            Talk::new(([10, 0, 0, 1], port).into(), "192.0.2.80:80".parse().unwrap(), start).handshake();
        talk.client(b"GET / HTTP/1.1\r\nHost: h.example\r\n\r\n")
            .server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .close()
            .frames
    };
    let frames =
        [talk(4_000, 9_000_000_000_000_000_000), talk(4_001, 1), talk(4_002, 4_000_000_000_000_000_000)];
    let path = folder.path().join("jumps.pcapng");
    capture(BufWriter::new(File::create(&path).unwrap()), frames.iter().flatten()).unwrap();
    let page = page_of(&path);
    assert_eq!(page.classed("ol", "waterfall")[0].all("details").len(), 3);
    let ticks = page.classed("svg", "ticks")[0].all("text").len();
    assert!((2..=6).contains(&ticks), "{ticks}");
    assert!(page.all("header")[0].words().contains("earlier than the packet before"));
}
