//! Key exchange messages in the form of the suite (RFC 5246 §7.4.3, §7.4.7; RFC 8422 §5.4, §5.7; RFC 4279; RFC 5054).

use tapline_packet::field::{Cursor, hex};

use super::certificate::signature;
use super::vectors::{named, named16, opaque};
use crate::tls::handshake::Era;
use crate::tls::{CurveType, KeyExchange, NamedGroup, Negotiated};

const SIGNATURE: [&str; 2] = ["tls.handshake.sig_len", "tls.handshake.sig"];

/// Where the suite is not known, the form that uses the body up is taken; the last one uses up every body.
pub(super) fn server(cursor: &mut Cursor<'_>, negotiated: Negotiated) {
    let eras = Era::possible(negotiated.version);
    let kinds: &[Option<KeyExchange>] = match negotiated.cipher_suite {
        Some(suite) => &[suite.key_exchange().filter(|&kind| kind.has_server_form())],
        None => &[Some(KeyExchange::Ecdhe), Some(KeyExchange::Dhe), Some(KeyExchange::EcdhAnon), None],
    };
    let forms: Vec<_> = kinds.iter().flat_map(|&kind| eras.iter().map(move |&era| (kind, era))).collect();
    cursor.first_whole(&forms, |(kind, era), cursor| match kind {
        Some(kind) => {
            server_form(cursor, kind, era);
        }
        None => unknown(cursor),
    });
}

fn unknown(cursor: &mut Cursor<'_>) {
    cursor.rest_as("tls.handshake.key_exchange", "Key Exchange", hex);
}

fn server_form(cursor: &mut Cursor<'_>, kind: KeyExchange, era: Era) -> Option<()> {
    use KeyExchange as K;
    if matches!(kind, K::Psk | K::DhePsk | K::RsaPsk | K::EcdhePsk) {
        opaque(cursor, 2, ["tls.handshake.hint_len", "tls.handshake.hint"], "Hint")?;
    }
    match kind {
        K::Ecdhe | K::EcdhAnon | K::EcdhePsk => {
            curve(cursor)?;
            opaque(cursor, 1, ["tls.handshake.server_point_len", "tls.handshake.server_point"], "Pubkey")?;
        }
        K::Dhe | K::DhAnon | K::DhePsk => {
            opaque(cursor, 2, ["tls.handshake.p_len", "tls.handshake.p"], "p")?;
            opaque(cursor, 2, ["tls.handshake.g_len", "tls.handshake.g"], "g")?;
            opaque(cursor, 2, ["tls.handshake.ys_len", "tls.handshake.ys"], "Pubkey")?;
        }
        K::RsaExport => {
            opaque(cursor, 2, ["tls.handshake.modulus_len", "tls.handshake.modulus"], "Modulus")?;
            opaque(cursor, 2, ["tls.handshake.exponent_len", "tls.handshake.exponent"], "Exponent")?;
        }
        K::Srp | K::SrpSigned => {
            opaque(cursor, 2, ["tls.handshake.srp_n_len", "tls.handshake.srp_n"], "N")?;
            opaque(cursor, 2, ["tls.handshake.srp_g_len", "tls.handshake.srp_g"], "g")?;
            opaque(cursor, 1, ["tls.handshake.srp_s_len", "tls.handshake.srp_s"], "Salt")?;
            opaque(cursor, 2, ["tls.handshake.srp_b_len", "tls.handshake.srp_b"], "B")?;
        }
        _ => {}
    }
    if matches!(kind, K::Ecdhe | K::Dhe | K::RsaExport | K::SrpSigned) {
        signature(cursor, era, SIGNATURE)?;
    }
    Some(())
}

