//! What others ask hellos, tickets and certificates, whatever the extension it stands in.

use crate::tls::{
    Certificate, ClientHello, Curve, EchExtension, EncryptedClientHello, EncryptedExtensions, Extension,
    ExtensionBody, NamedGroup, NewSessionTicket, PreSharedKeys, ServerExchange, ServerHello,
    ServerKeyExchange, Version,
};

/// The first extension body that `pick` takes.
fn find<'a, T>(extensions: &'a [Extension], pick: impl Fn(&'a ExtensionBody) -> Option<T>) -> Option<T> {
    extensions.iter().find_map(|extension| pick(&extension.body))
}

fn protocols(extensions: &[Extension]) -> &[Vec<u8>] {
    let names = find(extensions, |body| match body {
        ExtensionBody::Alpn(names) => Some(names.as_slice()),
        _ => None,
    });
    names.unwrap_or_default()
}

impl ClientHello {
    /// The host name asked for (RFC 6066 §3).
    pub fn server_name(&self) -> Option<&[u8]> {
        find(&self.extensions, |body| match body {
            ExtensionBody::ServerName(names) => names.first().map(Vec::as_slice),
            _ => None,
        })
    }

    /// The protocols offered (RFC 7301), none where there is no ALPN.
    pub fn alpn(&self) -> &[Vec<u8>] {
        protocols(&self.extensions)
    }

    /// The versions offered (RFC 8446 §4.2.1), none where only `legacy_version` speaks.
    pub fn supported_versions(&self) -> &[Version] {
        let offered = find(&self.extensions, |body| match body {
            ExtensionBody::SupportedVersions(versions) => Some(versions.as_slice()),
            _ => None,
        });
        offered.unwrap_or_default()
    }

    /// Whether application data follows before the server answers (RFC 8446 §4.2.10).
    pub fn early_data(&self) -> bool {
        find(&self.extensions, |body| matches!(body, ExtensionBody::EarlyData(_)).then_some(())).is_some()
    }

    /// The ticket of an earlier session (RFC 5077); empty where the client only asks for one.
    pub fn ticket(&self) -> Option<&[u8]> {
        find(&self.extensions, |body| match body {
            ExtensionBody::SessionTicket(ticket) => Some(ticket.as_slice()),
            _ => None,
        })
    }

    /// The groups that come with a key share (RFC 8446 §4.2.8), GREASE included.
    pub fn key_share_groups(&self) -> Vec<NamedGroup> {
        let shares = find(&self.extensions, |body| match body {
            ExtensionBody::KeyShares(shares) => Some(shares.iter().map(|&(group, _)| group).collect()),
            _ => None,
        });
        shares.unwrap_or_default()
    }

    /// The pre-shared keys offered (RFC 8446 §4.2.11).
    pub fn pre_shared_keys(&self) -> Option<&PreSharedKeys> {
        find(&self.extensions, |body| match body {
            ExtensionBody::PreSharedKeys(keys) => Some(keys),
            _ => None,
        })
    }

    /// The encrypted hello, or its inner form (RFC 9849 §5).
    ///
    /// An outer one may be GREASE: RFC 9849 §6.2 gives it a random `config_id`, usual ciphers, a well-formed
    /// `enc` and a payload of a plausible length, so that an observer cannot tell. What the observer can know:
    /// the server's `EncryptedExtensions`, once decrypted, carry `retry_configs` only where the server supports
    /// ECH and did not accept this one; acceptance shows in the server's random to who has the inner hello's
    /// keys; and a `config_id` and ciphers that a known configuration publishes make a real one likely.
    /// Whether [`Self::server_name`] beside it is a public name is known from that configuration only.
    pub fn encrypted_client_hello(&self) -> Option<&EncryptedClientHello> {
        find(&self.extensions, |body| match body {
            ExtensionBody::EncryptedClientHello(EchExtension::Hello(hello)) => Some(hello),
            _ => None,
        })
    }
}

impl ServerHello {
    /// The version the connection goes on with.
    pub fn negotiated_version(&self) -> Version {
        let selected = find(&self.extensions, |body| match body {
            ExtensionBody::SelectedVersion(version) => Some(*version),
            _ => None,
        });
        selected.unwrap_or(self.version)
    }

    /// The protocol chosen (RFC 7301), where it is said in clear (TLS 1.2).
    pub fn alpn(&self) -> Option<&[u8]> {
        protocols(&self.extensions).first().map(Vec::as_slice)
    }

