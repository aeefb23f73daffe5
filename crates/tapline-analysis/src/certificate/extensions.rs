//! A certificate's extensions (RFC 5280 §4.2).

use std::net::IpAddr;

use x509_parser::extensions::{
    DistributionPointName, ExtendedKeyUsage, GeneralName, KeyUsage, ParsedExtension, X509Extension,
};

use super::{Contents, hex, name};
use crate::limits::{LOG_TIMESTAMPS_MAX, NAMES_MAX, URLS_MAX};

/// An extension that a certificate has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its name in RFC 5280, or its OID.
    pub name: String,
    /// Whether who does not know it has to refuse the certificate.
    pub critical: bool,
    /// Whether what is inside could be read; `None` where nobody tried.
    pub readable: Option<bool>,
}

/// A name that a certificate is valid for (RFC 5280 §4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// What kind of name.
    pub kind: NameKind,
    /// The name as text.
    pub value: String,
}

/// Kinds of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// dNSName.
    Dns,
    /// iPAddress.
    Ip,
    /// rfc822Name.
    Email,
    /// uniformResourceIdentifier.
    Uri,
    /// directoryName.
    Directory,
    /// Any other, or one that is not what its kind allows: its octets in hexadecimal.
    Other,
}

impl NameKind {
    /// As it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Ip => "ip",
            Self::Email => "email",
            Self::Uri => "uri",
            Self::Directory => "directory",
            Self::Other => "other",
        }
    }
}

/// A log's promise to take up a certificate (RFC 6962 §3.2). Its signature is not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogTimestamp {
    /// SHA-256 of the log's public key.
    pub log_id: [u8; 32],
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp_ms: u64,
}

impl Contents {
    pub(super) fn read_extensions(&mut self, extensions: &[X509Extension<'_>]) {
        for extension in extensions {
            let parsed = extension.parsed_extension();
            let readable = match parsed {
                ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::Unparsed => None,
                ParsedExtension::ParseError { .. } => Some(false),
                _ => Some(true),
            };
            let oid = extension.oid.to_id_string();
            let name = extension_name(&oid).map_or(oid, str::to_owned);
            self.extensions.push(Extension { name, critical: extension.critical, readable });
            self.read_extension(parsed);
        }
    }

    fn read_extension(&mut self, extension: &ParsedExtension<'_>) {
        match extension {
            ParsedExtension::BasicConstraints(constraints) => {
                self.is_ca = constraints.ca;
                self.path_length_max = constraints.path_len_constraint;
            }
            ParsedExtension::SubjectAlternativeName(names) => {
                self.names = names.general_names.iter().take(NAMES_MAX).map(general_name).collect();
                self.names_left_out = names.general_names.len().saturating_sub(NAMES_MAX);
            }
            ParsedExtension::KeyUsage(usage) => self.key_usage = key_usage(*usage),
            ParsedExtension::ExtendedKeyUsage(usage) => {
                self.extended_key_usage = purposes(usage);
                self.others_left_out += usage.other.len().saturating_sub(URLS_MAX);
            }
            ParsedExtension::SubjectKeyIdentifier(id) => self.subject_key_id = Some(hex(id.0)),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                self.authority_key_id = id.key_identifier.as_ref().map(|id| hex(id.0));
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                self.others_left_out += access.iter().count().saturating_sub(URLS_MAX);
                for description in access.iter().take(URLS_MAX) {
                    match (&*description.access_method.to_id_string(), &description.access_location) {
                        ("1.3.6.1.5.5.7.48.1", GeneralName::URI(url)) => {
                            self.ocsp_urls.push((*url).to_owned());
                        }
                        ("1.3.6.1.5.5.7.48.2", GeneralName::URI(url)) => {
                            self.issuer_urls.push((*url).to_owned());
                        }
                        _ => {}
                    }
                }
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                let names = points.iter().filter_map(|point| match &point.distribution_point {
                    Some(DistributionPointName::FullName(names)) => Some(names),
                    _ => None,
                });
                let mut urls = names.flatten().filter_map(|name| match name {
                    GeneralName::URI(url) => Some((*url).to_owned()),
                    _ => None,
                });
                self.crl_urls = urls.by_ref().take(URLS_MAX).collect();
                self.others_left_out += urls.count();
            }
            ParsedExtension::SCT(timestamps) => {
                self.others_left_out += timestamps.len().saturating_sub(LOG_TIMESTAMPS_MAX);
                let timestamps = timestamps.iter().take(LOG_TIMESTAMPS_MAX);
                self.timestamps = timestamps
                    .map(|sct| LogTimestamp { log_id: *sct.id.key_id, timestamp_ms: sct.timestamp })
                    .collect();
            }
            _ => {}
        }
    }
}

