//! Secrets that stand behind the packets they open, found by stepping from block to block.
//!
//! ```text
//!   file  ├─ walk ───────>├─ walk ───────>├─ walk ───────>├─ walk ───────>┤
//! ```
//!
//! A step has to wait until the memory is there that the step before it led to. Walks that go side by side, each through
//! a stretch of its own, wait together. All but the first begin where a block seems to begin: that it does shows when
//! the walk before arrives there.

use nom::number::Endianness;

use super::block::{self, BLOCK_BYTES_MIN, Head};
use crate::facts::{BlockKind, Secret};
use crate::limits::{AHEAD_STRETCH_BYTES, AHEAD_WALKS_MAX, RESYNC_BLOCK_BYTES_MAX, SECRET_BYTES_MAX};
use crate::parse::value;

/// The secrets of a file that is here as a whole, up to the first block whose frame is wrong. Only frames are looked
/// at, so this costs little beside reading the packets.
pub(crate) fn secrets(file: &[u8]) -> Vec<Secret> {
    let (mut secrets, mut room) = (Vec::new(), SECRET_BYTES_MAX);
    let stretch = (file.len() / AHEAD_WALKS_MAX).max(AHEAD_STRETCH_BYTES);
    for place in places(file, stretch) {
        let Some((head, length)) = frame(file, place) else { break };
        let Some(body) = file.get(place.at + 8..place.at + length - 4) else { break };
        let Ok((kind, bytes)) = value(block::secrets(body, head.order)) else { continue };
        let Some(left) = room.checked_sub(bytes.len()) else { break };
        room = left;
        secrets.push(Secret { kind, bytes: bytes.to_vec(), after_packet: 0 });
    }
    secrets
}

/// Where a block begins, and the byte order of the section before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place {
    at: usize,
    order: Endianness,
}

/// Steps through a stretch of a file.
struct Walk {
    begin: Place,
    here: Place,
    /// The beginning of the next stretch.
    end: usize,
    is_broken: bool,
    /// The blocks of secrets that it came by.
    secrets: Vec<Place>,
}

/// The blocks of secrets in their order, found by walks of so many bytes.
fn places(file: &[u8], stretch: usize) -> Vec<Place> {
    let mut walks = Walk::through(file, stretch.next_multiple_of(4));
    while walks.iter_mut().fold(false, |any, walk| walk.step(file) | any) {}
    let mut places = Vec::new();
    let mut walks = walks.into_iter().peekable();
    while let Some(mut walk) = walks.next() {
        let begin = walks.peek().map(|next| next.begin);
        let is_joined = begin == Some(walk.here);
        if !is_joined {
            // What the next walk took for a block is none: this one goes on alone.
            walk.end = file.len();
            while walk.step(file) {}
        }
        places.append(&mut walk.secrets);
        if !is_joined {
            break;
        }
    }
    places
}

impl Walk {
    /// Walks that have not begun, one after the other through the whole file.
    fn through(file: &[u8], stretch: usize) -> Vec<Self> {
        let first = Place { at: 0, order: Endianness::Little };
        let order = frame(file, first).map_or(first.order, |(head, _)| head.order);
        let later = (stretch..file.len()).step_by(stretch);
        let mut begins = vec![first];
        begins.extend(later.filter_map(|from| first_block(file, Place { at: from, order }, stretch)));
        let ends = begins.iter().skip(1).map(|next| next.at).chain([file.len()]);
        let walk = |(&begin, end)| Self { begin, here: begin, end, is_broken: false, secrets: Vec::new() };
        begins.iter().zip(ends).map(walk).collect()
    }

    /// Steps over one block; `false` at the end of the stretch and where a frame is wrong.
    fn step(&mut self, file: &[u8]) -> bool {
        if self.is_broken || self.here.at >= self.end {
            return false;
        }
        let Some((head, length)) = frame(file, self.here) else {
            self.is_broken = true;
            return false;
        };
        if head.kind == BlockKind::SECRETS {
            self.secrets.push(self.here);
        }
        self.here = Place { at: self.here.at + length, order: head.order };
        true
    }
}

/// The first place in the next so many bytes where two blocks follow each other.
fn first_block(file: &[u8], from: Place, bytes: usize) -> Option<Place> {
    (from.at..from.at + bytes).step_by(4).map(|at| Place { at, ..from }).find(|&place| {
        let is_likely = |place: Place| {
            let rest = file.get(place.at..)?;
            block::likely(rest, place.order, RESYNC_BLOCK_BYTES_MAX)?;
            frame(file, place)
        };
        let next = |(head, length): (Head, usize)| Place { at: place.at + length, order: head.order };
        is_likely(place).is_some_and(|found| is_likely(next(found)).is_some())
    })
}

