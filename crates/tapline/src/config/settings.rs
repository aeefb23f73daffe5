//! Tables of a configuration as settings of the commands' options. Which options there are, what they take and what is
//! wrong with a value says the command line's definition.

use std::collections::BTreeMap;
use std::iter;

use clap::builder::{Arg, ArgAction};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command, Id};
use tapline_tui::{Config, ConfigError};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::arguments::is_said;

/// The table for all commands that have an option.
const COMMON: &str = "common";

/// The table for the command without a name.
const DASHBOARD: &str = "dashboard";

/// What has to be said each time: what is read and what is written; and what shows, gives away or keeps more than usual,
/// because a file would say it where nobody looks.
const SAID_EACH_TIME: [&str; 12] = [
    "config",
    "no_config",
    "read",
    "interface",
    "output",
    "write",
    "no_redact",
    "bodies",
    "embed_secrets",
    "rsa_key_password",
    "user",
    "keep_privileges",
];

/// A key or a table's name, and where it stands.
type Name<'a> = Spanned<DeString<'a>>;

/// What a configuration sets: of each command, by its table's name, the values of options.
#[derive(Default)]
pub(super) struct Settings(BTreeMap<String, BTreeMap<Id, Vec<String>>>);

impl Settings {
    /// Reads a configuration's text. What is not of a command is the dashboard's look.
    pub(super) fn read(text: &str, definition: &Command) -> Result<(Self, Config), ConfigError> {
        let table = DeTable::parse(text)?;
        let span = table.span();
        let (mut settings, mut look, mut tables) = (Self::default(), DeTable::new(), Vec::new());
        for (name, value) in table.into_inner() {
            match value.get_ref() {
                _ if Config::KEYS.contains(&&**name.get_ref()) => _ = look.insert(name, value),
                DeValue::Table(_) => tables.push((name, value)),
                _ => return Err(stray(&name, definition)),
            }
        }
        // What a command's own table says comes behind what is said for all.
        tables.sort_by_key(|(name, _)| name.get_ref() != COMMON);
        for (name, value) in tables {
            let of: Vec<_> = commands(definition)
                .filter(|(command, _)| name.get_ref() == COMMON || name.get_ref() == command)
                .collect();
            if of.is_empty() {
                return Err(stray(&name, definition));
            }
            let DeValue::Table(table) = value.into_inner() else { continue };
            for (key, value) in &table {
                if !settings.set(&of, key, value)? {
                    return Err(unknown(&name, &of, key));
                }
            }
        }
        Ok((settings, Config::read(Spanned::new(span, look))?))
    }

    /// Sets an option of those of some commands that have it; whether any has.
    fn set(
        &mut self,
        commands: &[(&str, &Command)],
        key: &Name<'_>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<bool, ConfigError> {
        let name = &**key.get_ref();
        let mut is_known = false;
        for (command, definition) in commands {
            let Some(option) = definition.get_arguments().find(|option| option.get_long() == Some(name))
            else {
                continue;
            };
            is_known = true;
            if SAID_EACH_TIME.contains(&option.get_id().as_str()) {
                return Err(wrong(key, format!("{name} is for the command line only")));
            }
            let values = values(option, value.get_ref()).and_then(|values| {
                let is_flag = !option.get_action().takes_values();
                let valued = |value| if is_flag { format!("--{name}") } else { format!("--{name}={value}") };
                let said = values.iter().filter(|value| !is_flag || *value == "true");
                tried(definition, said.map(valued)).map_err(|error| says(&error))?;
                Ok(values)
            });
            let values = values.map_err(|why| wrong(value, format!("{name}: {why}")))?;
            self.0.entry((*command).to_owned()).or_default().insert(option.get_id().clone(), values);
        }
        Ok(is_known)
    }

    /// The definition with these settings for defaults. Those that do not go with what is said of its command give way.
    pub(super) fn over(&self, definition: Command, said: &ArgMatches) -> Command {
        let definition = self.over_one(DASHBOARD, definition, said);
        definition.mut_subcommands(|command| {
            let name = command.get_name().to_owned();
            self.over_one(&name, command, said)
        })
    }

    fn over_one(&self, name: &str, command: Command, said: &ArgMatches) -> Command {
        let Some(settings) = self.0.get(name) else { return command };
        let out_of_place = out_of_place(&command, said);
        command.mut_args(|option| match settings.get(option.get_id()) {
            Some(values) if !out_of_place.contains(option.get_id()) => {
                option.default_values(values).required(false)
            }
            _ => option,
        })
    }
}

/// The commands that a configuration is for, by the names of their tables: those that can be told another one.
fn commands(definition: &Command) -> impl Iterator<Item = (&str, &Command)> {
    let has_config = |command: &&Command| command.get_arguments().any(|option| option.get_id() == "config");
    let named = definition.get_subcommands().filter(has_config).map(|command| (command.get_name(), command));
    iter::once((DASHBOARD, definition)).chain(named)
}

/// Options that cannot stand beside those that are said.
fn out_of_place(command: &Command, said: &ArgMatches) -> Vec<Id> {
    let is_said = |id: &Id| said.ids().any(|known| known == id) && is_said(said, id.as_str());
    let pairs = command.get_arguments().flat_map(|option| {
        let others = command.get_arg_conflicts_with(option).into_iter().map(Arg::get_id);
        others.flat_map(|other| [(option.get_id(), other), (other, option.get_id())])
    });
    pairs.filter(|(one, _)| is_said(one)).map(|(_, other)| other.clone()).collect()
}

