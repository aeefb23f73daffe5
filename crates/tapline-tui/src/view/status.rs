//! The last two lines: what the colours mean; how far reading came, what to beware of, which keys to press.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tapline_analysis::{human, printable};

use super::bar;
use super::pen::{self, Pen};
use crate::keys::Action;
use crate::model::{End, Focus, Model, Page, Sort, Typing};
use crate::paint::Cell;
use crate::phases::{Mark, Phase};
use crate::theme::Role;

/// What the bars' colours and glyphs mean, in the order of a life.
pub(super) fn legend(model: &Model, place: Rect, buffer: &mut Buffer) {
    let (entries, gap) = fitting(model, place.width.saturating_sub(1));
    let mut x = place.x + 1;
    for (cell, name) in entries {
        if x + 2 + pen::columns(name) > place.right() {
            break;
        }
        bar::draw(&[cell], Rect { x, width: 1, ..place }, model.theme, buffer);
        let text = Rect { x: x + 2, width: place.right() - x - 2, ..place };
        Pen::new(buffer, text, model.theme).write(name, Role::Dim);
        x += 2 + pen::columns(name) + gap;
    }
}

type Entry = (Cell, &'static str);

/// The phases with their names, and those on narrow screens.
const PHASES: [(Phase, &str); 10] = [
    (Phase::Dns, "DNS"),
    (Phase::Connect, "TCP"),
    (Phase::Tls, "TLS"),
    (Phase::Blocked, "block"),
    (Phase::Send, "send"),
    (Phase::Wait, "wait"),
    (Phase::Receive, "recv"),
    (Phase::Stalled, "stall"),
    (Phase::Idle, "idle"),
    (Phase::Teardown, "close"),
];

/// The marks, the same way.
const MARKS: [(Mark, &str, &str); 4] = [
    (Mark::Dropped, "dropped", "drop"),
    (Mark::Gap, "not captured", "gap"),
    (Mark::Reset, "failed/reset", "failed"),
    (Mark::Unanswered, "no answer", "silent"),
];

/// The legend's entries and the gap between them: what some captures have only where this one does; where there is
/// not room, short names and then without what explains itself.
fn fitting(model: &Model, width: u16) -> (Vec<Entry>, u16) {
    let seen = |phase| match phase {
        Phase::Dns | Phase::Blocked | Phase::Stalled => model.rows.saw(phase),
        _ => true,
    };
    let seen_mark = |mark| match mark {
        Mark::Gap => model.rows.saw_gap(),
        Mark::Dropped => model.source.facts.as_ref().is_some_and(|facts| !facts.drops.is_empty()),
        _ => true,
    };
    let marks = || MARKS.into_iter().filter(|(mark, ..)| seen_mark(*mark));
    let phase = |phase| Cell { left: Some(phase), right: Some(phase), mark: None };
    let mark = |mark| Cell { left: None, right: None, mark: Some(mark) };
    let needs = |entries: &[Entry], gap: u16| -> u16 {
        entries.iter().map(|(_, name)| pen::columns(name) + 2 + gap).sum::<u16>().saturating_sub(gap)
    };
    let phases = || PHASES.into_iter().filter(|&(phase, _)| seen(phase));
    let long = phases().map(|(kind, _)| (phase(kind), kind.name()));
    let long: Vec<Entry> = long.chain(marks().map(|(kind, name, _)| (mark(kind), name))).collect();
    let short = |without: &[Phase]| -> Vec<Entry> {
        let kept = phases().filter(|(kind, _)| !without.contains(kind));
        let kept = kept.map(|(kind, name)| (phase(kind), name));
        kept.chain(marks().map(|(kind, _, name)| (mark(kind), name))).collect()
    };
    let tries = [(long.clone(), 2), (long, 1), (short(&[]), 1), (short(&[Phase::Idle]), 1)];
    let fits = tries.into_iter().find(|(entries, gap)| needs(entries, *gap) <= width);
    fits.unwrap_or_else(|| (short(&[Phase::Idle, Phase::Teardown]), 1))
}

/// How far reading came, what to beware of, which keys to press.
pub(super) fn draw(model: &Model, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, place, model.theme);
    pen.skip(1);
    if let Some(Typing::Mark | Typing::Jump) = model.typing {
        let setting = model.typing == Some(Typing::Mark);
        pen.write(if setting { "mark this place as: " } else { "go to the mark: " }, Role::Strong);
        pen.write("a letter or a digit", Role::Dim);
        return;
    }
    if let Some(notice) = &model.notice {
        return pen.write(notice, Role::Strong);
    }
    if model.typing == Some(Typing::Filter) {
        pen.write("/", Role::Key);
        let (before, behind) = model.filter.text().split_at(model.filter.cursor());
        pen.write(&printable(before), Role::Strong);
        pen.write("▏", Role::Key);
        pen.write(&printable(behind), Role::Strong);
        pen.right(&[
            (&found(model), Role::Plain),
            ("   Enter", Role::Key),
            (" keep  ", Role::Dim),
            ("Tab", Role::Key),
            (" complete  ", Role::Dim),
            ("Esc", Role::Key),
            (" clear ", Role::Dim),
        ]);
        return;
    }
    if model.paused.is_some() {
        pen.write("paused ", Role::Warn);
    }
    if let Some(permille) = model.filter.sifting {
        pen.write(&format!("filtering {} % ", permille / 10), Role::Progress);
    } else if let Some(permille) = model.order.making(&model.rows) {
        pen.write(&format!("sorting {} % ", permille / 10), Role::Progress);
    }
    if let Some(permille) = model.exporting {
        pen.write(&format!("exporting {} %, Esc stops it ", permille / 10), Role::Progress);
    }
    if model.following {
        pen.write("following ", Role::Strong);
    }
    state(model, &mut pen);
    if model.page.is_list() {
        sorting(model, &mut pen);
        filter(model, &mut pen);
    }
    warnings(model, &mut pen);
    hints(model, &mut pen);
}

