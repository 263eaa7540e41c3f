//! Days as the reader writes them. Server and browser must agree to the letter, so the calendar is our own
//! and days are those of UTC.

use postroom_server::model::Timestamp;

use crate::{i18n::Locale, say};

const MILLIS_PER_DAY: i64 = 86_400_000;

/// A day in words: *14 January 2027*, *2027년 1월 14일*.
#[must_use]
pub fn day_in_words(words: Locale, moment: Timestamp) -> String {
    let (year, month, day) = civil_day(moment.0.div_euclid(MILLIS_PER_DAY));
    say!(words, components.date, day = day, month = month_in_words(words, month), year = year)
}

fn month_in_words(words: Locale, month: i64) -> &'static str {
    match month {
        1 => say!(words, components.month_1),
        2 => say!(words, components.month_2),
        3 => say!(words, components.month_3),
        4 => say!(words, components.month_4),
        5 => say!(words, components.month_5),
        6 => say!(words, components.month_6),
        7 => say!(words, components.month_7),
        8 => say!(words, components.month_8),
        9 => say!(words, components.month_9),
        10 => say!(words, components.month_10),
        11 => say!(words, components.month_11),
        _ => say!(words, components.month_12),
    }
}

/// Year, month and day of the proleptic Gregorian calendar, from days since 1970-01-01.
///
/// The year is counted from March, so that the leap day comes last and months follow one line:
/// 153 days for every five months.
pub(super) const fn civil_day(days: i64) -> (i64, i64, i64) {
    const DAYS_PER_ERA: i64 = 146_097; // 400 years
    const EPOCH_FROM_ERA: i64 = 719_468; // 0000-03-01 to 1970-01-01
    // Far beyond any calendar anybody uses; keeps absurd certificates from overflowing.
    let days = if days.unsigned_abs() > 1 << 40 { 0 } else { days } + EPOCH_FROM_ERA;
    let era = days.div_euclid(DAYS_PER_ERA);
    let day_of_era = days.rem_euclid(DAYS_PER_ERA);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::i18n::words_in;

    #[test]
    fn days_are_written_as_the_reader_writes_them() {
        let moment = Timestamp(1_799_884_800_000); // 2027-01-14T00:00:00Z
        assert_eq!(day_in_words(words_in(Language::En), moment), "14 January 2027");
        assert_eq!(day_in_words(words_in(Language::Ko), moment), "2027년 1월 14일");
    }

    #[test]
    fn leap_days_and_the_turns_of_centuries_fall_where_they_do() {
        assert_eq!(civil_day(0), (1970, 1, 1));
        assert_eq!(civil_day(-1), (1969, 12, 31));
        assert_eq!(civil_day(11_016), (2000, 2, 29));
        assert_eq!(civil_day(11_017), (2000, 3, 1));
        assert_eq!(civil_day(47_540), (2100, 2, 28));
        assert_eq!(civil_day(47_541), (2100, 3, 1));
    }

    #[test]
    fn an_absurd_moment_is_written_and_does_not_overflow() {
        assert_eq!(civil_day(i64::MAX), (1970, 1, 1));
        assert!(!day_in_words(words_in(Language::En), Timestamp(i64::MIN)).is_empty());
    }
}
