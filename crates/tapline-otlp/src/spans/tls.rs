//! A TLS handshake.

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::{Event as SpanEvent, SpanKind};
use tapline_engine::analysis::certificate::Certificate;
use tapline_engine::analysis::decode::tls::Version;
use tapline_engine::analysis::{Decrypted, PskMode, TlsOutcome, TlsSession};
use tapline_export::redact::Redactor;

use super::{Place, status};
use crate::attributes::Attributes;

/// The handshake's span, from the `ClientHello` to its end, or to its last message where it did not end.
pub(crate) fn of_tls_session(
    session: &TlsSession,
    place: &Place,
    findings: Vec<SpanEvent>,
    redactor: &Redactor,
) -> Span {
    let reached = session.flights.last().map_or(session.start, |flight| flight.last);
    let until = session.end.unwrap_or(reached);
    let mut attributes = Attributes::default();
    attributes.put("server.address", session.server_name.as_deref().map(|name| redactor.host(name)));
    if let Some((name, version)) = session.version.and_then(version) {
        attributes.put("tls.protocol.name", name);
        attributes.put("tls.protocol.version", version);
    }
    attributes.put("tls.cipher", session.cipher_suite.map(|suite| suite.to_string()));
    attributes.put("tls.curve", session.group.map(|group| group.to_string()));
    attributes.put("tls.next_protocol", session.alpn.as_deref());
    attributes.put("tls.resumed", session.resumed);
    attributes.put("tls.established", established(session.outcome));
    attributes.put("tls.client.ja3", session.ja3.as_deref());
    attributes.put("tls.server.ja3s", session.ja3s.as_deref());
    if let Some(leaf) = session.certificates.as_ref().and_then(|chain| chain.leaf()) {
        certificate(&mut attributes, "tls.server", leaf);
    }
    if let Some(leaf) = session.client_certificates.as_ref().and_then(|chain| chain.leaf()) {
        certificate(&mut attributes, "tls.client", leaf);
    }
    attributes.put("tapline.tls.outcome", session.outcome.name());
    attributes.put("tapline.tls.kind", session.kind.name());
    attributes.put("tapline.tls.ja4", session.ja4.as_deref());
    attributes.put("tapline.tls.signature_scheme", session.signature_scheme.map(|scheme| scheme.to_string()));
    attributes.put("tapline.tls.psk_mode", session.psk_mode.map(PskMode::name));
    attributes.put("tapline.tls.early_data", session.early_data_outcome.name());
    attributes.put("tapline.tls.hello_retry", session.hello_retry);
    attributes.put("tapline.tls.chain", session.chain.verdict.code());
    attributes.put("tapline.tls.round_trips", session.handshake_rtts);
    let [client_own_ns, server_own_ns] = session.own_ns();
    attributes.put("tapline.tls.client_own_ns", client_own_ns);
    attributes.put("tapline.tls.server_own_ns", server_own_ns);
    attributes.put("tapline.tls.decrypted", session.decrypted().map(Decrypted::name));
    attributes.put("tapline.tls.alert", session.alert.map(|(_, alert)| alert.to_string()));
    attributes.put("tapline.tls.alert_from", session.alert.map(|(from, _)| from.name()));
    let failure = (established(session.outcome) == Some(false)).then(|| {
        // The alert says why, where there is one.
        let alert = session.alert.map(|(_, alert)| alert.to_string());
        alert.unwrap_or_else(|| session.outcome.name().to_owned())
    });
    attributes.put("error.type", failure.as_deref());
    attributes.put("tapline.packet", session.start.packet);
    Span {
        attributes: attributes.into_inner(),
        events: findings,
        status: Some(status(failure.map(|_| session.outcome_text()))),
        ..place.span("TLS handshake", SpanKind::Internal, [session.start.at, until.at])
    }
}

/// Whether both sides finished it, where that is known.
fn established(outcome: TlsOutcome) -> Option<bool> {
    match outcome {
        TlsOutcome::Established => Some(true),
        TlsOutcome::Failed | TlsOutcome::Refused | TlsOutcome::Abandoned => Some(false),
        TlsOutcome::NotSeen | TlsOutcome::Cut => None,
    }
}

/// Name and version as the conventions have them: `tls` and `1.3`.
fn version(version: Version) -> Option<(&'static str, &'static str)> {
    let (name, number) = version.name()?.split_once(' ')?;
    match name {
        "TLS" => Some(("tls", number)),
        "SSL" => Some(("ssl", number)),
        _ => None,
    }
}

/// A side's own certificate.
fn certificate(attributes: &mut Attributes, side: &str, leaf: &Certificate) {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default().to_ascii_uppercase();
    let hash: String = leaf.sha256.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect();
    attributes.put(format!("{side}.hash.sha256"), hash);
    if let Ok(contents) = &leaf.contents {
        attributes.put(format!("{side}.subject"), contents.subject.as_str());
        attributes.put(format!("{side}.issuer"), contents.issuer.as_str());
        attributes.put(format!("{side}.not_before"), contents.not_before.to_string());
        attributes.put(format!("{side}.not_after"), contents.not_after.to_string());
    }
}
