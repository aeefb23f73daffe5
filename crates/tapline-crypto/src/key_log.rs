//! Key logs: the lines that programs write for `SSLKEYLOGFILE` (RFC 9850), and what tshark reads besides.

mod line;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use crate::limits::{BAD_LINES_TOLD_MAX, KEY_LOG_RANDOMS_MAX, KEY_LOG_SESSIONS_MAX};
pub(crate) use line::octets;
use line::{Label, Line};

/// The secrets of one connection, by the random value of its client.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// The master secret of TLS 1.2 and before.
    pub master: Option<Vec<u8>>,
    /// What the master secret is derived from.
    pub premaster: Option<Vec<u8>>,
    /// Of the client's early data.
    pub client_early: Option<Vec<u8>>,
    /// Of the client's handshake records.
    pub client_handshake: Option<Vec<u8>>,
    /// Of the server's handshake records.
    pub server_handshake: Option<Vec<u8>>,
    /// Of the client's application data, first generation.
    pub client_application: Option<Vec<u8>>,
    /// Of the server's application data, first generation.
    pub server_application: Option<Vec<u8>>,
    /// For exporters before the handshake is over.
    pub early_exporter: Option<Vec<u8>>,
    /// For exporters.
    pub exporter: Option<Vec<u8>>,
}

/// Secrets by what connections show of themselves. A clone shares the secrets with the log it was made from.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KeyLog {
    randoms: HashMap<[u8; 32], Arc<Secrets>>,
    /// Master secrets by session ID.
    sessions: HashMap<Vec<u8>, Arc<[u8]>>,
    /// Premaster secrets by the first octets of their encryption.
    encrypted: HashMap<[u8; 8], Arc<[u8]>>,
    /// Some of `randoms` has a premaster secret.
    has_premasters: bool,
}

/// What came of reading lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// All secrets of what the lines said anything new or old about.
    pub touched: KeyLog,
    /// Lines whose secret was taken over.
    pub secrets: usize,
    /// The first lines that could not be read, up to a bound.
    pub bad_lines: Vec<BadLine>,
    /// Bad lines beyond those.
    pub more_bad_lines: usize,
    /// Secrets that were left out because the log is full.
    pub left_out: usize,
}

/// A line that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1 at the beginning of the text that was read.
    pub number: usize,
    /// What is wrong with it.
    pub reason: BadLineReason,
}

/// Why a line could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLineReason {
    /// The first word is none of RFC 9850 or tshark.
    #[error("the label is not known")]
    UnknownLabel,
    /// Words are missing, or there are too many.
    #[error("the number of words is not that of its label")]
    WrongWords,
    /// A word is no hexadecimal number of whole octets.
    #[error("a word is not hexadecimal, or has half an octet")]
    NotHexadecimal,
    /// The client random, session ID or encrypted premaster secret has the wrong length.
    #[error("what the secret belongs to has the wrong length")]
    WrongKeyLength,
    /// No such secret has this length.
    #[error("the secret has the wrong length")]
    WrongSecretLength,
}

