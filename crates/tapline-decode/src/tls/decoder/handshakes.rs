//! Handshake messages, in clear or opened: read, told, and remembered as far as records depend on them.

use super::messages::Step;
use super::{Decoder, Expect, Record, say};
use crate::anomaly;
use crate::input::Input;
use crate::parse::{length, portion, span};
use crate::tls::handshake::{kept, message, sslv2_hello};
use crate::tls::{Body, Handshake, HandshakeType, Message, Negotiated};
use crate::{Direction, Keyring, Sink};

impl Decoder {
    pub(super) fn handshake(
        &mut self,
        record: Record<'_>,
        direction: Direction,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let Record { header, fragment, decrypted, start: record_start, end, .. } = record;
        let mut steps = Vec::new();
        let side = self.sides.of_mut(direction);
        side.messages.feed(fragment, record_start, |step| steps.push(step));
        for step in steps {
            let (kind, body, start) = match step {
                Step::Message(kind, body, start) => (kind, body, start),
                Step::TooLong(kind, length) => {
                    let detail = format!("{kind} claims {length} octets, more than are held");
                    say(sink, direction, record_start..end, anomaly::TLS_HANDSHAKE_TOO_LONG, detail);
                    self.lose_messages();
                    continue;
                }
            };
            let mut oddities = Vec::new();
            let negotiated = Negotiated { version: self.version, cipher_suite: self.cipher_suite };
            let handshake = message(kind, &body, negotiated, &mut oddities);
            self.learn(&handshake, direction, start, sink);
            for oddity in oddities {
                sink.message(direction, start..end, crate::Message::Anomaly(oddity));
            }
            let verified = self.see(kind, &body, &handshake, direction, keyring);
            if verified == Some(false) {
                let detail = "Finished does not say what the handshake messages give";
                say(sink, direction, start..end, anomaly::TLS_WRONG_FINISHED, detail);
            }
            let message = Message {
                record_version: header.version,
                content: header.content,
                length: length(body.len()),
                decrypted,
                verified,
                body: Body::Handshake(handshake),
            };
            sink.message(direction, start..end, crate::Message::Tls(Box::new(message)));
            self.settle_early(keyring, sink);
        }
    }

    /// What a message says about the connection.
    fn learn(&mut self, handshake: &Handshake, direction: Direction, start: u64, sink: &mut impl Sink) {
        let client = match handshake {
            Handshake::ClientHello(_) | Handshake::ClientHelloV2(_) => direction,
            Handshake::ServerHello(hello) => {
                self.version = Some(hello.negotiated_version());
                self.cipher_suite = Some(hello.cipher_suite);
                if let Some(alpn) = hello.alpn() {
                    self.alpn = Some(alpn.to_vec());
                }
                direction.flip()
            }
            Handshake::EncryptedExtensions(extensions) => {
                self.alpn = extensions.alpn().map(<[u8]>::to_vec);
                return;
            }
            _ => return,
        };
        if self.client.is_none() {
            self.client = Some(client);
            sink.message(direction, start..start, crate::Message::Client(client));
        }
    }

    /// What a message says about the secrets; for Finished, whether it is right.
    fn see(
        &mut self,
        kind: HandshakeType,
        body: &[u8],
        handshake: &Handshake,
        direction: Direction,
        keyring: &mut Keyring,
    ) -> Option<bool> {
        let begins = matches!(handshake, Handshake::ClientHello(_) | Handshake::ClientHelloV2(_));
        if begins && self.opening.is_none() && (!keyring.is_idle() || self.depth == 0) {
            self.opening = Some(Box::default());
        }
        let party = self.party(direction);
        let verified = self.opening.as_mut()?.see(party, kind, body, handshake, keyring);
        if matches!(handshake, Handshake::ServerHello(_)) && keyring.is_idle() {
            // Without keys only what is not encrypted can be read.
            self.opening = self.opening.take().filter(|opening| opening.is_null());
        }
        verified
    }

    pub(super) fn hello_v2(
        &mut self,
        direction: Direction,
        input: &mut Input<'_>,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) -> bool {
        let side = self.sides.of_mut(direction);
        let Expect::HelloV2 { header, left } = &mut side.expect else { return false };
        let taken = input.take(portion(*left, usize::MAX));
        *left -= span(taken.len());
        let (header, over, range) = (*header, *left == 0, side.start..input.offset);
        side.held.extend_from_slice(taken);
        if !over {
            return false;
        }
        let body = std::mem::take(&mut side.held);
        (side.expect, side.whole) = (Expect::Header { first: false }, range.end);
        let kind = HandshakeType(body.first().copied().unwrap_or_default());
        let mut oddities = Vec::new();
        let handshake = if kind == HandshakeType::CLIENT_HELLO {
            sslv2_hello(&body, &mut oddities)
        } else {
            Handshake::Other { kind, body: kept(&body) }
        };
        self.learn(&handshake, direction, range.start, sink);
        for oddity in oddities {
            sink.message(direction, range.clone(), crate::Message::Anomaly(oddity));
        }
        self.see(kind, &body, &handshake, direction, keyring);
        let (length, decrypted, verified) = (u32::from(header.length), false, None);
        let (record_version, content) = (header.version, header.content);
        let body = Body::Handshake(handshake);
        let message = Message { record_version, content, length, decrypted, verified, body };
        sink.message(direction, range, crate::Message::Tls(Box::new(message)));
        true
    }
}
