//! Numbers of the HTTP/2 registries and their names.

use std::fmt;

use super::{ErrorCode, FrameType, SettingId};

macro_rules! numbers {
    ($type:ident($digits:literal): $($(#[$doc:meta])+ $name:ident = $number:literal $text:literal;)*) => {
        impl $type {
            $($(#[$doc])+ pub const $name: Self = Self($number);)*

            /// The name as the RFC writes it, where the number is assigned.
            pub fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($text),)*
                    _ => None,
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.name() {
                    Some(name) => f.pad(name),
                    None => f.pad(&format!(concat!("0x{:0", $digits, "x}"), self.0)),
                }
            }
        }
    };
}

numbers! { FrameType("2"):
    /// RFC 9113 §6.1.
    DATA = 0x00 "DATA";
    /// RFC 9113 §6.2.
    HEADERS = 0x01 "HEADERS";
    /// RFC 9113 §6.3.
    PRIORITY = 0x02 "PRIORITY";
    /// RFC 9113 §6.4.
    RST_STREAM = 0x03 "RST_STREAM";
    /// RFC 9113 §6.5.
    SETTINGS = 0x04 "SETTINGS";
    /// RFC 9113 §6.6.
    PUSH_PROMISE = 0x05 "PUSH_PROMISE";
    /// RFC 9113 §6.7.
    PING = 0x06 "PING";
    /// RFC 9113 §6.8.
    GOAWAY = 0x07 "GOAWAY";
    /// RFC 9113 §6.9.
    WINDOW_UPDATE = 0x08 "WINDOW_UPDATE";
    /// RFC 9113 §6.10.
    CONTINUATION = 0x09 "CONTINUATION";
    /// RFC 7838 §4.
    ALTSVC = 0x0a "ALTSVC";
    /// RFC 8336 §2.
    ORIGIN = 0x0c "ORIGIN";
    /// RFC 9218 §7.1.
    PRIORITY_UPDATE = 0x10 "PRIORITY_UPDATE";
}

numbers! { SettingId("4"):
    /// RFC 9113 §6.5.2.
    HEADER_TABLE_SIZE = 0x01 "HEADER_TABLE_SIZE";
    /// RFC 9113 §6.5.2.
    ENABLE_PUSH = 0x02 "ENABLE_PUSH";
    /// RFC 9113 §6.5.2.
    MAX_CONCURRENT_STREAMS = 0x03 "MAX_CONCURRENT_STREAMS";
    /// RFC 9113 §6.5.2.
    INITIAL_WINDOW_SIZE = 0x04 "INITIAL_WINDOW_SIZE";
    /// RFC 9113 §6.5.2.
    MAX_FRAME_SIZE = 0x05 "MAX_FRAME_SIZE";
    /// RFC 9113 §6.5.2.
    MAX_HEADER_LIST_SIZE = 0x06 "MAX_HEADER_LIST_SIZE";
    /// RFC 8441 §3.
    ENABLE_CONNECT_PROTOCOL = 0x08 "ENABLE_CONNECT_PROTOCOL";
    /// RFC 9218 §2.1.
    NO_RFC7540_PRIORITIES = 0x09 "NO_RFC7540_PRIORITIES";
}

numbers! { ErrorCode("2"):
    /// A graceful end.
    NO_ERROR = 0x00 "NO_ERROR";
    /// A protocol error without a better name.
    PROTOCOL_ERROR = 0x01 "PROTOCOL_ERROR";
    /// An error of the endpoint itself.
    INTERNAL_ERROR = 0x02 "INTERNAL_ERROR";
    /// The flow-control rules were broken.
    FLOW_CONTROL_ERROR = 0x03 "FLOW_CONTROL_ERROR";
    /// SETTINGS was not acknowledged in time.
    SETTINGS_TIMEOUT = 0x04 "SETTINGS_TIMEOUT";
    /// A frame for a closed stream.
    STREAM_CLOSED = 0x05 "STREAM_CLOSED";
    /// A frame of an invalid size.
    FRAME_SIZE_ERROR = 0x06 "FRAME_SIZE_ERROR";
    /// Refused before any processing: safe to repeat.
    REFUSED_STREAM = 0x07 "REFUSED_STREAM";
    /// No longer needed.
    CANCEL = 0x08 "CANCEL";
    /// The field compression context cannot be kept.
    COMPRESSION_ERROR = 0x09 "COMPRESSION_ERROR";
    /// The connection of a CONNECT was reset.
    CONNECT_ERROR = 0x0a "CONNECT_ERROR";
    /// The peer makes too much load.
    ENHANCE_YOUR_CALM = 0x0b "ENHANCE_YOUR_CALM";
    /// The transport is not secure enough.
    INADEQUATE_SECURITY = 0x0c "INADEQUATE_SECURITY";
    /// HTTP/1.1 is to be used.
    HTTP_1_1_REQUIRED = 0x0d "HTTP_1_1_REQUIRED";
}

/// `END_STREAM` of DATA and HEADERS.
pub const END_STREAM: u8 = 0x01;
/// ACK of SETTINGS and PING.
pub const ACK: u8 = 0x01;
/// `END_HEADERS` of HEADERS, `PUSH_PROMISE` and CONTINUATION.
pub const END_HEADERS: u8 = 0x04;
/// PADDED of DATA, HEADERS and `PUSH_PROMISE`.
pub const PADDED: u8 = 0x08;
/// PRIORITY of HEADERS.
pub const PRIORITY: u8 = 0x20;

/// `SETTINGS_HEADER_TABLE_SIZE`.
pub const HEADER_TABLE_SIZE: u16 = 0x01;
/// `SETTINGS_ENABLE_PUSH`.
pub const ENABLE_PUSH: u16 = 0x02;
/// `SETTINGS_MAX_CONCURRENT_STREAMS`.
pub const MAX_CONCURRENT_STREAMS: u16 = 0x03;
/// `SETTINGS_INITIAL_WINDOW_SIZE`.
pub const INITIAL_WINDOW_SIZE: u16 = 0x04;
/// `SETTINGS_MAX_FRAME_SIZE`.
pub const MAX_FRAME_SIZE: u16 = 0x05;
/// `SETTINGS_MAX_HEADER_LIST_SIZE`.
pub const MAX_HEADER_LIST_SIZE: u16 = 0x06;

/// The name of a setting, without its prefix `SETTINGS_`.
pub fn setting_name(id: u16) -> Option<&'static str> {
    Some(match id {
        HEADER_TABLE_SIZE => "HEADER_TABLE_SIZE",
        ENABLE_PUSH => "ENABLE_PUSH",
        MAX_CONCURRENT_STREAMS => "MAX_CONCURRENT_STREAMS",
        INITIAL_WINDOW_SIZE => "INITIAL_WINDOW_SIZE",
        MAX_FRAME_SIZE => "MAX_FRAME_SIZE",
        MAX_HEADER_LIST_SIZE => "MAX_HEADER_LIST_SIZE",
        0x08 => "ENABLE_CONNECT_PROTOCOL",
        0x09 => "NO_RFC7540_PRIORITIES",
        0x10 => "TLS_RENEG_PERMITTED",
        _ => return None,
    })
}

/// The flags that a frame type defines: bit and name, lowest bit first.
pub fn flags_of(kind: FrameType) -> &'static [(u8, &'static str)] {
    match kind {
        FrameType::DATA => &[(END_STREAM, "END_STREAM"), (PADDED, "PADDED")],
        FrameType::HEADERS => &[
            (END_STREAM, "END_STREAM"),
            (END_HEADERS, "END_HEADERS"),
            (PADDED, "PADDED"),
            (PRIORITY, "PRIORITY"),
        ],
        FrameType::SETTINGS | FrameType::PING => &[(ACK, "ACK")],
        FrameType::PUSH_PROMISE => &[(END_HEADERS, "END_HEADERS"), (PADDED, "PADDED")],
        FrameType::CONTINUATION => &[(END_HEADERS, "END_HEADERS")],
        _ => &[],
    }
}

