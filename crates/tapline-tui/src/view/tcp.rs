//! What TCP did over time: sequence numbers, round trips, octets in flight.
//!
//! ```text
//! ── connection 3 · sequence numbers of what the server sends ───────────────────
//!  RTT 40.1 ms–82.0 ms, mean 41.2 ms · in flight ≤ 14.6 kB · 3 sent again
//!  ⠤ end of the window  ⠤ acknowledged  ⠤ sent  • sent again
//!    30 kB│         ⡠⠤⠒⠉
//!         │    ⣀⠤⠒⠉ ⢀⣀⡠
//!         │⡠⠔⠊⢀⡠⠔⠉
//!  │0 B───────────────────────────────────
//!   0 ms                100 ms     200 ms
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::Style;
use ratatui::symbols::Marker;
use ratatui::text::Span;
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Widget};
use tapline_analysis::{Sender, human};

use super::pen::Pen;
use super::ruler;
use crate::axis::Window;
use crate::model::{Close, Curve, Model, Plot, curves, thinned};
use crate::phases::Phase;
use crate::theme::Role;

pub(super) fn draw(model: &Model, close: &Close, place: Rect, buffer: &mut Buffer) {
    let from = model.tcp.side(close);
    heading(model, from, place, buffer);
    let line = Rect { x: place.x + 1, y: place.y + 1, width: place.width.saturating_sub(1), height: 1 };
    Pen::new(buffer, line, model.theme).write(&figures(close, from), Role::Plain);
    let axis = axis(place);
    let chart = Rect { y: place.y + 3, height: place.height.saturating_sub(4), ..place };
    let window = model.axis_window();
    let columns = usize::from(axis.width) * 2;
    let curves: Vec<(Curve, Vec<(f64, f64)>)> = curves(close, model.tcp.plot, from)
        .into_iter()
        .map(|(curve, points)| (curve, floats(&thinned(&points, window, columns), window)))
        .collect();
    if curves.iter().all(|(_, points)| points.is_empty()) {
        let line = Rect { y: chart.y + 1, height: 1, x: chart.x + 1, width: chart.width - 1 };
        return Pen::new(buffer, line, model.theme).write("nothing of this was measured here", Role::Dim);
    }
    legend(model, &curves, Rect { y: place.y + 2, height: 1, ..place }, buffer);
    plot(model, &curves, window, chart, buffer);
    ruler::axis(model, axis, "", buffer);
}

/// Cells of the labels left of the chart.
const LABEL_WIDTH: u16 = 9;

/// The place of the time axis.
pub(crate) fn axis(place: Rect) -> Rect {
    let x = (place.x + LABEL_WIDTH + 1).min(place.right());
    Rect { x, y: place.bottom().saturating_sub(1), height: 1, width: place.right() - x }
}

fn heading(model: &Model, from: Sender, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, Rect { height: 1, ..place }, model.theme);
    let id = model.opened.as_ref().map_or(0, |opened| opened.id);
    pen.write(&format!("── connection {id} "), Role::Strong);
    pen.write(&format!("· {} of what the {} sends ", model.tcp.plot.name(), from.name()), Role::Plain);
    pen.fill("─", Role::Dim);
}

/// What the samples come to.
fn figures(close: &Close, from: Sender) -> String {
    let of_side = || close.samples.iter().filter(|sample| sample.from == from);
    let trips: Vec<i64> = of_side().filter_map(|sample| sample.sample.round_trip_ns).collect();
    let mut parts = Vec::new();
    if let (Some(min), Some(max)) = (trips.iter().min(), trips.iter().max()) {
        let mean = trips.iter().sum::<i64>() / i64::try_from(trips.len()).unwrap_or(1).max(1);
        let [min, max, mean] = [*min, *max, mean].map(human::duration);
        parts.push(format!("RTT {min}–{max}, mean {mean}"));
    }
    let most = of_side().map(|sample| sample.sample.in_flight_bytes).max().unwrap_or(0);
    parts.push(format!("in flight ≤ {}", human::bytes(most)));
    if let Some(least) = of_side().filter_map(|sample| sample.sample.window_bytes).min() {
        parts.push(format!("window ≥ {}", human::bytes(least)));
    }
    let again = close.verdicts.iter().filter(|verdict| {
        verdict.from == from && verdict.verdict.flags.has(tapline_analysis::Flag::Retransmission)
    });
    parts.push(format!("{} sent again", human::count(again.count() as u64)));
    parts.join(" · ")
}

