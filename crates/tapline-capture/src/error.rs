//! Why a capture could not be started.

use std::io;

use crate::{Compression, Container};

/// Why a capture could not be started. Damage found later is in [`crate::Facts::damages`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The path leads nowhere.
    #[error("no such file: {name}: check the path, or use - for standard input")]
    NoSuchFile {
        /// The path as it was given.
        name: String,
    },
    /// The path leads to a directory.
    #[error("{name} is a directory: name the capture files in it")]
    IsDirectory {
        /// The path as it was given.
        name: String,
    },
    /// The file may not be read.
    #[error("no permission to read {name}: change its mode or run as its owner")]
    NoPermission {
        /// The path as it was given.
        name: String,
    },
    /// Nothing is in the file.
    #[error(
        "{name} is empty: a capture file has at least a header; was the capture stopped before it began?"
    )]
    Empty {
        /// The path as it was given.
        name: String,
    },
    /// The first bytes belong to no format that is read.
    #[error(
        "{name} is not a capture file that is read here (it begins with {first_bytes}): give a pcap or pcapng file, \
         plain or compressed with gzip, zstd or lz4"
    )]
    NotACapture {
        /// The path as it was given.
        name: String,
        /// The first bytes in hexadecimal, after unpacking.
        first_bytes: String,
    },
    /// The file is known to be something else.
    #[error("{name} is {what}: {remedy}")]
    OtherFormat {
        /// The path as it was given.
        name: String,
        /// The format's name.
        what: &'static str,
        /// A command that makes it readable.
        remedy: String,
    },
    /// The file begins as a compressed one and cannot be unpacked far enough to see what it holds.
    #[error("{name} cannot be unpacked as {compression} ({reason}): fetch it again or repair it")]
    Unpack {
        /// The path as it was given.
        name: String,
        /// What its first bytes say.
        compression: Compression,
        /// What the unpacker says.
        reason: String,
    },
    /// Any other failure of the operating system.
    #[error("cannot read {name}: {source}")]
    Io {
        /// The path as it was given.
        name: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// Nothing was named.
    #[error("no capture file named: name one or more, or - for standard input")]
    NoInput,
    /// Standard input was named and is a keyboard.
    #[error("standard input is a terminal: pipe a capture into it (tcpdump -w - | tapline -) or name a file")]
    InputIsTerminal,
    /// Libpcap is not on this machine.
    #[error(
        "libpcap is not on this machine, and capturing on devices needs it ({reason}): install it (apt install \
         libpcap0.8, dnf install libpcap, apk add libpcap) or open a file"
    )]
    LibpcapMissing {
        /// What the dynamic linker says.
        reason: String,
    },
    /// The device may not be captured on.
    #[error(
        "no permission to capture on {device}: grant CAP_NET_RAW (sudo setcap cap_net_raw,cap_net_admin=ep {program}), \
         run as root (sudo {program} -i {device}), which is given up as soon as the device is open, or open a file"
    )]
    DevicePermission {
        /// The device's name.
        device: String,
        /// The program that runs, as a shell takes its path.
        program: String,
    },
    /// There is no such device.
    #[error("no such device: {device}: {hint}")]
    NoSuchDevice {
        /// The name as it was given.
        device: String,
        /// Which devices there are.
        hint: String,
    },
    /// The capture filter cannot be compiled.
    #[error("capture filter '{filter}' is not understood ({reason}): see man pcap-filter")]
    Filter {
        /// The filter as it was given.
        filter: String,
        /// What libpcap says.
        reason: String,
    },
    /// Any other failure of a device.
    #[error("cannot capture on {device} ({reason}): see whether it is up with: ip link show {device}")]
    Device {
        /// The device's name.
        device: String,
        /// What libpcap says.
        reason: String,
    },
    /// The list of devices could not be had.
    #[error("cannot list devices ({reason}): open a file, or name a device")]
    DeviceList {
        /// What libpcap says.
        reason: String,
    },
}

impl CaptureError {
    /// The error of opening or looking at a file.
    pub(crate) fn from_io(name: &str, source: io::Error) -> Self {
        let name = name.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NoSuchFile { name },
            io::ErrorKind::PermissionDenied => Self::NoPermission { name },
            io::ErrorKind::IsADirectory => Self::IsDirectory { name },
            _ => Self::Io { name, source },
        }
    }
}

/// "pcapng", "pcap, gzip": a format as users see it.
pub(crate) fn format_name(container: Container, compression: Option<Compression>) -> String {
    match compression {
        None => container.to_string(),
        Some(compression) => format!("{container}, {compression}"),
    }
}
