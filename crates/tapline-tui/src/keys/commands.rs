//! The table of commands, in the order of the help.

use crossterm::event::KeyCode;

use super::{Action, Key};
use crate::model::Page;

/// A line of the table.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) action: Action,
    /// Its name in the palette and in the configuration.
    pub(crate) name: &'static str,
    /// The keys, any of which will do.
    pub(crate) keys: &'static [Key],
    /// What it does, for the help and the palette.
    pub(crate) says: &'static str,
    pub(crate) group: Group,
}

/// A heading of the help; some commands mean something on some screens only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Group {
    Screens,
    Move,
    Time,
    Lists,
    Ladder,
    Streams,
    Tcp,
    Bytes,
    Tapline,
}

impl Group {
    /// All, in the order of the help.
    pub(crate) const ALL: [Self; 9] = [
        Self::Screens,
        Self::Move,
        Self::Time,
        Self::Lists,
        Self::Ladder,
        Self::Streams,
        Self::Tcp,
        Self::Bytes,
        Self::Tapline,
    ];

    /// Its heading.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Screens => "Screens",
            Self::Move => "Move",
            Self::Time => "Time",
            Self::Lists => "Connections and timeline",
            Self::Ladder => "Ladder",
            Self::Streams => "Streams",
            Self::Tcp => "TCP",
            Self::Bytes => "Bytes",
            Self::Tapline => "tapline",
        }
    }

    /// Whether its commands mean something on a screen.
    pub(crate) fn holds_on(self, page: Page) -> bool {
        match self {
            Self::Screens | Self::Move | Self::Tapline => true,
            Self::Time => matches!(page, Page::Connections | Page::Timeline | Page::Streams | Page::Tcp),
            Self::Lists => matches!(page, Page::Connections | Page::Timeline),
            Self::Ladder => page == Page::Ladder,
            Self::Streams => page == Page::Streams,
            Self::Tcp => page == Page::Tcp,
            Self::Bytes => page == Page::Bytes,
        }
    }

    /// Whether its commands are one screen's own.
    pub(crate) fn is_of_one_page(self) -> bool {
        matches!(self, Self::Ladder | Self::Streams | Self::Tcp | Self::Bytes)
    }

    /// Whether commands of both could be meant by one key.
    pub(super) fn meets(self, other: Self) -> bool {
        self.is_of_one_page() == other.is_of_one_page()
            && Page::ALL.iter().any(|&page| self.holds_on(page) && other.holds_on(page))
    }
}

const fn char(c: char) -> Key {
    Key::Plain(KeyCode::Char(c))
}

const fn key(code: KeyCode) -> Key {
    Key::Plain(code)
}

const fn command(
    group: Group,
    action: Action,
    name: &'static str,
    keys: &'static [Key],
    says: &'static str,
) -> Command {
    Command { action, name, keys, says, group }
}

use Action as A;
use Group as G;