/// A value as the words that would stand on a command line.
fn values(option: &Arg, value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let is_flag = !option.get_action().takes_values();
    match value {
        DeValue::Boolean(value) if is_flag => Ok(vec![value.to_string()]),
        _ if is_flag => Err("is true or false".to_owned()),
        DeValue::Array(values) if matches!(option.get_action(), ArgAction::Append) => {
            values.iter().map(|value| word(value.get_ref())).collect()
        }
        DeValue::Array(_) => Err("is one value, not several".to_owned()),
        value => Ok(vec![word(value)?]),
    }
}

fn word(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.clone().into_owned()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map(|number| number.to_string())
            .map_err(|_| "is a number too large".to_owned()),
        _ => Err("is a text or a number".to_owned()),
    }
}

/// Has a command read words. What else it would need does not matter.
fn tried(command: &Command, words: impl IntoIterator<Item = String>) -> Result<(), clap::Error> {
    let passed_over = [ErrorKind::MissingRequiredArgument, ErrorKind::ArgumentConflict];
    match command.clone().no_binary_name(true).try_get_matches_from(words) {
        Err(error) if !passed_over.contains(&error.kind()) => Err(error),
        _ => Ok(()),
    }
}

/// What is wrong, without what is about a command line.
fn says(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("For more information"));
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(" ").trim_start_matches("error: ").to_owned()
}

fn wrong<T>(place: &Spanned<T>, why: String) -> ConfigError {
    ConfigError { at: place.span().start, why }
}

/// A key that no command of a table knows, with the one that is meant as they see it.
fn unknown(table: &Name<'_>, commands: &[(&str, &Command)], key: &Name<'_>) -> ConfigError {
    let (table, name) = (table.get_ref(), key.get_ref());
    let nearest = commands.iter().find_map(|(_, command)| {
        let error = tried(command, [format!("--{name}")]).err()?;
        match error.get(ContextKind::SuggestedArg)? {
            ContextValue::String(option) => Some(option.trim_start_matches('-').to_owned()),
            _ => None,
        }
    });
    let hint = nearest.map(|nearest| format!(": did you mean {nearest}?")).unwrap_or_default();
    wrong(key, format!("[{table}] has no option {name}{hint}"))
}

/// A name at the top that is neither the dashboard's nor a command's.
fn stray(name: &Name<'_>, definition: &Command) -> ConfigError {
    let text = name.get_ref();
    let is_option = |command: &Command| command.get_arguments().any(|option| option.get_long() == Some(text));
    if let Some((table, _)) = commands(definition).find(|(_, command)| is_option(command)) {
        return wrong(
            name,
            format!("{text} is for a table: [{COMMON}], or that of a command like [{table}]"),
        );
    }
    let tables = iter::once(COMMON).chain(commands(definition).map(|(command, _)| command));
    let known = Config::KEYS.map(str::to_owned).into_iter().chain(tables.map(|table| format!("[{table}]")));
    let known: Vec<String> = known.collect();
    wrong(name, format!("there is no {text} here; there are {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::arguments::Arguments;

    fn why(text: &str) -> String {
        Settings::read(text, &Arguments::command()).err().map(|error| error.why).unwrap_or_default()
    }

    #[test]
    fn what_is_said_each_time_is_an_option_and_no_setting() {
        let definition = Arguments::command();
        for id in SAID_EACH_TIME {
            let options = commands(&definition).flat_map(|(_, command)| command.get_arguments());
            let option = options.filter(|option| option.get_id() == id).find_map(Arg::get_long);
            let option = option.unwrap_or_else(|| panic!("{id} is no option"));
            let why = why(&format!("[common]\n{option} = true"));
            assert_eq!(why, format!("{option} is for the command line only"));
        }
    }

    #[test]
    fn every_other_flag_is_one() {
        let definition = Arguments::command();
        let mut flags = 0;
        for (table, command) in commands(&definition) {
            for option in command.get_arguments() {
                let is_flag = !option.get_action().takes_values();
                if let Some(name) = option.get_long()
                    && is_flag
                    && !SAID_EACH_TIME.contains(&option.get_id().as_str())
                {
                    assert_eq!(why(&format!("[{table}]\n{name} = true")), "", "{table} {name}");
                    assert_eq!(
                        why(&format!("[{table}]\n{name} = \"yes\"")),
                        format!("{name}: is true or false")
                    );
                    flags += 1;
                }
            }
        }
        assert!(flags > 8, "{flags}");
    }

    #[test]
    fn values_are_those_of_the_command_line() {
        for (text, expected) in [
            ("threads = 0x4", ""),
            ("threads = 1_0", ""),
            ("threads = 0", "0 is not in 1..=65535"),
            ("threads = -1", "-1 is not in 1..=65535"),
            ("threads = 99999999999999999999", "too large"),
            ("threads = 1.5", "invalid digit"),
            ("threads = [1]", "is one value, not several"),
            ("threads = 2020-01-01", "is a text or a number"),
            ("decode-as = \"1=tls\"", ""),
            ("decode-as = [\"1=tls\", \"2=http\"]", ""),
            ("decode-as = [\"1=tls\", \"2=quic\"]", "there are tls, http, http2"),
            ("decode-as = []", ""),
            ("autostop = [\"duration:1.5\"]", ""),
            // The options that another one needs or excludes may be said later.
            ("capture-filter = \"tcp\"", ""),
            ("ring-buffer = [\"files:3\"]", ""),
        ] {
            let why = why(&format!("[report]\n{text}"));
            assert!(
                if expected.is_empty() { why.is_empty() } else { why.contains(expected) },
                "{text}: {why}"
            );
        }
    }
}
