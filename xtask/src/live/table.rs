//! The figures as a table.

use std::fmt::Write;

use anyhow::Result;

use super::Row;
use crate::bench::load::Made;

pub(super) fn table(made: &Made, rows: &[Row], seconds: u32, runs: usize) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "HTTP/1.1 ({} packets of {} octets on average), sent by tcpreplay over veth for {seconds} s at each rate, each time \
         with other addresses; sender and capture share the machine. Median of {runs} alternating runs, by packets missed. \
         Seen: captured by tcpdump, analysed by tapline. Queue: captured by tapline (and written), not analysed.\n",
        made.packets,
        made.bytes / made.packets.max(1),
    )?;
    writeln!(
        text,
        "| packets a second | program | sent | sent a second | seen | written | dropped by the kernel | by the queue | CPU seconds |\n\
         | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )?;
    let known = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), |count| count.to_string());
    for Row { rate, program, counts } in rows {
        writeln!(
            text,
            "| {rate} | {} | {} | {:.0} | {} | {} | {} | {} | {:.2} |",
            program.name(),
            counts.sent.packets,
            counts.sent.a_second,
            counts.seen,
            known(counts.written),
            counts.kernel_dropped,
            known(counts.queue_dropped),
            counts.cpu_seconds
        )?;
    }
    Ok(text)
}
