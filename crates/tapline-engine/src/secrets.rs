//! Secrets on their way to an analysis: those that are there before the first packet, and those that come later.

use std::sync::Arc;

use tapline_analysis::decode::Keys;
use tapline_analysis::decode::crypto::KeyLog;
use tapline_capture::{Facts, Secret, Source};

use crate::keys::KeyFiles;
use crate::team::Team;

/// What may still come.
pub(crate) struct Secrets {
    files: KeyFiles,
    /// Whether the files are looked at again and again.
    watches: bool,
    /// Secrets in the capture that were known before they were come by.
    ahead: Vec<Secret>,
    /// How many secrets in the capture were come by.
    seen: usize,
}

impl Secrets {
    /// The keys that are there before the first packet, and what may still come. Key logs are watched where the
    /// source is: what a device or a pipe shows happens now, and so do its secrets.
    pub(crate) fn begin(mut files: KeyFiles, source: &dyn Source) -> (Self, Arc<Keys>) {
        let ahead = source.secrets_ahead();
        // What is read again may be kept of a live capture, whose secrets came meanwhile.
        files.read_on();
        for secret in ahead.iter().flatten() {
            add(secret, &mut files.log);
        }
        let watches = files.may_grow() && source.progress().total_bytes.is_none();
        let keys = Keys {
            log: files.log.clone(),
            private: files.private.clone(),
            expects_more: watches || ahead.is_none(),
        };
        (Self { files, watches, ahead: ahead.unwrap_or_default(), seen: 0 }, Arc::new(keys))
    }

    /// Whether the capture has brought some since the last call of [`Self::give`].
    pub(crate) fn stand_in(&self, facts: &Facts) -> bool {
        facts.secrets.len() > self.seen
    }

    /// Gives what has come to those who analyse.
    pub(crate) fn give(&mut self, facts: &Facts, team: &mut Team) {
        let mut touched = if self.watches { self.files.read_on() } else { KeyLog::default() };
        for secret in facts.secrets.get(self.seen..).unwrap_or_default() {
            let known =
                self.ahead.iter().any(|ahead| (ahead.kind, &ahead.bytes) == (secret.kind, &secret.bytes));
            if !known {
                touched.adopt(&add(secret, &mut self.files.log));
            }
        }
        self.seen = facts.secrets.len();
        if !touched.is_empty() {
            team.secrets(touched);
        }
    }
}

fn add(secret: &Secret, log: &mut KeyLog) -> KeyLog {
    if secret.kind == Secret::TLS_KEY_LOG { log.read(&secret.bytes).touched } else { KeyLog::default() }
}
