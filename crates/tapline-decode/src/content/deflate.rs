//! gzip (RFC 1952), zlib (RFC 1950) and deflate alone (RFC 1951).

use flate2::{Decompress, FlushDecompress, Status};

use super::Stop;
use crate::parse::portion;

/// The largest window, bits: what every sender may use.
const WINDOW_BITS: u8 = 15;

/// Octets of content that are handed on at once.
const BLOCK: usize = 8 << 10;

/// What is inflated, as far as it is known.
#[derive(Debug)]
enum Form {
    /// Members, one after the other (RFC 1952 §2.2).
    Gzip,
    /// `deflate` as a coding: its first two octets say whether they are zlib's header.
    Undecided { first: Option<u8> },
    /// zlib or deflate alone.
    Single,
}

/// Inflates a body.
#[derive(Debug)]
pub(super) struct Inflater {
    form: Form,
    stream: Option<Box<Decompress>>,
    over: bool,
}

impl Inflater {
    pub(super) fn gzip() -> Self {
        Self { form: Form::Gzip, stream: None, over: false }
    }

    pub(super) fn zlib_or_raw() -> Self {
        Self { form: Form::Undecided { first: None }, stream: None, over: false }
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    pub(super) fn push(
        &mut self,
        octets: &[u8],
        out: &mut dyn FnMut(&[u8]) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let Form::Undecided { first } = &mut self.form else { return self.inflate(octets, out) };
        let Some((&octet, rest)) = octets.split_first() else { return Ok(()) };
        let Some(before) = *first else {
            *first = Some(octet);
            return self.push(rest, out);
        };
        self.form = Form::Single;
        self.stream = Some(Box::new(Decompress::new(is_zlib_header(before, octet))));
        self.inflate(&[before, octet], out)?;
        self.inflate(rest, out)
    }

    fn inflate(
        &mut self,
        mut octets: &[u8],
        out: &mut dyn FnMut(&[u8]) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut block = [0; BLOCK];
        loop {
            if self.over && !octets.is_empty() {
                self.next_member(octets)?;
            }
            let stream = self.stream.get_or_insert_with(|| Box::new(Decompress::new_gzip(WINDOW_BITS)));
            let (in_before, out_before) = (stream.total_in(), stream.total_out());
            let status = stream.decompress(octets, &mut block, FlushDecompress::None);
            let used = portion(stream.total_in() - in_before, octets.len());
            let made = portion(stream.total_out() - out_before, BLOCK);
            octets = octets.get(used..).unwrap_or_default();
            out(block.get(..made).unwrap_or_default())?;
            match status {
                Err(_) => return Err(Stop::Broken),
                Ok(Status::StreamEnd) => self.over = true,
                Ok(Status::Ok | Status::BufError) if used == 0 && made == 0 && !octets.is_empty() => {
                    return Err(Stop::Broken);
                }
                Ok(Status::Ok | Status::BufError) => {}
            }
            if octets.is_empty() && made < BLOCK {
                return Ok(());
            }
        }
    }

    /// What follows the end is another member or does not belong there.
    fn next_member(&mut self, octets: &[u8]) -> Result<(), Stop> {
        // The first octet of a member: a second one is held against its header.
        if !matches!(self.form, Form::Gzip) || octets.first() != Some(&0x1f) {
            return Err(Stop::Trailing);
        }
        self.stream = None;
        self.over = false;
        Ok(())
    }
}

/// Whether two octets are a zlib header (RFC 1950 §2.2): method 8, and a multiple of 31 together.
fn is_zlib_header(first: u8, second: u8) -> bool {
    first & 0xf == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}
