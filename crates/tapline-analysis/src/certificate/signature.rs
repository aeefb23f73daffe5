//! Who signed a certificate, and whether the rules of RFC 5280 §6 hold along a path. Weak keys and digests are
//! verified like others here: that they are weak is said elsewhere, and must not hide who signed.

use aws_lc_rs::signature as aws;
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, TrustAnchor,
    UnixTime, alg_id,
};
use webpki::{EndEntityCert, Error, KeyUsage};

use super::Date;
use super::der::{Signed, public_key};

/// Whether a key made a signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Proof {
    Verified,
    Refused,
    /// No algorithm of ours: MD5, DSA and others that nobody uses any more, or not yet.
    Unverifiable,
}

/// Whether a certificate was signed with the key in a SubjectPublicKeyInfo.
pub(super) fn prove(certificate: &[u8], issuer_key: &[u8]) -> Proof {
    let (Some(signed), Some((key_algorithm, key))) = (Signed::of(certificate), public_key(issuer_key)) else {
        return Proof::Refused;
    };
    let algorithm = algorithms().find(|algorithm| {
        algorithm.signature_alg_id().as_ref() == signed.algorithm
            && algorithm.public_key_alg_id().as_ref() == key_algorithm
    });
    match algorithm.map(|algorithm| algorithm.verify_signature(key, signed.message, signed.signature)) {
        None => Proof::Unverifiable,
        Some(Ok(())) => Proof::Verified,
        Some(Err(InvalidSignature)) => Proof::Refused,
    }
}

/// The rule that a path breaks, if it breaks one: constraints, usages, extensions. `within` is a time at which all
/// of it is valid, so that dates do not matter.
pub(super) fn broken_rule(
    leaf: &[u8],
    intermediates: &[CertificateDer<'_>],
    anchor: &TrustAnchor<'_>,
    within: Date,
) -> Option<String> {
    let leaf = CertificateDer::from(leaf);
    let time =
        UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(within.0).unwrap_or(0)));
    let anchors = std::slice::from_ref(anchor);
    let algorithms: Vec<_> = algorithms().collect();
    let verified = EndEntityCert::try_from(&leaf).and_then(|leaf| {
        let usage = KeyUsage::server_auth();
        leaf.verify_for_usage(&algorithms, anchors, intermediates, time, usage, None, None).map(|_| ())
    });
    verified.err().map(|error| rule(&error))
}

fn rule(error: &Error) -> String {
    match error {
        Error::CaUsedAsEndEntity => "the server's own certificate is a CA's".to_owned(),
        Error::EndEntityUsedAsCa => "a certificate that is no CA's signed another one".to_owned(),
        Error::PathLenConstraintViolated => "a CA signed more CAs than it may".to_owned(),
        Error::NameConstraintViolation => "a CA signed for a name that it may not sign for".to_owned(),
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => {
            "a certificate is not for the authentication of servers (extKeyUsage)".to_owned()
        }
        Error::UnsupportedCriticalExtension => {
            "a certificate has a critical extension that nobody knows".to_owned()
        }
        Error::UnsupportedCertVersion => "a certificate is of X.509 version 1 or 2".to_owned(),
        // What is left are encodings that RFC 5280 forbids; the library's name of it says which.
        other => {
            let name = format!("{other:?}");
            let name = name.split(['(', ' ']).next().unwrap_or_default();
            format!("a certificate is not encoded as RFC 5280 asks for ({name})")
        }
    }
}

/// All that can be verified. The weak ones come first, because they also take strong keys and the first that fits
/// decides.
fn algorithms() -> impl Iterator<Item = &'static dyn SignatureVerificationAlgorithm> {
    let weak = WEAK.iter().map(|weak| weak as &dyn SignatureVerificationAlgorithm);
    weak.chain(webpki::ALL_VERIFICATION_ALGS.iter().copied())
}

/// RSA (PKCS #1 v1.5) with keys from 1024 bits on, and with SHA-1.
#[derive(Debug)]
struct WeakRsa {
    signature: AlgorithmIdentifier,
    verification: &'static dyn aws::VerificationAlgorithm,
}

/// sha1WithRSAEncryption with its NULL (RFC 3279 §2.2.1).
const RSA_PKCS1_SHA1: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(&[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00,
]);

static WEAK: [WeakRsa; 3] = [
    WeakRsa { signature: RSA_PKCS1_SHA1, verification: &aws::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY },
    WeakRsa {
        signature: alg_id::RSA_PKCS1_SHA256,
        verification: &aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    },
    WeakRsa {
        signature: alg_id::RSA_PKCS1_SHA512,
        verification: &aws::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    },
];

impl SignatureVerificationAlgorithm for WeakRsa {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = aws::UnparsedPublicKey::new(self.verification, key);
        key.verify(message, signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}
