//! Values of options that have a form of their own.

use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

use tapline_engine::analysis::Protocol;

/// `443=tls`.
pub(super) fn decode_as(text: &str) -> Result<(u16, Protocol), String> {
    let (port, name) = text.split_once('=').ok_or("write it as PORT=PROTO, for example 8443=tls")?;
    let port = port.parse().map_err(|_| format!("{port:?} is no port: 0 to 65535"))?;
    let protocols = [Protocol::Tls, Protocol::Http1, Protocol::Http2];
    let protocol = protocols
        .into_iter()
        .find(|protocol| protocol.name() == name)
        .ok_or_else(|| format!("no protocol {name:?}; there are tls, http, http2"))?;
    Ok((port, protocol))
}

/// When to stop by itself; dumpcap's words.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Autostop {
    Duration(Duration),
    Packets(u64),
    FileBytes(u64),
    Files(NonZeroUsize),
}

pub(super) fn autostop(text: &str) -> Result<Autostop, String> {
    let (what, value) = text.split_once(':').ok_or("write it as duration:10 or packets:1000")?;
    match what {
        "duration" => seconds(value).map(Autostop::Duration),
        "packets" => number(value, "packets").map(Autostop::Packets),
        "filesize" => kilobytes(value).map(Autostop::FileBytes),
        "files" => number(value, "files").map(Autostop::Files),
        _ => Err(format!("no condition {what:?}; there are duration, packets, filesize and files")),
    }
}

/// When a file of a set is full, and how many are kept; dumpcap's words.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Rule {
    FileBytes(u64),
    Duration(Duration),
    Interval(Duration),
    Packets(u64),
    Files(NonZeroUsize),
}

pub(super) fn rule(text: &str) -> Result<Rule, String> {
    let (what, value) = text.split_once(':').ok_or("write it as filesize:100000 or duration:3600")?;
    match what {
        "filesize" => kilobytes(value).map(Rule::FileBytes),
        "duration" => seconds(value).map(Rule::Duration),
        "interval" => seconds(value).map(Rule::Interval),
        "packets" => number(value, "packets").map(Rule::Packets),
        "files" => number(value, "files").map(Rule::Files),
        _ => Err(format!("no rule {what:?}; there are filesize, duration, interval, packets and files")),
    }
}

fn seconds(value: &str) -> Result<Duration, String> {
    let seconds = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| format!("{value:?} is no number of seconds"))
}

fn kilobytes(value: &str) -> Result<u64, String> {
    let bytes = value.parse::<u64>().ok().and_then(|kilobytes| kilobytes.checked_mul(1000));
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| format!("{value:?} is no number of kilobytes"))
}

fn number<T: FromStr>(value: &str, of: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{value:?} is no number of {of}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_stated_by_port() {
        assert_eq!(decode_as("8443=tls"), Ok((8443, Protocol::Tls)));
        assert!(decode_as("8443").unwrap_err().contains("PORT=PROTO"));
        assert!(decode_as("x=tls").unwrap_err().contains("no port"));
        assert!(decode_as("1=quic").unwrap_err().contains("http2"));
    }

    #[test]
    fn when_to_stop_is_read() {
        assert_eq!(autostop("duration:1.5"), Ok(Autostop::Duration(Duration::from_millis(1500))));
        assert_eq!(autostop("packets:3"), Ok(Autostop::Packets(3)));
        for (text, says) in [
            ("10", "duration:10"),
            ("duration:-1", "no number of seconds"),
            ("duration:NaN", "no number of seconds"),
            ("packets:1.5", "no number of packets"),
            ("files:0", "no number of files"),
            ("filesize:0", "no number of kilobytes"),
            ("hours:3", "there are duration, packets"),
        ] {
            assert!(autostop(text).unwrap_err().contains(says), "{text}");
        }
    }

    #[test]
    fn when_a_file_is_full_is_read() {
        assert_eq!(rule("filesize:3"), Ok(Rule::FileBytes(3_000)));
        assert_eq!(rule("interval:60"), Ok(Rule::Interval(Duration::from_mins(1))));
        assert!(rule("100").unwrap_err().contains("filesize:100000"));
        assert!(rule("size:3").unwrap_err().contains("there are filesize"));
    }
}
