//! A gRPC call in a few words.

use tapline_analysis::decode::grpc::status_name;
use tapline_analysis::{Grpc, GrpcMessages, human, printable};

use crate::limits::NAME_CHARS_MAX;

/// A gRPC call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Call {
    /// Service and method as `package.Service/Method`, safe to print; empty where the request was not seen.
    pub(crate) name: Box<str>,
    /// How many messages each side sent: `1 message asked, 3 answered`; empty where none was counted.
    pub(crate) messages: Box<str>,
    /// The status with its name and message, safe to print; `None` where none came.
    pub(crate) status: Option<Box<str>>,
    /// Whether the status says that the call succeeded.
    pub(crate) succeeded: bool,
}

impl Call {
    pub(super) fn of(grpc: &Grpc) -> Self {
        let parts = [&grpc.service, &grpc.method];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        Self {
            name: short(&parts.join("/")),
            messages: messages(grpc).into(),
            status: grpc.status.map(|code| short(&status(code, grpc.message.as_deref()))),
            succeeded: grpc.status == Some(0),
        }
    }
}

fn status(code: u32, message: Option<&str>) -> String {
    let name = status_name(code).map_or_else(|| code.to_string(), |name| format!("{code} {name}"));
    message.map_or_else(|| name.clone(), |message| format!("{name}: {message}"))
}

fn messages(grpc: &Grpc) -> String {
    let count = |side: &GrpcMessages, what: &str| format!("{} {what}", human::plural(side.count, "message"));
    let asked = grpc.request.as_ref().map(|side| count(side, "asked"));
    let answered = grpc.response.as_ref().map(|side| count(side, "answered"));
    [asked, answered].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Text from the wire, safe to print and bounded.
fn short(text: &str) -> Box<str> {
    let mut text = printable(text).into_owned();
    if let Some((cut, _)) = text.char_indices().nth(NAME_CHARS_MAX) {
        text.truncate(cut);
        text.push('…');
    }
    text.into_boxed_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_its_number_its_name_and_what_the_server_said() {
        let call = |status, message: Option<&str>| {
            let message = message.map(str::to_owned);
            Call::of(&Grpc { status, message, ..Grpc::default() })
        };
        let check = |status, message, expected: Option<&str>, succeeded| {
            let call = call(status, message);
            assert_eq!((call.status.as_deref(), call.succeeded), (expected, succeeded));
        };
        check(Some(0), None, Some("0 OK"), true);
        check(Some(5), Some("no\u{1b}[2J"), Some("5 NOT_FOUND: no\\u{1b}[2J"), false);
        check(Some(99), None, Some("99"), false);
        check(None, None, None, false);
    }

    #[test]
    fn the_name_is_bounded_and_safe() {
        let service = Some("a\u{7}".to_owned() + &"b".repeat(NAME_CHARS_MAX));
        let call = Call::of(&Grpc { service, method: Some("Get".into()), ..Grpc::default() });
        assert!(call.name.starts_with("a\\u{7}b") && call.name.ends_with('…'), "{}", call.name);
        assert_eq!(call.name.chars().count(), NAME_CHARS_MAX + 1);
    }
}
