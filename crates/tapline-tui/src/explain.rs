//! What the things on the screen are, for who meets them for the first time.
//!
//! A thing in; its name, two sentences and the place where it is defined out. What this capture says of it is told
//! elsewhere, and what a number that nobody assigned means is not guessed: where that can happen the answer is `None`.
//! Findings explain themselves: [`finding`] hands on what their catalogue says.

mod causes;
mod connections;
mod headers;
mod http2;
mod methods;
mod phases;
mod screens;
mod segments;
mod statuses;
mod tls;
mod tls_alerts;
mod tls_extensions;
mod tls_handshakes;
mod verdicts;
mod websocket;
mod windows;
mod zeek;

use tapline_analysis::Kind;

pub(crate) use causes::cause;
pub(crate) use connections::{connection_state, handshake, reset, teardown};
pub(crate) use headers::header;
pub(crate) use http2::{hpack_form, http2_error, http2_frame};
pub(crate) use methods::http_method;
pub(crate) use phases::{mark, phase};
pub(crate) use screens::{column, screen};
pub(crate) use segments::tcp_segment;
pub(crate) use statuses::http_status;
pub(crate) use tls::{tls_content, tls_outcome, tls_step};
pub(crate) use tls_alerts::tls_alert;
pub(crate) use tls_extensions::tls_extension;
pub(crate) use tls_handshakes::tls_handshake;
pub(crate) use verdicts::verdict;
pub(crate) use websocket::websocket_opcode;
pub(crate) use windows::{Window, head_of_line, window};
pub(crate) use zeek::zeek_state;

/// What a thing is, for who meets it for the first time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Explanation {
    /// Its name: "ClientHello".
    pub(crate) title: &'static str,
    /// Two sentences, three at most: what it is, and what it means for the time or the failure one is looking at.
    pub(crate) text: &'static str,
    /// Where it is defined: "RFC 8446 §4.1.2".
    pub(crate) reference: &'static str,
}

impl Explanation {
    const fn new(title: &'static str, text: &'static str, reference: &'static str) -> Self {
        Self { title, text, reference }
    }
}

/// A finding by its kind.
pub(crate) fn finding(kind: &Kind) -> Explanation {
    Explanation::new(kind.title, kind.meaning, kind.reference)
}

#[cfg(test)]
mod tests {
    use tapline_analysis::decode::http2::{ErrorCode, Form, FrameType};
    use tapline_analysis::decode::tls::{Alert, ContentType, ExtensionType, HandshakeType};
    use tapline_analysis::{
        CATALOGUE, Cause, ConnState, Flag, Flags, HandshakeKind, ResetPhase, State, StepKind, TeardownKind,
        TlsOutcome,
    };

    use super::*;
    use crate::model::Page;
    use crate::phases::{Mark, Phase};

    /// Characters of a text: four lines of a small screen.
    const TEXT_CHARS_MAX: usize = 320;

    /// What has no RFC. `tapline` is what this program alone defines.
    const OTHER_SOURCES: [&str; 7] = [
        "draft-ietf-opsawg-pcapng §4.3",
        "Zeek manual, conn.log",
        "W3C Server Timing",
        "gRPC over HTTP/2",
        "draft-agl-tls-nextprotoneg",
        "draft-vvv-tls-alps",
        "tapline",
    ];

    const METHODS: [&str; 11] =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI", "PROPFIND"];

    const HEADERS: [&str; 46] = [
        "content-length",
        "transfer-encoding",
        "trailer",
        "te",
        "connection",
        "keep-alive",
        "upgrade",
        "expect",
        "range",
        "accept-ranges",
        "content-range",
        "cache-control",
        "age",
        "expires",
        "etag",
        "last-modified",
        "if-none-match",
        "if-modified-since",
        "vary",
        "cache-status",
        "via",
        "content-encoding",
        "accept-encoding",
        "content-type",
        "authorization",
        "www-authenticate",
        "cookie",
        "set-cookie",
        "server-timing",
        "grpc-status",
        "host",
        "location",
        "retry-after",
        "alt-svc",
        "priority",
        "strict-transport-security",
        "link",
        "early-data",
        "sec-websocket-key",
        "http2-settings",
        ":method",
        ":scheme",
        ":authority",
        ":path",
        ":status",
        ":protocol",
    ];

    const COLUMNS: [&str; 13] = [
        "#",
        "client",
        "server",
        "speaks",
        "state",
        "reqs",
        "handshake",
        "data",
        "lasted",
        "status",
        "body",
        "took",
        "most of it",
    ];

