//! The small registries: each number a type, each type its names.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])+ $type:ident($number:ty), $digits:literal: { $($value:literal => $name:literal,)+ })+) => {
        $(
            $(#[$doc])+
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
            pub struct $type(pub $number);

            impl $type {
                /// The registered name.
                pub fn name(self) -> Option<&'static str> {
                    match self.0 {
                        $($value => Some($name),)+
                        _ => None,
                    }
                }
            }

            impl fmt::Display for $type {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    match self.name() {
                        Some(name) => f.pad(name),
                        None => f.pad(&format!(concat!("0x{:0", $digits, "x}"), self.0)),
                    }
                }
            }
        )+
    };
}

codes! {
    /// A compression method (RFC 3749), by number.
    CompressionMethod(u8), "2": { 0 => "null", 1 => "DEFLATE", 64 => "LZS", }

    /// What a certificate message carries (RFC 6091, RFC 7250), by number.
    CertificateType(u8), "2": {
        0 => "X509", 1 => "OpenPGP", 2 => "Raw Public Key", 3 => "1609Dot2",
    }

    /// A kind of certificate that a server asks its client for (RFC 5246 §7.4.4), by number.
    ClientCertificateType(u8), "2": {
        1 => "rsa_sign", 2 => "dss_sign", 3 => "rsa_fixed_dh", 4 => "dss_fixed_dh",
        5 => "rsa_ephemeral_dh", 6 => "dss_ephemeral_dh", 20 => "fortezza_dms", 21 => "gost_sign94",
        22 => "gost_sign01", 64 => "ecdsa_sign", 65 => "rsa_fixed_ecdh", 66 => "ecdsa_fixed_ecdh",
        67 => "gost_sign256", 68 => "gost_sign512",
    }

    /// How a curve is described (RFC 8422 §5.4), by number.
    CurveType(u8), "2": { 1 => "explicit_prime", 2 => "explicit_char2", 3 => "named_curve", }

    /// A form of a point on a curve (RFC 8422 §5.1.2), by number.
    EcPointFormat(u8), "2": {
        0 => "uncompressed", 1 => "ansiX962_compressed_prime", 2 => "ansiX962_compressed_char2",
    }

    /// A way to use a pre-shared key (RFC 8446 §4.2.9), by number.
    PskKeyExchangeMode(u8), "2": { 0 => "psk_ke", 1 => "psk_dhe_ke", }

    /// A kind of certificate status (RFC 6066 §8, RFC 6961), by number.
    CertificateStatusType(u8), "2": { 1 => "ocsp", 2 => "ocsp_multi", }

    /// A certificate compression algorithm (RFC 8879 §7.3), by number.
    CertificateCompression(u16), "4": { 1 => "zlib", 2 => "brotli", 3 => "zstd", }

    /// The largest fragment asked for (RFC 6066 §4), by number.
    MaxFragmentLength(u8), "2": { 1 => "2^9", 2 => "2^10", 3 => "2^11", 4 => "2^12", }

    /// Whether a peer may send heartbeats (RFC 6520 §2), by number.
    HeartbeatMode(u8), "2": { 1 => "peer_allowed_to_send", 2 => "peer_not_allowed_to_send", }

    /// A DTLS-SRTP protection profile (RFC 5764 §4.1.2), by number.
    SrtpProtectionProfile(u16), "4": {
        0x0001 => "SRTP_AES128_CM_HMAC_SHA1_80", 0x0002 => "SRTP_AES128_CM_HMAC_SHA1_32",
        0x0005 => "SRTP_NULL_HMAC_SHA1_80", 0x0006 => "SRTP_NULL_HMAC_SHA1_32",
        0x0007 => "SRTP_AEAD_AES_128_GCM", 0x0008 => "SRTP_AEAD_AES_256_GCM",
        0x0009 => "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM",
        0x000a => "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM",
        0x000b => "SRTP_ARIA_128_CTR_HMAC_SHA1_80", 0x000c => "SRTP_ARIA_128_CTR_HMAC_SHA1_32",
        0x000d => "SRTP_ARIA_256_CTR_HMAC_SHA1_80", 0x000e => "SRTP_ARIA_256_CTR_HMAC_SHA1_32",
        0x000f => "SRTP_AEAD_ARIA_128_GCM", 0x0010 => "SRTP_AEAD_ARIA_256_GCM",
    }

    /// A way to name users (RFC 4681), by number.
    UserMappingType(u8), "2": { 64 => "upn_domain_hint", }

    /// A form of authorization data (RFC 5878 §3.2, RFC 6042), by number.
    AuthzDataFormat(u8), "2": {
        0 => "x509_attr_cert", 1 => "saml_assertion", 2 => "x509_attr_cert_url", 3 => "saml_assertion_url",
        64 => "keynote_assertion_list", 65 => "keynote_assertion_list_url", 66 => "dtcp_authorization",
    }

    /// How a trusted authority is named (RFC 6066 §6), by number.
    TrustedAuthorityType(u8), "2": {
        0 => "pre_agreed", 1 => "key_sha1_hash", 2 => "x509_name", 3 => "cert_sha1_hash",
    }

    /// What a client has in its cache (RFC 7924 §3), by number.
    CachedInformationType(u8), "2": { 1 => "cert", 2 => "cert_req", }

    /// A kind of token binding key (RFC 8472 §2), by number.
    TokenBindingKeyParameter(u8), "2": { 0 => "rsa2048_pkcs1.5", 1 => "rsa2048_pss", 2 => "ecdsap256", }

    /// A kind of supplemental data (RFC 4680), by number.
    SupplementalDataType(u16), "4": { 0 => "user_mapping_data", 16386 => "authz_data", }

    /// What the addresses of a certificate URL name (RFC 6066 §5), by number.
    CertificateChainType(u8), "2": { 0 => "individual_certs", 1 => "pkipath", }

    /// An HPKE key encapsulation (RFC 9180 §7.1), by number.
    HpkeKem(u16), "4": {
        0x0010 => "DHKEM(P-256, HKDF-SHA256)", 0x0011 => "DHKEM(P-384, HKDF-SHA384)",
        0x0012 => "DHKEM(P-521, HKDF-SHA512)", 0x0013 => "DHKEM(CP-256, HKDF-SHA256)",
        0x0014 => "DHKEM(CP-384, HKDF-SHA384)", 0x0015 => "DHKEM(CP-521, HKDF-SHA512)",
        0x0016 => "DHKEM(secp256k1, HKDF-SHA256)", 0x0020 => "DHKEM(X25519, HKDF-SHA256)",
        0x0021 => "DHKEM(X448, HKDF-SHA512)", 0x0030 => "X25519Kyber768Draft00",
        0x0040 => "ML-KEM-512", 0x0041 => "ML-KEM-768", 0x0042 => "ML-KEM-1024",
        0x0050 => "MLKEM768-P256", 0x0051 => "MLKEM1024-P384", 0x647a => "X-Wing",
    }

    /// An HPKE key derivation (RFC 9180 §7.2), by number.
    HpkeKdf(u16), "4": {
        1 => "HKDF-SHA256", 2 => "HKDF-SHA384", 3 => "HKDF-SHA512", 0x0010 => "SHAKE128",
        0x0011 => "SHAKE256", 0x0012 => "TurboSHAKE128", 0x0013 => "TurboSHAKE256",
    }

    /// An HPKE cipher (RFC 9180 §7.3), by number.
    HpkeAead(u16), "4": {
        1 => "AES-128-GCM", 2 => "AES-256-GCM", 3 => "ChaCha20Poly1305", 0xffff => "Export-only",
    }

    /// A cipher kind of SSL 2.0 in three octets; one that begins with 0 is a TLS cipher suite
    /// (RFC 5246 appendix E.2).
    Sslv2CipherKind(u32), "6": {
        0x01_0080 => "SSL_CK_RC4_128_WITH_MD5", 0x02_0080 => "SSL_CK_RC4_128_EXPORT40_WITH_MD5",
        0x03_0080 => "SSL_CK_RC2_128_CBC_WITH_MD5", 0x04_0080 => "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5",
        0x05_0080 => "SSL_CK_IDEA_128_CBC_WITH_MD5", 0x06_0040 => "SSL_CK_DES_64_CBC_WITH_MD5",
        0x07_00c0 => "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", 0x08_0080 => "SSL_CK_RC4_64_WITH_MD5",
    }
}

