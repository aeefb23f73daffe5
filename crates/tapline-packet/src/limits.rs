//! Every bound of this crate, by name, with its reason.

/// Headers below TCP that are followed in one frame. Real stacks (QinQ, MPLS labels, a tunnel or two) stay
/// under it; a frame built to nest without end is given up with [`crate::Undecoded::TooDeep`].
pub const LAYERS_MAX: u8 = 16;

/// Headers that a compressed payload counts for among [`LAYERS_MAX`]. Inflating makes a thousand octets of one,
/// so it may not be done again and again for one packet; nobody does it twice.
pub const COMPRESSED_LAYERS: u8 = 6;

/// VLAN tags that take part in telling flows apart: 802.1ad has two.
pub const VLAN_TAGS_MAX: usize = 2;

/// SACK blocks an option can hold: 40 octets of options leave room for four (RFC 2018 §3).
pub const SACK_BLOCKS_MAX: usize = 4;

/// Octets of a text that a field's value shows: a line of a screen, and what its reader may scroll.
pub const FIELD_TEXT_MAX: usize = 2048;

/// Octets that a field's value shows in hex: a random or a hash is shown whole.
pub const FIELD_HEX_MAX: usize = 32;

/// Marks on one letter that are shown as such. Hebrew and Tibetan need five; a thousand cover the lines above.
pub const MARKS_IN_A_ROW_MAX: usize = 8;
