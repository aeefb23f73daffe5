//! HTTP status codes.

mod errors;

use super::Explanation;

/// A status: what is known of it, else what its class says; `None` outside of 100 to 599.
pub(crate) fn http_status(status: u16) -> Option<Explanation> {
    let exact = match status {
        ..=399 => before_errors(status),
        400..=499 => errors::client(status),
        500.. => errors::server(status),
    };
    exact.or_else(|| class(status))
}

/// Statuses that are no errors.
fn before_errors(status: u16) -> Option<Explanation> {
    Some(match status {
        100 => Explanation::new(
            "100 Continue",
            "The server has read the request's head and wants its body. A client that asked with Expect \
             waits a round trip for this, or until its patience ends.",
            "RFC 9110 §15.2.1",
        ),
        101 => Explanation::new(
            "101 Switching Protocols",
            "From the next octet on the connection speaks what Upgrade named, such as WebSocket. The change \
             costs the one round trip of this exchange.",
            "RFC 9110 §15.2.2",
        ),
        103 => Explanation::new(
            "103 Early Hints",
            "Fields of the answer to come, mostly links to load ahead, while the server is still working. \
             The client can use the wait.",
            "RFC 8297 §2",
        ),
        200 => Explanation::new(
            "200 OK",
            "The request succeeded and the answer carries its result.",
            "RFC 9110 §15.3.1",
        ),
        201 => Explanation::new(
            "201 Created",
            "The request made a new resource, whose address Location tells.",
            "RFC 9110 §15.3.2",
        ),
        202 => Explanation::new(
            "202 Accepted",
            "The request is taken and will be processed later, so its time here says nothing of the work. \
             The client has to ask again for the result.",
            "RFC 9110 §15.3.3",
        ),
        204 => Explanation::new(
            "204 No Content",
            "The request succeeded and there is no body. The answer ends with its head.",
            "RFC 9110 §15.3.5",
        ),
        206 => Explanation::new(
            "206 Partial Content",
            "Only the part of the resource that Range asked for. Downloads that resume and players that seek \
             do this.",
            "RFC 9110 §15.3.7",
        ),
        301 => Explanation::new(
            "301 Moved Permanently",
            "The resource is elsewhere for good; Location tells where. The client pays this whole exchange, \
             and perhaps new handshakes, before the real one; it may remember the new address.",
            "RFC 9110 §15.4.2",
        ),
        302 => Explanation::new(
            "302 Found",
            "The resource is elsewhere for now; Location tells where. The client pays this exchange each \
             time before the real one.",
            "RFC 9110 §15.4.3",
        ),
        303 => Explanation::new(
            "303 See Other",
            "The answer is to be fetched from Location with GET, as after a form. It costs one exchange \
             more.",
            "RFC 9110 §15.4.4",
        ),
        304 => Explanation::new(
            "304 Not Modified",
            "What the client has in its cache is still good, so no body is sent. It saves the transfer but \
             not the round trip; a longer max-age saves both.",
            "RFC 9110 §15.4.5",
        ),
        307 => Explanation::new(
            "307 Temporary Redirect",
            "As 302, but the method and the body stay the same, so a body is sent twice. It costs one \
             exchange more each time.",
            "RFC 9110 §15.4.8",
        ),
        308 => Explanation::new(
            "308 Permanent Redirect",
            "As 301, but the method and the body stay the same, so a body is sent twice. The client may \
             remember the new address.",
            "RFC 9110 §15.4.9",
        ),
        _ => return None,
    })
}

fn class(status: u16) -> Option<Explanation> {
    Some(match status {
        100..=199 => Explanation::new(
            "1xx: informational",
            "An interim answer: the server is at work, and the final answer to the same request follows.",
            "RFC 9110 §15.2",
        ),
        200..=299 => Explanation::new(
            "2xx: successful",
            "The request was received, understood and accepted.",
            "RFC 9110 §15.3",
        ),
        300..=399 => Explanation::new(
            "3xx: redirection",
            "The client has to do something more, mostly ask elsewhere. Each redirect costs a whole exchange \
             before the real one.",
            "RFC 9110 §15.4",
        ),
        400..=499 => Explanation::new(
            "4xx: client error",
            "The server sees a fault in the request. The same request again most likely gets the same \
             answer.",
            "RFC 9110 §15.5",
        ),
        500..=599 => Explanation::new(
            "5xx: server error",
            "The server knows that it failed; the request may have been right. A later attempt may succeed.",
            "RFC 9110 §15.6",
        ),
        _ => return None,
    })
}
