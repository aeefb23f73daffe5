//! A file, stdin or a device in, packets out; packets in, a pcapng file out.
//!
//! Capture files are read by a reader of our own, because libpcap refuses mixed link types and hides secrets;
//! libpcap serves devices only. Nothing here interprets a payload. Damage never hides what can be read: it is
//! noted in [`Facts::damages`] and reading goes on where that is possible.
//!
//! `unsafe` are the memory map of a capture file (`mapped.rs`) and what keeps it harmless (`mapped/fault.rs`). A file that
//! another process cuts short while it is read ends most programs that map files, with SIGBUS: here the octets that are
//! gone read as zeros, by a signal handler whose proof stands in its file. Zeros are no news, so the file's size is looked at
//! before each MiB, where zeros were read, and at the end; that it became shorter is damage. Asking before each block
//! would not do: the file may become shorter between the answer and the read. Growing it does no harm.

mod background;
mod bundle;
mod bytes;
mod clock;
mod compressed;
#[cfg(feature = "device")]
mod device;
mod error;
mod facts;
mod file;
mod format;
mod limits;
mod mapped;
mod merge;
mod open;
mod parse;
mod past;
mod pcap_file;
mod pcapng;
mod record;
mod source;
mod stream;
mod text;
mod until;
mod window;
mod write;

pub use background::{WhenFull, in_background};
pub use bytes::read_bytes;
#[cfg(feature = "device")]
pub use device::{DeviceInfo, DeviceOptions, Traffic, devices, open_devices};
pub use error::CaptureError;
pub use facts::{
    BlockKind, Comment, Damage, Drop, Facts, FileFacts, Happening, Heard, Incident, Interface, Name, Secret,
    Section,
};
pub use format::{Compression, Container};
pub use mapped::Mapped;
pub use open::{open, open_reader};
pub use past::{Past, keep};
pub use record::{Finish, Recorder, Rotation};
pub use source::{Item, Progress, Source};
pub use until::until;
pub use write::{APPLICATION, PcapngWriter};