impl Sslv2CipherKind {
    /// The suite of SSL 3.0 or TLS that this stands for.
    pub fn cipher_suite(self) -> Option<crate::tls::CipherSuite> {
        u16::try_from(self.0).ok().map(crate::tls::CipherSuite)
    }
}

impl MaxFragmentLength {
    /// The length in octets.
    pub fn octets(self) -> Option<u16> {
        matches!(self.0, 1..=4).then(|| 256 << self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_names_or_print_as_hex() {
        assert_eq!(CertificateCompression(2).to_string(), "brotli");
        assert_eq!(CertificateCompression(0x4001).to_string(), "0x4001");
        assert_eq!(HpkeKem(0x20).to_string(), "DHKEM(X25519, HKDF-SHA256)");
        assert_eq!(Sslv2CipherKind(0x07_00c0).to_string(), "SSL_CK_DES_192_EDE3_CBC_WITH_MD5");
        assert_eq!(Sslv2CipherKind(0x09_0080).to_string(), "0x090080");
    }

    #[test]
    fn a_cipher_kind_that_begins_with_0_is_a_suite() {
        assert_eq!(Sslv2CipherKind(0x00_0035).cipher_suite(), Some(crate::tls::CipherSuite(0x35)));
        assert_eq!(Sslv2CipherKind(0x01_0080).cipher_suite(), None);
    }

    #[test]
    fn fragment_lengths_are_powers_of_two() {
        assert_eq!(
            [0, 1, 4, 5].map(|code| MaxFragmentLength(code).octets()),
            [None, Some(512), Some(4096), None]
        );
    }
}
