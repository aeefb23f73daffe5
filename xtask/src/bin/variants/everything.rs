//! All that is made of one capture.

use std::io::sink;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use crossterm::event::{KeyCode, KeyEvent};
use tapline_engine::analysis::{Interests, Options};
use tapline_engine::capture::open;
use tapline_engine::{Going, KeyFiles, RunOptions, close_up, run, spawn, system_roots};
use tapline_export::pcapng::{self, Selection, Wanted};
use tapline_export::records::RecordType;
use tapline_export::redact::{Redactor, Secrets};
use tapline_export::report::{self, Palette, Report, ReportOptions};
use tapline_export::{Choice, diff, export, mermaid};
use tapline_ladder::Close;
use tapline_tui::{Again, Theme};

use crate::formats::{self, Formats};

/// Through every screen of the connection that the dashboard selects first.
const KEYS: &str = "2345678";

/// How a capture is read by all.
pub(crate) struct Everything {
    options: RunOptions,
    roots: Option<&'static str>,
}

impl Everything {
    /// With the key log that lies beside a capture, and the roots of the system.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let mut keys = KeyFiles::default();
        let log = path.with_extension("keys");
        if log.exists() {
            keys.add_log(&log)?;
        }
        let trust = system_roots();
        let mut analysis = Options::of(Interests::FULL);
        (analysis.decode_bodies, analysis.hash_bodies, analysis.hpack_tables) = (true, true, true);
        let roots = Some(trust.whose());
        analysis.trust = Some(Arc::new(trust));
        Ok(Self { options: RunOptions { keys, ..RunOptions::new(analysis) }, roots })
    }

    /// Everything that is made of a capture. What is no capture any more is none: that is for the reader to say.
    pub(crate) fn made_of(&self, path: &Path) -> Result<()> {
        let paths = [path.to_owned()];
        if open(&paths).is_err() {
            return Ok(());
        }
        self.report(&paths)?;
        self.formats(&paths)?;
        self.packets(&paths)?;
        self.screens(&paths)
    }

    fn interested_in(&self, interests: Interests) -> RunOptions {
        let analysis = Options { interests, ..self.options.analysis.clone() };
        RunOptions { analysis, ..self.options.clone() }
    }

    fn layout(&self) -> ReportOptions {
        let (palette, secrets) = (Palette::Plain, Secrets::Redacted);
        ReportOptions { width: Some(80), palette, all: true, roots: self.roots, secrets }
    }

    fn report(&self, paths: &[PathBuf]) -> Result<()> {
        let mut report = Report::new(self.layout());
        let options = self.interested_in(report::INTERESTS);
        let outcome = run(&mut *open(paths)?, &options, |batch| {
            report.read(batch);
            ControlFlow::Continue(())
        });
        Ok(report.print(&outcome, &mut sink())?)
    }

    /// All formats that are written of what is told, in one reading, and what is drawn of a few connections by a second one.
    fn formats(&self, paths: &[PathBuf]) -> Result<()> {
        let columns = formats::every_column()?;
        let choice = Choice::of(&RecordType::ALL);
        let options = self.interested_in(choice.interests(Interests::FULL));
        let all = Formats::new(&columns)?;
        let ((mut page, side), _) =
            export(&mut *open(paths)?, &options, choice, all, |_| ControlFlow::Continue(()))?;
        for (id, subject) in page.subjects() {
            let close = Close::of(close_up(open(paths)?, &options, subject, &Going::default()));
            for detail in [mermaid::Detail::Brief, mermaid::Detail::Usual, mermaid::Detail::Full] {
                mermaid::diagram(&close, detail, &Redactor::new(Secrets::Redacted));
            }
            page.draw(id, &close);
        }
        page.write(&mut sink())?;
        Ok(diff::print(&side, &side, ["before", "after"], &self.layout(), &mut sink())?)
    }

    fn packets(&self, paths: &[PathBuf]) -> Result<()> {
        let options = self.interested_in(Interests::NONE);
        let selection =
            Selection::find(&mut *open(paths)?, &options, Wanted::All, |_| ControlFlow::Continue(()));
        pcapng::write(&mut *open(paths)?, &selection, &mut sink(), |_| ControlFlow::Continue(()))?;
        Ok(())
    }

    fn screens(&self, paths: &[PathBuf]) -> Result<()> {
        let options = RunOptions { watch: true, ..self.interested_in(tapline_tui::INTERESTS) };
        let running = spawn(open(paths)?, options.clone())?;
        let again = paths.to_owned();
        let again = Again { reopen: Arc::new(move || open(&again)), options, past: None };
        let keys: Vec<KeyEvent> = KEYS.chars().map(|key| KeyCode::Char(key).into()).collect();
        tapline_tui::picture::snapshot(running, Some(again), Theme::DARK, (80, 24), &keys);
        Ok(())
    }
}
