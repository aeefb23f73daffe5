//! A display filter as it is typed: the text, what is wrong with it, what may stand at the cursor.

use std::ops::Range;

use tapline_filter::{Completion, Filter, FilterError, complete};
use tui_input::{Input, InputRequest};

use crate::limits::FILTER_CHARS_MAX;

/// A display filter as it is typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct FilterInput {
    input: Input,
    /// The filter, or what is wrong with the text.
    read: Option<Result<Filter, FilterError>>,
    /// Which suggestion `Tab` takes.
    pub(crate) suggestion: usize,
    /// How far the capture was read again for it, in 1/1000.
    pub(crate) sifting: Option<u16>,
}

impl FilterInput {
    /// Begins with a text.
    pub(crate) fn begin(&mut self, text: &str) {
        self.input = Input::from(text.to_owned());
        self.changed();
    }

    pub(crate) fn text(&self) -> &str {
        self.input.value()
    }

    /// The cursor's place in the text, octets.
    pub(crate) fn cursor(&self) -> usize {
        let place = self.text().char_indices().nth(self.input.cursor());
        place.map_or(self.text().len(), |(at, _)| at)
    }

    /// Edits the text; whether it changed.
    pub(crate) fn edit(&mut self, request: InputRequest) -> bool {
        let full = self.text().chars().count() >= FILTER_CHARS_MAX;
        if full && matches!(request, InputRequest::InsertChar(_)) {
            return false;
        }
        let change = self.input.handle(request);
        let changed = change.is_some_and(|change| change.value);
        if changed {
            self.changed();
        } else {
            self.suggestion = 0;
        }
        changed
    }

    /// Takes the selected suggestion; whether there is one.
    pub(crate) fn complete(&mut self) -> bool {
        let Completion { replace, suggestions, .. } = self.completion();
        let Some(chosen) = suggestions.get(self.suggestion) else { return false };
        let Range { start, end } = replace;
        let text = self.text();
        let (Some(before), Some(behind)) = (text.get(..start), text.get(end..)) else { return false };
        let gap = if behind.starts_with(' ') { "" } else { " " };
        let new = format!("{before}{}{gap}{behind}", chosen.text);
        let cursor = before.chars().count() + chosen.text.chars().count() + 1;
        self.input = Input::from(new).with_cursor(cursor);
        self.changed();
        true
    }

    /// What may stand at the cursor.
    pub(crate) fn completion(&self) -> Completion {
        complete(self.text(), self.cursor())
    }

    /// The filter; `None` where the text is none.
    pub(crate) fn filter(&self) -> Option<&Filter> {
        self.read.as_ref()?.as_ref().ok()
    }

    /// What is wrong with the text.
    pub(crate) fn error(&self) -> Option<&FilterError> {
        self.read.as_ref()?.as_ref().err()
    }

    fn changed(&mut self) {
        self.suggestion = 0;
        self.read = Some(Filter::parse(self.text()));
    }
}