/// What the list is filtered by, where it is.
fn filter(model: &Model, pen: &mut Pen<'_>) {
    let filter = model.order.filter();
    if !filter.is_empty() {
        let sifted = model.order.asked().sifted.as_ref();
        let (left_out, doubts) = sifted.map_or((0, 0), |sifted| (sifted.left_out(), sifted.doubts));
        if doubts > 0 {
            pen.write(&format!("  {} not sure", human::count(doubts)), Role::Warn);
        }
        if left_out > 0 {
            pen.write(&format!("  {} more match", human::count(left_out)), Role::Warn);
        }
        pen.write("  /", Role::Key);
        let room = pen.room() / 3;
        pen.field(filter, pen::columns(filter).min(room), Role::Strong);
        pen.write(&format!(" {}", found(model)), Role::Dim);
    }
}

fn found(model: &Model) -> String {
    let (listed, all) = (model.order.connections() as u64, model.rows.len() as u64);
    format!("{} of {}", human::count(listed), human::count(all))
}

/// By what the list is sorted, where that is not its natural order.
fn sorting(model: &Model, pen: &mut Pen<'_>) {
    let (sort, reversed) = (model.order.asked().sort, model.order.asked().reversed);
    if sort != Sort::Start || reversed {
        pen.write(&format!("  by {}{}", sort.name(), if reversed { ", reversed" } else { "" }), Role::Dim);
    }
}

/// Cells of the progress bar, on screens of up to a hundred columns and on others.
const BAR_WIDTHS: (u16, u16) = (10, 20);

/// Cells that the hints have at least.
const HINTS_WIDTH: u16 = 18;

fn state(model: &Model, pen: &mut Pen<'_>) {
    let source = &model.source;
    match (source.end, source.permille()) {
        (End::Done, _) => pen.write("loaded", Role::Dim),
        (End::Broken, _) => pen.write("stopped before the end", Role::Bad),
        (End::Loading, Some(permille)) => {
            let width = if model.size.width <= 100 { BAR_WIDTHS.0 } else { BAR_WIDTHS.1 };
            let (full, rest) = progress_bar(permille, width);
            pen.write(&full, Role::Progress);
            pen.write(&rest, Role::Dim);
            let total = source.progress.total_bytes.unwrap_or(0);
            let read = human::bytes(source.progress.read_bytes);
            pen.write(&format!(" {:>3} %  {read} of {}", permille / 10, human::bytes(total)), Role::Plain);
        }
        (End::Loading, None) => {
            let wheel = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"];
            let turn = usize::try_from(source.batches).unwrap_or(0) % wheel.len();
            pen.write(wheel.get(turn).copied().unwrap_or("·"), Role::Progress);
            let doing = if source.is_live() { "live" } else { "reading" };
            pen.write(&format!(" {doing}  {}", human::bytes(source.progress.read_bytes)), Role::Plain);
            // More than none is a warning.
            if source.dropped() == Some(0) {
                pen.write("  0 dropped", Role::Dim);
            }
        }
    }
}

