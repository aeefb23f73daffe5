//! The Huffman code of RFC 7541 Appendix B.
//!
//! The code is canonical: sorted by length and then by symbol, each code is the one before it plus one. So
//! the lengths alone are the whole table, and everything that decodes is computed from them while compiling.

/// Octets of each symbol's code in bits; symbol 256 is EOS.
#[rustfmt::skip]
const BITS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7,
    7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21,
    23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24,
    21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];

/// The shortest code and the longest.
const BITS_MIN: usize = 5;
const BITS_MAX: u32 = 30;
/// What so many bits begin with is found in one look.
const SHORT_BITS: u32 = 12;
const SHORT: usize = 1 << SHORT_BITS;
const EOS: u16 = 256;

/// Codes of one length: the first of them, how many there are, and where their symbols begin in `sorted`.
#[derive(Clone, Copy)]
struct Length {
    bits: u32,
    first: u32,
    count: u32,
    at: usize,
}

/// The codes that some bits begin with: two of them, where both are whole, or one, or none that is as short.
#[derive(Clone, Copy)]
struct Few {
    symbols: [u8; 2],
    /// The length of the first; 0: a longer code.
    first_bits: u8,
    /// The length of both, or of the only one.
    bits: u8,
}

struct Tables {
    /// By the next [`SHORT_BITS`] bits.
    short: [Few; SHORT],
    /// Lengths above these, shortest first.
    long: [Length; (BITS_MAX - SHORT_BITS) as usize],
    /// Symbols by code.
    sorted: [u16; 257],
}

static TABLES: Tables = tables();

#[expect(clippy::indexing_slicing, reason = "runs while compiling: out of bounds would not compile")]
#[expect(clippy::cast_possible_truncation, reason = "symbols below 256, lengths up to 30")]
const fn tables() -> Tables {
    let unused = Length { bits: 0, first: 0, count: 0, at: 0 };
    let none = Few { symbols: [0; 2], first_bits: 0, bits: 0 };
    let long = [unused; (BITS_MAX - SHORT_BITS) as usize];
    let mut built = Tables { short: [none; SHORT], long, sorted: [0; 257] };
    let (mut bits, mut code, mut at) = (1_u32, 0_u32, 0_usize);
    while bits <= BITS_MAX {
        let (first, first_at) = (code, at);
        let mut symbol = 0;
        while symbol < 257 {
            if BITS[symbol] as u32 == bits {
                built.sorted[at] = symbol as u16;
                if bits <= SHORT_BITS {
                    let mut tail = 0;
                    while tail < 1 << (SHORT_BITS - bits) {
                        built.short[((code << (SHORT_BITS - bits)) | tail) as usize] =
                            Few { symbols: [symbol as u8, 0], first_bits: bits as u8, bits: bits as u8 };
                        tail += 1;
                    }
                }
                code += 1;
                at += 1;
            }
            symbol += 1;
        }
        if bits > SHORT_BITS {
            built.long[(bits - SHORT_BITS - 1) as usize] =
                Length { bits, first, count: code - first, at: first_at };
        }
        code <<= 1;
        bits += 1;
    }
    let mut nth = 0;
    while nth < SHORT {
        let first = built.short[nth].first_bits;
        let second = built.short[(nth << first) % SHORT];
        if first > 0 && second.first_bits > 0 && (first + second.first_bits) as u32 <= SHORT_BITS {
            built.short[nth].symbols[1] = second.symbols[0];
            built.short[nth].bits = first + second.first_bits;
        }
        nth += 1;
    }
    built
}

/// What makes a string no Huffman code (RFC 7541 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http2) enum Fault {
    /// The EOS symbol stands inside.
    Eos,
    /// Padding is longer than seven bits or is not the beginning of EOS.
    Padding,
}

