//! The user's configuration: a file that says ahead what the command line would say each time.
//!
//! What is in it becomes the defaults of the command line's own definition, so there is no second list of options, and the
//! command line wins without anybody comparing.
//!
//! ```text
//!   words ──> is there a configuration, and what is said already ──> definition with other defaults ──> arguments
//! ```

mod settings;

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};
use etcetera::BaseStrategy;
use tapline_engine::analysis::printable;
use tapline_tui::{Config, ConfigError};

use crate::arguments::{Arguments, Command as CommandArguments};
use settings::Settings;

/// The arguments of the command line over those of the configuration, and what else that says. Where they cannot be read
/// the process ends.
pub(crate) fn arguments() -> Result<(Arguments, Config)> {
    let definition = Arguments::command();
    // What is wrong in the command line is said by the second reading, which knows the configuration; help by this one.
    let said = matches(&definition.clone().ignore_errors(true));
    let said = said.subcommand().map_or(&said, |(_, said)| said);
    let Some((path, text)) = file(said)? else {
        return Ok((Arguments::from_matches(&matches(&definition))?, Config::default()));
    };
    let (settings, config) = Settings::read(&text, &definition).map_err(|ConfigError { at, why }| {
        let line = text.bytes().take(at).filter(|octet| *octet == b'\n').count() + 1;
        anyhow!("in the configuration {}, line {line}: {why}", path.display())
    })?;
    Ok((Arguments::from_matches(&matches(&settings.over(definition, said)))?, config))
}

/// What the command line says. What is said of one that cannot be read does nothing to the terminal.
fn matches(definition: &Command) -> ArgMatches {
    let words: Vec<OsString> = std::env::args_os().collect();
    definition.clone().try_get_matches_from(&words).unwrap_or_else(|error| {
        let safe = words.iter().map(|word| printable(&word.to_string_lossy()).into_owned());
        definition.clone().try_get_matches_from(safe).err().unwrap_or(error).exit()
    })
}

/// The configuration that a command asks for: the file that was named, else that in the platform's place if there is one.
fn file(said: &ArgMatches) -> Result<Option<(PathBuf, String)>> {
    // Commands without the option have nothing that a file could say.
    let Ok(named) = said.try_get_one::<PathBuf>("config") else { return Ok(None) };
    if said.get_flag("no_config") {
        return Ok(None);
    }
    let usual = || Some(etcetera::choose_base_strategy().ok()?.config_dir().join("tapline/config.toml"));
    let Some(path) = named.cloned().or_else(usual) else { return Ok(None) };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if named.is_none() && is_missing(&error) => Ok(None),
        Err(error) => Err(error).with_context(|| complaint(&path)),
    }
}

/// Whether there is no such file. Users who have no home often have a file in its place.
fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn complaint(path: &Path) -> String {
    format!("cannot read the configuration {} (--no-config goes without)", path.display())
}

impl Arguments {
    fn from_matches(matches: &ArgMatches) -> Result<Self> {
        let arguments = Self::from_arg_matches(matches)?;
        if let (Some(CommandArguments::Export(export)), Some((_, said))) =
            (&arguments.command, matches.subcommand())
        {
            export.fit(said)?;
        }
        Ok(arguments)
    }
}
