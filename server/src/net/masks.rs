//! What must never be shown: a secret, in every form it takes on the wire.

use std::{
    borrow::Cow,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::model::{Finding, FolderEntry, Presented, Problem};

/// Shorter secrets are not searched for: striking out every `a` would hide the whole conversation.
const MIN_SECRET_BYTES: usize = 4;
/// Base64 pieces shorter than this could stand in an innocent text.
const MIN_PIECE_BYTES: usize = 6;
/// What stands where a secret stood.
const MASK: &str = "•••";

/// The forms in which a password or token may be told: as it is, in a quoted string, and inside of base64, whatever
/// stands around it there.
#[must_use]
pub fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let plain = [secret.to_owned(), secret.replace('\\', "\\\\").replace('"', "\\\"")];
    let pieces = (0..3).map(|offset| inside_base64(secret, offset)).filter(|piece| piece.len() >= MIN_PIECE_BYTES);
    plain.into_iter().chain(pieces).map(Zeroizing::new).collect()
}

/// The part of a base64 text that depends on the secret alone when the secret begins `offset` bytes into
/// a group of three: it is found in every message that carries the secret, whatever stands around it.
fn inside_base64(secret: &str, offset: usize) -> String {
    let mut message = vec![0; offset];
    message.extend_from_slice(secret.as_bytes());
    // A character stands for six bits; those that share bits with a neighbour are left out.
    let first = (offset * 8).div_ceil(6);
    let last = message.len() * 8 / 6;
    STANDARD.encode(&message).get(first..last).unwrap_or_default().to_owned()
}

/// The secrets of one walk.
#[derive(Default)]
pub struct Masks(Mutex<Secrets>);

#[derive(Default)]
struct Secrets {
    /// The longest first: a form that contains another must go before it.
    forms: Vec<Zeroizing<String>>,
    /// Those of them that contain no other: a text without any of these is without all.
    telling: Vec<Zeroizing<String>>,
}

impl Masks {
    /// Strikes `secret` out of everything from here on.
    pub fn add(&self, secret: &str) {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Secrets { forms, telling } = &mut *secrets;
        if secret.len() < MIN_SECRET_BYTES || forms.iter().any(|known| known.as_str() == secret) {
            return;
        }
        let place = forms.partition_point(|known| known.len() >= secret.len());
        forms.insert(place, Zeroizing::new(secret.to_owned()));
        if !telling.iter().any(|shorter| secret.contains(shorter.as_str())) {
            telling.retain(|longer| !longer.contains(secret));
            telling.push(Zeroizing::new(secret.to_owned()));
        }
    }

