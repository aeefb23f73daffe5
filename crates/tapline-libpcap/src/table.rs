//! The table of entry points: name, signature, and what a call answers where libpcap (or this one function of a
//! newer libpcap) is absent.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr::{null, null_mut};

use libloading::Library;

use crate::load::table;

/// `pcap_t`, `pcap_dumper_t`, `FILE`, `struct bpf_program`, `pcap_if_t`, …: never looked into.
type Opaque = *mut c_void;
/// `pcap_handler`.
type Handler = Option<unsafe extern "C" fn(*mut c_uchar, *const c_void, *const c_uchar)>;

/// `PCAP_ERROR`.
const ERROR: c_int = -1;
/// `PCAP_ERROR_CANTSET_TSTAMP_TYPE`.
const ERROR_CANTSET_TSTAMP_TYPE: c_int = -10;
/// `PCAP_ERROR_TSTAMP_PRECISION_NOTSUP`.
const ERROR_TSTAMP_PRECISION_NOTSUP: c_int = -12;
/// `PCAP_ERRBUF_SIZE`: what every `errbuf` argument holds.
const ERRBUF_SIZE: usize = 256;

const ABSENT_TEXT: &CStr = c"libpcap is not on this machine";

thread_local! {
    static NANOSECONDS_REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the last request on this thread for a time stamp precision was refused. The `pcap` crate throws this
/// answer away, and without it nobody knows what unit a packet's time is in.
pub fn nanoseconds_refused() -> bool {
    NANOSECONDS_REFUSED.get()
}

/// Defines `Table` with one field an entry point, and one C symbol an entry point that calls through it. A line is
/// `name(arguments) -> type, or what is answered where it is absent, then a word on the answer`.
macro_rules! forward {
    ($($name:ident ( $($argument:ident : $type:ty),* ) $(-> $answer:ty)?, or $absent:expr $(, then $then:expr)?;)*) => {
        /// Entry points of libpcap; `None` where it has no such function.
        pub(crate) struct Table {
            $($name: Option<unsafe extern "C" fn($($type),*) $(-> $answer)?>,)*
        }

        impl Table {
            /// Without libpcap.
            pub(crate) const ABSENT: Self = Self { $($name: None,)* };

            /// # Safety
            /// `library` is libpcap and stays loaded for as long as the table is used.
            pub(crate) unsafe fn read(library: &Library) -> Self {
                Self {
                    // SAFETY: the signatures below are those of pcap/pcap.h.
                    $($name: unsafe { library.get(concat!(stringify!($name), "\0").as_bytes()) }
                        .ok()
                        .map(|symbol| *symbol),)*
                }
            }

            /// Names of the entry points that libpcap lacks.
            #[cfg(test)]
            pub(crate) fn missing(&self) -> Vec<&'static str> {
                let mut missing = Vec::new();
                $(if self.$name.is_none() { missing.push(stringify!($name)); })*
                missing
            }
        }

        $(
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $name($($argument: $type),*) $(-> $answer)? {
                match table().$name {
                    // SAFETY: the caller keeps libpcap's contract; the arguments are handed on as they are.
                    Some(call) => { let answer = unsafe { call($($argument),*) }; $(let answer = $then(answer);)? answer }
                    None => $absent,
                }
            }
        )*
    };
}

