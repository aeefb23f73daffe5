//! Formats told apart by their first bytes.

use std::fmt;

/// How packets are laid out in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Container {
    /// The classic format: one header, one link type.
    Pcap,
    /// Blocks: sections, interfaces, packets, secrets, names.
    Pcapng,
    /// No file at all.
    Device,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pcap => "pcap",
            Self::Pcapng => "pcapng",
            Self::Device => "device",
        })
    }
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// The LZ4 frame format.
    Lz4,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
        })
    }
}

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Magic {
    Capture(Container),
    Compressed(Compression),
    Other(Other),
    Unknown,
}

/// A format that is known and not read, with the command that makes it readable (`{}` stands for the file).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Other {
    pub(crate) what: &'static str,
    pub(crate) remedy: &'static str,
}

/// Bytes that the longest magic needs.
pub(crate) const MAGIC_BYTES: usize = 8;

const MAGICS: &[(&[u8], Magic)] = &[
    (b"\xa1\xb2\xc3\xd4", Magic::Capture(Container::Pcap)),
    (b"\xd4\xc3\xb2\xa1", Magic::Capture(Container::Pcap)),
    (b"\xa1\xb2\x3c\x4d", Magic::Capture(Container::Pcap)),
    (b"\x4d\x3c\xb2\xa1", Magic::Capture(Container::Pcap)),
    (b"\xa1\xb2\xcd\x34", Magic::Capture(Container::Pcap)),
    (b"\x34\xcd\xb2\xa1", Magic::Capture(Container::Pcap)),
    (b"\x0a\x0d\x0d\x0a", Magic::Capture(Container::Pcapng)),
    (b"\x1f\x8b", Magic::Compressed(Compression::Gzip)),
    (b"\x28\xb5\x2f\xfd", Magic::Compressed(Compression::Zstd)),
    (b"\x04\x22\x4d\x18", Magic::Compressed(Compression::Lz4)),
    (b"BZh", other("compressed with bzip2", "unpack it first: bzip2 -dk {}")),
    (b"\xfd7zXZ\x00", other("compressed with xz", "unpack it first: xz -dk {}")),
    (b"LZIP", other("compressed with lzip", "unpack it first: lzip -dk {}")),
    (b"PK\x03\x04", other("a zip archive", "unpack it first: unzip {}")),
    (b"7z\xbc\xaf\x27\x1c", other("a 7z archive", "unpack it first: 7z x {}")),
    (b"\x02\x21\x4c\x18", other("compressed with lz4's legacy format", "unpack it first: lz4 -dk {}")),
    (b"snoop\0\0\0", other("a snoop capture", "convert it first: editcap -F pcapng {} out.pcapng")),
    (b"GMBU", other("a Network Monitor capture", "convert it first: editcap -F pcapng {} out.pcapng")),
    (b"RTSS", other("a Network Monitor capture", "convert it first: editcap -F pcapng {} out.pcapng")),
];

const fn other(what: &'static str, remedy: &'static str) -> Magic {
    Magic::Other(Other { what, remedy })
}

/// Tells a format by its first bytes.
pub(crate) fn magic(first: &[u8]) -> Magic {
    MAGICS.iter().find(|(begin, _)| first.starts_with(begin)).map_or(Magic::Unknown, |(_, magic)| *magic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_magic_is_told_apart_from_the_others() {
        for (begin, expected) in MAGICS {
            assert!(begin.len() <= MAGIC_BYTES);
            assert_eq!(magic(begin), *expected);
        }
        assert_eq!(magic(b""), Magic::Unknown);
        assert_eq!(magic(b"GET / HTTP/1.1"), Magic::Unknown);
    }
}
