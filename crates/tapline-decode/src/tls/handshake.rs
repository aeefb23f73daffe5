//! Handshake messages in clear (RFC 8446 §4, RFC 5246 §7.4).

use super::extension::{Context, extensions};
use super::{
    Certificate, CipherSuite, ClientHello, Extension, Handshake, HandshakeType, ServerHello, Version,
};
use crate::anomaly::{self, Anomaly};
use crate::limits::OPAQUE_KEPT_MAX;
use crate::parse::{Fault, Parsed, all, array, fault, refuse, u8, u16, vector8, vector16, vector24};

/// A handshake message from its body, whole; what it breaks goes to `oddities`.
pub(super) fn message(
    kind: HandshakeType,
    body: &[u8],
    tls13: bool,
    oddities: &mut Vec<Anomaly>,
) -> Handshake {
    let parsed =
        match kind {
            HandshakeType::CLIENT_HELLO => client_hello(body, oddities)
                .map(|(rest, hello)| (rest, Handshake::ClientHello(Box::new(hello)))),
            HandshakeType::SERVER_HELLO => server_hello(body, oddities)
                .map(|(rest, hello)| (rest, Handshake::ServerHello(Box::new(hello)))),
            HandshakeType::CERTIFICATE => {
                certificate(body, tls13).map(|(rest, chain)| (rest, Handshake::Certificate(Box::new(chain))))
            }
            _ => Ok((&[][..], Handshake::Other { kind, body: kept(body) })),
        };
    match parsed {
        Ok((rest, message)) => {
            if !rest.is_empty() {
                let detail = format!("{} octets are left over behind the last field of {kind}", rest.len());
                oddities.push(Anomaly::new(anomaly::TLS_TRAILING_OCTETS, detail));
            }
            message
        }
        Err(error) => {
            let detail = format!("{kind} of {} octets: {}", body.len(), fault(&error));
            oddities.push(Anomaly::new(anomaly::TLS_BAD_HANDSHAKE, detail));
            Handshake::Malformed { kind, body: kept(body) }
        }
    }
}

/// The part of an uninterpreted body that is kept.
pub(super) fn kept(body: &[u8]) -> Vec<u8> {
    body.get(..OPAQUE_KEPT_MAX).unwrap_or(body).to_vec()
}

fn client_hello<'a>(input: &'a [u8], oddities: &mut Vec<Anomaly>) -> Parsed<'a, ClientHello> {
    let (input, version) = u16("legacy_version", input)?;
    let (input, random) = array("random", input)?;
    let (input, session_id) = vector8("legacy_session_id", input)?;
    let (input, suites) = vector16("cipher_suites", input)?;
    let (input, compression_methods) = vector8("legacy_compression_methods", input)?;
    let (input, extensions) = extension_block(input, Context::ClientHello, oddities)?;
    let hello = ClientHello {
        version: Version(version),
        random,
        session_id: session_id.to_vec(),
        cipher_suites: numbers("cipher_suites", suites)?.into_iter().map(CipherSuite).collect(),
        compression_methods: compression_methods.to_vec(),
        extensions,
    };
    Ok((input, hello))
}

/// RFC 8446 §4.1.3; before draft 22 of TLS 1.3 without session id and compression method.
fn server_hello<'a>(input: &'a [u8], oddities: &mut Vec<Anomaly>) -> Parsed<'a, ServerHello> {
    let (input, version) = u16("legacy_version", input)?;
    let early_draft = version >> 8 == 0x7f;
    let (input, random) = array("random", input)?;
    let (input, session_id) =
        if early_draft { (input, &[][..]) } else { vector8("legacy_session_id_echo", input)? };
    let (input, cipher_suite) = u16("cipher_suite", input)?;
    let (input, compression_method) =
        if early_draft { (input, 0) } else { u8("legacy_compression_method", input)? };
    let mut hello = ServerHello {
        version: Version(version),
        random,
        session_id: session_id.to_vec(),
        cipher_suite: CipherSuite(cipher_suite),
        compression_method,
        extensions: Vec::new(),
    };
    let context =
        if hello.is_hello_retry_request() { Context::HelloRetryRequest } else { Context::ServerHello };
    let (input, extensions) = extension_block(input, context, oddities)?;
    hello.extensions = extensions;
    Ok((input, hello))
}

/// Extensions with their length; before TLS 1.2 there may be nothing at all.
fn extension_block<'a>(
    input: &'a [u8],
    context: Context,
    oddities: &mut Vec<Anomaly>,
) -> Parsed<'a, Vec<Extension>> {
    if input.is_empty() {
        return Ok((input, Vec::new()));
    }
    let (input, block) = vector16("extensions", input)?;
    Ok((input, extensions(block, context, oddities)?))
}

/// RFC 5246 §7.4.2; with a context and extensions in TLS 1.3 (RFC 8446 §4.4.2).
fn certificate(input: &[u8], tls13: bool) -> Parsed<'_, Certificate> {
    let (input, request_context) =
        if tls13 { vector8("certificate_request_context", input)? } else { (input, &[][..]) };
    let (input, list) = vector24("certificate_list", input)?;
    let chain = all(list, |input| {
        let (input, certificate) = vector24("certificate", input)?;
        let input = if tls13 { vector16("certificate extensions", input)?.0 } else { input };
        Ok((input, certificate.to_vec()))
    })?;
    Ok((input, Certificate { request_context: request_context.to_vec(), chain }))
}

/// Numbers of two octets that fill their vector.
pub(super) fn numbers(field: &'static str, input: &[u8]) -> Result<Vec<u16>, nom::Err<Fault>> {
    if !input.len().is_multiple_of(2) {
        return refuse(field, input).map(|(_, never)| never);
    }
    all(input, |input| u16(field, input))
}
