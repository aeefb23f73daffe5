//! Bounds on what grows, each with its reason.

/// Client randoms a [`KeyLog`](crate::KeyLog) has secrets of. One with all of TLS 1.3's takes about half a
/// kilobyte: a busy server's day of them is as much as a workstation holds beside the capture.
pub const KEY_LOG_RANDOMS_MAX: usize = 1 << 20;

/// Session IDs, and as many encrypted premaster secrets, that a [`KeyLog`](crate::KeyLog) has secrets of. Only old
/// programs write these lines.
pub const KEY_LOG_SESSIONS_MAX: usize = 1 << 16;

/// Octets of a premaster secret in a key log. The longest come of a finite field Diffie-Hellman group: 8192 bits
/// (RFC 7919 §A.5).
pub const PREMASTER_OCTETS_MAX: usize = 1024;

/// Bad lines a [`Reading`](crate::Reading) tells by number; the rest is counted. A file that is no key log has
/// nothing but.
pub const BAD_LINES_TOLD_MAX: usize = 32;

/// Private keys taken from one file. Each is tried on every connection of RSA key exchange.
pub const KEYS_OF_A_FILE_MAX: usize = 256;

/// The longest modulus of a private key, in octets (16,384 bits, the largest that OpenSSL uses): the work grows with its
/// third power.
pub const MODULUS_OCTETS_MAX: usize = 2048;

/// Sequence numbers tried for one record after a gap. Records of less than 256 octets over a gap of 4 MiB.
pub const RESUME_TRIES_MAX: u64 = 1 << 14;

/// Octets decrypted in looking for the sequence number of one record: some 10 ms of AES in hardware.
pub const RESUME_OCTETS_MAX: u64 = 64 << 20;

/// The same where the cipher is computed without the help of the processor, at a fraction of the speed.
pub const RESUME_SLOW_OCTETS_MAX: u64 = 4 << 20;

/// Records after one gap for which no sequence number was found, before the direction is given up: every further one
/// would cost as much, and in vain.
pub const RESUME_FAILURES_MAX: u8 = 8;

/// Octets of an RC4 key stream that a gap may span: the stream can only be stepped through one octet after the other.
pub const RESUME_KEY_STREAM_MAX: u64 = 4 << 20;
