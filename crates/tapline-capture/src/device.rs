//! Capturing on devices through libpcap.

mod list;
mod live;
mod open;
mod several;
mod totals;
mod watch;

pub use list::{DeviceInfo, Traffic, devices};
pub use open::{DeviceOptions, open_devices};
