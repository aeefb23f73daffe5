//! Which devices there are.

use std::net::IpAddr;

use crate::CaptureError;

/// A device that libpcap knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent properties, as the operating system lists them"
)]
pub struct DeviceInfo {
    /// The name that opens it.
    pub name: String,
    /// A word on it, where libpcap has one.
    pub description: Option<String>,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// It carries this machine's talk with itself.
    pub is_loopback: bool,
    /// It is switched on.
    pub is_up: bool,
    /// It can carry packets now.
    pub is_running: bool,
    /// It is a radio.
    pub is_wireless: bool,
    /// What went through it since it was switched on; `None` where the system does not say.
    pub traffic: Option<Traffic>,
}

/// What went through a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Octets that came in.
    pub received_bytes: u64,
    /// Octets that went out.
    pub sent_bytes: u64,
}

impl Traffic {
    /// What the kernel counts of an interface, in sysfs.
    fn of(name: &str) -> Option<Self> {
        let counter = |counter: &str| -> Option<u64> {
            let text = std::fs::read_to_string(format!("/sys/class/net/{name}/statistics/{counter}")).ok()?;
            text.trim().parse().ok()
        };
        Some(Self { received_bytes: counter("rx_bytes")?, sent_bytes: counter("tx_bytes")? })
    }

    /// What went through since another look.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            received_bytes: self.received_bytes.saturating_sub(before.received_bytes),
            sent_bytes: self.sent_bytes.saturating_sub(before.sent_bytes),
        }
    }
}

/// The devices in libpcap's order, the likeliest first. Listing needs no permission.
pub fn devices() -> Result<Vec<DeviceInfo>, CaptureError> {
    libpcap()?;
    let listed = pcap::Device::list().map_err(|error| CaptureError::DeviceList { reason: reason(&error) })?;
    Ok(listed.into_iter().map(info).collect())
}

/// Libpcap is there, or the error that says so.
pub(crate) fn libpcap() -> Result<(), CaptureError> {
    match tapline_libpcap::version() {
        Ok(_) => Ok(()),
        Err(error) => Err(CaptureError::LibpcapMissing { reason: error.reason.clone() }),
    }
}

/// What libpcap said, without the `pcap` crate's frame around it.
pub(crate) fn reason(error: &pcap::Error) -> String {
    match error {
        pcap::Error::PcapError(text) => text.clone(),
        other => other.to_string(),
    }
}

fn info(device: pcap::Device) -> DeviceInfo {
    DeviceInfo {
        is_loopback: device.flags.is_loopback(),
        is_up: device.flags.is_up(),
        is_running: device.flags.is_running(),
        is_wireless: device.flags.is_wireless(),
        addresses: device.addresses.into_iter().map(|address| address.addr).collect(),
        description: device.desc,
        traffic: Traffic::of(&device.name),
        name: device.name,
    }
}
