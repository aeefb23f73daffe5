//! The messages of a TLS handshake.

use tapline_analysis::decode::tls::HandshakeType;

use super::Explanation;

/// A handshake message; `None` for a type that is not assigned.
pub(crate) fn tls_handshake(kind: HandshakeType) -> Option<Explanation> {
    Some(match kind {
        HandshakeType::HELLO_REQUEST => Explanation::new(
            "HelloRequest",
            "The server asks for a new handshake on a connection that is already encrypted (renegotiation). \
             TLS 1.3 has no renegotiation; in TLS 1.2 it costs another handshake, and HTTP/2 forbids it.",
            "RFC 5246 §7.4.1.1",
        ),
        HandshakeType::CLIENT_HELLO => Explanation::new(
            "ClientHello",
            "The client's offer: versions, cipher suites, the name of the server, and in TLS 1.3 key shares \
             as well. It begins the handshake; what it does not offer right costs another round trip, or the \
             connection.",
            "RFC 8446 §4.1.2",
        ),
        HandshakeType::SERVER_HELLO => Explanation::new(
            "ServerHello",
            "The server's choice of version and cipher suite, in TLS 1.3 with its key share. From \
             ClientHello to here is at least one round trip; in TLS 1.3 everything behind it is encrypted.",
            "RFC 8446 §4.1.3",
        ),
        HandshakeType::HELLO_VERIFY_REQUEST => Explanation::new(
            "HelloVerifyRequest",
            "DTLS only: the server sends a cookie that the client has to return, to prove its address. It \
             costs a round trip; TCP's own handshake proves as much.",
            "RFC 6347 §4.2.1",
        ),
        HandshakeType::NEW_SESSION_TICKET => Explanation::new(
            "NewSessionTicket",
            "A ticket with which the client can resume this session later. Resumption spares the \
             certificates, a round trip in TLS 1.2, and in TLS 1.3 makes early data possible.",
            "RFC 8446 §4.6.1",
        ),
        HandshakeType::END_OF_EARLY_DATA => Explanation::new(
            "EndOfEarlyData",
            "The client's last record under the early key: its 0-RTT data ends here. It is sent only if the \
             server accepted early data.",
            "RFC 8446 §4.5",
        ),
        HandshakeType::HELLO_RETRY_REQUEST => Explanation::new(
            "HelloRetryRequest",
            "The server takes none of the client's key shares and names the group that it wants. The client \
             has to send another ClientHello: one round trip more, avoided where that group is offered \
             first.",
            "RFC 8446 §4.1.4",
        ),
        HandshakeType::ENCRYPTED_EXTENSIONS => Explanation::new(
            "EncryptedExtensions",
            "The server's answers to extensions that are not needed to agree on keys, such as the protocol \
             chosen by ALPN. It is the first message that TLS 1.3 encrypts.",
            "RFC 8446 §4.3.1",
        ),
        HandshakeType::REQUEST_CONNECTION_ID => Explanation::new(
            "RequestConnectionId",
            "DTLS 1.3 only: a side asks for more connection identifiers. It has no place on TCP.",
            "RFC 9147 §9",
        ),
        HandshakeType::NEW_CONNECTION_ID => Explanation::new(
            "NewConnectionId",
            "DTLS 1.3 only: a side gives connection identifiers, so that records find their session after a \
             change of address. It has no place on TCP.",
            "RFC 9147 §9",
        ),
        HandshakeType::CERTIFICATE => Explanation::new(
            "Certificate",
            "The sender's certificate and those that vouch for it. It is the largest message of a handshake: \
             a chain of more than about 14 kB does not fit what a new connection may send at once, and costs \
             a round trip more.",
            "RFC 8446 §4.4.2",
        ),
        HandshakeType::SERVER_KEY_EXCHANGE => Explanation::new(
            "ServerKeyExchange",
            "TLS 1.2 and earlier: the server's ephemeral public key, signed with its certificate's key. It \
             gives forward secrecy; TLS 1.3 sends key shares in the hellos instead.",
            "RFC 5246 §7.4.3",
        ),
        HandshakeType::CERTIFICATE_REQUEST => Explanation::new(
            "CertificateRequest",
            "The server asks the client for a certificate, and says which issuers and signatures it takes. \
             It costs no round trip of its own, but the client may have to ask its user.",
            "RFC 8446 §4.3.2",
        ),
        HandshakeType::SERVER_HELLO_DONE => Explanation::new(
            "ServerHelloDone",
            "TLS 1.2 and earlier: the server has said everything and waits for the client. The first of the \
             two round trips of a full handshake ends when it arrives.",
            "RFC 5246 §7.4.5",
        ),
        HandshakeType::CERTIFICATE_VERIFY => Explanation::new(
            "CertificateVerify",
            "A signature over the handshake so far: it proves that the sender has the private key of its \
             certificate. Making it is the most costly step of a handshake for the processor.",
            "RFC 8446 §4.4.3",
        ),
        HandshakeType::CLIENT_KEY_EXCHANGE => Explanation::new(
            "ClientKeyExchange",
            "TLS 1.2 and earlier: the client's part of the key, its public key or a secret encrypted for the \
             server. With it both sides can compute the session's keys.",
            "RFC 5246 §7.4.7",
        ),
        HandshakeType::CLIENT_CERTIFICATE_REQUEST => Explanation::new(
            "ClientCertificateRequest",
            "The client asks its peer for a further certificate after the handshake (exported \
             authenticators). The message is carried by an application protocol, not in a handshake record.",
            "RFC 9261 §4",
        ),
        HandshakeType::FINISHED => Explanation::new(
            "Finished",
            "A code over the whole handshake under the new keys: it proves that nobody changed a message. In \
             TLS 1.3 the client's request follows its own Finished at once; in a full TLS 1.2 handshake it \
             waits for the server's.",
            "RFC 8446 §4.4.4",
        ),
        HandshakeType::CERTIFICATE_URL => Explanation::new(
            "CertificateURL",
            "Addresses from which the server fetches the client's certificates, in place of the \
             certificates. It saves the client octets and costs the server requests; hardly anybody uses it.",
            "RFC 6066 §5",
        ),
        HandshakeType::CERTIFICATE_STATUS => Explanation::new(
            "CertificateStatus",
            "TLS 1.2 and earlier: a recent OCSP answer that the certificate is not revoked (stapling). It \
             spares the client a connection to the issuer's server; TLS 1.3 puts it into Certificate.",
            "RFC 6066 §8",
        ),
        HandshakeType::SUPPLEMENTAL_DATA => Explanation::new(
            "SupplementalData",
            "TLS 1.2 and earlier: data for applications that travels in the handshake, such as a user's name \
             or rights. It is rarely seen.",
            "RFC 4680 §2",
        ),
        HandshakeType::KEY_UPDATE => Explanation::new(
            "KeyUpdate",
            "TLS 1.3: the sender changes to its next key, and may ask the other side to do so too. It \
             happens after very much data, and costs no round trip.",
            "RFC 8446 §4.6.3",
        ),
        HandshakeType::COMPRESSED_CERTIFICATE => Explanation::new(
            "CompressedCertificate",
            "TLS 1.3: the Certificate message, compressed with zlib, Brotli or Zstandard. The smaller chain \
             more often fits the first flight, which can spare a round trip.",
            "RFC 8879 §4",
        ),
        HandshakeType::EKT_KEY => Explanation::new(
            "EKTKey",
            "Transports a key that several parties of a secured media session share. It belongs to DTLS-SRTP \
             conferences and has no place on TCP.",
            "RFC 8870 §5.2.1",
        ),
        HandshakeType::NEXT_PROTOCOL => Explanation::new(
            "NextProtocol",
            "The client's choice of protocol in NPN, the forerunner of ALPN that SPDY used. It was never an \
             RFC; a modern peer uses ALPN.",
            "draft-agl-tls-nextprotoneg",
        ),
        HandshakeType::MESSAGE_HASH => Explanation::new(
            "message_hash",
            "A stand-in for the first ClientHello when both sides hash the handshake after a \
             HelloRetryRequest. It is never sent: on the wire it is an error.",
            "RFC 8446 §4.4.1",
        ),
        _ => return None,
    })
}
