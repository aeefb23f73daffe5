//! The loop: inputs and batches in, frames out. The only place of this crate that reads a clock.

use std::io;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, TryRecvError, never, select};
use tapline_analysis::{Event, Totals};
use tapline_engine::capture::{Facts, Progress};
use tapline_engine::{Batch, Outcome, Running};

use crate::Options;
use crate::drill;
use crate::errands::Errands;
use crate::input::{self, Input, Signals};
use crate::latency::Latency;
use crate::limits::{APPLYING_MAX, EVENTS_A_LOOK, FRAME, OUTCOME_WAIT, SETTLING_SHARE, TAKING_MAX};
use crate::model::{End, Model};
use crate::terminal::Screen;
use crate::update::{Effect, Msg, update};
use crate::view;

/// Nothing is due.
const LONG: Duration = Duration::from_hours(1);

/// Between two looks at what goes on beside the screen.
const ERRANDS_LOOK: Duration = Duration::from_millis(10);

/// Between two looks whether the ended run has said its outcome.
const OUTCOME_LOOK: Duration = Duration::from_millis(5);

pub(crate) fn run(mut running: Running, options: Options) -> io::Result<Option<Outcome>> {
    let signals = Signals::hear()?;
    let mut screen = Screen::open()?;
    let inputs = input::listen(signals.clone())?;
    let mut app = App::new(options, screen.size()?);
    let mut feed = Feed::new(running.batches.clone());
    let mut outcome = None;
    loop {
        let first =
            if feed.has_events() { None } else { feed.wait(&inputs, app.due_in(feed.closed.is_some())) };
        match app.take(first, &inputs)? {
            Effect::Quit => break,
            Effect::Suspend => {
                screen.suspend()?;
                // Who brought us back has said so too.
                signals.have_resumed();
                app.redraw();
            }
            Effect::Resume => {
                screen.take_again()?;
                app.redraw();
            }
            _ => {}
        }
        // Whoever pressed a key sees what it did before anything else goes on.
        app.draw(&mut screen)?;
        app.apply(&mut feed, &inputs);
        app.hear();
        app.settle();
        if let Some(closed) = feed.closed
            && app.model.source.end == End::Loading
        {
            outcome = running.outcome();
            if outcome.is_some() || closed.elapsed() > OUTCOME_WAIT {
                app.ended(outcome.as_ref());
            }
        }
    }
    drop(screen);
    if let Some(latency) = &app.latency {
        latency.write()?;
    }
    if app.model.source.end == End::Loading {
        running.cancel();
    }
    Ok(outcome)
}

/// The outcome of a run whose batches were all taken; `None` if it went away without one.
pub(crate) fn outcome(running: &mut Running) -> Option<Outcome> {
    let closed = Instant::now();
    loop {
        let outcome = running.outcome();
        if outcome.is_some() || closed.elapsed() > OUTCOME_WAIT {
            return outcome;
        }
        std::thread::sleep(OUTCOME_LOOK);
    }
}

struct App {
    model: Model,
    /// Something changed since the last frame.
    dirty: bool,
    /// Somebody pressed a key and waits.
    urgent: bool,
    drawn: Option<Instant>,
    /// When the list may be put in order again.
    settle_from: Instant,
    errands: Errands,
    /// What is to be put on the clipboard.
    to_copy: Option<String>,
    /// `None` where nobody measures.
    latency: Option<Box<Latency>>,
}

impl App {
    fn new(options: Options, size: ratatui::layout::Size) -> Self {
        let Options { theme, config, filter, again, exporter } = options;
        let mut model = Model::new(theme, size);
        model.keymap = config.keymap;
        let errands = Errands::new(again, exporter);
        let mut app = Self {
            model,
            dirty: true,
            urgent: true,
            drawn: None,
            settle_from: Instant::now(),
            errands,
            to_copy: None,
            latency: Latency::asked(),
        };
        if !filter.is_empty() {
            let _ = app.update(Msg::Filter(filter));
        }
        app
    }

