//! What both key exchange messages share: forms by version, curves, signatures.

use super::vectors::{opaque8, opaque16};
use crate::parse::{Parsed, refuse, u8, u16};
use crate::tls::{CurveType, NamedGroup, SignatureScheme};

/// A signature over something that the message's RFC names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// TLS 1.2 and later; before, it follows from the certificate.
    pub algorithm: Option<SignatureScheme>,
    /// The octets of the signature.
    pub octets: Vec<u8>,
}

/// The curve of an ephemeral key (RFC 8422 §5.4; explicit ones by RFC 4492 §5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Curve {
    /// By number.
    Named(NamedGroup),
    /// Over a prime field, by its parameters.
    ExplicitPrime {
        /// The field's prime.
        prime: Vec<u8>,
        /// Coefficient a.
        a: Vec<u8>,
        /// Coefficient b.
        b: Vec<u8>,
        /// The base point.
        base: Vec<u8>,
        /// The base point's order.
        order: Vec<u8>,
        /// The cofactor.
        cofactor: Vec<u8>,
    },
    /// Over a field of characteristic 2, by its parameters.
    ExplicitChar2 {
        /// The field's degree.
        m: u16,
        /// The field's representation.
        basis: Char2Basis,
        /// Coefficient a.
        a: Vec<u8>,
        /// Coefficient b.
        b: Vec<u8>,
        /// The base point.
        base: Vec<u8>,
        /// The base point's order.
        order: Vec<u8>,
        /// The cofactor.
        cofactor: Vec<u8>,
    },
}

/// How a field of characteristic 2 is represented (RFC 4492 §5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Char2Basis {
    /// The exponent of a trinomial.
    Trinomial(Vec<u8>),
    /// The three exponents of a pentanomial.
    Pentanomial([Vec<u8>; 3]),
}

impl CurveType {
    /// RFC 4492 §5.4.
    pub const EXPLICIT_PRIME: Self = Self(1);
    /// RFC 4492 §5.4.
    pub const EXPLICIT_CHAR2: Self = Self(2);
    /// RFC 8422 §5.4.
    pub const NAMED_CURVE: Self = Self(3);
}

pub(super) fn curve(input: &[u8]) -> Parsed<'_, Curve> {
    let (rest, kind) = u8("curve_type", input)?;
    match CurveType(kind) {
        CurveType::NAMED_CURVE => {
            u16("namedcurve", rest).map(|(rest, group)| (rest, Curve::Named(NamedGroup(group))))
        }
        CurveType::EXPLICIT_PRIME => {
            let (input, prime) = opaque8("prime_p", rest)?;
            let (input, [a, b, base, order, cofactor]) = curve_parameters(input)?;
            Ok((input, Curve::ExplicitPrime { prime, a, b, base, order, cofactor }))
        }
        CurveType::EXPLICIT_CHAR2 => {
            let (input, m) = u16("m", rest)?;
            let (input, basis) = basis(input)?;
            let (input, [a, b, base, order, cofactor]) = curve_parameters(input)?;
            Ok((input, Curve::ExplicitChar2 { m, basis, a, b, base, order, cofactor }))
        }
        _ => refuse("curve_type", input),
    }
}

fn basis(input: &[u8]) -> Parsed<'_, Char2Basis> {
    let (rest, kind) = u8("basis", input)?;
    match kind {
        1 => opaque8("k", rest).map(|(rest, k)| (rest, Char2Basis::Trinomial(k))),
        2 => {
            let (input, k1) = opaque8("k1", rest)?;
            let (input, k2) = opaque8("k2", input)?;
            let (input, k3) = opaque8("k3", input)?;
            Ok((input, Char2Basis::Pentanomial([k1, k2, k3])))
        }
        _ => refuse("basis", input),
    }
}

fn curve_parameters(input: &[u8]) -> Parsed<'_, [Vec<u8>; 5]> {
    let (input, a) = opaque8("a", input)?;
    let (input, b) = opaque8("b", input)?;
    let (input, base) = opaque8("base", input)?;
    let (input, order) = opaque8("order", input)?;
    let (input, cofactor) = opaque8("cofactor", input)?;
    Ok((input, [a, b, base, order, cofactor]))
}

/// RFC 5246 §4.7; before TLS 1.2 without the algorithm.
pub(super) fn signature(with_algorithm: bool, input: &[u8]) -> Parsed<'_, Signature> {
    let (input, algorithm) = if with_algorithm {
        u16("algorithm", input).map(|(rest, scheme)| (rest, Some(SignatureScheme(scheme))))?
    } else {
        (input, None)
    };
    let (input, octets) = opaque16("signature", input)?;
    Ok((input, Signature { algorithm, octets }))
}