    /// What this crate and the stages before it have a type for.
    fn of_connections() -> Vec<Explanation> {
        let mut all = Vec::new();
        all.extend(Phase::ALL.map(phase));
        all.extend(Mark::ALL.map(mark));
        all.extend(Cause::ALL.map(cause));
        all.extend(Flag::ALL.map(verdict));
        let states = [State::Opening, State::HalfOpen, State::Established, State::Closing, State::Closed];
        all.extend(states.map(connection_state));
        all.extend([State::Refused, State::Reset].map(connection_state));
        let kinds = [HandshakeKind::ThreeWay, HandshakeKind::Simultaneous, HandshakeKind::Split];
        all.extend(kinds.map(handshake));
        let kinds = [HandshakeKind::HalfOpen, HandshakeKind::Unanswered, HandshakeKind::Refused];
        all.extend(kinds.map(handshake));
        let kinds =
            [HandshakeKind::SynNotCaptured, HandshakeKind::AnswerNotCaptured, HandshakeKind::NotCaptured];
        all.extend(kinds.map(handshake));
        let kinds = [TeardownKind::FourWay, TeardownKind::ThreeSegment, TeardownKind::Simultaneous];
        all.extend(kinds.map(teardown));
        all.extend([TeardownKind::HalfClosed, TeardownKind::Reset, TeardownKind::None].map(teardown));
        all.extend([ResetPhase::Handshake, ResetPhase::BeforeData, ResetPhase::MidTransfer].map(reset));
        all.extend([ResetPhase::Idle, ResetPhase::AfterFin, ResetPhase::AfterClose].map(reset));
        let codes = [ConnState::S0, ConnState::S1, ConnState::Sf, ConnState::Rej, ConnState::S2];
        all.extend(codes.map(zeek_state));
        let codes = [ConnState::S3, ConnState::Rsto, ConnState::Rstr, ConnState::Rstos0, ConnState::Rstrh];
        all.extend(codes.map(zeek_state));
        all.extend([ConnState::Sh, ConnState::Shr, ConnState::Oth].map(zeek_state));
        let windows = [Window::Receive, Window::Congestion, Window::Http2Stream, Window::Http2Connection];
        all.extend(windows.map(window));
        all.push(head_of_line());
        all.extend((0..0x200).map(|bits| tcp_segment(Flags(bits))));
        all.extend(Page::ALL.map(screen));
        all
    }

    /// What has a number or a name on the wire.
    fn of_messages() -> Vec<Explanation> {
        let mut all = Vec::new();
        let outcomes = [TlsOutcome::NotSeen, TlsOutcome::Established, TlsOutcome::Failed];
        all.extend(outcomes.map(tls_outcome));
        all.extend([TlsOutcome::Refused, TlsOutcome::Abandoned, TlsOutcome::Cut].map(tls_outcome));
        all.extend(tls_step(StepKind::EarlyData));
        for number in 0..=u8::MAX {
            all.push(tls_content(ContentType(number)));
            all.extend(tls_handshake(HandshakeType(number)));
            all.extend(tls_alert(number));
            all.push(http2_frame(FrameType(number)));
            all.extend(http2_error(ErrorCode(number.into())));
            all.push(websocket_opcode(number));
        }
        all.extend((0..=u16::MAX).filter_map(|number| tls_extension(ExtensionType(number))));
        let forms = [Form::Indexed, Form::IncrementalIndexing, Form::WithoutIndexing, Form::NeverIndexed];
        all.extend(forms.map(hpack_form));
        all.extend((0..=u16::MAX).filter_map(http_status));
        all.extend(METHODS.into_iter().filter_map(http_method));
        all.extend(HEADERS.into_iter().filter_map(header));
        all.extend(COLUMNS.into_iter().filter_map(column));
        all
    }

    fn all() -> impl Iterator<Item = Explanation> {
        of_connections().into_iter().chain(of_messages())
    }

    #[test]
    fn texts_are_a_few_whole_sentences() {
        for Explanation { title, text, .. } in all() {
            assert!(!title.is_empty() && !title.ends_with('.'), "{title}");
            assert!(text.ends_with('.') && !text.contains("  "), "{title}: {text}");
            let sentences = text.split_inclusive(". ").count();
            assert!((1..=3).contains(&sentences), "{title} has {sentences} sentences");
            let characters = text.chars().count();
            assert!(characters <= TEXT_CHARS_MAX, "{title} has {characters} characters");
        }
    }

    fn is_reference(reference: &str) -> bool {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
        let Some(rest) = reference.strip_prefix("RFC ") else { return OTHER_SOURCES.contains(&reference) };
        match rest.split_once(" §") {
            Some((rfc, section)) => is_number(rfc) && section.split('.').all(is_number),
            None => is_number(rest),
        }
    }

    #[test]
    fn references_can_be_looked_up() {
        for Explanation { title, reference, .. } in all() {
            assert!(is_reference(reference), "{title}: {reference}");
        }
        assert!(is_reference("RFC 9149") && is_reference("RFC 9113 §6.9.1"));
        assert!(
            !["RFC", "RFC 9113 §", "RFC 9113 §6.", "RFC 9113, §6", "a book"].into_iter().any(is_reference)
        );
    }

