//! Days as the reader writes them. Server and browser must agree to the letter, so days are those of UTC and the
//! browser's own calendar is not asked.

use postroom_server::model::Timestamp;

use crate::{i18n::Locale, say};

/// A day in words: *14 January 2027*, *2027년 1월 14일*.
#[must_use]
pub fn day_in_words(words: Locale, moment: Timestamp) -> String {
    let (year, month, day) = moment.date();
    say!(words, components.date, day = day, month = month_in_words(words, month), year = year)
}

fn month_in_words(words: Locale, month: u8) -> &'static str {
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
}
