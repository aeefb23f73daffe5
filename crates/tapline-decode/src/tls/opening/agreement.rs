//! What a handshake says about the keys of its connection.

use tapline_crypto::{Opener, Randoms, Suite};

use crate::parse::{self, vector16};
use crate::tls::{CipherSuite, ClientHello, ClientHelloV2, ExtensionBody, ServerHello, Version};

/// Both hellos and what followed, as far as keys depend on it.
#[derive(Debug, Default)]
pub(super) struct Agreement {
    pub(super) offer: Option<Offer>,
    pub(super) choice: Option<Choice>,
    /// The premaster secret as it was sent, encrypted to the server's key (RFC 5246 §7.4.7.1).
    pub(super) encrypted_premaster: Option<Vec<u8>>,
    /// The handshake up to the `ClientKeyExchange`, for the extended master secret (RFC 7627 §3).
    pub(super) session: Option<Vec<u8>>,
    /// The server showed a certificate: no session is resumed.
    pub(super) has_certificate: bool,
    /// The session's new ticket (RFC 5077).
    pub(super) ticket: Vec<u8>,
}

/// What the client offered.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) random: [u8; 32],
    pub(super) session_id: Vec<u8>,
    pub(super) ticket: Vec<u8>,
    pub(super) early_data: bool,
    /// Suites that early data may travel under, and the version.
    pub(super) early_suites: Vec<Suite>,
    pub(super) version13: Option<Version>,
}

/// What the server chose.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) random: [u8; 32],
    pub(super) session_id: Vec<u8>,
    pub(super) version: Version,
    pub(super) cipher_suite: CipherSuite,
    /// `None` where its records cannot be opened.
    pub(super) suite: Option<Suite>,
    pub(super) encrypt_then_mac: bool,
    pub(super) extended_master_secret: bool,
}

impl Offer {
    pub(super) fn of(hello: &ClientHello) -> Self {
        let ticket = hello.extensions.iter().find_map(|extension| match &extension.body {
            ExtensionBody::SessionTicket(ticket) => Some(ticket.clone()),
            _ => None,
        });
        let early_data = hello.extensions.iter().any(|e| matches!(e.body, ExtensionBody::EarlyData(_)));
        let tls13 = |suite: &&CipherSuite| suite.0 >> 8 == 0x13;
        let early_suites = if early_data {
            hello.cipher_suites.iter().filter(tls13).filter_map(|suite| Suite::of(suite.0)).collect()
        } else {
            Vec::new()
        };
        Self {
            random: hello.random,
            session_id: hello.session_id.clone(),
            ticket: ticket.unwrap_or_default(),
            early_data,
            early_suites,
            version13: hello.supported_versions().iter().copied().find(|version| version.is_tls13()),
        }
    }
}

impl Offer {
    /// The challenge stands at the end of the random (RFC 5246 appendix E.2).
    pub(super) fn of_v2(hello: &ClientHelloV2) -> Self {
        let mut random = [0; 32];
        let challenge = hello.challenge.iter().rev().take(random.len());
        for (octet, challenged) in random.iter_mut().rev().zip(challenge) {
            *octet = *challenged;
        }
        Self {
            random,
            session_id: hello.session_id.clone(),
            ticket: Vec::new(),
            early_data: false,
            early_suites: Vec::new(),
            version13: None,
        }
    }
}

impl Choice {
    pub(super) fn of(hello: &ServerHello) -> Self {
        let says = |body: &ExtensionBody| hello.extensions.iter().any(|extension| extension.body == *body);
        Self {
            random: hello.random,
            session_id: hello.session_id.clone(),
            version: hello.negotiated_version(),
            cipher_suite: hello.cipher_suite,
            suite: Suite::of(hello.cipher_suite.0),
            encrypt_then_mac: says(&ExtensionBody::EncryptThenMac),
            extended_master_secret: says(&ExtensionBody::ExtendedMasterSecret),
        }
    }

    pub(super) fn is_tls13(&self) -> bool {
        self.version.is_tls13()
    }

    pub(super) fn randoms(&self, client: [u8; 32]) -> Randoms {
        Randoms { client, server: self.random }
    }

    /// What opens records that are not encrypted at all.
    pub(super) fn null_opener(&self) -> Option<Opener> {
        let suite = self.suite.filter(|suite| suite.is_null())?;
        Opener::null(self.version.0, suite)
    }
}

/// The encrypted premaster secret in a `ClientKeyExchange`; SSL 3.0 sends it without its length.
pub(super) fn encrypted_premaster(body: &[u8]) -> Vec<u8> {
    let sent: parse::Parsed<'_, _> = vector16("encrypted_pre_master_secret", body);
    match sent {
        Ok(([], encrypted)) => encrypted.to_vec(),
        _ => body.to_vec(),
    }
}
