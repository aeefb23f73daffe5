//! Hellos (RFC 8446 §4.1, RFC 5246 §7.4.1) and the extensions that complete them (RFC 8446 §4.3.1).

use super::vectors::{numbers16, opaque8};
use crate::anomaly::Anomaly;
use crate::parse::{Parsed, array, refuse, u8, u16, vector16};
use crate::tls::extension::{Context, extensions};
use crate::tls::{CipherSuite, Extension, Version};

/// RFC 8446 §4.1.2, RFC 5246 §7.4.1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello {
    /// `legacy_version`.
    pub version: Version,
    /// 32 octets.
    pub random: [u8; 32],
    /// `legacy_session_id`, at most 32 octets.
    pub session_id: Vec<u8>,
    /// Cipher suites in order of preference, GREASE included.
    pub cipher_suites: Vec<CipherSuite>,
    /// Compression methods; [`crate::tls::CompressionMethod`] names them.
    pub compression_methods: Vec<u8>,
    /// Extensions in wire order.
    pub extensions: Vec<Extension>,
}

/// RFC 8446 §4.1.3, RFC 5246 §7.4.1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello {
    /// `legacy_version`.
    pub version: Version,
    /// 32 octets.
    pub random: [u8; 32],
    /// `legacy_session_id_echo`, or the session id of TLS 1.2.
    pub session_id: Vec<u8>,
    /// The chosen cipher suite.
    pub cipher_suite: CipherSuite,
    /// The chosen compression method; [`crate::tls::CompressionMethod`] names it.
    pub compression_method: u8,
    /// Extensions in wire order.
    pub extensions: Vec<Extension>,
}

/// RFC 8446 §4.3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedExtensions {
    /// Extensions in wire order.
    pub extensions: Vec<Extension>,
}

/// SHA-256("HelloRetryRequest"): the random of a `ServerHello` that is one (RFC 8446 §4.1.3).
pub(in crate::tls) const HELLO_RETRY_REQUEST: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

impl ServerHello {
    /// Whether this is a `HelloRetryRequest`: the random is SHA-256("HelloRetryRequest") (RFC 8446 §4.1.3).
    pub fn is_hello_retry_request(&self) -> bool {
        self.random == HELLO_RETRY_REQUEST
    }
}

pub(super) fn client_hello<'a>(input: &'a [u8], oddities: &mut Vec<Anomaly>) -> Parsed<'a, ClientHello> {
    let (input, version) = u16("legacy_version", input)?;
    let (input, random) = array("random", input)?;
    let (input, session_id) = session_id("legacy_session_id", input)?;
    let (input, cipher_suites) = numbers16("cipher_suites", CipherSuite, input)?;
    let (input, compression_methods) = opaque8("legacy_compression_methods", input)?;
    let (input, extensions) = optional_extensions(input, Context::ClientHello, oddities)?;
    let version = Version(version);
    Ok((input, ClientHello { version, random, session_id, cipher_suites, compression_methods, extensions }))
}

/// RFC 8446 §4.1.3; before draft 22 of TLS 1.3 without session id and compression method.
pub(super) fn server_hello<'a>(input: &'a [u8], oddities: &mut Vec<Anomaly>) -> Parsed<'a, ServerHello> {
    let (input, version) = u16("legacy_version", input)?;
    let early_draft = version >> 8 == 0x7f;
    let (input, random) = array("random", input)?;
    let (input, session_id) =
        if early_draft { (input, Vec::new()) } else { session_id("legacy_session_id_echo", input)? };
    let (input, cipher_suite) = u16("cipher_suite", input)?;
    let (input, compression_method) =
        if early_draft { (input, 0) } else { u8("legacy_compression_method", input)? };
    let mut hello = ServerHello {
        version: Version(version),
        random,
        session_id,
        cipher_suite: CipherSuite(cipher_suite),
        compression_method,
        extensions: Vec::new(),
    };
    let context =
        if hello.is_hello_retry_request() { Context::HelloRetryRequest } else { Context::ServerHello };
    let (input, extensions) = optional_extensions(input, context, oddities)?;
    hello.extensions = extensions;
    Ok((input, hello))
}

/// RFC 8446 §4.3.1.
pub(super) fn encrypted_extensions<'a>(
    input: &'a [u8],
    oddities: &mut Vec<Anomaly>,
) -> Parsed<'a, EncryptedExtensions> {
    let (input, extensions) = extension_block(input, Context::EncryptedExtensions, oddities)?;
    Ok((input, EncryptedExtensions { extensions }))
}

fn session_id<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, Vec<u8>> {
    let (rest, id) = opaque8(field, input)?;
    if id.len() > 32 { refuse(field, input) } else { Ok((rest, id)) }
}