/// Appends the decoded octets to `output`. What came before a fault stays there.
pub(in crate::http2) fn decode(input: &[u8], output: &mut Vec<u8>) -> Result<(), Fault> {
    output.reserve(input.len() * 8 / BITS_MIN + 1);
    let mut octets = input;
    // The next bits, from the top; `held` of them count, and behind these are the same bits or zeros.
    let (mut next, mut held) = (0_u64, 0_u32);
    loop {
        if held < BITS_MAX {
            refill(&mut octets, &mut next, &mut held);
        }
        let top = usize::try_from(next >> (64 - SHORT_BITS)).unwrap_or_default();
        let Some(&few) = TABLES.short.get(top) else { return Err(Fault::Padding) };
        let (first_bits, both_bits) = (u32::from(few.first_bits), u32::from(few.bits));
        let bits = if first_bits == 0 || first_bits > held {
            match long(next, held) {
                Some((EOS, _)) => return Err(Fault::Eos),
                Some((symbol, bits)) => {
                    output.extend(u8::try_from(symbol));
                    bits
                }
                None => return padding(next, held),
            }
        } else if first_bits < both_bits && both_bits <= held {
            output.extend_from_slice(&few.symbols);
            both_bits
        } else {
            let [symbol, _] = few.symbols;
            output.push(symbol);
            first_bits
        };
        next <<= bits;
        held -= bits;
    }
}

/// Takes as many octets as there is room for.
fn refill(octets: &mut &[u8], next: &mut u64, held: &mut u32) {
    if let Some(eight) = octets.first_chunk::<8>() {
        *next |= u64::from_be_bytes(*eight) >> *held;
        let taken = (64 - *held) / 8;
        *held += taken * 8;
        *octets = octets.get(taken as usize..).unwrap_or_default();
        return;
    }
    while let (true, Some((&octet, rest))) = (*held <= 56, octets.split_first()) {
        *next |= u64::from(octet) << (56 - *held);
        *held += 8;
        *octets = rest;
    }
}

fn long(next: u64, held: u32) -> Option<(u16, u32)> {
    for length in TABLES.long.iter().take_while(|length| length.bits <= held) {
        let code = u32::try_from(next >> (64 - length.bits)).ok()?;
        let nth = code.checked_sub(length.first)?;
        if nth < length.count {
            let at = length.at + usize::try_from(nth).ok()?;
            return TABLES.sorted.get(at).map(|&symbol| (symbol, length.bits));
        }
    }
    None
}

fn padding(next: u64, held: u32) -> Result<(), Fault> {
    let ones = !(u64::MAX.checked_shr(held).unwrap_or(0));
    if held < 8 && next == ones { Ok(()) } else { Err(Fault::Padding) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], expected: Result<&[u8], Fault>) {
        let mut output = Vec::new();
        let result = decode(input, &mut output).map(|()| &output[..]);
        assert_eq!(result, expected, "{input:02x?}");
    }

    #[test]
    fn strings_of_the_rfc_appendix_c4() {
        check(
            &[0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff],
            Ok(b"www.example.com"),
        );
        check(&[0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf], Ok(b"no-cache"));
        check(&[0x25, 0xa8, 0x49, 0xe9, 0x5b, 0xb8, 0xe8, 0xb4, 0xbf], Ok(b"custom-value"));
        check(b"", Ok(b""));
    }

    #[test]
    fn padding_is_at_most_seven_one_bits() {
        check(&[0x07], Ok(b"0")); // 00000 and 111
        check(&[0x06], Err(Fault::Padding));
        check(&[0x07, 0xff], Err(Fault::Padding));
    }

    #[test]
    fn eos_inside_is_a_fault() {
        check(&[0xff, 0xff, 0xff, 0xff], Err(Fault::Eos));
    }

    #[test]
    fn every_symbol_decodes_to_itself() {
        for symbol in 0..=255_u8 {
            let nth = TABLES.sorted.iter().position(|&s| s == u16::from(symbol)).unwrap();
            let bits = u32::from(BITS[usize::from(symbol)]);
            // Codes ascend by length: rebuild the code from its place.
            let mut code = 0_u64;
            let mut last = u32::from(BITS[usize::from(TABLES.sorted[0])]);
            for &s in &TABLES.sorted[1..=nth.max(1)].iter().take(nth).copied().collect::<Vec<_>>() {
                let now = u32::from(BITS[usize::from(s)]);
                code = (code + 1) << (now - last);
                last = now;
            }
            let padded = (code << (40 - bits)) | ((1 << (40 - bits)) - 1);
            let octets = usize::try_from(bits.div_ceil(8)).unwrap();
            check(&padded.to_be_bytes()[3..3 + octets], Ok(&[symbol]));
        }
    }
}
