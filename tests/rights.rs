//! Rights that are given up when an interface is open. Skipped where this is not root, or something is missing.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tapline_testkit::{installed, skipped};

const TAPLINE: &str = env!("CARGO_BIN_EXE_tapline");

/// Requests while a capture runs.
const REQUESTS: usize = 20;

/// How long a run may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);

/// A user whom no system has.
const STRANGER: &str = "54321";

/// Whether this is root; where it is not, that is said.
fn is_root() -> bool {
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    if !is_root {
        skipped("only root has rights to give up");
    }
    is_root
}

/// A run's threads as the kernel sees them, and what came out.
struct Run {
    threads: Vec<Status>,
    output: Output,
}

impl Run {
    fn said(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// Every thread is this user and has nothing of root.
    fn assert_given_up(&self, user: &str, group: &str) {
        assert!(self.threads.len() >= 2, "{}", self.threads.len());
        self.threads.iter().for_each(|thread| thread.assert_given_up(user, group));
    }
}

/// `/proc/PID/task/THREAD/status`.
struct Status(BTreeMap<String, Vec<String>>);

impl Status {
    fn of(process: u32) -> Vec<Self> {
        let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
        let texts =
            threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("status")).ok());
        texts.map(|text| Self(text.lines().filter_map(field).collect())).collect()
    }

    fn values(&self, name: &str) -> Vec<&str> {
        self.0.get(name).unwrap().iter().map(String::as_str).collect()
    }

    /// Nothing of root is left, and it is this user.
    fn assert_given_up(&self, user: &str, group: &str) {
        assert_eq!(self.values("Uid"), [user; 4]);
        assert_eq!(self.values("Gid"), [group; 4]);
        assert!(!self.values("Groups").contains(&"0"), "{:?}", self.values("Groups"));
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            assert_eq!(self.values(set), ["0000000000000000"], "{set}");
        }
        assert_eq!(self.values("NoNewPrivs"), ["1"]);
        assert_eq!(self.values("Seccomp"), ["2"]);
        // One of the filters makes `clone3` unknown, by which processes could be started. Kernels before 5.9 do not count.
        let filters = |status: &Self| status.0.get("Seccomp_filters")?.first()?.parse::<u32>().ok();
        let before = Self::of(std::process::id()).first().and_then(filters);
        assert_eq!(filters(self), before.map(|count| count + 2));
    }
}

fn field(line: &str) -> Option<(String, Vec<String>)> {
    let (name, values) = line.split_once(':')?;
    Some((name.to_owned(), values.split_whitespace().map(str::to_owned).collect()))
}

/// Runs on the loopback device with requests meanwhile; `None` where that is not possible.
fn run(mut command: Command, arguments: &[&str]) -> Option<Run> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let filter = format!("tcp port {port}");
    let live = ["-i", "lo", "-f", &filter, "-a", "duration:3", "--threads", "2"];
    let streams = command.args(arguments).args(live).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = streams.spawn().unwrap();
    let server = std::thread::spawn(move || tapline_testkit::serve(&listener, REQUESTS).unwrap());
    let threads = threads_of(&mut child);
    (0..REQUESTS).for_each(|_| tapline_testkit::ask(port, "/rights").unwrap());
    server.join().unwrap();
    let output = child.wait_with_output().unwrap();
    let run = Run { threads, output };
    if run.output.status.code() == Some(2) && run.said().contains("libpcap") {
        skipped(run.said());
        return None;
    }
    Some(run)
}

/// Its threads when those that capture and analyse are there: they begin after rights are gone.
fn threads_of(child: &mut Child) -> Vec<Status> {
    let deadline = Instant::now() + PATIENCE;
    let mut threads = Vec::new();
    while threads.len() < 4 && child.try_wait().unwrap().is_none() && Instant::now() < deadline {
        threads = Status::of(child.id());
        std::thread::sleep(Duration::from_millis(5));
    }
    threads
}

fn tapline() -> Command {
    let mut command = Command::new(TAPLINE);
    command.env_remove("SUDO_UID").env_remove("SUDO_GID").env_remove("SSLKEYLOGFILE");
    command
}

/// Numbers of a user and its group, as the system has them.
fn user(name: &str) -> (String, String) {
    let id = |what| {
        let output = Command::new("id").args([what, name]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    (id("-u"), id("-g"))
}

/// What a kernel cannot do is said.
fn is_supported(run: &Run) -> bool {
    let missing = run.said().lines().find(|line| line.contains("this kernel")).map(str::to_owned);
    if let Some(line) = &missing {
        skipped(line);
    }
    missing.is_none()
}

fn open_to_all(path: &Path) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o777)).unwrap();
}

