//! The certificates of one handshake, from its messages.

use std::sync::Arc;

use tapline_decode::tls::{
    self, Body, CertificateEntry, CertificateStatus, Extension, ExtensionBody, Handshake,
};
use tapline_packet::Timestamp;

use super::{Chain, ChainVerdict, LogTimestamp, Note, OcspResponse, Question};
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
        let Body::Handshake(handshake) = &message.body else { return };
        if moment.from == Sender::Server {
            self.opened |= message.decrypted;
        }
        match handshake {
            Handshake::Certificate(certificate) => self.certificate(&certificate.chain, moment),
            Handshake::CompressedCertificate(compressed) => {
                if let Some(certificate) = &compressed.certificate {
                    self.certificate(&certificate.chain, moment);
                }
            }
            Handshake::CertificateStatus(status) if moment.from == Sender::Server => self.status(status),
            Handshake::ServerHello(hello) => self.timestamps(&hello.extensions),
            _ => {}
        }
    }

    /// What a side sends again (RFC 5746) is no news of the session.
    fn certificate(&mut self, list: &[CertificateEntry], moment: &mut Moment<'_>) {
        let chain = || list.iter().map(|entry| &*entry.data);
        match moment.from {
            Sender::Client if self.client.is_none() => self.client = Some(moment.judge.chain(chain())),
            Sender::Server if self.server.is_none() => {
                self.server = Some((moment.judge.chain(chain()), moment.here.at));
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

    /// Whether the server's certificate came.
    pub(crate) fn has_server(&self) -> bool {
        self.server.is_some()
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
