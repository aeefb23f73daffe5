//! Alerts of TLS.

use super::Explanation;

/// An alert by the number of its description; `None` for one that is not assigned.
pub(crate) fn tls_alert(description: u8) -> Option<Explanation> {
    match description {
        0..=39 | 100..=108 => record_or_close(description),
        40..=49 | 111..=116 => trust(description),
        _ => agreement(description),
    }
}

/// What is wrong with records, and how sessions end.
fn record_or_close(description: u8) -> Option<Explanation> {
    Some(match description {
        0 => Explanation::new(
            "close_notify",
            "The sender will send nothing more: the regular end of TLS. Without it an attacker could cut the \
             connection and hide the end of an answer.",
            "RFC 8446 §6.1",
        ),
        10 => Explanation::new(
            "unexpected_message",
            "A message came that may not come at this point. A fault in one of the two implementations, or \
             something other than TLS on this port.",
            "RFC 8446 §6.2",
        ),
        20 => Explanation::new(
            "bad_record_mac",
            "A record could not be decrypted or its code is wrong: the keys differ, or octets were changed \
             on the way. It is always fatal.",
            "RFC 8446 §6.2",
        ),
        21 => Explanation::new(
            "decryption_failed",
            "TLS 1.0 and earlier: a record had the wrong form once decrypted. Nobody may send it today, \
             because it helped attackers to guess the content; bad_record_mac took its place.",
            "RFC 5246 §7.2.2",
        ),
        22 => Explanation::new(
            "record_overflow",
            "A record is longer than TLS, or the limit agreed on, allows. Either a fault, or octets that are \
             no TLS.",
            "RFC 8446 §6.2",
        ),
        30 => Explanation::new(
            "decompression_failure",
            "TLS 1.2 and earlier: the content of a record could not be decompressed. Compression in TLS is \
             given up, because it leaks secrets by their size.",
            "RFC 5246 §7.2.2",
        ),
        100 => Explanation::new(
            "no_renegotiation",
            "TLS 1.2 and earlier: the sender declines a new handshake on this connection. As a warning it \
             lets the connection go on as it is.",
            "RFC 5246 §7.2.2",
        ),
        _ => return None,
    })
}

/// What a side did not accept of the other's offer or certificate.
fn trust(description: u8) -> Option<Explanation> {
    Some(match description {
        40 => Explanation::new(
            "handshake_failure",
            "The two sides found no set of parameters that both take, most often no cipher suite in common. \
             Compare the ClientHello's offer with what the server supports.",
            "RFC 8446 §6.2",
        ),
        41 => Explanation::new(
            "no_certificate",
            "SSL 3.0: the client has no certificate to show. Later versions send an empty Certificate \
             message instead.",
            "RFC 6101 §5.4.2",
        ),
        42 => Explanation::new(
            "bad_certificate",
            "The certificate is damaged, or one of its signatures does not verify. The sender of the alert \
             is the one that did not accept it.",
            "RFC 8446 §6.2",
        ),
        43 => Explanation::new(
            "unsupported_certificate",
            "The certificate is of a kind that the sender of the alert cannot use, for example with a key \
             type that it does not know.",
            "RFC 8446 §6.2",
        ),
        44 => Explanation::new(
            "certificate_revoked",
            "The issuer has taken the certificate back. It has to be replaced; nothing at the client helps.",
            "RFC 8446 §6.2",
        ),
        45 => Explanation::new(
            "certificate_expired",
            "The certificate is not valid any more, or not yet. Renew it, or correct the clock of the side \
             that sent the alert.",
            "RFC 8446 §6.2",
        ),
        46 => Explanation::new(
            "certificate_unknown",
            "The certificate was not accepted for a reason that has no alert of its own. Some clients send \
             it for whatever they dislike about a certificate, such as a name that does not match.",
            "RFC 8446 §6.2",
        ),
        47 => Explanation::new(
            "illegal_parameter",
            "A field has a value that is out of range or contradicts another one. It points to a fault in an \
             implementation, or to a middlebox that rewrites hellos.",
            "RFC 8446 §6.2",
        ),
        48 => Explanation::new(
            "unknown_ca",
            "No chain leads to an issuer that the sender of the alert trusts. Often the server does not send \
             its intermediate certificate, or a company's own root is missing at the client.",
            "RFC 8446 §6.2",
        ),
        49 => Explanation::new(
            "access_denied",
            "The certificate or key is valid, but its owner may not come in here. It is a decision of \
             policy, not a fault of TLS.",
            "RFC 8446 §6.2",
        ),
        111 => Explanation::new(
            "certificate_unobtainable",
            "TLS 1.2 and earlier: the server could not fetch the client's certificate from the URL it was \
             given. It is rarely seen.",
            "RFC 6066 §5",
        ),
        112 => Explanation::new(
            "unrecognized_name",
            "The server does not serve the name in server_name. As a warning, in older servers, the \
             handshake went on with a certificate of another name.",
            "RFC 6066 §3",
        ),
        113 => Explanation::new(
            "bad_certificate_status_response",
            "The stapled OCSP answer is invalid or does not fit the certificate. The server's stapling is \
             broken or its cache too old.",
            "RFC 6066 §8",
        ),
        114 => Explanation::new(
            "bad_certificate_hash_value",
            "TLS 1.2 and earlier: a certificate fetched by URL does not have the hash that was announced. It \
             is rarely seen.",
            "RFC 6066 §5",
        ),
        115 => Explanation::new(
            "unknown_psk_identity",
            "The server does not know the pre-shared key that the client named. Where tickets are concerned \
             a server makes a full handshake instead, so this points to configured keys.",
            "RFC 8446 §6.2",
        ),
        116 => Explanation::new(
            "certificate_required",
            "TLS 1.3: the server wants a certificate from the client and got none. It comes after the \
             client's Finished, so the client may already have sent its request.",
            "RFC 8446 §6.2",
        ),
        _ => return None,
    })
}