/// Extensions with their length; before TLS 1.3 there may be nothing at all.
fn optional_extensions<'a>(
    input: &'a [u8],
    context: Context,
    oddities: &mut Vec<Anomaly>,
) -> Parsed<'a, Vec<Extension>> {
    if input.is_empty() { Ok((input, Vec::new())) } else { extension_block(input, context, oddities) }
}

/// Extensions with their length.
pub(super) fn extension_block<'a>(
    input: &'a [u8],
    context: Context,
    oddities: &mut Vec<Anomaly>,
) -> Parsed<'a, Vec<Extension>> {
    let (input, block) = vector16("extensions", input)?;
    Ok((input, extensions(block, context, oddities)?))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LATE, TLS13, check, check_but, hex, read, refused};
    use super::*;
    use crate::anomaly;
    use crate::tls::{ExtensionBody, ExtensionType, Handshake, HandshakeType};

    const RANDOM: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn random() -> [u8; 32] {
        hex(RANDOM).try_into().unwrap()
    }

    fn extension(kind: ExtensionType, length: u16, body: ExtensionBody) -> Extension {
        Extension { kind, length, body }
    }

    #[test]
    fn a_client_hello() {
        let body = format!("0303 {RANDOM} 02 abcd 0004 1301c02f 01 00 0009 002b 0005 04 03040303");
        let versions = ExtensionBody::SupportedVersions(vec![Version(0x0304), Version(0x0303)]);
        let hello = ClientHello {
            version: Version(0x0303),
            random: random(),
            session_id: vec![0xab, 0xcd],
            cipher_suites: vec![CipherSuite(0x1301), CipherSuite(0xc02f)],
            compression_methods: vec![0],
            extensions: vec![extension(ExtensionType::SUPPORTED_VERSIONS, 5, versions)],
        };
        // Before its extensions it is a hello of TLS 1.0.
        check_but(&[45], LATE, &body, &Handshake::ClientHello(Box::new(hello)));
    }

    #[test]
    fn a_server_hello_and_a_retry() {
        let hello = |random| ServerHello {
            version: Version(0x0303),
            random,
            session_id: vec![9],
            cipher_suite: CipherSuite(0x1301),
            compression_method: 0,
            extensions: vec![extension(
                ExtensionType::SUPPORTED_VERSIONS,
                2,
                ExtensionBody::SelectedVersion(Version(0x0304)),
            )],
        };
        let tail = "01 09 1301 00 0006 002b 0002 0304";
        let body = format!("0303 {RANDOM} {tail}");
        check_but(&[39], LATE, &body, &Handshake::ServerHello(Box::new(hello(random()))));
        let retry = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
        let expected = hello(hex(retry).try_into().unwrap());
        assert!(expected.is_hello_retry_request());
        check_but(&[39], LATE, &format!("0303 {retry} {tail}"), &Handshake::ServerHello(Box::new(expected)));
    }

    #[test]
    fn a_server_hello_of_an_early_draft() {
        let body = format!("7f12 {RANDOM} 1301 0000");
        let hello = ServerHello {
            version: Version(0x7f12),
            random: random(),
            session_id: vec![],
            cipher_suite: CipherSuite(0x1301),
            compression_method: 0,
            extensions: vec![],
        };
        check_but(&[36], LATE, &body, &Handshake::ServerHello(Box::new(hello)));
    }

    #[test]
    fn encrypted_extensions() {
        let alpn = ExtensionBody::Alpn(vec![b"h2".to_vec()]);
        let extensions = vec![extension(ExtensionType::ALPN, 5, alpn)];
        let expected = Handshake::EncryptedExtensions(EncryptedExtensions { extensions });
        check(TLS13, "0009 0010 0005 0003 02 6832", &expected);
    }

    #[test]
    fn a_session_id_has_32_octets_at_most() {
        let id = "07".repeat(33);
        refused(HandshakeType::CLIENT_HELLO, LATE, &format!("0303 {RANDOM} 21 {id} 0002 1301 01 00"));
        let (_, oddities) = read(
            HandshakeType::CLIENT_HELLO,
            LATE,
            &hex(&format!("0303 {RANDOM} 20 {} 0002 1301 01 00", "07".repeat(32))),
        );
        assert_eq!(oddities, []);
    }

    #[test]
    fn an_extension_that_does_not_fit_leaves_the_message_whole() {
        let (message, oddities) = read(HandshakeType::ENCRYPTED_EXTENSIONS, TLS13, &hex("0005 0010 0001 07"));
        let Handshake::EncryptedExtensions(message) = message else { panic!() };
        assert_eq!(message.extensions[0].body, ExtensionBody::Other(vec![7]));
        assert_eq!(oddities[0].code, anomaly::TLS_BAD_EXTENSION);
    }
}
