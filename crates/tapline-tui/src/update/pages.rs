//! Which screen is shown, where one came from, and the connection that is looked at closely.

use super::{Effect, list};
use crate::limits::CAME_FROM_MAX;
use crate::model::{Came, Close, Entry, Focus, Marked, Model, Opened, Page, Status};
use tapline_engine::Subject;

/// Shows a screen; the way here is forgotten, because nobody went down it.
pub(super) fn show(model: &mut Model, page: Page) {
    model.page = page;
    model.focus = Focus::List;
    model.came_from.clear();
}

/// Goes a level deeper: `Esc` comes back to where one is.
pub(super) fn descend(model: &mut Model, page: Page) {
    if model.came_from.len() >= CAME_FROM_MAX {
        model.came_from.remove(0);
    }
    model.came_from.push(Came { page: model.page, focus: model.focus });
    model.page = page;
    model.focus = Focus::List;
}

/// Goes back a level; from what was gone to directly, to the list, or from there to the overview.
pub(super) fn back(model: &mut Model) {
    let came = model.came_from.pop();
    let Came { page, focus } = came.unwrap_or(Came {
        page: if model.page.is_close() { Page::Timeline } else { Page::Overview },
        focus: Focus::List,
    });
    model.page = page;
    model.focus = focus;
}

/// Whether one came here from elsewhere.
pub(super) fn came_from(model: &Model) -> Option<Page> {
    model.came_from.last().map(|came| came.page)
}

/// Asks for a close look where the screen needs one that is not there: of another connection, or of one that has gone
/// on since.
pub(super) fn look(model: &mut Model) -> Effect {
    if !model.page.is_close() {
        return Effect::None;
    }
    let Some(entry) = model.selected_entry() else { return Effect::None };
    let Some(record) = model.selected_row().and_then(|row| row.record()) else { return Effect::None };
    let subject = Subject::of(record);
    let known = model.opened.as_ref();
    if known.is_some_and(|opened| opened.id == entry.id && opened.last >= subject.last) {
        return Effect::None;
    }
    if known.is_none_or(|opened| opened.id != entry.id) {
        model.ladder.rungs.clear();
        model.streams.lanes.clear();
        model.bytes.clear();
        model.close_zoomed = None;
    }
    // What goes on is not read anew with every packet of it.
    let goes_on = known.is_some_and(|opened| opened.id == entry.id);
    if goes_on && model.source.end == crate::model::End::Loading {
        return Effect::None;
    }
    model.opened = Some(Opened { id: entry.id, last: subject.last, status: Status::Reading(0) });
    Effect::Look(subject)
}

/// The close look has come so far.
pub(super) fn looking(model: &mut Model, permille: u16) {
    if let Some(Opened { status: status @ Status::Reading(_), .. }) = &mut model.opened {
        *status = Status::Reading(permille);
    }
}

/// The close look is done.
pub(super) fn looked(model: &mut Model, found: Result<Box<Close>, String>) {
    if let Some(opened) = &mut model.opened {
        opened.status = match found {
            Ok(close) => {
                model.ladder.build(&close);
                model.streams.build(&close);
                model.bytes.clear();
                Status::Ready(close)
            }
            Err(why) => Status::Failed(why),
        };
    }
    let began = model.selected_row().and_then(|row| row.record()).map(|record| record.first.packet);
    let begins = model.close().and_then(|close| close.record.as_ref()).map(|record| record.first.packet);
    if let (Some(began), Some(begins)) = (began, begins)
        && began < begins
    {
        model.notice = Some(format!("its packets before #{begins} are not kept any more"));
    }
    if let Some(why) = model.close().and_then(|close| close.breaks_off.clone()) {
        model.notice = Some(why);
    }
    // What was zoomed while looking was another axis.
    let whole = model.close_whole();
    model.close_zoomed = model.close_zoomed.filter(|window| window.is_within(whole));
}

/// Remembers where one is.
pub(super) fn mark(model: &mut Model, letter: char) {
    let connection = model.selected_entry().map(|entry| entry.id);
    let spot = Marked { page: model.page, connection, line: model.list.selected };
    model.notice = Some(if model.marks.set(letter, spot) {
        format!("mark {letter} is set")
    } else {
        "marks are letters and digits".to_owned()
    });
}

/// Goes to a mark.
pub(super) fn jump(model: &mut Model, letter: char) {
    let Some(spot) = model.marks.get(letter) else {
        model.notice = Some(format!("there is no mark {letter:?}: m and a letter set one"));
        return;
    };
    if let Some(id) = spot.connection {
        list::show(model, Entry { id, request: None });
    }
    descend(model, spot.page);
}
