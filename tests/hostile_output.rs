//! Whatever stands in a capture, in a file name or in an argument: the report, NDJSON and what is said on standard error do
//! nothing in a terminal and stay what they are. The dashboard is walked through the same captures in `dashboard`.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

#[path = "hostile/captures.rs"]
mod captures;
#[path = "exports/page.rs"]
#[allow(dead_code, reason = "the tests of exports read more of it")]
mod page;
#[path = "hostile/wire.rs"]
mod wire;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Output};

use captures::{NASTY, captures, nasty, nasty_name};
use serde_json::Value;
use tapline_export::records::RecordType;
use tapline_testkit::strange;

fn tapline(arguments: &[&OsStr]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(arguments).env_remove("SSLKEYLOGFILE").env_remove("NO_COLOR").output().unwrap()
}

fn words<'a>(line: &'a str, last: &'a Path) -> Vec<&'a OsStr> {
    line.split(' ').map(OsStr::new).chain([last.as_os_str()]).collect()
}

/// The escapes of the report's own colours, and nothing else.
fn without_colours(text: &str) -> String {
    ["0", "1", "2", "31", "32", "33", "36"]
        .into_iter()
        .fold(text.to_owned(), |text, code| text.replace(&format!("\x1b[{code}m"), ""))
}

/// The text as JSON has to tell it.
fn told() -> String {
    NASTY.replace("@@@@", "%9b%ff%c0%af")
}

#[test]
fn a_report_has_its_own_colours_and_no_other_escapes() {
    let folder = tempfile::tempdir().unwrap();
    for path in captures(folder.path()) {
        for options in
            ["report --color never", "report --color always --width 80", "report --all --width 200"]
        {
            let output = tapline(&words(options, &path));
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(text.lines().count() > 20, "{text}");
            let bare = without_colours(&text);
            assert_eq!(strange(bare.as_bytes(), ""), None, "{options}: {bare}");
            assert_eq!(bare == text, !options.contains("always"), "{options}");
            assert_eq!(strange(&output.stderr, ""), None);
            // Nobody covers the lines above.
            assert!(!text.contains(&"\u{301}".repeat(9)), "{options}: {text}");
        }
    }
}

#[test]
fn a_line_of_ndjson_stays_one_and_tells_everything() {
    let folder = tempfile::tempdir().unwrap();
    let types = RecordType::ALL.map(RecordType::name).join(",");
    let options = format!("export --to ndjson --no-redact --hpack-tables --types {types}");
    for (path, text) in captures(folder.path()).into_iter().zip([told(), "\u{301}".repeat(1_000)]) {
        let output = tapline(&words(&options, &path));
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        assert_eq!(strange(lines.as_bytes(), ""), None);
        let records: Vec<Value> =
            lines.split_terminator('\n').map(|line| serde_json::from_str(line).unwrap()).collect();
        let tells = |kind: &str, pointer: &str, text: &str| {
            let of_kind = records.iter().filter(|record| record["type"] == kind);
            let mut values = of_kind.filter_map(|record| record.pointer(pointer));
            assert!(
                values.any(|value| value.to_string().contains(&in_json(text))),
                "{kind} {pointer} in {lines}"
            );
        };
        tells("http1_message", "/headers", &text);
        tells("http_exchange", "/request/headers", &text);
        tells("http_exchange", "/response/headers", &text);
        tells("tls_session", "/server_name", &text);
        if text == told() {
            every_text_is_told(&tells, &text, &path);
        } else {
            tells("http1_message", "/target", &"A".repeat(30_000));
        }
    }
}