    /// The group of the key share, or the one a `HelloRetryRequest` asks for.
    pub fn group(&self) -> Option<NamedGroup> {
        find(&self.extensions, |body| match body {
            ExtensionBody::KeyShare(group, _) | ExtensionBody::RetryGroup(group) => Some(*group),
            _ => None,
        })
    }

    /// Which of the offered pre-shared keys the server takes (RFC 8446 §4.2.11).
    pub fn selected_pre_shared_key(&self) -> Option<u16> {
        find(&self.extensions, |body| match body {
            ExtensionBody::SelectedPreSharedKey(nth) => Some(*nth),
            _ => None,
        })
    }
}

impl EncryptedExtensions {
    /// The protocol chosen (RFC 7301).
    pub fn alpn(&self) -> Option<&[u8]> {
        protocols(&self.extensions).first().map(Vec::as_slice)
    }

    /// Whether the server takes the early data (RFC 8446 §4.2.10).
    pub fn is_early_data_accepted(&self) -> bool {
        find(&self.extensions, |body| matches!(body, ExtensionBody::EarlyData(_)).then_some(())).is_some()
    }
}

impl NewSessionTicket {
    /// How much early data the server takes with this ticket, in octets (RFC 8446 §4.6.1).
    pub fn early_data_max(&self) -> Option<u32> {
        find(&self.extensions, |body| match body {
            ExtensionBody::EarlyData(max) => *max,
            _ => None,
        })
    }
}

impl ServerKeyExchange {
    /// The group of an ephemeral key on a named curve.
    pub fn group(&self) -> Option<NamedGroup> {
        match self.exchange {
            ServerExchange::Ecdh { curve: Curve::Named(group), .. } => Some(group),
            _ => None,
        }
    }
}

impl Certificate {
    /// The octets of each certificate, the sender's own first.
    pub fn der(&self) -> impl Iterator<Item = &[u8]> {
        self.chain.iter().map(|entry| entry.data.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::ExtensionType;

    fn with(body: ExtensionBody) -> Vec<Extension> {
        // What is asked for stands behind another one.
        [ExtensionBody::Other(vec![]), body]
            .map(|body| Extension { kind: ExtensionType(0), length: 0, body })
            .to_vec()
    }

    fn client(body: ExtensionBody) -> ClientHello {
        ClientHello {
            version: Version(0x0303),
            random: [0; 32],
            session_id: vec![],
            cipher_suites: vec![],
            compression_methods: vec![],
            extensions: with(body),
        }
    }

    #[test]
    fn a_client_is_asked_for_its_offers() {
        let empty = client(ExtensionBody::PostHandshakeAuth);
        assert!(!empty.early_data() && empty.ticket().is_none() && empty.pre_shared_keys().is_none());
        assert!(empty.key_share_groups().is_empty() && empty.encrypted_client_hello().is_none());
        assert!(client(ExtensionBody::EarlyData(None)).early_data());
        assert_eq!(client(ExtensionBody::SessionTicket(vec![7])).ticket(), Some(&[7][..]));
        let shares = vec![(NamedGroup(29), vec![1]), (NamedGroup(23), vec![2])];
        assert_eq!(client(ExtensionBody::KeyShares(shares)).key_share_groups(), [29, 23].map(NamedGroup));
        let inner = ExtensionBody::EncryptedClientHello(EchExtension::Hello(EncryptedClientHello::Inner));
        assert_eq!(client(inner).encrypted_client_hello(), Some(&EncryptedClientHello::Inner));
        let confirmation = ExtensionBody::EncryptedClientHello(EchExtension::Confirmation([0; 8]));
        assert_eq!(client(confirmation).encrypted_client_hello(), None);
    }

    #[test]
    fn encrypted_extensions_are_asked_for_what_was_chosen() {
        let chosen = EncryptedExtensions { extensions: with(ExtensionBody::Alpn(vec![b"h2".to_vec()])) };
        assert_eq!(chosen.alpn(), Some(&b"h2"[..]));
        assert!(!chosen.is_early_data_accepted());
        let accepted = EncryptedExtensions { extensions: with(ExtensionBody::EarlyData(None)) };
        assert!(accepted.is_early_data_accepted());
        assert_eq!(accepted.alpn(), None);
    }

    #[test]
    fn a_key_exchange_is_asked_for_its_group() {
        let check = |exchange, expected| {
            let message = ServerKeyExchange { psk_identity_hint: None, exchange, signature: None };
            assert_eq!(message.group(), expected);
        };
        let curve = Curve::Named(NamedGroup(29));
        check(ServerExchange::Ecdh { curve, point: vec![] }, Some(NamedGroup(29)));
        check(ServerExchange::Psk, None);
    }
}
