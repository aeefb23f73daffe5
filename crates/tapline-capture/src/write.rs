//! Writing pcapng: one section, interfaces with a clock of nanoseconds, packets, secrets, statistics.

use std::io::{self, Write};

use tapline_packet::Packet;

use crate::facts::{BlockKind, Interface};

/// This program, as what wrote a file.
pub const APPLICATION: &str = concat!("tapline ", env!("CARGO_PKG_VERSION"));

/// Options, by the block they stand in.
const COMMENT: u16 = 1;
const SECTION_APPLICATION: u16 = 4;
const INTERFACE_NAME: u16 = 2;
const INTERFACE_DESCRIPTION: u16 = 3;
const INTERFACE_RESOLUTION: u16 = 9;
const INTERFACE_FILTER: u16 = 11;
const INTERFACE_OS: u16 = 12;
const PACKET_DROPPED: u16 = 4;
const STATISTICS_RECEIVED: u16 = 4;
const STATISTICS_DROPPED: u16 = 5;
const STATISTICS_OS_DROPPED: u16 = 7;

/// The resolution of every clock that is written: ten to the minus nine.
const NANOSECONDS: u8 = 9;

/// Writes a pcapng file, little-endian. Nothing is buffered here but one block.
///
/// ```
/// use tapline_capture::{Interface, PcapngWriter};
/// use tapline_packet::{LinkType, Packet, Timestamp};
///
/// let mut writer = PcapngWriter::new(Vec::new(), "an example")?;
/// let link_type = LinkType::ETHERNET;
/// let interface = writer.interface(&Interface { link_type: Some(link_type), ..Interface::default() })?;
/// let at = Some(Timestamp(1_700_000_000_123_456_789));
/// writer.packet(&Packet { number: 1, at, interface, link_type, wire_length: 3, data: b"abc" }, None)?;
/// assert_eq!(writer.into_inner().len() % 4, 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct PcapngWriter<W: Write> {
    out: W,
    interfaces: u32,
    block: Vec<u8>,
}

impl<W: Write> PcapngWriter<W> {
    /// Begins a file and says which application writes it.
    pub fn new(out: W, application: &str) -> io::Result<Self> {
        let mut writer = Self { out, interfaces: 0, block: Vec::new() };
        writer.begin(BlockKind::SECTION);
        writer.u32(0x1a2b_3c4d);
        writer.u16(1);
        writer.u16(0);
        writer.u64(u64::MAX);
        writer.option(SECTION_APPLICATION, application.as_bytes());
        writer.end()?;
        Ok(writer)
    }

