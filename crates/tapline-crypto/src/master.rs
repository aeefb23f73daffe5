//! Master secrets of SSL 3.0 to TLS 1.2 and what is derived from them.

use std::fmt;

use crate::Suite;
use crate::hash::Hash;
use crate::prf::{Prf, Version};

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who sent the `ClientHello`.
    Client,
    /// Who answered it.
    Server,
}

/// The random values of both hellos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Randoms {
    /// Of the `ClientHello`.
    pub client: [u8; 32],
    /// Of the `ServerHello`.
    pub server: [u8; 32],
}

/// The master secret of a session (RFC 5246 §8.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Master([u8; 48]);

impl Master {
    /// A master secret that is known; exactly 48 octets.
    pub fn given(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// From the premaster secret and the random values (RFC 5246 §8.1, RFC 2246 §8.1, RFC 6101 §6.1).
    pub fn derive(version: u16, suite: Suite, premaster: &[u8], randoms: &Randoms) -> Self {
        let seed: [&[u8]; 2] = [&randoms.client, &randoms.server];
        Self::output(Prf::of(version, suite.prf), premaster, b"master secret", &seed)
    }

    /// With the extended master secret (RFC 7627 §4). `transcript`: the handshake messages from `ClientHello` to
    /// `ClientKeyExchange`, with their headers of four octets.
    pub fn derive_extended(version: u16, suite: Suite, premaster: &[u8], transcript: &[u8]) -> Self {
        let prf = Prf::of(version, suite.prf);
        let hash = session_hash(prf, transcript);
        Self::output(prf, premaster, b"extended master secret", &[&hash])
    }

    fn output(prf: Prf, premaster: &[u8], label: &[u8], seed: &[&[u8]]) -> Self {
        let mut master = [0; 48];
        let output = prf.output(premaster, label, seed, master.len());
        master.iter_mut().zip(output).for_each(|(to, from)| *to = from);
        Self(master)
    }

    /// The secret itself.
    pub fn bytes(&self) -> &[u8; 48] {
        &self.0
    }

    /// What the `Finished` of that side must say (RFC 5246 §7.4.9, RFC 6101 §5.6.9). `transcript`: all handshake
    /// messages before it, with their headers.
    pub fn verify_data(&self, version: u16, suite: Suite, side: Side, transcript: &[u8]) -> Vec<u8> {
        let prf = Prf::of(version, suite.prf);
        if prf == Prf::Ssl30 {
            return self.ssl30_finished(side, transcript);
        }
        let label: &[u8] = match side {
            Side::Client => b"client finished",
            Side::Server => b"server finished",
        };
        prf.output(&self.0, label, &[&session_hash(prf, transcript)], 12)
    }

    /// hash(master + pad2 + hash(transcript + sender + master + pad1)), with MD5 and with SHA-1.
    fn ssl30_finished(&self, side: Side, transcript: &[u8]) -> Vec<u8> {
        let sender: &[u8] = match side {
            Side::Client => b"CLNT",
            Side::Server => b"SRVR",
        };
        let mut both = Vec::with_capacity(36);
        for (hash, padding) in [(Hash::Md5, 48), (Hash::Sha1, 40)] {
            let inner = hash.of(&[transcript, sender, &self.0, &vec![0x36; padding]]);
            both.extend_from_slice(&hash.of(&[&self.0, &vec![0x5c; padding], &inner]));
        }
        both
    }

    /// The key block (RFC 5246 §6.3), which lays the server's random value before the client's.
    pub(crate) fn key_block(
        &self,
        version: Version,
        suite: Suite,
        randoms: &Randoms,
        length: usize,
    ) -> Vec<u8> {
        let prf = match version {
            Version::Ssl30 => Prf::Ssl30,
            Version::Tls10 | Version::Tls11 => Prf::Tls10,
            Version::Tls12 => Prf::Tls12(suite.prf),
        };
        prf.output(&self.0, b"key expansion", &[&randoms.server, &randoms.client], length)
    }
}

/// The hash of handshake messages: before TLS 1.2 both of MD5 and SHA-1 (RFC 2246 §7.4.9).
fn session_hash(prf: Prf, transcript: &[u8]) -> Vec<u8> {
    match prf {
        Prf::Tls12(hash) => hash.of(&[transcript]),
        Prf::Tls10 | Prf::Ssl30 => [Hash::Md5.of(&[transcript]), Hash::Sha1.of(&[transcript])].concat(),
    }
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Master(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOMS: Randoms = Randoms { client: [1; 32], server: [2; 32] };

    #[test]
    fn a_given_secret_has_48_octets() {
        assert_eq!(Master::given(&[7; 48]).unwrap().bytes(), &[7; 48]);
        assert!(Master::given(&[7; 47]).is_none() && Master::given(&[7; 49]).is_none());
        assert_eq!(format!("{:?}", Master::given(&[7; 48]).unwrap()), "Master(…)");
    }

    #[test]
    fn secrets_and_finished_have_the_labels_of_their_version() {
        let check = |version: u16, number: u16, prf: Prf, hash: &dyn Fn(&[u8]) -> Vec<u8>| {
            let suite = Suite::of(number).unwrap();
            let seed = [[1; 32], [2; 32]].concat();
            let master = Master::derive(version, suite, b"premaster", &RANDOMS);
            assert_eq!(master.bytes()[..], prf.output(b"premaster", b"master secret", &[&seed], 48));
            let extended = Master::derive_extended(version, suite, b"premaster", b"messages");
            let session = hash(b"messages");
            assert_eq!(
                extended.bytes()[..],
                prf.output(b"premaster", b"extended master secret", &[&session], 48)
            );
            let finished = master.verify_data(version, suite, Side::Client, b"messages");
            assert_eq!(finished, prf.output(master.bytes(), b"client finished", &[&session], 12));
            let finished = master.verify_data(version, suite, Side::Server, b"messages");
            assert_eq!(finished, prf.output(master.bytes(), b"server finished", &[&session], 12));
        };
        let both = |text: &[u8]| [Hash::Md5.of(&[text]), Hash::Sha1.of(&[text])].concat();
        check(0x0301, 0x002f, Prf::Tls10, &both);
        check(0x0302, 0xc028, Prf::Tls10, &both);
        check(0x0303, 0xc02f, Prf::Tls12(Hash::Sha256), &|text| Hash::Sha256.of(&[text]));
        check(0x0303, 0xc030, Prf::Tls12(Hash::Sha384), &|text| Hash::Sha384.of(&[text]));
    }

    #[test]
    fn ssl30_finishes_with_both_hashes() {
        let suite = Suite::of(0x000a).unwrap();
        let master = Master::derive(0x0300, suite, b"premaster", &RANDOMS);
        let finished = master.verify_data(0x0300, suite, Side::Client, b"messages");
        assert_eq!(finished.len(), 36);
        let inner = Hash::Md5.of(&[b"messagesCLNT", master.bytes(), &[0x36; 48]]);
        assert_eq!(finished[..16], Hash::Md5.of(&[master.bytes(), &[0x5c; 48], &inner]));
    }
}