#[expect(clippy::cast_precision_loss, reason = "cells of a screen are coarser")]
fn floats(points: &[(i64, i64)], window: Window) -> Vec<(f64, f64)> {
    points.iter().map(|&(at, value)| (at.saturating_sub(window.start) as f64, value as f64)).collect()
}

fn plot(
    model: &Model,
    curves: &[(Curve, Vec<(f64, f64)>)],
    window: Window,
    place: Rect,
    buffer: &mut Buffer,
) {
    let values = || curves.iter().flat_map(|(_, points)| points).map(|(_, value)| *value);
    let sent = curves.iter().filter(|(curve, _)| *curve != Curve::WindowEnd).flat_map(|(_, points)| points);
    let sent = sent.map(|(_, value)| *value).fold(f64::MIN, f64::max);
    // A window far above what was sent is no reason to draw that small.
    let high = values().fold(f64::MIN, f64::max).min(if sent > 0.0 { sent * 1.25 } else { f64::MAX });
    let low = match model.tcp.plot {
        Plot::Sequence => values().fold(f64::MAX, f64::min),
        Plot::RoundTrips | Plot::InFlight => 0.0,
    };
    // All the same makes a line in the middle, not on an edge.
    let (low, high) = if low < high { (low, high) } else { (low - 1.0, high + 1.0) };
    let dim = model.theme.style(Role::Dim);
    let label = |value: f64| {
        Span::styled(
            format!("{:>width$}", name(model.tcp.plot, value), width = usize::from(LABEL_WIDTH)),
            dim,
        )
    };
    let datasets = curves.iter().filter(|(_, points)| !points.is_empty()).map(|(curve, points)| {
        let (_, marker, kind, _) = look(*curve);
        let style = ink(model, *curve);
        Dataset::default().marker(marker).graph_type(kind).style(style).data(points)
    });
    #[expect(clippy::cast_precision_loss, reason = "cells of a screen are coarser")]
    let span = window.span as f64;
    let x = Axis::default().bounds([0.0, span]).style(dim);
    let y = Axis::default()
        .bounds([low, high])
        .labels([label(low), label(f64::midpoint(low, high)), label(high)])
        .labels_alignment(Alignment::Right)
        .style(dim);
    let chart = Chart::new(datasets.collect()).x_axis(x).y_axis(y).legend_position(None);
    chart.render(place, buffer);
}

/// What the curves are, in their colours.
fn legend(model: &Model, curves: &[(Curve, Vec<(f64, f64)>)], place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, place, model.theme);
    pen.skip(1);
    for (curve, _) in curves.iter().filter(|(_, points)| !points.is_empty()) {
        let (name, marker, ..) = look(*curve);
        pen.styled(if marker == Marker::Dot { "• " } else { "⠤ " }, ink(model, *curve));
        pen.write(name, Role::Dim);
        pen.skip(2);
    }
}

fn ink(model: &Model, curve: Curve) -> Style {
    let (.., phase) = look(curve);
    model.theme.colour(phase).map_or(Style::new(), |colour| Style::new().fg(colour))
}

fn look(curve: Curve) -> (&'static str, Marker, GraphType, Phase) {
    match curve {
        Curve::Sent => ("sent", Marker::Braille, GraphType::Scatter, Phase::Receive),
        Curve::SentAgain => ("sent again", Marker::Dot, GraphType::Scatter, Phase::Stalled),
        Curve::Acknowledged => ("acknowledged", Marker::Braille, GraphType::Line, Phase::Send),
        Curve::WindowEnd => ("end of the window", Marker::Braille, GraphType::Line, Phase::Idle),
        Curve::Window => ("window", Marker::Braille, GraphType::Line, Phase::Idle),
        Curve::InFlight => ("in flight", Marker::Braille, GraphType::Line, Phase::Connect),
        Curve::RoundTrip => ("round trip", Marker::Dot, GraphType::Scatter, Phase::Tls),
    }
}

fn name(plot: Plot, value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "it was a whole number before it was drawn")]
    let value = value.max(0.0) as i64;
    match plot {
        Plot::RoundTrips => human::duration(value),
        Plot::Sequence | Plot::InFlight => human::bytes(value.unsigned_abs()),
    }
}
