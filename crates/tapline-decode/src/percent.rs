//! Percent-encoding (RFC 3986 §2.1), as URLs and `grpc-message` have it.

/// Octets with their percent-encoding undone; what is no encoding stays as it is.
pub fn decoded(value: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&first, after)) = rest.split_first() {
        let encoded = after.split_first_chunk::<2>().filter(|_| first == b'%');
        let decoded = encoded.and_then(|(digits, after)| Some((hexadecimal(*digits)?, after)));
        let (octet, after) = decoded.unwrap_or((first, after));
        octets.push(octet);
        rest = after;
    }
    octets
}

fn hexadecimal(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? * 16 + low?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_encoding_stays() {
        assert_eq!(decoded(b"100%25 \xe2 %e2%80%9c %zz %2"), b"100% \xe2 \xe2\x80\x9c %zz %2");
    }
}
