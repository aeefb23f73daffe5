//! `-Y`.

use std::io::Write;

use anyhow::{Result, anyhow};
use tapline_engine::analysis::printable;
use tapline_filter::{Doubts, Filter, Sieve};

use crate::arguments::{ExportArguments, FilterArguments};

/// Columns of a text in which a place can be shown below it.
const SHOWN_MAX: usize = 240;

/// The filter of an export's arguments: one connection, or what a display filter says.
pub(crate) fn of_export(arguments: &ExportArguments) -> Result<Option<Filter>> {
    match arguments.connection {
        Some(id) => Ok(Some(Filter::parse(&format!("tcp.stream == {id}"))?)),
        None => filter(&arguments.filter),
    }
}

/// What lets a filter's records through, and what that will not know for sure.
pub(crate) fn sieve(filter: Option<Filter>) -> (Option<Sieve>, Doubts) {
    let sieve = filter.map(Sieve::new);
    let doubts = sieve.as_ref().map(Sieve::doubts).unwrap_or_default();
    (sieve, doubts)
}

/// The filter of the arguments; `None` where there is none, or it asks nothing. Where it cannot be read, the place is
/// shown on standard error.
pub(crate) fn filter(arguments: &FilterArguments) -> Result<Option<Filter>> {
    let Some(text) = &arguments.display_filter else { return Ok(None) };
    let filter = Filter::parse(text).map_err(|error| {
        // What cannot be printed would not stand above its carets.
        if printable(text) == text.as_str() && text.chars().count() <= SHOWN_MAX {
            let _ = writeln!(std::io::stderr(), "  {text}\n  {}", error.carets(text));
        }
        anyhow!("{error}")
    })?;
    Ok(Some(filter).filter(|filter| !filter.is_empty()))
}
