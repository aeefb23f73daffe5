//! An analysis on several threads: the calling one reads, the others follow connections.
//!
//! ```text
//!                        ┌── Parcel ──> worker 0: shards 0, 2, … ── Told ──┐
//!   packet ── Intake ────┤                                                 ├── Merger ──> batch
//!                        └── Parcel ──> worker 1: shards 1, 3, … ── Told ──┘
//! ```
//!
//! Every worker gets a parcel of every batch, if only an empty one, and answers in order, so the answers of a batch
//! are the oldest ones of all workers. No more batches are under way than channels have room for: nobody waits for
//! the other to take something.

use std::collections::VecDeque;
use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};
use tapline_analysis::decode::crypto::KeyLog;
use tapline_analysis::{Event, Intake, Merger, Options, Origin, Shard, Told, Totals, limits::SHARDS};
use tapline_capture::{Mapped, Progress};
use tapline_packet::Packet;

use crate::Batch;
use crate::limits::BATCHES_UNDER_WAY_MAX;
use crate::parcel::{Parcel, Unpacked};
use crate::team::Then;

/// Workers, and what is before and behind them.
pub(crate) struct Crew {
    intake: Intake,
    merger: Merger,
    workers: Vec<Worker>,
    /// What packets lie in, where they do: their octets are not copied then.
    mapped: Option<Mapped>,
    /// The progress and the counts of each batch that is under way, oldest first.
    under_way: VecDeque<(Progress, Totals)>,
    finishing: bool,
}

/// A thread, and what is between it and the calling one.
struct Worker {
    /// What it gets next.
    parcel: Parcel,
    /// Parcels to use again.
    emptied: Vec<Parcel>,
    /// `None` once it has nothing more to do.
    jobs: Option<Sender<Job>>,
    answers: Receiver<Answer>,
    /// `None` once it has ended.
    thread: Option<JoinHandle<()>>,
    /// Connections that it gave up, as it said last.
    evicted: u64,
}

enum Job {
    Parcel { parcel: Parcel, then: Then },
    Unfinished,
    Finish { counts: [usize; SHARDS], here: Origin },
}

#[derive(Default)]
struct Answer {
    told: Told,
    /// To be used again.
    parcel: Parcel,
    evicted: u64,
    /// Each shard's connections that are to be finished, where that was asked.
    unfinished: Vec<(usize, Vec<u64>)>,
}

impl Crew {
    /// So many workers, at most one a shard. An error where the system has no more threads.
    pub(crate) fn start(
        options: &Options,
        watch: bool,
        workers: usize,
        mapped: Option<Mapped>,
    ) -> io::Result<Self> {
        let count = workers.clamp(1, SHARDS);
        let hand = |_| Shards { own: Vec::new(), workers: count, mapped: mapped.clone() };
        let mut hands: Vec<_> = (0..count).map(hand).collect();
        for shard in Shard::all(options, watch) {
            if let Some(hand) = hands.get_mut(shard.number() % count) {
                hand.own.push(shard);
            }
        }
        let workers = hands.into_iter().map(Worker::start).collect::<io::Result<_>>()?;
        let (intake, merger) = (Intake::new(options), Merger::new(options));
        Ok(Self { intake, merger, workers, mapped, under_way: VecDeque::new(), finishing: false })
    }

    /// Takes one packet into the parcels of the batch that is being made.
    pub(crate) fn packet(&mut self, packet: &Packet<'_>) {
        let Self { intake, workers, mapped, .. } = self;
        let count = workers.len();
        intake.packet(packet, &mut |task| {
            if task.time_passes {
                for worker in &mut *workers {
                    worker.parcel.time(task.here);
                }
            }
            if let Some(worker) = workers.get_mut(task.shard % count) {
                worker.parcel.task(&task, mapped.as_ref());
            }
        });
    }

    /// Takes secrets that came behind the newest packet into the batch that is being made.
    pub(crate) fn secrets(&mut self, secrets: &Arc<KeyLog>) {
        let here = self.intake.here();
        for worker in &mut self.workers {
            worker.parcel.secrets(secrets.clone(), here);
        }
    }

