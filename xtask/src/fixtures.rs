//! `cargo xtask fixtures`: captures of real programs' traffic, made between network namespaces.
//!
//! The catalogue says who talks to whom and what must be seen; out come `fixtures/*/*.pcapng`, key logs and the index.
//! Nothing outside the namespaces is captured, no private key leaves the run's temporary folder, and no namespace
//! outlives the run.

mod catalogue;
mod check;
mod fixture;
mod forge;
mod index;
mod programs;
mod record;
mod relay;
mod rule;
mod script;
mod servers;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tapline_capture::read_bytes;
use tapline_testkit::network::{
    CLIENT, Neighbours, Network, RELAY, Running, Stop, Wiring, command_in, run_in,
};

use self::fixture::{Fixture, Line, Secrets};
use self::record::{Recorded, Recording};
use crate::shell::root;

/// Attempts at a fixture: a busy machine may spoil one.
const ATTEMPTS: u32 = 3;
/// The longest that a client may take.
const CLIENT_LIMIT: Duration = Duration::from_secs(20);
/// The VLAN of the trunk.
const VLAN: &str = "77";

/// Which fixtures.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fixtures or folders of them; all where none is named.
    names: Vec<String>,
    /// Only say which there are.
    #[arg(long)]
    list: bool,
}

/// A part that is played inside a namespace.
#[derive(clap::Subcommand)]
pub(crate) enum Part {
    /// A peer that follows a script.
    Script {
        #[arg(allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// What stands between two devices.
    Relay {
        left: String,
        right: String,
        #[arg(long)]
        vlan: Option<u16>,
        #[arg(long = "rule")]
        rules: Vec<String>,
    },
}

/// Plays a part.
pub(crate) fn play(part: &Part) -> Result<()> {
    match part {
        Part::Script { words } => script::play(words),
        Part::Relay { left, right, vlan, rules } => {
            let rules = rules.iter().map(|rule| rule.parse()).collect::<Result<Vec<_>>>()?;
            relay::relay(left, right, *vlan, &rules)
        }
    }
}

/// Makes the fixtures that were asked for, and the index.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let chosen = choose(&arguments.names)?;
    if arguments.list {
        for fixture in chosen {
            writeln!(io::stdout(), "{:<32} {}", fixture.name, fixture.shows)?;
        }
        return Ok(());
    }
    programs::check()?;
    let stop = Stop::on_signals()?;
    let temporary = tempfile::Builder::new().prefix("tapline-fixtures-").tempdir()?;
    let _lock = lock()?;
    servers::prepare(temporary.path())?;
    let mut failed = Vec::new();
    for fixture in chosen {
        if let Err(error) = attempts(&stop, fixture, temporary.path()) {
            stop.check()?;
            writeln!(io::stderr(), "{}: {error:#}", fixture.name)?;
            failed.push(fixture.name);
        }
    }
    index::write(&root().join("fixtures"), &programs::versions()?)?;
    ensure!(failed.is_empty(), "not made: {}", failed.join(", "));
    Ok(())
}

fn choose(names: &[String]) -> Result<Vec<&'static Fixture>> {
    let is_in = |fixture: &Fixture, name: &str| {
        fixture.name == name || fixture.name.split_once('/').is_some_and(|(folder, _)| folder == name)
    };
    if let Some(name) = names.iter().find(|name| !catalogue::all().any(|fixture| is_in(fixture, name))) {
        bail!("no fixture is named {name}: see --list");
    }
    let chosen = catalogue::all().filter(|one| names.is_empty() || names.iter().any(|name| is_in(one, name)));
    Ok(chosen.collect())
}

/// Two runs would take away each other's namespaces.
fn lock() -> Result<fs::File> {
    let file = fs::File::create("/run/lock/tapline-fixtures").context("cannot create the lock file")?;
    file.try_lock().context("fixtures are being made by another process")?;
    Ok(file)
}

