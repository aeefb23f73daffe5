//! The configuration, through the program: what it sets, what wins over it, and what is said of a wrong one.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A user's folder of configurations.
struct User {
    folder: TempDir,
}

impl User {
    fn new(config: &str) -> Self {
        let user = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(user.folder.path().join("tapline")).unwrap();
        fs::write(user.config(), config).unwrap();
        user
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("tapline/config.toml")
    }

    fn tapline(&self, arguments: &str) -> Output {
        tapline(self.folder.path(), arguments)
    }

    fn says(&self, arguments: &str) -> String {
        let output = self.tapline(arguments);
        assert!(output.status.success(), "{arguments}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What is wrong with the configuration, as one line.
    fn fails(&self, arguments: &str) -> String {
        let output = self.tapline(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{arguments}: {said}");
        said
    }
}

/// Runs tapline; FILE is a capture.
fn tapline(configurations: &Path, arguments: &str) -> Output {
    let capture = tapline_testkit::root().join("fixtures/http2/prior-knowledge.pcapng");
    let words =
        arguments.split(' ').map(|word| if word == "FILE" { capture.as_os_str() } else { word.as_ref() });
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(words).env("XDG_CONFIG_HOME", configurations).current_dir(configurations).output().unwrap()
}

#[test]
fn the_command_line_wins_then_the_commands_table_then_common() {
    let user = User::new("[common]\nwidth = 60\ncolor = \"always\"\n[report]\nwidth = 80\n");
    for (arguments, same) in [
        ("report FILE", "report --no-config --color always --width 80 FILE"),
        ("report --color never FILE", "report --no-config --width 80 FILE"),
        ("report --width 50 FILE", "report --no-config --color always --width 50 FILE"),
        ("diff FILE FILE", "diff --no-config --color always --width 60 FILE FILE"),
    ] {
        assert_eq!(user.says(arguments), user.says(same), "{arguments}");
    }
    assert_ne!(user.says("report FILE"), user.says("report --no-config FILE"));
}

#[test]
fn what_has_to_be_said_may_be_said_there() {
    let user = User::new("[export]\nto = \"ndjson\"\ntypes = [\"capture\", \"connection\"]\n");
    let types = |text: &str| -> Vec<String> {
        let of = |line: &str| line.split('"').nth(3).unwrap().to_owned();
        let mut types: Vec<String> = text.lines().map(of).collect();
        types.dedup();
        types
    };
    assert_eq!(types(&user.says("export FILE")), ["connection", "capture"]);
    // A list takes the other one's place.
    assert_eq!(types(&user.says("export --types capture FILE")), ["capture"]);
    assert!(user.says("export --to har FILE").starts_with("{\"log\""));
    assert_eq!(user.tapline("export --no-config FILE").status.code(), Some(2));
}

#[test]
fn a_file_that_is_named_takes_the_place_of_the_usual_one() {
    let user = User::new("what is this");
    fs::write(user.folder.path().join("other.toml"), "[export]\nto = \"csv\"\n").unwrap();
    assert!(user.says("export --config other.toml FILE").starts_with("id,client_address"));
    assert!(user.fails("export --config none.toml FILE").contains("none.toml (--no-config"));
}

#[test]
fn what_does_not_go_with_what_is_said_gives_way() {
    let text = "[export]\nto = \"csv\"\ncolumns = [\"id\"]\ndetail = \"brief\"\ndisplay-filter = \"tcp.stream == 77\"\n";
    let user = User::new(text);
    assert_eq!(user.says("export FILE"), "id\r\n");
    assert_eq!(user.says("export --connection 0 FILE"), "id\r\n0\r\n");
    assert!(user.says("export --to mermaid --connection 0 FILE").starts_with("sequenceDiagram"));
    assert!(user.says("export --to ndjson FILE").starts_with("{\"type\":\"capture\""));
    let one = User::new("[export]\nto = \"csv\"\ncolumns = [\"id\"]\nconnection = 77\n");
    assert_eq!(
        (one.says("export FILE"), one.says("export -Y tcp FILE")),
        ("id\r\n".into(), "id\r\n0\r\n1\r\n".into())
    );
    // What is said in vain is still told.
    let output = user.tapline("export --columns id --to ndjson FILE");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--columns is of --to csv"));
}

#[test]
fn a_flag_of_all_is_taken_back_by_one() {
    let user = User::new("[common]\nall = true\n[diff]\nall = false\n");
    let many = tapline_testkit::root().join("fixtures/link/slow-among-500.pcapng");
    let lines = |options: &str| user.says(&format!("report {options}{}", many.display())).lines().count();
    assert!(lines("") > 400 && lines("--no-config ") < 200);
    let diff = format!("diff {0} {0}", many.display());
    assert_eq!(user.says(&diff), user.says(&diff.replace("diff ", "diff --no-config ")));
}

#[test]
fn a_mistake_is_told_with_its_line_and_what_is_meant() {
    for (text, parts) in [
        ("[report]\nall = true\nthreds = 1\n", ["line 3:", "[report] has no option threds", "threads"]),
        ("[common]\nkey-log = \"a\"\n", ["line 2:", "key-log", "keylog"]),
        ("\n[export]\nto = \"hra\"\n", ["line 3:", "'hra'", "har"]),
        ("[exprot]\nto = \"har\"\n", ["line 1:", "exprot", "[export]"]),
        ("threads = 1\n", ["line 1:", "threads is for a table", "[common]"]),
        ("[report]\nwidth = \"wide\"\n", ["line 2:", "'wide'", "width"]),
        ("[report]\nwidth = true\n", ["line 2:", "width", "a text or a number"]),
        ("[report]\nall = 1\n", ["line 2:", "all", "true or false"]),
        ("[report]\ncolumns = []\n", ["line 2:", "[report] has no option columns", "count"]),
        ("[export]\noutput = \"x\"\n", ["line 2:", "output", "command line only"]),
        ("[export]\nno-redact = true\n", ["line 2:", "no-redact", "command line only"]),
        ("[report]\nhelp = true\n", ["line 2:", "no option", "help"]),
        ("[keys]\ndance = [\"d\"]\n", ["line 2:", "keys.dance", "sort"]),
        ("theme = \"pink\"\n", ["line 1:", "pink", "dark"]),
        ("[report\n", ["line 1:", "unclosed", "config.toml"]),
    ] {
        let user = User::new(text);
        // Whatever is run: nobody wants to hear of it next week.
        for arguments in ["report FILE", "export --to har FILE", "diff FILE FILE", "FILE"] {
            let said = user.fails(arguments);
            assert!(said.starts_with("tapline: in the configuration /"), "{said}");
            assert!(parts.iter().all(|part| said.contains(part)), "{text}: {said}");
        }
        assert!(user.tapline("report --no-config FILE").status.success());
        assert!(user.tapline("completions bash").status.success());
    }
}

#[test]
fn a_file_that_is_not_there_is_fine_and_one_that_cannot_be_read_is_not() {
    let user = User::new("");
    fs::remove_file(user.config()).unwrap();
    user.says("report FILE");
    fs::remove_dir(user.folder.path().join("tapline")).unwrap();
    user.says("report FILE");
    fs::write(user.folder.path().join("tapline"), "no folder").unwrap();
    user.says("report FILE");
    let user = User::new("");
    fs::write(user.config(), b"\xff").unwrap();
    assert!(user.fails("report FILE").contains("cannot read the configuration"));
    fs::remove_file(user.config()).unwrap();
    fs::create_dir(user.config()).unwrap();
    assert!(user.fails("report FILE").contains("--no-config"));
    user.says("report --no-config FILE");
    let user = User::new("");
    fs::set_permissions(user.config(), fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything.
    if fs::read(user.config()).is_err() {
        assert!(user.fails("report FILE").contains("ermission denied"));
    }
}

#[test]
fn the_example_of_the_documentation_is_one() {
    let page = fs::read_to_string(tapline_testkit::root().join("docs/config.md")).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let user = User::new(&example.replace("/home/me/", ""));
    fs::write(user.folder.path().join("keys.txt"), "").unwrap();
    assert!(user.says("export FILE").contains("{\"type\":\"connection\""));
    // There is a table for every command.
    for table in ["common", "dashboard", "report", "export", "diff"] {
        assert!(example.contains(&format!("\n[{table}]")), "{table}");
    }
}
