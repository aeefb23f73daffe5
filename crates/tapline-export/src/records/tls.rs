//! The `tls_message` and `tls_session` records.

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::decode::tls::{Alert, CipherSuite, NamedGroup, SignatureScheme, Version};
use tapline_engine::analysis::{
    ClientCertificate, Decrypted, Flight, FlightStep, HelloRetry, PskMode, Renegotiation, Sender, StepKind,
    TlsMessage, TlsSession,
};

use super::certificate::{CertificateLine, FindingLine, LogTimestampLine, OcspLine, certificates};
use super::{At, RecordType, Said, Shown, hex};

#[derive(Serialize, JsonSchema)]
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
    verified: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
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
            verified: message.verified,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct SessionLine<'a> {
    r#type: &'static str,
    packet: u64,
    at: At,
    connection: u64,
    outcome: &'static str,
    outcome_text: String,
    version: Option<Shown<Version>>,
    cipher_suite: Option<Shown<CipherSuite>>,
    group: Option<Shown<NamedGroup>>,
    signature_scheme: Option<Shown<SignatureScheme>>,
    server_name: Option<&'a str>,
    alpn: Option<&'a str>,
    alpn_offered: &'a [String],
    kind: &'static str,
    resumed: Option<bool>,
    psk_mode: Option<&'static str>,
    early_data: bool,
    early_data_outcome: &'static str,
    early_data_bytes: u64,
    hello_retry: bool,
    hello_retry_reason: Option<RetryLine>,
    renegotiation: Option<RenegotiationLine>,
    client_random: Option<String>,
    ja3: Option<&'a str>,
    ja3s: Option<&'a str>,
    ja4: Option<&'a str>,
    grease: bool,
    ech: Option<&'static str>,
    extended_master_secret: Option<bool>,
    encrypt_then_mac: Option<bool>,
    client_certificate: Option<&'static str>,
    client_certificates_seen: Option<usize>,
    certificates: Option<Vec<CertificateLine<'a>>>,
    certificates_seen: Option<usize>,
    chain: &'static str,
    chain_faults: Vec<FindingLine<'a>>,
    chain_notes: Vec<FindingLine<'a>>,
    client_certificates: Option<Vec<CertificateLine<'a>>>,
    ocsp: Option<OcspLine>,
    certificate_timestamps: Vec<LogTimestampLine>,
    handshake_rtts: Option<u8>,
    rtt_reasons: Vec<String>,
    handshake_ns: Option<i64>,
    client_own_ns: Option<i64>,
    server_own_ns: Option<i64>,
    kept_waiting_by: Option<&'static str>,
    flights: Vec<FlightLine>,
    flights_left_out: u32,
    alert: Option<AlertLine>,
    encrypted_alert: Option<&'static str>,
    failed_after: Option<String>,
    close_notify: CloseNotify,
    session_tickets: u32,
    session_ticket_lifetime_s: Option<u32>,
    key_updates: Counts,
    decrypted: Option<&'static str>,
    decryption_note: String,
    messages_opened: u64,
    records_closed: u64,
}

