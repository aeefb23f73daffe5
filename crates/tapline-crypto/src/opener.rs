//! Record protection of one direction, undone.

mod aead;
mod block;
mod keys;
mod mac;
mod nonce;
mod plain;
mod rc4;
mod steps;
mod stream;
mod tls13;

#[cfg(test)]
mod seal;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::hash::Hash;
use crate::limits::RESUME_FAILURES_MAX;
use crate::prf::Version;
use crate::schedule::Dialect;
use crate::suite::Kind;
use crate::{Master, Randoms, Side, Suite};
use steps::Steps;

/// The record protection of one direction with its sequence number.
///
/// Records are given in their order: those that can be opened to [`open`](Self::open), those that are cut, or were
/// refused, to [`skip`](Self::skip). After a gap the first record goes to [`resume`](Self::resume).
#[derive(Clone)]
pub struct Opener {
    suite: Suite,
    /// Of the record that comes next.
    sequence: u64,
    /// Octets of records that were lost before it, until one authenticates.
    lost: u64,
    /// Records that were searched for in vain since.
    failures: u8,
    form: Form,
}

#[derive(Clone)]
enum Form {
    Tls13(tls13::Form),
    Aead(nonce::Form),
    Block(block::Form),
    Stream(Box<stream::Form>),
    Plain(plain::Form),
}

/// A record was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The content type; in TLS 1.3 the one inside.
    pub content: u8,
    /// Octets of padding, without the one that tells their number.
    pub padding: usize,
    /// Sequence numbers that were stepped over. Where a gap held a `KeyUpdate` of TLS 1.3: at least so many.
    pub skipped: u64,
    /// The octets are what the sender protected. False where there is no MAC, or no key to verify it with.
    pub authenticated: bool,
}

/// Why a record was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Shorter than what its protection adds.
    #[error("it is too short for its protection")]
    TooShort,
    /// Not a whole number of blocks (RFC 5246 §6.2.3.2).
    #[error("its length is no multiple of the cipher's block")]
    PartialBlock,
    /// It was changed, or the secret is another connection's.
    #[error("it does not authenticate: its octets were changed, or the secret is not this connection's")]
    BadMac,
    /// What it decrypts to is not padded (RFC 5246 §6.2.3.2). Like [`BadMac`](Self::BadMac) for a cipher whose MAC
    /// stands inside.
    #[error("its padding is wrong: its octets were changed, or the secret is not this connection's")]
    BadPadding,
    /// Nothing but zeros inside (RFC 8446 §5.4).
    #[error("it holds no content type")]
    NoContentType,
    /// The record before it was lost, whose last block it is chained to (RFC 2246 §6.2.3.2). The record after it opens.
    #[error("the record before it was lost, which it is chained to")]
    NoIv,
    /// The gap spans more than may be searched, or several records after it were searched for in vain.
    #[error("its sequence number was lost in a gap")]
    Lost,
}

/// A record as it was sent.
struct Record<'a> {
    content: u8,
    version: u16,
    fragment: &'a [u8],
}

/// A record that was opened.
struct Found {
    sequence: u64,
    skipped: u64,
    content: u8,
    padding: usize,
    authenticated: bool,
}

impl Opener {
    /// For TLS 1.2 and before (SSL 3.0 too); `version` as in the `ServerHello`. None for a suite that this version cannot
    /// have.
    pub fn tls12(
        version: u16,
        suite: Suite,
        master: &Master,
        randoms: &Randoms,
        sender: Side,
        encrypt_then_mac: bool,
    ) -> Option<Self> {
        let version = Version::of(version)?;
        if suite.is_tls13() {
            return None;
        }
        let keys = keys::Keys::derive(version, suite, master, randoms, sender)?;
        let mac = || Some(mac::RecordMac::new(version, suite.mac?, &keys.mac));
        let form = match suite.cipher.kind() {
            Kind::Aead(_) if version != Version::Tls12 => return None,
            Kind::Aead(_) => Form::Aead(nonce::Form::new(suite.cipher, &keys)?),
            Kind::Block(_) => {
                Form::Block(block::Form::new(version, suite.cipher, &keys, mac()?, encrypt_then_mac)?)
            }
            Kind::Stream => Form::Stream(Box::new(stream::Form::new(&keys.key, mac()?))),
            Kind::Null => Form::Plain(mac().map_or(plain::Form::unverified(0), plain::Form::verified)),
        };
        Some(Self::new(suite, form))
    }

