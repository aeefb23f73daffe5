//! The fuzzer: libFuzzer around the target that the variable `TAPLINE_FUZZ_TARGET` names.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tapline_fuzz::{Target, target};

static TARGET: LazyLock<Option<Target>> =
    LazyLock::new(|| target(&std::env::var("TAPLINE_FUZZ_TARGET").unwrap_or_default()));

fuzz_target!(|octets: &[u8]| {
    match &*TARGET {
        Some((_, run)) => run(octets),
        None => std::process::abort(),
    }
});
