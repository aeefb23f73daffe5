//! The same screen in ASCII: every glyph that the views draw has a character that stands for it.

use unicode_width::UnicodeWidthStr;

/// What stands for a glyph, of which there is a cell.
fn stand_in(glyph: char) -> char {
    match glyph {
        '─' | '━' | '╴' | '╶' | '╌' | '⠤' | '–' | '‒' | '−' => '-',
        '═' | '≈' => '=',
        '│' | '┃' | '┊' | '╷' | '┤' => '|',
        '┄' => ':',
        '└' | '╭' | '╮' | '╰' | '╯' | '┌' | '┐' | '┘' | '├' => '+',
        '▸' | '▶' | '→' | '≥' => '>',
        '◀' | '←' | '≤' => '<',
        '▲' | '↑' => '^',
        '▼' | '▾' | '▿' | '↓' => 'v',
        '█' | '▉' | '▊' => '#',
        '▋' | '▌' | '▐' | '▇' | '▆' | '▅' => 'H',
        '▍' | '▎' | '▏' | '▄' | '▃' | '▂' => 'i',
        '▁' => '_',
        '▒' => '%',
        '▓' => 'T',
        '▞' => '/',
        '✗' | '×' => 'x',
        '…' | '⇄' => '~',
        '░' | '·' | '•' | '∙' => '.',
        '“' | '”' => '"',
        '’' | '‘' => '\'',
        'µ' | 'μ' => 'u',
        '⠀' => ' ',
        // Braille: whoever draws points means something to be there.
        '◆' | '\u{2801}'..='\u{28ff}' => '*',
        '§' => 'S',
        glyph if glyph.is_ascii() => glyph,
        _ => '?',
    }
}

/// A text of the same width in ASCII.
pub(crate) fn to_ascii(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut ascii: String = text.chars().map(stand_in).collect();
    // A letter may be wider than one cell, or put together of several.
    let width = text.width();
    ascii.truncate(width.max(1));
    while ascii.len() < width {
        ascii.push(' ');
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_ascii_is_left_and_widths_stay() {
        for text in ["─▸ 日本 é …", "a\u{301}", "█▌▐░", "12.3 µs", "⣿⠁"] {
            let ascii = to_ascii(text);
            assert!(ascii.is_ascii(), "{ascii}");
            assert_eq!(ascii.width(), text.width(), "{text}: {ascii}");
        }
        assert_eq!(to_ascii("plain"), "plain");
    }
}
