//! Every kind of finding.

use super::Severity::{self, Error, Note, Warning};

/// A kind of finding.
#[derive(PartialEq, Eq, Debug)]
pub struct Kind {
    /// A stable name in `snake_case`, `layer_what`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// A few words, as a heading.
    pub title: &'static str,
    /// Where it is explained: an RFC and a section.
    pub reference: &'static str,
    /// When it is raised, and what to do about it.
    pub meaning: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $code:literal $severity:ident $title:literal, $reference:literal, $meaning:literal;)*) => {
        $(pub(super) static $name: Kind = Kind {
            code: $code,
            severity: $severity,
            title: $title,
            reference: $reference,
            meaning: $meaning,
        };)*

        /// Every kind, by layers.
        pub static ALL: &[&Kind] = &[$(&$name),*];
    };
}

kinds! {
    CAPTURE_MISSING = "capture_missing_bytes" Warning "The capture misses octets",
        "RFC 9293 §3.4",
        "Octets were acknowledged, or passed over, that the capture does not have. What fell into the gap is not told. Capture with larger buffers (-B), or nearer to the host.";
    CAPTURE_ONE_SIDE = "capture_one_side" Note "The capture shows one direction only",
        "RFC 9293 §3.4",
        "One side acknowledges octets of the other, which the capture does not show: asymmetric routes, or a filter on one direction. Round trips and answers are not known.";

    DNS_SLOW = "dns_slow" Warning "A name took long to look up",
        "RFC 1035 §7.3",
        "The answer came 100 ms or more after the query, repeated queries included. A nearer resolver or a cache helps.";
    DNS_RETRIED = "dns_retried" Warning "A DNS query was sent again",
        "RFC 1035 §4.2.1",
        "No answer came to the first query within the resolver's patience, usually 5 s: it, or its answer, was lost, or the server is down.";
    DNS_UNANSWERED = "dns_unanswered" Error "A DNS query got no answer",
        "RFC 1035 §4.2.1",
        "No answer came before the end of the capture, or before it was given up.";
    DNS_FAILED = "dns_failed" Warning "A name could not be looked up",
        "RFC 6895 §2.3",
        "The server answered with an error: the name does not exist, or the server could not find out.";

    TCP_NO_ANSWER = "tcp_no_answer" Error "Nobody answered the SYN",
        "RFC 9293 §3.8.1",
        "The SYN was sent, perhaps repeatedly, and nothing came back: a firewall drops it, the host is down, or the answer takes another way.";
    TCP_REFUSED = "tcp_refused" Error "The connection was refused",
        "RFC 9293 §3.10.7.1",
        "The SYN was answered with RST: nobody listens at that port, or a firewall rejects it.";
    TCP_UNREACHABLE = "tcp_unreachable" Error "An ICMP error came back",
        "RFC 792, RFC 4443 §3.1",
        "A router, a firewall or the host itself says why segments of the connection got no further.";
    TCP_PATH_MTU = "tcp_path_mtu" Warning "A link on the way carries smaller packets",
        "RFC 1191 §4",
        "A router asked for smaller packets. What was too large has to be sent again; where firewalls drop these messages, connections hang.";
    TCP_SYN_RETRIED = "tcp_syn_retried" Warning "The TCP handshake was repeated",
        "RFC 6298 §2",
        "A SYN or SYN-ACK was lost, or its receiver's queue was full. The first retry comes after about a second.";
    TCP_FAST_OPEN_IGNORED = "tcp_fast_open_ignored" Note "Data on the SYN was not taken",
        "RFC 7413 §3.1",
        "The client sent data with its SYN, and the server acknowledged the SYN alone: the data was sent again.";
    TCP_LOSS = "tcp_loss" Warning "Lost packets held up an exchange",
        "RFC 5681 §3.2",
        "Nothing went on until lost octets were sent again, after three duplicate ACKs or a timeout. Losses before the capture point show by IP identifications.";
    TCP_LOSS_RATE = "tcp_loss_rate" Warning "Many segments were sent again",
        "RFC 5681 §3.1",
        "Three segments or more, and at least 1 % of what a side sent with payload, were sent again. The congestion window shrinks with each loss.";
    TCP_TIMEOUTS_SPURIOUS = "tcp_spurious_retransmission" Note "Segments were sent again needlessly",
        "RFC 2883 §4",
        "The receiver had them already: timeouts shorter than the round trip, or ACKs that were lost.";
    TCP_REORDERING = "tcp_reordering" Note "Segments overtook one another",
        "RFC 9293 §3.10.7.4",
        "Octets came in another order than they were sent. Much of it makes senders believe in losses.";
    TCP_ZERO_WINDOW = "tcp_zero_window" Warning "The receiver had no room",
        "RFC 9293 §3.8.6.1",
        "The receiver announced a window of zero: its application did not read. The sender stood still until it did.";
    TCP_RECEIVE_WINDOW = "tcp_receive_window_small" Warning "The receive window is too small for the round trip",
        "RFC 7323 §2",
        "What the receiver allows in flight was used up before the first ACK was back: no more than a window goes through in a round trip.";
    TCP_NOT_READING = "tcp_receiver_not_reading" Warning "The receiver left its buffer full",
        "RFC 9293 §3.8.6",
        "The window stayed full for much longer than a round trip, without being announced as zero.";
    TCP_SLOW_START = "tcp_slow_start" Note "Round trips were spent in slow start",
        "RFC 5681 §3.1",
        "The sender waited for ACKs before it sent more: a new connection begins with about ten segments in flight and doubles them each round trip. Reusing a connection avoids it. Inferred.";
    TCP_DELAYED_ACK = "tcp_delayed_ack" Warning "Small segments waited for a delayed ACK",
        "RFC 896, RFC 9293 §3.8.6.3",
        "Nagle's algorithm held a small segment back until the one before it was acknowledged, and the receiver delayed that ACK. TCP_NODELAY, or writing all at once, avoids it. Inferred.";
    TCP_NO_WINDOW_SCALING = "tcp_no_window_scaling" Note "No window scaling",
        "RFC 7323 §2.2",
        "One side did not offer window scaling, so neither window can exceed 65,535 octets, and the connection carried more than that.";
    TCP_NO_SACK = "tcp_no_sack" Note "No selective acknowledgments",
        "RFC 2018 §2",
        "One side did not permit SACK, and segments were lost: each loss takes a round trip of its own to mend.";
    TCP_RESET_IN_TRANSFER = "tcp_reset_in_transfer" Error "The connection was reset in mid-transfer",
        "RFC 9293 §3.5.2",
        "A RST came while octets were on their way: they are lost.";
    TCP_RESET_AFTER_CLOSE = "tcp_reset_after_close" Note "A RST came after a FIN",
        "RFC 9293 §3.6.1",
        "A side closed with data unread, or closed while the other one was still sending.";
    TCP_RESET_INJECTED = "tcp_reset_injected" Error "A RST that its sender did not send",
        "RFC 5961 §3",
        "The side in whose name the RST came went on, or its other segments have another hop limit: a firewall or an attacker in between. Inferred.";
    TCP_OVERLAP_CONFLICT = "tcp_overlap_conflict" Error "Octets came again as other ones",
        "RFC 9293 §3.10.7.4",
        "Segments that overlap differ: somebody injects octets to fool one of the readers, or a host is broken.";
    TCP_BAD_CHECKSUMS = "tcp_bad_checksums" Warning "Segments were damaged",
        "RFC 9293 §3.1",
        "Checksums are wrong where offloading does not explain it: the receiver drops these segments.";
    TCP_PEER_GONE = "tcp_peer_gone" Warning "Keep-alives were not answered",
        "RFC 9293 §3.8.4",
        "One side asked three times or more whether the other one is there, and heard nothing.";

    TLS_FAILED = "tls_handshake_failed" Error "The TLS handshake failed",
        "RFC 8446 §6.2",
        "An alert ended the handshake, or a side closed the connection in the middle of it.";
    TLS_HELLO_RETRY = "tls_hello_retry" Warning "The server asked for another ClientHello",
        "RFC 8446 §4.1.4",
        "The client's key share is of a group that the server does not take: that costs a round trip. Offering the server's group first avoids it.";
    TLS_TWO_ROUND_TRIPS = "tls_two_round_trips" Note "The handshake took two round trips",
        "RFC 5246 §7.3",
        "A full handshake of TLS 1.2 or earlier takes two round trips before the first request, TLS 1.3 takes one.";
    TLS_LARGE_FLIGHT = "tls_certificates_large" Warning "The server's first flight did not fit its window",
        "RFC 5681 §3.1, RFC 8879",
        "The certificates are larger than what the server may send at once on a new connection: the handshake took round trips more. A shorter chain, smaller keys or compressed certificates help. Inferred.";
    TLS_SLOW_PEER = "tls_handshake_slow" Warning "A side took long in the handshake",
        "RFC 8446 §2",
        "100 ms or more went by at one side between what it got and what it sent, the network's part taken off.";
    TLS_EARLY_DATA_REFUSED = "tls_early_data_refused" Note "Early data was refused",
        "RFC 8446 §4.2.10",
        "The client sent its request before the server answered, and had to send it again.";
    TLS_OLD_VERSION = "tls_old_version" Warning "An outdated version of TLS",
        "RFC 8996 §1",
        "TLS 1.1, 1.0 and SSL are not to be used any more.";
    TLS_WEAK_SUITE = "tls_weak_cipher_suite" Warning "A weak cipher suite",
        "RFC 9325 §4.1",
        "Without encryption, with RC4, DES or export keys, without authentication.";
    TLS_NO_FORWARD_SECRECY = "tls_no_forward_secrecy" Note "No forward secrecy",
        "RFC 9325 §4.1",
        "The key exchange is RSA's: whoever gets the server's private key reads everything that was ever captured.";
    TLS_BAD_CERTIFICATE = "tls_certificate_invalid" Error "The certificate does not hold",
        "RFC 5280 §6",
        "At the time of the capture the chain had a fault: expired, of another name, of an unknown issuer, revoked, badly signed.";
    TLS_CERTIFICATE_EXPIRING = "tls_certificate_expiring" Warning "A certificate is about to expire",
        "RFC 5280 §4.1.2.5",
        "It is valid for two weeks at most from the time of the capture.";
    TLS_NOT_RESUMED = "tls_not_resumed" Note "Sessions were not resumed",
        "RFC 8446 §2.2",
        "A client made full handshakes to one server again and again. Resumption spares the certificates and, in TLS 1.2, a round trip.";

    HTTP_SERVER_SLOW = "http_server_slow" Warning "The server took long to answer",
        "RFC 9110 §15",
        "250 ms or more went by at the server between the request and its answer, or in the middle of it; the network's part is not in it.";
    HTTP_CLIENT_SLOW = "http_client_slow" Note "The client took long to send its request",
        "RFC 9112 §6",
        "The client paused in the middle of its request.";
    HTTP_SERVER_ERROR = "http_server_error" Warning "The server failed",
        "RFC 9110 §15.6",
        "A status of 500 or above.";
    HTTP_NO_RESPONSE = "http_no_response" Error "A request got no answer",
        "RFC 9112 §9.5",
        "The connection ended, or the capture, before a response began.";
    HTTP_RESPONSE_CUT = "http_response_cut" Error "A response was cut short",
        "RFC 9112 §8",
        "The body ended before its announced length, or its stream was reset.";
    HTTP_REDIRECT = "http_redirect" Note "A redirect cost a request",
        "RFC 9110 §15.4",
        "The answer sent the client elsewhere: its whole time is paid before the real request.";
    HTTP_HEADERS_LARGE = "http_headers_large" Note "Large headers",
        "RFC 9112 §5",
        "A head of 4 kB or more, mostly cookies, travels uncompressed in HTTP/1.1 with every request. HTTP/2 sends what repeats once.";
    HTTP_UNCOMPRESSED = "http_body_uncompressed" Warning "A compressible body was not compressed",
        "RFC 9110 §8.4",
        "Text of 10 kB or more was sent as it is, although the client takes content codings.";
    HTTP_CREDENTIALS = "http_cleartext_credentials" Error "Credentials in clear",
        "RFC 9110 §17.16.1, RFC 7617 §4",
        "An Authorization field or a cookie travelled without TLS: everybody on the way can use it.";
    HTTP_EXPECT = "http_expect_continue" Note "The client waited to be asked for its body",
        "RFC 9110 §10.1.1",
        "Expect: 100-continue costs a round trip, or the client's patience (often one second) where the server does not answer.";
    HTTP1_HEAD_OF_LINE = "http1_head_of_line" Warning "A request waited behind another",
        "RFC 9112 §9.3.2",
        "HTTP/1.1 answers in the order of the requests: this one's answer had to wait for the one before it. HTTP/2 does not know this.";
    HTTP1_CLOSED = "http1_connection_close" Note "The connection was closed after one request",
        "RFC 9112 §9.6",
        "Connection: close where opening the connection had taken a millisecond or more: the next request pays for that again.";
    HTTP1_SMUGGLING = "http1_ambiguous_framing" Error "A message whose length is ambiguous",
        "RFC 9112 §11.2",
        "Contradicting or odd Content-Length and Transfer-Encoding fields: receivers may disagree where the message ends, as in request smuggling.";
    HTTP2_STREAM_WINDOW = "http2_stream_window_small" Warning "A stream’s window held the sender up",
        "RFC 9113 §5.2",
        "The sender had used up what the receiver allows on the stream, and waited for WINDOW_UPDATE. A larger SETTINGS_INITIAL_WINDOW_SIZE, at least what a round trip carries, avoids it; a receiver that does not read causes it too.";
    HTTP2_CONNECTION_WINDOW = "http2_connection_window_small" Warning "The connection’s window held streams up",
        "RFC 9113 §6.9",
        "All streams share the connection’s window, which begins with 65,535 octets whatever SETTINGS say: a receiver has to enlarge it with WINDOW_UPDATE on stream 0.";
    HTTP2_STREAM_LIMIT = "http2_stream_limit" Warning "A request may have waited for a stream",
        "RFC 9113 §5.1.2",
        "As many streams were open as the server allows at once, and the request took the next place that came free. Inferred: when the request was made is not seen.";
    HTTP2_GOAWAY_ERROR = "http2_goaway_error" Error "The connection was ended for an error",
        "RFC 9113 §6.8",
        "A side sent GOAWAY with an error code: the other one broke a rule, or it failed itself.";
    HTTP2_GOAWAY_IN_USE = "http2_goaway_in_use" Warning "The server said GOAWAY while streams were opened",
        "RFC 9113 §6.8",
        "Streams above the last one that it names were not processed: the client has to send these requests again, on a new connection.";
    HTTP2_STREAMS_REFUSED = "http2_streams_refused" Warning "The server reset streams",
        "RFC 9113 §8.7",
        "RST_STREAM with a reason other than CANCEL and NO_ERROR: refused, too many, or an error of the server.";
    HTTP2_SETTINGS_SLOW = "http2_settings_slow" Warning "SETTINGS were acknowledged late",
        "RFC 9113 §6.5.3",
        "Half a second or more went by before the other side said that it applies them.";
    HPACK_TABLE_SMALL = "hpack_table_small" Note "The header table is too small",
        "RFC 7541 §4.4",
        "More than half of the entries that were inserted were evicted again, and compression saves less than half: a larger SETTINGS_HEADER_TABLE_SIZE would keep what repeats.";
    HTTP2_PUSH_FORBIDDEN = "http2_push_forbidden" Error "The server pushed although it must not",
        "RFC 9113 §8.4",
        "PUSH_PROMISE although the client had set SETTINGS_ENABLE_PUSH to 0, and the server had acknowledged that.";
    HTTP2_PUSH_REFUSED = "http2_push_refused" Note "Pushed streams were refused",
        "RFC 9113 §8.4.2",
        "The client reset streams that the server promised, mostly because it had the answer: what was sent until then is wasted.";
    HTTP2_PRIORITY_IGNORED = "http2_priority_ignored" Note "The server did not keep to priorities",
        "RFC 9218 §10",
        "A quarter or more of the octets that were sent while several streams waited went to one of lower priority. Inferred: the server may have had nothing of the other ones.";
    HTTP2_FLOOD = "http2_flood" Error "A flood of frames",
        "RFC 9113 §10.5",
        "Many more frames of a sort in a second than any use needs, or a header block that grows out of proportion: an attack, or a broken peer.";
    GRPC_ERROR = "grpc_error" Warning "A gRPC call failed",
        "RFC 9113 §8.1",
        "grpc-status of the trailers is not 0; HTTP’s own status is 200 all the same.";
    HTTP_NOT_REUSED = "http_connections_not_reused" Warning "Connections were not reused",
        "RFC 9112 §9.3",
        "A client opened connections to one server one after the other, for one request each. Keeping one open spares the handshakes.";
    HTTP_MANY_CONNECTIONS = "http_parallel_connections" Note "Many connections to one server at once",
        "RFC 9112 §9.4",
        "A client had six or more connections to one server open at a time, as browsers do with HTTP/1.1. HTTP/2 needs one.";
    HTTP_SHARDED = "http_sharded_hosts" Note "One server under several names",
        "RFC 9113 §9.1.1",
        "A client opened connections to one address under several names. With HTTP/2 one connection serves them all, and sharding costs handshakes.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_snake_case_and_occur_once() {
        for (nth, kind) in ALL.iter().enumerate() {
            let plain = |b: u8| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit();
            assert!(kind.code.bytes().all(plain), "{}", kind.code);
            assert!(ALL[..nth].iter().all(|other| other.code != kind.code), "{}", kind.code);
            assert!(kind.reference.starts_with("RFC "), "{}", kind.code);
            assert!(!kind.title.ends_with('.') && kind.meaning.ends_with('.'), "{}", kind.code);
        }
    }
}
