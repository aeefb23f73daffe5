//! The status of a certificate (RFC 6066 §8, RFC 6961 §2.2).

use crate::parse::{Parsed, all, refuse, u8, vector24};
use crate::tls::CertificateStatusType;

/// RFC 6066 §8, RFC 6961 §2.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// An OCSP response in DER (RFC 6960).
    Ocsp(Vec<u8>),
    /// One OCSP response a certificate, in the chain's order; empty where there is none.
    OcspMulti(Vec<Vec<u8>>),
}

impl CertificateStatusType {
    /// RFC 6066 §8.
    pub const OCSP: Self = Self(1);
    /// RFC 6961 §2.2.
    pub const OCSP_MULTI: Self = Self(2);
}

pub(in crate::tls) fn certificate_status(input: &[u8]) -> Parsed<'_, CertificateStatus> {
    let (rest, kind) = u8("status_type", input)?;
    match CertificateStatusType(kind) {
        CertificateStatusType::OCSP => {
            let (rest, response) = vector24("OCSPResponse", rest)?;
            Ok((rest, CertificateStatus::Ocsp(response.to_vec())))
        }
        CertificateStatusType::OCSP_MULTI => {
            let (rest, list) = vector24("ocsp_response_list", rest)?;
            let responses = all(list, |input| vector24("OCSPResponse", input))?;
            Ok((rest, CertificateStatus::OcspMulti(responses.into_iter().map(<[u8]>::to_vec).collect())))
        }
        _ => refuse("status_type", input),
    }
}
