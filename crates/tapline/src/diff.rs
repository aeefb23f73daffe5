//! `tapline diff`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use tapline_engine::analysis::Interests;
use tapline_export::Choice;
use tapline_export::diff::{self, Side};
use tapline_filter::Sieve;

use crate::arguments::{DiffArguments, InputArguments};
use crate::live::Told;
use crate::reading::read;
use crate::rights::Plan;
use crate::stop::Stop;
use crate::{Ending, filter, input, output, report};

/// Prints what differs between two captures.
pub(crate) fn run(arguments: &DiffArguments) -> Result<Ending> {
    let paths: Vec<&PathBuf> = arguments.input.files.iter().chain(&arguments.input.read).collect();
    let [before, after] = paths[..] else { bail!("two captures are compared: tapline diff BEFORE AFTER") };
    let ((one, ending), (other, other_ending)) = (side(arguments, before)?, side(arguments, after)?);
    let options = report::options(&arguments.layout);
    let names = [before, after].map(|path| path.display().to_string());
    let mut out = output::stdout();
    diff::print(&one, &other, [&names[0], &names[1]], &options, &mut out)?;
    out.flush()?;
    Ok(if ending == Ending::Whole { other_ending } else { ending })
}

/// Reads one of the captures.
fn side(arguments: &DiffArguments, path: &Path) -> Result<(Side, Ending)> {
    let files = vec![path.to_owned()];
    let of_it = InputArguments { files, read: Vec::new(), ..arguments.input.clone() };
    let choice = Choice::of(&diff::TYPES).through(filter::filter(&arguments.filter)?.map(Sieve::new));
    let options = input::run_options(&of_it, choice.interests(Interests::NONE))?;
    let mut source = input::source(&of_it, &options, Told::BySignals, Plan::default())?;
    let (side, outcome) = read(&mut *source, &options, choice, Side::default(), &Stop::default())?;
    Ok((side, output::complain_of_damage(&outcome)))
}
