//! Every bound of this crate, by name, with its reason.
