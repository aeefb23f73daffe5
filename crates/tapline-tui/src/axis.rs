//! The time axis: which column a moment stands in, which moment a column is, and where the ruler's ticks are.

use crate::limits::WINDOW_SPAN_NS_MIN;

/// The part of the capture's time that is shown. Both ends belong to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Window {
    /// Its first moment, nanoseconds since 1970.
    pub(crate) start: i64,
    /// Its length in nanoseconds, never 0.
    pub(crate) span: u64,
}

/// A tick of the ruler.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Tick {
    /// Its column.
    pub(crate) column: usize,
    /// Its time since the capture's start.
    pub(crate) label: String,
}

impl Window {
    /// From one moment to another, in either order.
    pub(crate) fn between(a: i64, b: i64) -> Self {
        Self { start: a.min(b), span: a.abs_diff(b).max(WINDOW_SPAN_NS_MIN) }
    }

    /// Its last moment.
    pub(crate) fn end(self) -> i64 {
        self.start.saturating_add_unsigned(self.span)
    }

    /// The column of a moment inside the window, of so many.
    pub(crate) fn column(self, at: i64, columns: usize) -> Option<usize> {
        if columns == 0 || at < self.start || at > self.end() {
            return None;
        }
        let column = u128::from(at.abs_diff(self.start)) * columns as u128 / u128::from(self.span.max(1));
        Some(usize::try_from(column).unwrap_or(usize::MAX).min(columns - 1))
    }

    /// The columns that a stretch of time touches, first and last; never less than one where it touches the
    /// window at all.
    pub(crate) fn columns(self, from: i64, to: i64, columns: usize) -> Option<(usize, usize)> {
        let to = to.max(from);
        if to < self.start || from > self.end() || (to == self.start && from < to) {
            return None;
        }
        let first = self.column(from.max(self.start), columns)?;
        // A stretch ends before the moment at which the next begins.
        let last = if to > from { to - 1 } else { to };
        Some((first, self.column(last.clamp(self.start, self.end()), columns)?.max(first)))
    }

    /// The first moment of a column.
    pub(crate) fn time(self, column: usize, columns: usize) -> i64 {
        let part = u128::from(self.span) * column as u128 / columns.max(1) as u128;
        self.start.saturating_add_unsigned(u64::try_from(part).unwrap_or(u64::MAX))
    }

    /// The moment at a part of the window, in 1/10000.
    pub(crate) fn at_part(self, part: u16) -> i64 {
        self.time(usize::from(part), PARTS)
    }

    /// Half or twice as much time, the moment at `part` (in 1/10000) staying where it is; within `whole`.
    #[must_use]
    pub(crate) fn zoomed(self, zoom: Zoom, part: u16, whole: Self) -> Self {
        let span = match zoom {
            Zoom::In => self.span / 2,
            Zoom::Out => self.span.saturating_mul(2),
        };
        let span = span.clamp(WINDOW_SPAN_NS_MIN.min(whole.span), whole.span);
        let before = u128::from(span) * u128::from(part) / PARTS as u128;
        let before = u64::try_from(before).unwrap_or(u64::MAX);
        Self { start: self.at_part(part).saturating_sub_unsigned(before), span }.within(whole)
    }

    /// Moved by a part of its length, in 1/10000; within `whole`.
    #[must_use]
    pub(crate) fn panned(self, parts: i32, whole: Self) -> Self {
        let by = i128::from(self.span) * i128::from(parts) / PARTS as i128;
        let start = (i128::from(self.start) + by).clamp(i128::from(i64::MIN), i128::from(i64::MAX));
        Self { start: i64::try_from(start).unwrap_or(self.start), ..self }.within(whole)
    }

    /// Whether it is a part of `whole`.
    pub(crate) fn is_within(self, whole: Self) -> bool {
        whole.start <= self.start && self.end() <= whole.end()
    }

    fn within(self, whole: Self) -> Self {
        let last = whole.end().saturating_sub_unsigned(self.span).max(whole.start);
        Self { start: self.start.clamp(whole.start, last), ..self }
    }

    /// The ruler's ticks over so many columns, as times since `origin`; labels never touch.
    pub(crate) fn ticks(self, origin: i64, columns: usize) -> Vec<Tick> {
        for step in steps().skip_while(|&step| u128::from(step) * columns as u128 / 6 < u128::from(self.span))
        {
            let ticks = self.ticks_of(step, origin, columns);
            if ticks.windows(2).all(|pair| match pair {
                [a, b] => a.column + a.label.chars().count() + 2 <= b.column,
                _ => true,
            }) {
                return ticks;
            }
        }
        Vec::new()
    }

    fn ticks_of(self, step: u64, origin: i64, columns: usize) -> Vec<Tick> {
        let step = i128::from(step);
        let offset = i128::from(self.start) - i128::from(origin);
        let end = offset + i128::from(self.span);
        let mut at = offset.div_euclid(step) * step;
        if at < offset {
            at += step;
        }
        let mut ticks = Vec::new();
        while at <= end && ticks.len() <= columns {
            let moment = i64::try_from(at + i128::from(origin)).unwrap_or(i64::MAX);
            if let Some(column) = self.column(moment, columns) {
                ticks.push(Tick { column, label: label(at, step, end) });
            }
            at += step;
        }
        ticks
    }
}

