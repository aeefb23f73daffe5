//! HTML as it is written: names of elements and attributes are our own, everything else is text.
//!
//! There is no way to put octets of a capture into a page but [`Markup::text`] and [`Tag::attr`], and both go through
//! [`push_escaped`]: what is in them ends no element, no attribute and no script, and moves nothing that is read.

use std::fmt::{Display, Write};

use tapline_engine::analysis::printable;

use crate::limits::PAGE_TEXT_CHARS_MAX;

/// A page, or a part of one, so far.
#[derive(Default)]
pub(super) struct Markup {
    out: String,
}

/// An element whose attributes are being written.
#[must_use = "an element ends with what it holds"]
pub(super) struct Tag<'a> {
    page: &'a mut Markup,
    name: &'static str,
}

impl Markup {
    /// Begins an element.
    pub(super) fn tag(&mut self, name: &'static str) -> Tag<'_> {
        self.out.push('<');
        self.out.push_str(name);
        Tag { page: self, name }
    }

    /// Begins an element of a class.
    pub(super) fn classed(&mut self, name: &'static str, class: &'static str) -> Tag<'_> {
        self.tag(name).attr("class", class)
    }

    /// Text, whatever is in it.
    pub(super) fn text(&mut self, text: &str) {
        push_escaped(&mut self.out, text);
    }

    /// What is ours word for word: the page's own style, script and doctype.
    pub(super) fn own(&mut self, markup: &'static str) {
        self.out.push_str(markup);
    }

    /// A part that was written by itself.
    pub(super) fn append(&mut self, part: &Self) {
        self.out.push_str(&part.out);
    }

    /// Octets so far.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// What was written.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.out.as_bytes()
    }
}

impl Tag<'_> {
    /// An attribute, whatever its value has in it.
    pub(super) fn attr(self, name: &'static str, value: impl Display) -> Self {
        let _ = write!(self.page.out, " {name}=\"");
        push_escaped(&mut self.page.out, &value.to_string());
        self.page.out.push('"');
        self
    }

    /// An attribute that is there or not.
    pub(super) fn flag(self, name: &'static str) -> Self {
        self.page.out.push(' ');
        self.page.out.push_str(name);
        self
    }

    /// The element with what is in it.
    pub(super) fn holds(self, content: impl FnOnce(&mut Markup)) {
        let Self { page, name } = self;
        page.out.push('>');
        content(page);
        let _ = write!(page.out, "</{name}>");
    }

    /// The element with text in it.
    pub(super) fn text(self, text: &str) {
        self.holds(|page| page.text(text));
    }

    /// An element of HTML that never has anything in it.
    pub(super) fn void(self) {
        self.page.out.push('>');
    }
}

/// Appends a text so that it is nothing else: what cannot be seen or turns the writing direction is written out
/// ([`printable`]), what HTML knows as its own becomes a reference.
fn push_escaped(out: &mut String, text: &str) {
    for c in printable(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

/// A text from the wire in the length that a page shows.
pub(super) fn cut(text: &str) -> String {
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(PAGE_TEXT_CHARS_MAX).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut Markup)) -> String {
        let mut page = Markup::default();
        write(&mut page);
        page.out
    }

    #[test]
    fn text_ends_neither_element_nor_attribute() {
        let evil = "</script><img src=x onerror='a'>\"&amp;";
        assert_eq!(
            written(|page| page.tag("p").attr("title", evil).text(evil)),
            "<p title=\"&lt;/script&gt;&lt;img src=x onerror=&#39;a&#39;&gt;&quot;&amp;amp;\">\
             &lt;/script&gt;&lt;img src=x onerror=&#39;a&#39;&gt;&quot;&amp;amp;</p>"
        );
    }

    #[test]
    fn what_is_not_seen_is_written_out() {
        let seen = written(|page| page.text("a\u{202e}b\u{200b}c\0\u{1b}[31m\u{2028}"));
        assert!(seen.starts_with("a\\u{202e}b\\u{200b}c\\u{0}\\u{1b}[31m"), "{seen}");
        assert!(seen.is_ascii(), "{seen}");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("né"), "né");
        assert_eq!(cut(&"é".repeat(900)).chars().count(), PAGE_TEXT_CHARS_MAX + 1);
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_markup(text in ".{0,60}") {
            let seen = written(|page| page.tag("p").attr("title", &text).text(&text));
            let inner = seen.strip_prefix("<p title=\"").and_then(|rest| rest.strip_suffix("</p>"));
            let (value, inner) = inner.and_then(|rest| rest.split_once("\">")).unwrap_or(("\"", "<"));
            prop_assert!(!value.contains(['"', '<', '>', '\'']) && !inner.contains(['"', '<', '>', '\'']), "{seen}");
        }
    }
}
