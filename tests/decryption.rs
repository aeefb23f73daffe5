//! TLS between real programs, opened: by private keys, by key logs that come late, and after a lost segment.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tapline_testkit::{Frame, Turn, Wiretap, capture, frames_of, free_port, wait_for_port};

/// A folder with a server's key, its certificate and pages.
struct Site {
    folder: tempfile::TempDir,
}

/// A program that is stopped when it is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

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

impl Site {
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.openssl(&[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=www.example.test",
            "-keyout",
            "server.key",
            "-out",
            "server.pem",
        ]);
        fs::write(site.path("page.html"), "<h1>A page</h1>\n").unwrap();
        // What does not compress and repeats nowhere: a linear congruential generator.
        let noise: Vec<u8> = (0..400_000_u32)
            .scan(7_u32, |state, _| {
                *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                Some(state.to_be_bytes()[0])
            })
            .collect();
        fs::write(site.path("large.bin"), noise).unwrap();
        fs::write(site.path("with.cnf"), WITH_EXTENDED_MASTER_SECRET).unwrap();
        fs::write(site.path("without.cnf"), WITHOUT_EXTENDED_MASTER_SECRET).unwrap();
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &[&str]) {
        let output = Command::new("openssl").args(arguments).current_dir(&self.folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// `openssl s_server`, which gives files for paths.
    fn openssl_server(&self, settings: &str, options: &[&str]) -> (Server, u16) {
        let port = free_port().unwrap();
        let child = Command::new("openssl")
            .args(["s_server", "-WWW", "-cert", "server.pem", "-key", "server.key", "-accept"])
            .arg(port.to_string())
            .args(options)
            .current_dir(&self.folder)
            .env("OPENSSL_CONF", self.path(settings))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        assert!(wait_for_port(port), "openssl s_server does not listen");
        (Server(child), port)
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
    fn nginx(&self, protocols: &str, ciphers: &str) -> (Server, u16) {
        let (port, folder) = (free_port().unwrap(), self.folder.path().display());
        let configuration = format!(
            "daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
            events {{ worker_connections 64; }}
            http {{
                access_log off; root {folder}; default_type application/octet-stream;
                client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
                fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
                server {{
                    listen 127.0.0.1:{port} ssl;
                    ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
                    ssl_protocols {protocols}; ssl_ciphers {ciphers};
                }}
            }}"
        );
        fs::write(self.path("nginx.conf"), configuration).unwrap();
        let child = Command::new("nginx")
            .arg("-e")
            .arg(self.path("nginx.log"))
            .arg("-c")
            .arg(self.path("nginx.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        assert!(wait_for_port(port), "nginx does not listen");
        (Server(child), port)
    }

    /// curl fetches pages one after the other on one connection and logs its secrets.
    fn curl(&self, port: u16, pages: &[&str], keylog: &Path) {
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
    let site = Site::new();
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
        let (server, port) =
            site.openssl_server(settings, &[version, &["-cipher", cipher_option.as_str()]].concat());
        let tap = Wiretap::before(port).unwrap();
        site.openssl_client(tap.port(), settings, &["-cipher", cipher_option.as_str()]);
        let turns = tap.finish();
        drop(server);
        let capture = site.write_capture(&frames_of(&turns));
        let key = site.path("server.key");
        let records = export(&capture, &["--rsa-key", key.to_str().unwrap()]);
        assert_eq!(targets(&records), ["/page.html"], "{cipher} {settings} {version:?}");
        assert_eq!(finished(&records).len(), 2, "{cipher} {settings}");
        assert!(finished(&records).iter().all(|message| message["verified"] == true), "{cipher} {settings}");
        let extended = turns_contain_extended_master_secret(&records);
        assert_eq!(extended, settings == "with.cnf", "{cipher} {settings}");
        // Another key opens nothing, and that is said.
        site.openssl(&["genrsa", "-out", "other.key", "2048"]);
        let other = site.path("other.key");
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
    let site = Site::new();
    for settings in ["with.cnf", "without.cnf"] {
        for tickets in [true, false] {
            let ticket_option: &[&str] = if tickets { &[] } else { &["-no_ticket"] };
            let options = ["-tls1_2", "-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"];
            let (server, port) = site.openssl_server(settings, &[&options, ticket_option].concat());
            let tap = Wiretap::before(port).unwrap();
            let client = &["-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"][..];
            let first = [client, &["-sess_out", "session"], ticket_option].concat();
            let second = [client, &["-sess_in", "session"], ticket_option].concat();
            site.openssl_client(tap.port(), settings, &first);
            site.openssl_client(tap.port(), settings, &second);
            let turns = tap.finish();
            drop(server);
            let capture = site.write_capture(&frames_of(&turns));
            let key = site.path("server.key");
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
    let site = Site::new();
    let (server, port) = site.openssl_server("with.cnf", &["-tls1_3"]);
    let tap = Wiretap::before(port).unwrap();
    site.openssl_client(tap.port(), "with.cnf", &[]);
    let capture = site.write_capture(&frames_of(&tap.finish()));
    drop(server);
    let key = site.path("server.key");
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
        let site = Site::new();
        let (server, port) = site.nginx(protocols, ciphers);
        let tap = Wiretap::before(port).unwrap();
        let keylog = site.path("keys");
        site.curl(tap.port(), &["page.html", "large.bin", "page.html?last"], &keylog);
        let turns: Vec<Vec<Turn>> = tap.finish();
        drop(server);
        let frames = frames_of(&turns);
        let options = ["--keylog", keylog.to_str().unwrap(), "--hash-bodies"];
        let whole = export(&site.write_capture(&frames), &options);
        let expected = ["/page.html", "/large.bin", "/page.html?last"];
        assert_eq!(targets(&whole), expected, "{ciphers}");
        let full: Vec<usize> = (0..frames.len()).filter(|&nth| frames[nth].octets.len() > 1400).collect();
        // One segment, then several in a row with the headers of records among them.
        for lost in [1, 13] {
            let from = full[full.len() / 2];
            let mut cut = frames.clone();
            cut.drain(from..from + lost);
            let records = export(&site.write_capture(&cut), &options);
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
