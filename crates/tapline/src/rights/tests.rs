//! What is left of a process's rights, tried in a process of its own: this binary, started once more for one test.
#![expect(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::net::{TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Signal, getpid, getppid, kill_process};
use rustix::thread::{CapabilitySet, capabilities, no_new_privs, set_thread_uid};

use tapline_engine::KeyFiles;

use super::{Plan, Step, give_up, give_up_in_this_thread, needed};
use crate::arguments::{InputArguments, RecordArguments};

/// Says to a process that it is the one that gives up its rights, and in which folder it is to try what it can.
const FOLDER: &str = "TAPLINE_TEST_RIGHTS_FOLDER";

#[test]
fn what_the_plan_does_not_name_is_out_of_reach() {
    let folder = tempfile::tempdir().unwrap();
    let open_to_all = |path: &Path| fs::set_permissions(path, Permissions::from_mode(0o777)).unwrap();
    open_to_all(folder.path());
    for name in ["out", "elsewhere", "later"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        open_to_all(&folder.path().join(name));
    }
    for name in ["named", "unnamed"] {
        fs::write(folder.path().join(name), "secret").unwrap();
        fs::set_permissions(folder.path().join(name), Permissions::from_mode(0o666)).unwrap();
    }
    fs::write(folder.path().join("later/keys"), "secret").unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "rights::tests::inside", "--nocapture"]).env(FOLDER, folder.path());
    let output = command.output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    for line in said.lines().filter_map(|line| line.strip_prefix("not supported: ")) {
        tapline_testkit::skipped(line);
    }
}

/// Does nothing but where it is started by the test above.
#[test]
fn inside() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let read = vec![folder.join("named"), folder.join("later")];
    let plan = Plan { read, write: vec![folder.join("out")], ..Plan::default() };
    let steps = give_up_in_this_thread(&plan).unwrap();
    let missing: Vec<&String> = steps
        .iter()
        .filter_map(|step| match step {
            Step::NotSupported(what) => Some(what),
            Step::Done(_) => None,
        })
        .collect();
    for what in &missing {
        println!("not supported: {what}");
    }
    nothing_is_left_of_root();
    if !missing.iter().any(|what| what.starts_with("files")) {
        only_named_files_open(&folder);
        // What a thread that is started later can do is no more.
        std::thread::spawn(move || only_named_files_open(&folder)).join().unwrap();
    }
    if !missing.iter().any(|what| what.starts_with("system calls")) {
        no_new_sockets_and_programs();
        std::thread::spawn(no_new_sockets_and_programs).join().unwrap();
    }
}

fn nothing_is_left_of_root() {
    let left = capabilities(None);
    // Asking is a system call that may be refused by now.
    assert!(left.is_err() || left.unwrap().permitted == CapabilitySet::empty());
    assert!(no_new_privs().unwrap_or(true));
    set_thread_uid(rustix::process::Uid::ROOT).unwrap_err();
}

fn only_named_files_open(folder: &Path) {
    let refused = |result: io::Result<File>| assert_eq!(code(result), Some(libc::EACCES));
    let out = folder.join("out");
    let new = |path: PathBuf| OpenOptions::new().write(true).create_new(true).open(path);
    for name in ["named", "later/keys"] {
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), "secret");
    }
    fs::read_dir(folder.join("later")).unwrap_err();
    refused(OpenOptions::new().write(true).open(folder.join("named")));
    refused(File::open(folder.join("unnamed")));
    refused(File::open("/etc/passwd"));
    refused(File::open("/proc/self/maps"));
    refused(new(folder.join("elsewhere/file")));
    new(out.join("file")).unwrap();
    fs::rename(out.join("file"), out.join("renamed")).unwrap();
    refused(File::open(out.join("renamed")));
    fs::rename(out.join("renamed"), folder.join("elsewhere/moved")).unwrap_err();
    fs::remove_file(out.join("renamed")).unwrap();
    fs::remove_file(folder.join("unnamed")).unwrap_err();
    fs::read_dir("/").unwrap_err();
}

fn no_new_sockets_and_programs() {
    let refused = |code: Option<i32>| assert_eq!(code, Some(libc::EPERM));
    refused(code(UdpSocket::bind("127.0.0.1:0")));
    refused(code(TcpStream::connect("127.0.0.1:9")));
    refused(code(UnixListener::bind("/nowhere/socket")));
    refused(code(Command::new("/bin/true").status()));
    refused(code(kill_process(getppid().unwrap(), Signal::CONT).map_err(io::Error::from)));
    refused(code(kill_process(getpid(), Signal::CONT).map_err(io::Error::from)));
    UnixStream::pair().unwrap();
    assert_eq!(std::thread::spawn(|| 1).join().unwrap(), 1);
}

fn code<T>(result: io::Result<T>) -> Option<i32> {
    result.err().and_then(|error| error.raw_os_error())
}

#[test]
fn a_capture_needs_its_key_logs_its_own_files_and_counters() {
    let folder = tempfile::tempdir().unwrap();
    let (there, missing) = (folder.path().join("there"), folder.path().join("later/keys"));
    fs::write(&there, "").unwrap();
    let mut keys = KeyFiles::default();
    keys.add_log(&there).unwrap();
    keys.await_log(&missing);
    let write = Some("own/day.pcapng".into());
    let record = RecordArguments { write, embed_secrets: true, ..RecordArguments::default() };
    let interface = vec!["lo".to_owned(), "eth0".to_owned()];
    let arguments = InputArguments { interface, record, ..InputArguments::default() };
    let plan = needed(&arguments, &keys, Plan::writing(Path::new("out/file")));
    let counters = ["lo", "eth0"].map(|name| PathBuf::from(format!("/sys/class/net/{name}/statistics")));
    let (keys, own) = ([there, folder.path().join("later")], [PathBuf::from("own")]);
    assert_eq!(plan.read, [&keys[..], &own[..], &counters[..]].concat());
    assert_eq!(plan.write, ["out", "own"].map(PathBuf::from));
}

/// The tests of a binary run in threads.
#[test]
fn with_more_threads_than_one_nothing_is_begun() {
    let error = std::thread::spawn(|| give_up(&Plan::default())).join().unwrap().unwrap_err().to_string();
    assert!(
        error.contains("cannot give up rights: threads: ") && error.contains("--keep-privileges"),
        "{error}"
    );
}
