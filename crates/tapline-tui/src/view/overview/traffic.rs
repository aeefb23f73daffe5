//! How much was on the wire over time, as a row of blocks.

use tapline_analysis::{Load, human};

use super::{Line, Part};
use crate::model::{Model, Spot};
use crate::theme::Role;

/// Cells of the name.
const NAME_WIDTH: usize = 12;

/// Rows of the chart.
const ROWS: usize = 3;

/// From nothing to a full cell.
const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

pub(super) fn parts(model: &Model, width: u16) -> Vec<Part> {
    let traffic = &model.source.totals.traffic;
    let whole = model.whole();
    let columns = usize::from(width).saturating_sub(NAME_WIDTH + 2);
    if traffic.loads().is_empty() || columns < 8 {
        return Vec::new();
    }
    let bytes = resampled(traffic.loads(), columns);
    let most = bytes.iter().copied().max().unwrap_or(0).max(1);
    let column_ns = (u128::from(traffic.step_ns()) * traffic.loads().len() as u128 / columns as u128).max(1);
    let rate = u128::from(most) * 1_000_000_000 / column_ns;
    let rate = u64::try_from(rate).unwrap_or(u64::MAX);
    let mut lines = vec![Line::new()];
    for row in (0..ROWS).rev() {
        let name = match row {
            2 => "traffic".to_owned(),
            1 => "peak".to_owned(),
            _ => format!("{}/s", human::bytes(rate)),
        };
        let level = |bytes: u64| usize::try_from(u128::from(bytes) * (ROWS * 8) as u128 / u128::from(most));
        let cells = bytes.iter().map(|&bytes| {
            // Something is never shown as nothing.
            let level = level(bytes).unwrap_or(0).max(usize::from(bytes > 0));
            EIGHTHS.get(level.saturating_sub(row * 8).min(8)).copied().unwrap_or(" ")
        });
        let role = if row == 2 { Role::Strong } else { Role::Dim };
        lines.push(vec![(format!("{name:NAME_WIDTH$}"), role), (cells.collect(), Role::Progress)]);
    }
    let ends = format!(
        "{:>width$}",
        human::duration(i64::try_from(whole.span).unwrap_or(i64::MAX)),
        width = columns - 1
    );
    lines.push(vec![(" ".repeat(NAME_WIDTH), Role::Dim), (format!("0{ends}"), Role::Dim)]);
    let heading = lines.remove(0);
    vec![(None, vec![heading]), (Some(Spot::Traffic), lines)]
}

/// The octets of each of so many columns. Shares of a stretch that columns part are whole octets.
fn resampled(loads: &[Load], columns: usize) -> Vec<u64> {
    let mut bytes = vec![0_u64; columns];
    let (count, columns) = (loads.len() as u128, columns as u128);
    for (index, load) in (0_u128..).zip(loads) {
        // In units of which a stretch has `columns` and a column has `count`.
        let (from, to) = (index * columns, (index + 1) * columns);
        let mut at = from;
        while at < to {
            let column = at / count;
            let until = ((column + 1) * count).min(to);
            let share = u128::from(load.bytes) * (until - from) / columns
                - u128::from(load.bytes) * (at - from) / columns;
            if let Some(bytes) = usize::try_from(column).ok().and_then(|column| bytes.get_mut(column)) {
                *bytes = bytes.saturating_add(u64::try_from(share).unwrap_or(u64::MAX));
            }
            at = until;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_octet_is_lost_whatever_the_columns() {
        let loads: Vec<Load> = (0..37).map(|n| Load { packets: 1, bytes: n * 13 + 1 }).collect();
        let sum: u64 = loads.iter().map(|load| load.bytes).sum();
        for columns in [1, 2, 36, 37, 38, 80, 200] {
            let bytes = resampled(&loads, columns);
            assert_eq!((bytes.len(), bytes.iter().sum::<u64>()), (columns, sum));
        }
        assert_eq!(resampled(&loads[..2], 4), [0, 1, 7, 7]);
    }
}
