//! Memory while connections come and go: a pipe in which packet time runs as fast as tapline reads.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use tapline_capture::{Interface, PcapngWriter};
use tapline_packet::LinkType;
use tapline_testkit::{Talk, own_kib};

use crate::bench::measure::mib;

const SECOND_NS: i64 = 1_000_000_000;

/// Minutes until as many connections leave the table as come: four after their end, and what they lasted.
const WARM_UP_MINUTES: u32 = 5;

/// How much more than after warm-up may be taken, in percent.
const GROWTH_PERCENT_MAX: f64 = 10.0;

/// What a connection may cost that has had a request, octets: the bound that `cargo xtask scale` holds open ones to.
const CONNECTION_BYTES_MAX: f64 = 2176.0;

/// What may be taken beside connections.
const FIXED_MIB_MAX: f64 = 96.0;

/// Runs tapline on so many minutes of packet time; an error where its memory grows.
pub(super) fn churn(tapline: &Path, a_second: u32, minutes: u32) -> Result<String> {
    let mut command = Command::new(tapline);
    command.args(["export", "--to", "ndjson", "-"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn()?;
    let fed = feed(&mut child, a_second, minutes);
    let status = child.wait()?;
    let curve = fed?;
    ensure!(status.success(), "tapline ended with {status}");
    let text = table(a_second, &curve)?;
    println!("{text}");
    check(a_second, &curve)?;
    Ok(text)
}

/// Own memory after each minute of packet time, MiB.
fn feed(child: &mut Child, a_second: u32, minutes: u32) -> Result<Vec<f64>> {
    let pipe = child.stdin.take().context("no pipe")?;
    let mut out = PcapngWriter::new(BufWriter::with_capacity(1 << 20, pipe), "cargo xtask live")?;
    out.interface(&Interface { link_type: Some(LinkType::ETHERNET), ..Interface::default() })?;
    let (mut packets, mut connections, mut curve) = (0, 0, Vec::new());
    for minute in 0..minutes {
        for second in 0..60 {
            let begin = 1_700_000_000 + i64::from(minute * 60 + second);
            for nth in 0..a_second {
                let at = begin * SECOND_NS + i64::from(nth) * SECOND_NS / i64::from(a_second);
                put(&mut out, connections, at, &mut packets)?;
                connections += 1;
            }
        }
        curve.push(mib(own_kib(child.id()).context("tapline has ended")?));
        eprint!(
            "\r{} of {minutes} minutes, {:.0} MiB ",
            minute + 1,
            curve.last().copied().unwrap_or_default()
        );
    }
    eprintln!();
    out.flush()?;
    Ok(curve)
}

/// A whole connection with one request, from an address and a port that come again much later.
fn put(out: &mut PcapngWriter<impl Write>, number: u32, at: i64, packets: &mut u64) -> io::Result<()> {
    let port = u16::try_from(1024 + number.wrapping_mul(7919) % 60_000).unwrap_or(1024);
    let client = SocketAddr::from((Ipv4Addr::from(0x0a00_0001 + (number & 0x00ff_ffff)), port));
    let initial = number.wrapping_mul(0x9e37_79b9);
    let talk = Talk::new(client, SocketAddr::from(([192, 0, 2, 80], 80)), at)
        .sequences(initial, !initial)
        .step_ns(1_000)
        .handshake()
        .client(b"GET /churn HTTP/1.1\r\nHost: www.example.test\r\n\r\n")
        .server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        .close();
    for frame in &talk.frames {
        *packets += 1;
        out.packet(&frame.packet(*packets), None)?;
    }
    Ok(())
}

fn table(a_second: u32, curve: &[f64]) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "{a_second} connections a second of packet time, each with a request and gone, through a pipe into `tapline export`; \
         own memory at the end of each minute of packet time.\n"
    )?;
    writeln!(text, "| minute | MiB |\n| ---: | ---: |")?;
    // Where it settles each minute, then every tenth.
    let told = (1..).zip(curve).filter(|(minute, _)| *minute <= 2 * WARM_UP_MINUTES || minute % 10 == 0);
    for (minute, mib) in told {
        writeln!(text, "| {minute} | {mib:.0} |")?;
    }
    Ok(text)
}

fn check(a_second: u32, curve: &[f64]) -> Result<()> {
    let warm = curve.get(WARM_UP_MINUTES as usize..).context("it was over before it was warm")?;
    let middle = warm.len() / 2;
    let mean =
        |part: &[f64]| part.iter().sum::<f64>() / f64::from(u32::try_from(part.len()).unwrap_or(1).max(1));
    let (early, late) = warm.split_at(middle);
    let growth = (mean(late) / mean(early) - 1.0) * 100.0;
    let most = warm.iter().copied().fold(0.0, f64::max);
    let there = f64::from(a_second) * 60.0 * f64::from(WARM_UP_MINUTES);
    let bound = FIXED_MIB_MAX + there * CONNECTION_BYTES_MAX / 1_048_576.0;
    println!(
        "after warm-up: {growth:+.1} % from its first half to its second, at most {most:.0} of {bound:.0} MiB"
    );
    ensure!(growth <= GROWTH_PERCENT_MAX, "memory grows: {growth:+.1} %");
    ensure!(most <= bound, "{most:.0} MiB are more than {bound:.0}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_is_found() {
        let flat = [10.0, 50.0, 80.0, 100.0, 110.0, 111.0, 110.0, 112.0, 110.0, 111.0];
        check(500, &flat).unwrap();
        let leaking: Vec<f64> = (0..30).map(|minute| 100.0 + 10.0 * f64::from(minute)).collect();
        assert!(check(500, &leaking).unwrap_err().to_string().contains("grows"));
        assert!(check(500, &[1000.0; 20]).unwrap_err().to_string().contains("more than"));
    }
}
