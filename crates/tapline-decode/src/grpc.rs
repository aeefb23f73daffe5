//! gRPC over HTTP (grpc/doc/PROTOCOL-HTTP2.md) and gRPC-Web (grpc/doc/PROTOCOL-WEB.md): what of a call stands in
//! fields, and the messages in a body.

mod messages;

pub use messages::{Fault, Messages};

/// What a body with gRPC is, by its content type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flavor {
    /// Messages in HTTP/2, status in trailers.
    Grpc,
    /// Messages in any HTTP, trailers in the body.
    Web,
    /// The same in base64: its messages are not counted.
    WebText,
}

impl Flavor {
    /// By the content type: `application/grpc`, perhaps with `+proto` or parameters behind it.
    pub fn of(content_type: &[u8]) -> Option<Self> {
        let (begin, rest) = content_type.split_at_checked(16)?;
        if !begin.eq_ignore_ascii_case(b"application/grpc") {
            return None;
        }
        let end = rest.iter().position(|octet| matches!(octet, b'+' | b';' | b' ')).unwrap_or(rest.len());
        match rest.get(..end)?.to_ascii_lowercase().as_slice() {
            b"" => Some(Self::Grpc),
            b"-web" => Some(Self::Web),
            b"-web-text" => Some(Self::WebText),
            _ => None,
        }
    }

    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::Web => "grpc-web",
            Self::WebText => "grpc-web-text",
        }
    }
}

/// Service and method of a path: `/package.Service/Method`.
pub fn service_and_method(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let path = path.strip_prefix(b"/")?;
    let slash = memchr::memrchr(b'/', path)?;
    let (service, method) = path.split_at(slash);
    Some((service, method.get(1..)?))
}

/// The status code of a `grpc-status` field.
pub fn status(value: &[u8]) -> Option<u32> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// The name of a status code (grpc/doc/statuscodes.md).
pub fn status_name(code: u32) -> Option<&'static str> {
    const NAMES: [&str; 17] = [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];
    NAMES.get(usize::try_from(code).ok()?).copied()
}

/// A `grpc-timeout`, nanoseconds: up to eight digits and a unit.
pub fn timeout_ns(value: &[u8]) -> Option<u64> {
    let (unit, digits) = value.split_last()?;
    if digits.is_empty() || digits.len() > 8 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let count: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let unit_ns = match unit {
        b'H' => 3_600_000_000_000,
        b'M' => 60_000_000_000,
        b'S' => 1_000_000_000,
        b'm' => 1_000_000,
        b'u' => 1_000,
        b'n' => 1,
        _ => return None,
    };
    count.checked_mul(unit_ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types() {
        let check = |text: &str, expected| assert_eq!(Flavor::of(text.as_bytes()), expected, "{text}");
        check("application/grpc", Some(Flavor::Grpc));
        check("Application/gRPC+proto", Some(Flavor::Grpc));
        check("application/grpc; charset=utf-8", Some(Flavor::Grpc));
        check("application/grpc-web+json", Some(Flavor::Web));
        check("application/grpc-web-text", Some(Flavor::WebText));
        check("application/grpcx", None);
        check("application/json", None);
        check("", None);
    }

    #[test]
    fn paths() {
        let check = |path: &str, expected: Option<(&str, &str)>| {
            let expected = expected.map(|(service, method)| (service.as_bytes(), method.as_bytes()));
            assert_eq!(service_and_method(path.as_bytes()), expected, "{path}");
        };
        check("/shop.v1.Orders/Find", Some(("shop.v1.Orders", "Find")));
        check("/prefix/shop.Orders/Find", Some(("prefix/shop.Orders", "Find")));
        check("/alone", None);
        check("*", None);
    }

    #[test]
    fn statuses() {
        assert_eq!((status(b"5"), status(b"x"), status(b"")), (Some(5), None, None));
        assert_eq!(
            (status_name(5), status_name(16), status_name(17)),
            (Some("NOT_FOUND"), Some("UNAUTHENTICATED"), None)
        );
    }

    #[test]
    fn timeouts() {
        let check = |text: &str, expected| assert_eq!(timeout_ns(text.as_bytes()), expected, "{text}");
        check("5S", Some(5_000_000_000));
        check("100m", Some(100_000_000));
        check("1H", Some(3_600_000_000_000));
        check("99999999H", None);
        check("7u", Some(7_000));
        check("123456789n", None);
        check("S", None);
        check("5", None);
        check("", None);
        check("-5S", None);
    }
}
