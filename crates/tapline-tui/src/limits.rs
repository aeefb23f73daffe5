//! Every bound of this crate, by name, with its reason.

use std::time::Duration;

/// Connections that are listed: about a kilobyte each, and another two where one speaks TLS. What comes later is
/// counted and the count is shown.
pub(crate) const CONNECTIONS_MAX: usize = 1_000_000;

/// Requests that are kept, over all connections: about 200 octets each, another 100 where one stood still, another
/// 220 where one waited for its connection. What comes later is counted and the count is shown.
pub(crate) const EXCHANGES_MAX: usize = 1_000_000;

/// Stalls of a request that are kept one by one, the longest: with its phases they fill half of the smallest screen.
/// What the others came to is kept in sum and shown.
pub(crate) const STALLS_KEPT_MAX: usize = 4;

/// Findings that are kept one by one, the costliest: about 400 octets each. The others are counted with their kind, and
/// how many there are is shown.
pub(crate) const FINDINGS_MAX: usize = 50_000;

/// Packets of a finding that are named: what fits a line. How many more there are is shown.
pub(crate) const FINDING_PACKETS_MAX: usize = 6;

/// Findings of a connection that are told beside its other facts, the costliest: what fits half of a small screen. How
/// many more there are is shown.
pub(crate) const FINDINGS_TOLD_MAX: usize = 8;

/// Characters of a request's method and URL that are kept; the rest becomes `…`.
pub(crate) const REQUEST_CHARS_MAX: usize = 300;

/// Characters of a certificate's name and its issuer's that are kept; the rest becomes `…`. A DNS name has 253
/// (RFC 1035 §3.1).
pub(crate) const NAME_CHARS_MAX: usize = 255;

/// Servers that are counted one by one: about 150 octets each. How many connections others had is shown.
pub(crate) const HOSTS_MAX: usize = 20_000;

/// Exchanges that took longest and are known as such: more than a screen lists.
pub(crate) const SLOWEST_MAX: usize = 64;

/// Steps that one can go back.
pub(crate) const CAME_FROM_MAX: usize = 32;

/// Octets of a message that are shown by field and by byte.
pub(crate) const PANE_BYTES_MAX: u64 = 1 << 20;

/// Octets of a body that are shown, its codings undone.
pub(crate) const BODY_BYTES_MAX: usize = 1 << 20;

/// Octets of a stream that are shown as text.
pub(crate) const FOLLOW_BYTES_MAX: usize = 1 << 20;

/// Lines of text that are shown of one event.
pub(crate) const BODY_LINES_MAX: usize = 100_000;

/// Connections and requests that a filter lets through and that are known as such where the capture had to be read again:
/// about 50 octets each.
pub(crate) const SIFTED_MAX: usize = 2_000_000;

/// Rows and requests that are filtered and put in order before keys are looked at again: some five milliseconds where a
/// filter is asked of each, and less than one where none is.
pub(crate) const ROWS_A_STEP: usize = 1_024;

/// Suggestions that are shown while a filter is typed.
pub(crate) const SUGGESTIONS_SHOWN: usize = 6;

/// Characters of a filter.
pub(crate) const FILTER_CHARS_MAX: usize = 200;

/// Inputs that wait for the screen; the terminal waits when there are more.
pub(crate) const INPUTS_WAITING_MAX: usize = 256;

/// Time for taking inputs before a frame shows what they did.
pub(crate) const TAKING_MAX: Duration = Duration::from_millis(10);

/// Time for applying events before keys are looked at again.
pub(crate) const APPLYING_MAX: Duration = Duration::from_millis(10);

/// Events between two looks at the clock.
pub(crate) const EVENTS_A_LOOK: usize = 256;

/// Between two frames while nobody touches a key.
pub(crate) const FRAME: Duration = Duration::from_millis(33);

/// Putting the list in order may take this part of the time while a capture is read: one in so many.
pub(crate) const SETTLING_SHARE: u32 = 8;

/// How often the keyboard's thread looks whether it is still wanted.
pub(crate) const INPUT_WAIT: Duration = Duration::from_millis(250);

/// How long a run may take to say its outcome after its last batch.
pub(crate) const OUTCOME_WAIT: Duration = Duration::from_secs(5);

/// A tenth of a millisecond tells what matters of a key's latency, and a hundred of them are more than a key may take.
pub(crate) const LATENCY_BUCKET_WIDTH: Duration = Duration::from_micros(100);
pub(crate) const LATENCY_BUCKETS: usize = 1001;

/// Inputs that are told one by one where latencies are measured: those that waited longest.
pub(crate) const LATENCIES_TOLD_MAX: usize = 8;

/// The narrowest window of the time axis, nanoseconds.
pub(crate) const WINDOW_SPAN_NS_MIN: u64 = 100;

/// The smallest screen that is drawn on.
pub(crate) const SCREEN_MIN: (u16, u16) = (40, 10);

/// Screens as wide as this have two columns in the overview.
pub(crate) const TWO_COLUMNS_MIN: u16 = 120;

/// Screens as wide as this have the detail on the right.
pub(crate) const WIDE_COLUMNS_MIN: u16 = 160;

/// Cells of a text that are counted: more than a terminal has in a line, whatever a name in a capture is long.
pub(crate) const CELLS_MAX: u16 = 4096;
