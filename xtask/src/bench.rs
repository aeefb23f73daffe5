//! `cargo xtask bench`: `report` beside tshark and `cat` on a generated capture.

pub(crate) mod keep;
pub(crate) mod load;
pub(crate) mod measure;
mod tls;

use std::fmt::Write;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::shell;
use measure::{Figures, measure};

/// What is in the generated capture.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Load {
    /// HTTP/1.1 in clear.
    Http1,
    /// HTTP/2 inside TLS 1.3, opened with a key log.
    Tls,
}

/// Generates a capture, runs the programs in turn and prints medians and ratios.
pub(crate) fn bench(
    load: Load,
    megabytes: u64,
    runs: usize,
    keep: bool,
    capture: Option<&Path>,
) -> Result<()> {
    ensure!(runs > 0, "at least one run is needed");
    ensure!(shell::is_there("tshark"), "tshark is missing: apt-get install tshark");
    let tapline = shell::tapline()?.display().to_string();
    let folder = tempfile::tempdir()?;
    let capture = capture.map_or_else(|| folder.path().join("load.pcapng"), Path::to_owned);
    let bytes_min = megabytes * 1_000_000;
    let (made, keylog) = match load {
        Load::Http1 => (load::http1(File::create(&capture)?, bytes_min)?, None),
        Load::Tls => {
            let (made, keylog) = tls::http2(&capture, bytes_min, folder.path())?;
            (made, Some(keylog.display().to_string()))
        }
    };
    println!(
        "{} packets, {} bytes, {} connections, {} requests",
        made.packets, made.bytes, made.connections, made.requests
    );
    let keys: Vec<&str> = keylog.iter().flat_map(|keys| ["--keylog", keys]).collect();
    let keys_of_tshark = keylog.as_ref().map(|keys| format!("tls.keylog_file:{keys}"));
    let wanted = match load {
        Load::Http1 => ["http.request or http.response", "http.request.uri", "http.response.code"],
        Load::Tls => {
            ["http2.headers.path or http2.headers.status", "http2.headers.path", "http2.headers.status"]
        }
    };
    let [filter, target, status] = wanted;
    let mut listing: Vec<&str> = keys_of_tshark.iter().flat_map(|keys| ["-o", keys.as_str()]).collect();
    listing.extend([
        "-n",
        "-Y",
        filter,
        "-T",
        "fields",
        "-e",
        "tcp.stream",
        "-e",
        target,
        "-e",
        status,
        "-r",
    ]);
    let export = ["export", "--to", "ndjson", "--types", "http_exchange"];
    let programs: [(&str, Command); 4] = [
        ("cat", command("cat", &[], &capture)),
        ("tapline report", command(&tapline, &[&["report"], &keys[..]].concat(), &capture)),
        ("tapline export --types http_exchange", command(&tapline, &[&export, &keys[..]].concat(), &capture)),
        ("tshark, listing the requests", command("tshark", &listing, &capture)),
    ];
    let figures = measure(programs, runs)?;
    let what = match load {
        Load::Http1 => "HTTP/1.1 over interleaved connections",
        Load::Tls => "HTTP/2 inside TLS 1.3, opened with a key log (h2load and nginx)",
    };
    let text = table(what, &made, &figures, runs)?;
    println!("{text}");
    if keep { keep::keep("bench", &text) } else { Ok(()) }
}

fn command(program: &str, arguments: &[&str], capture: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).arg(capture);
    command
}

fn table(what: &str, made: &load::Made, figures: &[Figures], runs: usize) -> Result<String> {
    let slowest = figures.last().context("nothing was measured")?.run.seconds;
    let mut text = String::new();
    writeln!(
        text,
        "{what}: {} packets, {} bytes, {} connections, {} requests.",
        made.packets, made.bytes, made.connections, made.requests
    )?;
    writeln!(text, "Median of {runs} alternating runs, page cache warm; ratio: times faster than tshark.\n")?;
    writeln!(
        text,
        "| program | seconds | CPU seconds | peak of own memory, MiB | ratio |\n| --- | ---: | ---: | ---: | ---: |"
    )?;
    for figure in figures {
        writeln!(
            text,
            "| {} | {:.3} | {:.3} | {:.0} | {:.1} |",
            figure.name,
            figure.run.seconds,
            figure.run.cpu_seconds,
            figure.run.peak_mib,
            slowest / figure.run.seconds
        )?;
    }
    Ok(text)
}
