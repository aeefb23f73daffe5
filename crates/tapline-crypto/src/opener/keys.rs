//! The keys of one sender, cut from the key block (RFC 5246 §6.3).

use crate::hash::Hash;
use crate::prf::Version;
use crate::suite::{Cipher, Kind, Suite};
use crate::{Master, Randoms, Side};

/// One sender's part of the key block.
pub(super) struct Keys {
    pub(super) mac: Vec<u8>,
    pub(super) key: Vec<u8>,
    /// The implicit part of nonces, or the first IV of chained blocks.
    pub(super) iv: Vec<u8>,
}

impl Keys {
    pub(super) fn derive(
        version: Version,
        suite: Suite,
        master: &Master,
        randoms: &Randoms,
        sender: Side,
    ) -> Option<Self> {
        let lengths =
            [suite.mac.map_or(0, Hash::length), suite.cipher.key_length(), iv_length(version, suite.cipher)];
        let total = 2 * lengths.iter().sum::<usize>();
        let mut block = master.key_block(version, suite, randoms, total).into_iter();
        // Each kind stands twice, the client's before the server's.
        let mut cut = |length: usize| {
            let client: Vec<u8> = block.by_ref().take(length).collect();
            let server: Vec<u8> = block.by_ref().take(length).collect();
            let cut = if sender == Side::Client { client } else { server };
            (cut.len() == length).then_some(cut)
        };
        let [mac, key, iv] = lengths;
        Some(Self { mac: cut(mac)?, key: cut(key)?, iv: cut(iv)? })
    }
}

/// From TLS 1.1 on blocks have their IV with them, and what the key block would have for it is not used.
fn iv_length(version: Version, cipher: Cipher) -> usize {
    match cipher.kind() {
        Kind::Aead(_) => 12 - cipher.explicit_nonce(),
        Kind::Block(block) if version < Version::Tls11 => block,
        Kind::Block(_) | Kind::Stream | Kind::Null => 0,
    }
}
