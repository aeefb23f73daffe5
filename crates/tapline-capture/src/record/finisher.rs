//! What is done to files that are complete, in a thread of its own: capturing goes on meanwhile.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

/// What is done to a file that is complete.
pub type Finish = Box<dyn FnMut(&Path) + Send>;

/// Whoever does it. Dropping it waits until all is done.
pub(super) struct Finisher {
    /// `None` once no more files come.
    files: Option<Sender<PathBuf>>,
    /// `None` once it has ended.
    thread: Option<JoinHandle<()>>,
}

impl Finisher {
    pub(super) fn start(mut finish: Finish) -> io::Result<Self> {
        let (files, complete) = channel::<PathBuf>();
        let thread = std::thread::Builder::new().name("finish".into());
        let thread = thread.spawn(move || complete.iter().for_each(|path| finish(&path)))?;
        Ok(Self { files: Some(files), thread: Some(thread) })
    }

    pub(super) fn finish(&self, path: PathBuf) {
        if let Some(files) = &self.files {
            // Fails only where it panicked, which is not for who captures to mend.
            let _ = files.send(path);
        }
    }
}

impl Drop for Finisher {
    fn drop(&mut self) {
        self.files = None;
        // As above.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