#[test]
fn root_becomes_nobody_in_every_thread_and_reports_what_it_saw() {
    if !is_root() {
        return;
    }
    let Some(run) = run(tapline(), &["report", "-v"]) else { return };
    assert!(run.output.status.success() && run.text().contains("/rights"), "{}{}", run.text(), run.said());
    let (nobody, group) = user("nobody");
    for says in [
        &format!("rights: became user {nobody} (nobody), group {group}"),
        "rights: no capabilities left",
        "rights: no new privileges",
    ] {
        assert!(run.said().contains(says), "{}", run.said());
    }
    if is_supported(&run) {
        for says in
            ["rights: files: may read /sys/class/net/lo/statistics (Landlock", "rights: system calls: "]
        {
            assert!(run.said().contains(says), "{}", run.said());
        }
        run.assert_given_up(&nobody, &group);
        assert!(run.threads.iter().all(|thread| thread.values("CapBnd") == ["0000000000000000"]));
    }
}

#[test]
fn who_called_sudo_owns_the_export_and_a_key_log_is_waited_for() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    open_to_all(folder.path());
    let (out, keys) = (folder.path().join("out.ndjson"), folder.path().join("keys"));
    let mut command = tapline();
    command.env("SUDO_UID", STRANGER).env("SUDO_GID", "54322");
    let arguments = [
        ["export", "--to", "ndjson", "-o"].map(Path::new).as_slice(),
        &[out.as_path(), Path::new("--keylog"), keys.as_path()],
    ]
    .concat();
    let arguments: Vec<&str> = arguments.iter().map(|argument| argument.to_str().unwrap()).collect();
    let Some(run) = run(command, &arguments) else { return };
    assert!(run.output.status.success(), "{}", run.said());
    assert!(
        run.said().contains(&format!("keys: waiting for {} to appear", keys.display())),
        "{}",
        run.said()
    );
    assert!(std::fs::read_to_string(&out).unwrap().contains("/rights"));
    let owner = std::fs::metadata(&out).unwrap();
    assert_eq!((owner.uid(), owner.gid(), owner.mode() & 0o777 & !0o022), (54_321, 54_322, 0o644));
    if is_supported(&run) {
        run.assert_given_up(STRANGER, "54322");
    }
}

#[test]
fn a_set_of_capture_files_is_written_and_kept_small() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    open_to_all(folder.path());
    let path = folder.path().join("day.pcapng");
    let arguments = [
        "report",
        "-Z",
        STRANGER,
        "-b",
        "packets:9",
        "-b",
        "files:2",
        "--embed-secrets",
        "-w",
        path.to_str().unwrap(),
    ];
    let Some(run) = run(tapline(), &arguments) else { return };
    assert!(run.output.status.success(), "{}", run.said());
    // Complete files were read once more.
    assert!(!run.said().contains("permission"), "{}", run.said());
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(files.iter().all(|file| file.metadata().unwrap().uid() == 54_321), "{files:?}");
    if is_supported(&run) {
        run.assert_given_up(STRANGER, STRANGER);
    }
}

#[test]
fn sudo_is_not_believed_where_it_names_root() {
    if !is_root() {
        return;
    }
    let mut command = tapline();
    command.env("SUDO_UID", "0").env("SUDO_GID", "0");
    let Some(run) = run(command, &["report"]) else { return };
    let (nobody, group) = user("nobody");
    assert!(run.output.status.success() && !run.said().contains("became"), "{}", run.said());
    if is_supported(&run) {
        run.assert_given_up(&nobody, &group);
    }
}

#[test]
fn a_user_can_be_named_and_comes_before_sudos() {
    if !is_root() || !installed(&["setpriv"]) {
        return;
    }
    for name in ["daemon", STRANGER] {
        // In groups that are not that user's.
        let mut command = Command::new("setpriv");
        command.args(["--groups", "0,4321", TAPLINE]).env_remove("SSLKEYLOGFILE");
        command.env("SUDO_UID", "1234").env("SUDO_GID", "1234");
        let Some(run) = run(command, &["report", "-Z", name]) else { return };
        assert!(run.output.status.success(), "{}", run.said());
        let known = user(name);
        let (id, group) = if known.0.is_empty() { (name.to_owned(), name.to_owned()) } else { known };
        if is_supported(&run) {
            run.assert_given_up(&id, &group);
            assert!(run.threads.iter().all(|thread| !thread.values("Groups").contains(&"4321")));
        }
    }
}

#[test]
fn nobody_else_can_be_named() {
    if !is_root() {
        return;
    }
    for (name, says) in [("no-such-user", "there is no user"), ("root", "is root"), ("0", "is root")] {
        let mut command = tapline();
        command.args(["report", "-i", "lo", "-a", "duration:1", "-Z", name]);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("libpcap") {
            return skipped(said);
        }
        assert_eq!(output.status.code(), Some(2), "{said}");
        let beginning = "tapline: cannot give up rights: identity: ";
        let end = "use --keep-privileges to go on with them";
        assert!(said.starts_with(beginning) && said.contains(says) && said.contains(end), "{said}");
    }
}

