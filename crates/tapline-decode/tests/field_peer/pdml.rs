//! What tshark says of each field of a capture: name, place, size, value (`tshark -T pdml`).

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

/// One field of tshark's.
#[derive(Debug)]
pub(crate) struct Theirs {
    pub(crate) name: String,
    pub(crate) start: usize,
    pub(crate) size: usize,
    /// Its value, unformatted.
    pub(crate) show: String,
}

/// The names of all fields that tshark knows.
pub(crate) fn names() -> HashSet<String> {
    let output = Command::new("tshark").args(["-G", "fields"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let fields = text.lines().filter(|line| line.starts_with("F\t"));
    fields.filter_map(|line| line.split('\t').nth(2)).map(str::to_owned).collect()
}

/// The fields of the first `count` packets of a capture, a list a packet.
pub(crate) fn packets(capture: &Path, count: usize) -> Vec<Vec<Theirs>> {
    let mut command = Command::new("tshark");
    command.args(["-o", "tcp.relative_sequence_numbers:FALSE"]);
    command.args(["-n", "-T", "pdml", "-c", &count.to_string(), "-r"]).arg(capture);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let packets = text.split("<packet>").skip(1);
    packets.map(|packet| packet.split('<').filter_map(field).collect()).collect()
}

/// A `field` or `proto` element from behind its `<`.
fn field(tag: &str) -> Option<Theirs> {
    let tag = tag.strip_prefix("field ").or_else(|| tag.strip_prefix("proto "))?;
    let number = |name| attribute(tag, name).and_then(|text| text.parse().ok());
    Some(Theirs {
        name: attribute(tag, "name")?,
        start: number("pos")?,
        size: number("size")?,
        show: attribute(tag, "show").unwrap_or_default(),
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = tag.find(&format!(" {name}=\"")).map(|at| at + name.len() + 3);
    let at = at.or_else(|| tag.starts_with(&format!("{name}=\"")).then_some(name.len() + 2))?;
    let (value, _) = tag[at..].split_once('"')?;
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&")];
    Some(plain.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to)))
}