forward! {
    // Opening a device.
    pcap_create(source: *const c_char, errbuf: *mut c_char) -> Opaque, or complain(errbuf, null_mut());
    pcap_set_snaplen(handle: Opaque, snaplen: c_int) -> c_int, or ERROR;
    pcap_set_promisc(handle: Opaque, promiscuous: c_int) -> c_int, or ERROR;
    pcap_set_rfmon(handle: Opaque, monitor: c_int) -> c_int, or ERROR;
    pcap_set_timeout(handle: Opaque, milliseconds: c_int) -> c_int, or ERROR;
    pcap_set_buffer_size(handle: Opaque, bytes: c_int) -> c_int, or ERROR;
    pcap_set_tstamp_type(handle: Opaque, kind: c_int) -> c_int, or ERROR_CANTSET_TSTAMP_TYPE;
    pcap_set_tstamp_precision(handle: Opaque, precision: c_int) -> c_int,
        or remember_precision(ERROR_TSTAMP_PRECISION_NOTSUP), then remember_precision;
    pcap_set_immediate_mode(handle: Opaque, immediate: c_int) -> c_int, or ERROR;
    pcap_activate(handle: Opaque) -> c_int, or ERROR, then warnings_are_success;
    pcap_close(handle: Opaque), or ();

    // Opening a file, or nothing.
    pcap_open_dead(link_type: c_int, snaplen: c_int) -> Opaque, or null_mut();
    pcap_open_dead_with_tstamp_precision(link_type: c_int, snaplen: c_int, precision: c_uint) -> Opaque,
        or null_mut();
    pcap_open_offline(path: *const c_char, errbuf: *mut c_char) -> Opaque, or complain(errbuf, null_mut());
    pcap_open_offline_with_tstamp_precision(path: *const c_char, precision: c_uint, errbuf: *mut c_char) -> Opaque,
        or complain(errbuf, null_mut());
    pcap_fopen_offline(file: Opaque, errbuf: *mut c_char) -> Opaque, or complain(errbuf, null_mut());
    pcap_fopen_offline_with_tstamp_precision(file: Opaque, precision: c_uint, errbuf: *mut c_char) -> Opaque,
        or complain(errbuf, null_mut());

    // Packets.
    pcap_loop(handle: Opaque, count: c_int, handler: Handler, user: *mut c_uchar) -> c_int, or ERROR;
    pcap_dispatch(handle: Opaque, count: c_int, handler: Handler, user: *mut c_uchar) -> c_int, or ERROR;
    pcap_next_ex(handle: Opaque, header: *mut Opaque, data: *mut *const c_uchar) -> c_int, or ERROR;
    pcap_breakloop(handle: Opaque), or ();
    pcap_sendpacket(handle: Opaque, data: *const c_uchar, size: c_int) -> c_int, or ERROR;
    pcap_stats(handle: Opaque, stats: Opaque) -> c_int, or ERROR;
    pcap_setdirection(handle: Opaque, direction: c_uint) -> c_int, or ERROR;
    pcap_setnonblock(handle: Opaque, nonblock: c_int, errbuf: *mut c_char) -> c_int, or complain(errbuf, ERROR);
    pcap_fileno(handle: Opaque) -> c_int, or ERROR;
    pcap_get_selectable_fd(handle: Opaque) -> c_int, or ERROR;

    // Filters.
    pcap_compile(handle: Opaque, program: Opaque, text: *const c_char, optimize: c_int, netmask: c_uint) -> c_int,
        or ERROR;
    pcap_setfilter(handle: Opaque, program: Opaque) -> c_int, or ERROR;
    pcap_offline_filter(program: *const c_void, header: *const c_void, data: *const c_uchar) -> c_int, or 0;
    pcap_freecode(program: Opaque), or ();

    // Link types.
    pcap_datalink(handle: Opaque) -> c_int, or ERROR;
    pcap_list_datalinks(handle: Opaque, list: *mut *mut c_int) -> c_int, or ERROR;
    pcap_set_datalink(handle: Opaque, link_type: c_int) -> c_int, or ERROR;
    pcap_free_datalinks(list: *mut c_int), or ();
    pcap_datalink_name_to_val(name: *const c_char) -> c_int, or ERROR;
    pcap_datalink_val_to_name(link_type: c_int) -> *const c_char, or null();
    pcap_datalink_val_to_description(link_type: c_int) -> *const c_char, or null();

    // What a handle says of itself.
    pcap_geterr(handle: Opaque) -> *mut c_char, or ABSENT_TEXT.as_ptr().cast_mut();
    pcap_major_version(handle: Opaque) -> c_int, or 0;
    pcap_minor_version(handle: Opaque) -> c_int, or 0;

    // Writing files with libpcap.
    pcap_dump_open(handle: Opaque, path: *const c_char) -> Opaque, or null_mut();
    pcap_dump_open_append(handle: Opaque, path: *const c_char) -> Opaque, or null_mut();
    pcap_dump_fopen(handle: Opaque, file: Opaque) -> Opaque, or null_mut();
    pcap_dump_flush(dumper: Opaque) -> c_int, or ERROR;
    pcap_dump_close(dumper: Opaque), or ();
    pcap_dump(dumper: *mut c_uchar, header: *const c_void, data: *const c_uchar), or ();

    // Devices.
    pcap_findalldevs(list: *mut Opaque, errbuf: *mut c_char) -> c_int, or complain(errbuf, ERROR);
    pcap_freealldevs(list: Opaque), or ();
}

/// Writes why the call failed where the caller looks for it, and hands `answer` on.
fn complain<T>(errbuf: *mut c_char, answer: T) -> T {
    let text = ABSENT_TEXT.to_bytes_with_nul();
    debug_assert!(text.len() <= ERRBUF_SIZE);
    if !errbuf.is_null() {
        // SAFETY: libpcap's callers give `ERRBUF_SIZE` octets, and the text is shorter.
        unsafe { text.as_ptr().cast::<c_char>().copy_to_nonoverlapping(errbuf, text.len()) };
    }
    answer
}

/// `pcap_activate` answers above zero where it succeeded with a warning ("no promiscuous mode here"); the `pcap`
/// crate takes everything but zero for a failure.
fn warnings_are_success(answer: c_int) -> c_int {
    answer.min(0)
}

fn remember_precision(answer: c_int) -> c_int {
    NANOSECONDS_REFUSED.set(answer != 0);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_fits_the_error_buffer_and_ends() {
        let mut errbuf: [c_char; ERRBUF_SIZE] = [1; ERRBUF_SIZE];
        assert_eq!(complain(errbuf.as_mut_ptr(), -1), -1);
        // SAFETY: a NUL was just written.
        let text = unsafe { CStr::from_ptr(errbuf.as_ptr()) };
        assert_eq!(text, ABSENT_TEXT);
        assert_eq!(complain(null_mut(), 7), 7, "a null buffer is left alone");
    }

    #[test]
    fn an_activation_with_a_warning_is_a_success() {
        assert_eq!([3, 1, 0, -1, -8].map(warnings_are_success), [0, 0, 0, -1, -8]);
    }

    #[test]
    fn a_refused_precision_is_remembered_until_the_next_request() {
        remember_precision(ERROR_TSTAMP_PRECISION_NOTSUP);
        assert!(nanoseconds_refused());
        remember_precision(0);
        assert!(!nanoseconds_refused());
    }

    #[test]
    fn nothing_is_present_in_the_absent_table() {
        assert!(Table::ABSENT.missing().len() > 40);
    }
}
