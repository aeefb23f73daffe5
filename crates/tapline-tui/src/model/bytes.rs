//! One event by field and by byte: the octets that it came in, as captured, put together and opened, each with its
//! tree of fields, and the same as headers, certificates, body or text.

mod follow;
mod panes;
mod sheet;
mod tree;

use tapline_analysis::{Field, path_to};

pub(crate) use panes::Pane as BytesPane;
pub(crate) use sheet::{Ink, Sheet};
pub(crate) use tree::{Tree, TreeLine};

use super::{Close, Place, What};

/// How the event is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Sight {
    /// Fields and octets, linked both ways.
    #[default]
    Fields,
    /// Header fields.
    Headers,
    /// The server's certificates and the verdict on them.
    Certificates,
    /// The body, its codings undone.
    Body,
    /// What both sides said, as text.
    Follow,
}

impl Sight {
    const ALL: [Self; 5] = [Self::Fields, Self::Headers, Self::Certificates, Self::Body, Self::Follow];

    /// Its name in the heading.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fields => "fields",
            Self::Headers => "headers",
            Self::Certificates => "certificates",
            Self::Body => "body",
            Self::Follow => "stream as text",
        }
    }
}

/// What the keys move.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Hand {
    #[default]
    Tree,
    Octets,
}

/// One event by field and by byte.
#[derive(Default)]
pub(crate) struct Bytes {
    /// What it is of.
    of: Option<What>,
    pub(crate) sight: Sight,
    pub(crate) panes: Vec<BytesPane>,
    /// Which of them is shown.
    pub(crate) pane: usize,
    pub(crate) tree: Tree,
    pub(crate) place: Place,
    pub(crate) hand: Hand,
    /// The octet that the hand is on, in the pane.
    pub(crate) octet: usize,
    /// The first row of octets on the screen.
    pub(crate) row: usize,
    /// What is shown instead of fields and octets.
    pub(crate) sheet: Sheet,
    pub(crate) sheet_top: usize,
    /// Columns that are scrolled away.
    pub(crate) sheet_left: usize,
}

impl Bytes {
    /// Shows an event; the same way as the one before where it can be.
    pub(crate) fn show(&mut self, close: &Close, what: What) {
        if self.of == Some(what) {
            return;
        }
        let name = self.pane().map(|pane| pane.name);
        self.of = Some(what);
        self.panes = panes::panes(close, what);
        self.pane = self.panes.iter().position(|pane| Some(pane.name) == name).unwrap_or(0);
        self.enter_pane();
        if !self.sights(close).contains(&self.sight) {
            self.sight = Sight::Fields;
        }
        self.write_sheet(close);
    }

    /// Forgets the event: its connection is not the one that is opened any more.
    pub(crate) fn clear(&mut self) {
        *self = Self { sight: self.sight, ..Self::default() };
    }

    /// The pane that is shown.
    pub(crate) fn pane(&self) -> Option<&BytesPane> {
        self.panes.get(self.pane)
    }

    /// The next pane.
    pub(crate) fn next_pane(&mut self) {
        self.pane = (self.pane + 1) % self.panes.len().max(1);
        self.enter_pane();
    }

    fn enter_pane(&mut self) {
        self.tree =
            Tree::of(self.panes.get(self.pane).map(|pane| pane.fields.as_slice()).unwrap_or_default());
        self.place = Place::default();
        (self.octet, self.row) = (0, 0);
        self.hand = Hand::Tree;
        // What the event is of, below what carried it.
        let inner =
            self.tree.lines().iter().rposition(|line| line.path.len() == 1 && line.open == Some(true));
        self.select(inner.unwrap_or(0));
    }

    /// The ways in which the event can be shown.
    fn sights(&self, close: &Close) -> Vec<Sight> {
        let Some(what) = self.of else { return vec![Sight::Fields] };
        Sight::ALL.into_iter().filter(|sight| sheet::is_there(close, what, *sight)).collect()
    }

    /// The next way to show it.
    pub(crate) fn next_sight(&mut self, close: &Close) {
        let sights = self.sights(close);
        let here = sights.iter().position(|&sight| sight == self.sight).unwrap_or(0);
        self.sight = sights.get((here + 1) % sights.len().max(1)).copied().unwrap_or_default();
        self.write_sheet(close);
    }

    fn write_sheet(&mut self, close: &Close) {
        (self.sheet_top, self.sheet_left) = (0, 0);
        self.sheet = self.of.map_or_else(Sheet::default, |what| sheet::sheet(close, what, self.sight));
    }

    /// Selects another line of the tree; the octets follow.
    pub(crate) fn select(&mut self, line: usize) {
        self.place.selected = line.min(self.tree.lines().len().saturating_sub(1));
        if let Some(line) = self.tree.lines().get(self.place.selected) {
            self.octet = line.octets.start;
        }
    }

    /// Puts the hand on another octet; the tree follows to the innermost field that has it.
    pub(crate) fn touch(&mut self, octet: usize) {
        let Some(pane) = self.panes.get(self.pane) else { return };
        self.octet = octet.min(pane.octets.len().saturating_sub(1));
        let path = path_to(&pane.fields, self.octet);
        if let Some(line) = self.tree.reveal(&pane.fields, &path) {
            self.place.selected = line;
        }
    }

    /// Opens or closes the selected line.
    pub(crate) fn fold(&mut self) {
        if let Some(pane) = self.panes.get(self.pane) {
            self.tree.fold(&pane.fields, self.place.selected);
        }
    }

    /// The octets of the selected field.
    pub(crate) fn selected_octets(&self) -> std::ops::Range<usize> {
        self.tree.lines().get(self.place.selected).map_or(0..0, |line| line.octets.clone())
    }

    /// The selected field.
    pub(crate) fn selected_field(&self) -> Option<&Field> {
        let line = self.tree.lines().get(self.place.selected)?;
        tree::field(&self.pane()?.fields, &line.path)
    }
}
