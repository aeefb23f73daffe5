//! What lies over the screen: the keys, from the key table; the warnings.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};

use super::pen::{self, Pen};
use crate::explain::Explanation;
use crate::here;
use crate::keys::{Group, Keymap, names};
use crate::model::{Model, Overlay};
use crate::theme::Role;
use crate::update::export_choices;

type Line = Vec<(String, Role)>;

/// Cells of the keys in the help.
const KEYS_WIDTH: usize = 14;

/// Cells of a line of text.
const TEXT_WIDTH: usize = 66;

/// Lines that can be scrolled away.
pub(crate) fn scroll_max(model: &Model) -> usize {
    let Some(overlay) = model.overlay else { return 0 };
    let area = Rect::from((Position::ORIGIN, model.size));
    let lines = lines(model, overlay);
    lines.len().saturating_sub(usize::from(frame(area, &lines).height.saturating_sub(2)))
}

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let Some(overlay) = model.overlay else { return };
    let lines = lines(model, overlay);
    let place = frame(area, &lines);
    Clear.render(place, buffer);
    let title = match overlay {
        Overlay::Help => " Keys ",
        Overlay::Warnings => " Before believing it ",
        Overlay::Explain => " What this is ",
        Overlay::Palette => " Commands ",
        Overlay::Export => " Export ",
    };
    border(model, title, place, buffer);
    let inner = Rect { x: place.x + 2, y: place.y + 1, width: place.width - 4, height: place.height - 2 };
    for (line, y) in lines.iter().skip(model.overlay_top).zip(inner.top()..inner.bottom()) {
        let mut pen = Pen::new(buffer, Rect { y, height: 1, ..inner }, model.theme);
        for (text, role) in line {
            pen.write(text, *role);
        }
    }
    let hidden = lines.len().saturating_sub(model.overlay_top + usize::from(inner.height));
    if hidden > 0 {
        let bottom = Rect { x: place.x + 2, y: place.bottom() - 1, width: place.width - 4, height: 1 };
        Pen::new(buffer, bottom, model.theme).write(&format!(" {hidden} more: j "), Role::Dim);
    }
}

fn frame(area: Rect, lines: &[Line]) -> Rect {
    let widest = lines.iter().map(|line| line.iter().map(|(text, _)| pen::columns(text)).sum::<u16>()).max();
    let width = (widest.unwrap_or(0).max(24) + 4).min(area.width);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height);
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

pub(super) fn border(model: &Model, title: &str, place: Rect, buffer: &mut Buffer) {
    let across = "─".repeat(usize::from(place.width.saturating_sub(2)));
    let mut line = |y: u16, ends: (&str, &str), middle: &str| {
        let mut pen = Pen::new(buffer, Rect { y, height: 1, ..place }, model.theme);
        pen.write(ends.0, Role::Dim);
        pen.write(middle, Role::Dim);
        if middle.is_empty() {
            pen.skip(place.width.saturating_sub(2));
        }
        pen.write(ends.1, Role::Dim);
    };
    line(place.top(), ("╭", "╮"), &across);
    for y in place.top() + 1..place.bottom() - 1 {
        line(y, ("│", "│"), "");
    }
    line(place.bottom() - 1, ("╰", "╯"), &across);
    let top = Rect { x: place.x + 2, width: place.width - 4, height: 1, ..place };
    Pen::new(buffer, top, model.theme).write(title, Role::Strong);
}

fn lines(model: &Model, overlay: Overlay) -> Vec<Line> {
    match overlay {
        Overlay::Help => help(&model.keymap),
        Overlay::Warnings => warnings(model),
        Overlay::Explain => explained(model),
        Overlay::Palette => palette(model),
        Overlay::Export => export(model),
    }
}

/// What the selected thing is, in a few sentences each, with where that is defined.
fn explained(model: &Model) -> Vec<Line> {
    let width = TEXT_WIDTH.min(usize::from(model.size.width.saturating_sub(4)));
    let mut lines = Vec::new();
    for Explanation { title, text, reference } in here::explanations(model) {
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        lines.push(vec![(title.to_owned(), Role::Strong), (format!("  {reference}"), Role::Dim)]);
        lines.extend(wrap(text, width).into_iter().map(|part| vec![(part, Role::Plain)]));
    }
    lines
}