    /// Takes the inputs that wait, for a short while: one frame shows what all of them did, so a key that is held down
    /// does not run on after it is let go.
    fn take(&mut self, first: Option<Input>, inputs: &Receiver<Input>) -> io::Result<Effect> {
        let mut next = first.or_else(|| inputs.try_recv().ok());
        let started = next.is_some().then(Instant::now);
        while let Some(input) = next {
            let effect = self.input(input)?;
            if matches!(effect, Effect::Quit | Effect::Suspend | Effect::Resume) {
                return Ok(effect);
            }
            let is_time = started.is_some_and(|started| started.elapsed() < TAKING_MAX);
            next = if is_time { inputs.try_recv().ok() } else { None };
        }
        Ok(Effect::None)
    }

    fn input(&mut self, input: Input) -> io::Result<Effect> {
        let (msg, received) = match input {
            Input::Msg(msg, received) => (msg, received),
            Input::Terminate => return Ok(Effect::Quit),
            Input::Suspend => return Ok(Effect::Suspend),
            Input::Resumed => return Ok(Effect::Resume),
            Input::Gone(error) => return Err(error),
        };
        if let Msg::Key(key) = &msg {
            drill::on(key);
        }
        self.redraw();
        let is_measured = self.latency.is_some();
        let measured =
            is_measured.then(|| (name(&msg), Instant::now(), self.model.source.end == End::Loading));
        let effect = self.update(msg);
        if let (Some(latency), Some((what, taken, is_loading))) = (&mut self.latency, measured) {
            latency.updated(what, received, taken, is_loading);
        }
        Ok(effect)
    }

    /// Changes the model and does what that asks for; whether to quit.
    fn update(&mut self, msg: Msg) -> Effect {
        let effect = update(&mut self.model, msg);
        if let Some(msg) = self.errands.run(&effect) {
            let _ = update(&mut self.model, msg);
        }
        if let Effect::Copy(text) = &effect {
            self.to_copy = Some(text.clone());
        }
        effect
    }

    /// The next frame is due at once.
    fn redraw(&mut self) {
        self.dirty = true;
        self.urgent = true;
    }

    /// Takes what went on beside the screen.
    fn hear(&mut self) {
        if let Some(msg) = self.errands.news() {
            self.urgent |= matches!(msg, Msg::Looked(_) | Msg::Exported(_));
            self.dirty = true;
            let _ = self.update(msg);
        }
    }

    /// Applies what is there, for a short while or until somebody presses a key.
    fn apply(&mut self, feed: &mut Feed, inputs: &Receiver<Input>) {
        let started = Instant::now();
        while started.elapsed() < APPLYING_MAX {
            let Some(msgs) = feed.some() else { break };
            for msg in msgs {
                let _ = self.update(msg);
            }
            self.dirty = true;
            if !inputs.is_empty() {
                break;
            }
        }
    }

    fn ended(&mut self, outcome: Option<&Outcome>) {
        let outcome = outcome.map(|Outcome { totals, facts, stopped }| {
            Box::new(Outcome { totals: totals.clone(), facts: facts.clone(), stopped: *stopped })
        });
        let _ = self.update(Msg::Ended(outcome));
        self.redraw();
    }

    /// How long nothing need be done; `closed` where no batch will come any more.
    fn due_in(&self, closed: bool) -> Duration {
        let frame = match self.drawn {
            _ if self.urgent => Duration::ZERO,
            Some(drawn) if self.dirty => FRAME.saturating_sub(drawn.elapsed()),
            _ if closed && self.model.source.end == End::Loading => OUTCOME_LOOK,
            _ if self.errands.go_on() => ERRANDS_LOOK,
            _ => LONG,
        };
        let settling = self.settle_from.saturating_duration_since(Instant::now());
        if self.is_unsettled() { frame.min(settling) } else { frame }
    }

