//! TLS between real programs, opened: by private keys, by key logs that come late, and after a lost segment.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tapline_engine::capture::{Interface, Item, PcapngWriter, Secret, open};
use tapline_testkit::{Frame, Server, Site, Speech, Turn, Wiretap, capture, frames_of, free_port};

/// OpenSSL's settings without the extended master secret (RFC 7627).
const WITHOUT_EXTENDED_MASTER_SECRET: &str = "\
openssl_conf = begin
[begin]
ssl_conf = settings
[settings]
system_default = usual
[usual]
Options = -ExtendedMasterSecret
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
";

const WITH_EXTENDED_MASTER_SECRET: &str = "\
openssl_conf = begin
[begin]
ssl_conf = settings
[settings]
system_default = usual
[usual]
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
";

/// A site in a folder that goes when the test is over.
struct Stage {
    site: Site,
    folder: tempfile::TempDir,
}

impl Stage {
    /// `None` where a program is missing that plays in it.
    fn new(programs: &[&str]) -> Option<Self> {
        if !tapline_testkit::installed(programs) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let site = Site::new(folder.path()).unwrap();
        fs::write(site.path("with.cnf"), WITH_EXTENDED_MASTER_SECRET).unwrap();
        fs::write(site.path("without.cnf"), WITHOUT_EXTENDED_MASTER_SECRET).unwrap();
        Some(Self { site, folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.site.path(name)
    }

    /// `openssl s_server`, which gives files for paths.
    fn openssl_server(&self, settings: &str, options: &[&str]) -> Server {
        let port = free_port().unwrap();
        let mut command = Command::new("openssl");
        command.args(["s_server", "-WWW", "-cert", "server.pem", "-key", "server.key", "-accept"]);
        command.arg(port.to_string()).args(options).current_dir(&self.folder);
        Server::start(command.env("OPENSSL_CONF", self.path(settings)), port).unwrap()
    }

    /// `openssl s_client` asks for a page.
    fn openssl_client(&self, port: u16, settings: &str, options: &[&str]) {
        let mut child = Command::new("openssl")
            .args(["s_client", "-ign_eof", "-connect"])
            .arg(format!("127.0.0.1:{port}"))
            .args(options)
            .current_dir(&self.folder)
            .env("OPENSSL_CONF", self.path(settings))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"GET /page.html HTTP/1.0\r\n\r\n").unwrap();
        child.wait().unwrap();
    }

    /// nginx, HTTP/1.1 inside of TLS, kept alive.
    fn nginx(&self, protocols: &str, ciphers: &str) -> Server {
        self.site.nginx(&Speech { protocols, ciphers, http2: false }).unwrap()
    }

    /// curl fetches pages one after the other on one connection and logs its secrets.
    fn curl(port: u16, pages: &[&str], keylog: &Path) {
        let urls = pages.iter().map(|page| format!("https://127.0.0.1:{port}/{page}"));
        let output = Command::new("curl")
            .args(["-sk", "--http1.1"])
            .args(pages.iter().flat_map(|_| ["-o", "/dev/null"]))
            .args(urls)
            .env("SSLKEYLOGFILE", keylog)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn write_capture(&self, frames: &[Frame]) -> PathBuf {
        let path = self.path("capture.pcapng");
        fs::write(&path, capture(Vec::new(), frames).unwrap()).unwrap();
        path
    }
}

/// The NDJSON of a capture, without a key log of the environment.
fn export(capture: &Path, options: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_tapline"))
        .args(["export", "--to", "ndjson"])
        .args(options)
        .arg(capture)
        .env_remove("SSLKEYLOGFILE")
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    output
        .stdout
        .split(|octet| *octet == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

fn of_type<'a>(records: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    records.iter().filter(move |record| record["type"] == kind)
}

fn targets(records: &[Value]) -> Vec<String> {
    let requests = of_type(records, "http1_message").filter(|record| record["kind"] == "request");
    requests.map(|record| record["target"].as_str().unwrap().to_owned()).collect()
}

fn finished(records: &[Value]) -> Vec<&Value> {
    of_type(records, "tls_message").filter(|message| message["code"] == 20).collect()
}

/// The premaster secret was encrypted to the server's public key; the session's keys come from it and both randoms.
#[test]
fn a_private_key_opens_what_was_encrypted_to_it() {
    let Some(stage) = Stage::new(&["openssl"]) else { return };
    let cases = [
        ("AES128-SHA", "with.cnf", &[][..]),
        ("AES256-SHA256", "with.cnf", &[]),
        ("AES128-GCM-SHA256", "with.cnf", &[]),
        ("AES256-GCM-SHA384", "with.cnf", &[]),
        ("AES128-SHA", "without.cnf", &[]),
        ("AES256-GCM-SHA384", "without.cnf", &[]),
        ("AES256-SHA", "with.cnf", &["-tls1"]),
        ("AES256-SHA", "without.cnf", &["-tls1_1"]),
    ];
    for (cipher, settings, version) in cases {
        let version = if version.is_empty() { &["-tls1_2"][..] } else { version };
        let cipher_option = format!("{cipher}:@SECLEVEL=0");
        let server =
            stage.openssl_server(settings, &[version, &["-cipher", cipher_option.as_str()]].concat());
        let tap = Wiretap::before(server.port).unwrap();
        stage.openssl_client(tap.port(), settings, &["-cipher", cipher_option.as_str()]);
        let turns = tap.finish();
        drop(server);
        let capture = stage.write_capture(&frames_of(&turns, 1));
        let key = stage.path("server.key");
        let records = export(&capture, &["--rsa-key", key.to_str().unwrap()]);
        assert_eq!(targets(&records), ["/page.html"], "{cipher} {settings} {version:?}");
        assert_eq!(finished(&records).len(), 2, "{cipher} {settings}");
        assert!(finished(&records).iter().all(|message| message["verified"] == true), "{cipher} {settings}");
        let extended = turns_contain_extended_master_secret(&records);
        assert_eq!(extended, settings == "with.cnf", "{cipher} {settings}");
        // Another key opens nothing, and that is said.
        stage.site.openssl(&["genrsa", "-out", "other.key", "2048"]).unwrap();
        let other = stage.path("other.key");
        let records = export(&capture, &["--rsa-key", other.to_str().unwrap()]);
        assert!(targets(&records).is_empty(), "{cipher} {settings}");
        let note = of_type(&records, "tls_session").next().unwrap()["decryption_note"].clone();
        assert_eq!(note, "the private key is not the one that the server used");
    }
}

fn turns_contain_extended_master_secret(records: &[Value]) -> bool {
    of_type(records, "tls_session").next().unwrap()["extended_master_secret"] == true
}

#[test]
fn a_resumed_session_is_opened_with_the_secret_of_the_first() {
    let Some(stage) = Stage::new(&["openssl"]) else { return };
    for settings in ["with.cnf", "without.cnf"] {
        for tickets in [true, false] {
            let ticket_option: &[&str] = if tickets { &[] } else { &["-no_ticket"] };
            let options = ["-tls1_2", "-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"];
            let server = stage.openssl_server(settings, &[&options, ticket_option].concat());
            let tap = Wiretap::before(server.port).unwrap();
            let client = &["-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"][..];
            let first = [client, &["-sess_out", "session"], ticket_option].concat();
            let second = [client, &["-sess_in", "session"], ticket_option].concat();
            stage.openssl_client(tap.port(), settings, &first);
            stage.openssl_client(tap.port(), settings, &second);
            let turns = tap.finish();
            drop(server);
            let capture = stage.write_capture(&frames_of(&turns, 1));
            let key = stage.path("server.key");
            for threads in ["1", "2"] {
                let options = ["--rsa-key", key.to_str().unwrap(), "--threads", threads];
                let records = export(&capture, &options);
                assert_eq!(targets(&records), ["/page.html", "/page.html"], "{settings} {tickets}");
                let resumed: Vec<_> =
                    of_type(&records, "tls_session").map(|s| s["resumed"].clone()).collect();
                assert_eq!(resumed, [false, true], "{settings} {tickets}");
            }
        }
    }
}

#[test]
fn a_private_key_does_not_open_an_ephemeral_key_exchange() {
    let Some(stage) = Stage::new(&["openssl"]) else { return };
    let server = stage.openssl_server("with.cnf", &["-tls1_3"]);
    let tap = Wiretap::before(server.port).unwrap();
    stage.openssl_client(tap.port(), "with.cnf", &[]);
    let capture = stage.write_capture(&frames_of(&tap.finish(), 1));
    drop(server);
    let key = stage.path("server.key");
    let records = export(&capture, &["--rsa-key", key.to_str().unwrap()]);
    let session = of_type(&records, "tls_session").next().unwrap();
    assert_eq!(session["decrypted"], "none");
    let note = session["decryption_note"].as_str().unwrap();
    assert!(note.contains("a private key cannot open it"), "{note}");
}

/// A download in the middle of which a segment is lost.
#[test]
fn requests_behind_a_lost_segment_are_read() {
    for (protocols, ciphers, name) in [
        ("TLSv1.3", "DEFAULT", "TLS 1.3"),
        ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "TLS 1.2"),
        ("TLSv1.2", "ECDHE-RSA-CHACHA20-POLY1305", "TLS 1.2"),
        ("TLSv1.2", "ECDHE-RSA-AES128-SHA", "TLS 1.2"),
    ] {
        let Some(stage) = Stage::new(&["openssl", "nginx", "curl"]) else { return };
        let server = stage.nginx(protocols, ciphers);
        let tap = Wiretap::before(server.port).unwrap();
        let keylog = stage.path("keys");
        Stage::curl(tap.port(), &["page.html", "large.bin", "page.html?last"], &keylog);
        let turns: Vec<Vec<Turn>> = tap.finish();
        drop(server);
        let frames = frames_of(&turns, 1);
        let options = ["--keylog", keylog.to_str().unwrap(), "--hash-bodies"];
        let whole = export(&stage.write_capture(&frames), &options);
        let expected = ["/page.html", "/large.bin", "/page.html?last"];
        assert_eq!(targets(&whole), expected, "{ciphers}");
        let full: Vec<usize> = (0..frames.len()).filter(|&nth| frames[nth].octets.len() > 1400).collect();
        // One segment, then several in a row with the headers of records among them.
        for lost in [1, 13] {
            let from = full[full.len() / 2];
            let mut cut = frames.clone();
            cut.drain(from..from + lost);
            let records = export(&stage.write_capture(&cut), &options);
            assert_eq!(targets(&records), expected, "{ciphers} without {lost}");
            let statuses: Vec<_> = of_type(&records, "http1_message")
                .filter(|record| record["kind"] == "response")
                .map(|record| (record["status"].clone(), record["body_complete"].clone()))
                .collect();
            let complete = [true, false, true].map(|complete| (200.into(), complete.into()));
            assert_eq!(statuses, complete, "{ciphers} without {lost}");
            assert_eq!(of_type(&records, "tls_session").next().unwrap()["version"], name);
            let gaps = of_type(&records, "anomaly").filter(|anomaly| anomaly["code"] == "tls_gap").count();
            assert_eq!(gaps, 1, "{ciphers} without {lost}");
        }
    }
}

/// All that is told but of the capture: the same whatever way secrets come. What waits for them is told later.
fn told(records: &[Value]) -> Vec<String> {
    let rows = records.iter().filter(|record| record["type"] != "capture");
    let mut rows: Vec<_> = rows.map(ToString::to_string).collect();
    rows.sort();
    rows
}

/// Copies a capture of one interface, with secrets behind packet `behind`, or behind all of them.
fn with_secrets(capture: &Path, secrets: &[u8], behind: u64) -> Vec<u8> {
    let mut source = open(&[capture.to_owned()]).unwrap();
    let mut writer = PcapngWriter::new(Vec::new(), "test").unwrap();
    while let Item::Packet(packet) = source.next() {
        if packet.number == 1 {
            let link_type = Some(packet.link_type);
            writer.interface(&Interface { link_type, ..Interface::default() }).unwrap();
        }
        writer.packet(&packet, None).unwrap();
        if packet.number == behind {
            writer.secrets(Secret::TLS_KEY_LOG, secrets).unwrap();
        }
    }
    if behind == u64::MAX {
        writer.secrets(Secret::TLS_KEY_LOG, secrets).unwrap();
    }
    writer.into_inner()
}

/// Secrets inside the capture open what stands before them, in a file, which can be looked through, and in a pipe,
/// where records must wait.
#[test]
fn embedded_secrets_count_wherever_they_stand() {
    let fixtures = tapline_testkit::root().join("fixtures/tls");
    let logs = fs::read_dir(&fixtures).unwrap().map(|entry| entry.unwrap().path());
    let logs: Vec<_> = logs.filter(|path| path.extension().is_some_and(|ending| ending == "keys")).collect();
    assert!(logs.len() > 20, "{}", logs.len());
    for keylog in logs {
        let capture = keylog.with_extension("pcapng");
        let name = capture.file_stem().unwrap().to_str().unwrap();
        let expected = told(&export(&capture, &["--keylog", keylog.to_str().unwrap()]));
        assert!(expected.iter().any(|row| row.contains("\"encrypted\":true")), "{name}");
        let folder = tempfile::tempdir().unwrap();
        for behind in [1, 9, u64::MAX] {
            let copy = folder.path().join("copy.pcapng");
            fs::write(&copy, with_secrets(&capture, &fs::read(&keylog).unwrap(), behind)).unwrap();
            assert_eq!(told(&export(&copy, &[])), expected, "{name} behind {behind}");
            let mut runs = Vec::new();
            for threads in ["1", "2"] {
                let output = Command::new(env!("CARGO_BIN_EXE_tapline"))
                    .args(["export", "--to", "ndjson", "--threads", threads, "-"])
                    .stdin(fs::File::open(&copy).unwrap())
                    .env_remove("SSLKEYLOGFILE")
                    .output()
                    .unwrap();
                let lines = output.stdout.split(|octet| *octet == b'\n');
                let records: Vec<Value> =
                    lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
                assert_eq!(told(&records), expected, "{name} behind {behind} in a pipe");
                runs.push(output.stdout);
            }
            assert_eq!(runs[0], runs[1], "{name} behind {behind}: threads");
        }
    }
}

/// `curl` and nginx on loopback while the key log is written, later than the first application data.
#[test]
fn a_live_capture_is_opened_with_secrets_that_come_late() {
    let Some(stage) = Stage::new(&["openssl", "nginx", "curl"]) else { return };
    let server = stage.nginx("TLSv1.2 TLSv1.3", "DEFAULT");
    let watched = stage.path("watched");
    fs::write(&watched, "").unwrap();
    let mut tapline = Command::new(env!("CARGO_BIN_EXE_tapline"))
        .args(["export", "--to", "ndjson", "-i", "lo", "-f"])
        .arg(format!("tcp port {}", server.port))
        .args(["--keylog", watched.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (lines, heard) = std::sync::mpsc::channel();
    let stdout = tapline.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        for line in std::io::BufReader::new(stdout).lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
    let patience = std::time::Duration::from_secs(20);
    let begin = std::time::Instant::now();
    let mut requests: Vec<(String, String)> = Vec::new();
    let (mut fetched, mut handed_over) = (0, false);
    let is_opened = |requests: &[(String, String)], version: &str| {
        requests.iter().any(|(url, status)| url.contains(version) && status == "200")
    };
    while begin.elapsed() < patience && !(is_opened(&requests, "?12") && is_opened(&requests, "?13")) {
        if let Some(status) = tapline.try_wait().unwrap() {
            let mut said = String::new();
            std::io::Read::read_to_string(&mut tapline.stderr.take().unwrap(), &mut said).unwrap();
            assert!(said.contains("no permission to capture") || said.contains("libpcap"), "{status} {said}");
            tapline_testkit::skipped(format!("no live capture: {said}"));
            return;
        }
        // The first fetches may come before the capture has begun.
        if !handed_over {
            for (version, page) in [("--tls-max=1.2", "page.html?12"), ("--tlsv1.3", "page.html?13")] {
                let version = version.replace("--tls-max=1.2", "--tls-max 1.2");
                let output = Command::new("curl")
                    .args(["-sk", "--http1.1", "-o", "/dev/null"])
                    .args(version.split(' '))
                    .arg(format!("https://127.0.0.1:{}/{page}&{fetched}", server.port))
                    .env("SSLKEYLOGFILE", stage.path("keys"))
                    .output()
                    .unwrap();
                assert!(output.status.success());
            }
            fetched += 1;
        }
        std::thread::sleep(std::time::Duration::from_millis(400));
        // Both connections are over by now, and nothing of them could be read.
        if fetched == 3 && !handed_over {
            let early: Vec<String> =
                heard.try_iter().filter(|line| line.contains("\"http1_message\"")).collect();
            assert!(early.is_empty(), "{early:?}");
            fs::copy(stage.path("keys"), &watched).unwrap();
            handed_over = true;
        }
        for line in heard.try_iter() {
            let record: Value = serde_json::from_str(&line).unwrap();
            if record["type"] == "http_exchange" {
                let url = record["url"].as_str().unwrap().to_owned();
                requests.push((url, record["status"].to_string()));
            }
        }
    }
    // By no signal that may be ignored: shells start what runs in the background without SIGINT.
    tapline.kill().unwrap();
    tapline.wait().unwrap();
    reader.join().unwrap();
    for version in ["?12", "?13"] {
        assert!(is_opened(&requests, version), "{version}: {requests:?}");
    }
}

/// A fixture's key log, changed; what then opens, and what is said of it.
fn with_keys(name: &str, change: impl Fn(&str) -> String) -> (Vec<Value>, String) {
    let capture = tapline_testkit::root().join("fixtures/tls").join(name).with_extension("pcapng");
    let folder = tempfile::tempdir().unwrap();
    let keylog = folder.path().join("keys");
    fs::write(&keylog, change(&fs::read_to_string(capture.with_extension("keys")).unwrap())).unwrap();
    let records = export(&capture, &["--keylog", keylog.to_str().unwrap()]);
    let note = of_type(&records, "tls_session").next().unwrap()["decryption_note"].to_string();
    (records, note)
}

/// The same secrets with other digits.
fn wrong(log: &str) -> String {
    let line = |line: &str| {
        let (rest, secret) = line.rsplit_once(' ').unwrap_or((line, ""));
        let secret: String = secret.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
        format!("{rest} {secret}\n")
    };
    log.lines().filter(|line| !line.starts_with('#')).map(line).collect()
}

#[test]
fn wrong_secrets_are_said_to_be_wrong_and_the_last_one_counts() {
    for name in ["tls13", "tls12-ecdhe", "tls12-cbc", "tls13-ccm"] {
        let right = with_keys(name, str::to_owned).0;
        let (records, note) = with_keys(name, wrong);
        assert!(targets(&records).is_empty(), "{name}");
        assert!(note.contains("does not open it"), "{name}: {note}");
        let anomalies: Vec<_> = of_type(&records, "anomaly").map(|anomaly| anomaly["code"].clone()).collect();
        assert!(anomalies.contains(&"tls_wrong_secret".into()), "{name}: {anomalies:?}");
        let (records, _) = with_keys(name, |log| format!("{}{log}", wrong(log)));
        assert_eq!(told(&records), told(&right), "{name}");
    }
}

#[test]
fn application_secrets_alone_are_enough() {
    for name in
        ["tls13", "http2-over-tls", "tls13-hello-retry", "tls13-client-certificate", "tls13-key-update"]
    {
        let exchanges = |records: &[Value]| {
            let rows = of_type(records, "http_exchange").chain(of_type(records, "http2_frame"));
            rows.map(ToString::to_string).collect::<Vec<_>>()
        };
        let right = with_keys(name, str::to_owned).0;
        let alone = |log: &str| {
            let lines: Vec<_> = log.lines().filter(|line| line.contains("_TRAFFIC_SECRET_0")).collect();
            lines.join("\n")
        };
        let (records, _) = with_keys(name, alone);
        let data = |records: &[Value]| {
            let data = of_type(records, "tls_message").filter(|message| message["encrypted"] == true);
            data.filter(|message| message["content"] == "application_data").count()
        };
        assert_eq!(data(&records), data(&right), "{name}");
        // Without EncryptedExtensions the protocol is found by its octets.
        let without_tls_time = |rows: Vec<String>| -> Vec<String> {
            let cut = |row: String| row.split("\"timings_ns\"").next().unwrap().to_owned();
            rows.into_iter().map(cut).collect()
        };
        assert_eq!(without_tls_time(exchanges(&records)), without_tls_time(exchanges(&right)), "{name}");
    }
}

/// More waits for secrets than is held: nothing is lost, and what came too late is said.
#[test]
fn what_waits_for_secrets_is_bounded() {
    let Some(stage) = Stage::new(&["openssl", "nginx", "curl"]) else { return };
    let server = stage.nginx("TLSv1.3", "DEFAULT");
    let tap = Wiretap::before(server.port).unwrap();
    let keylog = stage.path("keys");
    Stage::curl(tap.port(), &["large.bin"; 8], &keylog);
    let capture = stage.write_capture(&frames_of(&tap.finish(), 1));
    let late = stage.path("late.pcapng");
    fs::write(&late, with_secrets(&capture, &fs::read(&keylog).unwrap(), u64::MAX)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tapline"))
        .args(["export", "--to", "ndjson", "-"])
        .stdin(fs::File::open(&late).unwrap())
        .env_remove("SSLKEYLOGFILE")
        .output()
        .unwrap();
    let lines = output.stdout.split(|octet| *octet == b'\n');
    let records: Vec<Value> = lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
    let octets = |records: &[Value]| -> u64 {
        let data = of_type(records, "tls_message").filter(|message| message["content"] == "application_data");
        data.map(|message| message["length_bytes"].as_u64().unwrap()).sum()
    };
    assert!(octets(&records) > 8 * 400_000, "{}", octets(&records));
    assert!(targets(&records).is_empty());
    // A file can be looked through first.
    assert_eq!(targets(&export(&late, &[])).len(), 8);
}

/// What sizes and directions tell is what is there: as many exchanges, each as long, waiting as long.
#[test]
fn what_is_inferred_is_what_is_there() {
    for name in ["http1-over-tls", "http2-over-tls", "tls12-ecdhe", "ipv6", "http2-over-tls12"] {
        let capture = tapline_testkit::root().join("fixtures/tls").join(name).with_extension("pcapng");
        let keylog = capture.with_extension("keys");
        let waits = |records: &[Value], inferred: bool| {
            let exchanges: Vec<_> = of_type(records, "http_exchange").collect();
            assert!(
                !exchanges.is_empty() && exchanges.iter().all(|row| row["inferred"] == inferred),
                "{name}"
            );
            exchanges.iter().map(|row| row["timings_ns"]["wait"].clone()).collect::<Vec<_>>()
        };
        let opened = waits(&export(&capture, &["--keylog", keylog.to_str().unwrap()]), false);
        assert_eq!(waits(&export(&capture, &[]), true), opened, "{name}");
    }
}

/// What mail or chat goes on with inside of TLS is no request.
#[test]
fn nothing_is_inferred_behind_starttls() {
    let Some(corpus) = tapline_testkit::corpus("zeek+zeek/testing/btest/Traces/tls") else { return };
    for name in
        ["imap-starttls.pcap", "smtp-starttls.pcap", "irc-starttls.pcap", "xmpp-dialback-starttls.pcap"]
    {
        let records = export(&corpus.join(name), &[]);
        assert!(of_type(&records, "tls_session").next().is_some(), "{name}");
        assert_eq!(of_type(&records, "http_exchange").count(), 0, "{name}");
    }
}