    /// Whether a parcel has become large.
    pub(crate) fn is_full(&self) -> bool {
        self.workers.iter().any(|worker| worker.parcel.is_full())
    }

    /// Hands the parcels to the workers: the batch is under way.
    pub(crate) fn hand_over(&mut self, progress: Progress, then: Then) {
        self.under_way.push_back((progress, self.intake.totals()));
        for worker in &mut self.workers {
            let next = worker.emptied.pop().unwrap_or_default();
            let parcel = std::mem::replace(&mut worker.parcel, next);
            worker.give(Job::Parcel { parcel, then });
        }
    }

    /// The oldest batch that is under way: if it is done, or too many are under way, or `all` are wanted. Where memory is
    /// short, none stays under way.
    pub(crate) fn ready(&mut self, all: bool) -> Option<Batch> {
        let wait = all || self.under_way.len() >= BATCHES_UNDER_WAY_MAX || tapline_memory::is_short();
        if !wait && self.workers.iter().any(|worker| worker.answers.is_empty()) {
            return None;
        }
        let (progress, totals) = self.under_way.pop_front()?;
        let events = self.merge();
        Some(Batch { events, progress, totals: self.with_connections(totals), news: None })
    }

    /// The capture is over: the events of the next so many connections. Nothing may be under way.
    pub(crate) fn finish_some(&mut self, connections: usize) -> Vec<Event> {
        if !std::mem::replace(&mut self.finishing, true) {
            self.tell_all(|| Job::Unfinished);
            let answers: Vec<_> = self.workers.iter_mut().map(Worker::answer).collect();
            self.merger.finish(answers.into_iter().flat_map(|answer| answer.unfinished));
        }
        let mut events = Vec::new();
        if let Some(counts) = self.merger.next_to_finish(connections) {
            let here = self.intake.here();
            self.tell_all(|| Job::Finish { counts, here });
            events = self.merge();
        }
        if !self.merger.is_unfinished() {
            self.merger.conclude(&mut events);
        }
        events
    }

    /// Whether connections are left to finish.
    pub(crate) fn is_unfinished(&self) -> bool {
        self.merger.is_unfinished()
    }

    /// What was counted so far.
    pub(crate) fn totals(&self) -> Totals {
        self.with_connections(self.intake.totals())
    }

    fn with_connections(&self, totals: Totals) -> Totals {
        let evicted_connections = self.workers.iter().map(|worker| worker.evicted).sum();
        Totals { connections: self.merger.opened(), evicted_connections, ..totals }
    }

    fn tell_all(&self, job: impl Fn() -> Job) {
        for worker in &self.workers {
            worker.give(job());
        }
    }

    /// Waits for an answer of each worker and puts what they tell in order.
    fn merge(&mut self) -> Vec<Event> {
        let mut told: Vec<_> = self.workers.iter_mut().map(|worker| worker.answer().told).collect();
        let mut events = Vec::new();
        self.merger.merge(&mut told, &mut events);
        events
    }
}

impl Worker {
    fn start(shards: Shards) -> io::Result<Self> {
        let (jobs, taken) = bounded(BATCHES_UNDER_WAY_MAX);
        let (given, answers) = bounded(BATCHES_UNDER_WAY_MAX);
        let thread = std::thread::Builder::new();
        let thread = thread.name("shards".into()).spawn(move || shards.work(&taken, &given))?;
        let (parcel, emptied) = (Parcel::default(), Vec::new());
        Ok(Self { parcel, emptied, jobs: Some(jobs), answers, thread: Some(thread), evicted: 0 })
    }

