//! What a connection speaks after a 101 response (RFC 9110 §7.8) or a tunnel (RFC 9110 §9.3.6).

use crate::Fields;
use crate::http2::{Setting, setting_list};
use crate::websocket::Extensions;

/// The octets that follow belong to something else.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    /// RFC 7540 §3.2, with the settings of the request; `None` where they cannot be read.
    Http2(Option<Vec<Setting>>),
    /// RFC 6455, with what was negotiated.
    WebSocket(Extensions),
    /// Unknown: to be found out.
    Detect,
}

/// What a 101 response switches to.
pub(super) fn of_response(fields: &Fields, http2_settings: Option<&[u8]>) -> Switch {
    let offers = |wanted: &[u8]| {
        let mut tokens = fields.all("upgrade").flat_map(|value| value.split(|&b| b == b','));
        tokens.any(|token| token.trim_ascii().eq_ignore_ascii_case(wanted))
    };
    if offers(b"h2c") {
        Switch::Http2(http2_settings.map_or(Some(Vec::new()), settings))
    } else if offers(b"websocket") {
        Switch::WebSocket(Extensions::of(fields.all("sec-websocket-extensions")))
    } else {
        Switch::Detect
    }
}

/// The settings in an HTTP2-Settings field (RFC 7540 §3.2.1).
fn settings(field: &[u8]) -> Option<Vec<Setting>> {
    setting_list(&base64url(field)?).ok()
}

/// Octets of base64url (RFC 4648 §5); padding is tolerated.
fn base64url(text: &[u8]) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for &symbol in text.trim_ascii_end().iter().take_while(|&&symbol| symbol != b'=') {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            let [.., low] = (bits >> count).to_be_bytes();
            octets.push(low);
        }
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_an_upgrade() {
        let expected = vec![Setting { id: 3, value: 100 }, Setting { id: 4, value: 65535 }];
        assert_eq!(settings(b"AAMAAABkAAQAAP__"), Some(expected));
        assert_eq!(settings(b""), Some(vec![]));
        assert_eq!(settings(b"AAMAAA"), None);
        assert_eq!(settings(b"AA*A"), None);
    }
}
