//! What is taken and given back.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::sync::atomic::{AtomicIsize, Ordering};

/// Octets that a thread may have taken or given back without telling: the sum is wrong by no more for each thread,
/// and threads do not wait for one another at each allocation.
pub const UNTOLD_BYTES_MAX: isize = 4096;

/// What threads have told.
static IN_USE: AtomicIsize = AtomicIsize::new(0);

thread_local! {
    /// What this one has not told yet.
    static UNTOLD: Cell<isize> = const { Cell::new(0) };
}

/// Octets that are in use by the whole program; 0 where no [`Counting`] allocator is.
pub fn in_use() -> usize {
    usize::try_from(IN_USE.load(Ordering::Relaxed)).unwrap_or(0)
}

/// An allocator, counted.
#[derive(Debug)]
pub struct Counting<A>(A);

impl<A> Counting<A> {
    /// Counts what goes through an allocator.
    pub const fn new(allocator: A) -> Self {
        Self(allocator)
    }
}

#[inline]
fn count(bytes: isize) {
    // A thread that is about to end has no place for it any more.
    let _ = UNTOLD.try_with(|untold| {
        let sum = untold.get() + bytes;
        if sum.abs() < UNTOLD_BYTES_MAX {
            untold.set(sum);
        } else {
            untold.set(0);
            IN_USE.fetch_add(sum, Ordering::Relaxed);
        }
    });
}

/// No layout is larger than `isize::MAX`.
#[expect(clippy::cast_possible_wrap, reason = "a layout's size fits")]
const fn signed(size: usize) -> isize {
    size as isize
}

// SAFETY: every call goes to the inner allocator with the arguments that its caller vouches for, and its answer goes
// back unchanged. `count` does not allocate: its cell is made without, and needs no destructor.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counting<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        // SAFETY: the caller's promise, handed on.
        unsafe { self.0.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        // SAFETY: the caller's promise, handed on.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-signed(layout.size()));
        // SAFETY: the caller's promise, handed on.
        unsafe { self.0.dealloc(pointer, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(signed(size) - signed(layout.size()));
        // SAFETY: the caller's promise, handed on.
        unsafe { self.0.realloc(pointer, layout, size) }
    }
}
