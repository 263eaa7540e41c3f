//! Hides people's names in a text, each behind a number of its own.

use std::collections::BTreeMap;

/// Shorter user names than this are words that stand everywhere; hiding them would garble the text and hide nobody.
const MIN_CHARACTERS: usize = 3;

/// Who has which number.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// In lower case: servers write names as they like.
    numbers: BTreeMap<String, usize>,
    /// User names that are no addresses, to be found wherever they stand alone.
    bare: Vec<String>,
}

impl Names {
    /// Hides a user name or address from here on, and what stands before its `@` also where it stands alone.
    pub(super) fn learn(&mut self, name: &str) {
        let person = name.rsplit_once('@').map_or(name, |(person, _)| person).trim();
        if person.chars().count() < MIN_CHARACTERS {
            return;
        }
        self.number(person);
        let person = person.to_lowercase();
        if !self.bare.contains(&person) {
            self.bare.push(person);
            // A name within a name must not be found first.
            self.bare.sort_by_key(|name| std::cmp::Reverse(name.len()));
        }
    }

    /// The text without names: those that were learnt, and those before the `@` of any address.
    pub(super) fn hide(&mut self, text: &str) -> String {
        let text = self.hide_addresses(text);
        self.hide_bare(&text)
    }

    fn number(&mut self, person: &str) -> usize {
        let next = self.numbers.len() + 1;
        *self.numbers.entry(person.to_lowercase()).or_insert(next)
    }

    /// Replaces what stands before each `@` that has a name before it and a domain behind it.
    fn hide_addresses(&mut self, text: &str) -> String {
        let mut parts = text.split('@');
        let mut shown = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let person = trailing_name(&shown).to_owned();
            if !person.is_empty() && part.starts_with(char::is_alphanumeric) {
                let number = self.number(&person);
                shown.truncate(shown.len() - person.len());
                shown.push_str(&format!("<{number}>"));
            }
            shown.push('@');
            shown.push_str(part);
        }
        shown
    }

    /// Replaces learnt names that stand alone, as words.
    fn hide_bare(&self, text: &str) -> String {
        self.bare.iter().fold(text.to_owned(), |text, name| {
            let Some(number) = self.numbers.get(name) else { return text };
            replace_word(&text, name, &format!("<{number}>"))
        })
    }
}

/// The characters before the end that an address may have before its `@` (RFC 5322 3.2.3, and letters of any script).
fn trailing_name(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let start = text.char_indices().rev().take_while(|&(_, c)| is_part(c)).last().map_or(text.len(), |(at, _)| at);
    text.get(start..).unwrap_or_default()
}

/// Replaces `word` (lower case) where it stands alone, whatever its case in the text: not inside a longer word or a
/// host name.
fn replace_word(text: &str, word: &str, with: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(next) = rest.chars().next() {
        let touches_before = before.is_some_and(|c| is_word(c) || c == '.');
        match after_word(rest, word) {
            Some(after) if !touches_before && !goes_on(after) => {
                shown.push_str(with);
                before = with.chars().last();
                rest = after;
            }
            _ => {
                shown.push(next);
                before = Some(next);
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
            }
        }
    }
    shown
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// True where the text goes on as a longer word or a host name; a dot may also end a sentence.
fn goes_on(after: &str) -> bool {
    after.starts_with(is_word) || after.strip_prefix('.').is_some_and(|rest| rest.starts_with(is_word))
}

/// What follows `word` at the beginning of `text`.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut left = text.chars();
    for expected in word.chars() {
        if !left.next()?.to_lowercase().eq(expected.to_lowercase()) {
            return None;
        }
    }
    Some(left.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_person_has_the_same_number_everywhere() {
        let mut names = Names::default();
        names.learn("support@example.com");
        let shown =
            names.hide("MAIL FROM:<support@example.com>\n550 no rights of ada@example.com, SUPPORT@Example.COM");
        assert_eq!(shown, "MAIL FROM:<<1>@example.com>\n550 no rights of <2>@example.com, <1>@Example.COM");
    }

    #[test]
    fn a_user_name_without_an_address_is_found_as_a_word_alone() {
        let mut names = Names::default();
        names.learn("CORP\\ada");
        assert_eq!(names.hide("no such user CORP\\Ada; corp\\adam stays"), "no such user <1>; corp\\adam stays");
    }

    #[test]
    fn names_in_any_script_are_hidden() {
        let mut names = Names::default();
        names.learn("지원팀@예시.한국");
        assert_eq!(names.hide("<지원팀@예시.한국>: 지원팀 거부"), "<<1>@예시.한국>: <1> 거부");
    }

    #[test]
    fn a_host_that_is_called_like_somebody_stays() {
        let mut names = Names::default();
        names.learn("support@example.com");
        let shown = names.hide("support.example.com knows no support. help-support, support_desk");
        assert_eq!(shown, "support.example.com knows no <1>. help-support, support_desk");
    }

    #[test]
    fn a_name_that_is_a_common_word_garbles_nothing() {
        let mut names = Names::default();
        names.learn("ok");
        assert_eq!(names.hide("* OK ready @ 10:00, me@"), "* OK ready @ 10:00, me@");
    }
}
