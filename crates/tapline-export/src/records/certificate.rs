//! Certificates and what was found about them, inside the `tls_session` record.

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::Timestamp;
use tapline_engine::analysis::certificate::{
    CertStatus, Certificate, Chain, ChainVerdict, Contents, Date, Extension, Key, LogTimestamp, Name,
    OcspResponse,
};

use super::{At, Shown, hex};

#[derive(Serialize, JsonSchema)]
pub(super) struct CertificateLine<'a> {
    sha256: String,
    length_bytes: usize,
    error: Option<&'a str>,
    #[serde(flatten)]
    contents: Option<ContentsLine<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct ContentsLine<'a> {
    version: u32,
    serial: &'a str,
    subject: &'a str,
    issuer: &'a str,
    self_issued: bool,
    names: Vec<NameLine<'a>>,
    names_left_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    others_left_out: Option<usize>,
    not_before: Shown<Date>,
    not_after: Shown<Date>,
    key: KeyLine<'a>,
    signature: &'a str,
    is_ca: bool,
    path_length_max: Option<u32>,
    key_usage: &'a [&'static str],
    extended_key_usage: &'a [String],
    subject_key_id: Option<&'a str>,
    authority_key_id: Option<&'a str>,
    ocsp_urls: &'a [String],
    issuer_urls: &'a [String],
    crl_urls: &'a [String],
    timestamps: Vec<LogTimestampLine>,
    extensions: Vec<ExtensionLine<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct NameLine<'a> {
    kind: &'static str,
    value: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct KeyLine<'a> {
    kind: &'a str,
    bits: Option<u32>,
    curve: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct ExtensionLine<'a> {
    name: &'a str,
    critical: bool,
    readable: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct LogTimestampLine {
    log_id: String,
    /// `null` where it is beyond all that a time can be.
    at: Option<At>,
}

/// The certificates of a side.
pub(super) fn certificates(chain: &Chain) -> Vec<CertificateLine<'_>> {
    chain.certificates().iter().map(CertificateLine::of).collect()
}

impl<'a> CertificateLine<'a> {
    fn of(certificate: &'a Certificate) -> Self {
        Self {
            sha256: hex(&certificate.sha256),
            length_bytes: certificate.length_bytes,
            error: certificate.contents.as_ref().err().map(String::as_str),
            contents: certificate.contents.as_ref().ok().map(|contents| ContentsLine::of(contents)),
        }
    }
}

impl<'a> ContentsLine<'a> {
    fn of(contents: &'a Contents) -> Self {
        let name = |name: &'a Name| NameLine { kind: name.kind.name(), value: &name.value };
        let Key { kind, bits, curve } = &contents.key;
        let extension = |extension: &'a Extension| {
            let Extension { name, critical, readable } = extension;
            ExtensionLine { name, critical: *critical, readable: *readable }
        };
        Self {
            version: contents.version,
            serial: &contents.serial,
            subject: &contents.subject,
            issuer: &contents.issuer,
            self_issued: contents.self_issued,
            names: contents.names.iter().map(name).collect(),
            names_left_out: contents.names_left_out,
            others_left_out: Some(contents.others_left_out).filter(|&count| count > 0),
            not_before: Shown(contents.not_before),
            not_after: Shown(contents.not_after),
            key: KeyLine { kind, bits: *bits, curve: curve.as_deref() },
            signature: &contents.signature.name,
            is_ca: contents.is_ca,
            path_length_max: contents.path_length_max,
            key_usage: &contents.key_usage,
            extended_key_usage: &contents.extended_key_usage,
            subject_key_id: contents.subject_key_id.as_deref(),
            authority_key_id: contents.authority_key_id.as_deref(),
            ocsp_urls: &contents.ocsp_urls,
            issuer_urls: &contents.issuer_urls,
            crl_urls: &contents.crl_urls,
            timestamps: contents.timestamps.iter().map(LogTimestampLine::of).collect(),
            extensions: contents.extensions.iter().map(extension).collect(),
        }
    }
}

impl LogTimestampLine {
    pub(super) fn of(timestamp: &LogTimestamp) -> Self {
        let ns = i64::try_from(timestamp.timestamp_ms).ok().and_then(|ms| ms.checked_mul(1_000_000));
        Self { log_id: hex(&timestamp.log_id), at: ns.map(|ns| At(Timestamp(ns))) }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct FindingLine<'a> {
    code: &'static str,
    detail: &'a str,
}

impl<'a> FindingLine<'a> {
    pub(super) fn faults(verdict: &'a ChainVerdict) -> Vec<Self> {
        verdict.faults.iter().map(|fault| Self { code: fault.kind.code(), detail: &fault.detail }).collect()
    }

    pub(super) fn notes(verdict: &'a ChainVerdict) -> Vec<Self> {
        verdict.notes.iter().map(|note| Self { code: note.kind.code(), detail: &note.detail }).collect()
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct OcspLine {
    status: &'static str,
    cert_status: Option<&'static str>,
    this_update: Option<Shown<Date>>,
    next_update: Option<Shown<Date>>,
    revoked_at: Option<Shown<Date>>,
    is_for_leaf: bool,
}

impl OcspLine {
    pub(super) fn of(response: OcspResponse) -> Self {
        let revoked_at = match response.cert_status {
            Some(CertStatus::Revoked { at, .. }) => at,
            _ => None,
        };
        Self {
            status: response.status.name(),
            cert_status: response.cert_status.map(CertStatus::name),
            this_update: response.this_update.map(Shown),
            next_update: response.next_update.map(Shown),
            revoked_at: revoked_at.map(Shown),
            is_for_leaf: response.is_for_leaf,
        }
    }
}
