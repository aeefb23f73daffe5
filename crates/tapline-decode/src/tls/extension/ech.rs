//! Encrypted Client Hello (RFC 9849).

use super::Context;
use crate::parse::{Parsed, all, array, refuse, u8, u16, vector16};
use crate::tls::handshake::vectors::{opaque8, opaque16};
use crate::tls::{ExtensionType, HpkeAead, HpkeKdf, HpkeKem};

/// The extension in each message that has it (RFC 9849 §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EchExtension {
    /// In a `ClientHello`.
    Hello(EncryptedClientHello),
    /// In a `HelloRetryRequest`: shows who has the inner hello that it was accepted.
    Confirmation([u8; 8]),
    /// In `EncryptedExtensions`: it was not accepted, and these would be.
    RetryConfigs(Vec<EchConfig>),
}

/// RFC 9849 §5, in a `ClientHello`. What an observer can know of an outer one stands at
/// [`crate::tls::ClientHello::encrypted_client_hello`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncryptedClientHello {
    /// Carries an encrypted hello, or octets that look like one (GREASE).
    Outer(EchOuter),
    /// Marks the hello that was encrypted.
    Inner,
}

/// RFC 9849 §5: the outer form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EchOuter {
    /// Key derivation and cipher.
    pub cipher_suite: HpkeSuite,
    /// Which of the server's configurations.
    pub config_id: u8,
    /// The encapsulated key; empty in the second hello after a `HelloRetryRequest`. Its length hints at the
    /// key encapsulation, whose number does not travel: 32 octets are X25519's.
    pub enc: Vec<u8>,
    /// The encrypted hello and its tag.
    pub payload: Vec<u8>,
}

/// RFC 9849 §4: a key derivation and a cipher that go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HpkeSuite {
    /// The key derivation.
    pub kdf: HpkeKdf,
    /// The cipher.
    pub aead: HpkeAead,
}

/// RFC 9849 §4: a configuration that a server publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EchConfig {
    /// Its version, the number of the extension.
    pub version: ExtensionType,
    /// What it says.
    pub contents: EchConfigContents,
}

/// RFC 9849 §4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EchConfigContents {
    /// Version 0xfe0d.
    Read {
        /// Its number.
        config_id: u8,
        /// The key encapsulation.
        kem: HpkeKem,
        /// The server's public key.
        public_key: Vec<u8>,
        /// Key derivations and ciphers that will do.
        cipher_suites: Vec<HpkeSuite>,
        /// Octets of the longest name, by which clients pad.
        maximum_name_length: u8,
        /// The name that stands in the outer hello.
        public_name: Vec<u8>,
        /// Extensions by type.
        extensions: Vec<(u16, Vec<u8>)>,
    },
    /// Another version: the octets.
    Unknown(Vec<u8>),
}

pub(super) fn extension(context: Context, input: &[u8]) -> Parsed<'_, EchExtension> {
    match context {
        Context::ClientHello => hello(input).map(|(rest, hello)| (rest, EchExtension::Hello(hello))),
        Context::HelloRetryRequest => {
            array("confirmation", input).map(|(rest, octets)| (rest, EchExtension::Confirmation(octets)))
        }
        _ => {
            let (input, list) = vector16("retry_configs", input)?;
            Ok((input, EchExtension::RetryConfigs(all(list, config)?)))
        }
    }
}

fn hello(input: &[u8]) -> Parsed<'_, EncryptedClientHello> {
    let (rest, kind) = u8("type", input)?;
    match kind {
        0 => outer(rest).map(|(rest, outer)| (rest, EncryptedClientHello::Outer(outer))),
        1 => Ok((rest, EncryptedClientHello::Inner)),
        _ => refuse("type", input),
    }
}

fn outer(input: &[u8]) -> Parsed<'_, EchOuter> {
    let (input, cipher_suite) = suite(input)?;
    let (input, config_id) = u8("config_id", input)?;
    let (input, enc) = opaque16("enc", input)?;
    let (input, payload) = opaque16("payload", input)?;
    Ok((input, EchOuter { cipher_suite, config_id, enc, payload }))
}

fn suite(input: &[u8]) -> Parsed<'_, HpkeSuite> {
    let (input, kdf) = u16("kdf_id", input)?;
    let (input, aead) = u16("aead_id", input)?;
    Ok((input, HpkeSuite { kdf: HpkeKdf(kdf), aead: HpkeAead(aead) }))
}

