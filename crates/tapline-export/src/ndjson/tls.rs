//! The `tls_message` and `tls_session` records.

use serde::Serialize;
use tapline_engine::analysis::decode::tls::{Alert, CipherSuite, NamedGroup, Version};
use tapline_engine::analysis::{Sender, TlsMessage, TlsSession};

use super::certificate::{CertificateLine, FindingLine, LogTimestampLine, OcspLine, certificates};
use super::{At, RecordType, Said, Shown};

#[derive(Serialize)]
pub(super) struct MessageLine {
    r#type: &'static str,
    #[serde(flatten)]
    said: Said,
    record_version: Shown<Version>,
    content: String,
    message: Option<String>,
    code: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<AlertLine>,
    length_bytes: u32,
    encrypted: bool,
}

#[derive(Serialize)]
struct AlertLine {
    level: String,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'static str>,
}

impl AlertLine {
    fn of(alert: Alert, from: Option<Sender>) -> Self {
        Self {
            level: alert.level_name().map_or_else(|| alert.level.to_string(), str::to_owned),
            description: alert.to_string(),
            from: from.map(Sender::name),
        }
    }
}

impl MessageLine {
    pub(super) fn of(message: &TlsMessage) -> Self {
        Self {
            r#type: RecordType::TlsMessage.name(),
            said: Said::new(message.connection, message.first, message.origin, message.from),
            record_version: Shown(message.record_version),
            content: message.content.to_string(),
            message: message.handshake.map(|kind| kind.to_string()),
            code: message.handshake.map(|kind| kind.0),
            alert: message.alert.map(|alert| AlertLine::of(alert, None)),
            length_bytes: message.length_bytes,
            encrypted: message.decrypted,
        }
    }
}

#[derive(Serialize)]
pub(super) struct SessionLine<'a> {
    r#type: &'static str,
    packet: u64,
    at: At,
    connection: u64,
    version: Option<Shown<Version>>,
    cipher_suite: Option<Shown<CipherSuite>>,
    group: Option<Shown<NamedGroup>>,
    server_name: Option<&'a str>,
    alpn: Option<&'a str>,
    alpn_offered: &'a [String],
    resumed: Option<bool>,
    early_data: bool,
    hello_retry: bool,
    ja3: Option<&'a str>,
    ja3s: Option<&'a str>,
    ja4: Option<&'a str>,
    certificates: Option<Vec<CertificateLine<'a>>>,
    certificates_seen: Option<usize>,
    chain: &'static str,
    chain_faults: Vec<FindingLine<'a>>,
    chain_notes: Vec<FindingLine<'a>>,
    client_certificates: Option<Vec<CertificateLine<'a>>>,
    ocsp: Option<OcspLine>,
    certificate_timestamps: Vec<LogTimestampLine>,
    handshake_rtts: Option<u8>,
    handshake_ns: Option<i64>,
    alert: Option<AlertLine>,
    decrypted: &'static str,
    decryption_note: &'static str,
}

impl<'a> SessionLine<'a> {
    pub(super) fn of(session: &'a TlsSession) -> Self {
        let place = session.end.unwrap_or(session.start);
        Self {
            r#type: RecordType::TlsSession.name(),
            packet: place.packet,
            at: At(place.at),
            connection: session.connection,
            version: session.version.map(Shown),
            cipher_suite: session.cipher_suite.map(Shown),
            group: session.group.map(Shown),
            server_name: session.server_name.as_deref(),
            alpn: session.alpn.as_deref(),
            alpn_offered: &session.alpn_offered,
            resumed: session.resumed,
            early_data: session.early_data,
            hello_retry: session.hello_retry,
            ja3: session.ja3.as_deref(),
            ja3s: session.ja3s.as_deref(),
            ja4: session.ja4.as_deref(),
            certificates: session.certificates.as_deref().map(certificates),
            certificates_seen: session
                .certificates
                .as_ref()
                .map(|chain| chain.certificates().len() + chain.left_out()),
            chain: session.chain.verdict.code(),
            chain_faults: FindingLine::faults(&session.chain),
            chain_notes: FindingLine::notes(&session.chain),
            client_certificates: session.client_certificates.as_deref().map(certificates),
            ocsp: session.ocsp.map(OcspLine::of),
            certificate_timestamps: session.certificate_timestamps.iter().map(LogTimestampLine::of).collect(),
            handshake_rtts: session.handshake_rtts,
            handshake_ns: session.handshake_ns,
            alert: session.alert.map(|(from, alert)| AlertLine::of(alert, Some(from))),
            decrypted: "none",
            decryption_note: "this version does not decrypt",
        }
    }
}
