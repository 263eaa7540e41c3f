//! Finds the refusal on a page that was made for people.
//!
//! Microsoft writes its number and sentence into the page. Google shows `Error 400: redirect_uri_mismatch`, or
//! sends the browser to an address that holds the same in base64 (`authError`).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use url::form_urlencoded;

use super::Refusal;

/// What the pages call an `error`, and what is looked for on them.
const MARKS: &[&str] = &[
    "redirect_uri_mismatch",
    "invalid_redirect_uri",
    "deleted_client",
    "disabled_client",
    "invalid_client",
    "unauthorized_client",
    "admin_policy_enforced",
    "org_internal",
    "access_not_configured",
    "invalid_scope",
    "invalid_request",
    "access_denied",
];
/// Sentences that say more than the mark beside them.
const SENTENCES: &[&str] = &["must end with a public top-level domain", "private ip"];
/// How much of a page is quoted around a mark, in characters.
const QUOTED_CHARACTERS: usize = 300;

/// The refusal in `location` or on the page `body`; `None` where none is known.
pub(super) fn refusal(location: &str, body: &[u8]) -> Option<Refusal> {
    let page = String::from_utf8_lossy(body);
    let (hidden, visible) = (hidden_in(location), visible(&page));
    // A script may name every error there is; only a number with its sentence behind it is taken from one.
    numbered(&hidden).or_else(|| numbered(&page)).or_else(|| marked(&hidden)).or_else(|| marked(&visible))
}

/// Microsoft's number and sentence, which stand in a string of a script as often as in the page itself.
fn numbered(text: &str) -> Option<Refusal> {
    let behind = text.split("AADSTS").skip(1).find(|behind| behind.starts_with(|c: char| c.is_ascii_digit()))?;
    let sentence: String = behind.chars().take(2 * QUOTED_CHARACTERS).take_while(|c| !matches!(c, '"' | '<')).collect();
    let sentence = sentence.trim_end_matches('\\');
    let sentence = serde_json::from_str(&format!("\"{sentence}\"")).unwrap_or_else(|_| sentence.to_owned());
    let sentence = sentence.replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&");
    Some(Refusal::new("", &format!("AADSTS{sentence}")))
}

fn marked(text: &str) -> Option<Refusal> {
    let lower = text.to_lowercase();
    let mark = MARKS.iter().find(|mark| lower.contains(*mark));
    let sentence = SENTENCES.iter().find(|sentence| lower.contains(*sentence));
    match (mark, sentence) {
        (None, None) => None,
        (mark, Some(sentence)) => Some(Refusal::new(mark.unwrap_or(&"invalid_request"), &around(text, sentence))),
        (Some(mark), None) => Some(Refusal::new(mark, &around(text, mark))),
    }
}

/// The text from shortly before `mark` on; `mark` is in lower case.
fn around(text: &str, mark: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mark: Vec<char> = mark.chars().collect();
    let found = characters
        .windows(mark.len())
        .position(|window| window.iter().zip(&mark).all(|(one, other)| one.eq_ignore_ascii_case(other)))
        .unwrap_or_default();
    let start = found.saturating_sub(QUOTED_CHARACTERS / 3);
    characters.iter().skip(start).take(QUOTED_CHARACTERS).map(|c| if c.is_control() { ' ' } else { *c }).collect()
}

/// The parameters of an address, and what `authError` hides; lossy, since there is more than text in it.
fn hidden_in(location: &str) -> String {
    let (_, query) = location.split_once(['?', '#']).unwrap_or_default();
    let mut texts = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "authError" => {
                let value = value.trim_end_matches('=');
                let bytes = URL_SAFE_NO_PAD.decode(value).or_else(|_| STANDARD_NO_PAD.decode(value));
                texts.push(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned());
            }
            "error" | "error_description" | "message" => texts.push(value.into_owned()),
            _ => {}
        }
    }
    texts.join(" ")
}

/// What a person sees of a page, roughly: without scripts, styles and tags.
fn visible(page: &str) -> String {
    let mut shown = String::new();
    let mut rest = page;
    while let Some((text, tag)) = rest.split_once('<') {
        shown.push_str(text);
        shown.push(' ');
        let lower: String = tag.chars().take(6).collect::<String>().to_ascii_lowercase();
        let end = if lower.starts_with("script") {
            "</script>"
        } else if lower.starts_with("style") {
            "</style>"
        } else {
            ">"
        };
        rest = tag.split_once(end).map_or("", |(_, behind)| behind);
    }
    shown.push_str(rest);
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}
