//! The certificates of one handshake, from its messages.

use std::sync::Arc;

use tapline_decode::tls::{
    self, Body, CertificateEntry, CertificateStatus, Extension, ExtensionBody, Handshake,
};
use tapline_packet::Timestamp;

use super::{Chain, ChainVerdict, Judge, LogTimestamp, Note, OcspResponse, Question};
use crate::limits::LOG_TIMESTAMPS_MAX;
use crate::story::Moment;
use crate::{Sender, TlsSession};

/// The certificates of a handshake so far.
#[derive(Default)]
pub(crate) struct Seen {
    server: Option<(Arc<Chain>, Timestamp)>,
    client: Option<Arc<Chain>>,
    ocsp: Option<OcspResponse>,
    timestamps: Vec<LogTimestamp>,
    /// Whether an encrypted handshake message of the server was opened.
    opened: bool,
}

impl Seen {
    /// Takes a message, whatever it is.
    pub(crate) fn see(&mut self, message: &tls::Message, moment: &mut Moment<'_>) {
        // Reading certificates is for those who will be told.
        let judge = moment.options.interests.tls_sessions.then_some(&mut *moment.judge);
        self.take(message, moment.from, moment.here.at, judge);
    }

    fn take(&mut self, message: &tls::Message, from: Sender, at: Timestamp, judge: Option<&mut Judge>) {
        let Body::Handshake(handshake) = &message.body else { return };
        if from == Sender::Server {
            self.opened |= message.decrypted;
        }
        let list = match handshake {
            Handshake::Certificate(certificate) => Some(&certificate.chain),
            Handshake::CompressedCertificate(compressed) => {
                compressed.certificate.as_ref().map(|certificate| &certificate.chain)
            }
            Handshake::CertificateStatus(status) if from == Sender::Server => return self.status(status),
            Handshake::ServerHello(hello) => return self.timestamps(&hello.extensions),
            _ => None,
        };
        let Some(list) = list else { return };
        if let Some(judge) = judge {
            self.certificate(list, from, at, judge);
        }
    }

    /// What a side sends again (RFC 5746) is no news of the session.
    fn certificate(&mut self, list: &[CertificateEntry], from: Sender, at: Timestamp, judge: &mut Judge) {
        let chain = || list.iter().map(|entry| &*entry.data);
        match from {
            Sender::Client if self.client.is_none() => self.client = Some(judge.chain(chain())),
            Sender::Server if self.server.is_none() => {
                self.server = Some((judge.chain(chain()), at));
                let Some(leaf) = list.first() else { return };
                self.timestamps(&leaf.extensions);
                for extension in &leaf.extensions {
                    if let ExtensionBody::CertificateStatus(status) = &extension.body {
                        self.status(status);
                    }
                }
            }
            _ => {}
        }
    }

    fn status(&mut self, status: &CertificateStatus) {
        let response = match status {
            CertificateStatus::Ocsp(response) => response,
            CertificateStatus::OcspMulti(responses) => match responses.first() {
                Some(response) if !response.is_empty() => response,
                _ => return,
            },
        };
        let leaf = self.server.as_ref().and_then(|(chain, _)| chain.leaf());
        let serial = leaf.and_then(|leaf| Some(&*leaf.contents.as_ref().ok()?.serial));
        self.ocsp.get_or_insert_with(|| OcspResponse::read(response, serial));
    }

    fn timestamps(&mut self, extensions: &[Extension]) {
        for extension in extensions {
            if let ExtensionBody::SignedCertificateTimestamps(timestamps) = &extension.body {
                let room = LOG_TIMESTAMPS_MAX.saturating_sub(self.timestamps.len());
                self.timestamps.extend(timestamps.iter().take(room).map(|timestamp| LogTimestamp {
                    log_id: timestamp.log_id,
                    timestamp_ms: timestamp.timestamp_ms,
                }));
            }
        }
    }

    /// Writes what came into the session, judged. Its version, its name and whether it was resumed are known by now.
    pub(crate) fn settle(&self, session: &mut TlsSession, moment: &mut Moment<'_>) {
        session.client_certificates.clone_from(&self.client);
        session.ocsp = self.ocsp;
        session.certificate_timestamps.clone_from(&self.timestamps);
        session.certificates = self.server.as_ref().map(|(chain, _)| chain.clone());
        session.chain = match &self.server {
            Some((chain, at)) => {
                let server = Some(moment.connection.server.address);
                let (name, ocsp) = (session.server_name.as_deref(), self.ocsp.as_ref());
                moment.judge.verdict(chain, &Question { at: *at, name, server, ocsp })
            }
            None => ChainVerdict::not_seen(self.why_none(session)),
        };
    }

