//! Days as people write them.

use crate::model::{Language, Timestamp};

const MILLIS_PER_DAY: i64 = 86_400_000;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The day of a moment in UTC: `23 November 2026`, `2026년 11월 23일`.
pub(crate) fn day(moment: Timestamp, language: Language) -> String {
    let (year, month, day) = civil(moment.0.div_euclid(MILLIS_PER_DAY));
    match language {
        Language::En => {
            let month = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or("?");
            format!("{day} {month} {year}")
        }
        Language::Ko => format!("{year}년 {month}월 {day}일"),
    }
}

/// Year, month and day in the Gregorian calendar of a day counted from 1 January 1970.
///
/// Years are counted from 1 March, so that the leap day is the last day of the year; 400 years
/// repeat exactly.
const fn civil(days: i64) -> (i64, i64, i64) {
    const DAYS_PER_ERA: i64 = 146_097;
    /// From 1 March of the year 0 to 1 January 1970.
    const EPOCH: i64 = 719_468;
    let days = days.saturating_add(EPOCH);
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
    use super::*;

    #[test]
    fn a_day_is_written_as_its_readers_write_it() {
        let moment = Timestamp(1_795_392_000_000);
        assert_eq!(day(moment, Language::En), "23 November 2026");
        assert_eq!(day(moment, Language::Ko), "2026년 11월 23일");
    }

    #[test]
    fn leap_days_and_the_edges_of_years_are_right() {
        for (days, expected) in [
            (0, (1970, 1, 1)),
            (-1, (1969, 12, 31)),
            (11_016, (2000, 2, 29)),
            (19_782, (2024, 2, 29)),
            (20_453, (2025, 12, 31)),
            (20_454, (2026, 1, 1)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
        ] {
            assert_eq!(civil(days), expected);
        }
    }

    #[test]
    fn no_moment_is_too_far_away_to_be_written() {
        for moment in [Timestamp(i64::MIN), Timestamp(i64::MAX)] {
            assert!(!day(moment, Language::En).contains('?'));
        }
    }
}
