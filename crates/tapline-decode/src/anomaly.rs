//! What a peer did that its RFC forbids, or what could not be read.

use std::borrow::Cow;

/// An observation with a stable code; where it happened is the span it is reported with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anomaly {
    /// A stable name in `snake_case`, `layer_what`: one of the constants of this module.
    pub code: &'static str,
    /// One plain sentence without a full stop: what was there and what was expected.
    pub detail: Cow<'static, str>,
}
