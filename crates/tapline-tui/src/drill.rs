//! Panics on purpose: what becomes of the terminal then shows only in a real one.
//!
//! `TAPLINE_PANIC=screen` makes `F12` panic on the thread that draws, `TAPLINE_PANIC=other` on another one;
//! `tests/dashboard/ways_out.rs` presses it. Builds without debug assertions, as users have them, know nothing of it.

use crossterm::event::{KeyCode, KeyEvent};

/// The variable that says where.
const VARIABLE: &str = "TAPLINE_PANIC";

/// Panics if that is what the key is for.
pub(crate) fn on(key: &KeyEvent) {
    if !cfg!(debug_assertions) || key.code != KeyCode::F(12) {
        return;
    }
    match std::env::var(VARIABLE).as_deref() {
        Ok("screen") => panic_on_purpose(),
        Ok("other") => {
            let other = std::thread::Builder::new().name("drill".into()).spawn(panic_on_purpose);
            let _ = other.map(std::thread::JoinHandle::join);
        }
        _ => {}
    }
}

#[expect(clippy::panic, reason = "that is what it is for, in debug builds alone")]
fn panic_on_purpose() {
    panic!("on purpose");
}