/// Every command.
pub(crate) const COMMANDS: &[Command] = &[
    command(
        G::Screens,
        A::Show(Page::Overview),
        "overview",
        &[char('1'), char('o')],
        "what is here, what is slow, what is wrong",
    ),
    command(G::Screens, A::Show(Page::Connections), "connections", &[char('2')], "table of connections"),
    command(
        G::Screens,
        A::Show(Page::Timeline),
        "timeline",
        &[char('3')],
        "waterfall of connections and requests",
    ),
    command(G::Screens, A::Show(Page::Findings), "findings", &[char('4')], "what was found, by what it cost"),
    command(
        G::Screens,
        A::Show(Page::Ladder),
        "ladder",
        &[char('5')],
        "the selected connection, an arrow an event",
    ),
    command(
        G::Screens,
        A::Show(Page::Streams),
        "streams",
        &[char('6')],
        "its HTTP/2 streams, windows and header table",
    ),
    command(
        G::Screens,
        A::Show(Page::Tcp),
        "tcp",
        &[char('7')],
        "its sequence numbers, round trips, octets in flight",
    ),
    command(
        G::Screens,
        A::Show(Page::Bytes),
        "bytes",
        &[char('8')],
        "the selected event by field and by byte",
    ),
    command(G::Screens, A::NextPage, "next-screen", &[key(KeyCode::Tab)], "the next screen"),
    command(G::Screens, A::PreviousPage, "previous-screen", &[key(KeyCode::BackTab)], "the one before"),
    command(G::Screens, A::Open, "open", &[key(KeyCode::Enter)], "go deeper: row, ladder, bytes"),
    command(G::Screens, A::Back, "back", &[key(KeyCode::Esc)], "back, then clear the filter"),
    command(G::Move, A::Down, "down", &[char('j'), key(KeyCode::Down)], "down"),
    command(G::Move, A::Up, "up", &[char('k'), key(KeyCode::Up)], "up"),
    command(G::Move, A::PageDown, "page-down", &[key(KeyCode::PageDown), Key::Ctrl('f')], "a page down"),
    command(G::Move, A::PageUp, "page-up", &[key(KeyCode::PageUp), Key::Ctrl('b')], "a page up"),
    command(G::Move, A::HalfDown, "half-page-down", &[Key::Ctrl('d')], "half a page down"),
    command(G::Move, A::HalfUp, "half-page-up", &[Key::Ctrl('u')], "half a page up"),
    command(G::Move, A::First, "first", &[char('g'), key(KeyCode::Home)], "first"),
    command(G::Move, A::Last, "last", &[char('G'), key(KeyCode::End)], "last"),
    command(G::Move, A::Mark, "mark", &[char('m')], "remember this place under the letter that follows"),
    command(G::Move, A::Jump, "jump", &[char('\'')], "go to the place of the letter that follows"),
    command(G::Time, A::ZoomIn, "zoom-in", &[char('+')], "zoom in at the cursor"),
    command(G::Time, A::ZoomOut, "zoom-out", &[char('-')], "zoom out"),
    command(G::Time, A::PanLeft, "earlier", &[char('h'), key(KeyCode::Left)], "earlier"),
    command(G::Time, A::PanRight, "later", &[char('l'), key(KeyCode::Right)], "later"),
    command(G::Time, A::CursorLeft, "cursor-left", &[char('['), char('<')], "cursor left"),
    command(G::Time, A::CursorRight, "cursor-right", &[char(']'), char('>')], "cursor right"),
    command(G::Time, A::FitSelected, "fit-selected", &[char('f')], "fit the selected one"),
    command(G::Time, A::FitAll, "fit-all", &[char('0'), char('=')], "fit everything"),
    command(G::Lists, A::Sort, "sort", &[char('s')], "sort by the next column"),
    command(G::Lists, A::Reverse, "reverse", &[char('r')], "reverse the order"),
    command(G::Lists, A::Requests, "requests", &[char('x')], "requests below their connections, or not"),
    command(G::Lists, A::Detail, "detail", &[char('d')], "into the facts of the selected one, and back"),
    command(G::Ladder, A::LayerTcp, "layer-tcp", &[char('t')], "TCP segments: none, telling ones, all"),
    command(G::Ladder, A::LayerTls, "layer-tls", &[char('s')], "TLS records, or not"),
    command(G::Ladder, A::LayerHttp, "layer-http", &[char('a')], "HTTP messages and frames, or not"),
    command(G::Ladder, A::Unfold, "unfold", &[char('u')], "runs of the same one by one, or folded"),
    command(G::Streams, A::Other, "streams-pane", &[char('v')], "windows, header table, priorities"),
    command(G::Streams, A::Next, "streams-side", &[char('d')], "what the other side sends"),
    command(G::Tcp, A::Other, "tcp-plot", &[char('v')], "sequence numbers, round trips, octets in flight"),
    command(G::Tcp, A::Next, "tcp-side", &[char('d')], "what the other side sends"),
    command(
        G::Bytes,
        A::Other,
        "bytes-view",
        &[char('v')],
        "fields, headers, certificates, body, whole stream as text",
    ),
    command(G::Bytes, A::Detail, "bytes-hand", &[char('d')], "from the fields to the octets, and back"),
    command(
        G::Bytes,
        A::PanLeft,
        "bytes-left",
        &[char('h'), key(KeyCode::Left)],
        "an octet back, or close the field",
    ),
    command(
        G::Bytes,
        A::PanRight,
        "bytes-right",
        &[char('l'), key(KeyCode::Right)],
        "an octet on, or open the field",
    ),
    command(G::Bytes, A::NextEvent, "next-event", &[char('n')], "the next event of the ladder"),
    command(G::Bytes, A::PreviousEvent, "previous-event", &[char('N')], "the event before"),
    command(G::Bytes, A::Next, "bytes-pane", &[char('b')], "octets of the packet, of the stream, as opened"),
    command(
        G::Tapline,
        A::Filter,
        "filter",
        &[char('/')],
        "filter connections and requests, or search for words",
    ),
    command(G::Tapline, A::Explain, "explain", &[char('?')], "explain the selected thing; again: these keys"),
    command(G::Tapline, A::Help, "keys", &[key(KeyCode::F(1))], "these keys"),
    command(G::Tapline, A::Palette, "palette", &[char(':')], "find a command by its name"),
    command(G::Tapline, A::Warnings, "warnings", &[char('w')], "what to know before believing it"),
    command(G::Tapline, A::Copy, "copy", &[char('y')], "copy the selected thing to the clipboard"),
    command(G::Tapline, A::Export, "export", &[char('e')], "write what is listed to a file"),
    command(G::Tapline, A::Follow, "follow", &[char('F')], "stay at the newest, or not"),
    command(G::Tapline, A::Pause, "pause", &[char(' ')], "hold the screen still, or go on"),
    command(G::Tapline, A::Theme, "theme", &[char('T')], "the next theme"),
    command(G::Tapline, A::Suspend, "suspend", &[Key::Ctrl('z')], "leave for the shell; its fg comes back"),
    command(G::Tapline, A::Quit, "quit", &[char('q'), Key::Ctrl('c')], "quit"),
];
