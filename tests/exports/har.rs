//! HAR 1.2: an entry an exchange, the same times to the nanosecond.

use serde_json::Value;

use super::{captures, export, records};

/// Milliseconds of a HAR as nanoseconds; `None` for -1.
fn ns(ms: &Value) -> Option<i64> {
    let ms = ms.as_f64().unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "far below 2^53")]
    (ms >= 0.0).then(|| (ms * 1e6).round() as i64)
}

#[test]
fn entries_are_the_exchanges_with_their_times() {
    let (mut entries_seen, mut opened, mut stalls, mut reasons) = (0, 0, 0, 0);
    for path in captures() {
        let har: Value = serde_json::from_str(&export(&path, &["--to", "har"])).unwrap();
        let exchanges = records(&path, "http_exchange");
        let is_told = |exchange: &&Value| exchange["inferred"] == false && !exchange["request"].is_null();
        let told: Vec<&Value> = exchanges.iter().filter(is_told).collect();
        let entries = har["log"]["entries"].as_array().unwrap();
        assert_eq!(entries.len(), told.len(), "{}", path.display());
        let left_out = &har["log"]["_capture"]["exchangesLeftOut"];
        let left_out = left_out["inferred"].as_u64().unwrap() + left_out["without_request"].as_u64().unwrap();
        assert_eq!(left_out, (exchanges.len() - told.len()) as u64, "{}", path.display());
        for (entry, exchange) in entries.iter().zip(told) {
            entries_seen += 1;
            opened += usize::from(entry["_tls"].is_object());
            stalls += entry["_stalls"].as_array().map_or(0, Vec::len);
            let (har, own) = (&entry["timings"], &exchange["timings_ns"]);
            let of = |name: &str| own[name].as_i64();
            let connect = of("connect").map_or(of("tls"), |connect| Some(connect + of("tls").unwrap_or(0)));
            assert_eq!(ns(&har["blocked"]), of("blocked"));
            assert_eq!(ns(&har["dns"]), of("dns"));
            assert_eq!(ns(&har["connect"]), connect);
            assert_eq!(ns(&har["ssl"]), of("tls"));
            for name in ["send", "wait", "receive"] {
                assert_eq!(ns(&har[name]), Some(of(name).unwrap_or(0)), "{}: {name}", path.display());
            }
            let whole: i64 = own.as_object().unwrap().values().filter_map(Value::as_i64).sum();
            assert_eq!(ns(&entry["time"]), Some(whole), "{}", path.display());
            assert_eq!(entry["request"]["method"], exchange["method"]);
            assert_eq!(entry["response"]["status"].as_u64(), exchange["status"].as_u64().or(Some(0)));
            let reason = exchange["reason_phrase"].as_str();
            assert_eq!(reason.is_some(), exchange["response"].is_object() && exchange["version"] != "2");
            assert_eq!(entry["response"]["statusText"], reason.unwrap_or_default());
            reasons += usize::from(reason == Some("Not Found"));
            assert_eq!(entry["connection"], exchange["connection"].to_string());
            assert!(entry["request"]["url"].as_str().unwrap().contains("://"), "{}", path.display());
        }
    }
    assert!(
        entries_seen > 600 && opened > 20 && stalls > 100 && reasons > 0,
        "{entries_seen}, {opened}, {stalls}, {reasons}"
    );
}

/// Its answer comes ahead of the end of the handshake.
#[test]
fn early_data_has_its_session() {
    let path = tapline_testkit::root().join("fixtures/tls/tls13-early-data.pcapng");
    let har: Value = serde_json::from_str(&export(&path, &["--to", "har"])).unwrap();
    let [full, early] = [0, 1].map(|entry| &har["log"]["entries"][entry]["_tls"]);
    assert_eq!((&full["resumed"], &early["resumed"]), (&false.into(), &true.into()));
    assert!(full["handshakeTime"].is_number() && early["handshakeTime"].is_null(), "{early}");
    assert_eq!(early["version"], "TLS 1.3");
}

#[test]
fn bodies_are_written_as_the_server_meant_them() {
    let capture = |name: &str| tapline_testkit::root().join("fixtures").join(name);
    let content = |name: &str, entry: usize, arguments: &[&str]| {
        let har: Value = serde_json::from_str(&export(&capture(name), arguments)).unwrap();
        har["log"]["entries"][entry].clone()
    };
    let with = ["--to", "har", "--bodies"];
    let coded = content("http1/gzip.pcapng", 0, &with);
    let told = &coded["response"]["content"];
    assert!(told["text"].as_str().unwrap().starts_with("The quick brown fox "));
    assert_eq!(told["size"].as_u64(), Some(told["text"].as_str().unwrap().len() as u64));
    let on_wire = coded["response"]["bodySize"].as_i64().unwrap();
    assert_eq!(told["compression"].as_i64(), Some(told["size"].as_i64().unwrap() - on_wire));
    let image = content("tls/http2-over-tls.pcapng", 3, &with);
    assert_eq!(image["response"]["content"]["encoding"], "base64");
    let upload = content("http1/post-100-continue.pcapng", 0, &with);
    let text = upload["request"]["postData"]["text"].as_str().unwrap();
    assert_eq!(text.len() as u64, upload["request"]["bodySize"].as_u64().unwrap());
    // Each pipelined request has the body of its own response.
    let sizes = (0..3).map(|entry| {
        let entry = content("http1/pipelined.pcapng", entry, &with);
        let text = entry["response"]["content"]["text"].as_str().unwrap().len() as u64;
        (text, entry["response"]["bodySize"].as_u64().unwrap())
    });
    assert!(sizes.into_iter().all(|(text, size)| text == size && size > 0));
    let without = content("http1/gzip.pcapng", 0, &["--to", "har"]);
    assert!(without["response"]["content"].get("text").is_none());
}

#[test]
fn a_filter_chooses_entries() {
    let path = tapline_testkit::root().join("fixtures/http1/not-found-and-error.pcapng");
    let har = export(&path, &["--to", "har", "-Y", "http.response.code >= 500"]);
    let har: Value = serde_json::from_str(&har).unwrap();
    let entries = har["log"]["entries"].as_array().unwrap();
    assert!(!entries.is_empty());
    assert!(entries.iter().all(|entry| entry["response"]["status"].as_u64() >= Some(500)));
    assert!(entries.iter().all(|entry| entry["serverIPAddress"].is_string()));
}
