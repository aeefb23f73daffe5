//! Secrets that stand behind the packets they open, found by stepping from block to block.

use nom::number::Endianness;

use super::block::{self, BLOCK_BYTES_MIN};
use crate::facts::{BlockKind, Secret};
use crate::limits::SECRET_BYTES_MAX;
use crate::parse::value;

/// The secrets of a file that is here as a whole, up to the first block whose frame is wrong. Only frames are looked
/// at, so this costs little beside reading the packets.
pub(crate) fn secrets(file: &[u8]) -> Vec<Secret> {
    let (mut rest, mut order) = (file, Endianness::Little);
    let (mut secrets, mut room) = (Vec::new(), SECRET_BYTES_MAX);
    while let Ok(head) = value(block::head(rest, order)) {
        order = head.order;
        let Ok(claimed) = usize::try_from(head.length) else { break };
        let length = claimed.next_multiple_of(4);
        if claimed < BLOCK_BYTES_MIN || block::trailer(rest, length, order) != Some(head.length) {
            break;
        }
        if head.kind == BlockKind::SECRETS
            && let Some(body) = rest.get(8..length - 4)
            && let Ok((kind, bytes)) = value(block::secrets(body, order))
        {
            let Some(left) = room.checked_sub(bytes.len()) else { break };
            room = left;
            secrets.push(Secret { kind, bytes: bytes.to_vec(), after_packet: 0 });
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    secrets
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
}
