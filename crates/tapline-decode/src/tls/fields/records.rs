//! Records (RFC 8446 §5.1): the header, then messages in clear or octets that are not.

use tapline_packet::Field;
use tapline_packet::field::{Cursor, size};

use super::Protection;
use super::handshake::{self, HEADER_SIZE, title};
use super::hello::{show_version, sslv2};
use super::vectors::named;
use crate::limits::TLS_HANDSHAKE_MAX;
use crate::tls::record::{header as record_header, is_record};
use crate::tls::{Alert, ContentType, HandshakeType, Negotiated};

/// What records before say of the next one.
pub(super) struct Records {
    negotiated: Negotiated,
    protection: Protection,
    /// The header of a handshake message as far as it stands in records before; empty once it is whole.
    header: Vec<u8>,
    /// Octets that a handshake message of records before still lacks.
    lacking: usize,
}

impl Records {
    pub(super) fn new(negotiated: Negotiated, protection: Protection) -> Self {
        Self { negotiated, protection, header: Vec::new(), lacking: 0 }
    }

    /// One record, as far as it is there. Takes at least one octet of what is left.
    pub(super) fn record(&mut self, cursor: &mut Cursor<'_>) {
        let octets = cursor.left();
        match record_header(octets) {
            Ok((_, header)) if is_record(header) => {
                let label = format!("Record: {}", content_name(header.content));
                cursor.heading("tls.record", label, |cursor| self.record_parts(cursor));
            }
            _ if is_sslv2(octets) => {
                cursor.heading("tls.record", "SSL 2.0 Record: Client Hello", |cursor| {
                    let length = cursor
                        .u16_as("tls.record.length", "Length", |length| (length & 0x7fff).to_string())?;
                    cursor.group(
                        "tls.handshake",
                        "Handshake Protocol: Client Hello",
                        usize::from(length & 0x7fff),
                        sslv2,
                    )
                });
            }
            Ok(_) => cursor.refuse("Record", "no record header"),
            Err(_) => {
                cursor.heading("tls.record", "Record", |cursor| self.record_parts(cursor));
            }
        }
    }

    fn record_parts(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        let tls13 = self.negotiated.version.is_some_and(super::Version::is_tls13);
        let opaque = tls13 && cursor.left().first() == Some(&ContentType::APPLICATION_DATA.0);
        let (name, label) = if opaque {
            ("tls.record.opaque_type", "Opaque Type")
        } else {
            ("tls.record.content_type", "Content Type")
        };
        let show = |content| named(ContentType(content).name(), content);
        let content = cursor.u8_as(name, label, show)?;
        cursor.u16_as("tls.record.version", "Version", show_version)?;
        let length = cursor.u16("tls.record.length", "Length")?;
        cursor.part(usize::from(length), |cursor| self.fragment(cursor, ContentType(content)));
        Some(())
    }

    fn fragment(&mut self, cursor: &mut Cursor<'_>, content: ContentType) {
        match content {
            ContentType::APPLICATION_DATA => {
                cursor.rest("tls.app_data", "Encrypted Application Data");
            }
            ContentType::CHANGE_CIPHER_SPEC if !self.is_clear(cursor.left().len() <= 1) => {
                cursor.rest("tls.change_cipher_spec", "Encrypted Change Cipher Spec");
            }
            ContentType::CHANGE_CIPHER_SPEC => {
                cursor.octets("tls.change_cipher_spec", "Change Cipher Spec Message", 1);
                // In TLS 1.3 it says nothing (RFC 8446 §5): what is encrypted then is application data by its type.
                self.protection = match self.negotiated.version {
                    Some(version) if version.is_tls13() => self.protection,
                    Some(_) => Protection::Encrypted,
                    None => Protection::Unknown,
                };
            }
            ContentType::ALERT if self.is_clear(is_alert(cursor.left())) => {
                cursor.heading("tls.alert_message", "Alert Message", alert);
            }
            ContentType::ALERT => {
                cursor.rest("tls.alert_message", "Encrypted Alert");
            }
            ContentType::HEARTBEAT if self.protection != Protection::Encrypted => {
                cursor.heading("tls.heartbeat_message", "Heartbeat Message", heartbeat);
            }
            ContentType::HANDSHAKE if self.is_clear(self.is_handshake(cursor.left())) => {
                self.handshakes(cursor);
            }
            ContentType::HANDSHAKE => {
                cursor.rest("tls.handshake", "Encrypted Handshake Message");
            }
            _ => {
                cursor.rest("tls.record.fragment", "Fragment");
            }
        }
    }

    fn is_clear(&self, looks_clear: bool) -> bool {
        match self.protection {
            Protection::Unknown => looks_clear,
            Protection::Clear => true,
            Protection::Encrypted => false,
        }
    }