#[test]
fn rights_can_be_kept() {
    if !is_root() {
        return;
    }
    let Some(run) = run(tapline(), &["report", "--keep-privileges", "-v"]) else { return };
    assert!(run.output.status.success() && run.text().contains("/rights"), "{}", run.said());
    assert!(run.said().contains("tapline: rights: kept"), "{}", run.said());
    let own = &Status::of(std::process::id())[0];
    for thread in &run.threads {
        for name in ["Uid", "Gid", "CapPrm", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp"] {
            assert_eq!(thread.values(name), own.values(name), "{name}");
        }
    }
}

#[test]
fn where_the_user_may_not_write_that_is_known_before_the_capture() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.ndjson");
    let begun = Instant::now();
    let mut command = tapline();
    command.args(["export", "--to", "ndjson", "-i", "lo", "-a", "duration:30", "-o"]).arg(&out);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("libpcap") {
        return skipped(said);
    }
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("--keep-privileges") && said.contains("cannot write in"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

/// What is said, and how it ends, where the kernel answers system calls with errors.
fn with_errors(errors: &[(&str, &str)]) -> Option<(String, Option<i32>)> {
    if !is_root() || !installed(&["strace"]) {
        return None;
    }
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null"]).env_remove("SSLKEYLOGFILE");
    for (call, error) in errors {
        command.args(["-e", &format!("inject={call}:error={error}")]);
    }
    let output = command.args([TAPLINE, "report", "-i", "lo", "-a", "duration:0.5"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("libpcap") || said.contains("strace:") {
        skipped(said);
        return None;
    }
    Some((said, output.status.code()))
}

#[test]
fn what_a_kernel_cannot_do_is_said_in_a_line_and_no_failure() {
    let errors = [("landlock_create_ruleset", "EOPNOTSUPP"), ("seccomp", "EINVAL")];
    let Some((said, code)) = with_errors(&errors) else { return };
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("tapline: rights: files: this kernel has no Landlock, so "), "{said}");
    assert!(lines[1].starts_with("tapline: rights: system calls: all can still be made"), "{said}");
    assert_eq!((lines.len(), code), (2, Some(0)), "{said}");
}

#[test]
fn what_fails_ends_it_before_a_packet_is_read() {
    for (call, step) in [
        ("setresuid", "identity"),
        ("setgroups", "identity"),
        ("capset", "capabilities"),
        ("landlock_restrict_self", "files"),
        ("seccomp", "system calls"),
    ] {
        let Some((said, code)) = with_errors(&[(call, "EPERM")]) else { return };
        let beginning = format!("tapline: cannot give up rights: {step}: ");
        assert!(said.starts_with(&beginning) && said.contains(": use --keep-privileges"), "{call}: {said}");
        assert_eq!(code, Some(2), "{said}");
    }
}

/// A copy of the program that everybody may start.
fn copy(folder: &Path) -> PathBuf {
    open_to_all(folder);
    let path = folder.join("tapline");
    std::fs::copy(TAPLINE, &path).unwrap();
    path
}

/// Somebody who is not root.
fn stranger(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", STRANGER, "--regid", STRANGER, "--clear-groups"]).arg(program);
    command.env_remove("SSLKEYLOGFILE");
    command
}

#[test]
fn a_program_that_was_granted_capabilities_keeps_none_of_them() {
    if !is_root() || !installed(&["setpriv", "setcap"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = copy(folder.path());
    let granted = Command::new("setcap").arg("cap_net_raw,cap_net_admin=ep").arg(&program).output().unwrap();
    if !granted.status.success() {
        return skipped(String::from_utf8_lossy(&granted.stderr));
    }
    let Some(run) = run(stranger(&program), &["report", "-v"]) else { return };
    if run.said().contains("no permission to capture") {
        return skipped("this file system grants no capabilities");
    }
    assert!(run.output.status.success() && run.text().contains("/rights"), "{}", run.said());
    assert!(run.said().contains("rights: stayed user 54321"), "{}", run.said());
    if is_supported(&run) {
        run.assert_given_up(STRANGER, STRANGER);
    }
}

#[test]
fn who_may_not_capture_is_told_the_command_that_grants_it() {
    if !is_root() || !installed(&["setpriv"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = copy(folder.path());
    let output = stranger(&program).args(["report", "-i", "lo"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("libpcap") {
        return skipped(said);
    }
    assert_eq!(output.status.code(), Some(2), "{said}");
    let path = program.display();
    for command in
        [format!("sudo setcap cap_net_raw,cap_net_admin=ep {path})"), format!("sudo {path} -i lo)")]
    {
        assert!(said.contains(&command), "{said}");
    }
}

#[test]
fn files_are_read_as_ever() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/link/page-load.pcapng");
    let output = tapline().args(["report", "-v"]).arg(path).output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
