//! Text of captures, which says that it is UTF-8 and sometimes is not.

use std::fmt::Write;

/// The text, with every octet that is not UTF-8 as `%ff`. Nothing is lost, nothing is replaced.
pub(crate) fn readable(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        text.push_str(chunk.valid());
        for octet in chunk.invalid() {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "%{octet:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_that_are_not_utf8_are_escaped() {
        assert_eq!(readable("cé".as_bytes()), "cé");
        assert_eq!(readable(b"\xff\xfe"), "%ff%fe");
        assert_eq!(readable(b"a\xc3"), "a%c3");
        assert_eq!(readable(b"a\xc3z\x00"), "a%c3z\0");
        assert_eq!(readable(b""), "");
    }
}
