//! Extensions (RFC 8446 §4.2, RFC 6066 and others): each whole, each used up.

use super::handshake::{kept, numbers};
use super::{Extension, ExtensionBody, ExtensionType, NamedGroup, SignatureScheme, Version};
use crate::anomaly::{self, Anomaly};
use crate::parse::{Fault, Parsed, all, fault, octets, refuse, u8, u16, vector8, vector16};

/// The message an extension stands in; several have another form in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    ClientHello,
    ServerHello,
    HelloRetryRequest,
}

/// The extensions of a block, in wire order. One that does not fit its type stays as octets and is said.
pub(super) fn extensions(
    block: &[u8],
    context: Context,
    oddities: &mut Vec<Anomaly>,
) -> Result<Vec<Extension>, nom::Err<Fault>> {
    let mut input = block;
    let mut extensions = Vec::new();
    while !input.is_empty() {
        let (rest, kind) = u16("extension type", input)?;
        let (rest, data) = vector16("extension_data", rest)?;
        input = rest;
        let kind = ExtensionType(kind);
        let body = match body(kind, context, data) {
            Ok(([], body)) => body,
            Ok((rest, body)) => {
                let detail = format!("{} octets are left over in extension {kind}", rest.len());
                oddities.push(Anomaly::new(anomaly::TLS_TRAILING_OCTETS, detail));
                body
            }
            Err(error) => {
                let detail = format!("extension {kind} of {} octets: {}", data.len(), fault(&error));
                oddities.push(Anomaly::new(anomaly::TLS_BAD_EXTENSION, detail));
                ExtensionBody::Other(kept(data))
            }
        };
        extensions.push(Extension { kind, length: short(data), body });
    }
    Ok(extensions)
}

fn short(data: &[u8]) -> u16 {
    u16::try_from(data.len()).unwrap_or(u16::MAX)
}

fn body(kind: ExtensionType, context: Context, input: &[u8]) -> Parsed<'_, ExtensionBody> {
    let from_client = context == Context::ClientHello;
    match kind {
        ExtensionType::SERVER_NAME => server_name(input),
        ExtensionType::ALPN => {
            let (input, list) = vector16("protocol_name_list", input)?;
            let names = all(list, |input| vector8("protocol_name", input))?;
            Ok((input, ExtensionBody::Alpn(names.into_iter().map(<[u8]>::to_vec).collect())))
        }
        ExtensionType::SUPPORTED_VERSIONS if from_client => {
            let (input, list) = vector8("versions", input)?;
            let versions = numbers("versions", list)?.into_iter().map(Version).collect();
            Ok((input, ExtensionBody::SupportedVersions(versions)))
        }
        ExtensionType::SUPPORTED_VERSIONS => {
            u16("selected_version", input).map(|(rest, v)| (rest, ExtensionBody::SelectedVersion(Version(v))))
        }
        ExtensionType::SUPPORTED_GROUPS => {
            let (input, list) = vector16("named_group_list", input)?;
            let groups = numbers("named_group_list", list)?.into_iter().map(NamedGroup).collect();
            Ok((input, ExtensionBody::SupportedGroups(groups)))
        }
        ExtensionType::EC_POINT_FORMATS => vector8("ec_point_format_list", input)
            .map(|(rest, list)| (rest, ExtensionBody::EcPointFormats(list.to_vec()))),
        ExtensionType::SIGNATURE_ALGORITHMS => {
            let (input, list) = vector16("supported_signature_algorithms", input)?;
            let schemes = numbers("supported_signature_algorithms", list)?;
            let schemes = schemes.into_iter().map(SignatureScheme).collect();
            Ok((input, ExtensionBody::SignatureAlgorithms(schemes)))
        }
        ExtensionType::KEY_SHARE | ExtensionType::KEY_SHARE_OLD => key_share(context, input),
        ExtensionType::PRE_SHARED_KEY if from_client => pre_shared_keys(input),
        ExtensionType::PRE_SHARED_KEY => {
            u16("selected_identity", input).map(|(rest, id)| (rest, ExtensionBody::SelectedPreSharedKey(id)))
        }
        ExtensionType::PSK_KEY_EXCHANGE_MODES => vector8("ke_modes", input)
            .map(|(rest, modes)| (rest, ExtensionBody::PskKeyExchangeModes(modes.to_vec()))),
        ExtensionType::EARLY_DATA => Ok((input, ExtensionBody::EarlyData)),
        ExtensionType::SESSION_TICKET => Ok((&[], ExtensionBody::SessionTicket(short(input)))),
        ExtensionType::EXTENDED_MASTER_SECRET => Ok((input, ExtensionBody::ExtendedMasterSecret)),
        ExtensionType::ENCRYPT_THEN_MAC => Ok((input, ExtensionBody::EncryptThenMac)),
        ExtensionType::RENEGOTIATION_INFO => vector8("renegotiated_connection", input)
            .map(|(rest, info)| (rest, ExtensionBody::RenegotiationInfo(info.to_vec()))),
        _ => Ok((&[], ExtensionBody::Other(kept(input)))),
    }
}

/// RFC 6066 §3: a list in a `ClientHello`, nothing in a `ServerHello`.
fn server_name(input: &[u8]) -> Parsed<'_, ExtensionBody> {
    if input.is_empty() {
        return Ok((input, ExtensionBody::ServerName(Vec::new())));
    }
    let (input, list) = vector16("server_name_list", input)?;
    let names = all(list, |input| {
        let (input, kind) = u8("name_type", input)?;
        let (input, name) = vector16("host_name", input)?;
        Ok((input, (kind == 0).then(|| name.to_vec())))
    })?;
    Ok((input, ExtensionBody::ServerName(names.into_iter().flatten().collect())))
}