    /// Draws a frame if one is due.
    fn draw(&mut self, screen: &mut Screen) -> io::Result<()> {
        let soon = !self.urgent && self.drawn.is_some_and(|drawn| drawn.elapsed() < FRAME);
        if !self.dirty || soon {
            return Ok(());
        }
        if let Some(text) = self.to_copy.take() {
            screen.copy(&text)?;
        }
        let begun = Instant::now();
        let size = screen.size()?;
        if size != self.model.size {
            let _ = self.update(Msg::Resize(size));
        }
        screen.draw(|buffer| view::draw(&self.model, buffer))?;
        self.dirty = false;
        self.urgent = false;
        self.drawn = Some(Instant::now());
        if let Some(latency) = &mut self.latency {
            latency.shown(begun);
        }
        Ok(())
    }

    /// Goes on with putting the list in order, unless that would take too large a part of the time.
    fn settle(&mut self) {
        let started = Instant::now();
        if !self.is_unsettled() || started < self.settle_from {
            return;
        }
        let _ = self.update(Msg::Settle);
        self.dirty = true;
        let share = if self.model.source.end == End::Loading { SETTLING_SHARE } else { 0 };
        self.settle_from = started + started.elapsed() * share;
    }

    /// Whether the list is to be put in order.
    fn is_unsettled(&self) -> bool {
        let model = &self.model;
        // A list that somebody asked for is made also where the screen holds still.
        model.order.making(&model.rows).is_some() || model.order.stale && model.paused.is_none()
    }
}

/// What an input is called where it is measured.
fn name(msg: &Msg) -> String {
    match msg {
        Msg::Key(key) => format!("{:?}", key.code),
        Msg::Mouse(mouse) => format!("{:?}", mouse.kind),
        _ => "resize".to_owned(),
    }
}

/// Batches, event by event.
struct Feed {
    batches: Receiver<Batch>,
    events: std::vec::IntoIter<Event>,
    /// What is told behind the batch's last event.
    counts: Option<(Progress, Totals)>,
    /// What the capture has said beside its packets.
    news: Option<Box<Facts>>,
    /// When the last batch was taken.
    closed: Option<Instant>,
}

impl Feed {
    fn new(batches: Receiver<Batch>) -> Self {
        Self { batches, events: Vec::new().into_iter(), counts: None, news: None, closed: None }
    }

    fn has_events(&self) -> bool {
        self.counts.is_some()
    }

    fn open(&mut self, batch: Batch) {
        self.events = batch.events.into_iter();
        self.counts = Some((batch.progress, batch.totals));
        self.news = batch.news;
    }

    fn close(&mut self) {
        self.closed.get_or_insert_with(Instant::now);
        self.batches = never();
    }

    /// Waits for an input, a batch, or so long.
    fn wait(&mut self, inputs: &Receiver<Input>, at_most: Duration) -> Option<Input> {
        let mut input = None;
        select! {
            recv(inputs) -> received => {
                let gone = || Input::Gone(io::Error::other("nothing listens to the keyboard any more"));
                input = Some(received.unwrap_or_else(|_| gone()));
            }
            recv(self.batches) -> batch => match batch {
                Ok(batch) => self.open(batch),
                Err(_) => self.close(),
            },
            default(at_most) => {}
        }
        input
    }

    /// Some of what is there.
    fn some(&mut self) -> Option<Vec<Msg>> {
        if self.counts.is_none() {
            match self.batches.try_recv() {
                Ok(batch) => self.open(batch),
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => {
                    self.close();
                    return None;
                }
            }
        }
        let mut msgs: Vec<Msg> = self.events.by_ref().take(EVENTS_A_LOOK).map(Msg::Event).collect();
        if self.events.len() == 0
            && let Some((progress, totals)) = self.counts.take()
        {
            msgs.extend(self.news.take().map(Msg::News));
            msgs.push(Msg::Progress(progress, Box::new(totals)));
        }
        Some(msgs)
    }
}

#[cfg(test)]
mod tests;
