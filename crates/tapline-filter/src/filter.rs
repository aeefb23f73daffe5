//! A display filter.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::parse::parse;
use crate::tree::Node;
use crate::{FieldId, FilterError, Item};

/// A display filter that was read. Cheap to clone. [`Default`] is the empty one.
#[derive(Clone, Debug)]
pub struct Filter(Arc<Read>);

#[derive(Debug)]
struct Read {
    text: String,
    /// `None` where the text is empty.
    node: Option<Node>,
}

impl Default for Filter {
    fn default() -> Self {
        Self(Arc::new(Read { text: String::new(), node: None }))
    }
}

impl Filter {
    /// Reads a filter: an expression, or words to look for.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let node = parse(text)?;
        Ok(Self(Arc::new(Read { text: text.to_owned(), node })))
    }

    /// Whether it asks nothing: it holds for everything.
    pub fn is_empty(&self) -> bool {
        self.0.node.is_none()
    }

    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether it holds for an item.
    pub fn matches(&self, item: &dyn Item) -> bool {
        self.0.node.as_ref().is_none_or(|node| node.holds(item))
    }

    /// The fields that it asks for, each once.
    pub fn fields(&self) -> impl Iterator<Item = FieldId> + use<> {
        let mut fields = BTreeSet::new();
        if let Some(node) = &self.0.node {
            node.fields(&mut |field| {
                fields.insert(field);
            });
        }
        fields.into_iter()
    }

    /// Whether it is a plain search for words and no expression.
    pub fn is_search(&self) -> bool {
        self.0.node.as_ref().is_some_and(Node::searches)
    }
}

impl std::str::FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse(text)
    }
}

impl PartialEq for Filter {
    /// Filters are equal where their texts are.
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Filter {}
