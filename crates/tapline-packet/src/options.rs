//! TCP options (RFC 9293 §3.2). Read here and not by `etherparse`, whose iterator stops at the first option
//! it does not know: MPTCP, Fast Open and experiments are common.

use crate::limits::SACK_BLOCKS_MAX;

/// The options that analysis needs; the others are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpOptions {
    /// Maximum segment size, octets (kind 2).
    pub mss: Option<u16>,
    /// Window scale shift (RFC 7323 §2, kind 3), as sent: above 14 it counts as 14.
    pub window_scale: Option<u8>,
    /// SACK permitted (RFC 2018 §2, kind 4).
    pub sack_permitted: bool,
    /// SACK blocks (RFC 2018 §3, kind 5).
    pub sack: SackBlocks,
    /// Timestamp value and echo reply (RFC 7323 §3, kind 8).
    pub timestamps: Option<(u32, u32)>,
    /// Fast Open: octets of the cookie, 0 for a request (RFC 7413 §4.1.1, kind 34).
    pub fast_open_cookie: Option<u8>,
    /// Options of other kinds.
    pub others: u8,
    /// The option list breaks off or an option has an impossible length.
    pub malformed: bool,
}

/// SACK blocks: left and right edge each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SackBlocks {
    blocks: [(u32, u32); SACK_BLOCKS_MAX],
    count: u8,
}

impl SackBlocks {
    /// The blocks in wire order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.blocks.into_iter().take(usize::from(self.count))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn push(&mut self, block: (u32, u32)) {
        if let Some(free) = self.blocks.get_mut(usize::from(self.count)) {
            *free = block;
            self.count += 1;
        }
    }
}

/// Reads an option list; what stands before damage is kept.
#[inline]
pub(crate) fn tcp_options(list: &[u8]) -> TcpOptions {
    match list {
        // What RFC 7323 (appendix A) recommends, and nearly every segment behind the handshake has.
        [1, 1, 8, 10, stamps @ ..] if stamps.len() == 8 => {
            TcpOptions { timestamps: two_words(stamps), ..TcpOptions::default() }
        }
        [] => TcpOptions::default(),
        list => read(list),
    }
}

fn read(mut list: &[u8]) -> TcpOptions {
    let mut options = TcpOptions::default();
    while let [kind, rest @ ..] = list {
        match (kind, rest) {
            (0, _) => break,
            (1, _) => list = rest,
            (kind, [length, ..]) if *length >= 2 && usize::from(*length) <= list.len() => {
                let (option, after) = list.split_at(usize::from(*length));
                options.read(*kind, option.get(2..).unwrap_or_default());
                list = after;
            }
            _ => {
                options.malformed = true;
                break;
            }
        }
    }
    options
}

impl TcpOptions {
    fn read(&mut self, kind: u8, body: &[u8]) {
        match (kind, body) {
            (2, &[a, b]) => self.mss = Some(u16::from_be_bytes([a, b])),
            (3, &[shift]) => self.window_scale = Some(shift),
            (4, []) => self.sack_permitted = true,
            (5, blocks) if blocks.len() % 8 == 0 => {
                blocks.chunks_exact(8).filter_map(two_words).for_each(|block| self.sack.push(block));
            }
            (8, stamps) if stamps.len() == 8 => self.timestamps = two_words(stamps),
            (34, cookie) => self.fast_open_cookie = u8::try_from(cookie.len()).ok(),
            (2..=5 | 8, _) => self.malformed = true,
            _ => self.others = self.others.saturating_add(1),
        }
    }
}

fn two_words(octets: &[u8]) -> Option<(u32, u32)> {
    let (first, rest) = octets.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*first), u32::from_be_bytes(*rest.first_chunk::<4>()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linux_syn_is_read_in_full() {
        let list = [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 1, 3, 3, 7];
        let options = tcp_options(&list);
        assert_eq!(options.mss, Some(1460));
        assert_eq!(options.window_scale, Some(7));
        assert!(options.sack_permitted && !options.malformed);
        assert_eq!(options.timestamps, Some((7, 0)));
    }

    #[test]
    fn timestamps_alone_are_read_as_in_any_list() {
        let usual = [1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9];
        assert_eq!(tcp_options(&usual), read(&usual));
        assert_eq!(tcp_options(&usual).timestamps, Some((7, 9)));
    }

    #[test]
    fn unknown_kinds_do_not_hide_what_follows() {
        let options = tcp_options(&[30, 4, 0, 0, 3, 3, 9]);
        assert_eq!((options.others, options.window_scale), (1, Some(9)));
    }

    #[test]
    fn sack_blocks_keep_their_order() {
        let options = tcp_options(&[5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 9]);
        assert_eq!(options.sack.iter().collect::<Vec<_>>(), [(1, 2), (5, 9)]);
    }

    #[test]
    fn no_list_of_options_has_more_blocks_than_are_kept() {
        let blocks = |count: u8| {
            let list = [&[5, 2 + 8 * count][..], &vec![7; 8 * usize::from(count)]].concat();
            (list.len(), tcp_options(&list).sack.iter().count())
        };
        let most = u8::try_from(SACK_BLOCKS_MAX).unwrap();
        let (octets, kept) = blocks(most);
        assert!(octets <= 40 && kept == SACK_BLOCKS_MAX);
        let (octets, kept) = blocks(most + 1);
        assert!(octets > 40 && kept == SACK_BLOCKS_MAX);
    }

    #[test]
    fn every_broken_list_keeps_what_stood_before() {
        for broken in [&[3, 3, 7, 2][..], &[3, 3, 7, 2, 1], &[3, 3, 7, 2, 9, 1], &[3, 3, 7, 2, 3, 1]] {
            let options = tcp_options(broken);
            assert_eq!((options.window_scale, options.malformed), (Some(7), true), "{broken:?}");
        }
    }
}