    /// For TLS 1.3 and its drafts from 18 on, from a traffic secret (RFC 8446 §7.3). None for a secret that is not as
    /// long as the suite's hash, a suite of TLS 1.2, and older drafts.
    pub fn tls13(version: u16, suite: Suite, traffic_secret: &[u8]) -> Option<Self> {
        let dialect = Dialect::of(version)?;
        let fits = suite.is_tls13() && traffic_secret.len() == suite.prf.length();
        let form = tls13::Form::new(dialect, suite, traffic_secret.to_vec()).filter(|_| fits)?;
        Some(Self::new(suite, Form::Tls13(form)))
    }

    /// For suites without encryption whose keys are not known: takes away the MAC and does not verify it. None for
    /// other suites, and for TLS 1.3.
    pub fn null(version: u16, suite: Suite) -> Option<Self> {
        if Version::of(version).is_none() || !suite.is_null() {
            return None;
        }
        let mac = suite.mac.map_or(0, Hash::length);
        Some(Self::new(suite, Form::Plain(plain::Form::unverified(mac))))
    }

    fn new(suite: Suite, form: Form) -> Self {
        Self { suite, sequence: 0, lost: 0, failures: 0, form }
    }

    /// Opens the next record. `out` is given the content, and nothing on an error, on which the opener stays as it is
    /// (but that a search after a gap is counted). After a [`resume`](Self::resume) that failed this goes on
    /// searching.
    pub fn open(
        &mut self,
        content: u8,
        record_version: u16,
        fragment: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Opened, Refusal> {
        let opened = self.find(&Record { content, version: record_version, fragment }, out);
        if opened.is_err() {
            out.clear();
        }
        opened
    }

    /// Opens the first record after a gap: records of `missing` octets, headers included, were lost before it. Tries the
    /// sequence numbers that so many octets allow, and in TLS 1.3 also those of the next key generation, up to
    /// [limits](crate::limits). For RC4 the number of octets must be exact.
    ///
    /// An error leaves the gap open: give the record to [`skip`](Self::skip) and the next one to [`open`](Self::open).
    pub fn resume(
        &mut self,
        missing: u64,
        content: u8,
        record_version: u16,
        fragment: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Opened, Refusal> {
        self.lost = self.lost.saturating_add(missing);
        if let (Form::Block(block), 1..) = (&mut self.form, missing) {
            block.lose_chain();
        }
        self.open(content, record_version, fragment, out)
    }

    fn find(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<Opened, Refusal> {
        if self.failures >= RESUME_FAILURES_MAX {
            return Err(Refusal::Lost);
        }
        let steps = Steps { first: self.sequence, lost: self.lost, octets: record.fragment.len() as u64 };
        let found = match &mut self.form {
            Form::Tls13(form) => form.open(&steps, record, out),
            Form::Aead(form) => form.open(&steps, record, out),
            Form::Block(form) => form.open(&steps, record, out),
            Form::Stream(form) => form.open(&steps, record, out),
            Form::Plain(form) => form.open(&steps, record, out),
        };
        match found {
            Ok(found) => {
                self.sequence = found.sequence.wrapping_add(1);
                self.lost = 0;
                self.failures = 0;
                let Found { skipped, content, padding, authenticated, .. } = found;
                Ok(Opened { content, padding, skipped, authenticated })
            }
            Err(refusal) => {
                self.failures += u8::from(self.lost > 0 && refusal == Refusal::BadMac);
                Err(refusal)
            }
        }
    }

    /// Counts a record that was seen and not opened, so that the next one finds its number and, before TLS 1.1, its
    /// place in the chain or the key stream. `fragment` is what of it is there, its end; `length` what its header says.
    pub fn skip(&mut self, fragment: &[u8], length: usize) {
        self.sequence = self.sequence.wrapping_add(1);
        match &mut self.form {
            Form::Block(form) => form.skip(fragment),
            Form::Stream(form) => form.skip(length),
            Form::Tls13(_) | Form::Aead(_) | Form::Plain(_) => {}
        }
    }

    /// The next generation of keys after a `KeyUpdate` (RFC 8446 §7.2). Nothing before TLS 1.3.
    pub fn update(&mut self) {
        if let Form::Tls13(form) = &mut self.form {
            form.update();
            self.sequence = 0;
            self.lost = 0;
            self.failures = 0;
        }
    }

    /// The number of the record that comes next.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { suite, sequence, lost, .. } = self;
        f.debug_struct("Opener")
            .field("suite", suite)
            .field("sequence", sequence)
            .field("lost", lost)
            .finish_non_exhaustive()
    }
}
