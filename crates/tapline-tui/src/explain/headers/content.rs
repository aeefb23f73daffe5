//! HTTP fields: what a body is, and who asks for it.

use crate::explain::Explanation;

/// What a body is, and who asks for it.
pub(super) fn field(name: &str) -> Option<Explanation> {
    Some(match name {
        "content-encoding" => Explanation::new(
            "Content-Encoding",
            "How the body is compressed, such as gzip or br. Text shrinks to a third or less, and takes as \
             many fewer round trips on a new connection.",
            "RFC 9110 §8.4",
        ),
        "accept-encoding" => Explanation::new(
            "Accept-Encoding",
            "The compressions that the client can undo. Without it servers mostly send text as it is.",
            "RFC 9110 §12.5.3",
        ),
        "content-type" => Explanation::new(
            "Content-Type",
            "What the body is. Formats that are compressed already, such as images and video, gain nothing \
             from Content-Encoding.",
            "RFC 9110 §8.3",
        ),
        "authorization" => Explanation::new(
            "Authorization",
            "Credentials of the client. Without TLS everybody on the way can read and use them.",
            "RFC 9110 §11.6.2",
        ),
        "www-authenticate" => Explanation::new(
            "WWW-Authenticate",
            "Which credentials the server wants, with a 401. The client has to ask again with them: one \
             exchange more.",
            "RFC 9110 §11.6.1",
        ),
        "cookie" => Explanation::new(
            "Cookie",
            "What the server told the client to remember. It is sent with every request, uncompressed in \
             HTTP/1.1; some kilobytes of it fill several segments each time.",
            "RFC 6265 §4.2",
        ),
        "set-cookie" => Explanation::new(
            "Set-Cookie",
            "Asks the client to remember something and to send it with later requests. Many shared caches \
             keep no answer that carries one.",
            "RFC 6265 §4.1",
        ),
        "server-timing" => Explanation::new(
            "Server-Timing",
            "What the server itself says took how long, in milliseconds. It splits the wait that this \
             capture can only see as a whole.",
            "W3C Server Timing",
        ),
        "grpc-status" => Explanation::new(
            "grpc-status",
            "The outcome of a gRPC call, in the trailers; 0 is success. HTTP's own status is 200 even where \
             the call failed.",
            "gRPC over HTTP/2",
        ),
        _ => return None,
    })
}
