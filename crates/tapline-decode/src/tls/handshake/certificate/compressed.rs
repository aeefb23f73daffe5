//! A compressed certificate message (RFC 8879), and what is inside.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{Decompress, FlushDecompress, Status};

use super::{Certificate, certificate};
use crate::anomaly::{self, Anomaly};
use crate::limits::TLS_HANDSHAKE_MAX;
use crate::parse::{Parsed, fault, size, span, u16, u24, vector24};
use crate::tls::CertificateCompression;
use crate::tls::handshake::Era;

/// RFC 8879 §4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompressedCertificate {
    /// How it is compressed.
    pub algorithm: CertificateCompression,
    /// Octets of the certificate message inside, as the sender says.
    pub uncompressed_length: u32,
    /// The compressed certificate message.
    pub compressed: Vec<u8>,
    /// The certificate message inside; `None` where it cannot be had, and an anomaly says why.
    pub certificate: Option<Certificate>,
}

impl CertificateCompression {
    /// RFC 1950.
    pub const ZLIB: Self = Self(1);
    /// RFC 7932.
    pub const BROTLI: Self = Self(2);
    /// RFC 8878.
    pub const ZSTD: Self = Self(3);
}

pub(in crate::tls::handshake) fn compressed_certificate<'a>(
    input: &'a [u8],
    oddities: &mut Vec<Anomaly>,
) -> Parsed<'a, CompressedCertificate> {
    let (input, algorithm) = u16("algorithm", input)?;
    let (input, uncompressed_length) = u24("uncompressed_length", input)?;
    let (input, compressed) = vector24("compressed_certificate_message", input)?;
    let algorithm = CertificateCompression(algorithm);
    let certificate = inside(algorithm, uncompressed_length, compressed, oddities)
        .map_err(|detail| oddities.push(Anomaly::new(anomaly::TLS_CERTIFICATE_COMPRESSION, detail)))
        .ok();
    let compressed = compressed.to_vec();
    Ok((input, CompressedCertificate { algorithm, uncompressed_length, compressed, certificate }))
}

/// The certificate message inside, or why there is none.
fn inside(
    algorithm: CertificateCompression,
    length: u32,
    compressed: &[u8],
    oddities: &mut Vec<Anomaly>,
) -> Result<Certificate, String> {
    let length = size(length);
    if length > TLS_HANDSHAKE_MAX {
        return Err(format!("a compressed certificate claims {length} octets, more than are held"));
    }
    let body = decompressed(algorithm, length, compressed)?;
    if body.len() != length {
        let (more, there) = if body.len() > length { ("more than ", length) } else { ("", body.len()) };
        return Err(format!("a compressed certificate claims {length} octets and has {more}{there}"));
    }
    match certificate(&body, &[Era::Tls13], oddities) {
        Ok(([], certificate)) => Ok(certificate),
        Ok((rest, _)) => {
            Err(format!("{} octets are left over behind the compressed certificate", rest.len()))
        }
        Err(error) => Err(format!("certificate inside a compressed one: {}", fault(&error))),
    }
}

/// What was compressed, whole, or as far as one octet behind the claimed length: enough to show a wrong claim
/// without opening a bomb.
fn decompressed(algorithm: CertificateCompression, claimed: usize, input: &[u8]) -> Result<Vec<u8>, String> {
    let most = claimed.saturating_add(1);
    let output = match algorithm {
        CertificateCompression::ZLIB => zlib(input, most),
        CertificateCompression::BROTLI => brotli(input, most),
        CertificateCompression::ZSTD => zstd(input, most),
        _ => return Err(format!("certificate compression {algorithm} is not known")),
    };
    output.ok_or_else(|| format!("a certificate does not decompress by {algorithm}"))
}

fn zlib(input: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut output = Vec::with_capacity(most);
    let mut stream = Decompress::new(true);
    let status = stream.decompress_vec(input, &mut output, FlushDecompress::Finish).ok()?;
    let whole = status == Status::StreamEnd && stream.total_in() == span(input.len());
    (whole || output.len() >= most).then_some(output)
}

/// The strict form refuses the windows above 16 MiB that RFC 7932 §9.1 has no header for.
fn brotli(input: &[u8], most: usize) -> Option<Vec<u8>> {
    let allocator = StandardAlloc::default;
    let mut state = BrotliState::new_strict(allocator(), allocator(), allocator());
    let mut output = vec![0; most];
    let (mut unread, mut read, mut room, mut written, mut total) = (input.len(), 0, most, 0, 0);
    let result = BrotliDecompressStream(
        &mut unread,
        &mut read,
        input,
        &mut room,
        &mut written,
        &mut output,
        &mut total,
        &mut state,
    );
    let whole = matches!(result, BrotliResult::ResultSuccess) && unread == 0;
    output.truncate(written);
    (whole || written == most).then_some(output)
}

