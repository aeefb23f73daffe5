//! The programs that run beside one another on a capture.

use std::path::Path;
use std::process::Command;

use crate::shell;

/// The floor: reading the file.
pub(super) const CAT: &str = "cat";
/// What the budgets are stated for.
pub(super) const REPORT: &str = "tapline report";
pub(super) const EXCHANGES: &str = "tapline export --types http_exchange";
/// What they are ratios of.
pub(super) const TSHARK: &str = "tshark, listing the requests";

/// Peers that do less than tapline, where they are on this machine: counting packets, following TCP connections, naming
/// protocols.
const OTHERS: [(&str, &str, &[&str]); 3] = [
    ("capinfos", "capinfos, counting", &[]),
    ("tcptrace", "tcptrace, connections", &["-n", "-b"]),
    ("ndpiReader", "ndpiReader, protocols", &["-q", "-i"]),
];

/// What tshark is asked to list: a filter and two fields.
pub(super) struct Listing {
    filter: &'static str,
    fields: [&'static str; 2],
}

impl Listing {
    pub(super) const HTTP1: Self =
        Self { filter: "http.request or http.response", fields: ["http.request.uri", "http.response.code"] };
    pub(super) const HTTP2: Self = Self {
        filter: "http2.headers.path or http2.headers.status",
        fields: ["http2.headers.path", "http2.headers.status"],
    };
}

/// The programs with their names, the floor first.
pub(super) fn programs(
    tapline: &str,
    listing: &Listing,
    keylog: Option<&Path>,
    capture: &Path,
) -> Vec<(&'static str, Command)> {
    let command = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments);
        command
    };
    let mut tshark = command("tshark", &["-n", "-T", "fields", "-Y", listing.filter, "-e", "tcp.stream"]);
    let mut report = command(tapline, &["report"]);
    let mut exchanges = command(tapline, &["export", "--to", "ndjson", "--types", "http_exchange"]);
    tshark.args(listing.fields.iter().flat_map(|field| ["-e", field]));
    if let Some(keylog) = keylog {
        report.arg("--keylog").arg(keylog);
        exchanges.arg("--keylog").arg(keylog);
        tshark.arg("-o").arg(format!("tls.keylog_file:{}", keylog.display()));
    }
    tshark.arg("-r");
    let mut programs =
        vec![(CAT, command("cat", &[])), (REPORT, report), (EXCHANGES, exchanges), (TSHARK, tshark)];
    let others = OTHERS.iter().filter(|(program, ..)| shell::is_there(program));
    programs.extend(others.map(|(program, name, arguments)| (*name, command(program, arguments))));
    for (_, command) in &mut programs {
        command.arg(capture);
    }
    programs
}