    /// Describes an interface and answers with its index, which packets name. Counters are not written with it.
    pub fn interface(&mut self, interface: &Interface) -> io::Result<u32> {
        let Some(link_type) = interface.link_type else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "an interface without a link type"));
        };
        self.begin(BlockKind::INTERFACE);
        self.u16(link_type.0);
        self.u16(0);
        self.u32(interface.snaplen.unwrap_or(0));
        self.text(INTERFACE_NAME, interface.name.as_deref());
        self.text(INTERFACE_DESCRIPTION, interface.description.as_deref());
        self.option(INTERFACE_RESOLUTION, &[NANOSECONDS]);
        if let Some(filter) = &interface.filter {
            self.option(INTERFACE_FILTER, &[&[0], filter.as_bytes()].concat());
        }
        self.text(INTERFACE_OS, interface.os.as_deref());
        self.end()?;
        self.interfaces += 1;
        Ok(self.interfaces - 1)
    }

    /// Writes a packet of an interface that was described. A packet without a time becomes a simple packet block
    /// where that can hold it (first interface, whole, no comment), else it is written with the time zero, which is
    /// also what a time before 1970 becomes.
    pub fn packet(&mut self, packet: &Packet<'_>, comment: Option<&str>) -> io::Result<()> {
        self.packet_after(packet, 0, comment)
    }

    /// The same for a packet before which so many were dropped.
    pub fn packet_after(
        &mut self,
        packet: &Packet<'_>,
        dropped: u64,
        comment: Option<&str>,
    ) -> io::Result<()> {
        if packet.interface >= self.interfaces {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a packet of an interface that was not described",
            ));
        }
        let length = length_of(packet.data)?;
        let wire_length = packet.wire_length.max(length);
        if packet.at.is_none()
            && packet.interface == 0
            && wire_length == length
            && comment.is_none()
            && dropped == 0
        {
            self.begin(BlockKind::SIMPLE_PACKET);
            self.u32(wire_length);
            self.padded(packet.data);
            return self.end();
        }
        let time = packet.at.and_then(|at| u64::try_from(at.0).ok()).unwrap_or(0);
        let [high, low] = halves(time);
        self.begin(BlockKind::ENHANCED_PACKET);
        self.u32(packet.interface);
        self.u32(high);
        self.u32(low);
        self.u32(length);
        self.u32(wire_length);
        self.padded(packet.data);
        self.text(COMMENT, comment);
        self.counter(PACKET_DROPPED, (dropped > 0).then_some(dropped));
        self.end()
    }

    /// Embeds secrets of a kind (see [`crate::Secret`]); they belong before the packets that need them.
    pub fn secrets(&mut self, kind: u32, bytes: &[u8]) -> io::Result<()> {
        let length = length_of(bytes)?;
        self.begin(BlockKind::SECRETS);
        self.u32(kind);
        self.u32(length);
        self.padded(bytes);
        self.end()
    }

    /// Writes the counters of an interface as they stand at a time, if it has any.
    pub fn statistics(
        &mut self,
        index: u32,
        at: tapline_packet::Timestamp,
        interface: &Interface,
    ) -> io::Result<()> {
        if [interface.received, interface.dropped, interface.os_dropped] == [None; 3] {
            return Ok(());
        }
        let [high, low] = halves(u64::try_from(at.0).unwrap_or(0));
        self.begin(BlockKind::STATISTICS);
        self.u32(index);
        self.u32(high);
        self.u32(low);
        self.counter(STATISTICS_RECEIVED, interface.received);
        self.counter(STATISTICS_DROPPED, interface.dropped);
        self.counter(STATISTICS_OS_DROPPED, interface.os_dropped);
        self.end()
    }

    /// How many interfaces were described.
    pub fn interfaces(&self) -> u32 {
        self.interfaces
    }

    /// What is written to.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    /// Flushes what is written to.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// What was written to.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn begin(&mut self, kind: BlockKind) {
        self.block.clear();
        self.u32(kind.0);
        self.u32(0);
    }

    /// Sets both lengths and writes the block.
    fn end(&mut self) -> io::Result<()> {
        let length = u32::try_from(self.block.len() + 4).map_err(|_| too_long())?;
        self.u32(length);
        if let Some(field) = self.block.get_mut(4..8) {
            field.copy_from_slice(&length.to_le_bytes());
        }
        self.out.write_all(&self.block)
    }

    fn u16(&mut self, value: u16) {
        self.block.extend(value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.block.extend(value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.block.extend(value.to_le_bytes());
    }

    fn padded(&mut self, bytes: &[u8]) {
        self.block.extend_from_slice(bytes);
        self.block.resize(self.block.len().next_multiple_of(4), 0);
    }

    fn text(&mut self, code: u16, text: Option<&str>) {
        if let Some(text) = text {
            self.option(code, text.as_bytes());
        }
    }

    fn counter(&mut self, code: u16, counter: Option<u64>) {
        if let Some(counter) = counter {
            self.option(code, &counter.to_le_bytes());
        }
    }

    /// An option; what does not fit into its 16-bit length is cut. The end of options may be left out, and is.
    fn option(&mut self, code: u16, value: &[u8]) {
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        self.u16(code);
        self.u16(length);
        self.padded(value.get(..usize::from(length)).unwrap_or(value));
    }
}

fn halves(time: u64) -> [u32; 2] {
    [time >> 32, time & 0xffff_ffff].map(|half| u32::try_from(half).unwrap_or_default())
}

fn length_of(bytes: &[u8]) -> io::Result<u32> {
    u32::try_from(bytes.len()).map_err(|_| too_long())
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "longer than a pcapng block can be")
}

