//! TLS: records, and the steps of a handshake that are no handshake message.

use tapline_analysis::decode::tls::{ContentType, HandshakeType};
use tapline_analysis::{StepKind, TlsOutcome};

use super::{Explanation, tls_alert, tls_handshake};

/// A record by its content type.
pub(crate) fn tls_content(content: ContentType) -> Explanation {
    match content {
        ContentType::CHANGE_CIPHER_SPEC => Explanation::new(
            "ChangeCipherSpec",
            "In TLS 1.2 and earlier: from here on the sender encrypts with the new keys. In TLS 1.3 it means \
             nothing, and is sent only so that old middleboxes take the connection for one that is resumed.",
            "RFC 5246 §7.1",
        ),
        ContentType::ALERT => Explanation::new(
            "alert",
            "It says that the sender closes, or what went wrong; a fatal one ends the connection. Once keys \
             are agreed it travels encrypted, so that a capture without keys shows only its size.",
            "RFC 8446 §6",
        ),
        ContentType::HANDSHAKE => Explanation::new(
            "handshake",
            "Messages that agree on version, cipher and keys and prove who the server is. One record may \
             hold several messages, and one message, such as a long certificate chain, may need several \
             records.",
            "RFC 8446 §4",
        ),
        ContentType::APPLICATION_DATA => Explanation::new(
            "application data",
            "Encrypted content; in TLS 1.3 the rest of the handshake and alerts look the same. A record \
             holds at most 16 KiB, and nothing of it can be used before its last octet has arrived.",
            "RFC 8446 §5.2",
        ),
        ContentType::HEARTBEAT => Explanation::new(
            "heartbeat",
            "A request that the other side echoes, or its echo, to see whether it is still there. A request \
             that claims more octets than it has is the attack known as Heartbleed.",
            "RFC 6520 §4",
        ),
        ContentType(25) => Explanation::new(
            "tls12_cid",
            "A record of DTLS 1.2 with a connection identifier, so that it finds its session after a change \
             of address. It has no place on TCP.",
            "RFC 9146 §4",
        ),
        ContentType(26) => Explanation::new(
            "ack",
            "An acknowledgment of handshake records, in DTLS 1.3 only: over TCP nothing has to be \
             acknowledged here.",
            "RFC 9147 §7",
        ),
        ContentType(27) => Explanation::new(
            "return_routability_check",
            "A check in DTLS whether a peer that changed its address can be reached there. It has no place \
             on TCP.",
            "RFC 9853",
        ),
        _ => Explanation::new(
            "unassigned content type",
            "A content type that no RFC defines. These octets are no TLS, or the place where a record begins \
             was lost, for example behind a gap in the capture.",
            "RFC 8446 §5",
        ),
    }
}

/// What came of a handshake.
pub(crate) fn tls_outcome(outcome: TlsOutcome) -> Explanation {
    match outcome {
        TlsOutcome::NotSeen => Explanation::new(
            "handshake not seen",
            "The session began before the capture did, so its version, cipher and certificates are not \
             known. Only sizes and times of its records are.",
            "RFC 8446 §2",
        ),
        TlsOutcome::Established => Explanation::new(
            "established",
            "Both sides finished the handshake and know that nobody changed it on the way. From here on \
             requests can be sent.",
            "RFC 8446 §4.4.4",
        ),
        TlsOutcome::Failed => Explanation::new(
            "failed",
            "An alert ended the handshake; its name says what the sender did not accept. The round trips \
             until then are lost.",
            "RFC 8446 §6.2",
        ),
        TlsOutcome::Refused => Explanation::new(
            "refused",
            "The connection was closed before the server answered the ClientHello, or a new handshake was \
             declined. A server that speaks no TLS here, or a filter that dislikes the name asked for, does \
             this.",
            "RFC 8446 §6.1",
        ),
        TlsOutcome::Abandoned => Explanation::new(
            "abandoned",
            "The connection was closed in the middle of the handshake, without an alert. A client that does \
             not trust the certificate may leave this way, and so does one that runs out of patience.",
            "RFC 8446 §6.1",
        ),
        TlsOutcome::Cut => Explanation::new(
            "cut",
            "The capture ends before the handshake does, or misses too much of it. What came of it is not \
             known.",
            "RFC 8446 §2",
        ),
    }
}

/// A step of a flight; `None` for a number that is not assigned.
pub(crate) fn tls_step(step: StepKind) -> Option<Explanation> {
    match step {
        StepKind::Handshake(kind) => tls_handshake(kind),
        StepKind::HelloRetryRequest => tls_handshake(HandshakeType::HELLO_RETRY_REQUEST),
        StepKind::Finished(_) => tls_handshake(HandshakeType::FINISHED),
        StepKind::ChangeCipherSpec => Some(tls_content(ContentType::CHANGE_CIPHER_SPEC)),
        StepKind::Alert(alert) => tls_alert(alert.description),
        StepKind::EncryptedAlert => Some(tls_content(ContentType::ALERT)),
        StepKind::EarlyData => Some(early_data()),
        StepKind::Encrypted => Some(tls_content(ContentType::APPLICATION_DATA)),
    }
}

fn early_data() -> Explanation {
    Explanation::new(
        "early data (0-RTT)",
        "Application data that the client sends with its ClientHello, under a key of an earlier session: the \
         request spares the round trip of the handshake. An attacker can replay it, and a server may refuse \
         it; then it is sent again.",
        "RFC 8446 §2.3",
    )
}
