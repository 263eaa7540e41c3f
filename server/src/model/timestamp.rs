//! Moments, as Unix milliseconds everywhere.

use serde::{Deserialize, Serialize};
use time::{Date, Month, OffsetDateTime, UtcDateTime};

/// A moment in Unix milliseconds (UTC).
///
/// Databases store this number: RFC 3339 text sorts wrongly in SQLite as soon as two precisions meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "native", derive(sqlx::Type), sqlx(transparent))]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `millis` later, or the last one there is.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// How many milliseconds lie between `earlier` and this moment; negative when it is later.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment a day begins (UTC, Gregorian); `month` and `day` count from 1. `None` where there is no such day.
    #[must_use]
    pub fn of_day(year: i32, month: u8, day: u8) -> Option<Self> {
        let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
        Some(Self(date.midnight().assume_utc().unix_timestamp().saturating_mul(1_000)))
    }

    /// Year, month and day (UTC, Gregorian); months and days count from 1.
    #[must_use]
    pub fn date(self) -> (i32, u8, u8) {
        let (year, month, day) = self.calendar().date().to_calendar_date();
        (year, month.into(), day)
    }

    /// Hour, minute and second (UTC).
    #[must_use]
    pub fn clock(self) -> (u8, u8, u8) {
        self.calendar().time().as_hms()
    }

    /// The form machines read (RFC 3339), to the second: `2026-11-23T13:24:05Z`.
    #[must_use]
    pub fn rfc_3339(self) -> String {
        let ((year, month, day), (hour, minute, second)) = (self.date(), self.clock());
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// Absurd certificates name years no calendar has; they become the last or the first one it has.
    fn calendar(self) -> UtcDateTime {
        OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1_000))
            .map_or_else(|_| if self.0 < 0 { UtcDateTime::MIN } else { UtcDateTime::MAX }, OffsetDateTime::to_utc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    #[test]
    fn days_fall_where_calendars_have_them() {
        for (days, date) in [
            (0, (1970, 1, 1)),
            (-1, (1969, 12, 31)),
            (11_016, (2000, 2, 29)),
            (19_782, (2024, 2, 29)),
            (20_454, (2026, 1, 1)),
            (47_541, (2100, 3, 1)),
        ] {
            let moment = Timestamp(days * DAY);
            assert_eq!(moment.date(), date);
            assert_eq!(Timestamp::of_day(date.0, date.1, date.2), Some(moment));
        }
        for (year, month, day) in [(2026, 13, 1), (2026, 0, 10), (2026, 4, 31), (2027, 2, 29), (1900, 2, 29)] {
            assert_eq!(Timestamp::of_day(year, month, day), None);
        }
    }

    #[test]
    fn a_moment_is_written_as_machines_read_it() {
        assert_eq!(Timestamp(1_795_440_245_000).rfc_3339(), "2026-11-23T13:24:05Z");
        assert_eq!(Timestamp(-1).rfc_3339(), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn an_absurd_moment_is_written_and_does_not_overflow() {
        assert_eq!(Timestamp(i64::MAX).date(), (9999, 12, 31));
        assert_eq!(Timestamp(i64::MIN).date(), (-9999, 1, 1));
    }
}
