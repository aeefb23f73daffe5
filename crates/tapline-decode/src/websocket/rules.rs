//! What a frame may break, each rule on its own (RFC 6455 §5, §7.4).

use super::decoder::Extensions;
use super::header::{Form, Header};
use super::{Close, Opcode};
use crate::anomaly;
use crate::limits::WEBSOCKET_CONTROL_MAX;
use crate::parse::span;

/// What a frame may break: code and sentence.
pub(super) type Fault = Option<(&'static str, &'static str)>;

/// What a header breaks, given who sends it, what was negotiated, and whether a message has begun.
pub(super) fn broken(
    header: &Header,
    from_client: bool,
    extensions: Extensions,
    within_message: bool,
) -> [Fault; 5] {
    [
        masking(header, from_client),
        reserved(header, extensions),
        control(header),
        order(header, within_message),
        written(header),
    ]
}

/// Why a close frame should not say what it says.
pub(super) fn bad_close(close: &Close) -> Option<&'static str> {
    if !close.code.may_be_sent() {
        return Some("a close frame has a code that is never sent");
    }
    std::str::from_utf8(&close.reason).is_err().then_some("the reason of a close frame is not UTF-8")
}

/// RFC 6455 §5.1.
fn masking(header: &Header, from_client: bool) -> Fault {
    match (header.mask.is_some(), from_client) {
        (false, true) => {
            Some((anomaly::WEBSOCKET_UNMASKED_CLIENT, "the client sends a frame without a mask"))
        }
        (true, false) => Some((anomaly::WEBSOCKET_MASKED_SERVER, "the server sends a masked frame")),
        _ => None,
    }
}

/// RFC 6455 §5.2, RFC 7692 §6.
fn reserved(header: &Header, extensions: Extensions) -> Fault {
    let begins_message = matches!(header.opcode, Opcode::TEXT | Opcode::BINARY);
    let allowed = match extensions {
        Extensions::Unknown => 7,
        Extensions::Deflate if begins_message => 4,
        Extensions::Deflate | Extensions::None => 0,
    };
    (header.reserved & !allowed != 0)
        .then_some((anomaly::WEBSOCKET_RESERVED_BITS, "a reserved bit is set that no extension defines"))
}

/// RFC 6455 §5.5.
fn control(header: &Header) -> Fault {
    if header.opcode.name().is_none() {
        return Some((anomaly::WEBSOCKET_RESERVED_OPCODE, "the opcode is reserved"));
    }
    if !header.opcode.is_control() {
        return None;
    }
    if !header.fin {
        return Some((anomaly::WEBSOCKET_CONTROL_FRAGMENTED, "a control frame is fragmented"));
    }
    (header.length > span(WEBSOCKET_CONTROL_MAX))
        .then_some((anomaly::WEBSOCKET_CONTROL_TOO_LONG, "a control frame has more than 125 octets"))
}

/// RFC 6455 §5.4.
fn order(header: &Header, within_message: bool) -> Fault {
    match header.opcode {
        Opcode::CONTINUATION if !within_message => {
            Some((anomaly::WEBSOCKET_CONTINUATION_UNEXPECTED, "a continuation continues nothing"))
        }
        Opcode::TEXT | Opcode::BINARY if within_message => {
            Some((anomaly::WEBSOCKET_MESSAGE_INTERRUPTED, "a message begins before the one before it ended"))
        }
        _ => None,
    }
}

/// RFC 6455 §5.2.
fn written(header: &Header) -> Fault {
    let detail = match header.form {
        Form::Shortest => return None,
        Form::Longer => "a length is written in more octets than it needs",
        Form::TooLarge => "a length has the highest of 64 bits set",
    };
    Some((anomaly::WEBSOCKET_BAD_LENGTH, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_bits_belong_to_extensions() {
        let check = |opcode, bits, extensions, allowed: bool| {
            let (fin, form) = (true, Form::Shortest);
            let header = Header { fin, reserved: bits, opcode, length: 0, mask: None, form };
            assert_eq!(reserved(&header, extensions).is_none(), allowed, "{opcode:?} {bits} {extensions:?}");
        };
        check(Opcode::TEXT, 0, Extensions::None, true);
        check(Opcode::TEXT, 4, Extensions::None, false);
        check(Opcode::TEXT, 4, Extensions::Deflate, true);
        check(Opcode::TEXT, 6, Extensions::Deflate, false);
        // RFC 7692 §6.1: on the first frame of a message alone.
        check(Opcode::CONTINUATION, 4, Extensions::Deflate, false);
        check(Opcode::PING, 4, Extensions::Deflate, false);
        check(Opcode::PING, 7, Extensions::Unknown, true);
    }
}
