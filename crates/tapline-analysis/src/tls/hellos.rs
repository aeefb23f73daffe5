//! What the hellos agree on.

use tapline_decode::tls::{
    self, ClientHello, EchExtension, EncryptedClientHello, Extension, ExtensionBody, ServerHello, is_grease,
};

use super::{EarlyData, HelloRetry, PskMode, Tls, TlsKind};
use crate::limits::KEY_SHARES_KEPT_MAX;
use crate::{Sender, text};

impl Tls {
    pub(super) fn client_hello(&mut self, hello: &ClientHello) {
        let session = &mut self.session;
        session.server_name = hello.server_name().map(text::text);
        session.alpn_offered = hello.alpn().iter().map(|name| text::text(name)).collect();
        session.client_random = Some(hello.random);
        // Where the server asks for another hello, the first one counts.
        session.ja3.get_or_insert_with(|| tls::ja3(hello));
        session.ja4.get_or_insert_with(|| tls::ja4(hello));
        session.grease = hello.cipher_suites.iter().any(|suite| is_grease(suite.0))
            || hello.extensions.iter().any(|extension| is_grease(extension.kind.0));
        session.ech_outer = has(&hello.extensions, |body| {
            matches!(
                body,
                ExtensionBody::EncryptedClientHello(EchExtension::Hello(EncryptedClientHello::Outer(_)))
            )
        });
        if hello.early_data() {
            (session.early_data, session.early_data_outcome) = (true, EarlyData::Sent);
        }
        if self.first_name.is_none() && session.renegotiation.is_none() {
            self.first_name.clone_from(&session.server_name);
        }
        let progress = &mut self.progress;
        progress.hello_seen = true;
        let offer = &mut progress.offer;
        offer.session_id.clone_from(&hello.session_id);
        offer.ticket = hello.ticket().is_some_and(|ticket| !ticket.is_empty());
        offer.groups = hello.key_share_groups();
        offer.groups.retain(|group| !is_grease(group.0));
        offer.groups_left_out = offer.groups.len().saturating_sub(KEY_SHARES_KEPT_MAX);
        offer.groups.truncate(KEY_SHARES_KEPT_MAX);
        offer.ageless_keys = hello
            .pre_shared_keys()
            .map(|keys| keys.identities.iter().map(|key| key.obfuscated_ticket_age == 0).collect())
            .unwrap_or_default();
    }

    pub(super) fn server_hello(&mut self, hello: &ServerHello) {
        let session = &mut self.session;
        session.group = hello.group().or(session.group);
        if hello.is_hello_retry_request() {
            session.hello_retry = true;
            session.retry = Some(Box::new(HelloRetry {
                client_groups: self.progress.offer.groups.clone(),
                client_groups_left_out: self.progress.offer.groups_left_out,
                asked: hello.group(),
                cookie: has(&hello.extensions, |body| matches!(body, ExtensionBody::Cookie(_))),
            }));
            // RFC 8446 §4.2.10: the second hello has none.
            self.refuse_early_data();
            return;
        }
        self.progress.answered = true;
        session.alpn = hello.alpn().map(text::text);
        session.version = Some(hello.negotiated_version());
        session.cipher_suite = Some(hello.cipher_suite);
        session.ja3s = Some(tls::ja3s(hello));
        if self.is_tls13() {
            self.pre_shared_key(hello);
        } else {
            let extended = has(&hello.extensions, |body| matches!(body, ExtensionBody::ExtendedMasterSecret));
            let encrypt_first = has(&hello.extensions, |body| matches!(body, ExtensionBody::EncryptThenMac));
            self.session.extended_master_secret = Some(extended);
            self.session.encrypt_then_mac = Some(encrypt_first);
            let id = &self.progress.offer.session_id;
            if self.progress.hello_seen && !id.is_empty() && *id == hello.session_id {
                self.session.resumed = Some(true);
            }
            self.refuse_early_data();
        }
    }

    /// TLS 1.3: which key the server takes, and whether fresh ones come on top.
    fn pre_shared_key(&mut self, hello: &ServerHello) {
        let Some(nth) = hello.selected_pre_shared_key() else {
            (self.session.kind, self.session.resumed) = (TlsKind::Full, Some(false));
            self.refuse_early_data();
            return;
        };
        let ageless = self.progress.offer.ageless_keys.get(usize::from(nth)) == Some(&true);
        self.session.kind = if ageless { TlsKind::ExternalPsk } else { TlsKind::ResumedPsk };
        self.session.resumed = Some(!ageless);
        self.session.psk_mode = Some(if hello.group().is_some() { PskMode::DheKe } else { PskMode::Ke });
        // RFC 8446 §4.2.10: early data goes with the first key.
        if nth != 0 {
            self.refuse_early_data();
        }
    }

    /// What the server says, or leaves out, settles it unless that was done before.
    pub(super) fn refuse_early_data(&mut self) {
        if self.session.early_data_outcome == EarlyData::Sent {
            self.session.early_data_outcome = EarlyData::Refused;
        }
    }

    /// Before TLS 1.3 the messages show how the keys came about.
    pub(super) fn settle(&mut self) {
        if self.is_tls13() || !self.progress.answered {
            return;
        }
        let (session, progress) = (&mut self.session, &self.progress);
        if progress.is_full {
            (session.kind, session.resumed) = (TlsKind::Full, Some(false));
            return;
        }
        // Without a certificate or a key exchange the server can only have taken up an earlier session.
        if session.resumed == Some(true) || progress.changed_cipher.of(Sender::Server) {
            session.resumed = Some(true);
            session.kind =
                if progress.offer.ticket { TlsKind::ResumedTicket } else { TlsKind::ResumedSessionId };
        }
    }
}

fn has(extensions: &[Extension], is: impl Fn(&ExtensionBody) -> bool) -> bool {
    extensions.iter().any(|extension| is(&extension.body))
}
