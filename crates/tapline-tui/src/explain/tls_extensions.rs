//! The extensions of TLS that matter to who reads a capture.

use tapline_analysis::decode::tls::{ExtensionType, is_grease};

use super::Explanation;

/// An extension; `None` for one that says little here.
pub(crate) fn tls_extension(kind: ExtensionType) -> Option<Explanation> {
    if is_grease(kind.0) { Some(grease()) } else { known(kind) }
}

fn known(kind: ExtensionType) -> Option<Explanation> {
    Some(match kind {
        ExtensionType::SERVER_NAME => Explanation::new(
            "server_name (SNI)",
            "The host name that the client wants, in clear: one address can serve many names and still show \
             the right certificate. Everybody on the way can read it, unless it is encrypted with the \
             ClientHello.",
            "RFC 6066 §3",
        ),
        ExtensionType::MAX_FRAGMENT_LENGTH => Explanation::new(
            "max_fragment_length",
            "The client asks for records of 512 to 4096 octets, for devices with little memory. Smaller \
             records reach the application sooner and cost more overhead; record_size_limit replaces it.",
            "RFC 6066 §4",
        ),
        ExtensionType::STATUS_REQUEST => Explanation::new(
            "status_request",
            "The client asks for a stapled OCSP answer about the certificate. With it the client need not \
             ask the issuer's server itself, which would cost it a DNS lookup, a connection and a request.",
            "RFC 6066 §8",
        ),
        ExtensionType::SUPPORTED_GROUPS => Explanation::new(
            "supported_groups",
            "The groups for the key exchange that the client takes, most wanted first. Where the server \
             wants one of them for which no key share came, it sends HelloRetryRequest: one round trip more.",
            "RFC 8446 §4.2.7",
        ),
        ExtensionType::EC_POINT_FORMATS => Explanation::new(
            "ec_point_formats",
            "How points on elliptic curves may be written, for TLS 1.2 and earlier. Only uncompressed is in \
             use, so it tells little beyond which library wrote the hello.",
            "RFC 8422 §5.1.2",
        ),
        ExtensionType::SIGNATURE_ALGORITHMS => Explanation::new(
            "signature_algorithms",
            "The signatures that the sender can check, most wanted first. Without one that fits the server's \
             certificate the handshake fails.",
            "RFC 8446 §4.2.3",
        ),
        ExtensionType::HEARTBEAT => Explanation::new(
            "heartbeat",
            "The sender takes heartbeat messages. They are hardly used since Heartbleed, a fault of OpenSSL \
             that gave away memory to who asked.",
            "RFC 6520 §2",
        ),
        ExtensionType::ALPN => Explanation::new(
            "ALPN",
            "The protocols that the client speaks inside TLS, such as h2 and http/1.1; the server picks one. \
             HTTP and TLS agree in the same round trip, and without it the connection stays with HTTP/1.1.",
            "RFC 7301 §3.1",
        ),
        ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP => Explanation::new(
            "signed_certificate_timestamp",
            "Proofs that a certificate stands in public logs (Certificate Transparency), or the client's \
             wish for them. Browsers refuse public certificates without such proofs, which mostly stand in \
             the certificate itself.",
            "RFC 6962 §3.3.1",
        ),
        ExtensionType::PADDING => Explanation::new(
            "padding",
            "Zeros that make the ClientHello longer. Some servers hang on hellos of 256 to 511 octets, and a \
             client that may use several sizes hides which.",
            "RFC 7685 §3",
        ),
        ExtensionType::ENCRYPT_THEN_MAC => Explanation::new(
            "encrypt_then_mac",
            "TLS 1.2 and earlier: with CBC ciphers the code is computed over what is encrypted, which ends a \
             family of attacks. It means nothing to AEAD ciphers.",
            "RFC 7366 §2",
        ),
        ExtensionType::EXTENDED_MASTER_SECRET => Explanation::new(
            "extended_master_secret",
            "TLS 1.2 and earlier: the keys depend on the whole handshake, so that an attacker cannot make \
             two sessions share them. Without it, resumption and renegotiation are not safe.",
            "RFC 7627 §5.1",
        ),
        ExtensionType::COMPRESS_CERTIFICATE => Explanation::new(
            "compress_certificate",
            "The sender takes compressed certificates. A smaller chain more often fits the server's first \
             flight, which can spare a round trip.",
            "RFC 8879 §3",
        ),
        ExtensionType::RECORD_SIZE_LIMIT => Explanation::new(
            "record_size_limit",
            "The largest record that the sender takes. Smaller records can be decrypted sooner, as nothing \
             of a record can be used before its end; they cost more overhead.",
            "RFC 8449 §4",
        ),
        ExtensionType::DELEGATED_CREDENTIAL => Explanation::new(
            "delegated_credentials",
            "The client takes short-lived keys that a certificate's owner signed for others, such as its \
             content network. The private key of the certificate need not leave the owner's house.",
            "RFC 9345 §4",
        ),
        ExtensionType::SESSION_TICKET => Explanation::new(
            "session_ticket",
            "TLS 1.2 and earlier: a ticket of an earlier session, or the wish for one. A server that takes \
             the ticket skips the certificates and spares one of two round trips.",
            "RFC 5077 §3.2",
        ),
        ExtensionType::PRE_SHARED_KEY => Explanation::new(
            "pre_shared_key",
            "The client offers to resume earlier sessions and proves that it has their keys; the server says \
             which it takes. That spares the certificates, and makes early data possible.",
            "RFC 8446 §4.2.11",
        ),
        ExtensionType::EARLY_DATA => Explanation::new(
            "early_data (0-RTT)",
            "The client sends application data right behind its ClientHello, or a ticket allows it to. It \
             spares a round trip where the server accepts; where not, the data is sent again.",
            "RFC 8446 §4.2.10",
        ),
        ExtensionType::SUPPORTED_VERSIONS => Explanation::new(
            "supported_versions",
            "The versions that the client takes, and the one that the server picked. TLS 1.3 shows only \
             here: the older version field says TLS 1.2 so that middleboxes let it pass.",
            "RFC 8446 §4.2.1",
        ),
        ExtensionType::COOKIE => Explanation::new(
            "cookie",
            "The server hands its state to the client with HelloRetryRequest and gets it back with the \
             second ClientHello. The server can forget the client in between; the round trip is paid for \
             anyway.",
            "RFC 8446 §4.2.2",
        ),
        ExtensionType::PSK_KEY_EXCHANGE_MODES => Explanation::new(
            "psk_key_exchange_modes",
            "How the client wants to resume: with a fresh key exchange (psk_dhe_ke), which keeps forward \
             secrecy, or without (psk_ke). A client that omits it gets no tickets that it can use.",
            "RFC 8446 §4.2.9",
        ),
        ExtensionType::CERTIFICATE_AUTHORITIES => Explanation::new(
            "certificate_authorities",
            "The issuers that the sender trusts, so that the other side picks a certificate that fits. Long \
             lists make a hello or request large.",
            "RFC 8446 §4.2.4",
        ),
        ExtensionType::POST_HANDSHAKE_AUTH => Explanation::new(
            "post_handshake_auth",
            "The client agrees to be asked for a certificate after the handshake, for example when it \
             requests a protected page. HTTP/2 does not allow that.",
            "RFC 8446 §4.2.6",
        ),
        ExtensionType::SIGNATURE_ALGORITHMS_CERT => Explanation::new(
            "signature_algorithms_cert",
            "The signatures that the sender takes within certificates, where these differ from those that it \
             takes in the handshake. Most clients leave it out.",
            "RFC 8446 §4.2.3",
        ),
        ExtensionType::KEY_SHARE => Explanation::new(
            "key_share",
            "Public keys for the key exchange, one for each group that the client guesses the server will \
             take. A right guess makes the handshake one round trip, a wrong one two; post-quantum shares \
             add over 1,100 octets.",
            "RFC 8446 §4.2.8",
        ),
        ExtensionType::QUIC_TRANSPORT_PARAMETERS => Explanation::new(
            "quic_transport_parameters",
            "Limits and settings of a QUIC connection, carried by its TLS handshake. It belongs to HTTP/3; \
             over TCP nobody may send it.",
            "RFC 9001 §8.2",
        ),
        ExtensionType::TICKET_REQUEST => Explanation::new(
            "ticket_request",
            "How many session tickets the client wants. Each ticket should be used once only, so a client \
             that opens several connections in parallel asks for several.",
            "RFC 9149",
        ),
        ExtensionType::APPLICATION_SETTINGS => Explanation::new(
            "application_settings (ALPS)",
            "Settings of the application protocol, such as those of HTTP/2, within the TLS handshake, so \
             that they are there before the first request. Browsers try it; it is not an RFC.",
            "draft-vvv-tls-alps",
        ),
        ExtensionType::APPLICATION_SETTINGS_OLD => Explanation::new(
            "application_settings (ALPS)",
            "Settings of the application protocol, such as those of HTTP/2, within the TLS handshake, under \
             the number that browsers used first. It is not an RFC.",
            "draft-vvv-tls-alps",
        ),
        ExtensionType::NEXT_PROTOCOL_NEGOTIATION => Explanation::new(
            "next_protocol_negotiation (NPN)",
            "The forerunner of ALPN: the server names its protocols and the client picks. SPDY used it; it \
             was never an RFC.",
            "draft-agl-tls-nextprotoneg",
        ),
        ExtensionType::ENCRYPTED_CLIENT_HELLO => Explanation::new(
            "encrypted_client_hello (ECH)",
            "The true ClientHello, encrypted with a key from DNS; the name in clear is only the provider's. \
             Clients also send random octets in this form, so that an observer cannot tell whether it is \
             real.",
            "RFC 9849 §5",
        ),
        ExtensionType::ECH_OUTER_EXTENSIONS => Explanation::new(
            "ech_outer_extensions",
            "Stands in an encrypted ClientHello for extensions that are the same in the outer one, to keep \
             it small. In clear it is an error.",
            "RFC 9849 §5.1",
        ),
        ExtensionType::RENEGOTIATION_INFO => Explanation::new(
            "renegotiation_info",
            "TLS 1.2 and earlier: ties a new handshake on the same connection to the one before it, so that \
             an attacker cannot put octets in front. On a first handshake it is empty and says that the \
             sender knows the rule.",
            "RFC 5746 §3.2",
        ),
        _ => return None,
    })
}

fn grease() -> Explanation {
    Explanation::new(
        "GREASE",
        "A reserved number that means nothing: clients send it so that servers stay used to ignoring what \
         they do not know. A server that fails on it would fail on the next real extension.",
        "RFC 8701 §2",
    )
}