#[test]
fn other_forms_keep_text_in_its_place_too() {
    let folder = tempfile::tempdir().unwrap();
    for path in captures(folder.path()) {
        let har = tapline(&words("export --to har --bodies", &path));
        assert_eq!(strange(&har.stdout, ""), None);
        let log: Value = serde_json::from_slice(&har.stdout).unwrap();
        assert!(!log["log"]["entries"].as_array().unwrap().is_empty());
        for kind in RecordType::ALL {
            let csv = tapline(&words(&format!("export --to csv --types {}", kind.name()), &path));
            assert_eq!(csv.status.code(), Some(0), "{}", String::from_utf8_lossy(&csv.stderr));
            let text = String::from_utf8(csv.stdout).unwrap();
            assert_eq!(strange(text.replace("\r\n", "\n").as_bytes(), ""), None, "{text}");
            // No cell has an end of line in it, so every line has as many quotes as it needs.
            assert!(text.split_terminator("\r\n").all(|line| line.matches('"').count() % 2 == 0), "{text}");
            let cells = text.split("\r\n").flat_map(|line| line.split(','));
            assert!(!cells.into_iter().any(|cell| cell.starts_with(['=', '@', '+'])), "{text}");
        }
        for id in 0..8 {
            let form = format!("export --to mermaid --detail full --connection {id}");
            let diagram = String::from_utf8(tapline(&words(&form, &path)).stdout).unwrap();
            assert_eq!(strange(diagram.as_bytes(), ""), None, "{diagram}");
            let is_ours = |line: &str| {
                line == "sequenceDiagram"
                    || ["    participant ", "    Note over client,server: ", "    client-", "    server-"]
                        .iter()
                        .any(|begin| line.starts_with(begin))
            };
            let strangers: Vec<&str> = diagram.lines().filter(|line| !is_ours(line)).collect();
            assert!(strangers.is_empty(), "{strangers:?}");
            let bare = diagram.replace("<br/>", "").replace("->>", "");
            assert!(!bare.contains(['<', '>', '{', '}', '%', '"', '`']), "{bare}");
        }
    }
}

/// The reader takes no element and no attribute that is not the page's own.
#[test]
fn a_page_has_nothing_in_it_but_its_own_elements() {
    let folder = tempfile::tempdir().unwrap();
    for path in captures(folder.path()) {
        for options in ["export --to html", "export --to html --no-redact"] {
            let output = tapline(&words(options, &path));
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(strange(&output.stdout, ""), None);
            let text = String::from_utf8(output.stdout).unwrap();
            let page = page::read(&text);
            assert_eq!((page.all("script").len(), page.all("style").len()), (1, 1));
            assert!(!page.all("script")[0].words().contains("alert(1)"));
            assert!(!page.classed("ol", "waterfall")[0].all("details").is_empty());
            assert!(!page.classed("details", "ladder").is_empty());
            // It is there, as text.
            let is_nasty = path.file_name().unwrap() != "lengths.pcapng";
            assert_eq!(page.words().contains("<script>alert(1)</script>"), is_nasty, "{options}");
            assert!(!text.contains(&"\u{301}".repeat(9)), "{options}");
        }
    }
}

#[test]
fn what_is_redacted_is_no_less_safe() {
    let folder = tempfile::tempdir().unwrap();
    for path in captures(folder.path()) {
        let output = tapline(&words("export --to ndjson --hpack-tables", &path));
        assert_eq!(strange(&output.stdout, ""), None);
        let lines = String::from_utf8(output.stdout).unwrap();
        let records = lines.split_terminator('\n').map(|line| serde_json::from_str::<Value>(line).unwrap());
        let entries = records.filter_map(|record| record["table_entries"].as_array().cloned()).flatten();
        let mut cookies = entries.filter(|entry| entry[1] == "cookie");
        assert!(cookies.all(|entry| entry[2].as_str().unwrap().ends_with("=[redacted, 1 octet]")), "{lines}");
        assert!(lines.contains("?token=(redacted,"));
    }
}

/// Each place where a text stands.
fn every_text_is_told(tells: &dyn Fn(&str, &str, &str), text: &str, path: &Path) {
    for (kind, pointer) in [
        ("http1_message", "/target"),
        ("http_exchange", "/url"),
        ("connection", "/server_name"),
        ("tls_session", "/alpn_offered/0"),
        ("tls_session", "/alpn"),
        ("http2_frame", "/headers"),
        ("http2_frame", "/table_entries"),
        ("http2_frame", "/debug"),
        ("http2_frame", "/origins"),
        ("http2_frame", "/value"),
    ] {
        tells(kind, pointer, &text.chars().take(90).collect::<String>());
    }
    // The first 123 octets, and what of it is a string of certificates.
    tells("websocket_frame", "/close/reason", &text.chars().take(60).collect::<String>());
    tells("tls_session", "/certificates/0/names", "\x1b[5;41m\x1b[2J\x1b]52;c;b3duZWQ=\x07");
    tells("tls_session", "/certificates/0/subject", "\\u{202e}gpj.exe\\u{202c}");
    tells("dns_lookup", "/name", "\x1b[5;41m\x1b[2j\x1b]52;");
    tells("capture", "/files/0", &path.display().to_string().replace('\u{fffd}', "%ff"));
}