    fn give(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // Fails only when the worker panicked, which is passed on where its answer is missed.
            let _ = jobs.send(job);
        }
    }

    /// Waits for the oldest answer that is owed. A panic of the worker goes on here.
    fn answer(&mut self) -> Answer {
        match self.answers.recv() {
            Ok(mut answer) => {
                self.evicted = answer.evicted;
                self.emptied.push(std::mem::take(&mut answer.parcel));
                answer
            }
            Err(_) => match self.thread.take().map(JoinHandle::join) {
                Some(Err(panic)) => resume_unwind(panic),
                _ => unreachable!("a worker ends when there are no more jobs, and its channel is here"),
            },
        }
    }
}

impl Drop for Crew {
    /// Stops the workers: what they have not begun is not done.
    fn drop(&mut self) {
        for worker in &mut self.workers {
            worker.jobs = None;
            worker.answers = crossbeam_channel::never();
        }
        for worker in &mut self.workers {
            // Whether it panicked does not matter any more.
            let _ = worker.thread.take().map(JoinHandle::join);
        }
    }
}

/// A worker's shards, and which of all they are.
struct Shards {
    own: Vec<Shard>,
    /// How many workers there are: each has every so many-th shard.
    workers: usize,
    /// What packets lie in, where they do.
    mapped: Option<Mapped>,
}

impl Shards {
    /// A worker's life: an answer to each job, until there are no more or nobody wants the answers.
    fn work(mut self, jobs: &Receiver<Job>, answers: &Sender<Answer>) {
        for job in jobs {
            let mut answer = self.answer(job);
            answer.evicted = self.own.iter().map(Shard::evicted).sum();
            if answers.send(answer).is_err() {
                return;
            }
        }
    }

    fn answer(&mut self, job: Job) -> Answer {
        let mut answer = Answer::default();
        let told = &mut answer.told;
        match job {
            Job::Parcel { parcel, then } => {
                let mapped = self.mapped.clone();
                parcel.unpack(mapped.as_ref(), |unpacked| self.take(unpacked, told));
                for shard in self.own.iter_mut().filter(|_| then.be_quiet) {
                    shard.be_quiet(told);
                }
                for shard in self.own.iter_mut().filter(|_| tapline_memory::is_short()) {
                    shard.make_room(told);
                }
                for shard in self.own.iter_mut().filter(|_| then.snapshot) {
                    shard.snapshot(told);
                }
                answer.parcel = parcel.emptied();
            }
            Job::Unfinished => {
                let unfinished = |shard: &mut Shard| (shard.number(), shard.unfinished());
                answer.unfinished = self.own.iter_mut().map(unfinished).collect();
            }
            Job::Finish { counts, here } => {
                for shard in &mut self.own {
                    let count = counts.get(shard.number()).copied().unwrap_or(0);
                    shard.finish_some(count, here, told);
                }
            }
        }
        answer
    }

    fn take(&mut self, unpacked: Unpacked<'_>, told: &mut Told) {
        match unpacked {
            Unpacked::Time(here) => {
                for shard in &mut self.own {
                    shard.pass_time(here, told);
                }
            }
            Unpacked::Secrets(secrets, here) => {
                for shard in &mut self.own {
                    shard.secrets(secrets, here, told);
                }
            }
            Unpacked::Task(task) => {
                if let Some(shard) = self.own.get_mut(task.shard / self.workers) {
                    shard.take(task.work, task.here, told);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use tapline_analysis::Interests;

    use super::*;

    #[test]
    fn a_panic_in_a_worker_goes_on_in_the_thread_that_waits_for_it() {
        let options = Options::of(Interests::SUMMARY);
        let mut crew = Crew::start(&options, false, 2, None).unwrap();
        let (given, answers) = bounded(1);
        let thread = std::thread::spawn(move || {
            let _given: Sender<Answer> = given;
            panic!("as broken as can be");
        });
        let (jobs, _) = bounded(1);
        let broken = Worker { answers, thread: Some(thread), jobs: Some(jobs), ..crew.workers.remove(1) };
        crew.workers.push(broken);
        crew.hand_over(Progress::default(), Then::default());
        let panic = catch_unwind(AssertUnwindSafe(|| crew.ready(true))).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"as broken as can be"));
    }
}