fn config(input: &[u8]) -> Parsed<'_, EchConfig> {
    let (input, version) = u16("version", input)?;
    let (input, octets) = vector16("contents", input)?;
    let version = ExtensionType(version);
    if version != ExtensionType::ENCRYPTED_CLIENT_HELLO {
        return Ok((input, EchConfig { version, contents: EchConfigContents::Unknown(octets.to_vec()) }));
    }
    match contents(octets)? {
        ([], contents) => Ok((input, EchConfig { version, contents })),
        (left, _) => refuse("contents", left),
    }
}

fn contents(input: &[u8]) -> Parsed<'_, EchConfigContents> {
    let (input, config_id) = u8("config_id", input)?;
    let (input, kem) = u16("kem_id", input)?;
    let (input, public_key) = opaque16("public_key", input)?;
    let (input, suites) = vector16("cipher_suites", input)?;
    let cipher_suites = all(suites, suite)?;
    let (input, maximum_name_length) = u8("maximum_name_length", input)?;
    let (input, public_name) = opaque8("public_name", input)?;
    let (input, list) = vector16("extensions", input)?;
    let extensions = all(list, |input| {
        let (input, kind) = u16("extension type", input)?;
        let (input, data) = opaque16("extension_data", input)?;
        Ok((input, (kind, data)))
    })?;
    let kem = HpkeKem(kem);
    let contents = EchConfigContents::Read {
        config_id,
        kem,
        public_key,
        cipher_suites,
        maximum_name_length,
        public_name,
        extensions,
    };
    Ok((input, contents))
}

#[cfg(test)]
mod tests {
    use super::super::Context::{ClientHello, EncryptedExtensions, HelloRetryRequest};
    use super::super::testing::{check, refused};
    use super::*;
    use crate::tls::ExtensionBody;

    const KIND: ExtensionType = ExtensionType::ENCRYPTED_CLIENT_HELLO;
    const SUITE: HpkeSuite = HpkeSuite { kdf: HpkeKdf(1), aead: HpkeAead(3) };

    #[test]
    fn the_hello_outside_and_inside() {
        let outer = EchOuter { cipher_suite: SUITE, config_id: 9, enc: vec![1, 2], payload: vec![3, 4, 5] };
        let hello = |hello| ExtensionBody::EncryptedClientHello(EchExtension::Hello(hello));
        let octets = "00 0001 0003 09 0002 0102 0003 030405";
        check(KIND, ClientHello, octets, &hello(EncryptedClientHello::Outer(outer)));
        check(KIND, ClientHello, "01", &hello(EncryptedClientHello::Inner));
        refused(KIND, ClientHello, "02");
        let list = ExtensionBody::EchOuterExtensions(vec![ExtensionType::KEY_SHARE, ExtensionType::ALPN]);
        check(ExtensionType::ECH_OUTER_EXTENSIONS, ClientHello, "04 0033 0010", &list);
    }

    #[test]
    fn what_the_server_says_of_it() {
        let confirmation = EchExtension::Confirmation([1, 2, 3, 4, 5, 6, 7, 8]);
        let expected = ExtensionBody::EncryptedClientHello(confirmation);
        check(KIND, HelloRetryRequest, "0102030405060708", &expected);
        let read = EchConfigContents::Read {
            config_id: 9,
            kem: HpkeKem(0x20),
            public_key: vec![1, 2],
            cipher_suites: vec![SUITE],
            maximum_name_length: 64,
            public_name: b"a.b".to_vec(),
            extensions: vec![(0xff, vec![7])],
        };
        let configs = vec![
            EchConfig { version: KIND, contents: read },
            EchConfig { version: ExtensionType(0xfe0a), contents: EchConfigContents::Unknown(vec![5]) },
        ];
        refused(KIND, EncryptedExtensions, "0013 fe0d 000f 09 0020 0000 0000 40 03 612e62 0000 00");
        let octets =
            "0022 fe0d 0019 09 0020 0002 0102 0004 00010003 40 03 612e62 0005 00ff 0001 07 fe0a 0001 05";
        let expected = ExtensionBody::EncryptedClientHello(EchExtension::RetryConfigs(configs));
        check(KIND, EncryptedExtensions, octets, &expected);
    }
}
