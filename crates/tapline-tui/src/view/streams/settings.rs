//! What both sides settled, which streams go before others, and what became of pushes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tapline_analysis::decode::http2::SettingId;
use tapline_analysis::{Http2Side, PriorityScheme, StreamPriority, human};

use crate::model::{Close, Model};
use crate::theme::Role;
use crate::view::pen::{self, Pen};

pub(super) fn draw(model: &Model, close: &Close, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, Rect { height: place.height.min(1), ..place }, model.theme);
    pen.write("── settings, priorities, pushes ", Role::Strong);
    pen.fill("─", Role::Dim);
    let width = usize::from(place.width.saturating_sub(2));
    let lines = lines(close).into_iter().flat_map(|(name, text)| {
        let parts = pen::fold(&text, width.saturating_sub(12));
        parts.into_iter().enumerate().map(move |(nth, part)| (if nth == 0 { name } else { "" }, part))
    });
    for ((name, text), y) in lines.zip(place.top() + 1..place.bottom()) {
        let line = Rect { x: place.x + 1, y, width: place.width - 1, height: 1 };
        let mut pen = Pen::new(buffer, line, model.theme);
        pen.field(name, 11, Role::Dim);
        pen.write(&text, Role::Plain);
    }
}

fn lines(close: &Close) -> Vec<(&'static str, String)> {
    let Some(http2) = &close.http2 else { return vec![("", "the connection is not over".to_owned())] };
    let mut lines = vec![("client", of_side(&http2.client)), ("server", of_side(&http2.server))];
    let followed = &http2.priority_followed;
    let scheme = match http2.priority_scheme {
        PriorityScheme::None => "nobody spoke of priorities".to_owned(),
        PriorityScheme::Tree => "dependencies and weights (RFC 7540 §5.3)".to_owned(),
        PriorityScheme::Urgency => "urgency (RFC 9218)".to_owned(),
    };
    lines.push(("priorities", scheme));
    let all: Vec<String> = http2.priorities.iter().map(of_stream).collect();
    if !all.is_empty() {
        lines.push(("", all.join(" · ")));
    }
    if followed.octets_in_order + followed.octets_out_of_order > 0 {
        let (kept, not) =
            (human::bytes(followed.octets_in_order), human::bytes(followed.octets_out_of_order));
        lines.push(("kept to", format!("{kept} in order, {not} before a stream that goes first (inferred)")));
    }
    let pushes = &http2.pushes;
    if pushes.promised > 0 {
        lines.push((
            "pushes",
            format!(
                "{} promised: {} taken, {} refused, {} withdrawn, {} never begun, {} cut",
                pushes.promised,
                pushes.accepted,
                pushes.refused,
                pushes.withdrawn,
                pushes.never_begun,
                pushes.cut
            ),
        ));
    }
    for goaway in &http2.goaways {
        let (from, error) = (goaway.from.name(), goaway.error);
        lines.push((
            "GOAWAY",
            format!(
                "by the {from} in #{}: {error}, last stream {}",
                goaway.origin.packet, goaway.last_stream
            ),
        ));
    }
    lines
}

fn of_side(side: &Http2Side) -> String {
    let frames = side.settings.iter().map(|sent| {
        let settings =
            sent.settings.iter().map(|setting| format!("{} {}", SettingId(setting.id), setting.value));
        let settings: Vec<String> = settings.collect();
        let taken = sent.acknowledged_ns().map_or("never acknowledged".to_owned(), |ns| {
            format!("acknowledged after {}", human::duration(ns))
        });
        let what = if settings.is_empty() { "the defaults".to_owned() } else { settings.join(", ") };
        format!("{what} ({taken})")
    });
    let frames: Vec<String> = frames.collect();
    if frames.is_empty() { "no settings were seen".to_owned() } else { frames.join(" · ") }
}

fn of_stream(priority: &StreamPriority) -> String {
    let stream = priority.stream;
    match (priority.urgency, priority.place) {
        (Some(urgency), _) => {
            let incremental = if urgency.incremental { ", incremental" } else { "" };
            format!("{stream}: urgency {}{incremental}", urgency.urgency)
        }
        (None, Some((parent, weight))) => format!("{stream}: weight {weight} below {parent}"),
        (None, None) => format!("{stream}: none"),
    }
}