    fn why_none(&self, session: &TlsSession) -> Note {
        match session.version {
            _ if session.resumed == Some(true) => Note::Resumed,
            None => Note::HandshakeNotSeen,
            Some(version) if version.is_tls13() && !self.opened => Note::Encrypted,
            Some(_) if session.handshake_ns.is_none() => Note::HandshakeNotSeen,
            Some(_) => Note::NoneSent,
        }
    }
}

#[cfg(test)]
mod tests {
    use tapline_decode::tls::{
        Certificate, CipherSuite, CompressedCertificate, ContentType, ExtensionType, ServerHello,
        SignatureScheme, SignedCertificateTimestamp, Version,
    };

    use super::*;

    const SENT: Timestamp = Timestamp(7);

    fn message(handshake: Handshake, decrypted: bool) -> tls::Message {
        tls::Message {
            record_version: Version(0x0303),
            content: ContentType::HANDSHAKE,
            length: 0,
            decrypted,
            verified: None,
            body: Body::Handshake(handshake),
        }
    }

    fn list(entries: Vec<CertificateEntry>) -> Certificate {
        Certificate { request_context: Vec::new(), chain: entries }
    }

    fn entry(data: &[u8], bodies: Vec<ExtensionBody>) -> CertificateEntry {
        CertificateEntry { data: data.to_vec(), extensions: bodies.into_iter().map(extension).collect() }
    }

    /// Bodies are what is looked at.
    fn extension(body: ExtensionBody) -> Extension {
        Extension { kind: ExtensionType(0), length: 0, body }
    }

    fn timestamps(logs: &[u8]) -> ExtensionBody {
        let timestamp = |&log: &u8| SignedCertificateTimestamp {
            version: 0,
            log_id: [log; 32],
            timestamp_ms: 9,
            extensions: Vec::new(),
            algorithm: SignatureScheme(0x0403),
            signature: Vec::new(),
        };
        ExtensionBody::SignedCertificateTimestamps(logs.iter().map(timestamp).collect())
    }

    fn seen(messages: Vec<(Sender, Handshake)>) -> Seen {
        let (mut seen, mut judge) = (Seen::default(), Judge::new(None));
        for (from, handshake) in messages {
            seen.take(&message(handshake, false), from, SENT, Some(&mut judge));
        }
        seen
    }

    fn sent(chain: Option<&Arc<Chain>>) -> Option<Vec<usize>> {
        Some(chain?.certificates().iter().map(|certificate| certificate.length_bytes).collect())
    }

    /// An OCSP response without an answer: tryLater.
    const OCSP: [u8; 5] = [0x30, 3, 0x0a, 1, 3];

