//! What real programs put into HTTP: content codings, gRPC calls, WebSocket frames, by their fixtures.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use serde_json::{Value, json};
use tapline_testkit::root;

fn export(fixture: &str, arguments: &[&str]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(["export", "--to", "ndjson"]).args(arguments).arg(root().join("fixtures").join(fixture));
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_page_that_nginx_compressed_has_its_size() {
    let response = |arguments: &[&str]| {
        let exchange = &export("http1/gzip.pcapng", &[&["--types", "http_exchange"], arguments].concat())[0];
        let response = &exchange["response"];
        [&response["content_encoding"], &response["body_bytes_decoded"]].map(Clone::clone)
    };
    // The page is a line of 72 octets, 400 times.
    assert_eq!(response(&["--decode-bodies"]), [json!("gzip"), json!(28_800)]);
    assert_eq!(response(&[]), [json!("gzip"), Value::Null]);
}

#[test]
fn calls_are_what_the_script_makes() {
    let calls: Vec<Value> = export("http2/grpc.pcapng", &["--types", "http_exchange"])
        .iter()
        .map(|exchange| {
            let grpc = &exchange["grpc"];
            assert_eq!(grpc["service"], "shop.v1.Orders");
            json!([
                grpc["method"],
                grpc["request"]["lengths"],
                grpc["response"]["lengths"],
                grpc["status_name"],
                grpc["message"],
                grpc["trailers_only"],
            ])
        })
        .collect();
    let expected = [
        json!(["Find", [2], [11], "OK", null, false]),
        json!(["Find", [4], [], "NOT_FOUND", "no order “lost”: 100 % sure", true]),
        json!(["Watch", [3], [10, 200, 3000], "OK", null, false]),
        // Compressed by gzip: 100 and 5000 octets of one letter.
        json!(["Upload", [24, 41], [4], "OK", null, false]),
        json!(["Nowhere", [0], [], "UNIMPLEMENTED", "Method not found!", true]),
    ];
    assert_eq!(calls, expected);
}

#[test]
fn frames_are_what_the_script_sends() {
    let frames: Vec<Value> = export("http1/websocket.pcapng", &["--types", "websocket_frame"])
        .iter()
        .filter(|frame| frame["from"] == "client")
        .map(|frame| json!([frame["frame"], frame["fin"], frame["compressed"], frame["close"]["reason"]]))
        .collect();
    let expected = [
        json!(["text", true, true, null]),
        json!(["text", false, true, null]),
        json!(["continuation", false, false, null]),
        json!(["continuation", false, false, null]),
        json!(["continuation", true, false, null]),
        json!(["ping", true, false, null]),
        json!(["binary", true, true, null]),
        json!(["close", true, false, "nothing more to say"]),
    ];
    assert_eq!(frames, expected);
}
