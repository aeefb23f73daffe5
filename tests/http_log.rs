//! HTTP/1 against Zeek's http.log, on Zeek's own traces.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tapline_testkit::corpus;

/// What Zeek logs, by trace.
const LOGGED: &str = include_str!("http_log/zeek.tsv");

/// Method, host, uri, status, octets of the request's and of the response's content; `-` where there is none.
type Row = [String; 6];

fn logged() -> BTreeMap<&'static str, Vec<Row>> {
    let mut traces: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for line in LOGGED.lines().filter(|line| !line.starts_with('#')) {
        let (trace, rest) = line.split_once('\t').unwrap();
        let columns: Vec<String> = rest.split('\t').map(str::to_owned).collect();
        traces.entry(trace).or_default().push(columns.try_into().unwrap());
    }
    traces
}

/// The same of what this program exports.
fn exported(path: &Path) -> Vec<Row> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(["export", "--to", "ndjson", "--types", "http_exchange", "--decode-bodies"]).arg(path);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let exchanges = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    // What TLS hides is inferred here, and not there.
    exchanges.filter(|exchange| exchange["inferred"] == false).map(|exchange| row(&exchange)).collect()
}

fn row(exchange: &Value) -> Row {
    let text = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let headers = exchange["request"]["headers"].as_array();
    let is_host = |field: &&Value| field[0].as_str().is_some_and(|name| name.eq_ignore_ascii_case("host"));
    let host = headers
        .and_then(|headers| headers.iter().find(is_host))
        .map_or("-".to_owned(), |field| text(&field[1]));
    let url = text(&exchange["url"]);
    // `*` is no part of a URL.
    let uri = match url.strip_prefix(&format!("http://{host}")) {
        Some("") => "*".to_owned(),
        Some(uri) => uri.to_owned(),
        None => url,
    };
    let size = |half: &str| exchange[half]["body_bytes_decoded"].as_u64().unwrap_or(0).to_string();
    [text(&exchange["method"]), host, uri, text(&exchange["status"]), size("request"), size("response")]
}

/// What Zeek logs otherwise, and why: rows with blanks between their columns.
struct Difference {
    trace: &'static str,
    zeek: &'static [&'static str],
    ours: &'static [&'static str],
    why: &'static str,
}

/// Requests of the form `GET /HTTP/1.1`, which is HTTP/0.9, and what Google's server answers.
const METHODS_ZEEK: &[&str] = &[
    "OPTIONS www.google.com (empty) 400 0 925",
    "GET www.google.com /HTTP/1.1 0 0 1349",
    "CCM_POST www.google.com /HTTP/1.1 0 0 1068",
    "CONNECT www.google.com /HTTP/1.1 0 0 1068",
    "TRACE www.google.com /HTTP/1.1 0 0 1068",
    "DELETE www.google.com /HTTP/1.1 0 0 1068",
    "PUT www.google.com /HTTP/1.1 0 0 1081",
    "POST www.google.com /HTTP/1.1 0 0 1081",
    "HEAD www.google.com /HTTP/1.1 0 0 143",
];

const METHODS_OURS: &[&str] = &[
    "OPTIONS www.google.com HTTP/1.1 400 0 925",
    "GET www.google.com /HTTP/1.1 403 0 1207",
    "CCM_POST www.google.com /HTTP/1.1 400 0 925",
    "CONNECT www.google.com /HTTP/1.1 400 0 925",
    "TRACE www.google.com /HTTP/1.1 400 0 925",
    "DELETE www.google.com /HTTP/1.1 400 0 925",
    "PUT www.google.com /HTTP/1.1 411 0 934",
    "POST www.google.com /HTTP/1.1 411 0 934",
    "HEAD www.google.com /HTTP/1.1 400 0 0",
];

const FORM: &str = "/cgi-bin/formmail.pl?email=f2@aol.com&subject=www-nrg.ee/cgi-bin/formmail.pl\
    &recipient=unknownz@buy2save.com&msg=w00t";

