//! The only wrapping arithmetic: sequence numbers of 32 bits on one side, offsets of 64 bits on the other
//! (RFC 9293 §3.4).

/// Signed distance from `from` to `to`, taking the shorter way around.
#[expect(clippy::cast_possible_wrap, reason = "the wrap is what RFC 9293 §3.4 asks for")]
pub fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from) as i32
}

/// The number of an offset in a stream whose offset 0 has the number `start`.
pub fn number(start: u32, offset: u64) -> u32 {
    start.wrapping_add(truncate(offset))
}

/// The offset that `sequence` has in a stream whose offset 0 has the number `start`, taken closest to
/// `near`. Negative: before the stream's first octet.
pub fn offset(start: u32, near: u64, sequence: u32) -> i64 {
    let expected = number(start, near);
    i64::try_from(near).unwrap_or(i64::MAX).saturating_add(i64::from(distance(expected, sequence)))
}

#[expect(clippy::cast_possible_truncation, reason = "sequence numbers are offsets modulo 2³²")]
fn truncate(offset: u64) -> u32 {
    offset as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_takes_the_shorter_way() {
        assert_eq!(distance(u32::MAX, 1), 2);
        assert_eq!(distance(1, u32::MAX), -2);
    }

    #[test]
    fn offsets_grow_past_the_wrap() {
        let start = u32::MAX - 9;
        assert_eq!(offset(start, 0, start), 0);
        assert_eq!(offset(start, 8, 5), 15);
        assert_eq!(offset(start, (1 << 32) + 8, 5), (1 << 32) + 15);
        assert_eq!(offset(start, 0, start.wrapping_sub(1)), -1);
        assert_eq!(number(start, (1 << 32) + 15), 5);
    }
}