/// What the two sides could not agree on, or could not read.
fn agreement(description: u8) -> Option<Explanation> {
    Some(match description {
        50 => Explanation::new(
            "decode_error",
            "A message could not be read: a length is wrong or a field out of range. A fault in an \
             implementation, or octets that were changed on the way.",
            "RFC 8446 §6.2",
        ),
        51 => Explanation::new(
            "decrypt_error",
            "A signature, a Finished or a pre-shared key did not verify. Somebody changed the handshake, or \
             a side uses a wrong key.",
            "RFC 8446 §6.2",
        ),
        52 => Explanation::new(
            "too_many_cids_requested",
            "DTLS 1.3: the other side asks for more connection identifiers than it is given. It has no place \
             on TCP.",
            "RFC 9147 §9",
        ),
        60 => Explanation::new(
            "export_restriction",
            "TLS 1.0 and earlier: a key was longer than export rules once allowed. Nobody may send it today.",
            "RFC 5246 §7.2.2",
        ),
        70 => Explanation::new(
            "protocol_version",
            "The version is known but not supported: mostly an old client that cannot speak TLS 1.2, or an \
             old server. No retry helps; one side has to be updated.",
            "RFC 8446 §6.2",
        ),
        71 => Explanation::new(
            "insufficient_security",
            "The server wants stronger ciphers or parameters than the client offers. It is a more exact form \
             of handshake_failure.",
            "RFC 8446 §6.2",
        ),
        80 => Explanation::new(
            "internal_error",
            "The sender failed for reasons of its own, such as lack of memory or a broken configuration. Its \
             log says more; a later attempt may succeed.",
            "RFC 8446 §6.2",
        ),
        86 => Explanation::new(
            "inappropriate_fallback",
            "A client came back with a lower version and said so, and the server supports a higher one: \
             somebody may be forcing the version down. The client should try again with its best version.",
            "RFC 7507 §3",
        ),
        90 => Explanation::new(
            "user_canceled",
            "The handshake is given up for a reason that is no protocol failure, for example by the user. A \
             close_notify should follow.",
            "RFC 8446 §6.1",
        ),
        109 => Explanation::new(
            "missing_extension",
            "TLS 1.3: an extension that must be there is not, such as a key share or signature_algorithms. \
             It points to a fault in the other side's implementation.",
            "RFC 8446 §6.2",
        ),
        110 => Explanation::new(
            "unsupported_extension",
            "A message has an extension that may not stand there, most often an answer to something that was \
             not offered. It points to a fault in an implementation.",
            "RFC 8446 §6.2",
        ),
        117 => Explanation::new(
            "general_error",
            "An error for which no more exact alert fits. It ends the connection; only the sender's log can \
             say why.",
            "RFC 9846 §6.2",
        ),
        120 => Explanation::new(
            "no_application_protocol",
            "The client offers by ALPN only protocols that the server does not speak. Compare the two lists, \
             for example h2 alone against a server of HTTP/1.1.",
            "RFC 7301 §3.2",
        ),
        121 => Explanation::new(
            "ech_required",
            "The server did not decrypt the client's encrypted ClientHello, so the client gives up this \
             connection. With the new key that the server sent it tries again: a connection and a round trip \
             lost.",
            "RFC 9849 §6.1.6",
        ),
        _ => return None,
    })
}