/// The head of a block and its length with padding, where its frame is right.
fn frame(file: &[u8], place: Place) -> Option<(Head, usize)> {
    let rest = file.get(place.at..)?;
    if let Some(whole) = block::whole(rest, place.order) {
        return Some(whole);
    }
    let head = value(block::head(rest, place.order)).ok()?;
    let claimed = usize::try_from(head.length).ok().filter(|claimed| *claimed >= BLOCK_BYTES_MIN)?;
    let length = claimed.next_multiple_of(4);
    (block::trailer(rest, length, head.order) == Some(head.length)).then_some((head, length))
}

#[cfg(test)]
mod tests {
    use tapline_packet::{LinkType, Packet};

    use super::*;
    use crate::{Interface, PcapngWriter};

    #[test]
    fn secrets_are_found_wherever_they_stand() {
        let mut writer = PcapngWriter::new(Vec::new(), "test").unwrap();
        let described = Interface { link_type: Some(LinkType::ETHERNET), ..Interface::default() };
        let interface = writer.interface(&described).unwrap();
        writer.secrets(Secret::TLS_KEY_LOG, b"first").unwrap();
        let packet = Packet {
            number: 1,
            at: None,
            interface,
            link_type: LinkType::ETHERNET,
            wire_length: 5,
            data: b"octet",
        };
        writer.packet(&packet, None).unwrap();
        writer.secrets(Secret::TLS_KEY_LOG, b"second").unwrap();
        let mut file = writer.into_inner();
        let texts = |file: &[u8]| secrets(file).into_iter().map(|secret| secret.bytes).collect::<Vec<_>>();
        assert_eq!(texts(&file), [b"first".to_vec(), b"second".to_vec()]);
        for end in 0..file.len() {
            assert!(secrets(&file[..end]).len() <= 2);
        }
        file.extend([0; 16]);
        assert_eq!(texts(&file).len(), 2);
    }

    #[test]
    fn walks_are_so_many_and_so_long() {
        let block = |kind: u32, body: &[u8]| {
            let length = u32::try_from(body.len() + BLOCK_BYTES_MIN).unwrap().to_le_bytes();
            [&kind.to_le_bytes()[..], &length, body, &length].concat()
        };
        let header = block(0x0a0d_0d0a, &[&0x1a2b_3c4d_u32.to_le_bytes()[..], &[0; 12]].concat());
        let secret = block(10, &[&1_u32.to_le_bytes()[..], &4_u32.to_le_bytes(), b"text"].concat());
        let packets = block(6, &[0xee; 1 << 12]).repeat(16);
        let part = [secret, packets].concat();
        for octets in
            [AHEAD_STRETCH_BYTES / 2, AHEAD_STRETCH_BYTES, (AHEAD_WALKS_MAX + 1) * AHEAD_STRETCH_BYTES]
        {
            let parts = octets / part.len();
            let file = [header.clone(), part.repeat(parts)].concat();
            assert_eq!(secrets(&file).len(), parts);
        }
    }

    /// Blocks inside packets are taken for blocks where a walk begins with them, and a section may turn the byte order.
    #[test]
    fn walks_side_by_side_find_what_one_finds() {
        let block = |kind: u32, body: &[u8], order: Endianness| {
            let length = u32::try_from(body.len() + BLOCK_BYTES_MIN).unwrap();
            let octets = |number: u32| match order {
                Endianness::Big => number.to_be_bytes(),
                _ => number.to_le_bytes(),
            };
            [&octets(kind)[..], &octets(length), body, &octets(length)].concat()
        };
        let mut file = Vec::new();
        for order in [Endianness::Little, Endianness::Big, Endianness::Little] {
            let magic: u32 = 0x1a2b_3c4d;
            let magic = if order == Endianness::Big { magic.to_be_bytes() } else { magic.to_le_bytes() };
            file.extend(block(0x0a0d_0d0a, &[&magic[..], &[0; 12]].concat(), order));
            for number in 0..40 {
                let inner = block(10, &[number; 8], order).repeat(usize::from(number % 4));
                file.extend(block(6, &[&[0; 20][..], &inner].concat(), order));
                file.extend(block(10, &[number; 12], order));
            }
        }
        let expected = places(&file, file.len());
        assert_eq!(expected.len(), 120);
        for stretch in (4..file.len()).step_by(4) {
            assert!(places(&file, stretch) == expected, "{stretch}");
        }
        let middle = file.len() / 2;
        file[middle..middle + 64].fill(0xee);
        let expected = places(&file, file.len());
        assert!((40..70).contains(&expected.len()), "{}", expected.len());
        for stretch in (4..file.len()).step_by(52) {
            assert!(places(&file, stretch) == expected, "{stretch}");
        }
    }
}
