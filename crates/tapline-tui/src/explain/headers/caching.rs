//! HTTP fields: what need not be fetched again.

use crate::explain::Explanation;

/// What need not be fetched again.
pub(super) fn field(name: &str) -> Option<Explanation> {
    Some(match name {
        "cache-control" => Explanation::new(
            "Cache-Control",
            "Who may keep this answer, and for how long. While max-age lasts a client need not ask at all, \
             and no round trip is faster than that.",
            "RFC 9111 §5.2",
        ),
        "age" => Explanation::new(
            "Age",
            "How many seconds ago the answer was made or checked: it comes from a cache. A wait that is \
             short may not be the server's then.",
            "RFC 9111 §5.1",
        ),
        "expires" => Explanation::new(
            "Expires",
            "Until when the answer is fresh; max-age of Cache-Control wins over it. An answer without either \
             is kept by guesswork.",
            "RFC 9111 §5.3",
        ),
        "etag" => Explanation::new(
            "ETag",
            "A name for this version of the resource. The client sends it back in If-None-Match, and a 304 \
             spares the body, not the round trip.",
            "RFC 9110 §8.8.3",
        ),
        "last-modified" => Explanation::new(
            "Last-Modified",
            "When the resource was changed last. The client sends it back in If-Modified-Since, and a 304 \
             spares the body, not the round trip.",
            "RFC 9110 §8.8.2",
        ),
        "if-none-match" => Explanation::new(
            "If-None-Match",
            "The version that the client has in its cache. If it is still the current one the answer is 304 \
             without a body.",
            "RFC 9110 §13.1.2",
        ),
        "if-modified-since" => Explanation::new(
            "If-Modified-Since",
            "The age of what the client has in its cache. If nothing changed since, the answer is 304 \
             without a body.",
            "RFC 9110 §13.1.3",
        ),
        "vary" => Explanation::new(
            "Vary",
            "The request fields on which this answer depends. A cache keeps one answer for each combination, \
             so a long list makes it useless.",
            "RFC 9110 §12.5.5",
        ),
        "cache-status" => Explanation::new(
            "Cache-Status",
            "What each cache on the way did: whether it had the answer, and why not if not.",
            "RFC 9211 §2",
        ),
        "via" => Explanation::new(
            "Via",
            "The proxies that the message passed. Each of them adds its time, and its own connection lies \
             behind it.",
            "RFC 9110 §7.6.3",
        ),
        _ => return None,
    })
}
