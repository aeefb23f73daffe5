//! The streams: which is selected, what is shown of them, and of which time.

use tapline_analysis::Sender;

use super::{layout, pages, time};
use crate::keys::Action;
use crate::model::Model;
use crate::view;

pub(super) fn act(model: &mut Model, action: Action) {
    let page = isize::try_from(height(model).saturating_sub(1).max(1)).unwrap_or(1);
    if let Some(lines) = action.lines(page) {
        return model.streams.place.go(lines);
    }
    match action {
        Action::Other => model.streams.pane = model.streams.pane.next(),
        Action::Next => {
            model.streams.from = Some(match model.streams.side() {
                Sender::Client => Sender::Server,
                Sender::Server => Sender::Client,
            });
        }
        Action::Open => open(model),
        Action::Back => pages::back(model),
        Action::FitSelected => fit_selected(model),
        _ => time::act(model, action),
    }
}

/// Goes to the ladder at the selected stream's first frame.
fn open(model: &mut Model) {
    let Some(close) = model.close() else { return };
    let frame = model.streams.selected().and_then(|lane| close.frames.get(*lane.frames.first()?));
    let packet = frame.map(|frame| frame.origin.packet);
    super::ladder::go_to(model, packet);
    pages::descend(model, crate::model::Page::Ladder);
}

/// The time of the selected stream, with a little room on both sides.
fn fit_selected(model: &mut Model) {
    let Some(close) = model.close() else { return };
    let Some(lane) = model.streams.selected() else { return };
    let at = |place: Option<&usize>| Some(close.frames.get(*place?)?.origin.at.0);
    let (Some(first), Some(last)) = (at(lane.frames.first()), at(lane.frames.last())) else { return };
    let window = time::around(first, last, model.axis_whole());
    model.show_window(window);
}

pub(super) fn scroll(model: &mut Model, lines: isize) {
    let (count, height) = (model.streams.lanes.len(), height(model));
    model.streams.place.scroll(lines, count, height);
}

pub(super) fn keep_in_bounds(model: &mut Model) {
    let (count, height) = (model.streams.lanes.len(), height(model));
    model.streams.place.keep(count, height);
}

/// Selects the lane on a line.
pub(super) fn select_at(model: &mut Model, line: usize) {
    let at = model.streams.place.top + line;
    if line < height(model) && at < model.streams.lanes.len() {
        model.streams.place.selected = at;
    }
}

fn height(model: &Model) -> usize {
    layout(model).map_or(1, |layout| view::streams_height(model, layout.body))
}
