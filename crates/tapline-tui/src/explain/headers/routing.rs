//! HTTP fields: where a request goes, and what comes first.

use crate::explain::Explanation;

/// Where a request goes, and what comes first.
pub(super) fn field(name: &str) -> Option<Explanation> {
    Some(match name {
        "host" => Explanation::new(
            "Host",
            "The name that the client wants; one address serves many. HTTP/1.1 requires it, HTTP/2 says it \
             in :authority.",
            "RFC 9110 §7.2",
        ),
        "location" => Explanation::new(
            "Location",
            "Where to go instead, or where what was made is. A redirect costs the whole exchange, and new \
             handshakes where it names another host.",
            "RFC 9110 §10.2.2",
        ),
        "retry-after" => Explanation::new(
            "Retry-After",
            "How long to wait before asking again, with a 503, a 429 or a redirect.",
            "RFC 9110 §10.2.3",
        ),
        "alt-svc" => Explanation::new(
            "Alt-Svc",
            "Where else the server can be reached, mostly by HTTP/3 over UDP. A client that follows it opens \
             a connection that a filter on TCP does not show.",
            "RFC 7838 §3",
        ),
        "priority" => Explanation::new(
            "Priority",
            "How urgent the answer is (u=0 to u=7, 3 if not said), and whether parts of it are of use (i). \
             The server may take it into account when streams compete.",
            "RFC 9218 §5",
        ),
        "strict-transport-security" => Explanation::new(
            "Strict-Transport-Security",
            "The client has to use https for this host from now on. It then goes there directly, which \
             spares the redirect from http.",
            "RFC 6797 §6.1",
        ),
        "link" => Explanation::new(
            "Link",
            "Points to related resources. With rel=preload or preconnect the client can begin to load or \
             connect before it has read the body.",
            "RFC 8288 §3",
        ),
        "early-data" => Explanation::new(
            "Early-Data",
            "A proxy says that the request came as TLS early data and may be a replay. The server can refuse \
             it with 425.",
            "RFC 8470 §5.1",
        ),
        "sec-websocket-key" => Explanation::new(
            "Sec-WebSocket-Key",
            "Random octets of the client whose hash the server returns, which proves that it knows \
             WebSocket. It is no secret and protects nothing.",
            "RFC 6455 §4.1",
        ),
        "http2-settings" => Explanation::new(
            "HTTP2-Settings",
            "The client's SETTINGS in an upgrade from HTTP/1.1 to HTTP/2 without TLS. RFC 9113 gives this \
             way up; clients begin with the preface instead.",
            "RFC 7540 §3.2.1",
        ),
        _ => return None,
    })
}
