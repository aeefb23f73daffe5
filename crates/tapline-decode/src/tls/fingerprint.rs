//! Fingerprints of hellos: JA3, JA3S and JA4. GREASE counts in none of them.

use std::fmt::Write as _;

use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::{ClientHello, Extension, ExtensionBody, ExtensionType, ServerHello, is_grease};

/// What JA3 hashes: version, cipher suites, extensions, groups and point formats in decimal, in wire order.
pub fn ja3_string(hello: &ClientHello) -> String {
    let mut groups = &[][..];
    let mut formats = &[][..];
    for extension in &hello.extensions {
        match &extension.body {
            ExtensionBody::SupportedGroups(list) => groups = list,
            ExtensionBody::EcPointFormats(list) => formats = list,
            _ => {}
        }
    }
    format!(
        "{},{},{},{},{}",
        hello.version.0,
        decimal(hello.cipher_suites.iter().map(|suite| suite.0)),
        decimal(types(&hello.extensions)),
        decimal(groups.iter().map(|group| group.0)),
        decimal(formats.iter().map(|&format| u16::from(format))),
    )
}

/// JA3: the MD5 of [`ja3_string`] in hexadecimal.
pub fn ja3(hello: &ClientHello) -> String {
    hexadecimal(&Md5::digest(ja3_string(hello)))
}

/// What JA3S hashes: version, the chosen cipher suite and extensions.
pub fn ja3s_string(hello: &ServerHello) -> String {
    format!("{},{},{}", hello.version.0, hello.cipher_suite.0, decimal(types(&hello.extensions)))
}

/// JA3S: the MD5 of [`ja3s_string`] in hexadecimal.
pub fn ja3s(hello: &ServerHello) -> String {
    hexadecimal(&Md5::digest(ja3s_string(hello)))
}

/// JA4 of a hello over TCP: what it is, and two hashes cut to twelve digits.
pub fn ja4(hello: &ClientHello) -> String {
    let parts = Ja4::of(hello);
    let extensions = if parts.extensions.is_empty() { String::new() } else { parts.extensions_and_schemes() };
    format!("{}_{}_{}", parts.head, short_hash(&parts.ciphers), short_hash(&extensions))
}

/// `JA4_r`: the lists that [`ja4`] hashes, in clear.
pub fn ja4_raw(hello: &ClientHello) -> String {
    let parts = Ja4::of(hello);
    format!("{}_{}_{}", parts.head, parts.ciphers, parts.extensions_and_schemes())
}

struct Ja4 {
    head: String,
    ciphers: String,
    extensions: String,
    schemes: String,
}

impl Ja4 {
    fn of(hello: &ClientHello) -> Self {
        let mut ciphers: Vec<u16> = hello.cipher_suites.iter().map(|suite| suite.0).collect();
        ciphers.retain(|&number| !is_grease(number));
        ciphers.sort_unstable();
        let mut extensions: Vec<u16> = types(&hello.extensions).collect();
        let (cipher_count, extension_count) = (ciphers.len().min(99), extensions.len().min(99));
        let named = if extensions.contains(&ExtensionType::SERVER_NAME.0) { 'd' } else { 'i' };
        extensions.retain(|&kind| ![ExtensionType::SERVER_NAME.0, ExtensionType::ALPN.0].contains(&kind));
        extensions.sort_unstable();
        let schemes = hello.extensions.iter().find_map(|extension| match &extension.body {
            ExtensionBody::SignatureAlgorithms(schemes) => Some(schemes.iter().map(|scheme| scheme.0)),
            _ => None,
        });
        Self {
            head: format!("t{}{named}{cipher_count:02}{extension_count:02}{}", version(hello), alpn(hello)),
            ciphers: list(ciphers),
            extensions: list(extensions),
            schemes: schemes.map(|schemes| list(schemes.filter(|&n| !is_grease(n)))).unwrap_or_default(),
        }
    }

    fn extensions_and_schemes(&self) -> String {
        if self.schemes.is_empty() {
            self.extensions.clone()
        } else {
            format!("{}_{}", self.extensions, self.schemes)
        }
    }
}

fn version(hello: &ClientHello) -> &'static str {
    let offered =
        hello.supported_versions().iter().map(|version| version.0).filter(|&number| !is_grease(number));
    match offered.max().unwrap_or(hello.version.0) {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        _ => "00",
    }
}

/// First and last character of the first protocol offered; of its hexadecimal form where either is neither
/// letter nor digit.
fn alpn(hello: &ClientHello) -> String {
    let Some([first, ..]) = hello.alpn().first().map(Vec::as_slice) else { return "00".to_owned() };
    let last = hello.alpn().first().and_then(|name| name.last()).unwrap_or(first);
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        [*first, *last].map(char::from).iter().collect()
    } else {
        format!("{:x}{:x}", first >> 4, last & 0x0f)
    }
}

/// The extension types in wire order.
fn types(extensions: &[Extension]) -> impl Iterator<Item = u16> {
    extensions.iter().map(|extension| extension.kind.0).filter(|&number| !is_grease(number))
}

