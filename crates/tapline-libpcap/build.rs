//! Puts an empty `libpcap.a` on the link path, so that the `-lpcap` that the `pcap` crate asks for is satisfied
//! on machines without libpcap's development files. The symbols come from this crate.

use std::path::Path;
use std::{env, fs, io};

/// An `ar` archive without members: its signature and nothing else.
const EMPTY_ARCHIVE: &[u8] = b"!<arch>\n";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let Some(out) = env::var_os("OUT_DIR") else {
        return Err(io::Error::other("OUT_DIR is not set: run through cargo"));
    };
    let folder = Path::new(&out);
    fs::write(folder.join("libpcap.a"), EMPTY_ARCHIVE)?;
    println!("cargo:rustc-link-search=native={}", folder.display());
    Ok(())
}