/// Parts that a window is divided in.
const PARTS: usize = 10_000;

/// Which way to zoom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Zoom {
    In,
    Out,
}

const SECOND: u64 = 1_000_000_000;

/// Steps that people count in: 1-2-5 up to a second, then the clock's own.
fn steps() -> impl Iterator<Item = u64> {
    let decimal = (0..9).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
    let clock = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200];
    let days = (0..6).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power) * 86_400));
    decimal.chain(clock.into_iter().chain(days).map(|seconds| seconds.saturating_mul(SECOND)))
}

/// A moment in the unit that fits the axis, with as many decimals as its step needs.
fn label(at: i128, step: i128, end: i128) -> String {
    let s = i128::from(SECOND);
    for (unit, name) in [(86_400 * s, "d"), (3600 * s, "h"), (60 * s, "min")] {
        if step % unit == 0 {
            return format!("{} {name}", at / unit);
        }
    }
    let (unit, name) = [(s, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns")]
        .into_iter()
        .find(|(unit, _)| end.abs() >= *unit)
        .unwrap_or((1, "ns"));
    let (mut decimals, mut rest) = (0_usize, unit);
    while step % rest != 0 {
        rest /= 10;
        decimals += 1;
    }
    let sign = if at < 0 { "-" } else { "" };
    let (whole, part) = (at.abs() / unit, at.abs() % unit / rest);
    if decimals == 0 {
        format!("{sign}{whole} {name}")
    } else {
        format!("{sign}{whole}.{part:0decimals$} {name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn a_moment_stands_in_the_column_that_begins_with_it() {
        let window = Window::between(100, 1100);
        assert_eq!(window.column(100, 10), Some(0));
        assert_eq!(window.column(199, 10), Some(0));
        assert_eq!(window.column(200, 10), Some(1));
        assert_eq!(window.column(1100, 10), Some(9), "the end belongs to the last column");
        assert_eq!((window.column(99, 10), window.column(1101, 10)), (None, None));
        for column in 0..10 {
            assert_eq!(window.column(window.time(column, 10), 10), Some(column));
        }
    }

    #[test]
    fn a_stretch_touches_at_least_one_column_and_leaves_the_next_ones_alone() {
        let window = Window::between(0, 1000);
        assert_eq!(window.columns(0, 200, 10), Some((0, 1)));
        assert_eq!(window.columns(250, 251, 10), Some((2, 2)));
        assert_eq!(window.columns(300, 300, 10), Some((3, 3)));
        assert_eq!(window.columns(-50, 2000, 10), Some((0, 9)));
        assert_eq!(window.columns(-50, -1, 10), None);
        assert_eq!(window.columns(-50, 0, 10), None, "it ended where the window begins");
        assert_eq!(window.columns(900, 100, 10), Some((9, 9)), "a clock that went back makes a point");
    }

    #[test]
    fn zooming_keeps_the_moment_under_the_cursor() {
        let whole = Window::between(0, 1_000_000);
        let mut window = whole;
        let at = window.at_part(3000);
        for _ in 0..8 {
            window = window.zoomed(Zoom::In, 3000, whole);
            assert!((window.at_part(3000) - at).abs() <= 2, "{window:?}");
        }
        for _ in 0..20 {
            window = window.zoomed(Zoom::Out, 3000, whole);
        }
        assert_eq!(window, whole);
    }

    #[test]
    fn panning_stays_inside() {
        let whole = Window::between(0, 1_000_000);
        let window = whole.zoomed(Zoom::In, 5000, whole);
        assert_eq!(window, Window { start: 250_000, span: 500_000 });
        assert_eq!(window.panned(1000, whole).start, 300_000);
        assert_eq!(window.panned(-30_000, whole).start, 0);
        assert_eq!(window.panned(30_000, whole).end(), 1_000_000);
    }

    #[test]
    fn extremes_do_not_overflow() {
        let whole = Window::between(i64::MIN, i64::MAX);
        assert_eq!(whole.column(i64::MAX, 80), Some(79));
        let _ = whole.zoomed(Zoom::In, 10_000, whole).panned(i32::MAX, whole).ticks(i64::MIN, 80);
        let _ = whole.ticks(0, 80);
    }

    #[test]
    fn ticks_are_nice_and_their_labels_never_touch() {
        let check = |start: i64, end: i64, columns: usize, expected: &[&str]| {
            let ticks = Window::between(start, end).ticks(0, columns);
            assert_eq!(ticks.iter().map(|tick| tick.label.as_str()).collect::<Vec<_>>(), expected);
        };
        check(0, 100 * MS, 60, &["0 ms", "20 ms", "40 ms", "60 ms", "80 ms", "100 ms"]);
        check(0, 3500 * MS, 40, &["0 s", "1 s", "2 s", "3 s"]);
        check(0, 3500 * MS, 60, &["0.0 s", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s", "3.0 s", "3.5 s"]);
        check(0, 7_200_000 * MS, 40, &["0 min", "30 min", "60 min", "90 min", "120 min"]);
        check(
            12_345_600_000,
            12_345_640_000,
            60,
            &["12.34560 s", "12.34561 s", "12.34562 s", "12.34563 s", "12.34564 s"],
        );
        check(0, 100, 30, &["0 ns", "50 ns", "100 ns"]);
    }
}
