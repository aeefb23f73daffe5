//! HTTP fields that matter for time, for failures, or for who may read what.

mod caching;
mod content;
mod routing;

use super::Explanation;

/// A field by its name, in any case; `None` for one that says little here.
pub(crate) fn header(name: &str) -> Option<Explanation> {
    let name = name.to_ascii_lowercase();
    let name = name.as_str();
    framing(name)
        .or_else(|| caching::field(name))
        .or_else(|| content::field(name))
        .or_else(|| routing::field(name))
        .or_else(|| pseudo(name))
}

/// Where a message ends, and what becomes of its connection.
fn framing(name: &str) -> Option<Explanation> {
    Some(match name {
        "content-length" => Explanation::new(
            "Content-Length",
            "Octets of the body: the receiver knows where it ends and can keep the connection. A body that \
             ends earlier was cut.",
            "RFC 9110 §8.6",
        ),
        "transfer-encoding" => Explanation::new(
            "Transfer-Encoding",
            "The body comes in chunks, each with its length, so that the server can begin before it knows \
             the whole length. HTTP/2 forbids it, as its frames do the same.",
            "RFC 9112 §6.1",
        ),
        "trailer" => Explanation::new(
            "Trailer",
            "Names fields that follow the body, such as a checksum or the status of a gRPC call.",
            "RFC 9110 §6.6.2",
        ),
        "te" => Explanation::new(
            "TE",
            "The transfer codings that the client takes besides chunked, and with trailers that it reads \
             fields behind a body. In HTTP/2 only trailers is allowed; gRPC requires it.",
            "RFC 9110 §10.1.4",
        ),
        "connection" => Explanation::new(
            "Connection",
            "Fields that concern only this hop, and whether the connection stays: close ends it after this \
             answer. Then the next request pays for new handshakes.",
            "RFC 9110 §7.6.1",
        ),
        "keep-alive" => Explanation::new(
            "Keep-Alive",
            "How long the sender keeps an idle connection, and for how many requests. It is a hint; a \
             request that meets the close has to be sent again.",
            "RFC 2068 §19.7.1.1",
        ),
        "upgrade" => Explanation::new(
            "Upgrade",
            "Asks to speak something else on this connection, such as WebSocket. The server agrees with 101; \
             the change costs the round trip of this exchange.",
            "RFC 9110 §7.8",
        ),
        "expect" => Explanation::new(
            "Expect",
            "With 100-continue the client waits to be asked for its body. It costs a round trip, or the \
             client's patience where the server does not answer.",
            "RFC 9110 §10.1.1",
        ),
        "range" => Explanation::new(
            "Range",
            "Asks for a part of the resource only, to resume a download or to seek. The answer is 206, or \
             200 with everything where the server does not do parts.",
            "RFC 9110 §14.2",
        ),
        "accept-ranges" => Explanation::new(
            "Accept-Ranges",
            "The server can send parts of this resource. A client can resume a broken download instead of \
             beginning again.",
            "RFC 9110 §14.3",
        ),
        "content-range" => Explanation::new(
            "Content-Range",
            "Which part of the resource this body is, and how long the whole is.",
            "RFC 9110 §14.4",
        ),
        _ => return None,
    })
}

/// What HTTP/2 says in place of request line and status line.
fn pseudo(name: &str) -> Option<Explanation> {
    Some(match name {
        ":method" => Explanation::new(
            ":method",
            "HTTP/2 has no request line: this field is the method. The common ones take one octet, as \
             HPACK's static table has them.",
            "RFC 9113 §8.3.1",
        ),
        ":scheme" => Explanation::new(
            ":scheme",
            "https or http, as in the URL. HTTP/1.1 leaves it out of the request line.",
            "RFC 9113 §8.3.1",
        ),
        ":authority" => Explanation::new(
            ":authority",
            "The name and port that the client wants, in place of Host. One connection can carry requests \
             for several names, if the certificate has them all.",
            "RFC 9113 §8.3.1",
        ),
        ":path" => Explanation::new(
            ":path",
            "Path and query of the request. As it mostly differs from request to request, it is what HPACK \
             saves least on.",
            "RFC 9113 §8.3.1",
        ),
        ":status" => Explanation::new(
            ":status",
            "The status of the answer; HTTP/2 sends no reason phrase beside it.",
            "RFC 9113 §8.3.2",
        ),
        ":protocol" => Explanation::new(
            ":protocol",
            "What a CONNECT wants to speak on its stream, such as websocket. So a WebSocket shares an HTTP/2 \
             connection and needs no handshakes of its own.",
            "RFC 8441 §4",
        ),
        _ => return None,
    })
}
