//! Which system calls are allowed, and with which arguments.

use std::collections::BTreeMap;

use libc::{c_int, c_long};
use seccompiler::{BackendError, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule};

/// A call's number, and the rules of which one must hold; none for any arguments.
pub(super) type Table = BTreeMap<c_long, Vec<SeccompRule>>;

/// Names that the kernel knows and `libc` does not yet; the same on all machines.
const SYS_FUTEX_WAKE: c_long = 454;
const SYS_FUTEX_WAIT: c_long = 455;
const SYS_FUTEX_REQUEUE: c_long = 456;

/// Requests whose type in `libc` is not that of the others everywhere; the same numbers on all machines.
const SIOCGIFNAME: c_int = 0x8910;
const SIOCGIFFLAGS: c_int = 0x8913;
const SIOCGIFINDEX: c_int = 0x8933;

/// `prctl`: names a region of memory.
const PR_SET_VMA: c_int = 0x5356_4d41;

/// Files that are open, and those that Landlock and their modes let open.
const FILES: &[c_long] = &[
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fallocate,
    libc::SYS_fdatasync,
    libc::SYS_fstat,
    libc::SYS_fstatfs,
    libc::SYS_fsync,
    libc::SYS_ftruncate,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_lseek,
    libc::SYS_mkdirat,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_preadv2,
    libc::SYS_pwrite64,
    libc::SYS_pwritev,
    libc::SYS_pwritev2,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_renameat2,
    libc::SYS_statfs,
    libc::SYS_statx,
    libc::SYS_unlinkat,
    libc::SYS_write,
    libc::SYS_writev,
];

/// Waiting, and being woken.
const EVENTS: &[c_long] = &[
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_eventfd2,
    libc::SYS_gettimeofday,
    libc::SYS_nanosleep,
    libc::SYS_pipe2,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
];

/// Sockets that are there: the capture's, whose counters and filter are options of it.
const SOCKETS: &[c_long] = &[
    libc::SYS_getsockname,
    libc::SYS_getsockopt,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_setsockopt,
    libc::SYS_shutdown,
];

/// Memory that is not code.
const MEMORY: &[c_long] =
    &[libc::SYS_brk, libc::SYS_madvise, libc::SYS_membarrier, libc::SYS_mremap, libc::SYS_munmap];

/// Threads, signals to oneself, and what one is.
const THREADS: &[c_long] = &[
    // Answered by a filter of its own.
    libc::SYS_clone3,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_futex_waitv,
    SYS_FUTEX_REQUEUE,
    SYS_FUTEX_WAIT,
    SYS_FUTEX_WAKE,
    libc::SYS_get_robust_list,
    libc::SYS_getcpu,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    // Hears of a signal that is held back.
    libc::SYS_signalfd4,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    // For the process that sends traces, which was started before.
    libc::SYS_wait4,
    libc::SYS_waitid,
];

/// Older names of calls above, which newer machines do not have.
#[cfg(target_arch = "x86_64")]
const OLDER: &[c_long] = &[
    libc::SYS_access,
    libc::SYS_dup2,
    libc::SYS_epoll_create,
    libc::SYS_epoll_wait,
    libc::SYS_eventfd,
    libc::SYS_getrlimit,
    libc::SYS_lstat,
    libc::SYS_mkdir,
    libc::SYS_open,
    libc::SYS_pipe,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_select,
    libc::SYS_stat,
    libc::SYS_time,
    libc::SYS_unlink,
];
#[cfg(target_arch = "aarch64")]
const OLDER: &[c_long] = &[libc::SYS_getrlimit, libc::SYS_renameat];

/// musl's `raise` has no process in it; Landlock keeps it from others.
#[cfg(target_env = "musl")]
const OF_THE_C_LIBRARY: &[c_long] = &[libc::SYS_tkill, libc::SYS_set_tid_address];
#[cfg(not(target_env = "musl"))]
const OF_THE_C_LIBRARY: &[c_long] = &[];

/// What terminals and other open files are asked and told. Not among it: `TIOCSTI` and `TIOCLINUX`, which type on
/// somebody's terminal.
const IOCTL: &[c_int] = &[
    request(libc::TCGETS),
    request(libc::TCSETS),
    request(libc::TCSETSW),
    request(libc::TCSETSF),
    // The same with free baud rates.
    request(libc::TCGETS2),
    request(libc::TCSETS2),
    request(libc::TCSETSW2),
    request(libc::TCSETSF2),
    request(libc::TIOCGWINSZ),
    request(libc::FIONREAD),
    request(libc::FIONBIO),
    request(libc::FIOCLEX),
    // libpcap asks whether the device is still up when it says no more.
    SIOCGIFFLAGS,
    SIOCGIFINDEX,
    SIOCGIFNAME,
];

const FCNTL: &[c_int] =
    &[libc::F_DUPFD, libc::F_DUPFD_CLOEXEC, libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_SETFL];