    /// The text without secrets; mostly the very one that came.
    #[must_use]
    pub fn cover<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Secrets { forms, telling } = &*secrets;
        if !telling.iter().any(|form| text.contains(form.as_str())) {
            return Cow::Borrowed(text);
        }
        forms.iter().fold(Cow::Borrowed(text), |text, secret| {
            if text.contains(secret.as_str()) { text.replace(secret.as_str(), MASK).into() } else { text }
        })
    }

    /// The problem with secrets struck out of all its words: servers do quote what they were told.
    #[must_use]
    pub fn cover_problem(&self, problem: Problem) -> Problem {
        self.cover_words(problem)
    }

    /// The finding with secrets struck out of all its words.
    #[must_use]
    pub fn cover_finding(&self, finding: Finding) -> Finding {
        self.cover_words(finding)
    }

    /// The certificate with secrets struck out of all its words.
    #[must_use]
    pub fn cover_presented(&self, presented: Presented) -> Presented {
        self.cover_words(presented)
    }

    /// The folder with secrets struck out of its name.
    #[must_use]
    pub fn cover_folder(&self, folder: FolderEntry) -> FolderEntry {
        self.cover_words(folder)
    }

    /// Goes through every text of a value, by way of its JSON form. Mostly there is nothing to strike out, and the
    /// value is the one that came.
    fn cover_words<T: Serialize + DeserializeOwned>(&self, whole: T) -> T {
        let Ok(json) = serde_json::to_string(&whole) else { return whole };
        // Where nothing is written with an escape, every text stands in it as it is.
        if !json.contains('\\') && matches!(self.cover(&json), Cow::Borrowed(_)) {
            return whole;
        }
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&json) else { return whole };
        // A secret may be one of our own words, such as `imap`: then those are left, and everything else is not.
        for own_words in [false, true] {
            let mut covered = value.clone();
            if !self.cover_value(&mut covered, own_words) {
                return whole;
            }
            if let Ok(covered) = serde_json::from_value(covered) {
                return covered;
            }
        }
        whole
    }

    /// True when something was struck out. `own_words`: texts that are a word of our own and nothing else are left.
    fn cover_value(&self, value: &mut serde_json::Value, own_words: bool) -> bool {
        use serde_json::Value;
        let is_word = |text: &str| text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        match value {
            Value::String(text) if own_words && is_word(text) => false,
            Value::String(text) => {
                let Cow::Owned(covered) = self.cover(text) else { return false };
                *text = covered;
                true
            }
            Value::Array(values) => {
                let covered = values.iter_mut().map(|value| self.cover_value(value, own_words));
                // Every one of them, also behind one that has changed.
                covered.filter(|changed| *changed).count() > 0
            }
            // `kind` names the variant and is our own word.
            Value::Object(fields) => {
                let words = fields.iter_mut().filter(|(name, _)| *name != "kind");
                words.map(|(_, value)| self.cover_value(value, own_words)).filter(|changed| *changed).count() > 0
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Protocol;

    #[test]
    fn a_server_that_greets_with_the_secret_is_not_quoted() {
        let masks = Masks::default();
        masks.add("guess");
        let finding = masks.cover_finding(Finding::Greeted { text: "the password is guess".to_owned() });
        assert_eq!(finding, Finding::Greeted { text: "the password is •••".to_owned() });
    }

    #[test]
    fn a_secret_that_is_a_word_of_our_own_is_struck_out_of_what_others_say() {
        let masks = Masks::default();
        masks.add("imap");
        let told = |reply: &str| Problem::WrongProtocol {
            wanted: Protocol::Imap,
            found: "POP3".to_owned(),
            reply: reply.to_owned(),
        };
        assert_eq!(masks.cover_problem(told("+OK imap is no password")), told("+OK ••• is no password"));
    }

    #[test]
    fn a_secret_within_a_secret_leaves_nothing_behind() {
        let masks = Masks::default();
        masks.add("open");
        masks.add("open sesame");
        assert_eq!(masks.cover("LOGIN ada \"open sesame\", open"), "LOGIN ada \"•••\", •••");
    }

    #[test]
    fn it_does_not_matter_which_of_two_secrets_is_named_first() {
        for secrets in [["open sesame", "open"], ["open", "open sesame"]] {
            let masks = Masks::default();
            for secret in secrets {
                masks.add(secret);
            }
            assert_eq!(masks.cover("open, and open sesame"), "•••, and •••");
            assert_eq!(masks.cover("sesame"), "sesame");
        }
    }

    #[test]
    fn what_needs_an_escape_in_json_is_looked_at_all_the_same() {
        let masks = Masks::default();
        masks.add("gu\"ess");
        let greeted = |text: &str| Finding::Greeted { text: text.to_owned() };
        assert_eq!(masks.cover_finding(greeted("it is gu\"ess")), greeted("it is •••"));
        assert_eq!(masks.cover_finding(greeted("it is \"guess\"")), greeted("it is \"guess\""));
    }

    #[test]
    fn a_secret_is_found_in_base64_whatever_stands_around_it() {
        let masks = Masks::default();
        for form in forms("correct \"horse") {
            masks.add(&form);
        }
        for (before, behind) in [("", ""), ("x", ""), ("xy", "z"), ("n,a=ada,\u{1}auth=Bearer ", "\u{1}\u{1}")] {
            let message = STANDARD.encode(format!("{before}correct \"horse{behind}"));
            let shown = masks.cover(&message);
            assert_ne!(shown, message);
            for offset in 0..3 {
                assert!(!shown.contains(&inside_base64("correct \"horse", offset)), "{before:?}: {shown}");
            }
        }
        assert_eq!(masks.cover("LOGIN ada \"correct \\\"horse\""), "LOGIN ada \"•••\"");
    }

    #[test]
    fn a_secret_the_server_quotes_is_struck_out_of_the_problem_too() {
        let masks = Masks::default();
        masks.add("reply");
        masks.add("guess");
        let problem = Problem::BadCredentials { reply: "no such password: guess".to_owned() };
        assert_eq!(masks.cover_problem(problem), Problem::BadCredentials { reply: "no such password: •••".to_owned() });
    }
}