impl KeyLog {
    /// Reads whole lines; a last one without its end is taken for whole. The last secret of a label wins. Says what of
    /// them could be used, with a log of its own to hand on that has all secrets of each client random the
    /// lines name.
    pub fn read(&mut self, text: &[u8]) -> Reading {
        let mut reading = Reading::default();
        let mut touched = HashSet::new();
        // Windows editors put a byte order mark before what they save.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        for (number, line) in (1..).zip(text.split(|octet| *octet == b'\n')) {
            match line::line(line) {
                Ok(Line::Nothing) => {}
                Ok(line) => match self.take(line, &mut touched, &mut reading.touched) {
                    Taken::Yes => reading.secrets += 1,
                    Taken::Full => reading.left_out += 1,
                },
                Err(reason) if reading.bad_lines.len() < BAD_LINES_TOLD_MAX => {
                    reading.bad_lines.push(BadLine { number, reason });
                }
                Err(_) => reading.more_bad_lines += 1,
            }
        }
        for random in touched {
            if let Some(secrets) = self.randoms.get(&random) {
                reading.touched.put(random, Arc::clone(secrets));
            }
        }
        reading
    }

    fn take(&mut self, line: Line, randoms: &mut HashSet<[u8; 32]>, touched: &mut Self) -> Taken {
        match line {
            Line::Nothing => Taken::Yes,
            Line::Random { label, random, secret } => {
                if self.randoms.len() >= KEY_LOG_RANDOMS_MAX && !self.randoms.contains_key(&random) {
                    return Taken::Full;
                }
                self.has_premasters |= label == Label::Premaster;
                let secrets = Arc::make_mut(self.randoms.entry(random).or_default());
                *label.field(secrets) = Some(secret);
                randoms.insert(random);
                Taken::Yes
            }
            Line::Session { id, master } => {
                let taken = put_bounded(&mut self.sessions, &id, &master.into());
                if let Some(master) = self.sessions.get(&id).filter(|_| taken == Taken::Yes) {
                    touched.sessions.insert(id, Arc::clone(master));
                }
                taken
            }
            Line::Encrypted { front, premaster } => {
                let taken = put_bounded(&mut self.encrypted, &front, &premaster.into());
                if let Some(premaster) = self.encrypted.get(&front).filter(|_| taken == Taken::Yes) {
                    touched.encrypted.insert(front, Arc::clone(premaster));
                }
                taken
            }
        }
    }

    /// Takes over what was read elsewhere: all secrets of a client random at once, the later ones win.
    pub fn adopt(&mut self, touched: &Self) {
        for (random, secrets) in &touched.randoms {
            if self.randoms.len() < KEY_LOG_RANDOMS_MAX || self.randoms.contains_key(random) {
                self.put(*random, Arc::clone(secrets));
            }
        }
        for (id, master) in &touched.sessions {
            put_bounded(&mut self.sessions, id, master);
        }
        for (front, premaster) in &touched.encrypted {
            put_bounded(&mut self.encrypted, front, premaster);
        }
    }

    fn put(&mut self, random: [u8; 32], secrets: Arc<Secrets>) {
        self.has_premasters |= secrets.premaster.is_some();
        self.randoms.insert(random, secrets);
    }

    /// The secrets of the connection whose `ClientHello` has this random value.
    pub fn of(&self, client_random: &[u8; 32]) -> Option<&Secrets> {
        self.randoms.get(client_random).map(Arc::as_ref)
    }

    /// What is known of the connection whose `ClientHello` has this random value, as lines of a key log.
    pub fn lines_of(&self, client_random: &[u8; 32]) -> String {
        let Some(mut secrets) = self.of(client_random).cloned() else { return String::new() };
        let line = |(name, label): (&str, Label)| {
            let secret = label.field(&mut secrets).take()?;
            Some(format!("{name} {} {}\n", line::hexadecimal(client_random), line::hexadecimal(&secret)))
        };
        Label::ALL.into_iter().filter_map(line).collect()
    }

    /// The master secret of a session by its ID.
    pub fn by_session_id(&self, id: &[u8]) -> Option<&[u8]> {
        self.sessions.get(id).map(Arc::as_ref)
    }

    /// The premaster secret by its encryption in the `ClientKeyExchange`, of which the log has the first eight octets.
    pub fn by_encrypted_premaster(&self, encrypted: &[u8]) -> Option<&[u8]> {
        self.encrypted.get(encrypted.first_chunk()?).map(Arc::as_ref)
    }

    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        self.randoms.is_empty() && self.sessions.is_empty() && self.encrypted.is_empty()
    }

    /// Client randoms that secrets are known of.
    pub fn randoms(&self) -> usize {
        self.randoms.len()
    }

    /// Some secrets open by themselves only the connection of the full handshake (premaster secrets), or are looked up
    /// by what only its handshake shows (session IDs): who resumes that session needs what was learned there.
    pub fn spans_connections(&self) -> bool {
        self.has_premasters || !self.sessions.is_empty() || !self.encrypted.is_empty()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    Yes,
    Full,
}