/// The names of the flags that are set and defined for the type, lowest bit first.
pub fn flag_names(kind: FrameType, flags: u8) -> impl Iterator<Item = &'static str> {
    flags_of(kind).iter().filter(move |(bit, _)| flags & bit != 0).map(|&(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unassigned_numbers_print_as_hex() {
        assert_eq!(FrameType(0x01).to_string(), "HEADERS");
        assert_eq!(FrameType(0xbb).to_string(), "0xbb");
        assert_eq!(FrameType(0x0b).name(), None);
        assert_eq!(ErrorCode(0x0b).to_string(), "ENHANCE_YOUR_CALM");
        assert_eq!(ErrorCode(0x1234).to_string(), "0x1234");
        assert_eq!((setting_name(3), setting_name(7)), (Some("MAX_CONCURRENT_STREAMS"), None));
    }

    #[test]
    fn flags_are_named_by_type() {
        let names: Vec<_> = flag_names(FrameType::HEADERS, 0xff).collect();
        assert_eq!(names, ["END_STREAM", "END_HEADERS", "PADDED", "PRIORITY"]);
        assert_eq!(flag_names(FrameType::PING, 1).collect::<Vec<_>>(), ["ACK"]);
        assert_eq!(flag_names(FrameType::WINDOW_UPDATE, 0xff).count(), 0);
    }
}
