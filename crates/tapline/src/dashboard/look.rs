//! How the dashboard looks: as the user's configuration says, else as suits what the terminal seems to be.

use std::env::var;

use tapline_tui::{Choice, Config, Glyphs, Palette, Theme};

/// How the dashboard looks.
pub(crate) fn theme(config: &Config, colours: bool) -> Theme {
    let palette = match config.theme {
        _ if !colours => Palette::Plain,
        Choice::Auto if is_light(var("COLORFGBG").ok().as_deref()) => Palette::Light,
        Choice::Auto | Choice::Dark => Palette::Dark,
        Choice::Light => Palette::Light,
        Choice::Plain => Palette::Plain,
    };
    let ascii = match config.glyphs {
        Glyphs::Auto => {
            let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
                .into_iter()
                .find_map(|name| var(name).ok().filter(|value| !value.is_empty()));
            !has_glyphs(locale.as_deref(), var("TERM").ok().as_deref())
        }
        Glyphs::Unicode => false,
        Glyphs::Ascii => true,
    };
    Theme { palette, ascii }
}

/// Whether the background is light, as some terminals say: `15;0` is white on black, `0;15` black on white.
fn is_light(colorfgbg: Option<&str>) -> bool {
    let background = colorfgbg.and_then(|value| value.rsplit(';').next()?.parse::<u8>().ok());
    matches!(background, Some(7 | 9..=15))
}

/// Whether the terminal draws more than ASCII: by its locale, and not on the console of the kernel, whose fonts have no
/// blocks and no Braille. Without a locale nothing is said against it.
fn has_glyphs(locale: Option<&str>, term: Option<&str>) -> bool {
    let plain = |locale: &str| {
        let locale = locale.to_ascii_lowercase();
        !(locale.contains("utf-8") || locale.contains("utf8"))
    };
    term != Some("linux") && !locale.is_some_and(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_backgrounds_are_told_by_the_terminal() {
        assert!(is_light(Some("0;15")) && is_light(Some("0;default;15")) && is_light(Some("12;7")));
        assert!(
            !is_light(Some("15;0"))
                && !is_light(Some("15;8"))
                && !is_light(Some("default"))
                && !is_light(None)
        );
    }

    #[test]
    fn glyphs_are_there_unless_something_speaks_against_them() {
        assert!(has_glyphs(None, Some("xterm-256color")) && has_glyphs(Some("de_DE.UTF-8"), None));
        assert!(has_glyphs(Some("C.utf8"), None));
        assert!(!has_glyphs(Some("C"), None) && !has_glyphs(Some("POSIX"), Some("xterm")));
        assert!(!has_glyphs(Some("en_US.UTF-8"), Some("linux")));
    }
}
