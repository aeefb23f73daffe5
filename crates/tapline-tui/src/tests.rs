//! The whole application through `update`, with real keys, on a buffer.
