//! The names that values have, from the registries that decode and analysis keep.

use tapline_analysis::certificate::{Fault, Verdict};
use tapline_analysis::decode::tls::{
    Alert, CipherSuite, ContentType, HandshakeType, NamedGroup, SignatureScheme, Version,
};
use tapline_analysis::decode::websocket::{CloseCode, Opcode};
use tapline_analysis::decode::{grpc, http2};
use tapline_analysis::{
    CATALOGUE as FINDINGS, Cause, ConnState, Decrypted, EarlyData, HandshakeKind, Lookup, Protocol, Sender,
    Severity, State, TeardownKind, TlsKind, TlsOutcome,
};

use super::RecordKind;

/// A set of values with names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Names {
    /// `TLS 1.3`.
    TlsVersion,
    /// `handshake`.
    ContentType,
    /// `client_hello`.
    HandshakeType,
    /// `TLS_AES_128_GCM_SHA256`.
    CipherSuite,
    /// `x25519`.
    NamedGroup,
    /// `ecdsa_secp256r1_sha256`.
    SignatureScheme,
    /// `warning` or `fatal`.
    AlertLevel,
    /// `handshake_failure`.
    Alert,
    /// `HEADERS`.
    FrameType,
    /// `CANCEL`.
    ErrorCode,
    /// `INITIAL_WINDOW_SIZE`.
    Setting,
    /// `text`.
    Opcode,
    /// `going away`.
    CloseCode,
    /// `AAAA`.
    DnsType,
    /// `NXDOMAIN`.
    DnsCode,
    /// `NOT_FOUND`.
    GrpcStatus,
    /// `note`, `warning` and `error`, in this order.
    Severity,
    /// `SF`.
    ConnState,
    /// `closed`.
    State,
    /// `three_way`.
    Handshake,
    /// `four_way`.
    Teardown,
    /// `zero_window`.
    Cause,
    /// `tcp_loss`.
    Finding,
    /// `http2`.
    Protocol,
    /// `client` or `server`.
    Sender,
    /// `http_exchange`.
    Record,
    /// `established`.
    TlsOutcome,
    /// `resumed_psk`.
    TlsKind,
    /// `accepted`.
    EarlyData,
    /// `expired`.
    Chain,
    /// `full`.
    Decrypted,
}

impl Names {
    /// Tells every value and its name. Of words the values mean nothing.
    pub fn each(self, tell: &mut dyn FnMut(u64, &'static str)) {
        let mut octets = |name: &dyn Fn(u8) -> Option<&'static str>| {
            (0..=u8::MAX).for_each(|number| {
                if let Some(name) = name(number) {
                    tell(number.into(), name);
                }
            });
        };
        match self {
            Self::ContentType => octets(&|number| ContentType(number).name()),
            Self::HandshakeType => octets(&|number| HandshakeType(number).name()),
            Self::AlertLevel => octets(&|level| Alert { level, description: 0 }.level_name()),
            Self::Alert => octets(&|description| Alert { level: 0, description }.name()),
            Self::FrameType => octets(&|number| http2::FrameType(number).name()),
            Self::ErrorCode => octets(&|number| http2::ErrorCode(number.into()).name()),
            Self::Setting => octets(&|number| http2::setting_name(number.into())),
            Self::Opcode => octets(&|number| Opcode(number).name()),
            Self::DnsType => octets(&|number| Lookup::name_of_kind(number.into())),
            Self::DnsCode => octets(&|number| Lookup::name_of_code(number.into())),
            Self::GrpcStatus => octets(&|number| grpc::status_name(number.into())),
            Self::TlsVersion => [0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304]
                .into_iter()
                .for_each(|number| named(number.into(), Version(number).name(), tell)),
            Self::CloseCode => {
                (1000..1016).for_each(|number| named(number.into(), CloseCode(number).name(), tell));
            }
            Self::CipherSuite => CipherSuite::named().for_each(|(suite, name)| tell(suite.0.into(), name)),
            Self::NamedGroup => NamedGroup::named().for_each(|(group, name)| tell(group.0.into(), name)),
            Self::SignatureScheme => {
                SignatureScheme::named().for_each(|(scheme, name)| tell(scheme.0.into(), name));
            }
            Self::Severity => [Severity::Note, Severity::Warning, Severity::Error]
                .into_iter()
                .for_each(|severity| tell(number_of(severity), severity.name())),
            words => words.words().into_iter().for_each(|word| tell(0, word)),
        }
    }

    /// The words of what is told as text; none of what is told as a number.
    fn words(self) -> Vec<&'static str> {
        match self {
            Self::ConnState => CONN_STATES.map(ConnState::name).into(),
            Self::State => STATES.map(State::name).into(),
            Self::Handshake => HANDSHAKES.map(HandshakeKind::name).into(),
            Self::Teardown => TEARDOWNS.map(TeardownKind::name).into(),
            Self::Cause => Cause::ALL.map(Cause::name).into(),
            Self::Finding => FINDINGS.iter().map(|kind| kind.code).collect(),
            Self::Protocol => PROTOCOLS.map(Protocol::name).into(),
            Self::Sender => [Sender::Client, Sender::Server].map(Sender::name).into(),
            Self::Record => RecordKind::ALL.map(RecordKind::name).into(),
            Self::TlsOutcome => OUTCOMES.map(TlsOutcome::name).into(),
            Self::TlsKind => KINDS.map(TlsKind::name).into(),
            Self::EarlyData => [EarlyData::None, EarlyData::Sent, EarlyData::Accepted, EarlyData::Refused]
                .map(EarlyData::name)
                .into(),
            Self::Chain => {
                let others = [Verdict::Trusted, Verdict::NotJudged, Verdict::NotSeen].map(Verdict::code);
                others.into_iter().chain(FAULTS.map(Fault::code)).collect()
            }
            Self::Decrypted => {
                [Decrypted::Full, Decrypted::Partial, Decrypted::None].map(Decrypted::name).into()
            }
            _ => Vec::new(),
        }
    }

    /// The values of a name as somebody writes it: letter case does not matter, and `_`, `-` and a space are the same.
    /// Several numbers may have one name.
    pub fn numbers(self, written: &str) -> Vec<u64> {
        let mut found = Vec::new();
        self.each(&mut |value, name| found.extend(is_same(written, name).then_some(value)));
        found
    }

    /// A name as it is kept, of one as somebody writes it.
    pub fn name(self, written: &str) -> Option<&'static str> {
        let mut found = None;
        self.each(&mut |_, name| found = found.or(is_same(written, name).then_some(name)));
        found
    }

    /// All names, each once.
    pub fn all(self) -> Vec<&'static str> {
        let mut all = Vec::new();
        self.each(&mut |_, name| {
            if !all.contains(&name) {
                all.push(name);
            }
        });
        all
    }
}

