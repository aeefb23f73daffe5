//! The figures as a table, and which of them are over a limit.

use std::fmt::Write;

use anyhow::Result;

use super::{Beside, GROWTH_MAX, Limit, Row, SECONDS_MIN, TSHARK_LIMIT};
use crate::bench::measure::Sample;

const MIB: f64 = 1_048_576.0;

/// One row a shape and size.
pub(super) fn table(shapes: &[Vec<Row>], nothing: Sample, runs: usize) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "Best of {runs} runs of `tapline report`, page cache warm. Octets a part: the peak of own memory without the \
         {:.1} MiB of an empty run, by connections, fragments or segments. Growth: the time (the CPU's, where that \
         grew less) beside that of a quarter, without the {:.0} ms of an empty run; linear is 4.\n",
        nothing.peak_mib,
        nothing.seconds * 1000.0
    )?;
    writeln!(
        text,
        "| shape | parts | packets | seconds | CPU seconds | peak of own memory, MiB | octets a part | growth |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )?;
    for row in shapes.iter().flatten() {
        let growth = quarter(shapes, row)
            .map_or(String::new(), |quarter| format!("{:.1}", growth(quarter.run, row.run, nothing)));
        writeln!(
            text,
            "| {} | {} | {} | {:.3} | {:.3} | {:.0} | {:.0} | {growth} |",
            row.name,
            row.count,
            row.packets,
            row.run.seconds,
            row.run.cpu_seconds,
            row.run.peak_mib,
            octets_a_part(row, nothing)
        )?;
    }
    beside_tshark(shapes, &mut text)?;
    Ok(text)
}

fn beside_tshark(shapes: &[Vec<Row>], text: &mut String) -> Result<()> {
    let rows: Vec<&Row> =
        shapes.iter().flatten().filter(|row| !matches!(row.beside, Beside::NotRun)).collect();
    if !rows.is_empty() {
        writeln!(
            text,
            "\n| beside tshark | parts | seconds | peak, MiB | times faster | times smaller |\n\
             | --- | ---: | ---: | ---: | ---: | ---: |"
        )?;
    }
    for row in rows {
        let limit = TSHARK_LIMIT.as_secs_f64();
        write!(text, "| {} | {} | ", row.name, row.count)?;
        match &row.beside {
            Beside::Ran(run) => writeln!(
                text,
                "{:.1} | {:.0} | {:.1} | {:.1} |",
                run.seconds,
                run.peak_mib,
                run.seconds / row.run.seconds,
                run.peak_mib / row.run.peak_mib
            )?,
            _ => writeln!(text, "cut after {limit} | | over {:.0} | |", limit / row.run.seconds)?,
        }
    }
    Ok(())
}

/// What one shape's rows say that is over a limit.
pub(super) fn exceeded(rows: &[Row], nothing: Sample) -> Vec<String> {
    let [quarter, _, whole] = rows else { return Vec::new() };
    let mut found = Vec::new();
    let growth = growth(quarter.run, whole.run, nothing);
    if growth > GROWTH_MAX {
        found.push(format!("{}: time grows {growth:.1} times, more than {GROWTH_MAX}", whole.name));
    }
    match whole.limit {
        Limit::Connection(limit) if octets_a_part(whole, nothing) > limit => {
            let octets = octets_a_part(whole, nothing);
            found.push(format!("{}: {octets:.0} octets a connection, more than {limit:.0}", whole.name));
        }
        Limit::Whole(limit) if whole.run.peak_mib > limit => {
            found.push(format!("{}: {:.0} MiB, more than {limit:.0}", whole.name, whole.run.peak_mib));
        }
        Limit::Connection(_) | Limit::Whole(_) => {}
    }
    found
}

fn octets_a_part(row: &Row, nothing: Sample) -> f64 {
    (row.run.peak_mib - nothing.peak_mib).max(0.0) * MIB / f64::from(row.count.max(1))
}

/// The whole's time by the quarter's. Work that grows shows on the clock and in the CPU's time alike; other
/// programs slow down the clock, and the CPU's is counted in hundredths: the smaller of both is taken.
fn growth(quarter: Sample, whole: Sample, nothing: Sample) -> f64 {
    let ratio = |of: fn(Sample) -> f64| {
        let own = |run| (of(run) - of(nothing)).max(SECONDS_MIN);
        own(whole) / own(quarter)
    };
    ratio(|run| run.seconds).min(ratio(|run| run.cpu_seconds))
}

/// The row of a quarter of this one's size.
fn quarter<'a>(shapes: &'a [Vec<Row>], row: &Row) -> Option<&'a Row> {
    shapes.iter().flatten().find(|other| other.name == row.name && other.count == row.count / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(count: u32, seconds: f64, peak_mib: f64, limit: Limit) -> Row {
        let run = Sample { seconds, cpu_seconds: seconds, peak_mib };
        Row { name: "shape", limit, count, packets: 0, run, beside: Beside::NotRun }
    }

    fn check(limit: Limit, seconds: [f64; 2], peak_mib: f64) -> usize {
        let nothing = Sample { seconds: 0.01, cpu_seconds: 0.01, peak_mib: 2.0 };
        let [quarter, whole] = seconds;
        let rows = [
            row(262_144, quarter, 2.0, limit),
            row(524_288, quarter, 2.0, limit),
            row(1_048_576, whole, peak_mib, limit),
        ];
        exceeded(&rows, nothing).len()
    }

    #[test]
    fn limits_are_held_to_the_largest_size() {
        let linear = [0.11, 0.41];
        assert_eq!(check(Limit::Connection(256.0), linear, 258.0), 0);
        assert_eq!(check(Limit::Connection(256.0), linear, 259.0), 1);
        assert_eq!(check(Limit::Whole(96.0), linear, 96.0), 0);
        assert_eq!(check(Limit::Whole(96.0), linear, 97.0), 1);
    }

    #[test]
    fn growth_counts_where_there_is_time_to_measure() {
        assert_eq!(check(Limit::Whole(96.0), [0.11, 0.65], 2.0), 0);
        assert_eq!(check(Limit::Whole(96.0), [0.11, 0.66], 2.0), 1);
        assert_eq!(check(Limit::Whole(96.0), [0.011, 0.1], 2.0), 0, "a millisecond is noise");
        assert_eq!(check(Limit::Whole(96.0), [0.011, 0.2], 2.0), 1);
    }

    #[test]
    fn a_busy_machine_is_not_taken_for_growth() {
        let run = |seconds, cpu_seconds| Sample { seconds, cpu_seconds, peak_mib: 0.0 };
        let growth = growth(run(0.1, 0.1), run(2.0, 0.41), run(0.0, 0.0));
        assert!((4.0..4.2).contains(&growth), "{growth}");
    }
}
