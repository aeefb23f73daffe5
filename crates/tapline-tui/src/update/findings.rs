//! The findings: which is selected, and where it leads.

use super::{layout, list, pages, time};
use crate::keys::Action;
use crate::model::{Entry, ExchangeRow, Model, Page};
use crate::view;

/// Acts on the findings.
pub(super) fn act(model: &mut Model, action: Action) {
    let page = isize::try_from(height(model).saturating_sub(1).max(1)).unwrap_or(1);
    if let Some(lines) = action.lines(page) {
        return model.finding.go(lines);
    }
    match action {
        Action::Open => open(model),
        Action::Back => pages::back(model),
        _ => {}
    }
}

/// Selects the costliest of a kind.
pub(super) fn show_kind(model: &mut Model, code: &str) {
    model.findings.settle();
    if let Some(place) = model.findings.place_of_kind(code) {
        let height = height(model);
        model.finding.show(place, height);
    }
}

/// Scrolls the list under the selection.
pub(super) fn scroll(model: &mut Model, lines: isize) {
    let (count, height) = (model.findings.listed(), height(model));
    model.finding.scroll(lines, count, height);
}

/// Selects what stands on a line of the list, and goes there where it was selected already.
pub(super) fn select_at(model: &mut Model, line: usize) {
    let place = model.finding.top + line;
    if line >= height(model) || place >= model.findings.listed() {
        return;
    }
    if model.finding.selected == place {
        open(model);
    }
    model.finding.selected = place;
}

pub(super) fn keep_in_bounds(model: &mut Model) {
    let (count, height) = (model.findings.listed(), height(model));
    model.finding.keep(count, height);
}

fn height(model: &Model) -> usize {
    layout(model).map_or(1, |layout| view::findings_height(layout.body))
}

/// Goes to the place on the timeline that the selected finding is about.
fn open(model: &mut Model) {
    let Some(finding) = model.findings.get(model.finding.selected) else { return };
    let (connection, stream, at) = (finding.connection, finding.stream, finding.at);
    // What concerns several connections is told at the first packet of one of them.
    let told = connection.and_then(|id| u32::try_from(id).ok());
    let Some(id) = told.or_else(|| model.rows.beginning_at(at)) else {
        model.notice = Some("this finding is about no single connection".to_owned());
        return;
    };
    let Some(row) = model.rows.get(id).filter(|row| row.record().is_some()) else {
        model.notice = Some(format!("connection {id} is not listed"));
        return;
    };
    let is_it = |request: &ExchangeRow| (request.stream, request.packet) == (stream, at);
    let nth = row.exchanges().iter().position(is_it).and_then(|nth| u32::try_from(nth).ok());
    pages::descend(model, Page::Timeline);
    if let Some(nth) = nth {
        list::show_request(model, id, nth);
    } else {
        list::show(model, Entry { id, request: None });
        time::fit(model, id, None);
    }
}
