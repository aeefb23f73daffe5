//! One piece of work on a thread of its own.

use std::io;

use crossbeam_channel::{Receiver, TryRecvError, bounded};
use tapline_engine::Going;

/// Work that goes on. Dropping it calls it off.
pub(super) struct Errand<T> {
    answer: Receiver<T>,
    going: Going,
    /// How far it was when that was last told, in 1/1000.
    told: u16,
}

/// What is new of an errand.
pub(super) enum News<T> {
    /// It has come so far, in 1/1000.
    Going(u16),
    Done(T),
    /// Its thread went away without an answer.
    Lost,
}

impl<T: Send + 'static> Errand<T> {
    /// Sends somebody off; `name` is the thread's.
    pub(super) fn begin(name: &str, work: impl FnOnce(&Going) -> T + Send + 'static) -> io::Result<Self> {
        let (sender, answer) = bounded(1);
        let going = Going::default();
        let told = going.clone();
        std::thread::Builder::new().name(name.into()).spawn(move || {
            // Who wants something else by now does not listen.
            let _ = sender.send(work(&told));
        })?;
        Ok(Self { answer, going, told: 0 })
    }

    /// What is new since the last call.
    pub(super) fn news(&mut self) -> Option<News<T>> {
        match self.answer.try_recv() {
            Ok(answer) => Some(News::Done(answer)),
            Err(TryRecvError::Disconnected) => Some(News::Lost),
            Err(TryRecvError::Empty) => {
                let permille = self.going.permille();
                let is_news = std::mem::replace(&mut self.told, permille) != permille;
                is_news.then_some(News::Going(permille))
            }
        }
    }
}

impl<T> Drop for Errand<T> {
    fn drop(&mut self) {
        self.going.cancel();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer<T: Send + 'static>(errand: &mut Errand<T>) -> News<T> {
        for _ in 0..5_000 {
            if let Some(news) = errand.news() {
                return news;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("nothing came");
    }

    #[test]
    fn an_errand_answers_once_and_who_panics_is_lost() {
        let mut errand = Errand::begin("test", |_| 7).unwrap();
        assert!(matches!(answer(&mut errand), News::Done(7)));
        let mut errand: Errand<()> = Errand::begin("test", |_| panic!("on purpose")).unwrap();
        assert!(matches!(answer(&mut errand), News::Lost));
    }

    #[test]
    fn who_is_dropped_is_called_off() {
        let (sender, ended) = bounded(1);
        let errand = Errand::begin("test", move |going: &Going| {
            while !going.is_cancelled() {
                std::thread::sleep(Duration::from_millis(1));
            }
            sender.send(()).unwrap();
        });
        drop(errand.unwrap());
        ended.recv_timeout(Duration::from_secs(5)).unwrap();
    }
}
