//! Capturing on a device through libpcap.

mod list;
mod live;

pub use list::{DeviceInfo, devices};
pub use live::{DeviceOptions, open_device};
