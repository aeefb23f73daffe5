//! What is exported, in the hands of those who read it: other people's programs, from npm, PyPI and Debian.
//!
//! ```text
//!   fixtures ──> tapline export --to FORMAT ──> target/consumers/FORMAT/ ──> tests/consumers/FORMAT.{py,mjs}
//! ```

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::captures::{self, Capture};
use crate::parallel::Workers;
use crate::shell::{root, run, target};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these formats
    formats: Vec<String>,
}

/// A format and who reads it.
struct Format {
    name: &'static str,
    /// What the program is told beside `--to`.
    arguments: &'static [&'static str],
    /// The end of the name of a file.
    ending: &'static str,
    script: &'static str,
    /// What the script is told before the files.
    with: &'static [&'static str],
    /// One of so many captures is read: a browser takes seconds for a page that it works through.
    every: usize,
    /// Whether captures go into one folder; the script is told that, and their NDJSON.
    is_lake: bool,
}

const EVERY_TYPE: &str = "capture,connection,tcp,tcp_sample,tls_message,tls_session,http1_message,http2_frame,\
    websocket_frame,http2_connection,http_exchange,dns_lookup,finding,anomaly";

const FORMATS: &[Format] = &[
    Format {
        name: "ndjson",
        arguments: &["--hash-bodies", "--decode-bodies", "--hpack-tables", "--types", EVERY_TYPE],
        ending: "ndjson",
        script: "ndjson.py",
        with: &["docs/ndjson.schema.json"],
        every: 1,
        is_lake: false,
    },
    Format {
        name: "mermaid",
        arguments: &["--connection", "0"],
        ending: "mermaid",
        script: "mermaid.mjs",
        with: &[],
        every: 1,
        is_lake: false,
    },
    Format {
        name: "har",
        arguments: &["--bodies"],
        ending: "har",
        script: "har.mjs",
        with: &[],
        every: 1,
        is_lake: false,
    },
    Format {
        name: "otlp",
        arguments: &[],
        ending: "jsonl",
        script: "otlp.py",
        with: &["fixtures"],
        every: 1,
        is_lake: false,
    },
    Format {
        name: "parquet",
        arguments: &["--partition-by", "date,hour,host", "--host", "web1"],
        ending: "ndjson",
        script: "parquet.py",
        with: &["docs/fleet.md"],
        every: 1,
        is_lake: true,
    },
    Format {
        name: "html",
        arguments: &[],
        ending: "html",
        script: "html.mjs",
        with: &[],
        every: 6,
        is_lake: false,
    },
];

/// Exports every fixture to each format and has it read.
pub(crate) fn consumers(arguments: &Arguments) -> Result<()> {
    let chosen = |format: &&Format| {
        arguments.formats.is_empty() || arguments.formats.iter().any(|name| name == format.name)
    };
    let formats: Vec<&Format> = FORMATS.iter().filter(chosen).collect();
    if formats.is_empty() {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        bail!("no such format: there are {}", names.join(", "));
    }
    let program = full()?;
    let rooms = Rooms::ready()?;
    let captures = captures::fixtures()?;
    for format in formats {
        let folder = rooms.folder.join(format.name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let lake = folder.join("lake");
        let chosen: Vec<&Capture> = captures.iter().step_by(format.every).collect();
        let exported = Workers::all().work(&chosen, |capture| {
            let name = capture.name.trim_start_matches("fixtures/").replace('/', "-");
            let to = folder.join(name).with_extension(format.ending);
            if format.is_lake {
                export(&program, capture, format.name, format.arguments, &lake)?;
                export(&program, capture, "ndjson", &[], &to)?;
            } else {
                export(&program, capture, format.name, format.arguments, &to)?;
            }
            Ok(to)
        });
        let lake = format.is_lake.then_some(Ok(lake));
        let files: Vec<PathBuf> = lake.into_iter().chain(exported).collect::<Result<_>>()?;
        rooms.read(format, &program, &files)?;
    }
    Ok(())
}

/// Builds a program with every format and gives its path. What it writes does not depend on how fast it is.
fn full() -> Result<PathBuf> {
    run("cargo", ["build", "--quiet", "--package", "tapline", "--features", "full"])?;
    Ok(target().join("debug/tapline"))
}

/// Exports one capture, with the key log beside it if there is one.
fn export(program: &Path, capture: &Capture, format: &str, arguments: &[&str], to: &Path) -> Result<()> {
    let mut command = Command::new(program);
    command.args(["export", "--to", format, "-o"]).arg(to).args(arguments).arg(&capture.path);
    let keys = capture.path.with_extension("keys");
    if keys.exists() {
        command.arg("--keylog").arg(keys);
    }
    let output = command.env_remove("SSLKEYLOGFILE").output().context("cannot start tapline")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {said}", capture.name);
    Ok(())
}

/// Where readers are installed.
struct Rooms {
    folder: PathBuf,
}

impl Rooms {
    /// Installs what is not there yet, at the versions that `tests/consumers` names.
    fn ready() -> Result<Self> {
        let folder = root().join("target/consumers");
        std::fs::create_dir_all(&folder)?;
        let rooms = Self { folder };
        rooms.install("package.json", &["npm", "install", "--no-audit", "--no-fund", "--silent"])?;
        if !rooms.python().exists() {
            rooms.run(Command::new("python3").args(["-m", "venv", "venv"]))?;
        }
        rooms.install("requirements.txt", &["venv/bin/pip", "install", "-q", "-r", "requirements.txt"])?;
        Ok(rooms)
    }

    fn python(&self) -> PathBuf {
        self.folder.join("venv/bin/python")
    }

    /// Runs an installer unless it ran for this list before.
    fn install(&self, list: &str, installer: &[&str]) -> Result<()> {
        let wanted = std::fs::read(root().join("tests/consumers").join(list))?;
        let here = self.folder.join(list);
        let mark = self.folder.join(format!("{list}.installed"));
        if std::fs::read(&mark).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        std::fs::write(&here, &wanted)?;
        let Some((program, arguments)) = installer.split_first() else { return Ok(()) };
        let program = if program.contains('/') { self.folder.join(program) } else { program.into() };
        self.run(Command::new(program).args(arguments))?;
        Ok(std::fs::write(mark, wanted)?)
    }

    /// Has a format's files read. A script that exports by itself does so with `program`.
    fn read(&self, format: &Format, program: &Path, files: &[PathBuf]) -> Result<()> {
        let script = root().join("tests/consumers").join(format.script);
        let runner = if Path::new(format.script).extension().is_some_and(|ending| ending == "py") {
            self.python()
        } else {
            "node".into()
        };
        let with = format.with.iter().map(|path| root().join(path));
        self.run(Command::new(runner).arg(script).args(with).args(files).env("TAPLINE", program))
    }

    fn run(&self, command: &mut Command) -> Result<()> {
        let status =
            command.current_dir(&self.folder).status().with_context(|| format!("cannot run {command:?}"))?;
        let program = command.get_program().to_string_lossy().into_owned();
        let of = command.get_args().next().unwrap_or_default().to_string_lossy().into_owned();
        ensure!(status.success(), "{program} {of} ended with {status}");
        Ok(())
    }
}
