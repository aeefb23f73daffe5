//! The targets, a room a file.

pub(crate) mod capture;
pub(crate) mod filter;
pub(crate) mod keys;
pub(crate) mod messages;
pub(crate) mod packet;
pub(crate) mod pipeline;
pub(crate) mod segments;
