//! A stapled OCSP response (RFC 6960 §4.2.1). What it says is told; its signature is not verified.

use super::Date;
use super::der::{Reader, Tag};
use super::hex;
use crate::limits::OCSP_RESPONSES_MAX;

/// What a responder says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspResponse {
    /// Whether the responder answered.
    pub status: OcspStatus,
    /// What it answered; `None` where it did not, or where that cannot be read.
    pub cert_status: Option<CertStatus>,
    /// When that was known to be right.
    pub this_update: Option<Date>,
    /// When more will be known.
    pub next_update: Option<Date>,
    /// Whether it speaks of the certificate with which it came: the serial number is the same.
    pub is_for_leaf: bool,
}

/// OCSPResponseStatus (RFC 6960 §4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspStatus(pub u8);

impl OcspStatus {
    /// The response has an answer.
    pub const SUCCESSFUL: Self = Self(0);
    /// The octets are no OCSP response; no number of the RFC's.
    pub const UNREADABLE: Self = Self(u8::MAX);

    /// In the RFC's words.
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "successful",
            1 => "malformedRequest",
            2 => "internalError",
            3 => "tryLater",
            5 => "sigRequired",
            6 => "unauthorized",
            u8::MAX => "unreadable",
            _ => "not assigned",
        }
    }
}

/// CertStatus (RFC 6960 §4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// It is not revoked.
    Good,
    /// It is revoked.
    Revoked {
        /// Since when, where that can be read.
        at: Option<Date>,
        /// CRLReason (RFC 5280 §5.3.1).
        reason: Option<u8>,
    },
    /// The responder does not know the certificate.
    Unknown,
}

impl CertStatus {
    /// In the RFC's words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Revoked { .. } => "revoked",
            Self::Unknown => "unknown",
        }
    }
}

/// CRLReason in the RFC's words (RFC 5280 §5.3.1).
pub(super) fn reason_name(reason: u8) -> Option<&'static str> {
    Some(match reason {
        0 => "unspecified",
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        8 => "removeFromCRL",
        9 => "privilegeWithdrawn",
        10 => "aACompromise",
        _ => return None,
    })
}

/// One SingleResponse.
struct Single {
    serial: String,
    cert_status: CertStatus,
    this_update: Option<Date>,
    next_update: Option<Date>,
}

impl OcspResponse {
    /// Reads a response to a question for the certificate with this serial number, in hexadecimal.
    pub fn read(der: &[u8], serial: Option<&str>) -> Self {
        let mut response = Self {
            status: OcspStatus::UNREADABLE,
            cert_status: None,
            this_update: None,
            next_update: None,
            is_for_leaf: false,
        };
        let Some(mut inside) = Reader::new(der).enter(Tag::SEQUENCE) else { return response };
        let status = inside.take(Tag::ENUMERATED).map(|status| status.contents);
        let Some(&[status]) = status else { return response };
        response.status = OcspStatus(status);
        let singles = basic(inside).unwrap_or_default();
        let own = singles.iter().find(|single| Some(&*single.serial) == serial);
        response.is_for_leaf = own.is_some();
        if let Some(single) = own.or(singles.first()) {
            response.cert_status = Some(single.cert_status);
            response.this_update = single.this_update;
            response.next_update = single.next_update;
        }
        response
    }
}

/// The answers of a BasicOCSPResponse, behind the status.
fn basic(mut response: Reader<'_>) -> Option<Vec<Single>> {
    let mut bytes = response.enter(Tag::constructed(0))?.enter(Tag::SEQUENCE)?;
    // id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1: the only type there is.
    let basic = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
    if bytes.take(Tag::OBJECT_IDENTIFIER)?.contents != basic {
        return None;
    }
    let mut data = bytes.enter(Tag::OCTET_STRING)?.enter(Tag::SEQUENCE)?.enter(Tag::SEQUENCE)?;
    data.take(Tag::constructed(0)); // version
    data.take(Tag::constructed(1)).or_else(|| data.take(Tag::constructed(2)))?; // responderID
    data.take(Tag::GENERALIZED_TIME)?; // producedAt
    let mut responses = data.enter(Tag::SEQUENCE)?;
    Some(std::iter::from_fn(|| single(responses.enter(Tag::SEQUENCE)?)).take(OCSP_RESPONSES_MAX).collect())
}