/// In one pass: the output is the window, and so a window needs no memory of its own.
fn zstd(input: &[u8], most: usize) -> Option<Vec<u8>> {
    zstd::bulk::decompress(input, most).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::handshake::testing::{TLS13, check as message};
    use crate::tls::{CertificateEntry, Handshake};

    /// A certificate message of one entry, `01 02 03` and no extension.
    const INSIDE: &[u8] = &[0, 0, 0, 8, 0, 0, 3, 1, 2, 3, 0, 0];

    fn zlib(octets: &[u8]) -> Vec<u8> {
        let mut output = Vec::with_capacity(octets.len() + 100);
        let mut stream = flate2::Compress::new(flate2::Compression::best(), true);
        stream.compress_vec(octets, &mut output, flate2::FlushCompress::Finish).unwrap();
        output
    }

    /// A stream of brotli with its octets uncompressed (RFC 7932 §9.2): WBITS 16, then one metablock of
    /// `MLEN - 1` in four nibbles that is uncompressed, then an empty last one.
    fn brotli(octets: &[u8]) -> Vec<u8> {
        let length = u32::try_from(octets.len() - 1).unwrap();
        // Bit 0: window; 1: not last; 2–3: four nibbles; 4–19: length; 20: uncompressed.
        let head = (length << 4) | (1 << 20);
        let mut output = head.to_le_bytes()[..3].to_vec();
        output.extend(octets);
        output.push(3);
        output
    }

    fn check(algorithm: u16, claimed: usize, compressed: &[u8], expected: Result<(), &str>) {
        let mut body = algorithm.to_be_bytes().to_vec();
        for length in [claimed, compressed.len()] {
            body.extend(&u32::try_from(length).unwrap().to_be_bytes()[1..]);
        }
        body.extend(compressed);
        let mut oddities = Vec::new();
        let (rest, message) = compressed_certificate(&body, &mut oddities).unwrap();
        assert_eq!(rest, []);
        assert_eq!(message.compressed, compressed);
        match expected {
            Ok(()) => {
                assert_eq!(oddities, []);
                assert_eq!(message.certificate.unwrap().der().collect::<Vec<_>>(), [[1, 2, 3]]);
            }
            Err(part) => {
                assert_eq!(message.certificate, None);
                assert_eq!(oddities[0].code, anomaly::TLS_CERTIFICATE_COMPRESSION);
                assert!(oddities[0].detail.contains(part), "{}", oddities[0].detail);
            }
        }
    }

    #[test]
    fn each_algorithm_is_opened() {
        check(1, INSIDE.len(), &zlib(INSIDE), Ok(()));
        check(2, INSIDE.len(), &brotli(INSIDE), Ok(()));
        check(3, INSIDE.len(), &zstd::bulk::compress(INSIDE, 3).unwrap(), Ok(()));
    }

    #[test]
    fn what_cannot_be_opened_is_said() {
        check(9, INSIDE.len(), INSIDE, Err("0x0009 is not known"));
        check(1, INSIDE.len(), b"nonsense", Err("does not decompress by zlib"));
        check(2, INSIDE.len(), &[0xff; 9], Err("does not decompress by brotli"));
        check(2, INSIDE.len(), &[0x11, 30, 0, 0], Err("does not decompress by brotli"));
        check(3, INSIDE.len(), b"nonsense", Err("does not decompress by zstd"));
        check(1, INSIDE.len(), &zlib(&INSIDE[..9]), Err("claims 12 octets and has 9"));
        check(1, INSIDE.len() - 1, &zlib(INSIDE), Err("has more than 11"));
        check(2, INSIDE.len() - 1, &brotli(INSIDE), Err("has more than 11"));
        check(2, INSIDE.len(), &brotli(&INSIDE[..9]), Err("claims 12 octets and has 9"));
        for (algorithm, stream) in
            [(1, zlib(INSIDE)), (2, brotli(INSIDE)), (3, zstd::bulk::compress(INSIDE, 3).unwrap())]
        {
            let cut = stream.len() - 1;
            check(algorithm, INSIDE.len(), &stream[..cut], Err("does not decompress"));
            check(algorithm, INSIDE.len(), &[&stream[..], &[0]].concat(), Err("does not decompress"));
        }
        check(3, 5, &zstd::bulk::compress(INSIDE, 3).unwrap(), Err("does not decompress by zstd"));
        check(1, 5, &zlib(&INSIDE[..5]), Err("certificate inside a compressed one"));
        check(1, TLS_HANDSHAKE_MAX + 1, &zlib(INSIDE), Err("more than are held"));
    }

    #[test]
    fn every_octet_of_the_message_matters() {
        let compressed = zlib(INSIDE);
        let text: Vec<_> = compressed.iter().map(|octet| format!("{octet:02x}")).collect();
        let entry = CertificateEntry { data: vec![1, 2, 3], extensions: vec![] };
        let expected = CompressedCertificate {
            algorithm: CertificateCompression::ZLIB,
            uncompressed_length: 12,
            certificate: Some(Certificate { request_context: vec![], chain: vec![entry] }),
            compressed,
        };
        let body = format!("0001 00000c 0000{:02x} {}", expected.compressed.len(), text.concat());
        message(TLS13, &body, &Handshake::CompressedCertificate(Box::new(expected)));
    }

    #[test]
    fn a_bomb_is_not_opened() {
        let bomb = zlib(&vec![0; 64 << 20]);
        assert!(bomb.len() < TLS_HANDSHAKE_MAX);
        assert_eq!(decompressed(CertificateCompression::ZLIB, 1000, &bomb).unwrap().len(), 1001);
    }
}
