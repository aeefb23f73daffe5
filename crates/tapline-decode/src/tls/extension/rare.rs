//! Extensions that are seldom seen: passwords (RFC 8492), pinned tickets (RFC 8672), chains of DNSSEC
//! (RFC 9102), and the encrypted server name that ECH came from.

use super::body::ExtensionBody;
use crate::parse::{Parsed, array, u16, u32};
use crate::tls::handshake::vectors::{opaque8, opaque16};
use crate::tls::{CipherSuite, NamedGroup};

/// draft-ietf-tls-esni before draft 6, in a `ClientHello`: Firefox sent it from 2018 to 2020.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedServerName {
    /// The suite that the name is encrypted with.
    pub cipher_suite: CipherSuite,
    /// The group of the client's key.
    pub group: NamedGroup,
    /// The client's key.
    pub key_exchange: Vec<u8>,
    /// The hash of the server's configuration.
    pub record_digest: Vec<u8>,
    /// The name, encrypted.
    pub encrypted_sni: Vec<u8>,
}

/// RFC 8672 §3: the client shows its ticket; the server proves that it knows it, and gives another.
pub(super) fn ticket_pinning(offered: bool, input: &[u8]) -> Parsed<'_, ExtensionBody> {
    if offered {
        return opaque16("ticket", input).map(|(rest, ticket)| (rest, ExtensionBody::PinningTicket(ticket)));
    }
    let (input, proof) = opaque8("proof", input)?;
    let (input, ticket) = opaque16("ticket", input)?;
    let (input, lifetime_s) = u32("lifetime", input)?;
    Ok((input, ExtensionBody::PinningProof { proof, ticket, lifetime_s }))
}

/// RFC 9102 §2.2: the client says the port it asks; the server answers with records up to the end.
pub(super) fn dnssec_chain(offered: bool, input: &[u8]) -> Parsed<'_, ExtensionBody> {
    if offered {
        return u16("PortNumber", input).map(|(rest, port)| (rest, ExtensionBody::DnssecChainPort(port)));
    }
    let (records, support_lifetime_h) = u16("ExtSupportLifetime", input)?;
    Ok((&[], ExtensionBody::DnssecChain { support_lifetime_h, records: records.to_vec() }))
}

/// Drafts before ECH: the server answers with the nonce that was encrypted with the name.
pub(super) fn encrypted_server_name(offered: bool, input: &[u8]) -> Parsed<'_, ExtensionBody> {
    if !offered {
        return array("nonce", input)
            .map(|(rest, nonce)| (rest, ExtensionBody::EncryptedServerNameNonce(nonce)));
    }
    let (input, cipher_suite) = u16("suite", input)?;
    let (input, group) = u16("group", input)?;
    let (input, key_exchange) = opaque16("key_exchange", input)?;
    let (input, record_digest) = opaque16("record_digest", input)?;
    let (input, encrypted_sni) = opaque16("encrypted_sni", input)?;
    let (cipher_suite, group) = (CipherSuite(cipher_suite), NamedGroup(group));
    let name = EncryptedServerName { cipher_suite, group, key_exchange, record_digest, encrypted_sni };
    Ok((input, ExtensionBody::EncryptedServerName(Box::new(name))))
}

#[cfg(test)]
mod tests {
    use super::super::Context::{CertificateEntry, ClientHello, EncryptedExtensions, ServerHello};
    use super::super::testing::{check, read, refused};
    use super::ExtensionBody as B;
    use super::*;
    use crate::tls::ExtensionType as T;

    #[test]
    fn passwords() {
        check(T::PWD_PROTECT, ClientHello, "02 0102", &B::PwdProtect(vec![1, 2]));
        check(T::PWD_CLEAR, ClientHello, "02 6d65", &B::PwdClear(b"me".to_vec()));
        check(T::PASSWORD_SALT, ServerHello, "0002 0102", &B::PasswordSalt(vec![1, 2]));
    }

    #[test]
    fn a_pinned_ticket() {
        check(T::TICKET_PINNING, ClientHello, "0002 0102", &B::PinningTicket(vec![1, 2]));
        let answer = B::PinningProof { proof: vec![3], ticket: vec![1, 2], lifetime_s: 60 };
        check(T::TICKET_PINNING, EncryptedExtensions, "01 03 0002 0102 0000003c", &answer);
    }

    #[test]
    fn a_chain_of_dnssec() {
        check(T::DNSSEC_CHAIN, ClientHello, "01bb", &B::DnssecChainPort(443));
        let chain = B::DnssecChain { support_lifetime_h: 2, records: vec![4, 0x5f] };
        assert_eq!(read(T::DNSSEC_CHAIN, CertificateEntry, &[0, 2, 4, 0x5f]), (chain, vec![]));
        refused(T::DNSSEC_CHAIN, CertificateEntry, "00");
    }

    #[test]
    fn an_encrypted_server_name() {
        let name = EncryptedServerName {
            cipher_suite: CipherSuite(0x1301),
            group: NamedGroup(29),
            key_exchange: vec![1],
            record_digest: vec![2],
            encrypted_sni: vec![3, 4],
        };
        let octets = "1301 001d 0001 01 0001 02 0002 0304";
        check(T::ENCRYPTED_SERVER_NAME, ClientHello, octets, &B::EncryptedServerName(Box::new(name)));
        let nonce: [u8; 16] = std::array::from_fn(|nth| u8::try_from(nth).unwrap());
        let octets = "000102030405060708090a0b0c0d0e0f";
        let answer = B::EncryptedServerNameNonce(nonce);
        check(T::ENCRYPTED_SERVER_NAME, EncryptedExtensions, octets, &answer);
    }
}