fn attempts(stop: &Stop, fixture: &Fixture, folder: &Path) -> Result<()> {
    let mut attempt = 1;
    loop {
        match make(stop, fixture, folder) {
            Err(error) if attempt < ATTEMPTS && stop.check().is_ok() => {
                writeln!(io::stderr(), "{}: attempt {attempt}: {error:#}", fixture.name)?;
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Makes one fixture: network, server, recording, clients; then the file, which is kept if it shows its point.
fn make(stop: &Stop, fixture: &Fixture, folder: &Path) -> Result<()> {
    let begun = Instant::now();
    let keys = folder.join("keys");
    fs::write(&keys, "")?;
    let recorded = talk(stop, fixture, folder, &keys)?;
    let secrets = fs::read(&keys)?;
    ensure!(fixture.secrets == Secrets::None || !secrets.is_empty(), "no secrets were logged");
    let embedded = (fixture.secrets == Secrets::Embedded).then_some(secrets.as_slice());
    let bytes = record::convert(fixture, &recorded, embedded)?;
    let draft = folder.join("draft.pcapng");
    fs::write(&draft, &bytes)?;
    let beside = (fixture.secrets == Secrets::Beside).then_some(keys.as_path());
    check::check(fixture, &draft, beside).or_else(|error| {
        let kept = keep(fixture, folder, &draft)?;
        Err(error.context(format!("does not show its point, see {}", kept.display())))
    })?;
    let file = root().join("fixtures").join(format!("{}.pcapng", fixture.name));
    fs::create_dir_all(file.parent().unwrap_or(&file))?;
    fs::write(&file, &bytes)?;
    if beside.is_some() {
        fs::write(file.with_extension("keys"), secrets)?;
    }
    let mut packets = 0;
    read_bytes(fixture.name, &bytes, &mut |_| packets += 1)?;
    let seconds = begun.elapsed().as_secs_f64();
    writeln!(
        io::stdout(),
        "{:<32} {packets:>5} packets {:>7} bytes {seconds:>5.1} s",
        fixture.name,
        bytes.len()
    )?;
    Ok(())
}

/// Keeps a capture that does not show its point, and what its programs said, where one can look at it.
fn keep(fixture: &Fixture, folder: &Path, draft: &Path) -> Result<PathBuf> {
    let kept = root().join("target/fixtures").join(fixture.name);
    fs::create_dir_all(&kept)?;
    fs::copy(draft, kept.join("draft.pcapng"))?;
    for name in ["keys", "client.log", "server.log"].iter().filter(|name| folder.join(name).exists()) {
        fs::copy(folder.join(name), kept.join(name))?;
    }
    Ok(kept)
}

/// The traffic of one fixture: what was recorded of it, by device.
fn talk(stop: &Stop, fixture: &Fixture, folder: &Path, keys: &Path) -> Result<Vec<Recorded>> {
    let neighbours = if fixture.filter.is_empty() { Neighbours::Asked } else { Neighbours::Known };
    let _network = Network::make(fixture.wiring, neighbours)?;
    let _relays = relays(stop, fixture, folder)?;
    let (temporary, keys) = (folder.display().to_string(), keys.display().to_string());
    let replaced = [("{tmp}", temporary.as_str()), ("{keys}", keys.as_str())];
    for line in fixture.setup.iter().map(|text| Line::parse(text, &replaced)) {
        run_in(line.place.context("a line of the setup that does not say where")?, &line.words)?;
    }
    let line = Line::parse(fixture.server, &replaced);
    let mut server = match fixture.server {
        "" => None,
        _ => Some(servers::start(stop, &line, folder)?),
    };
    let recordings = fixture.tap.places().iter().map(|place| Recording::start(stop, fixture, *place, folder));
    let recordings = recordings.collect::<Result<Vec<_>>>()?;
    let mut running = Vec::new();
    for line in fixture.clients.iter().map(|text| Line::parse(text, &replaced)) {
        let mut client = start_client(fixture, &line, folder, &keys)?;
        if line.is_parallel {
            running.push(client);
            continue;
        }
        let status = client.finish(stop, CLIENT_LIMIT)?;
        // Other programs fail where that is the point; a script that fails is a mistake in it.
        ensure!(status.success() || !is_script(&line), "the client's script ended with {status}");
    }
    for mut client in running {
        client.finish(stop, CLIENT_LIMIT)?;
    }
    if let Some(server) = server.as_mut().filter(|_| is_script(&line)) {
        let status = server.finish(stop, CLIENT_LIMIT)?;
        ensure!(status.success(), "the server's script ended with {status}");
    }
    stop.pause(Duration::from_millis(fixture.linger_ms))?;
    recordings.into_iter().map(|recording| recording.end(stop)).collect()
}

fn is_script(line: &Line) -> bool {
    line.words.first().is_some_and(|program| program == "script")
}

fn start_client(fixture: &Fixture, line: &Line, folder: &Path, keys: &str) -> Result<Running> {
    let (program, arguments) = line.words.split_first().context("a client without a program")?;
    let place = line.place.unwrap_or(CLIENT);
    let mut command = match program.as_str() {
        "script" => servers::script(place)?,
        other => command_in(place, other),
    };
    command.args(arguments).current_dir(folder);
    if fixture.secrets != Secrets::None {
        command.env("SSLKEYLOGFILE", keys);
    }
    Ok(Running::start(&mut command, &folder.join("client.log"), line.input.as_deref())?)
}

/// Starts what stands between the ends and waits until it carries frames.
fn relays(stop: &Stop, fixture: &Fixture, folder: &Path) -> Result<Vec<Running>> {
    let devices: &[[&str; 4]] = match fixture.wiring {
        Wiring::Direct | Wiring::Offloaded | Wiring::Routed => &[],
        Wiring::Relayed => &[["left", "right", "--rule", "delay both 0"]],
        Wiring::Trunked => &[["left", "trunk0", "--vlan", VLAN], ["right", "trunk1", "--vlan", VLAN]],
    };
    let own = std::env::current_exe()?.display().to_string();
    let start = |arguments: &[&str; 4]| {
        let log = folder.join(format!("relay-{}.log", arguments[0]));
        fs::write(&log, "")?;
        let mut command = command_in(RELAY, &own);
        command.args(["fixture-part", "relay"]).args(arguments);
        command.args(fixture.rules.iter().flat_map(|rule| ["--rule", rule]));
        let running = Running::start(&mut command, &log, None)?;
        stop.wait("the relay", Duration::from_secs(5), || {
            Ok(fs::read_to_string(&log)?.contains("ready").then_some(()))
        })?;
        Ok(running)
    };
    devices.iter().map(start).collect()
}
