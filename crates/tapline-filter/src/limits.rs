//! Every bound of this crate, by name, with its reason.

/// Octets of a filter's text. People write some tens; programs that list addresses write some thousands.
pub const TEXT_MAX: usize = 16 * 1024;

/// Parentheses and negations inside one another. What is nested deeper nobody reads.
pub const DEPTH_MAX: usize = 64;

/// Words of a plain search: each is looked for until it is found, and which were is kept in as many bits.
pub const WORDS_MAX: usize = 64;

/// Octets of a compiled regular expression. Its size grows with repetitions inside repetitions.
pub const REGEX_BYTES_MAX: usize = 1 << 20;

/// Connections that are not over of which is remembered what they are known by. Each takes some hundred octets; of
/// those beyond, only what stands in the event itself is known, which is counted.
pub const CONNECTIONS_MAX: usize = 1 << 20;

/// Connections that are over and still remembered, the newest: what is found across connections names one later.
pub const CLOSED_MAX: usize = 4096;

/// Findings that are remembered with one connection; beyond it only one of each kind.
pub const FINDINGS_MAX: usize = 32;

/// Suggestions at one place of a text.
pub const SUGGESTIONS_MAX: usize = 64;
