//! Both windows of a sender over time, on the axis of the lanes, with the stretches in which it stood still.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Line, Rectangle};
use tapline_analysis::human;

use crate::axis::Window;
use crate::model::{Close, Model, WindowPoints, windows};
use crate::phases::Phase;
use crate::theme::Role;
use crate::view::pen::Pen;

pub(super) fn draw(model: &Model, close: &Close, place: Rect, axis: Rect, buffer: &mut Buffer) {
    let sender = model.streams.side();
    let lane = model.streams.selected();
    let stream = lane.map_or(0, |lane| lane.stream);
    let [connection, of_stream] = windows(close, sender, stream);
    heading(model, stream, place, buffer);
    let chart = Rect { x: axis.x, width: axis.width, y: place.y + 1, height: place.height.saturating_sub(1) };
    if chart.height == 0 || (connection.is_empty() && of_stream.is_empty()) {
        let line = Rect {
            x: place.x + 1,
            y: chart.y,
            width: place.width.saturating_sub(1),
            height: chart.height.min(1),
        };
        let why = format!("no window of the {} is known here", sender.name());
        return Pen::new(buffer, line, model.theme).write(&why, Role::Dim);
    }
    let window = model.axis_window();
    let standstills = lane.map(|lane| lane.standstills.as_slice()).unwrap_or_default();
    let curves = [(&connection, Phase::Connect), (&of_stream, Phase::Tls)];
    let high =
        curves.iter().flat_map(|(points, _)| points.iter()).map(|(_, level)| *level).max().unwrap_or(0);
    let low = curves
        .iter()
        .flat_map(|(points, _)| points.iter())
        .map(|(_, level)| *level)
        .min()
        .unwrap_or(0)
        .min(0);
    paint(model, &curves, standstills, (low, high.max(1)), window, chart, buffer);
    // What a level means, left of the chart.
    let label = |y: u16, level: i64| {
        (Rect { x: place.x + 1, y, width: axis.x.saturating_sub(place.x + 2), height: 1 }, level)
    };
    for (line, level) in [label(chart.top(), high), label(chart.bottom() - 1, low)] {
        let mut pen = Pen::new(buffer, line, model.theme);
        let width = line.width;
        pen.field_right(&octets(level), width, Role::Dim);
    }
    let last = |points: &WindowPoints| {
        let at = model.moment();
        points
            .iter()
            .take_while(|(when, _)| *when <= at)
            .last()
            .map_or("not known".to_owned(), |(_, level)| octets(*level))
    };
    let facts =
        [("connection", last(&connection), Phase::Connect), ("this stream", last(&of_stream), Phase::Tls)];
    for ((name, level, phase), y) in facts.into_iter().zip(chart.top() + 1..chart.bottom().saturating_sub(1))
    {
        let line = Rect { x: place.x + 1, y, width: axis.x.saturating_sub(place.x + 2), height: 1 };
        let mut pen = Pen::new(buffer, line, model.theme);
        pen.styled("⠤ ", ink(model, phase));
        pen.write(&format!("{name:12}"), Role::Plain);
        pen.write(&level, Role::Strong);
    }
    if !standstills.is_empty() && chart.height > 4 {
        let ns = standstills.iter().map(|(from, to)| to.saturating_sub(*from)).sum();
        let line =
            Rect { x: place.x + 1, y: chart.top() + 3, width: axis.x.saturating_sub(place.x + 2), height: 1 };
        let mut pen = Pen::new(buffer, line, model.theme);
        pen.styled("▒ ", ink(model, Phase::Stalled));
        let count = standstills.len() as u64;
        pen.write(&format!("{}, {}", human::plural(count, "standstill"), human::duration(ns)), Role::Warn);
    }
}

fn heading(model: &Model, stream: u32, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, Rect { height: 1, ..place }, model.theme);
    pen.write("── windows ", Role::Strong);
    let of = if stream == 0 { String::new() } else { format!(" and of stream {stream}") };
    let side = model.streams.side().name();
    pen.write(&format!("of what the {side} sends: of the connection{of} "), Role::Plain);
    pen.fill("─", Role::Dim);
}

fn octets(level: i64) -> String {
    let sign = if level < 0 { "-" } else { "" };
    format!("{sign}{}", human::bytes(level.unsigned_abs()))
}

fn ink(model: &Model, phase: Phase) -> Style {
    model.theme.colour(phase).map_or(Style::new(), |colour| Style::new().fg(colour))
}

#[expect(clippy::cast_precision_loss, reason = "cells of a screen are coarser")]
fn paint(
    model: &Model,
    curves: &[(&WindowPoints, Phase); 2],
    standstills: &[(i64, i64)],
    (low, high): (i64, i64),
    window: Window,
    place: Rect,
    buffer: &mut Buffer,
) {
    let x = |at: i64| at.saturating_sub(window.start) as f64;
    let colour = |phase: Phase| model.theme.colour(phase).unwrap_or_default();
    let span = window.span as f64;
    let canvas = Canvas::default()
        .marker(Marker::Braille)
        .x_bounds([0.0, span])
        .y_bounds([low as f64, high as f64])
        .paint(|context| {
            for (points, phase) in curves {
                let ends = points.iter().skip(1).map(|(at, _)| *at).chain([window.end()]);
                for (&(from, level), to) in points.iter().zip(ends) {
                    let (from, to) = (x(from).clamp(0.0, span), x(to).clamp(0.0, span));
                    let level = level as f64;
                    context.draw(&Line { x1: from, y1: level, x2: to, y2: level, color: colour(*phase) });
                }
                for pair in points.windows(2) {
                    if let [(_, before), (at, after)] = pair {
                        let at = x(*at);
                        let (y1, y2) = (*before as f64, *after as f64);
                        context.draw(&Line { x1: at, y1, x2: at, y2, color: colour(*phase) });
                    }
                }
            }
            context.layer();
            for (from, to) in standstills {
                let (from, to) = (x(*from).clamp(0.0, span), x(*to).clamp(0.0, span));
                let width = (to - from).max(span / f64::from(place.width) / 4.0);
                let height = (high - low) as f64 / f64::from(place.height.max(1)) / 3.0;
                let y = low as f64;
                context.draw(&Rectangle { x: from, y, width, height, color: colour(Phase::Stalled) });
            }
        });
    canvas.render(place, buffer);
    shade(model, standstills, window, place, buffer);
}

/// Stretches in which the sender stood still: the empty cells above them are shaded.
fn shade(model: &Model, standstills: &[(i64, i64)], window: Window, place: Rect, buffer: &mut Buffer) {
    let style = ink(model, Phase::Stalled);
    for &(from, to) in standstills {
        let Some((first, last)) = window.columns(from, to, usize::from(place.width)) else { continue };
        for column in first..=last {
            let Ok(column) = u16::try_from(column) else { continue };
            for y in place.top()..place.bottom() {
                if let Some(cell) = buffer.cell_mut(Position::new(place.x + column, y))
                    && matches!(cell.symbol(), " " | "⠀")
                {
                    cell.set_symbol("░").set_style(style);
                }
            }
        }
    }
}