/// The filled part to an eighth of a cell, and the rest.
fn progress_bar(permille: u16, width: u16) -> (String, String) {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = u32::from(permille.min(1000)) * u32::from(width) * 8 / 1000;
    let (whole, part) =
        (usize::try_from(eighths / 8).unwrap_or(0), usize::try_from(eighths % 8).unwrap_or(0));
    let tip = EIGHTHS.get(part).copied().unwrap_or_default();
    let rest = usize::from(width) - whole - usize::from(part > 0);
    ("█".repeat(whole) + tip, "░".repeat(rest))
}

fn warnings(model: &Model, pen: &mut Pen<'_>) {
    let lines = model.warnings();
    let Some(first) = lines.first() else { return };
    pen.write("  ", Role::Plain);
    let more = if lines.len() > 1 { format!(" +{}", lines.len() - 1) } else { String::new() };
    // `w` shows it whole.
    let room = pen.room().saturating_sub(pen::columns(&more) + 3 + HINTS_WIDTH);
    pen.field(first, pen::columns(first).min(room), Role::Warn);
    pen.write(&more, Role::Warn);
    pen.write(" w", Role::Key);
}

/// What matters most where one is, and what it is called there.
fn actions_here(model: &Model) -> &'static [(Action, &'static str)] {
    use Action as A;
    match (model.overlay, model.page, model.focus) {
        (Some(_), ..) => &[(A::Back, "close")],
        (None, Page::Overview | Page::Findings, _) => &[
            (A::Explain, "explain"),
            (A::Open, "go there"),
            (A::Filter, "filter"),
            (A::Down, "select"),
            (A::Quit, "quit"),
        ],
        (None, Page::Connections | Page::Timeline, Focus::List) => &[
            (A::Explain, "explain"),
            (A::Filter, "filter"),
            (A::Open, "ladder"),
            (A::Requests, "requests"),
            (A::Detail, "facts"),
            (A::Sort, "sort"),
            (A::ZoomIn, "zoom"),
            (A::Quit, "quit"),
        ],
        (None, Page::Connections | Page::Timeline, Focus::Detail) => &[
            (A::Explain, "explain"),
            (A::Back, "back"),
            (A::Open, "requests"),
            (A::Down, "scroll"),
            (A::Quit, "quit"),
        ],
        (None, Page::Connections | Page::Timeline, Focus::Requests) => &[
            (A::Explain, "explain"),
            (A::Back, "back"),
            (A::Open, "ladder"),
            (A::Down, "request"),
            (A::Quit, "quit"),
        ],
        (None, Page::Ladder, _) => &[
            (A::Explain, "explain"),
            (A::Back, "back"),
            (A::Open, "bytes"),
            (A::LayerTcp, "TCP"),
            (A::LayerTls, "TLS"),
            (A::LayerHttp, "HTTP"),
            (A::Unfold, "unfold"),
            (A::Quit, "quit"),
        ],
        (None, Page::Bytes, _) => &[
            (A::Explain, "explain"),
            (A::Back, "back"),
            (A::Other, "view"),
            (A::Next, "octets of"),
            (A::Detail, "hex"),
            (A::NextEvent, "next"),
            (A::Quit, "quit"),
        ],
        (None, Page::Streams | Page::Tcp, _) => &[
            (A::Explain, "explain"),
            (A::Back, "back"),
            (A::Other, "view"),
            (A::Next, "side"),
            (A::Quit, "quit"),
        ],
    }
}

fn hints(model: &Model, pen: &mut Pen<'_>) {
    let hints: Vec<(String, &str)> = actions_here(model)
        .iter()
        .filter_map(|&(action, says)| Some((model.keymap.name(action, model.page)?, says)))
        .collect();
    // As many as fit; the first and the last are the ones that everybody needs.
    for kept in (0..hints.len()).rev() {
        let shown = hints.iter().take(kept).chain(hints.last());
        let texts: Vec<(String, Role)> = shown
            .flat_map(|(key, says)| [(key.clone(), Role::Key), (format!(" {says}  "), Role::Dim)])
            .collect();
        let pieces: Vec<(&str, Role)> = texts.iter().map(|(text, role)| (text.as_str(), *role)).collect();
        let width: u16 = pieces.iter().map(|(text, _)| pen::columns(text)).sum();
        if width + 2 <= pen.room() || kept == 0 {
            pen.right(&pieces);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_progress_bar_always_has_its_width() {
        for permille in 0..=1000 {
            let (full, rest) = progress_bar(permille, 20);
            assert_eq!(pen::columns(&full) + pen::columns(&rest), 20, "{permille}");
        }
        assert_eq!(progress_bar(1000, 10).1, "");
        assert_eq!(progress_bar(0, 10).0, "");
    }
}
