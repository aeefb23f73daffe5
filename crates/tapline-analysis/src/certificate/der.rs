//! Just enough of DER (X.690 §8, §10) to walk what no library of ours reads: OCSP responses, and the octets that a
//! signature covers.

/// A tag octet with its class and form; tags above 30 occur in nothing that is read here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Tag(pub(super) u8);

impl Tag {
    pub(super) const INTEGER: Self = Self(0x02);
    pub(super) const BIT_STRING: Self = Self(0x03);
    pub(super) const OCTET_STRING: Self = Self(0x04);
    pub(super) const OBJECT_IDENTIFIER: Self = Self(0x06);
    pub(super) const ENUMERATED: Self = Self(0x0a);
    pub(super) const GENERALIZED_TIME: Self = Self(0x18);
    pub(super) const SEQUENCE: Self = Self(0x30);

    /// `[number]` around a whole element, or around parts of one.
    pub(super) const fn constructed(number: u8) -> Self {
        Self(0xa0 | number)
    }

    /// `[number]` in place of a tag.
    pub(super) const fn context(number: u8) -> Self {
        Self(0x80 | number)
    }
}

/// One element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Element<'a> {
    pub(super) tag: Tag,
    /// Its contents.
    pub(super) contents: &'a [u8],
    /// Tag, length and contents.
    pub(super) whole: &'a [u8],
}

/// Elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The next element, whatever it is.
    pub(super) fn next(&mut self) -> Option<Element<'a>> {
        let (&[tag, first], rest) = self.0.split_first_chunk::<2>()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, body) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (octets, body) = rest.split_at_checked(usize::from(first & 0x7f))?;
            // Four octets of length are more than any message has; none at all is BER's indefinite form.
            if octets.is_empty() || octets.len() > 4 {
                return None;
            }
            (octets.iter().fold(0, |length, &octet| length << 8 | usize::from(octet)), body)
        };
        let (contents, left) = body.split_at_checked(length)?;
        let whole = self.0.get(..self.0.len() - left.len())?;
        self.0 = left;
        Some(Element { tag: Tag(tag), contents, whole })
    }

    /// The next element, if it has this tag; else nothing is taken.
    pub(super) fn take(&mut self, tag: Tag) -> Option<Element<'a>> {
        let mut ahead = *self;
        let element = ahead.next().filter(|element| element.tag == tag)?;
        *self = ahead;
        Some(element)
    }

    /// The inside of the next element, if it has this tag.
    pub(super) fn enter(&mut self, tag: Tag) -> Option<Self> {
        self.take(tag).map(|element| Self(element.contents))
    }
}

/// What a certificate's issuer signed, how, and the signature (RFC 5280 §4.1).
pub(super) struct Signed<'a> {
    /// The TBSCertificate with its tag.
    pub(super) message: &'a [u8],
    /// The contents of the AlgorithmIdentifier.
    pub(super) algorithm: &'a [u8],
    pub(super) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(super) fn of(certificate: &'a [u8]) -> Option<Self> {
        let mut inside = Reader::new(certificate).enter(Tag::SEQUENCE)?;
        let message = inside.take(Tag::SEQUENCE)?.whole;
        let algorithm = inside.take(Tag::SEQUENCE)?.contents;
        Some(Self { message, algorithm, signature: bits(inside.take(Tag::BIT_STRING)?)? })
    }
}

/// A SubjectPublicKeyInfo: the contents of its AlgorithmIdentifier, and the key (RFC 5280 §4.1.2.7).
pub(super) fn public_key(info: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut inside = Reader::new(info).enter(Tag::SEQUENCE)?;
    let algorithm = inside.take(Tag::SEQUENCE)?.contents;
    Some((algorithm, bits(inside.take(Tag::BIT_STRING)?)?))
}

/// A BIT STRING of whole octets.
fn bits(element: Element<'_>) -> Option<&[u8]> {
    let (&unused, octets) = element.contents.split_first()?;
    (unused == 0).then_some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(octets: &[u8], expected: Option<(u8, &[u8], usize)>) {
        let mut reader = Reader::new(octets);
        let element = reader.next().map(|element| (element.tag.0, element.contents, reader.0.len()));
        assert_eq!(element, expected, "{octets:02x?}");
    }

    #[test]
    fn an_element_is_its_tag_its_length_and_its_contents() {
        check(&[0x02, 1, 5, 9], Some((0x02, &[5], 1)));
        check(&[0x30, 0x81, 2, 5, 6], Some((0x30, &[5, 6], 0)));
        check(&[0x30, 0x82, 0, 1, 5], Some((0x30, &[5], 0)));
        check(&[0x05, 0], Some((0x05, &[], 0)));
    }

    #[test]
    fn what_is_no_element_is_refused() {
        for octets in [&[][..], &[0x02], &[0x02, 2, 5], &[0x30, 0x80, 0, 0], &[0x3f, 1, 5], &[0x30, 0x82, 1]]
        {
            check(octets, None);
        }
        check(&[0x30, 0x85, 0, 0, 0, 0, 1, 5], None);
        check(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 5], None);
    }

    #[test]
    fn another_tag_takes_nothing() {
        let mut reader = Reader::new(&[0x02, 1, 5]);
        assert_eq!(reader.take(Tag::SEQUENCE), None);
        assert_eq!(reader.take(Tag::INTEGER).map(|element| element.whole), Some(&[0x02, 1, 5][..]));
    }
}