#[derive(Serialize, JsonSchema)]
struct RetryLine {
    client_groups: Vec<Shown<NamedGroup>>,
    client_groups_left_out: usize,
    asked_group: Option<Shown<NamedGroup>>,
    cookie: bool,
    text: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct RenegotiationLine {
    by: &'static str,
    inferred: bool,
    number: u32,
}

#[derive(Serialize, JsonSchema)]
struct CloseNotify {
    client: Option<bool>,
    server: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
struct Counts {
    client: u32,
    server: u32,
}

#[derive(Serialize, JsonSchema)]
struct FlightLine {
    from: &'static str,
    packet: u64,
    at: At,
    end_packet: u64,
    end_at: At,
    bytes: u64,
    waited_ns: Option<i64>,
    network_ns: Option<i64>,
    own_ns: Option<i64>,
    round_trips: Option<u8>,
    messages: Vec<StepLine>,
    messages_left_out: u32,
}

#[derive(Serialize, JsonSchema)]
struct StepLine {
    message: String,
    count: u32,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<AlertLine>,
}

impl FlightLine {
    fn of(flight: &Flight) -> Self {
        Self {
            from: flight.from.name(),
            packet: flight.first.packet,
            at: At(flight.first.at),
            end_packet: flight.last.packet,
            end_at: At(flight.last.at),
            bytes: flight.octets,
            waited_ns: flight.wait.map(|wait| wait.total_ns),
            network_ns: flight.wait.and_then(|wait| wait.network_ns),
            own_ns: flight.wait.and_then(tapline_engine::analysis::Wait::own_ns),
            round_trips: flight.round_trips,
            messages: flight.steps.iter().map(StepLine::of).collect(),
            messages_left_out: flight.left_out,
        }
    }
}

impl StepLine {
    fn of(step: &FlightStep) -> Self {
        Self {
            message: step.kind.code(),
            count: step.count,
            bytes: step.octets,
            verified: if let StepKind::Finished(verified) = step.kind { verified } else { None },
            alert: if let StepKind::Alert(alert) = step.kind {
                Some(AlertLine::of(alert, None))
            } else {
                None
            },
        }
    }
}

impl RetryLine {
    fn of(retry: &HelloRetry, text: Option<String>) -> Self {
        Self {
            client_groups: retry.client_groups.iter().copied().map(Shown).collect(),
            client_groups_left_out: retry.client_groups_left_out,
            asked_group: retry.asked.map(Shown),
            cookie: retry.cookie,
            text,
        }
    }
}

impl RenegotiationLine {
    fn of(renegotiation: Renegotiation) -> Self {
        let Renegotiation { by, inferred, number } = renegotiation;
        Self { by: by.name(), inferred, number }
    }
}

impl<'a> SessionLine<'a> {
    pub(super) fn of(session: &'a TlsSession) -> Self {
        let place = session.end.unwrap_or(session.start);
        let [client_own_ns, server_own_ns] = session.own_ns();
        let [client_close, server_close] = session.close_notify;
        let [client_updates, server_updates] = session.key_updates;
        Self {
            r#type: RecordType::TlsSession.name(),
            packet: place.packet,
            at: At(place.at),
            connection: session.connection,
            outcome: session.outcome.name(),
            outcome_text: session.outcome_text(),
            version: session.version.map(Shown),
            cipher_suite: session.cipher_suite.map(Shown),
            group: session.group.map(Shown),
            signature_scheme: session.signature_scheme.map(Shown),
            server_name: session.server_name.as_deref(),
            alpn: session.alpn.as_deref(),
            alpn_offered: &session.alpn_offered,
            kind: session.kind.name(),
            resumed: session.resumed,
            psk_mode: session.psk_mode.map(PskMode::name),
            early_data: session.early_data,
            early_data_outcome: session.early_data_outcome.name(),
            early_data_bytes: session.early_data_bytes,
            hello_retry: session.hello_retry,
            hello_retry_reason: session
                .retry
                .as_deref()
                .map(|retry| RetryLine::of(retry, session.retry_text())),
            renegotiation: session.renegotiation.map(RenegotiationLine::of),
            client_random: session.client_random.map(|random| hex(&random)),
            ja3: session.ja3.as_deref(),
            ja3s: session.ja3s.as_deref(),
            ja4: session.ja4.as_deref(),
            grease: session.grease,
            ech: session.ech_outer.then_some("outer"),
            extended_master_secret: session.extended_master_secret,
            encrypt_then_mac: session.encrypt_then_mac,
            client_certificate: session.client_certificate.name(),
            client_certificates_seen: match session.client_certificate {
                ClientCertificate::Sent(count) => Some(count),
                _ => None,
            },
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
            rtt_reasons: session.rtt_reasons(),
            handshake_ns: session.handshake_ns,
            client_own_ns,
            server_own_ns,
            kept_waiting_by: session.kept_waiting().map(|(side, _)| side.name()),
            flights: session.flights.iter().map(FlightLine::of).collect(),
            flights_left_out: session.flights_left_out,
            alert: session.alert.map(|(from, alert)| AlertLine::of(alert, Some(from))),
            encrypted_alert: session.encrypted_alert.map(Sender::name),
            failed_after: session.after(),
            close_notify: CloseNotify { client: client_close, server: server_close },
            session_tickets: session.tickets,
            session_ticket_lifetime_s: session.ticket_lifetime_s,
            key_updates: Counts { client: client_updates, server: server_updates },
            decrypted: session.decrypted().map(Decrypted::name),
            decryption_note: session.decryption_note(),
            messages_opened: session.messages_opened,
            records_closed: session.records_closed,
        }
    }
}