fn general_name(general: &GeneralName<'_>) -> Name {
    let (kind, value) = match general {
        GeneralName::DNSName(name) => (NameKind::Dns, (*name).to_owned()),
        GeneralName::RFC822Name(name) => (NameKind::Email, (*name).to_owned()),
        GeneralName::URI(name) => (NameKind::Uri, (*name).to_owned()),
        GeneralName::DirectoryName(name) => (NameKind::Directory, name::text(name)),
        GeneralName::IPAddress(octets) => match ip(octets) {
            Some(address) => (NameKind::Ip, address.to_string()),
            None => (NameKind::Other, hex(octets)),
        },
        GeneralName::RegisteredID(oid) => (NameKind::Other, oid.to_id_string()),
        GeneralName::OtherName(oid, octets) => (NameKind::Other, format!("{oid} {}", hex(octets))),
        GeneralName::X400Address(any) | GeneralName::EDIPartyName(any) => (NameKind::Other, hex(any.data)),
        GeneralName::Invalid(_, octets) => (NameKind::Other, hex(octets)),
    };
    Name { kind, value }
}

fn ip(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from)).ok()
}

/// RFC 5280 §4.2.1.3.
fn key_usage(usage: KeyUsage) -> Vec<&'static str> {
    let usages = [
        (usage.digital_signature(), "digitalSignature"),
        (usage.non_repudiation(), "nonRepudiation"),
        (usage.key_encipherment(), "keyEncipherment"),
        (usage.data_encipherment(), "dataEncipherment"),
        (usage.key_agreement(), "keyAgreement"),
        (usage.key_cert_sign(), "keyCertSign"),
        (usage.crl_sign(), "cRLSign"),
        (usage.encipher_only(), "encipherOnly"),
        (usage.decipher_only(), "decipherOnly"),
    ];
    usages.into_iter().filter_map(|(set, name)| set.then_some(name)).collect()
}

/// RFC 5280 §4.2.1.12.
fn purposes(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let usages = [
        (usage.any, "anyExtendedKeyUsage"),
        (usage.server_auth, "serverAuth"),
        (usage.client_auth, "clientAuth"),
        (usage.code_signing, "codeSigning"),
        (usage.email_protection, "emailProtection"),
        (usage.time_stamping, "timeStamping"),
        (usage.ocsp_signing, "OCSPSigning"),
    ];
    let known = usages.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned());
    known.chain(usage.other.iter().take(URLS_MAX).map(x509_parser::asn1_rs::Oid::to_id_string)).collect()
}

fn extension_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.29.9" => "subjectDirectoryAttributes",
        "2.5.29.14" => "subjectKeyIdentifier",
        "2.5.29.15" => "keyUsage",
        "2.5.29.16" => "privateKeyUsagePeriod",
        "2.5.29.17" => "subjectAltName",
        "2.5.29.18" => "issuerAltName",
        "2.5.29.19" => "basicConstraints",
        "2.5.29.30" => "nameConstraints",
        "2.5.29.31" => "cRLDistributionPoints",
        "2.5.29.32" => "certificatePolicies",
        "2.5.29.33" => "policyMappings",
        "2.5.29.35" => "authorityKeyIdentifier",
        "2.5.29.36" => "policyConstraints",
        "2.5.29.37" => "extKeyUsage",
        "2.5.29.46" => "freshestCRL",
        "2.5.29.54" => "inhibitAnyPolicy",
        "1.3.6.1.5.5.7.1.1" => "authorityInfoAccess",
        "1.3.6.1.5.5.7.1.11" => "subjectInfoAccess",
        // RFC 7633 §4: asks for a stapled OCSP response.
        "1.3.6.1.5.5.7.1.24" => "tlsfeature",
        "1.3.6.1.4.1.11129.2.4.2" => "signedCertificateTimestampList",
        "1.3.6.1.4.1.11129.2.4.3" => "precertificatePoison",
        "2.16.840.1.113730.1.1" => "netscape-cert-type",
        "2.16.840.1.113730.1.13" => "netscape-comment",
        _ => return None,
    })
}
