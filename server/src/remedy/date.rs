//! Days as people write them.

use crate::model::{Language, Timestamp};

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
    let (year, month, day) = moment.date();
    match language {
        Language::En => {
            let month = MONTHS.get(usize::from(month) - 1).copied().unwrap_or("?");
            format!("{day} {month} {year}")
        }
        Language::Ko => format!("{year}년 {month}월 {day}일"),
    }
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
}
