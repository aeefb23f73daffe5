//! Addresses of a client's certificates (RFC 6066 §5).

use crate::parse::{Parsed, all, array, refuse, u8, vector16};
use crate::tls::CertificateChainType;
use crate::tls::handshake::vectors::opaque16;

/// RFC 6066 §5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateUrl {
    /// Whether the addresses name single certificates or one chain.
    pub chain_type: CertificateChainType,
    /// The addresses, the client's own certificate first.
    pub urls: Vec<UrlAndHash>,
}

/// An address and what is to be found there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlAndHash {
    /// The address.
    pub url: Vec<u8>,
    /// The SHA-1 of what it names; RFC 4366 let it be absent.
    pub sha1: Option<[u8; 20]>,
}

pub(in crate::tls::handshake) fn certificate_url(input: &[u8]) -> Parsed<'_, CertificateUrl> {
    let (input, chain_type) = u8("type", input)?;
    let (input, list) = vector16("url_and_hash_list", input)?;
    let urls = all(list, url_and_hash)?;
    Ok((input, CertificateUrl { chain_type: CertificateChainType(chain_type), urls }))
}

/// The octet before the hash said whether there is one (RFC 4366 §3.3), and is 1 since RFC 6066.
fn url_and_hash(input: &[u8]) -> Parsed<'_, UrlAndHash> {
    let (input, url) = opaque16("url", input)?;
    let (rest, padding) = u8("padding", input)?;
    match padding {
        0 => Ok((rest, UrlAndHash { url, sha1: None })),
        1 => array("SHA1Hash", rest).map(|(rest, sha1)| (rest, UrlAndHash { url, sha1: Some(sha1) })),
        _ => refuse("padding", input),
    }
}