const PRCTL: &[c_int] = &[libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_GET_SECCOMP, PR_SET_VMA];

/// How many calls are allowed, and the rules.
pub(super) fn allowed() -> Result<(usize, Table), BackendError> {
    let any = [FILES, EVENTS, SOCKETS, MEMORY, THREADS, OLDER, OF_THE_C_LIBRARY].concat();
    let mut table = only(any);
    let flag = |flag: c_int| SeccompCmpOp::MaskedEq(value(flag));
    let mut rule = |call, conditions| Ok::<_, BackendError>(table.insert(call, conditions));
    // A thread, never a process.
    rule(libc::SYS_clone, vec![when(0, flag(libc::CLONE_THREAD), libc::CLONE_THREAD)?])?;
    rule(libc::SYS_mmap, vec![when(2, flag(libc::PROT_EXEC), 0)?])?;
    rule(libc::SYS_mprotect, vec![when(2, flag(libc::PROT_EXEC), 0)?])?;
    rule(libc::SYS_ioctl, one_of(1, IOCTL)?)?;
    rule(libc::SYS_fcntl, one_of(1, FCNTL)?)?;
    rule(libc::SYS_prctl, one_of(0, PRCTL)?)?;
    rule(libc::SYS_socketpair, one_of(0, &[libc::AF_UNIX])?)?;
    // To whom the socket belongs together with, not to an address.
    rule(libc::SYS_sendto, vec![null(4)?])?;
    // Limits are looked at, not changed.
    rule(libc::SYS_prlimit64, vec![null(2)?])?;
    // `raise` and `abort`.
    let process = i64::from(std::process::id());
    let own = c_int::try_from(process).unwrap_or(0);
    rule(libc::SYS_tgkill, one_of(0, &[own])?)?;
    Ok((table.len() - 1, table))
}

/// These with any arguments.
pub(super) fn only(calls: impl IntoIterator<Item = c_long>) -> Table {
    calls.into_iter().map(|call| (call, Vec::new())).collect()
}

/// One rule for each of these values of an argument.
fn one_of(argument: u8, values: &[c_int]) -> Result<Vec<SeccompRule>, BackendError> {
    values.iter().map(|value| when(argument, SeccompCmpOp::Eq, *value)).collect()
}

/// A rule of one argument. Of those that are looked at the kernel itself sees 32 bits.
fn when(argument: u8, operator: SeccompCmpOp, to: c_int) -> Result<SeccompRule, BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value(to))?;
    SeccompRule::new(vec![condition])
}

/// A rule of an argument that is a pointer: it leads nowhere.
fn null(argument: u8) -> Result<SeccompRule, BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)?;
    SeccompRule::new(vec![condition])
}

/// As the kernel takes it from a register.
fn value(number: c_int) -> u64 {
    u64::from(number.cast_unsigned())
}

/// A request of `ioctl`, which is a long in one C library and an integer in another.
#[expect(clippy::cast_possible_truncation, reason = "requests have 32 bits")]
#[allow(clippy::unnecessary_cast, trivial_numeric_casts, reason = "the type differs by C library")]
const fn request(number: libc::Ioctl) -> c_int {
    number as c_int
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_to_other_programs_and_machines_is_not_allowed() {
        let (_, table) = allowed().unwrap();
        for call in [
            libc::SYS_socket,
            libc::SYS_connect,
            libc::SYS_bind,
            libc::SYS_sendmsg,
            libc::SYS_execve,
            libc::SYS_execveat,
            libc::SYS_ptrace,
            libc::SYS_process_vm_writev,
            libc::SYS_kill,
            libc::SYS_tkill,
            libc::SYS_pidfd_send_signal,
            libc::SYS_pidfd_getfd,
            libc::SYS_mount,
            libc::SYS_bpf,
            libc::SYS_setuid,
            libc::SYS_capset,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_keyctl,
            libc::SYS_io_uring_setup,
            libc::SYS_userfaultfd,
            libc::SYS_perf_event_open,
            libc::SYS_init_module,
            libc::SYS_memfd_create,
            libc::SYS_pkey_mprotect,
            libc::SYS_linkat,
            libc::SYS_fchmodat,
            libc::SYS_fchownat,
        ] {
            assert!(!table.contains_key(&call), "{call}");
        }
    }

    #[test]
    fn calls_with_dangerous_arguments_have_rules() {
        let (count, table) = allowed().unwrap();
        for call in [libc::SYS_clone, libc::SYS_ioctl, libc::SYS_prctl, libc::SYS_mmap, libc::SYS_socketpair]
        {
            assert!(!table[&call].is_empty(), "{call}");
        }
        assert!(![libc::TIOCSTI, libc::TIOCLINUX].iter().any(|&typing| IOCTL.contains(&request(typing))));
        assert!(count > 60 && count < 130, "{count}");
    }
}
