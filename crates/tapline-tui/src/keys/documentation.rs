//! `docs/dashboard.md` lists every command with its keys.

use std::fmt::Write as _;
use std::fs;

use super::{COMMANDS, Command, Group};

const HEADING: &str = "## Keys\n";

/// Everything from the heading on is the table; `INSTA_UPDATE=always` writes it anew.
#[test]
fn the_page_has_every_command() {
    let path = tapline_testkit::root().join("docs/dashboard.md");
    let page = fs::read_to_string(&path).unwrap();
    let (prose, _) = page.split_once(HEADING).unwrap();
    let fresh = format!("{prose}{HEADING}{}", commands());
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        fs::write(&path, &fresh).unwrap();
    }
    let is_fresh = fs::read_to_string(&path).unwrap() == fresh;
    assert!(is_fresh, "docs/dashboard.md is stale: INSTA_UPDATE=always writes it anew");
}

/// What is written in the configuration's example is a configuration.
#[test]
fn the_example_can_be_read() {
    let page = fs::read_to_string(tapline_testkit::root().join("docs/dashboard.md")).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    crate::Config::parse(example).unwrap();
}

fn commands() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        let own = COMMANDS.iter().filter(|command| command.group == group);
        write!(text, "\n**{}**\n\n| keys | command | |\n| --- | --- | --- |\n", group.name()).unwrap();
        for Command { name, keys, says, .. } in own {
            let keys: Vec<String> = keys.iter().map(|key| format!("`{}`", key.name())).collect();
            writeln!(text, "| {} | `{name}` | {says} |", keys.join(" ")).unwrap();
        }
    }
    text
}
