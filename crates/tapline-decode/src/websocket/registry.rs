//! Numbers of the WebSocket registries and their names.

use std::fmt;

use super::{CloseCode, Opcode};

impl Opcode {
    /// Goes on with a message (RFC 6455 §5.4).
    pub const CONTINUATION: Self = Self(0x0);
    /// A message of UTF-8, or its beginning.
    pub const TEXT: Self = Self(0x1);
    /// A message of octets, or its beginning.
    pub const BINARY: Self = Self(0x2);
    /// RFC 6455 §5.5.1.
    pub const CLOSE: Self = Self(0x8);
    /// RFC 6455 §5.5.2.
    pub const PING: Self = Self(0x9);
    /// RFC 6455 §5.5.3.
    pub const PONG: Self = Self(0xa);

    /// Whether it controls the connection (RFC 6455 §5.5), reserved ones included.
    pub fn is_control(self) -> bool {
        self.0 & 0x8 != 0
    }

    /// The name, where the number is assigned.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::CONTINUATION => "continuation",
            Self::TEXT => "text",
            Self::BINARY => "binary",
            Self::CLOSE => "close",
            Self::PING => "ping",
            Self::PONG => "pong",
            _ => return None,
        })
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => f.pad(&format!("0x{:x}", self.0)),
        }
    }
}

impl CloseCode {
    /// The meaning in the registry, where the number is assigned (RFC 6455 §11.7).
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1000 => "normal closure",
            1001 => "going away",
            1002 => "protocol error",
            1003 => "unsupported data",
            1005 => "no status received",
            1006 => "abnormal closure",
            1007 => "invalid payload data",
            1008 => "policy violation",
            1009 => "message too big",
            1010 => "mandatory extension",
            1011 => "internal error",
            1012 => "service restart",
            1013 => "try again later",
            1014 => "bad gateway",
            1015 => "TLS handshake",
            _ => return None,
        })
    }

    /// Whether a close frame may carry it (RFC 6455 §7.4): 1005, 1006 and 1015 are never sent.
    pub fn may_be_sent(self) -> bool {
        match self.0 {
            1004..=1006 | 1015 => false,
            1000..=1014 | 3000..=4999 => true,
            _ => false,
        }
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => self.0.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unassigned_numbers_live() {
        assert_eq!((Opcode(0xb).to_string(), Opcode::PONG.to_string()), ("0xb".into(), "pong".into()));
        assert_eq!(
            (CloseCode(4001).to_string(), CloseCode(1001).to_string()),
            ("4001".into(), "going away".into())
        );
    }

    #[test]
    fn codes_that_are_never_sent() {
        let sent: Vec<_> = (990..5005).filter(|&code| CloseCode(code).may_be_sent()).collect();
        assert_eq!(sent.len(), 12 + 2000);
        assert!([1004, 1005, 1006, 1015, 1016, 2999, 5000].iter().all(|code| !sent.contains(code)));
    }
}
