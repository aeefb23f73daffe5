//! Opening devices, and why that fails.

use std::os::fd::AsFd;

use pcap::{Active, Capture, Inactive, Precision};
use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};

use super::list::{devices, libpcap, reason};
use super::live::Live;
use super::several::Several;
use crate::limits::BATCH_MS;
use crate::{CaptureError, Source};

/// How a device is captured on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceOptions {
    /// A filter in libpcap's language; `None` captures everything.
    pub filter: Option<String>,
    /// Octets after which frames are cut.
    pub snaplen: u32,
    /// Size of the kernel's buffer, which bridges the time in which nobody reads.
    pub buffer_bytes: u32,
    /// Whether frames to other machines are wanted too.
    pub promiscuous: bool,
    /// Whether a radio shows all frames of its channel.
    pub monitor: bool,
}

impl Default for DeviceOptions {
    fn default() -> Self {
        Self { filter: None, snaplen: 262_144, buffer_bytes: 64 << 20, promiscuous: true, monitor: false }
    }
}

/// Opens devices as one source, in the order of their packets' times. Waiting packets come at once; where there are
/// none, [`Item::Idle`](crate::Item::Idle) comes back ten times a second.
pub fn open_devices(
    names: &[String],
    options: &DeviceOptions,
) -> Result<Box<dyn Source + Send>, CaptureError> {
    libpcap()?;
    let mut devices = names.iter().map(|name| open(name, options)).collect::<Result<Vec<_>, _>>()?;
    match devices.pop() {
        None => Err(CaptureError::NoInput),
        Some(only) if devices.is_empty() => Ok(Box::new(only)),
        Some(last) => {
            devices.push(last);
            Ok(Box::new(Several::new(devices)))
        }
    }
}

fn open(name: &str, options: &DeviceOptions) -> Result<Live, CaptureError> {
    let failed = |error: pcap::Error| device_error(name, &reason(&error));
    let inactive = Capture::from_device(name).map_err(failed)?;
    let inactive = with_options(inactive, options);
    let fraction_ns = if tapline_libpcap::nanoseconds_refused() { 1_000 } else { 1 };
    let mut capture = inactive.open().map_err(failed)?;
    if let Some(filter) = &options.filter {
        capture
            .filter(filter, true)
            .map_err(|error| CaptureError::Filter { filter: filter.clone(), reason: reason(&error) })?;
    }
    let capture = capture.setnonblock().map_err(failed)?;
    close_on_exec(&capture).map_err(|error| device_error(name, &error.to_string()))?;
    Ok(Live::new(name, options, capture, fraction_ns))
}

fn with_options(inactive: Capture<Inactive>, options: &DeviceOptions) -> Capture<Inactive> {
    let positive = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    let inactive = if options.monitor { inactive.rfmon(true) } else { inactive };
    inactive
        .promisc(options.promiscuous)
        .snaplen(positive(options.snaplen))
        .buffer_size(positive(options.buffer_bytes))
        .timeout(BATCH_MS)
        .precision(Precision::Nano)
}

/// Programs that this one starts have no business with the raw socket.
fn close_on_exec(capture: &Capture<Active>) -> rustix::io::Result<()> {
    let flags = fcntl_getfd(capture.as_fd())?;
    fcntl_setfd(capture.as_fd(), flags | FdFlags::CLOEXEC)
}

/// The path of the program that runs, as a shell takes it: links are resolved, because they cannot be granted anything.
fn program() -> String {
    let path = std::env::current_exe().map_or_else(|_| "tapline".into(), |path| path.display().to_string());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// The error that what libpcap said stands for.
fn device_error(name: &str, reason: &str) -> CaptureError {
    let device = name.to_owned();
    let says = |word: &str| reason.to_ascii_lowercase().contains(word);
    if says("permission") || says("not permitted") {
        CaptureError::DevicePermission { device, program: program() }
    } else if says("no such device") || says("doesn't exist") {
        let names: Vec<String> = devices().unwrap_or_default().into_iter().map(|one| one.name).collect();
        let hint = match names.as_slice() {
            [] => "list the devices with: tapline interfaces".to_owned(),
            names => format!("there are {}", names.join(", ")),
        };
        CaptureError::NoSuchDevice { device, hint }
    } else {
        CaptureError::Device { device, reason: reason.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libpcap_says_becomes_an_error_with_a_remedy() {
        let check = |reason: &str, expected: &str| {
            let text = device_error("eth9", reason).to_string();
            assert!(text.starts_with(expected), "{text}");
        };
        check(
            "eth9: You don't have permission to perform this capture on that device (socket: Operation not permitted)",
            "no permission to capture on eth9: grant CAP_NET_RAW (sudo setcap cap_net_raw,cap_net_admin=ep ",
        );
        check("eth9: No such device exists (No such device exists)", "no such device: eth9: ");
        check(
            "eth9: That device is not up",
            "cannot capture on eth9 (eth9: That device is not up): see whether",
        );
    }
}
