//! What happens where octets of a mapped file are read that the file does not have any more: not the end of the process.
//!
//! The system says SIGBUS to the thread that reads them. Where the place lies in a map of ours, zeros are put there, from
//! that page to the map's end, which the thread then reads, and the map remembers where they begin. Anything else goes to who
//! heard of SIGBUS before, which is Rust's own handler, and ends the process as ever.
//!
//! Why that is sound. A handler may interrupt anything: this one takes no lock, allocates nothing, reads and writes atomic
//! numbers in a table that is always there, and calls `mmap`, which is one system call. What it replaces is memory of a map
//! that is read only and that its thread holds (it is reading it), so nobody unmaps it meanwhile; it stays readable, of the
//! same size, and is given back with the rest. Several threads may do that at once, each brings the same zeros. Other rows
//! of the table may change meanwhile: one that does is not that of the thread, and is passed over by its version.

#![expect(
    unsafe_code,
    reason = "a signal handler, and memory put in place of what is gone; why that is sound stands above"
)]

use std::mem::{MaybeUninit, transmute};
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use libc::{c_int, c_void, sigaction, siginfo_t};

use crate::limits::MAPS_MAX;

static ROWS: [Row; MAPS_MAX] = [const { Row::new() }; MAPS_MAX];

/// What the handler needs to know beside the rows; made when it is installed, which is before the first row is taken.
static HEARING: OnceLock<Option<Hearing>> = OnceLock::new();

struct Hearing {
    /// Who heard of SIGBUS before.
    before: sigaction,
    page_bytes: usize,
}

/// A map that is watched; free where `end` is 0.
///
/// ```text
/// free, version even ── claimed: odd ── start and end written: even ── read by handlers ── given up: odd ── free, even
/// ```
struct Row {
    version: AtomicUsize,
    start: AtomicUsize,
    end: AtomicUsize,
    /// Where the first octet lies that was found missing; beyond all addresses where none was.
    missing: AtomicUsize,
}

