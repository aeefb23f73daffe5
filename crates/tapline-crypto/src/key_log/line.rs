//! One line of a key log.

use super::{BadLineReason, Secrets};
use crate::limits::PREMASTER_OCTETS_MAX;

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Empty, a comment, or what no record can be opened with.
    Nothing,
    /// `<label> <client random> <secret>` (RFC 9850 §2).
    Random { label: Label, random: [u8; 32], secret: Vec<u8> },
    /// `RSA Session-ID:<id> Master-Key:<master secret>`, as `openssl s_client` says it.
    Session { id: Vec<u8>, master: Vec<u8> },
    /// `RSA <first 8 octets of the encrypted premaster secret> <premaster secret>`.
    Encrypted { front: [u8; 8], premaster: Vec<u8> },
}

/// The labels whose secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Master,
    Premaster,
    ClientEarly,
    ClientHandshake,
    ServerHandshake,
    ClientApplication,
    ServerApplication,
    EarlyExporter,
    Exporter,
}

impl Label {
    /// None for what is known and opens no records. The exporters have been written by two names.
    fn of(word: &[u8]) -> Result<Option<Self>, BadLineReason> {
        Ok(Some(match word {
            b"CLIENT_RANDOM" => Self::Master,
            b"PMS_CLIENT_RANDOM" => Self::Premaster,
            b"CLIENT_EARLY_TRAFFIC_SECRET" => Self::ClientEarly,
            b"CLIENT_HANDSHAKE_TRAFFIC_SECRET" => Self::ClientHandshake,
            b"SERVER_HANDSHAKE_TRAFFIC_SECRET" => Self::ServerHandshake,
            b"CLIENT_TRAFFIC_SECRET_0" => Self::ClientApplication,
            b"SERVER_TRAFFIC_SECRET_0" => Self::ServerApplication,
            b"EARLY_EXPORTER_SECRET" | b"EARLY_EXPORTER_MASTER_SECRET" => Self::EarlyExporter,
            b"EXPORTER_SECRET" | b"EXPORTER_MASTER_SECRET" => Self::Exporter,
            b"ECH_SECRET" | b"ECH_CONFIG" => return Ok(None),
            // Later generations follow from the first one; QUIC's secrets open no records.
            _ if is_later_generation(word) || word.starts_with(b"QUIC_") => return Ok(None),
            _ => return Err(BadLineReason::UnknownLabel),
        }))
    }

    /// All, with the names of RFC 9850 where there are several.
    pub(super) const ALL: [(&'static str, Self); 9] = [
        ("CLIENT_RANDOM", Self::Master),
        ("PMS_CLIENT_RANDOM", Self::Premaster),
        ("CLIENT_EARLY_TRAFFIC_SECRET", Self::ClientEarly),
        ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", Self::ClientHandshake),
        ("SERVER_HANDSHAKE_TRAFFIC_SECRET", Self::ServerHandshake),
        ("CLIENT_TRAFFIC_SECRET_0", Self::ClientApplication),
        ("SERVER_TRAFFIC_SECRET_0", Self::ServerApplication),
        ("EARLY_EXPORTER_SECRET", Self::EarlyExporter),
        ("EXPORTER_SECRET", Self::Exporter),
    ];

    /// Where its secret is kept.
    pub(super) fn field(self, secrets: &mut Secrets) -> &mut Option<Vec<u8>> {
        match self {
            Self::Master => &mut secrets.master,
            Self::Premaster => &mut secrets.premaster,
            Self::ClientEarly => &mut secrets.client_early,
            Self::ClientHandshake => &mut secrets.client_handshake,
            Self::ServerHandshake => &mut secrets.server_handshake,
            Self::ClientApplication => &mut secrets.client_application,
            Self::ServerApplication => &mut secrets.server_application,
            Self::EarlyExporter => &mut secrets.early_exporter,
            Self::Exporter => &mut secrets.exporter,
        }
    }

    /// A secret of TLS 1.3 is as long as the suite's hash.
    fn takes(self, length: usize) -> bool {
        match self {
            Self::Master => length == 48,
            Self::Premaster => (1..=PREMASTER_OCTETS_MAX).contains(&length),
            _ => matches!(length, 32 | 48 | 64),
        }
    }
}

/// `CLIENT_TRAFFIC_SECRET_1` and so on; OpenSSL 3.0 writes `N` for all of them.
fn is_later_generation(word: &[u8]) -> bool {
    let number = word
        .strip_prefix(b"CLIENT_TRAFFIC_SECRET_".as_slice())
        .or_else(|| word.strip_prefix(b"SERVER_TRAFFIC_SECRET_".as_slice()));
    number.is_some_and(|number| number == b"N" || !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}

/// Octets as lines have them.
pub(super) fn hexadecimal(octets: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}

/// Reads a line without its line feed.
pub(super) fn line(line: &[u8]) -> Result<Line, BadLineReason> {
    let line = line.trim_ascii();
    if line.is_empty() || line.starts_with(b"#") {
        return Ok(Line::Nothing);
    }
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    if first == b"RSA" {
        let [one, two] = two(words)?;
        return rsa(one, two);
    }
    let Some(label) = Label::of(first)? else { return Ok(Line::Nothing) };
    let [random, secret] = two(words)?;
    let random = array(&octets(random)?)?;
    let secret = octets(secret)?;
    if label.takes(secret.len()) {
        Ok(Line::Random { label, random, secret })
    } else {
        Err(BadLineReason::WrongSecretLength)
    }
}

/// What follows `RSA`.
fn rsa(one: &[u8], two: &[u8]) -> Result<Line, BadLineReason> {
    if let Some(id) = one.strip_prefix(b"Session-ID:".as_slice()) {
        let master = two.strip_prefix(b"Master-Key:".as_slice()).ok_or(BadLineReason::WrongWords)?;
        let (id, master) = (octets(id)?, octets(master)?);
        return match (id.len(), master.len()) {
            (1..=32, 48) => Ok(Line::Session { id, master }),
            (1..=32, _) => Err(BadLineReason::WrongSecretLength),
            _ => Err(BadLineReason::WrongKeyLength),
        };
    }
    let (front, premaster) = (array(&octets(one)?)?, octets(two)?);
    if premaster.len() == 48 {
        Ok(Line::Encrypted { front, premaster })
    } else {
        Err(BadLineReason::WrongSecretLength)
    }
}

fn two<'a>(mut words: impl Iterator<Item = &'a [u8]>) -> Result<[&'a [u8]; 2], BadLineReason> {
    match (words.next(), words.next(), words.next()) {
        (Some(one), Some(two), None) => Ok([one, two]),
        _ => Err(BadLineReason::WrongWords),
    }
}

fn array<const N: usize>(octets: &[u8]) -> Result<[u8; N], BadLineReason> {
    octets.try_into().map_err(|_| BadLineReason::WrongKeyLength)
}

/// The octets of a hexadecimal word.
pub(crate) fn octets(word: &[u8]) -> Result<Vec<u8>, BadLineReason> {
    // What is too long for every label is not worth the memory; one octet more is enough to be refused.
    let word = word.get(..2 * PREMASTER_OCTETS_MAX + 2).unwrap_or(word);
    let (pairs, []) = word.as_chunks() else { return Err(BadLineReason::NotHexadecimal) };
    let octet = |&[high, low]: &[u8; 2]| Some(digit(high)? << 4 | digit(low)?);
    pairs.iter().map(octet).collect::<Option<_>>().ok_or(BadLineReason::NotHexadecimal)
}

fn digit(letter: u8) -> Option<u8> {
    char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
