//! A tree of fields as lines, some of them opened.

use std::collections::BTreeSet;
use std::ops::Range;

use tapline_analysis::Field;

/// A tree of fields as lines.
#[derive(Default)]
pub(crate) struct Tree {
    /// The fields that are open, by the way to them.
    open: BTreeSet<Vec<usize>>,
    lines: Vec<TreeLine>,
}

/// A line of the tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TreeLine {
    /// The way to the field: which of the fields, which of its parts, and so on.
    pub(crate) path: Vec<usize>,
    pub(crate) octets: Range<usize>,
    /// Whether its parts are shown; `None` where it has none.
    pub(crate) open: Option<bool>,
}

/// The field at the end of a way.
pub(crate) fn field<'a>(fields: &'a [Field], path: &[usize]) -> Option<&'a Field> {
    let (first, rest) = path.split_first()?;
    let here = fields.get(*first)?;
    if rest.is_empty() { Some(here) } else { field(&here.fields, rest) }
}

impl Tree {
    /// The tree of these fields: the last of the outermost is open, which is what the event is of.
    pub(crate) fn of(fields: &[Field]) -> Self {
        let mut tree = Self::default();
        let inner = fields.iter().rposition(|field| !field.fields.is_empty());
        tree.open.extend(inner.map(|place| vec![place]));
        // A message in a record is what the record is looked at for.
        if let Some((place, inner)) = inner.and_then(|place| Some((place, fields.get(place)?))) {
            let deeper = inner.fields.iter().rposition(|field| !field.fields.is_empty());
            tree.open.extend(deeper.map(|deeper| vec![place, deeper]));
        }
        tree.list(fields);
        tree
    }

    /// Its lines.
    pub(crate) fn lines(&self) -> &[TreeLine] {
        &self.lines
    }

    /// Opens or closes a line.
    pub(super) fn fold(&mut self, fields: &[Field], line: usize) {
        let Some(TreeLine { path, open: Some(_), .. }) = self.lines.get(line) else { return };
        if !self.open.remove(path) {
            self.open.insert(path.clone());
        }
        self.list(fields);
    }

    /// Opens everything on the way to a field; its line.
    pub(super) fn reveal(&mut self, fields: &[Field], path: &[usize]) -> Option<usize> {
        let mut is_new = false;
        for length in 1..path.len() {
            is_new |= self.open.insert(path.get(..length)?.to_vec());
        }
        if is_new {
            self.list(fields);
        }
        self.lines.iter().position(|line| line.path == path)
    }

    fn list(&mut self, fields: &[Field]) {
        let mut lines = Vec::new();
        list(fields, &mut Vec::new(), &self.open, &mut lines);
        self.lines = lines;
    }
}

fn list(fields: &[Field], path: &mut Vec<usize>, open: &BTreeSet<Vec<usize>>, lines: &mut Vec<TreeLine>) {
    for (place, field) in fields.iter().enumerate() {
        path.push(place);
        let is_open = (!field.fields.is_empty()).then(|| open.contains(path));
        lines.push(TreeLine { path: path.clone(), octets: field.octets.clone(), open: is_open });
        if is_open == Some(true) {
            list(&field.fields, path, open, lines);
        }
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<Field> {
        let leaf = |name, octets| Field::leaf(name, name, "1", octets);
        let mut outer = leaf("a", 0..4);
        outer.fields = vec![leaf("a.x", 0..2), leaf("a.y", 2..4)];
        let mut deep = leaf("b.deep", 4..6);
        deep.fields = vec![leaf("b.deep.z", 4..6)];
        let mut inner = leaf("b", 4..8);
        inner.fields = vec![deep, leaf("b.end", 6..8)];
        vec![outer, inner]
    }

    fn names(tree: &Tree, fields: &[Field]) -> Vec<&'static str> {
        tree.lines().iter().map(|line| field(fields, &line.path).unwrap().name).collect()
    }

    #[test]
    fn what_is_innermost_is_open_and_lines_fold() {
        let fields = fields();
        let mut tree = Tree::of(&fields);
        assert_eq!(names(&tree, &fields), ["a", "b", "b.deep", "b.deep.z", "b.end"]);
        tree.fold(&fields, 0);
        assert_eq!(names(&tree, &fields)[..3], ["a", "a.x", "a.y"]);
        tree.fold(&fields, 3);
        assert_eq!(names(&tree, &fields), ["a", "a.x", "a.y", "b"]);
        tree.fold(&fields, 1);
        assert_eq!(tree.lines().len(), 4, "a leaf does not fold");
    }

    #[test]
    fn the_way_to_a_field_is_opened() {
        let fields = fields();
        let mut tree = Tree::of(&fields);
        assert_eq!(tree.reveal(&fields, &[0, 1]), Some(2));
        assert_eq!(names(&tree, &fields)[2], "a.y");
        assert_eq!(tree.reveal(&fields, &[7]), None);
    }
}