const DIFFERENCES: &[Difference] = &[
    Difference {
        trace: "261/variant-02-cl_uint64max.pcap",
        zeek: &["GET target /smuggled-cl-uint64max ? ? ?"],
        ours: &[],
        why: "Content-Length 18446744073709551615 is a length that nobody sends: what follows is its body. Zeek \
              takes this number for none",
    },
    Difference {
        trace: "connect-with-smtp.pcap",
        zeek: &["CONNECT - mailin03.sul.t-online.de:25_/ 200 0 0"],
        ours: &["CONNECT - mailin03.sul.t-online.de:25 200 0 0"],
        why: "the line is `CONNECT mailin03.sul.t-online.de:25 / HTTP/1.0`: the first part is the target",
    },
    Difference {
        trace: "http-09-content-length-confusion.pcap",
        zeek: &["- - - 200 0 0", "GET - / 0 0 19"],
        ours: &["- - - 200 0 4", "GET - / - 0 0"],
        why: "the server's head, with a length of 4, comes before the request, and 19 octets behind it, of which ours are 4. \
              Zeek gives all to the request, as the body of HTTP/0.9",
    },
    Difference {
        trace: "http-filename.pcap",
        zeek: &["GET httpbin.org /response-headers?Content-Type=application/octet-stream;_charset=UTF-8\
             &Content-Disposition=attachment;_filename=\"test.json\" 200 0 191"],
        ours: &["GET httpbin.org /response-headers?Content-Type=application/octet-stream;%20charset=UTF-8\
             &Content-Disposition=attachment;%20filename%3d%22test.json%22 200 0 191"],
        why: "Zeek undoes percent-encoding; ours is the target as sent",
    },
    Difference {
        trace: "http-lower-case-nonstandard-port.pcap",
        zeek: &["GET 146.190.62.39 /index.html 200 0 0"],
        ours: &["GET 146.190.62.39 /index.html - 0 0"],
        why: "the status line begins with `http/1.1`, and HTTP's name is written in capitals (RFC 9112 §2.3)",
    },
    Difference {
        trace: "http-single-conn-22.pcap",
        zeek: &["GET - / 200 0 12632"],
        ours: &["GET - / 200 0 12630"],
        why: "the server sends 12649 octets, of which the head has 19. Zeek counts a last line end that is not there",
    },
    Difference {
        trace: "methods.pcap",
        zeek: METHODS_ZEEK,
        ours: METHODS_OURS,
        why: "a request without a version is answered with a status line and fields. Zeek counts these as the body of \
              HTTP/0.9; and it has no target where there is one blank alone, where we have what stands behind it",
    },
    Difference {
        trace: "no-uri.pcap",
        zeek: &["GET bro.org (empty) 200 0 4705"],
        ours: &["GET bro.org HTTP/1.1 200 0 4705"],
        why: "the line is `GET HTTP/1.1`: ours is what stands where the target belongs",
    },
    Difference {
        trace: "no-version.pcap",
        zeek: &["GET - {form} 0 0 323", "- - - - 0 0"],
        ours: &["GET - {form} - 0 0"],
        why: "a page of HTTP/0.9 has no head: that it is no message is said (http1_bad_start_line), and its octets are \
              not counted",
    },
    Difference {
        trace: "smuggle-http-request.pcap",
        zeek: &["POST localhost /first 200 57 35"],
        ours: &["POST localhost /first 200 65 35"],
        why: "80 octets: a gzip header of 10, a stored block's of 5, its 65 octets, and no end. Zeek reads these 65 as \
              a MIME entity with chunks",
    },
];

/// A row of [`DIFFERENCES`]: `_` is a blank within a column, `{form}` a long target.
fn written(row: &str) -> Row {
    let columns: Vec<String> =
        row.split(' ').map(|column| column.replace('_', " ").replace("{form}", FORM)).collect();
    let mut columns: Row = columns.try_into().unwrap();
    // No method has blanks, and some have underscores.
    columns[0] = columns[0].replace(' ', "_");
    columns
}

/// Takes a row out of others; whether it was there. What Zeek did not log is not compared.
fn take(rows: &mut Vec<Row>, wanted: &Row) -> bool {
    let is_same = |row: &Row| row.iter().zip(wanted).all(|(one, other)| one == other || other == "?");
    rows.iter().position(is_same).map(|at| rows.remove(at)).is_some()
}

#[test]
fn messages_are_those_that_zeek_logs() {
    let Some(corpus) = corpus("zeek+zeek/testing/btest/Traces/http") else { return };
    let mut compared = 0;
    for (trace, mut zeek) in logged() {
        let mut ours = exported(&corpus.join(trace));
        for Difference { zeek: theirs, ours: own, why, .. } in
            DIFFERENCES.iter().filter(|difference| difference.trace == trace)
        {
            for row in *theirs {
                assert!(take(&mut zeek, &written(row)), "{trace}: Zeek logs no {row} ({why})");
            }
            for row in *own {
                assert!(
                    take(&mut ours, &written(row)),
                    "{trace}: {row} is not there any more ({why}): {ours:?}"
                );
            }
        }
        compared += zeek.len();
        for row in zeek {
            assert!(take(&mut ours, &row), "{trace}: {row:?} is not among {ours:?}");
        }
        assert_eq!(ours, [[""; 6]; 0], "{trace}");
    }
    assert!(compared > 80, "only {compared} rows");
}

#[test]
fn traces_of_request_smuggling_are_said_to_be() {
    let Some(corpus) = corpus("zeek+zeek/testing/btest/Traces/http") else { return };
    let check = |trace: &str, codes: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
        command.args(["export", "--to", "ndjson", "--types", "anomaly"]).arg(corpus.join(trace));
        let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let seen: Vec<String> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["code"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(seen, codes, "{trace}");
    };
    check("261/variant-01-chunk_2pow64_overflow.pcap", &["http1_bad_chunk_size"]);
    check("261/variant-02-cl_uint64max.pcap", &["http1_body_cut"]);
    check("261/variant-09-te_obs_fold.pcap", &["http1_obs_fold", "http1_transfer_encoding_obfuscated"]);
    check(
        "261/variant-10-multi_value_te.pcap",
        &["http1_transfer_encoding_obfuscated", "http1_bad_start_line"],
    );
    check(
        "http-desync-request-response-5.pcap",
        &["http1_response_unsolicited", "http1_response_unsolicited"],
    );
    check("get.pcap", &[]);
    check("version-mismatch.pcap", &[]);
}
