//! Secrets in; opened TLS records out.
//!
//! A [`KeyLog`] or an [`RsaKey`] gives secrets, a [`Suite`] says what was done with them, a [`Master`] is derived, and
//! an [`Opener`] opens the records of one direction in their order. Nothing here reads a file, knows streams or
//! packets, keeps time or waits: octets come in and octets go out. What does not authenticate is refused and never
//! handed out, and no [`Debug`] shows a secret.

#![warn(clippy::indexing_slicing)]

mod block_cipher;
mod hash;
mod key_log;
pub mod limits;
mod master;
mod opener;
mod prf;
mod rsa_key;
mod schedule;
mod suite;

pub use key_log::{BadLine, BadLineReason, KeyLog, Reading, Secrets};
pub use master::{Master, Randoms, Side};
pub use opener::{Opened, Opener, Refusal};
pub use rsa_key::{KeyError, RsaKey};
pub use schedule::{message_hash, verify_data13};
pub use suite::Suite;
