//! TLS messages and sessions.

use tapline_analysis::decode::tls::{ContentType, HandshakeType};
use tapline_analysis::{Decrypted, StepKind, TlsMessage, TlsSession};

use super::{durations, frames, number, numbers, present, text};
use crate::{FieldId, Item, Value};

impl Item for TlsMessage {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        match field {
            F::FrameNumber | F::FrameTimeEpoch => frames(field, [self.first, self.origin], tell),
            F::TcpStream => number(self.connection, tell),
            F::Tls => present(true, tell),
            F::TlsRecordContentType => number(self.content.0, tell),
            F::TlsRecordVersion => number(self.record_version.0, tell),
            F::TlsHandshake => present(self.handshake.is_some(), tell),
            F::TlsHandshakeType => numbers(self.handshake.map(|kind| kind.0), tell),
            F::TlsHandshakeLength => numbers(self.handshake.map(|_| self.length_bytes), tell),
            F::TlsAlertMessage => present(self.content == ContentType::ALERT, tell),
            F::TlsAlertMessageLevel => numbers(self.alert.map(|alert| alert.level), tell),
            F::TlsAlertMessageDesc => numbers(self.alert.map(|alert| alert.description), tell),
            _ => {}
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        tell(&self.content.to_string());
        self.handshake.iter().for_each(|kind| tell(&kind.to_string()));
        self.alert.iter().for_each(|alert| tell(&alert.to_string()));
    }
}

impl Item for TlsSession {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let alert = self.alert.map(|(_, alert)| alert);
        match field {
            F::FrameNumber | F::FrameTimeEpoch => {
                frames(field, [self.start].into_iter().chain(self.end), tell);
            }
            F::TcpStream => number(self.connection, tell),
            F::TaplineRecord => text(["tls_session"], tell),
            F::Tls | F::TlsHandshake => present(true, tell),
            F::TlsHandshakeType => {
                let steps = self.flights.iter().flat_map(|flight| &flight.steps);
                numbers(steps.filter_map(|step| message_type(step.kind)), tell);
            }
            F::TlsHandshakeVersion => numbers(self.version.map(|version| version.0), tell),
            F::TlsHandshakeCiphersuite => numbers(self.cipher_suite.map(|suite| suite.0), tell),
            F::TlsHandshakeKeyShareGroup => numbers(self.group.map(|group| group.0), tell),
            F::TlsHandshakeSigHashAlg => numbers(self.signature_scheme.map(|scheme| scheme.0), tell),
            F::TlsHandshakeServerName => text(self.server_name.as_deref(), tell),
            F::TlsHandshakeAlpnStr => {
                let alpn = self.alpn_offered.iter().chain(&self.alpn);
                text(alpn.map(String::as_str), tell);
            }
            F::TlsHandshakeJa3 => text(self.ja3.as_deref(), tell),
            F::TlsHandshakeJa3s => text(self.ja3s.as_deref(), tell),
            F::TlsHandshakeJa4 => text(self.ja4.as_deref(), tell),
            F::TlsHandshakeTime => durations(self.handshake_ns, tell),
            F::TlsHandshakeRoundTrips => numbers(self.handshake_rtts, tell),
            F::TlsHandshakeOutcome => text([self.outcome.name()], tell),
            F::TlsHandshakeKind => text([self.kind.name()], tell),
            F::TlsHandshakeResumed => self.resumed.into_iter().for_each(|resumed| tell(Value::Bool(resumed))),
            F::TlsHandshakeHelloRetry => tell(Value::Bool(self.hello_retry)),
            F::TlsHandshakeEch => tell(Value::Bool(self.ech_outer)),
            F::TlsEarlyData => text([self.early_data_outcome.name()], tell),
            F::TlsDecrypted => text(self.decrypted().map(Decrypted::name), tell),
            F::TlsAlertMessage => present(alert.is_some() || self.encrypted_alert.is_some(), tell),
            F::TlsAlertMessageLevel => numbers(alert.map(|alert| alert.level), tell),
            F::TlsAlertMessageDesc => numbers(alert.map(|alert| alert.description), tell),
            F::TlsCertificateVerdict => text([self.chain.verdict.code()], tell),
            field => self.certificate_values(field, tell),
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        let told = [&self.server_name, &self.alpn, &self.ja3, &self.ja3s, &self.ja4];
        told.into_iter().flatten().for_each(|text| tell(text));
        self.alpn_offered.iter().for_each(|offered| tell(offered));
        self.version.iter().for_each(|version| tell(&version.to_string()));
        self.cipher_suite.iter().for_each(|suite| tell(&suite.to_string()));
        self.group.iter().for_each(|group| tell(&group.to_string()));
        self.alert.iter().for_each(|(_, alert)| tell(&alert.to_string()));
        [self.outcome.name(), self.kind.name(), self.chain.verdict.code()].into_iter().for_each(&mut *tell);
        for field in [FieldId::TlsCertificateSubject, FieldId::TlsCertificateIssuer, FieldId::X509ceDnsName] {
            self.certificate_values(field, &mut |value| {
                if let Value::Text(text) = value {
                    tell(text);
                }
            });
        }
    }
}

/// The certificates of a session.
trait Certificates {
    fn certificate_values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>));
}

impl Certificates for TlsSession {
    fn certificate_values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        let certificates = self.certificates.iter().flat_map(|chain| chain.certificates());
        for contents in certificates.filter_map(|certificate| certificate.contents.as_ref().ok()) {
            match field {
                FieldId::TlsCertificateSubject => text([contents.subject.as_str()], tell),
                FieldId::TlsCertificateIssuer => text([contents.issuer.as_str()], tell),
                FieldId::X509ceDnsName => {
                    let is_dns = |kind: tapline_analysis::certificate::NameKind| {
                        kind == tapline_analysis::certificate::NameKind::Dns
                    };
                    let names = contents.names.iter().filter(|name| is_dns(name.kind));
                    text(names.map(|name| name.value.as_str()), tell);
                }
                _ => return,
            }
        }
    }
}

/// The type of a handshake message that a step is.
fn message_type(step: StepKind) -> Option<u8> {
    Some(match step {
        StepKind::Handshake(kind) => kind.0,
        StepKind::HelloRetryRequest => HandshakeType::SERVER_HELLO.0,
        StepKind::Finished(_) => HandshakeType::FINISHED.0,
        _ => return None,
    })
}