    #[test]
    fn in_tls_1_2_status_and_timestamps_have_messages_of_their_own() {
        let hello = ServerHello {
            version: Version(0x0303),
            random: [0; 32],
            session_id: Vec::new(),
            cipher_suite: CipherSuite(0),
            compression_method: 0,
            extensions: vec![extension(timestamps(&[1, 2]))],
        };
        let certificate = list(vec![entry(&[1], vec![]), entry(&[1, 2], vec![])]);
        let seen = seen(vec![
            (Sender::Server, Handshake::ServerHello(Box::new(hello))),
            (Sender::Server, Handshake::Certificate(Box::new(certificate))),
            (Sender::Server, Handshake::CertificateStatus(CertificateStatus::Ocsp(OCSP.to_vec()))),
            (Sender::Client, Handshake::Certificate(Box::new(list(vec![])))),
        ]);
        let (chain, at) = seen.server.as_ref().unwrap();
        assert_eq!((sent(Some(chain)), *at), (Some(vec![1, 2]), SENT));
        assert_eq!(sent(seen.client.as_ref()), Some(vec![]));
        assert_eq!(seen.ocsp.unwrap().status.name(), "tryLater");
        assert_eq!(seen.timestamps.iter().map(|sct| sct.log_id[0]).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn in_tls_1_3_they_come_with_the_certificate() {
        let status = ExtensionBody::CertificateStatus(CertificateStatus::Ocsp(OCSP.to_vec()));
        let other = ExtensionBody::CertificateStatus(CertificateStatus::Ocsp(vec![]));
        let entries =
            || vec![entry(&[1], vec![status.clone(), timestamps(&[5])]), entry(&[2], vec![other.clone()])];
        let compressed = CompressedCertificate {
            algorithm: tls::CertificateCompression::ZLIB,
            uncompressed_length: 0,
            compressed: Vec::new(),
            certificate: Some(list(entries())),
        };
        for handshake in [
            Handshake::Certificate(Box::new(list(entries()))),
            Handshake::CompressedCertificate(Box::new(compressed)),
        ] {
            let seen = seen(vec![(Sender::Server, handshake)]);
            assert_eq!(sent(seen.server.as_ref().map(|(chain, _)| chain)), Some(vec![1, 1]));
            assert_eq!(seen.ocsp.unwrap().status.name(), "tryLater");
            assert_eq!(seen.timestamps.len(), 1);
        }
    }

    #[test]
    fn the_first_response_of_many_is_the_servers() {
        let many = |responses: &[&[u8]]| {
            let responses = responses.iter().map(|response| response.to_vec()).collect();
            let status = CertificateStatus::OcspMulti(responses);
            seen(vec![(Sender::Server, Handshake::CertificateStatus(status))]).ocsp.is_some()
        };
        assert!(many(&[&OCSP, &[]]));
        assert!(!many(&[&[], &OCSP]) && !many(&[]));
    }

    #[test]
    fn what_is_sent_again_is_no_news() {
        let certificate =
            |octet| Handshake::Certificate(Box::new(list(vec![entry(&vec![0; octet], vec![])])));
        let seen = seen(vec![
            (Sender::Server, certificate(1)),
            (Sender::Server, certificate(2)),
            (Sender::Client, certificate(3)),
            (Sender::Client, certificate(4)),
        ]);
        assert_eq!(sent(seen.server.as_ref().map(|(chain, _)| chain)), Some(vec![1]));
        assert_eq!(sent(seen.client.as_ref()), Some(vec![3]));
    }

    #[test]
    fn why_there_is_none() {
        let check = |version: Option<u16>, resumed, done: bool, opened, expected: Note| {
            let seen = Seen { opened, ..Seen::default() };
            let version = version.map(Version);
            let handshake_ns = done.then_some(1);
            let session = TlsSession { version, resumed, handshake_ns, ..TlsSession::default() };
            assert_eq!(seen.why_none(&session), expected);
        };
        check(None, None, false, false, Note::HandshakeNotSeen);
        check(Some(0x0303), None, false, false, Note::HandshakeNotSeen);
        check(Some(0x0303), Some(false), true, false, Note::NoneSent);
        check(Some(0x0303), Some(true), true, false, Note::Resumed);
        check(Some(0x0304), Some(false), true, false, Note::Encrypted);
        check(Some(0x0304), Some(true), true, false, Note::Resumed);
        check(Some(0x0304), Some(false), true, true, Note::NoneSent);
        check(Some(0x0304), Some(false), false, true, Note::HandshakeNotSeen);
    }

    #[test]
    fn nobody_is_asked_to_read_what_nobody_wants() {
        let certificate = Handshake::Certificate(Box::new(list(vec![entry(&[1], vec![])])));
        let mut seen = Seen::default();
        seen.take(&message(certificate, false), Sender::Server, SENT, None);
        assert!(seen.server.is_none());
    }

    #[test]
    fn timestamps_are_kept_up_to_a_number() {
        let kept = |count: usize| {
            let logs: Vec<u8> = (0..count).map(|log| u8::try_from(log).unwrap()).collect();
            let (one, other) = logs.split_at(count / 2);
            let entry = entry(&[1], vec![timestamps(one), timestamps(other)]);
            let certificate = Handshake::Certificate(Box::new(list(vec![entry])));
            seen(vec![(Sender::Server, certificate)]).timestamps.len()
        };
        assert_eq!([LOG_TIMESTAMPS_MAX, LOG_TIMESTAMPS_MAX + 1].map(kept), [LOG_TIMESTAMPS_MAX; 2]);
    }
}