/// A map, watched until this is dropped, which has to come before its memory goes.
pub(super) struct Watch(&'static Row);

impl Watch {
    /// Watches memory; `None` where too much is watched, or the system does not tell.
    pub(super) fn over(memory: &[u8]) -> Option<Self> {
        HEARING.get_or_init(hear).as_ref()?;
        let place = memory.as_ptr_range();
        let row = ROWS.iter().find(|row| row.claim(place.start.addr(), place.end.addr()))?;
        Some(Self(row))
    }

    /// Which octet is the first that was found missing; beyond all where none was.
    pub(super) fn first_missing(&self) -> usize {
        self.0.missing.load(SeqCst).saturating_sub(self.0.start.load(SeqCst))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.write(0, 0);
    }
}

impl Row {
    const fn new() -> Self {
        Self {
            version: AtomicUsize::new(0),
            start: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            missing: AtomicUsize::new(usize::MAX),
        }
    }

    /// Takes the row if it is free. One that somebody has is not even touched: a handler may be reading it.
    fn claim(&self, start: usize, end: usize) -> bool {
        let version = self.version.load(SeqCst);
        let is_free = version.is_multiple_of(2) && self.end.load(SeqCst) == 0;
        let is_ours = is_free && self.version.compare_exchange(version, version + 1, SeqCst, SeqCst).is_ok();
        if is_ours {
            self.fill(start, end);
        }
        is_ours
    }

    /// Writes other ends; only for who has the row.
    fn write(&self, start: usize, end: usize) {
        self.version.fetch_add(1, SeqCst);
        self.fill(start, end);
    }

    /// The version is odd; it is even again afterwards.
    fn fill(&self, start: usize, end: usize) {
        self.start.store(start, SeqCst);
        self.end.store(end, SeqCst);
        self.missing.store(usize::MAX, SeqCst);
        self.version.fetch_add(1, SeqCst);
    }

    /// Its two ends, unless they change just now.
    fn ends(&self) -> Option<(usize, usize)> {
        let version = self.version.load(SeqCst);
        let ends = (self.start.load(SeqCst), self.end.load(SeqCst));
        (version.is_multiple_of(2) && self.version.load(SeqCst) == version).then_some(ends)
    }

    /// Puts zeros where octets are missing; `false` where they are none of this map, or where that fails.
    fn mend(&self, fault: *mut c_void, page_bytes: usize) -> bool {
        let Some((start, end)) = self.ends().filter(|&(start, end)| (start..end).contains(&fault.addr()))
        else {
            return false;
        };
        // A map begins with a page.
        let page = fault.map_addr(|at| at - (at - start) % page_bytes);
        // First: whoever sees the zeros can know of them.
        self.missing.fetch_min(page.addr(), SeqCst);
        let length = end - page.addr();
        let flags = libc::MAP_FIXED | libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: from a page of a map of ours to the end of its last one, and the map is held by who reads it; see above.
        let put = unsafe { libc::mmap(page, length, libc::PROT_READ, flags, -1, 0) };
        put == page
    }
}

/// Begins to hear of SIGBUS; `None` where the system does not let us.
fn hear() -> Option<Hearing> {
    // SAFETY: a number is asked for.
    let page_bytes =
        usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok().filter(|&bytes| bytes > 0)?;
    let mut before = MaybeUninit::<sigaction>::zeroed();
    // SAFETY: all of it may be zero: no flags, no signals that are held back, and a handler that is set below.
    let mut action: sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = on_fault as *const () as usize;
    // On the stack for signals where the thread has one, as Rust's threads do.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: both are valid, and `on_fault` is a handler with information, as the flag says.
    let result = unsafe { libc::sigaction(libc::SIGBUS, &raw const action, before.as_mut_ptr()) };
    // SAFETY: written by the call, or zero.
    let before = unsafe { before.assume_init() };
    (result == 0).then_some(Hearing { before, page_bytes })
}

/// Hears of SIGBUS. Where it cannot mend what was read it lets the process end as it would have.
extern "C" fn on_fault(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let hearing = HEARING.get().and_then(Option::as_ref);
    // SAFETY: the system hands a valid one to a handler with information.
    let (fault, is_fault) = unsafe { ((*info).si_addr(), (*info).si_code > 0) };
    let is_mended =
        hearing.is_some_and(|hearing| is_fault && ROWS.iter().any(|row| row.mend(fault, hearing.page_bytes)));
    if !is_mended {
        hand_on(hearing.map(|hearing| &hearing.before), signal, info, context);
    }
}

/// To who heard of it before; else the system ends the process.
fn hand_on(before: Option<&sigaction>, signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let handler = before.map_or(libc::SIG_DFL, |before| before.sa_sigaction);
    let has_info = before.is_some_and(|before| before.sa_flags & libc::SA_SIGINFO != 0);
    match handler {
        libc::SIG_DFL | libc::SIG_IGN => {
            // SAFETY: the usual action, by two calls that a handler may make. The signal waits until this returns.
            unsafe {
                libc::signal(signal, libc::SIG_DFL);
                libc::raise(signal);
            }
        }
        handler if has_info => {
            // SAFETY: it was installed as a handler with information, and gets what the system handed over.
            let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = unsafe { transmute(handler) };
            handler(signal, info, context);
        }
        handler => {
            // SAFETY: it was installed as a handler of a signal.
            let handler: extern "C" fn(c_int) = unsafe { transmute(handler) };
            handler(signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    use super::super::tests::mapped;
    use super::*;

    /// Set for a process that is to end of what it does.
    const VICTIM: &str = "TAPLINE_SIGBUS_VICTIM";

    #[test]
    fn a_row_has_one_owner_and_shows_nothing_while_it_changes() {
        let row = Row::new();
        assert!(row.claim(4096, 8192) && !row.claim(1, 2));
        assert_eq!(row.ends(), Some((4096, 8192)));
        row.version.fetch_add(1, SeqCst);
        assert_eq!(row.ends(), None);
        row.fill(0, 0);
        assert!(row.claim(1, 2));
    }

    #[test]
    fn maps_come_and_go_and_are_cut_in_many_threads() {
        let work = || {
            for bytes in (1..200).map(|n| n * 1000) {
                let (file, map) = mapped(bytes);
                file.as_file().set_len(bytes as u64 / 2).unwrap();
                let (there, gone) = map.split_at(bytes / 2);
                assert!(there.iter().all(|&octet| octet == b'x') && gone.iter().all(|&octet| octet == 0));
            }
        };
        std::thread::scope(|scope| (0..4).for_each(|_| _ = scope.spawn(work)));
    }

    #[test]
    fn zeros_begin_at_the_page_that_is_gone() {
        let page = HEARING.get_or_init(hear).as_ref().unwrap().page_bytes;
        let (file, map) = mapped(5 * page);
        file.as_file().set_len(page as u64 + 1).unwrap();
        assert_eq!(map.0.watch.first_missing().min(map.len()), map.len());
        assert_eq!([map[0], map[page], map[page + 1], map[4 * page]], [b'x', b'x', 0, 0]);
        assert_eq!(map.0.watch.first_missing(), 4 * page);
        assert_eq!(map[2 * page], 0);
        assert_eq!(map.0.watch.first_missing(), 2 * page);
    }

    /// Not a test of its own: what the next one runs in a process of its own.
    #[test]
    fn victim() {
        let Ok(what) = std::env::var(VICTIM) else { return };
        let (_ours, ours) = mapped(10);
        let (file, _) = mapped(100_000);
        // SAFETY: that it is cut short and this process ends is what is tested.
        let others = unsafe { memmap2::Mmap::map(file.as_file()) }.unwrap();
        file.as_file().set_len(0).unwrap();
        if what == "read" {
            assert_eq!(others[50_000], 0, "{}", ours.len());
        }
        // SAFETY: a call without arguments that matter; Rust's handler lets the first one pass.
        unsafe { [libc::raise(libc::SIGBUS), libc::raise(libc::SIGBUS)] };
    }

    #[test]
    fn what_is_not_ours_ends_the_process_as_ever() {
        for what in ["read", "raise"] {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "mapped::fault::tests::victim", "--nocapture"]).env(VICTIM, what);
            let status = command.output().unwrap().status;
            assert_eq!(status.signal(), Some(libc::SIGBUS), "{what}: {status}");
        }
    }

    /// Set for a process that maps as many files as there may be, which would hinder other tests.
    const MANY: &str = "TAPLINE_MANY_MAPS";

    /// Not a test of its own, as above.
    #[test]
    fn many() {
        if std::env::var_os(MANY).is_none() {
            return;
        }
        let octets = [0; 10];
        let mut watched: Vec<_> = (0..MAPS_MAX).map(|_| Watch::over(&octets).unwrap()).collect();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, b"octets").unwrap();
        let map = || super::super::Mapped::of(file.path(), file.as_file());
        assert!(map().is_err_and(|error| error.to_string() == "too many files are mapped"));
        watched.pop();
        assert_eq!(&*map().unwrap(), b"octets");
        println!("one had room");
    }

    #[test]
    fn so_many_files_are_mapped_at_once() {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "mapped::fault::tests::many", "--nocapture"]).env(MANY, "");
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("one had room"), "{said}");
    }
}
