//! What goes on beside the screen: a close look at a connection, a question to the whole capture, an export.

mod errand;
mod sifting;

use std::sync::Arc;

use tapline_engine::capture::Past;
use tapline_engine::{Going, Reopen, RunOptions, Subject, close_up};
use tapline_filter::Filter;

use crate::model::{Close, Sifted};
use crate::update::{Effect, Msg};
use errand::{Errand, News};

/// How to read the capture once more.
#[derive(Clone)]
pub struct Again {
    /// Opens it.
    pub reopen: Reopen,
    /// How it was read the first time.
    pub options: RunOptions,
    /// What is kept of a source that tells things once; `None` where the source itself is read again.
    pub past: Option<Past>,
}

impl Again {
    /// Whether all that was read can be read again.
    fn is_whole(&self) -> bool {
        self.past.as_ref().is_none_or(Past::is_whole)
    }
}

/// Why not all of a capture is read again.
const CUT: &str = "the oldest packets are not kept any more (--retain keeps more)";

/// Why a connection is not found again.
const CHANGED: &str = "the connection is not there any more: was the file changed?";

/// What is to be exported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportRequest {
    /// As what.
    pub format: ExportFormat,
    /// Of which connection; `None` for all that the filter lets through.
    pub connection: Option<(u32, Subject)>,
    /// The filter that is on.
    pub filter: String,
}

/// The formats that exports can be written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportFormat {
    /// One JSON object a line.
    Ndjson,
    /// The report, as text.
    Report,
    /// The packets, with the secrets that open them.
    Pcapng,
}

impl ExportFormat {
    /// All.
    pub const ALL: [Self; 3] = [Self::Ndjson, Self::Report, Self::Pcapng];

    /// What it is called, and the ending of its files.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Ndjson => ("NDJSON", "ndjson"),
            Self::Report => ("report", "txt"),
            Self::Pcapng => ("packets", "pcapng"),
        }
    }
}

/// Writes an export and says where it is, or why there is none. Runs on a thread of its own, and stops where nobody
/// wants it any more.
pub type Exporter = Arc<dyn Fn(&ExportRequest, &Going) -> Result<String, String> + Send + Sync>;

/// Work that comes to something, or says why not.
type Task<T> = Errand<Result<T, String>>;

/// What goes on beside the screen, one of a kind.
#[derive(Default)]
pub(crate) struct Errands {
    /// `None` where the capture can be read only once.
    again: Option<Again>,
    exporter: Option<Exporter>,
    looking: Option<Task<Box<Close>>>,
    /// With the question.
    sifting: Option<(Filter, Task<Arc<Sifted>>)>,
    exporting: Option<Task<String>>,
}

impl Errands {
    pub(crate) fn new(again: Option<Again>, exporter: Option<Exporter>) -> Self {
        Self { again, exporter, ..Self::default() }
    }

    /// Does what the model asks for, or begins to; what to tell it at once.
    pub(crate) fn run(&mut self, effect: &Effect) -> Option<Msg> {
        match effect {
            Effect::Look(subject) => self.look(*subject).err().map(|why| Msg::Looked(Err(why))),
            Effect::Sift(filter) => self.sift(filter).err().map(|why| Msg::Sifted(filter.clone(), Err(why))),
            Effect::Export(request) => self.export(request.clone()).err().map(|why| Msg::Exported(Err(why))),
            Effect::StopExport => {
                self.exporting = None;
                Some(Msg::Exported(Err("it was stopped".to_owned())))
            }
            Effect::None | Effect::Quit | Effect::Suspend | Effect::Resume | Effect::Copy(_) => None,
        }
    }

    /// Whether something is still to come.
    pub(crate) fn go_on(&self) -> bool {
        self.looking.is_some() || self.sifting.is_some() || self.exporting.is_some()
    }

    /// What is new since the last call.
    pub(crate) fn news(&mut self) -> Option<Msg> {
        self.of_export().or_else(|| self.of_sift()).or_else(|| self.of_look())
    }

    /// Begins to look at a connection, and gives up an earlier look.
    fn look(&mut self, subject: Subject) -> Result<(), String> {
        self.looking = None;
        let why = "the packets of this source are not kept: --retain keeps them, or save it to a file";
        let again = self.again.clone().ok_or(why)?;
        let look = move |going: &Going| {
            let source = (again.reopen)().map_err(|error| error.to_string())?;
            let close = Close::of(close_up(source, &again.options, subject, going));
            if close.record.is_none() && !again.is_whole() {
                return Err(CUT.to_owned());
            }
            if close.record.is_none() {
                return Err(close.breaks_off.unwrap_or_else(|| CHANGED.to_owned()));
            }
            Ok(Box::new(close))
        };
        self.looking = Some(Errand::begin("close-up", look).map_err(|error| no_thread(&error))?);
        Ok(())
    }

    fn of_look(&mut self) -> Option<Msg> {
        let found = match self.looking.as_mut()?.news()? {
            News::Going(permille) => return Some(Msg::Looking(permille)),
            News::Done(found) => found,
            News::Lost => Err("reading the packets again broke off".to_owned()),
        };
        self.looking = None;
        Some(Msg::Looked(found))
    }

    /// Begins to ask the capture, and gives up an earlier question.
    fn sift(&mut self, filter: &Filter) -> Result<(), String> {
        self.sifting = None;
        let why = "this source can be read only once, and rows do not know all that the filter asks for";
        let (again, asked) = (self.again.clone().ok_or(why)?, filter.clone());
        if !again.is_whole() {
            return Err(format!("rows do not know all that the filter asks for, and {CUT}"));
        }
        let sift = move |going: &Going| sifting::sift(&again, asked, going).map(Arc::new);
        let errand = Errand::begin("filter", sift).map_err(|error| no_thread(&error))?;
        self.sifting = Some((filter.clone(), errand));
        Ok(())
    }

    fn of_sift(&mut self) -> Option<Msg> {
        let found = match self.sifting.as_mut()?.1.news()? {
            News::Going(permille) => return Some(Msg::Sifting(permille)),
            News::Done(found) => found,
            News::Lost => Err("reading the capture again broke off".to_owned()),
        };
        let (filter, _) = self.sifting.take()?;
        Some(Msg::Sifted(filter, found))
    }

    fn export(&mut self, request: ExportRequest) -> Result<(), String> {
        if self.exporting.is_some() {
            return Err("another one is under way; Esc stops it".to_owned());
        }
        let exporter = self.exporter.clone().ok_or("this source can be read only once")?;
        // Of packets those that are kept are worth having; what is told of them would be of half connections.
        let wants_all = request.format != ExportFormat::Pcapng;
        if wants_all && self.again.as_ref().is_some_and(|again| !again.is_whole()) {
            return Err(CUT.to_owned());
        }
        let export = move |going: &Going| exporter(&request, going);
        self.exporting = Some(Errand::begin("export", export).map_err(|error| no_thread(&error))?);
        Ok(())
    }

    fn of_export(&mut self) -> Option<Msg> {
        let told = match self.exporting.as_mut()?.news()? {
            News::Going(permille) => return Some(Msg::Exporting(permille)),
            News::Done(told) => told,
            News::Lost => Err("it broke off".to_owned()),
        };
        self.exporting = None;
        Some(Msg::Exported(told))
    }
}

fn no_thread(error: &std::io::Error) -> String {
    format!("cannot start a thread: {error}")
}
