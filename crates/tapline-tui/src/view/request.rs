//! The selected request, below its line: where its time went, what it stood still for, the call that it is.
//!
//! ```text
//!      TCP      40.6 ms  ▒▒▒▒▒▒▒                              22 %
//!      wait     40.9 ms         ░░░░░░░                       22 %
//!      receive   101 ms                █████████████████████  55 %
//!      stalled  59.8 ms  loss, between packets 55 and 59
//!      gRPC              shop.Cart/Add · 5 NOT_FOUND: no such cart
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tapline_analysis::human;

use super::bar;
use super::pen::Pen;
use crate::axis::Window;
use crate::model::{Call, ExchangeRow, Model, StallRow, Stalled};
use crate::paint::{Sharing, Strip};
use crate::phases::{self, Phase, Span};
use crate::theme::Role;

const INDENT: u16 = 4;
const LABEL_WIDTH: u16 = 8;
const DURATION_WIDTH: u16 = 8;
const SHARE_WIDTH: u16 = 6;

/// In the order of [`tapline_analysis::Timings::phases`].
const PHASES: [Phase; 7] =
    [Phase::Blocked, Phase::Dns, Phase::Connect, Phase::Tls, Phase::Send, Phase::Wait, Phase::Receive];

/// A line.
enum Line<'a> {
    /// A phase and its part of the whole, nanoseconds.
    Phase {
        phase: Phase,
        ns: i64,
        total_ns: i64,
    },
    /// One of the longest stalls; whether it is the first line of them.
    Stall(&'a StallRow, bool),
    /// How many other stalls there were, and what cost most over all of them.
    OtherStalls(&'a Stalled),
    Call(&'a Call),
}

/// Lines that a request takes below its own.
pub(super) fn lines(exchange: &ExchangeRow) -> usize {
    all(exchange).len()
}

/// Draws one of those lines.
pub(super) fn draw(model: &Model, exchange: &ExchangeRow, index: usize, place: Rect, buffer: &mut Buffer) {
    let indent = INDENT.min(place.width);
    let place = Rect { x: place.x + indent, width: place.width - indent, ..place };
    match all(exchange).get(index) {
        Some(&Line::Phase { phase, ns, total_ns }) => {
            let text = Rect { width: place.width.min(LABEL_WIDTH + DURATION_WIDTH + 3), ..place };
            label(&mut Pen::new(buffer, text, model.theme), phase.name(), Some(ns));
            let room = place.width - text.width;
            let width = room.saturating_sub(SHARE_WIDTH);
            let bars = Rect { x: text.right(), width, ..place };
            phase_bar(model, exchange, phase, bars, buffer);
            let share = Rect { x: bars.right(), width: room - width, ..place };
            let percent = format!("{} %", percent(ns, total_ns));
            Pen::new(buffer, share, model.theme).field_right(&percent, share.width, Role::Dim);
        }
        Some(line) => text(line, &mut Pen::new(buffer, place, model.theme)),
        None => {}
    }
}

fn all(exchange: &ExchangeRow) -> Vec<Line<'_>> {
    let timings = exchange.timings();
    let total_ns = timings.total_ns();
    let mut lines = Vec::new();
    for (phase, (_, ns)) in PHASES.into_iter().zip(timings.phases()) {
        let Some(ns) = ns else { continue };
        lines.push(Line::Phase { phase, ns, total_ns });
    }
    if let Some(stalled) = &exchange.stalled {
        let kept = stalled.kept.iter().enumerate();
        lines.extend(kept.map(|(index, stall)| Line::Stall(stall, index == 0)));
        lines.extend((stalled.left_out.0 > 0).then_some(Line::OtherStalls(stalled)));
    }
    lines.extend(exchange.call.as_deref().map(Line::Call));
    lines
}

fn text(line: &Line<'_>, pen: &mut Pen<'_>) {
    match *line {
        Line::Phase { .. } => {}
        Line::Stall(stall, is_first) => {
            label(pen, if is_first { "stalled" } else { "" }, Some(stall.ns()));
            pen.write(stall.cause.words(), if stall.is_hindrance() { Role::Warn } else { Role::Plain });
            let (from, until) = stall.packets;
            pen.write(&format!(", between packets {from} and {until}"), Role::Dim);
        }
        Line::OtherStalls(stalled) => {
            let ((count, ns), (cause, worst_ns)) = (stalled.left_out, stalled.worst);
            label(pen, "", Some(ns));
            pen.write(&format!("in {}", human::plural(count.into(), "shorter one")), Role::Dim);
            let worst = format!(" · most over all: {} {}", cause.words(), human::duration(worst_ns));
            pen.write(&worst, Role::Plain);
        }
        Line::Call(call) => write_call(call, pen),
    }
}

/// The status first where there is not room for all: it is what one looks for.
fn write_call(call: &Call, pen: &mut Pen<'_>) {
    label(pen, "gRPC", None);
    let status = call.status.as_deref().unwrap_or("no status came");
    pen.write(status, if call.succeeded { Role::Good } else { Role::Bad });
    for part in [&call.name, &call.messages] {
        if !part.is_empty() && pen.room() > 3 {
            pen.write(" · ", Role::Dim);
            let room = pen.room();
            pen.field(part, super::pen::columns(part).min(room), Role::Plain);
        }
    }
}

fn label(pen: &mut Pen<'_>, name: &str, ns: Option<i64>) {
    pen.field(name, LABEL_WIDTH, Role::Dim);
    pen.skip(1);
    pen.field_right(&ns.map(human::duration).unwrap_or_default(), DURATION_WIDTH, Role::Plain);
    pen.skip(2);
}

/// A phase where it was on the request's time, and in it what was in the way.
fn phase_bar(model: &Model, exchange: &ExchangeRow, phase: Phase, place: Rect, buffer: &mut Buffer) {
    let window = Window::between(exchange.start, exchange.end);
    let mut strip =
        Strip::new(window, usize::from(place.width), model.theme.columns_a_cell(), Sharing::Highest);
    let mut parts: Vec<Span> = Vec::new();
    phases::whole(exchange, |span| parts.extend((span.phase == phase).then_some(span)));
    for &part in &parts {
        strip.span(part);
    }
    let is_inside = |span: Span| parts.iter().any(|part| part.from <= span.from && span.to <= part.to);
    phases::of_exchange(exchange, |span| {
        if span.phase == Phase::Stalled && is_inside(span) {
            strip.span(span);
        }
    });
    bar::draw(&strip.cells(), place, model.theme, buffer);
}

/// A part of the whole, rounded.
fn percent(ns: i64, total_ns: i64) -> i64 {
    let (ns, total) = (i128::from(ns), i128::from(total_ns));
    (ns * 100 + total / 2).checked_div(total).and_then(|percent| i64::try_from(percent).ok()).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use tapline_analysis::{Cause, Timings};

    use super::*;
    use crate::testing;

    fn names(exchange: &ExchangeRow) -> Vec<&'static str> {
        let name = |line: &Line<'_>| match *line {
            Line::Phase { phase, .. } => phase.name(),
            Line::Stall(stall, _) => stall.cause.words(),
            Line::OtherStalls(_) => "others",
            Line::Call(_) => "gRPC",
        };
        all(exchange).iter().map(name).collect()
    }

    #[test]
    fn what_is_not_known_or_did_not_happen_has_no_line() {
        let row = testing::exchange_row();
        assert_eq!(names(&row), ["send", "wait", "receive"]);
        assert_eq!(names(&ExchangeRow { answered: None, ..row.clone() }), ["send"]);
        assert_eq!(names(&ExchangeRow { sent: None, ..row.clone() }), ["receive"]);
        let timings = Timings { blocked: Some(0), dns: Some(1), wait: Some(2), ..Timings::default() };
        let mut before = testing::before(0);
        before.timings = timings;
        let row = ExchangeRow { before: Some(Box::new(before)), ..row };
        assert_eq!(names(&row), ["blocked", "DNS", "wait"]);
    }

    #[test]
    fn stalls_that_are_not_kept_are_said() {
        let mut stalled = testing::stalled(&[(Cause::Loss, 0, 10), (Cause::Server, 20, 30)]);
        let row = |stalled| ExchangeRow {
            answered: None,
            stalled: Some(Box::new(stalled)),
            ..testing::exchange_row()
        };
        assert_eq!(names(&row(stalled.clone())), ["send", "loss", "server"]);
        stalled.left_out = (3, 60);
        assert_eq!(names(&row(stalled)), ["send", "loss", "server", "others"]);
    }

    #[test]
    fn shares_are_rounded_and_nothing_of_nothing_is_all() {
        assert_eq!((percent(1, 3), percent(2, 3), percent(0, 5), percent(0, 0)), (33, 67, 0, 100));
        assert_eq!(percent(i64::MAX, i64::MAX), 100);
    }
}
