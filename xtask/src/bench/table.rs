//! Medians and ratios as text.

use std::fmt::Write;

use anyhow::{Context, Result};

use super::Load;
use super::load::Made;
use super::measure::Figures;
use super::peers::{CAT, EXCHANGES, REPORT, TSHARK};

pub(super) fn table(load: Load, made: &Made, figures: &[Figures], runs: usize) -> Result<String> {
    let seconds = |name: &str| {
        let figures = figures.iter().find(|figures| figures.name == name);
        figures.map(|figures| figures.run.seconds).context("a program was not measured")
    };
    let (tshark, cat) = (seconds(TSHARK)?, seconds(CAT)?);
    let mut text = String::new();
    writeln!(
        text,
        "{}: {} packets, {} bytes, {} connections, {} requests.",
        load.what(),
        made.packets,
        made.bytes,
        made.connections,
        made.requests
    )?;
    writeln!(text, "Median of {runs} alternating runs, page cache warm; ratio: times faster than tshark.\n")?;
    writeln!(
        text,
        "| program | seconds | CPU seconds | peak of own memory, MiB | times cat | ratio | budget |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    )?;
    for figure in figures {
        let ratio = tshark / figure.run.seconds;
        let budget = load.budget().and_then(|budget| match figure.name.as_str() {
            REPORT => Some(budget.report),
            EXCHANGES => Some(budget.exchanges),
            _ => None,
        });
        let budget = budget.map_or_else(String::new, |budget| {
            format!("{budget:.0}: {}", if ratio >= budget { "met" } else { "missed" })
        });
        writeln!(
            text,
            "| {} | {:.3} | {:.3} | {:.0} | {:.1} | {ratio:.1} | {budget} |",
            figure.name,
            figure.run.seconds,
            figure.run.cpu_seconds,
            figure.run.peak_mib,
            figure.run.seconds / cat,
        )?;
    }
    Ok(text)
}