fn key_share(context: Context, input: &[u8]) -> Parsed<'_, ExtensionBody> {
    let entry = |input| {
        let (input, group) = u16("group", input)?;
        let (input, share) = vector16("key_exchange", input)?;
        Ok((input, (NamedGroup(group), short(share))))
    };
    match context {
        Context::ClientHello => {
            let (input, list) = vector16("client_shares", input)?;
            Ok((input, ExtensionBody::KeyShares(all(list, entry)?)))
        }
        Context::ServerHello => {
            entry(input).map(|(rest, (group, length))| (rest, ExtensionBody::KeyShare(group, length)))
        }
        Context::HelloRetryRequest => u16("selected_group", input)
            .map(|(rest, group)| (rest, ExtensionBody::RetryGroup(NamedGroup(group)))),
    }
}

/// RFC 8446 §4.2.11: identities with their ticket ages, then as many binders.
fn pre_shared_keys(input: &[u8]) -> Parsed<'_, ExtensionBody> {
    let (input, list) = vector16("identities", input)?;
    let identities = all(list, |input| {
        let (input, identity) = vector16("identity", input)?;
        let (input, _) = octets("obfuscated_ticket_age", 4, input)?;
        Ok((input, identity.len()))
    })?;
    let (input, list) = vector16("binders", input)?;
    let binders = all(list, |input| vector8("binder", input))?;
    if binders.len() != identities.len() {
        return refuse("binders", list);
    }
    let count = u16::try_from(identities.len()).unwrap_or(u16::MAX);
    Ok((input, ExtensionBody::PreSharedKeys(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "tables read better")]
    fn check(kind: ExtensionType, context: Context, data: &[u8], expected: Result<ExtensionBody, &str>) {
        let mut block = kind.0.to_be_bytes().to_vec();
        block.extend(short(data).to_be_bytes());
        block.extend(data);
        let mut oddities = Vec::new();
        let parsed = extensions(&block, context, &mut oddities).unwrap();
        let result = oddities.first().map_or(Ok(parsed[0].body.clone()), |oddity| Err(oddity.code));
        assert_eq!(result, expected, "{kind} {data:02x?}");
        assert_eq!(usize::from(parsed[0].length), data.len());
    }

    #[test]
    fn bodies_by_type_and_message() {
        use Context::{ClientHello, HelloRetryRequest, ServerHello};
        use ExtensionBody as B;
        let x25519 = NamedGroup(0x001d);
        let name = b"\x00\x04\x00\x00\x01a";
        check(ExtensionType::SERVER_NAME, ClientHello, name, Ok(B::ServerName(vec![b"a".to_vec()])));
        check(ExtensionType::SERVER_NAME, ServerHello, b"", Ok(B::ServerName(vec![])));
        check(ExtensionType::ALPN, ClientHello, b"\x00\x03\x02h2", Ok(B::Alpn(vec![b"h2".to_vec()])));
        let versions = vec![Version(0x0304), Version(0x0303)];
        check(
            ExtensionType::SUPPORTED_VERSIONS,
            ClientHello,
            &[4, 3, 4, 3, 3],
            Ok(B::SupportedVersions(versions)),
        );
        check(
            ExtensionType::SUPPORTED_VERSIONS,
            ServerHello,
            &[3, 4],
            Ok(B::SelectedVersion(Version(0x0304))),
        );
        check(
            ExtensionType::KEY_SHARE,
            ClientHello,
            &[0, 5, 0, 29, 0, 1, 9],
            Ok(B::KeyShares(vec![(x25519, 1)])),
        );
        check(ExtensionType::KEY_SHARE, ServerHello, &[0, 29, 0, 1, 9], Ok(B::KeyShare(x25519, 1)));
        check(ExtensionType::KEY_SHARE, HelloRetryRequest, &[0, 29], Ok(B::RetryGroup(x25519)));
        let psk = [0, 7, 0, 1, 7, 0, 0, 0, 0, 0, 2, 1, 8];
        check(ExtensionType::PRE_SHARED_KEY, ClientHello, &psk, Ok(B::PreSharedKeys(1)));
        check(ExtensionType::PRE_SHARED_KEY, ServerHello, &[0, 1], Ok(B::SelectedPreSharedKey(1)));
        check(ExtensionType::SESSION_TICKET, ClientHello, &[1, 2, 3], Ok(B::SessionTicket(3)));
        check(ExtensionType(0x0a0a), ClientHello, &[0], Ok(B::Other(vec![0])));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        use Context::ClientHello;
        let (bad, left) = (Err(anomaly::TLS_BAD_EXTENSION), Err(anomaly::TLS_TRAILING_OCTETS));
        check(ExtensionType::ALPN, ClientHello, b"\x00\x03\x03h2", bad.clone());
        check(ExtensionType::ALPN, ClientHello, b"\x00\x03\x02h2x", left.clone());
        check(ExtensionType::SUPPORTED_GROUPS, ClientHello, &[0, 3, 0, 29, 0], bad.clone());
        check(ExtensionType::EXTENDED_MASTER_SECRET, ClientHello, &[1], left);
        check(ExtensionType::PRE_SHARED_KEY, ClientHello, &[0, 0, 0, 2, 1, 8], bad);
    }
}
