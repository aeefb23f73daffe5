//! What goes on beside the screen: a close look at a connection, an export.

use std::sync::Arc;

use crossbeam_channel::{Receiver, TryRecvError, bounded};
mod sifting;

use sifting::Sifting;
use tapline_engine::{Looking, Reopen, RunOptions, Subject, look};

use tapline_filter::Filter;

use crate::model::Close;
use crate::update::{Effect, Msg};

/// How to read the capture once more.
#[derive(Clone)]
pub struct Again {
    /// Opens it.
    pub reopen: Reopen,
    /// How it was read the first time.
    pub options: RunOptions,
}

/// What is to be exported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportRequest {
    /// As what.
    pub format: ExportFormat,
    /// Of which connection; `None` for all that the filter lets through.
    pub connection: Option<u32>,
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
}

impl ExportFormat {
    /// All.
    pub const ALL: [Self; 2] = [Self::Ndjson, Self::Report];

    /// What it is called, and the ending of its files.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Ndjson => ("NDJSON", "ndjson"),
            Self::Report => ("report", "txt"),
        }
    }
}

/// Writes an export and says where it is, or why there is none. Runs on a thread of its own.
pub type Exporter = Arc<dyn Fn(&ExportRequest) -> Result<String, String> + Send + Sync>;

/// What goes on beside the screen.
#[derive(Default)]
pub(crate) struct Errands {
    /// `None` where the capture can be read only once.
    again: Option<Again>,
    exporter: Option<Exporter>,
    looking: Option<Looking<Box<Close>>>,
    told: u16,
    exporting: Option<Receiver<Result<String, String>>>,
    sifting: Option<Sifting>,
}

impl Errands {
    pub(crate) fn new(again: Option<Again>, exporter: Option<Exporter>) -> Self {
        Self { again, exporter, ..Self::default() }
    }

    /// Does what the model asks for, or begins to; what to tell it at once.
    pub(crate) fn run(&mut self, effect: &Effect) -> Option<Msg> {
        match effect {
            Effect::Look(subject) => self.look(*subject),
            Effect::Export(request) => self.export(request.clone()),
            Effect::Sift(filter) => self.sift(filter),
            Effect::None | Effect::Quit | Effect::Copy(_) => None,
        }
    }

    /// Begins to look at a connection, and gives up an earlier look.
    fn look(&mut self, subject: Subject) -> Option<Msg> {
        self.looking = None;
        self.told = 0;
        let Some(Again { reopen, options }) = &self.again else {
            let why = "the packets of this source are not kept: save it to a file and open that";
            return Some(Msg::Looked(Err(why.to_owned())));
        };
        let sort = |found| Box::new(Close::of(found));
        match look(Arc::clone(reopen), options.clone(), subject, sort) {
            Ok(going) => self.looking = Some(going),
            Err(error) => return Some(Msg::Looked(Err(format!("cannot start a thread: {error}")))),
        }
        None
    }

    fn export(&mut self, request: ExportRequest) -> Option<Msg> {
        if self.exporting.is_some() {
            return Some(Msg::Exported(Err("an export is under way".to_owned())));
        }
        let Some(exporter) = self.exporter.clone() else {
            return Some(Msg::Exported(Err(
                "this source can be read only once: nothing is exported".to_owned()
            )));
        };
        let (sender, receiver) = bounded(1);
        let work = move || {
            // Who left does not want to know.
            let _ = sender.send(exporter(&request));
        };
        match std::thread::Builder::new().name("export".into()).spawn(work) {
            Ok(_) => self.exporting = Some(receiver),
            Err(error) => return Some(Msg::Exported(Err(format!("cannot start a thread: {error}")))),
        }
        None
    }

    /// Whether something is still to come.
    pub(crate) fn go_on(&self) -> bool {
        self.looking.is_some() || self.exporting.is_some() || self.sifting.is_some()
    }

    /// What is new since the last call.
    pub(crate) fn news(&mut self) -> Option<Msg> {
        self.of_export().or_else(|| self.of_sift()).or_else(|| self.of_look())
    }

    /// Begins to ask the capture, and gives up an earlier question.
    fn sift(&mut self, filter: &Filter) -> Option<Msg> {
        self.sifting = None;
        let not = |why: String| Some(Msg::Sifted(filter.clone(), Err(why)));
        let Some(again) = &self.again else {
            let why = "this source can be read only once, and rows do not know all that the filter asks for";
            return not(why.to_owned());
        };
        match Sifting::begin(again, filter.clone()) {
            Ok(sifting) => self.sifting = Some(sifting),
            Err(error) => return not(format!("cannot start a thread: {error}")),
        }
        None
    }

    fn of_sift(&mut self) -> Option<Msg> {
        let sifting = self.sifting.as_mut()?;
        let msg = sifting.news()?;
        if let Msg::Sifted(..) = msg {
            self.sifting = None;
        }
        Some(msg)
    }

    fn of_export(&mut self) -> Option<Msg> {
        let told = match self.exporting.as_ref()?.try_recv() {
            Ok(told) => told,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err("the export broke off".to_owned()),
        };
        self.exporting = None;
        Some(Msg::Exported(told))
    }

    fn of_look(&mut self) -> Option<Msg> {
        let going = self.looking.as_ref()?;
        let found = match going.found.try_recv() {
            Ok(found) => found.map_err(|error| error.to_string()),
            Err(TryRecvError::Disconnected) => Err("reading the packets again broke off".to_owned()),
            Err(TryRecvError::Empty) => {
                let permille = going.permille();
                let is_news = permille != self.told;
                self.told = permille;
                return is_news.then_some(Msg::Looking(permille));
            }
        };
        self.looking = None;
        Some(Msg::Looked(found))
    }
}
