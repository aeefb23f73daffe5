//! The close look at a connection, which goes on beside the screen.

use std::sync::Arc;

use crossbeam_channel::TryRecvError;
use tapline_engine::{Looking, Reopen, RunOptions, Subject, look};

use crate::model::Close;
use crate::update::Msg;

/// How to read the capture once more.
#[derive(Clone)]
pub struct Again {
    /// Opens it.
    pub reopen: Reopen,
    /// How it was read the first time.
    pub options: RunOptions,
}

/// The close look that goes on, if one does.
pub(crate) struct CloseLook {
    /// `None` where the capture can be read only once.
    again: Option<Again>,
    going: Option<Looking<Box<Close>>>,
    told: u16,
}

impl CloseLook {
    pub(crate) fn new(again: Option<Again>) -> Self {
        Self { again, going: None, told: 0 }
    }

    /// Begins to look at a connection, and gives up an earlier look; what to tell where that cannot be.
    pub(crate) fn look(&mut self, subject: Subject) -> Option<Msg> {
        self.going = None;
        self.told = 0;
        let Some(Again { reopen, options }) = &self.again else {
            let why = "the packets of this source are not kept: save it to a file and open that";
            return Some(Msg::Looked(Err(why.to_owned())));
        };
        let sort = |found| Box::new(Close::of(found));
        match look(Arc::clone(reopen), options.clone(), subject, sort) {
            Ok(going) => self.going = Some(going),
            Err(error) => return Some(Msg::Looked(Err(format!("cannot start a thread: {error}")))),
        }
        None
    }

    /// Whether something is still to come.
    pub(crate) fn is_going_on(&self) -> bool {
        self.going.is_some()
    }

    /// What is new since the last call.
    pub(crate) fn news(&mut self) -> Option<Msg> {
        let going = self.going.as_ref()?;
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
        self.going = None;
        Some(Msg::Looked(found))
    }
}