/// The number of a severity: worse ones are greater.
pub(crate) fn number_of(severity: Severity) -> u64 {
    match severity {
        Severity::Note => 1,
        Severity::Warning => 2,
        Severity::Error => 3,
    }
}

fn named(number: u64, name: Option<&'static str>, tell: &mut dyn FnMut(u64, &'static str)) {
    if let Some(name) = name {
        tell(number, name);
    }
}

fn is_same(written: &str, name: &str) -> bool {
    let plain = |octet: u8| if matches!(octet, b' ' | b'-') { b'_' } else { octet.to_ascii_lowercase() };
    written.len() == name.len() && written.bytes().map(plain).eq(name.bytes().map(plain))
}

const CONN_STATES: [ConnState; 13] = [
    ConnState::S0,
    ConnState::S1,
    ConnState::Sf,
    ConnState::Rej,
    ConnState::S2,
    ConnState::S3,
    ConnState::Rsto,
    ConnState::Rstr,
    ConnState::Rstos0,
    ConnState::Rstrh,
    ConnState::Sh,
    ConnState::Shr,
    ConnState::Oth,
];

const STATES: [State; 7] = [
    State::Opening,
    State::HalfOpen,
    State::Established,
    State::Closing,
    State::Closed,
    State::Refused,
    State::Reset,
];

const HANDSHAKES: [HandshakeKind; 9] = [
    HandshakeKind::ThreeWay,
    HandshakeKind::Simultaneous,
    HandshakeKind::Split,
    HandshakeKind::HalfOpen,
    HandshakeKind::Unanswered,
    HandshakeKind::Refused,
    HandshakeKind::SynNotCaptured,
    HandshakeKind::AnswerNotCaptured,
    HandshakeKind::NotCaptured,
];

const TEARDOWNS: [TeardownKind; 6] = [
    TeardownKind::FourWay,
    TeardownKind::ThreeSegment,
    TeardownKind::Simultaneous,
    TeardownKind::HalfClosed,
    TeardownKind::Reset,
    TeardownKind::None,
];

const PROTOCOLS: [Protocol; 5] =
    [Protocol::Tls, Protocol::Http1, Protocol::Http2, Protocol::Dns, Protocol::WebSocket];

const OUTCOMES: [TlsOutcome; 6] = [
    TlsOutcome::Established,
    TlsOutcome::Failed,
    TlsOutcome::Refused,
    TlsOutcome::Abandoned,
    TlsOutcome::Cut,
    TlsOutcome::NotSeen,
];

const KINDS: [TlsKind; 6] = [
    TlsKind::Full,
    TlsKind::ResumedSessionId,
    TlsKind::ResumedTicket,
    TlsKind::ResumedPsk,
    TlsKind::ExternalPsk,
    TlsKind::NotKnown,
];

const FAULTS: [Fault; 11] = [
    Fault::Unreadable,
    Fault::Revoked,
    Fault::BadSignature,
    Fault::SelfSigned,
    Fault::UnknownIssuer,
    Fault::Expired,
    Fault::NotYetValid,
    Fault::NameMismatch,
    Fault::NotPermitted,
    Fault::WeakSignature,
    Fault::WeakKey,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_people_write_them() {
        let check = |names: Names, written: &str, expected: Option<u64>| {
            assert_eq!(names.numbers(written), Vec::from_iter(expected), "{written}");
        };
        check(Names::TlsVersion, "TLS 1.3", Some(0x0304));
        check(Names::TlsVersion, "tls_1.2", Some(0x0303));
        check(Names::TlsVersion, "1.3", None);
        check(Names::HandshakeType, "Client Hello", Some(1));
        check(Names::FrameType, "headers", Some(1));
        check(Names::ErrorCode, "rst-stream", None);
        check(Names::ErrorCode, "enhance_your_calm", Some(11));
        check(Names::CipherSuite, "TLS_AES_128_GCM_SHA256", Some(0x1301));
        check(Names::CloseCode, "going away", Some(1001));
        check(Names::DnsType, "aaaa", Some(28));
        check(Names::Severity, "error", Some(3));
        assert_eq!(Names::CipherSuite.numbers("SSL_RSA_FIPS_WITH_DES_CBC_SHA"), [0xfefe, 0xffe1]);
        assert_eq!(Names::Finding.name("TCP-loss"), Some("tcp_loss"));
    }

    #[test]
    fn every_set_has_names() {
        for field in super::super::CATALOGUE {
            if let Some(names) = field.kind.names() {
                assert!(names.all().len() > 1, "{names:?}");
            }
        }
    }
}
