//! A connection: the root of its trace.

use std::net::IpAddr;

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::{Event as SpanEvent, SpanKind};
use tapline_engine::analysis::{
    ConnectionRecord, HandshakeKind, Left, Protocol, ResetPhase, Sender, SideRecord,
};
use tapline_export::redact::Redactor;

use super::target::Target;
use super::{Place, status};
use crate::attributes::Attributes;
use crate::known::Connection;

/// The connection's span, from its first packet to its last. Whoever captured it is neither of its ends and sent nothing, so
/// it is internal. `found` is what its own record gives to tell.
pub(crate) fn of_connection(
    record: &ConnectionRecord,
    known: Connection,
    found: Vec<SpanEvent>,
    redactor: &Redactor,
) -> Span {
    let Connection { identity, http_version, mut findings, .. } = known;
    let mut attributes = Attributes::default();
    ends(&mut attributes, record, redactor);
    protocol(&mut attributes, record, http_version);
    of_tcp(&mut attributes, record);
    side(&mut attributes, "tapline.client", &record.client);
    side(&mut attributes, "tapline.server", &record.server);
    let failure = failure(record);
    attributes.put("error.type", failure.as_ref().map(|(kind, _)| *kind));
    findings.extend(found);
    let (events, left_out) = findings.into_parts();
    attributes.put("tapline.findings_left_out", (left_out > 0).then_some(left_out));
    Span {
        attributes: attributes.into_inner(),
        events,
        dropped_events_count: left_out,
        status: Some(status(failure.map(|(_, why)| why))),
        ..Place::root(&identity).span("TCP connection", SpanKind::Internal, [record.first.at, record.last.at])
    }
}

fn ends(attributes: &mut Attributes, record: &ConnectionRecord, redactor: &Redactor) {
    let (client, server) = (record.client.endpoint, record.server.endpoint);
    attributes.put("network.transport", "tcp");
    attributes.put("network.type", if matches!(server.address, IpAddr::V4(_)) { "ipv4" } else { "ipv6" });
    attributes.put("client.address", client.address);
    attributes.put("client.port", client.port);
    // A name where the client used one; the address stands beside it.
    let name = record.server_name.as_deref().map(|name| redactor.host(name));
    match name.as_deref().and_then(|name| Target::of(name).host) {
        Some(name) => attributes.put("server.address", name),
        None => attributes.put("server.address", server.address),
    }
    attributes.put("server.port", server.port);
    attributes.put("network.peer.address", server.address);
    attributes.put("network.peer.port", server.port);
}

/// The innermost protocol, its version where that is known.
fn protocol(attributes: &mut Attributes, record: &ConnectionRecord, http_version: Option<&'static str>) {
    let named = record.protocols.last().map(|protocol| match protocol {
        Protocol::Http1 => ("http", http_version),
        Protocol::Http2 => ("http", Some("2")),
        other => (other.name(), None),
    });
    attributes.put("network.protocol.name", named.map(|(name, _)| name));
    attributes.put("network.protocol.version", named.and_then(|(_, version)| version));
    attributes.put_all("tapline.protocols", record.protocols.iter().map(|protocol| protocol.name()));
}

fn of_tcp(attributes: &mut Attributes, record: &ConnectionRecord) {
    let teardown = &record.teardown;
    attributes.put("tapline.connection", record.id);
    attributes.put("tapline.client_known_by", record.orientation.name());
    attributes.put("tapline.state", record.state.name());
    attributes.put("tapline.conn_state", record.conn_state.name());
    attributes.put("tapline.history", record.history.as_str());
    attributes.put("tapline.handshake.kind", record.handshake_kind.name());
    attributes.put("tapline.teardown.kind", teardown.kind().name());
    attributes.put("tapline.closed_first", teardown.closed_first().map(|side| record.sender(side).name()));
    attributes.put("tapline.reset.phase", teardown.ending_reset().map(|reset| reset.phase.name()));
    attributes
        .put("tapline.reset.from", teardown.ending_reset().map(|reset| record.sender(reset.from).name()));
    attributes.put("tapline.initial_rtt_ns", record.handshake.initial_rtt_ns);
    attributes.put("tapline.retransmissions", record.resent());
    attributes.put("tapline.requests", record.requests);
    attributes.put("tapline.first_packet", record.first.packet);
    attributes.put("tapline.last_packet", record.last.packet);
    attributes.put("tapline.captured_only", record.only.map(Sender::name));
    attributes.put("tapline.copy_of", record.copy_of);
    attributes.put("tapline.left", record.left.map(Left::name));
    attributes.put_all("tapline.vlans", record.vlans.iter());
    if let Some(error) = record.unreachable.as_deref() {
        attributes.put("tapline.icmp_error", error.reason.to_string());
        attributes.put("tapline.icmp_error.reporter", error.reporter);
    }
}

fn side(attributes: &mut Attributes, name: &str, side: &SideRecord) {
    attributes.put(format!("{name}.packets"), side.packets);
    attributes.put(format!("{name}.payload_bytes"), side.payload_bytes);
    attributes.put(format!("{name}.missing_bytes"), side.missing_bytes);
}

/// Why it failed, if it did: as `error.type`, and in words. A reset at rest is a way to close.
fn failure(record: &ConnectionRecord) -> Option<(&'static str, String)> {
    let error = record.unreachable.as_deref().filter(|_| record.handshake_kind == HandshakeKind::Unanswered);
    if let Some(error) = error {
        return Some(("unreachable", format!("{} says: {}", error.reporter, error.reason)));
    }
    match record.handshake_kind {
        HandshakeKind::Refused => return Some(("refused", "the server refused the connection".to_owned())),
        HandshakeKind::Unanswered => return Some(("unanswered", "nobody answered the SYN".to_owned())),
        _ => {}
    }
    let reset = record.teardown.ending_reset()?;
    let when = match reset.phase {
        ResetPhase::MidTransfer => "in the middle of a transfer",
        ResetPhase::Handshake => "during the handshake",
        _ => return None,
    };
    Some(("reset", format!("the {} reset the connection {when}", record.sender(reset.from).name())))
}