#[cfg(test)]
mod tests {
    use tapline_packet::{LinkType, Timestamp};

    use super::*;
    use crate::{Secret, read_bytes};

    fn packet(at: Option<i64>, interface: u32, data: &[u8]) -> Packet<'_> {
        let link_type = if interface == 0 { LinkType::ETHERNET } else { LinkType::LINUX_SLL };
        Packet { number: 1, at: at.map(Timestamp), interface, link_type, wire_length: 100, data }
    }

    fn described(link_type: LinkType) -> Interface {
        Interface {
            name: Some("eth0".to_owned()),
            description: Some("café".to_owned()),
            link_type: Some(link_type),
            snaplen: Some(262_144),
            filter: Some("tcp port 443".to_owned()),
            os: Some("Linux".to_owned()),
            ..Interface::default()
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut writer = PcapngWriter::new(Vec::new(), "tapline").unwrap();
        writer.secrets(Secret::TLS_KEY_LOG, b"CLIENT_RANDOM a b\n").unwrap();
        let interfaces = [described(LinkType::ETHERNET), described(LinkType::LINUX_SLL)];
        assert_eq!(interfaces.each_ref().map(|one| writer.interface(one).unwrap()), [0, 1]);
        let packets = [
            packet(Some(1_700_000_000_123_456_789), 1, b"abc"),
            packet(Some(1), 0, b""),
            Packet { wire_length: 4, ..packet(None, 0, b"abcd") },
            packet(None, 1, b"abcde"),
        ];
        for (packet, comment) in packets.iter().zip([Some("cé"), None, None, Some("")]) {
            writer.packet(packet, comment).unwrap();
        }
        let counted =
            Interface { received: Some(1 << 40), dropped: Some(5), ..described(LinkType::ETHERNET) };
        writer.statistics(0, Timestamp(7), &counted).unwrap();
        let bytes = writer.into_inner();

        let mut read = Vec::new();
        let facts = read_bytes("x", &bytes, &mut |packet| {
            read.push((packet.number, packet.at, packet.interface, packet.wire_length, packet.data.to_vec()));
        })
        .unwrap();
        let expected: Vec<_> = (1..)
            .zip(&packets)
            .map(|(number, packet)| {
                (number, packet.at, packet.interface, packet.wire_length, packet.data.to_vec())
            })
            .map(|(number, at, ..)| if number == 4 { (number, Some(Timestamp(0))) } else { (number, at) })
            .zip(&packets)
            .map(|((number, at), packet)| {
                (number, at, packet.interface, packet.wire_length, packet.data.to_vec())
            })
            .collect();
        assert_eq!(read, expected);
        assert!(!facts.is_damaged(), "{:?}", facts.damages);
        assert_eq!(facts.interfaces, [counted, interfaces[1].clone()]);
        assert_eq!(facts.sections[0].application.as_deref(), Some("tapline"));
        assert_eq!((facts.secrets[0].kind, facts.secrets[0].bytes.len()), (Secret::TLS_KEY_LOG, 18));
        assert_eq!(
            facts.comments.iter().map(|one| (one.packet, one.text.as_str())).collect::<Vec<_>>(),
            [(1, "cé"), (4, "")]
        );
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let mut writer = PcapngWriter::new(Vec::new(), "tapline").unwrap();
        assert!(writer.interface(&Interface::default()).is_err());
        assert!(writer.packet(&packet(None, 0, b""), None).is_err());
    }
}