fn single(mut response: Reader<'_>) -> Option<Single> {
    let mut id = response.enter(Tag::SEQUENCE)?;
    id.take(Tag::SEQUENCE)?;
    id.take(Tag::OCTET_STRING)?;
    id.take(Tag::OCTET_STRING)?;
    let serial = hex(id.take(Tag::INTEGER)?.contents);
    let status = response.next()?;
    let cert_status = if status.tag == Tag::context(0) {
        CertStatus::Good
    } else if status.tag == Tag::constructed(1) {
        let mut revoked = Reader::new(status.contents);
        let at = revoked.take(Tag::GENERALIZED_TIME).and_then(|at| Date::generalized(at.contents));
        let reason = revoked.enter(Tag::constructed(0)).and_then(|mut reason| reason.take(Tag::ENUMERATED));
        CertStatus::Revoked { at, reason: reason.and_then(|reason| reason.contents.first().copied()) }
    } else if status.tag == Tag::context(2) {
        CertStatus::Unknown
    } else {
        return None;
    };
    let this_update = response.take(Tag::GENERALIZED_TIME).and_then(|at| Date::generalized(at.contents));
    let next_update = response.enter(Tag::constructed(0)).and_then(|mut at| at.take(Tag::GENERALIZED_TIME));
    let next_update = next_update.and_then(|at| Date::generalized(at.contents));
    Some(Single { serial, cert_status, this_update, next_update })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let contents = parts.concat();
        let length = u16::try_from(contents.len()).unwrap().to_be_bytes();
        [&[tag, 0x82][..], &length, &contents].concat()
    }

    fn response(serial: &[u8], status: &[u8]) -> Vec<u8> {
        response_of(&[(serial, status)])
    }

    /// A response to some questions, the way responders write it.
    fn response_of(answers: &[(&[u8], &[u8])]) -> Vec<u8> {
        let singles: Vec<_> = answers.iter().map(|(serial, status)| single(serial, status)).collect();
        let singles = singles.concat();
        let hash = der(0x04, &[&[7; 20]]);
        let responder = der(0xa2, &[&hash]);
        let at = der(0x18, &[b"20260101000001Z"]);
        let data = der(0x30, &[&responder, &at, &der(0x30, &[&singles])]);
        let basic = der(0x30, &[&data, &der(0x30, &[]), &der(0x03, &[&[0]])]);
        let oid = [0x06, 9, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
        let bytes = der(0xa0, &[&der(0x30, &[&oid, &der(0x04, &[&basic])])]);
        der(0x30, &[&[0x0a, 1, 0], &bytes])
    }

    fn single(serial: &[u8], status: &[u8]) -> Vec<u8> {
        let hash = der(0x04, &[&[7; 20]]);
        let id = der(0x30, &[&der(0x30, &[&[0x06, 1, 0x2a]]), &hash, &hash, &der(0x02, &[serial])]);
        let at = |text: &[u8]| der(0x18, &[text]);
        der(0x30, &[&id, status, &at(b"20260101000000Z"), &der(0xa0, &[&at(b"20260108000000Z")])])
    }

    fn check(octets: &[u8], status: &str, cert_status: Option<CertStatus>, is_for_leaf: bool) {
        let read = OcspResponse::read(octets, Some("0102"));
        assert_eq!(
            (read.status.name(), read.cert_status, read.is_for_leaf),
            (status, cert_status, is_for_leaf)
        );
        if cert_status.is_some() {
            let dates = [read.this_update, read.next_update].map(|date| date.unwrap().to_string());
            assert_eq!(dates, ["2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z"]);
        }
    }

    #[test]
    fn each_status() {
        check(&response(&[1, 2], &[0x80, 0]), "successful", Some(CertStatus::Good), true);
        check(&response(&[1, 3], &[0x82, 0]), "successful", Some(CertStatus::Unknown), false);
        let at = Date::generalized(b"20251231000000Z");
        let revoked = der(0xa1, &[&der(0x18, &[b"20251231000000Z"]), &der(0xa0, &[&[0x0a, 1, 1]])]);
        let expected = CertStatus::Revoked { at, reason: Some(1) };
        check(&response(&[1, 2], &revoked), "successful", Some(expected), true);
    }

    #[test]
    fn of_many_answers_the_one_for_the_certificate_counts() {
        let (good, unknown): (&[u8], &[u8]) = (&[0x80, 0], &[0x82, 0]);
        let both = response_of(&[(&[1, 3], unknown), (&[1, 2], good)]);
        check(&both, "successful", Some(CertStatus::Good), true);
    }

    #[test]
    fn no_answer() {
        check(&[0x30, 3, 0x0a, 1, 3], "tryLater", None, false);
        check(&[0x30, 3, 0x0a, 1, 4], "not assigned", None, false);
        check(&[0x30, 3, 0x02, 1, 0], "unreadable", None, false);
        check(&[], "unreadable", None, false);
    }

    #[test]
    fn any_octets_are_read() {
        let octets = response(&[1, 2], &[0x80, 0]);
        for place in 0..octets.len() {
            OcspResponse::read(&octets[..place], None);
            for bit in 0..8 {
                let mut flipped = octets.clone();
                flipped[place] ^= 1 << bit;
                OcspResponse::read(&flipped, None);
            }
        }
    }

    #[test]
    fn answers_behind_many_others_are_not_read() {
        let behind = |others: usize| {
            let other: (&[u8], &[u8]) = (&[1, 3], &[0x82, 0]);
            let answers = [vec![other; others], vec![(&[1, 2], &[0x80, 0])]].concat();
            OcspResponse::read(&response_of(&answers), Some("0102")).is_for_leaf
        };
        assert!(behind(OCSP_RESPONSES_MAX - 1) && !behind(OCSP_RESPONSES_MAX));
    }
}
