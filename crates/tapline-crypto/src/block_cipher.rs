//! Block ciphers in CBC mode, whichever they are.

use std::sync::Arc;

use cbc::cipher::{Array, BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit};

use crate::suite::Cipher;

/// A block cipher with its key worked in.
pub(crate) trait Cbc: Send + Sync {
    /// None where it is no whole number of blocks.
    fn decrypt(&self, iv: &[u8], blocks: &mut [u8]) -> Option<()>;
}

struct KeyedCipher<C>(C);

impl<C: BlockCipherDecrypt + Send + Sync> Cbc for KeyedCipher<C> {
    fn decrypt(&self, iv: &[u8], blocks: &mut [u8]) -> Option<()> {
        let iv: &Array<u8, C::BlockSize> = iv.try_into().ok()?;
        let (blocks, rest) = Array::slice_as_chunks_mut(blocks);
        cbc::Decryptor::inner_iv_init(&self.0, iv).decrypt_blocks(blocks);
        rest.is_empty().then_some(())
    }
}

/// A cipher by its type; none where the key has another length.
pub(crate) fn of<C: BlockCipherDecrypt + KeyInit + Send + Sync + 'static>(
    key: &[u8],
) -> Option<Arc<dyn Cbc>> {
    Some(Arc::new(KeyedCipher(C::new_from_slice(key).ok()?)))
}

/// The cipher of a suite; none where it is no block cipher.
pub(crate) fn keyed(cipher: Cipher, key: &[u8]) -> Option<Arc<dyn Cbc>> {
    match cipher {
        Cipher::Des => of::<des::Des>(key),
        Cipher::TripleDes => of::<des::TdesEde3>(key),
        Cipher::Idea => of::<idea::Idea>(key),
        Cipher::Aes128Cbc => of::<aes::Aes128>(key),
        Cipher::Aes256Cbc => of::<aes::Aes256>(key),
        Cipher::Camellia128Cbc => of::<camellia::Camellia128>(key),
        Cipher::Camellia256Cbc => of::<camellia::Camellia256>(key),
        Cipher::Aria128Cbc => of::<aria::Aria128>(key),
        Cipher::Aria256Cbc => of::<aria::Aria256>(key),
        _ => None,
    }
}
