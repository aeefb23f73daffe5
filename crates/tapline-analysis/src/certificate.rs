//! Certificates (RFC 5280): what they say, and whether a chain of them holds at the time of the capture.
//!
//! DER, trusted roots and a time come in; facts and verdicts go out. Nothing is fetched, no clock is read, and what
//! cannot be read stays as its length and its SHA-256.
//!
//! ```text
//!   Chain (what a side sent) ──► paths (who signed whom) ──► Verdict (at a time, for a name)
//!                     Trust ───────┘
//! ```

mod algorithm;
mod chain;
mod date;
mod der;
mod extensions;
mod judge;
mod name;
mod names;
mod ocsp;
mod path;
mod seen;
mod signature;
mod trust;
mod verdict;

use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::x509::SubjectPublicKeyInfo;

pub use algorithm::{EC_BITS_MIN, Key, RSA_BITS_MIN, SignatureAlgorithm};
pub use chain::Chain;
pub use date::Date;
pub use extensions::{Extension, LogTimestamp, Name, NameKind};
pub use judge::{Judge, Question};
pub use name::common_name;
pub use ocsp::{CertStatus, OcspResponse, OcspStatus};
pub(crate) use seen::Seen;
pub use trust::{Trust, TrustError};
pub use verdict::{ChainVerdict, EXPIRING_SOON_DAYS, Fault, Finding, Note, Verdict};

/// A certificate as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Octets of its DER.
    pub length_bytes: usize,
    /// SHA-256 of its DER: what people call its fingerprint.
    pub sha256: [u8; 32],
    /// What it says, or why that cannot be read.
    pub contents: Result<Box<Contents>, String>,
}

/// What a certificate says (RFC 5280 §4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// 1 to 3.
    pub version: u32,
    /// The serial number in hexadecimal, as it was sent.
    pub serial: String,
    /// Whose key it is (RFC 4514, control characters escaped).
    pub subject: String,
    /// Who says so.
    pub issuer: String,
    /// Whether both are the same name (RFC 5280 §3.2: self-issued).
    pub self_issued: bool,
    /// The first second of its validity.
    pub not_before: Date,
    /// The last second of its validity.
    pub not_after: Date,
    /// The public key.
    pub key: Key,
    /// How it was signed.
    pub signature: SignatureAlgorithm,
    /// Whether it is a CA's (RFC 5280 §4.2.1.9).
    pub is_ca: bool,
    /// How many CAs may stand between it and the end of a chain.
    pub path_length_max: Option<u32>,
    /// What it is valid for: subjectAltName (RFC 5280 §4.2.1.6); the first
    /// [`NAMES_MAX`](crate::limits::NAMES_MAX).
    pub names: Vec<Name>,
    /// Names behind those.
    pub names_left_out: usize,
    /// Addresses, purposes and timestamps behind those that are kept.
    pub others_left_out: usize,
    /// What the key may be used for, in the RFC's words; empty where it does not say.
    pub key_usage: Vec<&'static str>,
    /// The purposes, in the RFC's words or as OIDs; empty where it does not say.
    pub extended_key_usage: Vec<String>,
    /// subjectKeyIdentifier in hexadecimal.
    pub subject_key_id: Option<String>,
    /// The issuer's, authorityKeyIdentifier.
    pub authority_key_id: Option<String>,
    /// Where to ask for its status (RFC 5280 §4.2.2.1).
    pub ocsp_urls: Vec<String>,
    /// Where the issuer's certificate is.
    pub issuer_urls: Vec<String>,
    /// Where the list of revoked ones is (RFC 5280 §4.2.1.13).
    pub crl_urls: Vec<String>,
    /// What logs of certificates said of it (RFC 6962 §3.3).
    pub timestamps: Vec<LogTimestamp>,
    /// Every extension, in its order.
    pub extensions: Vec<Extension>,
}

impl Certificate {
    /// Reads a certificate. Nothing of it is believed.
    pub fn read(der: &[u8]) -> Self {
        let contents = parse(der).map(|certificate| Box::new(Contents::of(&certificate)));
        Self { length_bytes: der.len(), sha256: Sha256::digest(der).into(), contents }
    }
}

/// The parsed form, or why there is none.
fn parse(der: &[u8]) -> Result<X509Certificate<'_>, String> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        Ok((rest, _)) => Err(format!("{} octets are left over behind the certificate", rest.len())),
        Err(_) if matches!(SubjectPublicKeyInfo::from_der(der), Ok(([], _))) => {
            Err("it is a raw public key (RFC 7250), no certificate".to_owned())
        }
        Err(error) => Err(format!("it is no certificate in DER: {error}")),
    }
}

impl Contents {
    fn of(certificate: &X509Certificate<'_>) -> Self {
        let mut contents = Self {
            version: certificate.version().0.saturating_add(1),
            serial: hex(certificate.raw_serial()),
            subject: name::text(certificate.subject()),
            issuer: name::text(certificate.issuer()),
            self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
            not_before: Date(certificate.validity().not_before.timestamp()),
            not_after: Date(certificate.validity().not_after.timestamp()),
            key: Key::of(certificate.public_key()),
            signature: SignatureAlgorithm::of(&certificate.signature_algorithm),
            is_ca: false,
            path_length_max: None,
            names: Vec::new(),
            names_left_out: 0,
            others_left_out: 0,
            key_usage: Vec::new(),
            extended_key_usage: Vec::new(),
            subject_key_id: None,
            authority_key_id: None,
            ocsp_urls: Vec::new(),
            issuer_urls: Vec::new(),
            crl_urls: Vec::new(),
            timestamps: Vec::new(),
            extensions: Vec::new(),
        };
        contents.read_extensions(certificate.extensions());
        contents
    }

    /// The name that people know it by: its first DNS name, else its subject.
    pub fn display_name(&self) -> &str {
        let dns = self.names.iter().find(|name| name.kind == NameKind::Dns);
        dns.map_or(&self.subject, |name| &name.value)
    }
}

/// Octets in hexadecimal.
fn hex(octets: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}