    /// Whether a fragment can be handshake messages in clear: known types, one after another, none but the last longer
    /// than what is there. Encrypted ones begin with a nonce that may be 0, which looks like `HelloRequest`; that one
    /// stands alone.
    fn is_handshake(&self, fragment: &[u8]) -> bool {
        if self.lacking > 0 || !self.header.is_empty() {
            return true;
        }
        let mut rest = fragment;
        while let Some((kind, length)) = handshake::header(rest) {
            let alone = kind == HandshakeType::HELLO_REQUEST && (length > 0 || fragment.len() > HEADER_SIZE);
            if kind.name().is_none() || alone || length > TLS_HANDSHAKE_MAX {
                return false;
            }
            rest = rest.get(HEADER_SIZE + length..).unwrap_or_default();
        }
        rest.first().is_none_or(|&kind| HandshakeType(kind).name().is_some())
    }

    /// Messages, the last one perhaps cut by the record's end.
    fn handshakes(&mut self, cursor: &mut Cursor<'_>) {
        self.continued(cursor);
        while !cursor.is_empty() {
            let octets = cursor.left();
            match handshake::header(octets) {
                Some((_, length)) if length <= octets.len() - HEADER_SIZE => {
                    handshake::message(cursor, &mut self.negotiated);
                }
                Some((kind, length)) => {
                    self.lacking = length - (octets.len() - HEADER_SIZE);
                    begun(cursor, kind, length);
                }
                None => {
                    self.header = octets.to_vec();
                    cursor.rest("tls.handshake.fragment", "Handshake Fragment");
                }
            }
        }
    }

    /// The rest of a message that began in a record before, or more of it.
    fn continued(&mut self, cursor: &mut Cursor<'_>) {
        let octets = cursor.left();
        let mut there = 0;
        if !self.header.is_empty() {
            there = (HEADER_SIZE - self.header.len()).min(octets.len());
            self.header.extend_from_slice(octets.get(..there).unwrap_or_default());
            if let Some((_, length)) = handshake::header(&self.header) {
                self.lacking = length;
                self.header.clear();
            }
        }
        let more = self.lacking.min(octets.len() - there);
        self.lacking -= more;
        if there + more > 0 {
            let lacking = self.lacking;
            cursor.octets_as(
                "tls.handshake.fragment",
                "Handshake Fragment, continued",
                there + more,
                |part| match lacking {
                    0 => size(part.len()),
                    _ => format!("{}, {lacking} to come", size(part.len())),
                },
            );
        }
    }
}

/// The beginning of a message that goes on in the next record.
fn begun(cursor: &mut Cursor<'_>, kind: HandshakeType, length: usize) {
    let label = format!("Handshake Protocol: {} (fragment)", title(kind));
    cursor.heading("tls.handshake", label, |cursor| {
        cursor
            .u8_as("tls.handshake.type", "Handshake Type", |kind| named(HandshakeType(kind).name(), kind))?;
        cursor.u24("tls.handshake.length", "Length")?;
        let show = |part: &[u8]| format!("{} of {length}", size(part.len()));
        cursor.rest_as("tls.handshake.fragment", "Handshake Fragment", show);
        Some(())
    });
}

fn content_name(content: ContentType) -> String {
    content.name().map_or_else(|| content.to_string(), |name| name.replace('_', " "))
}

/// RFC 5246 appendix E.2: two octets of length with the highest bit set, then type and version.
fn is_sslv2(octets: &[u8]) -> bool {
    matches!(octets, [0x80..=0xff, _, 1, 0 | 3, _, ..])
}

fn is_alert(fragment: &[u8]) -> bool {
    matches!(fragment, [1 | 2, _])
}

fn alert(cursor: &mut Cursor<'_>) -> Option<()> {
    let level = cursor.u8_as("tls.alert_message.level", "Level", |level| {
        named(Alert { level, description: 0 }.level_name(), level)
    })?;
    let ([description], at) = cursor.take("Description")?;
    let value = named(Alert { level, description }.name(), description);
    cursor.push(Field::leaf("tls.alert_message.desc", "Description", value, at));
    Some(())
}

/// RFC 6520 §4.
fn heartbeat(cursor: &mut Cursor<'_>) -> Option<()> {
    let show = |kind| {
        let name = match kind {
            1 => Some("heartbeat_request"),
            2 => Some("heartbeat_response"),
            _ => None,
        };
        named(name, kind)
    };
    cursor.u8_as("tls.heartbeat_message.type", "Type", show)?;
    let length = usize::from(cursor.u16("tls.heartbeat_message.payload_length", "Payload Length")?);
    cursor.octets("tls.heartbeat_message.payload", "Payload", length)?;
    cursor.rest("tls.heartbeat_message.padding", "Padding");
    Some(())
}
