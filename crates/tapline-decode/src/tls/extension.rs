//! Extensions (RFC 8446 §4.2, RFC 6066 and others): each whole, each used up.

mod body;
mod certificates;
mod ech;
mod keys;
mod offers;
mod placement;
mod rare;
mod read;
mod timestamps;

pub use body::{Extension, ExtensionBody};
pub use certificates::{
    CachedObject, CertificateStatusRequest, DelegatedCredential, OidFilter, TrustedAuthority,
};
pub use ech::{EchConfig, EchConfigContents, EchExtension, EchOuter, EncryptedClientHello, HpkeSuite};
pub use keys::{PreSharedKeys, PskIdentity};
pub use rare::EncryptedServerName;
pub use timestamps::SignedCertificateTimestamp;

use super::ExtensionType;
use super::handshake::kept;
use crate::anomaly::{self, Anomaly};
use crate::parse::{Fault, fault, u16, vector16};

/// The message an extension stands in; several have another form in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    ClientHello,
    ServerHello,
    HelloRetryRequest,
    EncryptedExtensions,
    /// One certificate of a message of TLS 1.3.
    CertificateEntry,
    /// Of TLS 1.3.
    CertificateRequest,
    /// Of TLS 1.3.
    NewSessionTicket,
}

/// The extensions of a block, in wire order. One that does not fit its type stays as octets and is said.
pub(super) fn extensions(
    block: &[u8],
    context: Context,
    oddities: &mut Vec<Anomaly>,
) -> Result<Vec<Extension>, nom::Err<Fault>> {
    let mut input = block;
    let mut extensions = Vec::new();
    while !input.is_empty() {
        let (rest, kind) = u16("extension type", input)?;
        let (rest, data) = vector16("extension_data", rest)?;
        input = rest;
        extensions.push(extension(ExtensionType(kind), data, context, oddities));
    }
    placement::judge(&extensions, context, oddities);
    Ok(extensions)
}

fn extension(kind: ExtensionType, data: &[u8], context: Context, oddities: &mut Vec<Anomaly>) -> Extension {
    let body = match read::body(kind, context, data) {
        Ok(([], body)) => body,
        Ok((rest, body)) => {
            let detail = format!("{} octets are left over in extension {kind}", rest.len());
            oddities.push(Anomaly::new(anomaly::TLS_TRAILING_OCTETS, detail));
            body
        }
        Err(error) => {
            let detail = format!("extension {kind} of {} octets: {}", data.len(), fault(&error));
            oddities.push(Anomaly::new(anomaly::TLS_BAD_EXTENSION, detail));
            ExtensionBody::Other(kept(data))
        }
    };
    Extension { kind, length: u16::try_from(data.len()).unwrap_or(u16::MAX), body }
}

#[cfg(test)]
mod testing {
    use super::*;
    use crate::tls::handshake::testing::hex;

    /// A block of one extension, read.
    pub(super) fn read(
        kind: ExtensionType,
        context: Context,
        data: &[u8],
    ) -> (ExtensionBody, Vec<&'static str>) {
        let mut block = kind.0.to_be_bytes().to_vec();
        block.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        block.extend(data);
        let mut oddities = Vec::new();
        let mut parsed = extensions(&block, context, &mut oddities).unwrap();
        assert_eq!(usize::from(parsed[0].length), data.len());
        let codes: Vec<_> = oddities.into_iter().map(|oddity| oddity.code).collect();
        crate::tls::fields::testing::extensions_agree(context, &block, &codes);
        (parsed.remove(0).body, codes)
    }

    /// The octets say this and break nothing; cut anywhere but at `whole` they break something; another octet
    /// anywhere says something else or breaks something; one more is left over.
    pub(super) fn check_but(
        whole: &[usize],
        kind: ExtensionType,
        context: Context,
        data: &str,
        expected: &ExtensionBody,
    ) {
        let data = hex(data);
        let (body, oddities) = read(kind, context, &data);
        assert_eq!(&body, expected, "{kind}");
        assert!(oddities.is_empty(), "{kind}: {oddities:?}");
        for cut in 0..data.len() {
            let (body, oddities) = read(kind, context, &data[..cut]);
            assert_eq!(oddities.is_empty(), whole.contains(&cut), "{kind} cut at {cut}: {body:?}");
        }
        for nth in 0..data.len() {
            for mask in [1, 0x80, 0xff] {
                let mut other = data.clone();
                other[nth] ^= mask;
                let (body, oddities) = read(kind, context, &other);
                assert!(&body != expected || !oddities.is_empty(), "{kind} octet {nth} does not matter");
            }
        }
        let (_, oddities) = read(kind, context, &[&data[..], &[0]].concat());
        assert!(!oddities.is_empty(), "{kind}: an octet too many");
    }

    pub(super) fn check(kind: ExtensionType, context: Context, data: &str, expected: &ExtensionBody) {
        check_but(&[], kind, context, data, expected);
    }

    /// The octets do not fit their type, and are kept.
    pub(super) fn refused(kind: ExtensionType, context: Context, data: &str) {
        let data = hex(data);
        let expected = (ExtensionBody::Other(data.clone()), vec![anomaly::TLS_BAD_EXTENSION]);
        assert_eq!(read(kind, context, &data), expected);
    }
}

#[cfg(test)]
mod tests {
    use super::testing::read;
    use super::*;

    const CONTEXTS: [Context; 7] = [
        Context::ClientHello,
        Context::ServerHello,
        Context::HelloRetryRequest,
        Context::EncryptedExtensions,
        Context::CertificateEntry,
        Context::CertificateRequest,
        Context::NewSessionTicket,
    ];

    #[test]
    fn a_type_that_is_not_assigned_keeps_its_octets() {
        for kind in [0x0a0a, 0x1234, 36].map(ExtensionType) {
            for context in CONTEXTS {
                assert_eq!(read(kind, context, &[1, 2]), (ExtensionBody::Other(vec![1, 2]), vec![]));
            }
        }
    }

    #[test]
    fn octets_left_over_are_said() {
        let (body, oddities) = read(ExtensionType::EXTENDED_MASTER_SECRET, Context::ClientHello, &[1]);
        assert_eq!(
            (body, oddities),
            (ExtensionBody::ExtendedMasterSecret, vec![anomaly::TLS_TRAILING_OCTETS])
        );
    }

    #[test]
    fn a_block_that_ends_inside_an_extension_is_refused() {
        let mut oddities = Vec::new();
        for block in [&[0][..], &[0, 0, 0], &[0, 0, 0, 1]] {
            assert!(extensions(block, Context::ClientHello, &mut oddities).is_err());
        }
    }

    proptest::proptest! {
        /// Every type that has a name, in every message, whatever its octets.
        #[test]
        fn any_octets_are_an_extension(
            kind in proptest::prop_oneof![0_u16..70, proptest::prelude::any::<u16>(), proptest::prelude::Just(0xfe0d)],
            context in proptest::sample::select(&CONTEXTS),
            data in proptest::collection::vec(proptest::prop_oneof![0_u8..5, proptest::prelude::any::<u8>()], 0..80),
        ) {
            read(ExtensionType(kind), context, &data);
        }
    }
}
