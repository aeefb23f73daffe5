//! A strict reader of the pages that tapline writes: what HTML would forgive is an error here.

use std::iter::Peekable;
use std::str::Chars;

/// An element, or a text with no name.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
    text: String,
}

/// Elements that have no end.
const VOID: [&str; 2] = ["meta", "input"];

/// Elements whose text is none of HTML's.
const RAW: [&str; 2] = ["style", "script"];

/// Elements and attributes that a page may have.
const ELEMENTS: &str = "html head meta title style body a header main footer section p h1 h2 h3 dl div dt dd ul ol li span b \
    code kbd data time table caption thead tbody tr th td details summary svg g rect line text polygon \
    dialog form button input output script";
const ATTRIBUTES: &str = "lang charset http-equiv content name class href id role hidden type autocomplete placeholder \
    aria-label aria-labelledby aria-live aria-pressed aria-hidden title datetime value rel tabindex data-row data-ns \
    data-nth data-phase scope colspan method viewBox preserveAspectRatio x y x1 x2 y1 y2 width height rx points \
    transform text-anchor";

/// Reads a page.
pub(crate) fn read(page: &str) -> Node {
    let inside = page.strip_prefix("<!doctype html>\n").unwrap_or_default();
    let mut chars = inside.chars().peekable();
    let mut root = Node::default();
    children(&mut root, &mut chars);
    assert_eq!(chars.next(), None, "more than one page");
    root
}

fn children(parent: &mut Node, chars: &mut Peekable<Chars<'_>>) {
    while let Some(c) = chars.next() {
        if c != '<' {
            let mut text = String::from(c);
            while let Some(c) = chars.next_if(|c| *c != '<') {
                text.push(c);
            }
            parent.children.push(Node { text: plain(&text), ..Node::default() });
            continue;
        }
        if chars.next_if_eq(&'/').is_some() {
            let name = until(chars, ">");
            assert_eq!(name, parent.name, "an end that is none");
            return;
        }
        parent.children.push(element(chars));
    }
    assert!(parent.name.is_empty(), "{} does not end", parent.name);
}

fn element(chars: &mut Peekable<Chars<'_>>) -> Node {
    let mut name = String::new();
    while let Some(c) = chars.next_if(|c| !" >".contains(*c)) {
        name.push(c);
    }
    assert!(ELEMENTS.split_whitespace().any(|known| known == name), "an element of its own: {name:?}");
    let mut node = Node { name, ..Node::default() };
    while chars.next_if_eq(&' ').is_some() {
        let mut attribute = String::new();
        while let Some(c) = chars.next_if(|c| !" =>".contains(*c)) {
            attribute.push(c);
        }
        let is_known = ATTRIBUTES.split_whitespace().any(|known| known == attribute);
        assert!(is_known, "an attribute of its own: {attribute:?} of {}", node.name);
        let value = if chars.next_if_eq(&'=').is_some() {
            assert_eq!(chars.next(), Some('"'));
            plain(&until(chars, "\""))
        } else {
            String::new()
        };
        node.attributes.push((attribute, value));
    }
    assert_eq!(chars.next(), Some('>'), "{} goes on", node.name);
    if RAW.contains(&node.name.as_str()) {
        let end = format!("</{}>", node.name);
        node.text = until(chars, &end);
    } else if !VOID.contains(&node.name.as_str()) {
        children(&mut node, chars);
    }
    node
}

fn until(chars: &mut Peekable<Chars<'_>>, end: &str) -> String {
    let mut text = String::new();
    for c in chars.by_ref() {
        text.push(c);
        if text.ends_with(end) {
            text.truncate(text.len() - end.len());
            return text;
        }
    }
    unreachable!("no {end} behind {text}")
}

/// A text with its references resolved; there are five.
fn plain(text: &str) -> String {
    assert!(!text.contains(['"', '\'', '>', '<']), "{text}");
    let whole = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'")]
        .iter()
        .fold(text.to_owned(), |text, (reference, c)| text.replace(reference, c));
    let bare = whole.replace("&amp;", "");
    assert!(!bare.contains('&'), "an ampersand that is none: {text}");
    whole.replace("&amp;", "&")
}

impl Node {
    /// What an attribute says.
    pub(crate) fn attr(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every element in it with that name, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&Node> {
        let mut found = Vec::new();
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            found.extend(child.all(name));
        }
        found
    }

    /// Every element in it of that class.
    pub(crate) fn classed(&self, name: &str, class: &str) -> Vec<&Node> {
        let is_of = |node: &&Node| {
            node.attr("class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
        };
        self.all(name).into_iter().filter(is_of).collect()
    }

    /// The element with that id.
    pub(crate) fn with_id(&self, name: &str, id: &str) -> Option<&Node> {
        self.all(name).into_iter().find(|node| node.attr("id") == Some(id))
    }

    /// Its text.
    pub(crate) fn words(&self) -> String {
        self.children.iter().fold(self.text.clone(), |text, child| text + &child.words())
    }

    /// The nanoseconds in it.
    pub(crate) fn ns(&self) -> Vec<i64> {
        self.all("data").iter().map(|data| data.attr("value").unwrap().parse().unwrap()).collect()
    }
}
