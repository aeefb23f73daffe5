//! Which folder a row belongs to.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::Offset;

/// What rows are parted by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Key {
    /// The day of the row's time, in UTC.
    Date,
    /// Its hour.
    Hour,
    /// The machine that captured.
    Host,
}

/// The keys of a path, outermost first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Partitioning {
    keys: Vec<Key>,
}

/// A key that is not known, or stands twice.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("cannot partition by {0:?}: there are date, hour and host, each once, with commas between")]
pub struct NoKey(String);

impl FromStr for Partitioning {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let mut keys = Vec::new();
        for name in text.split(',') {
            let key = match name {
                "date" => Key::Date,
                "hour" => Key::Hour,
                "host" => Key::Host,
                _ => return Err(NoKey(name.to_owned())),
            };
            if keys.contains(&key) {
                return Err(NoKey(name.to_owned()));
            }
            keys.push(key);
        }
        Ok(Self { keys })
    }
}

/// A partition of one table: the hour its rows lie in, as far as the keys ask for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub(crate) struct Place {
    /// Hours since 1970, or those of the day's begin; `None` where time is no key, or not known.
    hours: Option<i64>,
}

impl Partitioning {
    /// Where a row of this time belongs.
    pub(crate) fn place(&self, at: Option<Timestamp>) -> Place {
        let hours = at.map(|at| at.as_second().div_euclid(3600));
        let hours = if self.keys.contains(&Key::Hour) {
            hours
        } else if self.keys.contains(&Key::Date) {
            hours.map(|hours| hours.div_euclid(24) * 24)
        } else {
            None
        };
        Place { hours }
    }

    /// The folder of a place, as Hive names it.
    pub(crate) fn folder(&self, table: &Path, place: Place, host: &str) -> PathBuf {
        let mut folder = table.to_owned();
        let time = place.hours.and_then(|hours| Timestamp::from_second(hours.checked_mul(3600)?).ok());
        let time = time.map(|at| Offset::UTC.to_datetime(at));
        for key in &self.keys {
            folder.push(match (key, time) {
                (Key::Host, _) => format!("host={}", escaped(host)),
                (Key::Date, Some(time)) => format!("date={}", time.date()),
                (Key::Hour, Some(time)) => format!("hour={:02}", time.hour()),
                // What Hive calls a value that is not known.
                (Key::Date, None) => "date=__HIVE_DEFAULT_PARTITION__".to_owned(),
                (Key::Hour, None) => "hour=__HIVE_DEFAULT_PARTITION__".to_owned(),
            });
        }
        folder
    }
}

/// A value as a part of a path: what is no plain character stands percent-escaped, as Hive reads it.
pub(crate) fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for octet in value.bytes() {
        if octet.is_ascii_alphanumeric() || b"-_.".contains(&octet) && !(out.is_empty() && octet == b'.') {
            out.push(char::from(octet));
        } else {
            let _ = write!(out, "%{octet:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(keys: &str, at: Option<&str>) -> String {
        let partitioning: Partitioning = keys.parse().unwrap();
        let place = partitioning.place(at.map(|at| at.parse().unwrap()));
        partitioning.folder(Path::new("t"), place, "web/1").display().to_string()
    }

    #[test]
    fn rows_lie_in_the_folder_of_their_time() {
        let at = Some("2026-11-20T23:59:59.999999999Z");
        assert_eq!(folder("date,hour,host", at), "t/date=2026-11-20/hour=23/host=web%2F1");
        assert_eq!(folder("host,date", at), "t/host=web%2F1/date=2026-11-20");
        assert_eq!(folder("date", Some("1969-12-31T23:00:00Z")), "t/date=1969-12-31");
        assert_eq!(
            folder("date,hour", None),
            "t/date=__HIVE_DEFAULT_PARTITION__/hour=__HIVE_DEFAULT_PARTITION__"
        );
    }

    #[test]
    fn rows_of_a_day_share_a_file_where_hours_are_no_key() {
        let by = |keys: &str| -> Partitioning { keys.parse().unwrap() };
        let at = |text: &str| Some(text.parse().unwrap());
        let (one, other) = (at("2026-11-20T01:00:00Z"), at("2026-11-20T22:00:00Z"));
        assert_eq!(by("date").place(one), by("date").place(other));
        assert_ne!(by("date,hour").place(one), by("date,hour").place(other));
        assert_eq!(by("host").place(one), by("host").place(None));
    }

    #[test]
    fn keys_are_known_and_stand_once() {
        assert!("date,day".parse::<Partitioning>().unwrap_err().to_string().contains("\"day\""));
        assert!("date,date".parse::<Partitioning>().is_err());
        assert_eq!(escaped(".."), "%2E.");
    }
}