fn decimal(numbers: impl Iterator<Item = u16>) -> String {
    let texts: Vec<_> =
        numbers.filter(|&number| !is_grease(number)).map(|number| number.to_string()).collect();
    texts.join("-")
}

fn list(numbers: impl IntoIterator<Item = u16>) -> String {
    let texts: Vec<_> = numbers.into_iter().map(|number| format!("{number:04x}")).collect();
    texts.join(",")
}

fn short_hash(text: &str) -> String {
    if text.is_empty() {
        return "000000000000".to_owned();
    }
    let mut hash = hexadecimal(&Sha256::digest(text));
    hash.truncate(12);
    hash
}

fn hexadecimal(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len() * 2);
    for octet in octets {
        // Writing to a string does not fail.
        let _ = write!(text, "{octet:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{CipherSuite, NamedGroup, SignatureScheme, Version};
    use super::*;

    /// A browser's hello, as the description of JA4 shows it.
    fn browser() -> ClientHello {
        let suites = [
            0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
            0x009c, 0x009d, 0x002f, 0x0035,
        ];
        let schemes = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
        let kinds = [
            0x2a2a, 0x0000, 0x0017, 0xff01, 0x000a, 0x000b, 0x0023, 0x0010, 0x0005, 0x000d, 0x0012, 0x0033,
            0x002d, 0x002b, 0x001b, 0x0015, 0x4469,
        ];
        let body = |kind: u16| match kind {
            0x10 => ExtensionBody::Alpn(vec![b"h2".to_vec(), b"http/1.1".to_vec()]),
            0x0d => ExtensionBody::SignatureAlgorithms(schemes.map(SignatureScheme).to_vec()),
            0x2b => ExtensionBody::SupportedVersions([0x6a6a, 0x0304, 0x0303].map(Version).to_vec()),
            _ => ExtensionBody::Other(vec![]),
        };
        ClientHello {
            version: Version(0x0303),
            random: [0; 32],
            session_id: vec![],
            cipher_suites: suites.map(CipherSuite).to_vec(),
            compression_methods: vec![0],
            extensions: kinds
                .map(|kind| Extension { kind: ExtensionType(kind), length: 0, body: body(kind) })
                .to_vec(),
        }
    }

    #[test]
    fn ja4_of_the_description() {
        assert_eq!(ja4(&browser()), "t13d1516h2_8daaf6152771_e5627efa2ab1");
        let raw = "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_\
            0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_\
            0403,0804,0401,0503,0805,0501,0806,0601";
        assert_eq!(ja4_raw(&browser()), raw);
    }

    #[test]
    fn what_is_absent_is_zero() {
        let mut hello = browser();
        hello.extensions.clear();
        hello.cipher_suites.clear();
        assert_eq!(ja4(&hello), "t12i000000_000000000000_000000000000");
        assert_eq!(ja3_string(&hello), "771,,,,");
    }

    #[test]
    fn alpn_that_is_no_text_shows_as_hexadecimal() {
        let check = |name: &[u8], expected: &str| {
            let mut hello = browser();
            hello.extensions.retain(|extension| extension.kind != ExtensionType::ALPN);
            let body = ExtensionBody::Alpn(vec![name.to_vec()]);
            hello.extensions.push(Extension { kind: ExtensionType::ALPN, length: 0, body });
            assert_eq!(alpn(&hello), expected, "{name:02x?}");
        };
        check(b"http/1.1", "h1");
        check(b"x", "xx");
        check(&[0xab, 0xcd], "ad");
        check(&[0x30, 0xab], "3b");
    }

    #[test]
    fn what_repeats_counts_each_time_and_grease_never() {
        let mut hello = browser();
        let before = ja4(&hello);
        let point_formats = |formats: &[u8]| ExtensionBody::EcPointFormats(formats.to_vec());
        let groups =
            |groups: &[u16]| ExtensionBody::SupportedGroups(groups.iter().copied().map(NamedGroup).collect());
        for (kind, body) in [(10, groups(&[0x3a3a, 29])), (11, point_formats(&[0]))] {
            let body =
                [body.clone(), body].map(|body| Extension { kind: ExtensionType(kind), length: 0, body });
            hello.extensions.retain(|extension| extension.kind.0 != kind);
            hello.extensions.extend(body);
        }
        let tail = "0-23-65281-35-16-5-13-18-51-45-43-27-21-17513-10-10-11-11,29,0";
        assert!(ja3_string(&hello).ends_with(tail), "{}", ja3_string(&hello));
        let after = ja4(&hello);
        assert_eq!((&before[..10], &after[..10]), ("t13d1516h2", "t13d1518h2"));
        assert_ne!(before[23..], after[23..]);
    }

    #[test]
    fn only_the_schemes_of_the_handshake_are_hashed() {
        let mut hello = browser();
        for extension in &mut hello.extensions {
            if extension.kind == ExtensionType::SIGNATURE_ALGORITHMS {
                extension.kind = ExtensionType::SIGNATURE_ALGORITHMS_CERT;
                extension.body = ExtensionBody::SignatureAlgorithmsCert(vec![SignatureScheme(0x0403)]);
            }
        }
        assert!(ja4_raw(&hello).ends_with(",0032,0033,4469,ff01"), "{}", ja4_raw(&hello));
    }
}
