//! HTTP status codes of 400 and above.

use crate::explain::Explanation;

/// Faults that the server sees in the request.
pub(super) fn client(status: u16) -> Option<Explanation> {
    Some(match status {
        400 => Explanation::new(
            "400 Bad Request",
            "The server could not make sense of the request: wrong syntax, contradicting lengths, or fields \
             that are too large. Sending it again does not help.",
            "RFC 9110 §15.5.1",
        ),
        401 => Explanation::new(
            "401 Unauthorized",
            "The request needs credentials that are missing or wrong; WWW-Authenticate says which kind. A \
             client that knows them asks again: one exchange more.",
            "RFC 9110 §15.5.2",
        ),
        403 => Explanation::new(
            "403 Forbidden",
            "The server understood the request and declines it, whoever asks or because of who asks. The \
             same request again gets the same answer.",
            "RFC 9110 §15.5.4",
        ),
        404 => Explanation::new(
            "404 Not Found",
            "There is nothing at this address, or the server does not want to say that there is. Browsers \
             also ask for things nobody linked, such as favicon.ico.",
            "RFC 9110 §15.5.5",
        ),
        405 => Explanation::new(
            "405 Method Not Allowed",
            "The resource is there but does not take this method; Allow lists those that it takes.",
            "RFC 9110 §15.5.6",
        ),
        407 => Explanation::new(
            "407 Proxy Authentication Required",
            "A proxy on the way wants credentials of its own. Many clients ask without them first, which \
             costs an exchange for each new connection.",
            "RFC 9110 §15.5.8",
        ),
        408 => Explanation::new(
            "408 Request Timeout",
            "The request did not come whole in the time that the server allows. On a connection without a \
             request it only says that the server closes it for being idle.",
            "RFC 9110 §15.5.9",
        ),
        409 => Explanation::new(
            "409 Conflict",
            "The request does not fit the state of the resource, as when two people edit the same thing. The \
             client has to look again first.",
            "RFC 9110 §15.5.10",
        ),
        410 => Explanation::new(
            "410 Gone",
            "The resource was here and is gone for good. Unlike a 404 it tells the client not to ask again.",
            "RFC 9110 §15.5.11",
        ),
        411 => Explanation::new(
            "411 Length Required",
            "The server wants Content-Length, and the request came without. One exchange is lost.",
            "RFC 9110 §15.5.12",
        ),
        412 => Explanation::new(
            "412 Precondition Failed",
            "A condition of the request, such as If-Match, does not hold: somebody else changed the resource \
             in between.",
            "RFC 9110 §15.5.13",
        ),
        413 => Explanation::new(
            "413 Content Too Large",
            "The body is larger than the server takes. It may close the connection rather than read the \
             rest, which clients can see as a reset.",
            "RFC 9110 §15.5.14",
        ),
        414 => Explanation::new(
            "414 URI Too Long",
            "The address is longer than the server takes: often a form sent with GET, or redirects that add \
             to it each time.",
            "RFC 9110 §15.5.15",
        ),
        415 => Explanation::new(
            "415 Unsupported Media Type",
            "The server does not take a body of this type or coding. Accept or Accept-Encoding of the answer \
             may say what it takes.",
            "RFC 9110 §15.5.16",
        ),
        416 => Explanation::new(
            "416 Range Not Satisfiable",
            "The Range lies outside of the resource: a download that is already complete, or one of \
             something that changed.",
            "RFC 9110 §15.5.17",
        ),
        417 => Explanation::new(
            "417 Expectation Failed",
            "The server does not meet the request's Expect, mostly 100-continue. The client repeats the \
             request without it: one exchange lost.",
            "RFC 9110 §15.5.18",
        ),
        421 => Explanation::new(
            "421 Misdirected Request",
            "The server does not answer for this name on this connection, as when a client reuses an HTTP/2 \
             connection for another host. The client opens a new one: handshakes more.",
            "RFC 9110 §15.5.20",
        ),
        422 => Explanation::new(
            "422 Unprocessable Content",
            "The body can be read, but what it says is not acceptable, as a form with a missing field.",
            "RFC 9110 §15.5.21",
        ),
        425 => Explanation::new(
            "425 Too Early",
            "The request came as TLS early data, which can be replayed, and the server does not risk that. \
             The client sends it again after the handshake: the round trip it meant to save is paid.",
            "RFC 8470 §5.2",
        ),
        426 => Explanation::new(
            "426 Upgrade Required",
            "The server wants another protocol first, which Upgrade names, such as WebSocket or a newer \
             HTTP.",
            "RFC 9110 §15.5.22",
        ),
        429 => Explanation::new(
            "429 Too Many Requests",
            "The client asks more often than the server allows; Retry-After may say how long to wait.",
            "RFC 6585 §4",
        ),
        431 => Explanation::new(
            "431 Request Header Fields Too Large",
            "A field, or all together, are larger than the server takes: mostly cookies that have piled up.",
            "RFC 6585 §5",
        ),
        451 => Explanation::new(
            "451 Unavailable For Legal Reasons",
            "The server may not show the resource, by law or a court's order.",
            "RFC 7725 §3",
        ),
        _ => return None,
    })
}

/// Faults of the server.
pub(super) fn server(status: u16) -> Option<Explanation> {
    Some(match status {
        500 => Explanation::new(
            "500 Internal Server Error",
            "The server failed in a way that it did not expect. Its log says why; the time until here is the \
             time until it failed.",
            "RFC 9110 §15.6.1",
        ),
        501 => Explanation::new(
            "501 Not Implemented",
            "The server knows no such method. Sending it again does not help.",
            "RFC 9110 §15.6.2",
        ),
        502 => Explanation::new(
            "502 Bad Gateway",
            "A proxy got no valid answer from the server behind it: it refused, reset, or spoke something \
             else. The fault lies on the far side of the proxy, where this capture does not reach.",
            "RFC 9110 §15.6.3",
        ),
        503 => Explanation::new(
            "503 Service Unavailable",
            "The server is overloaded or being maintained; Retry-After may say for how long. A quick 503 is \
             often a load balancer without healthy servers.",
            "RFC 9110 §15.6.4",
        ),
        504 => Explanation::new(
            "504 Gateway Timeout",
            "A proxy waited for the server behind it until its patience ended. The wait before it is mostly \
             a round number of seconds: the proxy's time limit.",
            "RFC 9110 §15.6.5",
        ),
        505 => Explanation::new(
            "505 HTTP Version Not Supported",
            "The server does not speak the version of HTTP that the request names.",
            "RFC 9110 §15.6.6",
        ),
        _ => return None,
    })
}
