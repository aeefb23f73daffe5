//! Every bound of this crate, by name, with its reason.

/// Rows of a list before it is cut to the most telling ones: what fits a screen.
pub(crate) const ROWS_MAX: usize = 20;

/// Handshakes whose story is told before the list is cut to the most telling ones: each takes some lines.
pub(crate) const STORIES_MAX: usize = 3;

/// Findings of one kind that are printed one by one, the costliest; what the others came to is said.
pub(crate) const OF_KIND_MAX: usize = 1;

/// Packets of a finding that are named in a report: what fits a line.
pub(crate) const PACKETS_MAX: usize = 6;

/// Certificates that are told apart; what comes later is only counted. Each takes some hundred octets.
pub(crate) const CERTIFICATES_MAX: usize = 1 << 14;

/// How often the encoding of a parameter's value is undone to see whether there is a URL in it, with one more in that.
pub(crate) const URLS_INSIDE_MAX: u8 = 2;

/// Octets of the longest name of a WebSocket protocol that is shown. Those that are registered are shorter, tokens that
/// browsers have travel in their place longer.
pub(crate) const PROTOCOL_NAME_MAX: usize = 40;

/// Octets of one body that a HAR shows, on the wire and without its codings. A page's parts are smaller; downloads are
/// cut.
pub(crate) const HAR_BODY_BYTES_MAX: usize = 1 << 20;

/// Octets of bodies that wait for their exchange to be complete, together.
pub(crate) const HAR_BODIES_BYTES_MAX: usize = 64 << 20;

/// Octets of a diagram after which arrows are only counted: Mermaid draws none of more than 50,000 characters
/// (`maxTextSize`), and some notes may follow.
pub(crate) const DIAGRAM_OCTETS_MAX: usize = 48_000;

/// Connections that are named where a diagram is of one and more were chosen.
pub(crate) const CHOICES_MAX: usize = 8;

/// Findings that are noted as comments on packets. Nobody reads more, and each takes some hundred octets.
pub(crate) const FINDINGS_NOTED_MAX: u64 = 1 << 14;

/// Exchanges that a page shows one by one: failed ones and those with findings, then the slowest.
pub(crate) const PAGE_EXCHANGES_MAX: usize = 150;

/// Connections that a page lists: those of what it shows and what went wrong, then the longest.
pub(crate) const PAGE_CONNECTIONS_MAX: usize = 150;

/// Findings of one kind that a page tells one by one, the costliest; what the others came to is said.
pub(crate) const PAGE_OF_KIND_MAX: usize = 5;

/// Connections whose ladder a page draws, those of the costliest findings and slowest exchanges: the capture is read
/// once more for each.
pub(crate) const PAGE_LADDERS_MAX: usize = 5;

/// Arrows and notes of one ladder of a page; arrows beyond are counted.
pub(crate) const PAGE_ARROWS_MAX: usize = 150;

/// Characters of a text from the wire that a page shows; the rest becomes `…`.
pub(crate) const PAGE_TEXT_CHARS_MAX: usize = 400;

/// Header fields of a message that a page shows; more are counted.
pub(crate) const PAGE_FIELDS_MAX: usize = 48;

/// Octets of a page. What would make it longer is left out, and the page says so: details first, then rows and ladders.
/// Trackers take attachments of that size.
pub(crate) const PAGE_OCTETS_MAX: usize = 4 << 20;

/// Kinds of requests of a capture that a comparison tells apart; requests of others count in the whole.
pub(crate) const DIFF_KINDS_MAX: usize = 1 << 14;

/// Durations that are kept to know the median of one kind of requests; of more, an even part.
pub(crate) const DIFF_SAMPLES_MAX: usize = 512;