/// A text as it stands between the quotes of `serde_json`.
fn in_json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

/// What stands in the same places over and over, cut and broken: lines stay lines.
#[test]
fn every_cut_of_a_text_stays_in_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(&captures(folder.path())[0]).unwrap();
    let path = folder.path().join("cut.pcapng");
    for cut in (1..8).map(|eighth| whole.len() * eighth / 8) {
        std::fs::write(&path, &whole[..cut]).unwrap();
        for options in ["report", "export --to ndjson"] {
            let output = tapline(&words(options, &path));
            assert_eq!(strange(&output.stdout, ""), None, "{options} {cut}");
            assert_eq!(strange(&output.stderr, ""), None, "{options} {cut}");
        }
    }
}

#[test]
fn errors_quote_nothing_that_acts() {
    let folder = tempfile::tempdir().unwrap();
    let evil = OsString::from(OsStr::from_bytes(b"\x1b]0;owned\x07\x1b[2J\xc2\x9b5m\xe2\x80\xae\n\x7f"));
    let no_text = OsString::from(OsStr::from_bytes(&[evil.as_bytes(), b"\xff\x9b31m"].concat()));
    let good = &captures(folder.path())[0];
    let (bad, keys, config) =
        (folder.path().join(&evil), folder.path().join("keys"), folder.path().join("config.toml"));
    std::fs::write(&bad, nasty()).unwrap();
    std::fs::write(&keys, [b"CLIENT_RANDOM ".as_slice(), &nasty(), b"\n", &nasty()].concat()).unwrap();
    std::fs::write(&config, "theme = \"\u{9b}31m\u{202e}\"\n[keys]\n\"\u{9b}31m\" = \"\u{202e}\"\n").unwrap();
    let tables = folder.path().join("tables.toml");
    std::fs::write(&tables, "[report]\n\"\u{9b}31m\u{202e}\" = \"\u{202e}\"\n").unwrap();
    let option = |name: &str| OsString::from(OsStr::from_bytes(&[name.as_bytes(), evil.as_bytes()].concat()));
    let [report, export] = ["report", "export"].map(OsString::from);
    let word = OsString::from;
    let cases: Vec<Vec<OsString>> = vec![
        vec![evil.clone()],
        vec![no_text.clone()],
        vec![option("--")],
        vec![report.clone(), evil.clone()],
        vec![report.clone(), no_text.clone()],
        vec![report.clone(), bad.clone().into()],
        vec![report.clone(), option("-Ytcp.port == "), good.into()],
        vec![report.clone(), word("-Y"), no_text.clone(), good.into()],
        vec![report.clone(), option("--decode-as=443="), good.into()],
        vec![report.clone(), option("--decode-as="), good.into()],
        vec![report.clone(), option("--color="), good.into()],
        vec![report.clone(), option("--width="), good.into()],
        vec![report.clone(), option("-a"), good.into()],
        vec![report.clone(), word("--keylog"), evil.clone(), good.into()],
        vec![report.clone(), word("--keylog"), keys.into(), good.into()],
        vec![report.clone(), word("--rsa-key"), evil.clone(), good.into()],
        vec![report.clone(), word("--rsa-key"), bad.clone().into(), good.into()],
        vec![report.clone(), word("--trust"), bad.into(), good.into()],
        vec![report.clone(), word("-i"), evil.clone()],
        vec![export.clone(), option("--to="), good.into()],
        vec![export.clone(), word("--to=ndjson"), option("--types="), good.into()],
        vec![
            export,
            word("--to=ndjson"),
            word("-o"),
            folder.path().join("no").join(&evil).into(),
            good.into(),
        ],
        vec![word("--config"), config.into(), good.into()],
        vec![report, word("--config"), tables.into(), good.into()],
        vec![word("--config"), evil, good.into()],
    ];
    for case in cases {
        let arguments: Vec<&OsStr> = case.iter().map(OsString::as_os_str).collect();
        let output = tapline(&arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(strange(&output.stderr, ""), None, "{case:?}: {said}");
        assert!(!said.is_empty(), "{case:?} goes well");
        let first = said.split_once(' ').unwrap().0;
        assert!(["tapline:", "error:"].contains(&first), "{case:?}: {said}");
    }
    assert!(nasty_name().contains(&b'\n'));
}
