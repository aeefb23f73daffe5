//! On what terms a collector is spoken to.

use std::time::Duration;

use super::Patience;
use crate::limits::ANSWER_WAIT_MAX;
use crate::settings::{Compression, Headers};

/// What goes with every request, how long it is waited for, and whom to trust.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// Fields that go with every request.
    pub headers: Headers,
    /// What makes requests smaller.
    pub compression: Compression,
    /// How long the collector is waited for.
    pub patience: Patience,
    /// The roots that vouch for it over `https:`, as PEM; `None` for the system's.
    pub roots: Option<Vec<u8>>,
}

impl Terms {
    /// No fields, the system's roots, and this long for an answer.
    pub fn answering_within(timeout: Duration) -> Self {
        let (headers, compression) = (Headers::default(), Compression::None);
        Self { headers, compression, patience: Patience::answering_within(timeout), roots: None }
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self::answering_within(ANSWER_WAIT_MAX)
    }
}

/// Whether a URL is one of TLS.
pub(super) fn is_secure(url: &str) -> bool {
    url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
}
