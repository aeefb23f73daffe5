//! The key schedule of TLS 1.3, from a traffic secret on.

use crate::Suite;
use crate::hash::Hash;
use crate::suite::is_tls13_version;

/// What differs between RFC 8446 and its drafts in how records are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// What stands before every label of HKDF-Expand-Label: shorter since draft 20.
    prefix: &'static [u8],
    /// The label of the next generation's secret.
    update: &'static [u8],
    /// Since draft 25 the record's header is authenticated with it.
    pub(crate) authenticates_header: bool,
}

impl Dialect {
    /// RFC 8446 and the drafts since 18, the first that programs were released with.
    pub(crate) fn of(version: u16) -> Option<Self> {
        let [_, draft] = version.to_be_bytes();
        if !is_tls13_version(version) || (version != 0x0304 && draft < 18) {
            return None;
        }
        let old_labels = version != 0x0304 && draft < 20;
        Some(Self {
            prefix: if old_labels { b"TLS 1.3, " } else { b"tls13 " },
            update: if old_labels { b"application traffic secret" } else { b"traffic upd" },
            authenticates_header: version == 0x0304 || draft >= 25,
        })
    }

    /// HKDF-Expand-Label with an empty context (RFC 8446 §7.1).
    pub(crate) fn expand_label(self, hash: Hash, secret: &[u8], label: &[u8], length: usize) -> Vec<u8> {
        let length_octets = u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
        let label_length = u8::try_from(self.prefix.len() + label.len()).unwrap_or(u8::MAX);
        hkdf_expand(hash, secret, &[&length_octets, &[label_length], self.prefix, label, &[0]], length)
    }

    /// The traffic secret of the next generation (RFC 8446 §7.2).
    pub(crate) fn next_secret(self, hash: Hash, secret: &[u8]) -> Vec<u8> {
        self.expand_label(hash, secret, self.update, hash.length())
    }
}

/// HKDF-Expand (RFC 5869 §2.3); the info in parts.
fn hkdf_expand(hash: Hash, secret: &[u8], info: &[&[u8]], length: usize) -> Vec<u8> {
    let keyed = hash.keyed(secret);
    let mut output = Vec::with_capacity(length + hash.length());
    let mut block = Vec::new();
    for counter in 1..=u8::MAX {
        if output.len() >= length {
            break;
        }
        let mut parts: Vec<&[u8]> = vec![&block];
        parts.extend_from_slice(info);
        let counter = [counter];
        parts.push(&counter);
        block = keyed.code(&parts);
        output.extend_from_slice(&block);
    }
    output.truncate(length);
    output
}

/// What a `Finished` of TLS 1.3 must say (RFC 8446 §4.4.4). `traffic_secret`: its sender's for the handshake;
/// `transcript`: the handshake messages before it with their headers, the first `ClientHello` replaced by its
/// [`message_hash`] where a `HelloRetryRequest` followed. None where the secret is not as long as the suite's hash.
pub fn verify_data13(suite: Suite, traffic_secret: &[u8], transcript: &[u8]) -> Option<Vec<u8>> {
    let hash = suite.prf;
    if traffic_secret.len() != hash.length() {
        return None;
    }
    let key = Dialect::of(0x0304)?.expand_label(hash, traffic_secret, b"finished", hash.length());
    Some(hash.keyed(&key).code(&[&hash.of(&[transcript])]))
}

/// The message that stands in the transcript for a `ClientHello` that was answered by a `HelloRetryRequest`
/// (RFC 8446 §4.4.1), with its header.
pub fn message_hash(suite: Suite, client_hello: &[u8]) -> Vec<u8> {
    let hash = suite.prf.of(&[client_hello]);
    let length = u8::try_from(hash.len()).unwrap_or(u8::MAX);
    [&[254, 0, 0, length], hash.as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::octets;

    #[test]
    fn hkdf_expands_as_its_standard_says() {
        // RFC 5869 §A.1.
        let secret = octets("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
        let info = octets("f0f1f2f3f4f5f6f7f8f9");
        let output =
            octets("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
        assert_eq!(hkdf_expand(Hash::Sha256, &secret, &[&info[..4], &info[4..]], 42), output);
    }

    #[test]
    fn keys_are_those_of_the_traces() {
        // RFC 8448 §3: the server's write keys for the handshake.
        let secret = octets("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
        let dialect = Dialect::of(0x0304).unwrap();
        let check = |label: &[u8], length: usize, hex: &str| {
            assert_eq!(dialect.expand_label(Hash::Sha256, &secret, label, length), octets(hex));
        };
        check(b"key", 16, "3fce516009c21727d0f2e4e86ee403bc");
        check(b"iv", 12, "5d313eb2671276ee13000b30");
        check(b"finished", 32, "008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8");
    }

    #[test]
    fn drafts_differ_in_labels_and_headers() {
        let check = |version: u16, expected: Option<(&[u8], bool)>| {
            let dialect = Dialect::of(version).map(|of| (of.prefix, of.authenticates_header));
            assert_eq!(dialect, expected, "{version:04x}");
        };
        check(0x0303, None);
        check(0x7f11, None);
        check(0x7f12, Some((b"TLS 1.3, ", false)));
        check(0x7f13, Some((b"TLS 1.3, ", false)));
        check(0x7f14, Some((b"tls13 ", false)));
        check(0x7f18, Some((b"tls13 ", false)));
        check(0x7f19, Some((b"tls13 ", true)));
        check(0xfb17, Some((b"tls13 ", false)));
        check(0xfb1a, Some((b"tls13 ", true)));
        check(0x0304, Some((b"tls13 ", true)));
    }

    #[test]
    fn a_retried_hello_is_told_by_its_hash() {
        let suite = Suite::of(0x1302).unwrap();
        let message = message_hash(suite, b"hello");
        assert_eq!(message[..4], [254, 0, 0, 48]);
        assert_eq!(message[4..], Hash::Sha384.of(&[b"hello"]));
    }

    #[test]
    fn a_finished_needs_a_secret_of_the_right_length() {
        let suite = Suite::of(0x1301).unwrap();
        assert_eq!(verify_data13(suite, &[1; 32], b"").map(|data| data.len()), Some(32));
        assert_eq!(verify_data13(suite, &[1; 48], b""), None);
    }
}