/// RFC 8422 §5.4; explicit ones by RFC 4492 §5.4.
fn curve(cursor: &mut Cursor<'_>) -> Option<()> {
    let show = |kind| named(CurveType(kind).name(), format_args!("0x{kind:02x}"));
    let kind = cursor.u8_as("tls.handshake.server_curve_type", "Curve Type", show)?;
    match CurveType(kind) {
        CurveType::NAMED_CURVE => {
            let show = |group| named16(NamedGroup(group).name(), group);
            return cursor.u16_as("tls.handshake.server_named_curve", "Named Curve", show).map(|_| ());
        }
        CurveType::EXPLICIT_PRIME => parameter(cursor, "Prime")?,
        CurveType::EXPLICIT_CHAR2 => {
            cursor.u16("tls.handshake.curve_degree", "Degree")?;
            let exponents: &[&'static str] = match cursor.u8("tls.handshake.curve_basis", "Basis")? {
                1 => &["k"],
                2 => &["k1", "k2", "k3"],
                _ => {
                    cursor.refuse("Basis", "neither a trinomial nor a pentanomial");
                    return None;
                }
            };
            exponents.iter().try_for_each(|label| parameter(cursor, label))?;
        }
        _ => {
            cursor.refuse("Curve", "its type has no form");
            return None;
        }
    }
    ["a", "b", "Base", "Order", "Cofactor"].into_iter().try_for_each(|label| parameter(cursor, label))
}

fn parameter(cursor: &mut Cursor<'_>, label: &'static str) -> Option<()> {
    let names = ["tls.handshake.curve_parameter_len", "tls.handshake.curve_parameter"];
    opaque(cursor, 1, names, label).map(|_| ())
}

/// Without the suite: a point fills its vector and has the size of a usual curve's, all else may be several things.
pub(super) fn client(cursor: &mut Cursor<'_>, negotiated: Negotiated) -> Option<()> {
    let kind = match negotiated.cipher_suite {
        Some(suite) => suite.key_exchange(),
        None => is_point(cursor.left()).then_some(KeyExchange::Ecdhe),
    };
    let ssl3 = Era::possible(negotiated.version) == [Era::Ssl3];
    let Some(kind) = kind else {
        unknown(cursor);
        return Some(());
    };
    client_form(cursor, kind, ssl3)
}

fn is_point(body: &[u8]) -> bool {
    body.split_first().is_some_and(|(&length, point)| {
        usize::from(length) == point.len() && matches!(point.len(), 32 | 56 | 65 | 97 | 133)
    })
}

fn client_form(cursor: &mut Cursor<'_>, kind: KeyExchange, ssl3: bool) -> Option<()> {
    use KeyExchange as K;
    if matches!(kind, K::Psk | K::DhePsk | K::RsaPsk | K::EcdhePsk) {
        opaque(cursor, 2, ["tls.handshake.identity_len", "tls.handshake.identity"], "Identity")?;
    }
    match kind {
        K::Rsa | K::RsaExport if ssl3 => {
            cursor.rest_as("tls.handshake.epms", "Encrypted PreMaster", hex);
        }
        K::Rsa | K::RsaExport | K::RsaPsk => {
            opaque(cursor, 2, ["tls.handshake.epms_len", "tls.handshake.epms"], "Encrypted PreMaster")?;
        }
        // The public value stands in the client's certificate.
        K::Dh | K::Ecdh if cursor.is_empty() => {}
        K::Dh | K::Dhe | K::DhAnon | K::DhePsk => {
            opaque(cursor, 2, ["tls.handshake.yc_len", "tls.handshake.yc"], "Pubkey")?;
        }
        K::Ecdh | K::Ecdhe | K::EcdhAnon | K::EcdhePsk => {
            opaque(cursor, 1, ["tls.handshake.client_point_len", "tls.handshake.client_point"], "Pubkey")?;
        }
        K::Srp | K::SrpSigned => {
            opaque(cursor, 2, ["tls.handshake.srp_a_len", "tls.handshake.srp_a"], "A")?;
        }
        K::Psk => {}
        K::Krb5 | K::Gost | K::EccPwd | K::EcJpake | K::Fortezza => {
            if cursor.is_empty() {
                cursor.refuse("Key Exchange", "empty");
                return None;
            }
            unknown(cursor);
        }
    }
    Some(())
}
