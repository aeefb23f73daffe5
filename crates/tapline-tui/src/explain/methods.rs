//! HTTP methods.

use super::Explanation;

/// A method, which is case-sensitive; `None` for one that is not known here.
pub(crate) fn http_method(method: &str) -> Option<Explanation> {
    Some(match method {
        "GET" => Explanation::new(
            "GET",
            "Asks for a representation of a resource and changes nothing. It may be answered from a cache, \
             and repeated on a new connection when the first one breaks.",
            "RFC 9110 §9.3.1",
        ),
        "HEAD" => Explanation::new(
            "HEAD",
            "As GET, but the answer has no body. It tells size and age for the price of a round trip.",
            "RFC 9110 §9.3.2",
        ),
        "POST" => Explanation::new(
            "POST",
            "Hands the body to the resource for processing. It may not be repeated without asking, so a \
             connection that breaks leaves open whether it took effect.",
            "RFC 9110 §9.3.3",
        ),
        "PUT" => Explanation::new(
            "PUT",
            "Stores the body at this address. Doing it twice is the same as once, so a client may repeat it.",
            "RFC 9110 §9.3.4",
        ),
        "DELETE" => Explanation::new(
            "DELETE",
            "Removes what is at this address. Doing it twice is the same as once, so a client may repeat it.",
            "RFC 9110 §9.3.5",
        ),
        "CONNECT" => Explanation::new(
            "CONNECT",
            "Asks a proxy for a tunnel to a host and port, mostly to speak TLS through it. It costs one \
             round trip to the proxy and the proxy's own handshake before the first octet.",
            "RFC 9110 §9.3.6",
        ),
        "OPTIONS" => Explanation::new(
            "OPTIONS",
            "Asks what the resource allows. Browsers send it before requests to another origin (CORS \
             preflight), which costs a round trip before the real request.",
            "RFC 9110 §9.3.7",
        ),
        "TRACE" => Explanation::new(
            "TRACE",
            "Asks the server to send back what it received, to see what proxies changed. Most servers have \
             it switched off.",
            "RFC 9110 §9.3.8",
        ),
        "PATCH" => Explanation::new(
            "PATCH",
            "Changes a part of a resource, as the body says. It may not be repeated without asking.",
            "RFC 5789 §2",
        ),
        "PRI" => Explanation::new(
            "PRI",
            "Not a method: the first line that every HTTP/2 client sends. A server of HTTP/1.1 fails on it \
             at once instead of misunderstanding what follows.",
            "RFC 9113 §3.4",
        ),
        "PROPFIND" => Explanation::new(
            "PROPFIND",
            "WebDAV: asks for properties of a resource, and of what lies below it. With a large depth the \
             answer can be very long.",
            "RFC 4918 §9.1",
        ),
        _ => return None,
    })
}
