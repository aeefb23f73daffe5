//! The command line of tapline.
fn main() {}
