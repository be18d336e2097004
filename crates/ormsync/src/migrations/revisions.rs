//! Names and identifiers of migrations, and the moment they are written.

use chrono::{DateTime, NaiveDateTime, Utc};
use sha2::{Digest as _, Sha256};

/// A moment as migrations and revisions have it, in UTC.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment(DateTime<Utc>);

/// Now; or the moment that `SOURCE_DATE_EPOCH` names, for builds that must come out the same twice.
pub(crate) fn now() -> Moment {
    let named = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    Moment(named.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_else(Utc::now))
}

impl Moment {
    /// `2026-11-21 09:30:00.000000`, as in the header of a revision.
    pub(crate) fn create_date(self) -> String {
        self.0.format("%Y-%m-%d %H:%M:%S%.6f").to_string()
    }

    /// `20261121093000`, as in the name of a Prisma migration.
    pub(crate) fn stamp(self) -> String {
        self.0.format("%Y%m%d%H%M%S").to_string()
    }

    /// The moment that the name of a Prisma migration begins with.
    pub(crate) fn of_stamp(name: &str) -> Option<Self> {
        let stamp = NaiveDateTime::parse_from_str(name.get(..14)?, "%Y%m%d%H%M%S").ok()?;
        Some(Self(stamp.and_utc()))
    }

    /// A second later.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + chrono::TimeDelta::seconds(1))
    }

    /// What Alembic's `file_template` may name, but for `rev` and `slug`.
    pub(crate) fn parts(self) -> [(&'static str, i64); 7] {
        let part = |format: &str| self.0.format(format).to_string().parse().unwrap_or_default();
        [
            ("year", part("%Y")),
            ("month", part("%m")),
            ("day", part("%d")),
            ("hour", part("%H")),
            ("minute", part("%M")),
            ("second", part("%S")),
            ("epoch", self.0.timestamp()),
        ]
    }
}

/// Twelve hexadecimal digits, as Alembic's own identifiers have, of texts.
pub(crate) fn hash(texts: &[&str]) -> String {
    let mut digest = Sha256::new();
    texts.iter().for_each(|text| digest.update(text.as_bytes()));
    hexadecimal(&digest.finalize()[..6])
}

/// An identifier of 36 letters, as Prisma's history has for every migration it applied.
pub(crate) fn identifier(migration: &str, checksum: &str) -> String {
    let digits = ormsync_prisma::checksum(&format!("{migration} {checksum}"));
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..32]].join("-")
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A name as part of a file's: lower case words joined by underscores.
pub(crate) fn slug(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

/// The most that `alembic_version.version_num` holds.
const LONGEST_REVISION: usize = 32;

/// `002_add_booking_tables`: one more than the highest number so far, as wide as those are, and no longer than Alembic's
/// table takes.
pub(crate) fn sequential<'a>(known: impl Iterator<Item = &'a str>, slug: &str) -> String {
    let (mut highest, mut width) = (0_u64, 3);
    for id in known {
        let digits: &str = &id[..id.chars().take_while(char::is_ascii_digit).count()];
        // Twelve hexadecimal digits may begin with many of them.
        let is_number =
            digits.len() <= 6 && id[digits.len()..].chars().next().is_none_or(|next| matches!(next, '_' | '-'));
        if let (true, Ok(number)) = (is_number, digits.parse::<u64>()) {
            highest = highest.max(number);
            width = width.max(digits.len());
        }
    }
    let mut id = format!("{:0width$}_{slug}", highest + 1);
    let end = id.char_indices().map(|(at, letter)| at + letter.len_utf8()).take_while(|end| *end <= LONGEST_REVISION);
    id.truncate(end.last().unwrap_or_default());
    id.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_go_on_counting() {
        assert_eq!(sequential([].into_iter(), "init"), "001_init");
        assert_eq!(sequential(["001_init", "ae1027a6acf2", "0009_x"].into_iter(), "more"), "0010_more");
        assert_eq!(sequential(["1975ea83b712"].into_iter(), "x"), "001_x");
        assert_eq!(sequential([].into_iter(), &"long_".repeat(20)).len(), 32);
    }

    #[test]
    fn slugs_are_words() {
        assert_eq!(slug("Add booking-tables!"), "add_booking_tables");
        assert_eq!(slug("größe"), "größe");
        assert_eq!(slug("--"), "");
    }

    #[test]
    fn moments_are_written_as_the_tools_write_them() {
        let moment = Moment(DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default());
        assert_eq!(moment.create_date(), "2027-01-15 08:00:00.000000");
        assert_eq!(moment.next().stamp(), "20270115080001");
        assert_eq!(moment.parts()[1], ("month", 1));
    }
}