fn put_bounded<K>(map: &mut HashMap<K, Arc<[u8]>>, key: &K, secret: &Arc<[u8]>) -> Taken
where
    K: Clone + Eq + std::hash::Hash,
{
    if map.len() >= KEY_LOG_SESSIONS_MAX && !map.contains_key(key) {
        return Taken::Full;
    }
    map.insert(key.clone(), Arc::clone(secret));
    Taken::Yes
}

impl fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLog")
            .field("randoms", &self.randoms.len())
            .field("sessions", &self.sessions.len())
            .field("encrypted", &self.encrypted.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Secrets {
    /// Which there are, and none of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("master", &self.master.is_some())
            .field("premaster", &self.premaster.is_some())
            .field("client_early", &self.client_early.is_some())
            .field("client_handshake", &self.client_handshake.is_some())
            .field("server_handshake", &self.server_handshake.is_some())
            .field("client_application", &self.client_application.is_some())
            .field("server_application", &self.server_application.is_some())
            .field("early_exporter", &self.early_exporter.is_some())
            .field("exporter", &self.exporter.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::PREMASTER_OCTETS_MAX;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";

    #[test]
    fn what_is_known_of_a_random_is_written_as_it_is_read() {
        let text: String = Label::ALL
            .into_iter()
            .flat_map(|(name, label)| {
                let secret = "cd".repeat(if label == Label::Master { 48 } else { 32 });
                [name.to_owned(), format!(" {A} {secret}\n")]
            })
            .collect();
        let (log, reading) = read(&text);
        assert_eq!(reading.secrets, 9);
        assert_eq!(log.lines_of(&[0xaa; 32]), text);
        assert_eq!(log.lines_of(&[0xbb; 32]), "");
    }

    fn read(text: &str) -> (KeyLog, Reading) {
        let mut log = KeyLog::default();
        let reading = log.read(text.as_bytes());
        (log, reading)
    }

    #[test]
    fn every_label_finds_its_place() {
        let check = |label: &str, length: usize, place: fn(&Secrets) -> &Option<Vec<u8>>| {
            let (log, reading) = read(&format!("{label} {A} {}\r\n", "7e".repeat(length)));
            assert_eq!((reading.secrets, reading.bad_lines.len()), (1, 0), "{label}");
            let secrets = log.of(&[0xaa; 32]).unwrap();
            assert_eq!(place(secrets).as_deref(), Some([0x7e].repeat(length).as_slice()), "{label}");
            assert_eq!(format!("{secrets:?}").matches("true").count(), 1, "{label}");
            assert_eq!(reading.touched, log, "{label}");
            assert_eq!(log.spans_connections(), label.starts_with("PMS"), "{label}");
        };
        check("PMS_CLIENT_RANDOM", PREMASTER_OCTETS_MAX, |secrets| &secrets.premaster);
        check("CLIENT_RANDOM", 48, |secrets| &secrets.master);
        check("PMS_CLIENT_RANDOM", 256, |secrets| &secrets.premaster);
        check("CLIENT_EARLY_TRAFFIC_SECRET", 32, |secrets| &secrets.client_early);
        check("CLIENT_HANDSHAKE_TRAFFIC_SECRET", 48, |secrets| &secrets.client_handshake);
        check("SERVER_HANDSHAKE_TRAFFIC_SECRET", 32, |secrets| &secrets.server_handshake);
        check("CLIENT_TRAFFIC_SECRET_0", 48, |secrets| &secrets.client_application);
        check("SERVER_TRAFFIC_SECRET_0", 32, |secrets| &secrets.server_application);
        check("EARLY_EXPORTER_SECRET", 32, |secrets| &secrets.early_exporter);
        check("EARLY_EXPORTER_MASTER_SECRET", 32, |secrets| &secrets.early_exporter);
        check("EXPORTER_SECRET", 48, |secrets| &secrets.exporter);
    }

    #[test]
    fn what_is_not_by_client_random_is_found_too() {
        let master = "5a".repeat(48);
        let (log, reading) =
            read(&format!("RSA Session-ID:0A0b Master-Key:{master}\nRSA 0011223344556677 {master}"));
        assert_eq!((reading.secrets, &reading.touched), (2, &log));
        assert_eq!(log.by_session_id(&[10, 11]), Some([0x5a; 48].as_slice()));
        let encrypted = [0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99];
        assert_eq!(log.by_encrypted_premaster(&encrypted), Some([0x5a; 48].as_slice()));
        assert_eq!(log.by_encrypted_premaster(&encrypted[..7]), None);
        assert!(log.spans_connections() && !log.is_empty() && log.randoms() == 0);
    }

    #[test]
    fn the_last_secret_of_a_label_wins() {
        let (one, two) = ("01".repeat(32), "02".repeat(32));
        let (mut log, _) = read(&format!("EXPORTER_SECRET {A} {one}\nCLIENT_TRAFFIC_SECRET_0 {A} {one}\n"));
        let before = log.clone();
        let reading = log.read(format!("EXPORTER_SECRET {A} {two}\n").as_bytes());
        let secrets = log.of(&[0xaa; 32]).unwrap();
        assert_eq!(secrets.exporter.as_deref(), Some([2; 32].as_slice()));
        assert_eq!(reading.touched.of(&[0xaa; 32]), Some(secrets), "with what was known of it before");
        assert_eq!(before.of(&[0xaa; 32]).unwrap().exporter.as_deref(), Some([1; 32].as_slice()));
    }

    #[test]
    fn adopting_takes_over_whole_connections() {
        let (mut log, _) = read(&format!("CLIENT_RANDOM {A} {}\n", "01".repeat(48)));
        let (other, _) = read(&format!(
            "PMS_CLIENT_RANDOM {B} 0102\nEXPORTER_SECRET {A} {}\nRSA Session-ID:07 Master-Key:{}",
            "02".repeat(32),
            "03".repeat(48)
        ));
        log.adopt(&other);
        assert_eq!(log, other);
        assert!(log.spans_connections());
    }

    #[test]
    fn bad_lines_are_told_and_harm_nothing() {
        use BadLineReason::{NotHexadecimal, UnknownLabel, WrongKeyLength, WrongSecretLength, WrongWords};
        let check = |line: &str, reason: Option<BadLineReason>| {
            let good = format!("CLIENT_RANDOM {B} {}", "01".repeat(48));
            let (log, reading) = read(&format!("# comment\n\n{line}\n{good}\n"));
            let told: Vec<BadLine> = reason.map(|reason| BadLine { number: 3, reason }).into_iter().collect();
            assert_eq!(reading.bad_lines, told, "{line}");
            assert_eq!((log.randoms(), reading.secrets), (1, 1), "{line}");
        };
        let (master, secret) = ("01".repeat(48), "01".repeat(32));
        check("", None);
        check(" \t ", None);
        check("  # indented", None);
        check(&format!("ECH_SECRET {A} {secret}"), None);
        check(&format!("ECH_CONFIG {A} fe0d00"), None);
        check(&format!("CLIENT_TRAFFIC_SECRET_1 {A} {secret}"), None);
        check(&format!("SERVER_TRAFFIC_SECRET_17 {A} {secret}"), None);
        check(&format!("CLIENT_TRAFFIC_SECRET_N {A} {secret}"), None);
        check(&format!("QUIC_CLIENT_TRAFFIC_SECRET_0 {A} {secret}"), None);
        check("GET / HTTP/1.1", Some(UnknownLabel));
        check("client_random", Some(UnknownLabel));
        check("SERVER_TRAFFIC_SECRET_", Some(UnknownLabel));
        check("CLIENT_RANDOM", Some(WrongWords));
        check(&format!("CLIENT_RANDOM {A}"), Some(WrongWords));
        check(&format!("CLIENT_RANDOM {A} {master} 00"), Some(WrongWords));
        check(&format!("CLIENT_RANDOM {A} {master}0"), Some(NotHexadecimal));
        check(&format!("CLIENT_RANDOM {A} {}zz", &master[2..]), Some(NotHexadecimal));
        check(&format!("CLIENT_RANDOM {A} {}\0\0", &master[2..]), Some(NotHexadecimal));
        check(&format!("\0CLIENT_RANDOM {A} {master}"), Some(UnknownLabel));
        check(&format!("CLIENT_RANDOM {} {master}", &A[2..]), Some(WrongKeyLength));
        check(&format!("CLIENT_RANDOM {A} {}", &master[2..]), Some(WrongSecretLength));
        check(&format!("SERVER_TRAFFIC_SECRET_0 {A} {}", &secret[2..]), Some(WrongSecretLength));
        check(
            &format!("PMS_CLIENT_RANDOM {A} {}", "00".repeat(PREMASTER_OCTETS_MAX + 1)),
            Some(WrongSecretLength),
        );
        check(&format!("RSA 001122334455 {master}"), Some(WrongKeyLength));
        check(&format!("RSA Session-ID:{} Master-Key:{master}", "00".repeat(33)), Some(WrongKeyLength));
        check(&format!("RSA Session-ID:00 Master-Kex:{master}"), Some(WrongWords));
        check("RSA", Some(WrongWords));
    }

    #[test]
    fn lines_end_as_they_do_anywhere() {
        let line = |random: &str| format!("CLIENT_RANDOM {random} {}", "01".repeat(48));
        for (end, mark) in [("\n", ""), ("\r\n", ""), (" \t\r\n", ""), ("\n\n\n", ""), ("\n", "\u{feff}")] {
            let (log, reading) = read(&format!("{mark}{}{end}{}", line(A), line(B)));
            assert_eq!((log.randoms(), reading.secrets, reading.bad_lines.len()), (2, 2, 0), "{end:?}");
        }
        assert_eq!(read(&line(A).replace(' ', "\t ")).1.secrets, 1);
    }

    #[test]
    fn a_file_that_is_no_key_log_costs_little() {
        let (log, reading) = read(&"garbage\n".repeat(1000));
        assert!(log.is_empty());
        assert_eq!((reading.bad_lines.len(), reading.more_bad_lines), (BAD_LINES_TOLD_MAX, 968));
    }

    #[test]
    fn a_full_log_says_what_it_left_out() {
        let mut log = KeyLog::default();
        let master = "01".repeat(48);
        let line = |id| format!("RSA Session-ID:{id:08x} Master-Key:{master}\n");
        let text = (0..=KEY_LOG_SESSIONS_MAX).map(line).collect::<Vec<_>>().concat();
        let reading = log.read(text.as_bytes());
        assert_eq!((reading.secrets, reading.left_out), (KEY_LOG_SESSIONS_MAX, 1));
        assert_eq!(reading.touched, log);
        assert_eq!(log.read(text.as_bytes()).left_out, 1, "what is known may be told again");
    }

    #[test]
    fn a_log_full_of_randoms_says_what_it_left_out() {
        let mut log = KeyLog::default();
        log.randoms.reserve(KEY_LOG_RANDOMS_MAX);
        let secrets = Arc::new(Secrets::default());
        for number in 1..KEY_LOG_RANDOMS_MAX as u64 {
            let mut random = [0; 32];
            random[..8].copy_from_slice(&number.to_be_bytes());
            log.put(random, Arc::clone(&secrets));
        }
        let line = |random: &str| format!("CLIENT_RANDOM {random} {}\n", "01".repeat(48));
        let mut more = || log.read([line(A), line(B), line(A)].concat().as_bytes());
        let reading = more();
        assert_eq!((reading.secrets, reading.left_out), (2, 1));
        assert_eq!((more().left_out, log.randoms()), (1, KEY_LOG_RANDOMS_MAX));
        log.adopt(&read(&line(B)).0);
        assert_eq!((log.randoms(), log.of(&[0xbb; 32])), (KEY_LOG_RANDOMS_MAX, None));
    }

    #[test]
    fn no_secret_is_shown() {
        let (log, reading) = read(&format!("CLIENT_RANDOM {A} {}", "5a".repeat(48)));
        let shown = format!("{log:?} {reading:?} {:?}", log.of(&[0xaa; 32]));
        assert!(!shown.contains("5a") && !shown.contains("90"), "{shown}");
    }
}