/// Commands that the palette shows at once.
const PALETTE_LINES: usize = 12;

fn palette(model: &Model) -> Vec<Line> {
    let palette = &model.palette;
    let mut lines = vec![vec![
        (":".to_owned(), Role::Key),
        (palette.text.clone(), Role::Strong),
        ("▏".to_owned(), Role::Strong),
    ]];
    let found = palette.found(&model.keymap, model.page);
    if found.is_empty() {
        lines.push(vec![("no command has these words".to_owned(), Role::Dim)]);
    }
    let top = (palette.selected + 1).saturating_sub(PALETTE_LINES);
    for (index, (command, keys)) in found.iter().enumerate().skip(top).take(PALETTE_LINES) {
        let role = if index == palette.selected { Role::Selected } else { Role::Plain };
        let says = pen::clip(command.says, 40);
        lines.push(vec![
            (format!("{:<18}", command.name), role),
            (format!(" {keys:<10} "), Role::Key),
            (format!("{says:<40}"), Role::Dim),
        ]);
    }
    // A frame that keeps its size while one types does not flicker.
    lines.resize(PALETTE_LINES + 1, Vec::new());
    lines
}

fn export(model: &Model) -> Vec<Line> {
    let choices = export_choices(model).into_iter().enumerate();
    let mut lines: Vec<Line> = choices
        .map(|(index, (text, _))| {
            let selected = index == model.export;
            let role = if selected { Role::Selected } else { Role::Plain };
            vec![(if selected { "▸ " } else { "  " }.to_owned(), Role::Strong), (format!("{text:<44}"), role)]
        })
        .collect();
    lines.push(Vec::new());
    lines.push(vec![("written to this folder; Enter writes, Esc does not".to_owned(), Role::Dim)]);
    lines.push(vec![("secrets are redacted, but not in packets".to_owned(), Role::Dim)]);
    lines
}

fn help(keymap: &Keymap) -> Vec<Line> {
    let mut lines = Vec::new();
    for group in Group::ALL {
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        lines.push(vec![(group.name().to_owned(), Role::Strong)]);
        for (command, keys) in keymap.commands().filter(|(command, _)| command.group == group) {
            let keys = format!("{:<KEYS_WIDTH$}", names(keys));
            for (nth, part) in wrap(command.says, TEXT_WIDTH - KEYS_WIDTH).into_iter().enumerate() {
                let keys = if nth == 0 { keys.clone() } else { " ".repeat(KEYS_WIDTH) };
                lines.push(vec![(keys, Role::Key), (part, Role::Plain)]);
            }
        }
    }
    lines.push(Vec::new());
    lines.push(vec![("Mouse".to_owned(), Role::Strong)]);
    lines.push(vec![("click selects, the wheel scrolls, Ctrl and the wheel zoom".to_owned(), Role::Plain)]);
    lines
}

fn warnings(model: &Model) -> Vec<Line> {
    let lines = model.warnings();
    if lines.is_empty() {
        return vec![vec![("nothing is known to be lost, cut or damaged".to_owned(), Role::Plain)]];
    }
    lines.iter().flat_map(|line| wrap(line, TEXT_WIDTH)).map(|part| vec![(part, Role::Warn)]).collect()
}

/// A text in lines of so many cells, broken at spaces where there are any.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if usize::from(pen::columns(line) + 1 + pen::columns(word)) <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_shows_every_key() {
        let map = Keymap::default();
        let lines = help(&map);
        let text: Vec<String> =
            lines.iter().map(|line| line.iter().map(|(text, _)| text.as_str()).collect()).collect();
        for (command, keys) in map.commands() {
            let keys = names(keys);
            let start = format!("{keys:<KEYS_WIDTH$}");
            assert!(keys.chars().count() < KEYS_WIDTH, "{keys} is too wide");
            assert!(text.iter().any(|line| line.starts_with(&start)), "{} is missing", command.name);
        }
    }

    #[test]
    fn wrapping_loses_nothing() {
        let text = "a place that is damaged at byte 12345678901234567890";
        let lines = wrap(text, 12);
        assert_eq!(lines.join(" "), text);
        assert_eq!(lines.first().map(String::as_str), Some("a place that"));
    }
}