    #[test]
    fn every_assigned_number_is_explained_and_no_other() {
        for number in 0..=u8::MAX {
            let (kind, code) = (HandshakeType(number), ErrorCode(number.into()));
            assert_eq!(tls_handshake(kind).is_some(), kind.name().is_some(), "handshake type {number}");
            let alert = Alert { level: 2, description: number };
            assert_eq!(tls_alert(number).map(|told| told.title), alert.name());
            assert_eq!(http2_error(code).map(|told| told.title), code.name());
            let kind = FrameType(number);
            assert_eq!(http2_frame(kind).title, kind.name().unwrap_or("unknown frame"));
            let content = ContentType(number);
            let known = tls_content(content).title != "unassigned content type";
            assert_eq!(known, content.name().is_some(), "content type {number}");
        }
        assert_eq!(http2_error(ErrorCode(0x1_0000)), None);
    }

    #[test]
    fn causes_and_verdicts_are_told_apart() {
        let check = |mut texts: Vec<&str>| {
            let count = texts.len();
            texts.sort_unstable();
            texts.dedup();
            assert_eq!(texts.len(), count);
        };
        check(Phase::ALL.map(|item| phase(item).text).to_vec());
        check(Cause::ALL.map(|item| cause(item).text).to_vec());
        check(Flag::ALL.map(|item| verdict(item).text).to_vec());
        check(Page::ALL.map(|item| screen(item).text).to_vec());
    }

    #[test]
    fn phases_and_screens_have_the_names_that_stand_on_the_screen() {
        for item in Phase::ALL {
            assert_eq!(phase(item).title, item.name());
        }
        for item in Page::ALL {
            assert_eq!(screen(item).title, item.name());
        }
    }

    #[test]
    fn segments_are_known_by_their_most_telling_bit() {
        let check = |flags, title| assert_eq!(tcp_segment(flags).title, title, "{flags}");
        check(Flags::SYN, "SYN");
        check(Flags::SYN | Flags::ECE | Flags::CWR, "SYN");
        check(Flags::SYN | Flags::ACK, "SYN-ACK");
        check(Flags::ACK, "ACK");
        check(Flags::PSH | Flags::ACK, "data with PSH");
        check(Flags::FIN | Flags::PSH | Flags::ACK, "FIN");
        check(Flags::RST | Flags::ACK, "RST");
        check(Flags::SYN | Flags::FIN, "SYN and FIN");
        check(Flags::URG | Flags::ACK, "URG");
        check(Flags::default(), "no control bits");
    }

    #[test]
    fn steps_are_told_as_what_they_are() {
        let title = |step| tls_step(step).map(|told| told.title);
        assert_eq!(title(StepKind::Finished(Some(true))), Some("Finished"));
        assert_eq!(title(StepKind::HelloRetryRequest), Some("HelloRetryRequest"));
        assert_eq!(title(StepKind::Alert(Alert { level: 2, description: 48 })), Some("unknown_ca"));
        assert_eq!(title(StepKind::Handshake(HandshakeType(99))), None);
    }

    #[test]
    fn extensions_that_matter_are_explained() {
        let title = |kind| tls_extension(kind).map(|told| told.title);
        assert_eq!(title(ExtensionType::ALPN), Some("ALPN"));
        assert_eq!(title(ExtensionType(0x1a1a)), Some("GREASE"));
        assert_eq!(title(ExtensionType(0x1234)), None);
        let assigned = (0..=u16::MAX).map(ExtensionType).filter(|kind| tls_extension(*kind).is_some());
        assert!(assigned.clone().all(|kind| kind.name().is_some()));
        assert!(assigned.count() >= 25 + 16);
    }

    #[test]
    fn a_status_without_words_of_its_own_has_its_class() {
        let title = |status| http_status(status).map(|told| told.title);
        assert_eq!(title(404), Some("404 Not Found"));
        assert_eq!(title(418), Some("4xx: client error"));
        assert_eq!(title(599), Some("5xx: server error"));
        assert_eq!((title(0), title(99), title(600), title(u16::MAX)), (None, None, None, None));
    }

    #[test]
    fn names_are_found_as_their_protocol_compares_them() {
        assert!(METHODS.into_iter().all(|name| http_method(name).is_some_and(|told| told.title == name)));
        assert_eq!((http_method("get"), http_method("BREW")), (None, None));
        for name in HEADERS {
            let told = header(name);
            assert!(told.is_some_and(|told| told.title.eq_ignore_ascii_case(name)), "{name}");
            assert_eq!(header(&name.to_ascii_uppercase()), told);
        }
        assert_eq!(header("x-unknown"), None);
        assert!(COLUMNS.into_iter().all(|name| column(name).is_some_and(|told| told.title == name)));
        assert_eq!(column(""), None);
    }

    #[test]
    fn findings_explain_themselves() {
        for kind in CATALOGUE {
            let told = finding(kind);
            assert_eq!((told.title, told.text, told.reference), (kind.title, kind.meaning, kind.reference));
        }
    }
}
