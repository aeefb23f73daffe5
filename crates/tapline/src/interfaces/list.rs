//! The list of interfaces as text.

use std::io::{self, Write};
use std::time::Duration;

use tapline_engine::analysis::{human, printable};
use tapline_engine::capture::{DeviceInfo, Traffic};

const HEADS: [&str; 6] = ["interface", "state", "received", "sent", "now", "addresses"];

/// Columns whose numbers stand below one another.
const RIGHT: [usize; 3] = [2, 3, 4];

type Row = [String; 6];

/// One interface; `before`: what had gone through it that long ago.
pub(super) fn row(device: &DeviceInfo, before: Option<Traffic>, ago: Duration) -> Row {
    let state = match (device.is_up, device.is_running) {
        (true, true) => "up, running",
        (true, false) => "up",
        _ => "down",
    };
    let unknown = || "–".to_owned();
    let total = |octets: fn(Traffic) -> u64| {
        device.traffic.map_or_else(unknown, |traffic| human::bytes(octets(traffic)))
    };
    let now = device.traffic.zip(before).map(|(traffic, before)| {
        let went = traffic.since(before);
        let octets = u128::from(went.received_bytes + went.sent_bytes) * 1_000 / ago.as_millis().max(1);
        format!("{}/s", human::bytes(u64::try_from(octets).unwrap_or(u64::MAX)))
    });
    let addresses: Vec<String> = device.addresses.iter().map(ToString::to_string).collect();
    let about = match &device.description {
        Some(description) if addresses.is_empty() => printable(description).into_owned(),
        _ => addresses.join(", "),
    };
    let name = printable(&device.name).into_owned();
    let (received, sent) = (total(|traffic| traffic.received_bytes), total(|traffic| traffic.sent_bytes));
    [name, state.to_owned(), received, sent, now.unwrap_or_else(unknown), about]
}

/// Heads and rows, in columns.
pub(super) fn print(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    let heads = HEADS.map(ToOwned::to_owned);
    let lines: Vec<&Row> = std::iter::once(&heads).chain(rows).collect();
    let width = |column: usize| {
        lines.iter().map(|row| row.get(column).map_or(0, |cell| cell.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
    for row in lines {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let room = " ".repeat(width.saturating_sub(cell.chars().count()));
            let is_right = RIGHT.contains(&column);
            line += &if is_right { format!("{room}{cell}  ") } else { format!("{cell}{room}  ") };
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_one_another() {
        let device = DeviceInfo {
            name: "eth0".to_owned(),
            description: Some("the one".to_owned()),
            addresses: vec!["10.0.0.1".parse().unwrap(), "fe80::1".parse().unwrap()],
            is_loopback: false,
            is_up: true,
            is_running: true,
            is_wireless: false,
            traffic: Some(Traffic { received_bytes: 12_345_678, sent_bytes: 1_500 }),
        };
        let before = Traffic { received_bytes: 12_344_178, sent_bytes: 1_000 };
        let quiet =
            DeviceInfo { name: "any".to_owned(), addresses: Vec::new(), traffic: None, ..device.clone() };
        let rows = [
            row(&device, Some(before), Duration::from_millis(250)),
            row(&quiet, None, Duration::from_millis(250)),
        ];
        let mut out = Vec::new();
        print(&rows, &mut out).unwrap();
        let expected = "\
interface  state        received     sent        now  addresses
eth0       up, running   12.3 MB  1.50 kB  8.00 kB/s  10.0.0.1, fe80::1
any        up, running         –        –          –  the one
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
