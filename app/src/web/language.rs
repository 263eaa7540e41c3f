//! Which language a request is answered in, and the switch that remembers a choice.

use axum::{
    Form,
    extract::State,
    http::{HeaderMap, header},
    response::{AppendHeaders, IntoResponse, Redirect},
};
use postroom_server::{context::Context, model::Language, own_account};
use serde::Deserialize;
use tower_sessions::Session;

use super::{guard::local_path, sessions};
use crate::i18n::LANGUAGE_COOKIE;

/// The chosen language, else the first one of `Accept-Language` (RFC 9110 12.5.4) that we have.
#[must_use]
pub fn of(headers: &HeaderMap) -> Language {
    chosen(headers).or_else(|| accepted(headers)).unwrap_or_default()
}

fn chosen(headers: &HeaderMap) -> Option<Language> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == LANGUAGE_COOKIE)
        .and_then(|(_, tag)| Language::from_tag(tag))
}

fn accepted(headers: &HeaderMap) -> Option<Language> {
    let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut wishes: Vec<(f32, Language)> = header
        .split(',')
        .filter_map(|wish| {
            let (tag, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(1.0);
            Some((weight, Language::from_tag(tag.trim())?))
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    wishes.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    wishes.first().map(|&(_, language)| language)
}

/// What the switch posts.
#[derive(Deserialize)]
pub struct Choice {
    language: String,
    back: Option<String>,
}

/// Remembers the choice for a year, for mails to whoever is signed in too, and goes back to the page it was made on.
pub async fn switch(State(ctx): State<Context>, session: Session, Form(choice): Form<Choice>) -> impl IntoResponse {
    let language = Language::from_tag(&choice.language).unwrap_or_default();
    if let Some(user) = sessions::user(&session).await
        && let Err(error) = own_account::reads(&ctx, user, language).await
    {
        tracing::warn!(error = &error as &dyn std::error::Error, "A choice of language was not kept for mails.");
    }
    let cookie = format!("{LANGUAGE_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", language.tag());
    let back = choice.back.as_deref().map_or("/", local_path).to_owned();
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&back))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_known_language_wins_unless_one_was_chosen() {
        for (accept, cookie, language) in [
            ("", "", Language::En),
            ("ko-KR,ko;q=0.9,en;q=0.8", "", Language::Ko),
            ("fr, en;q=0.5, ko;q=0.9", "", Language::Ko),
            ("de", "", Language::En),
            ("ko;q=0, en", "", Language::En),
            ("en-GB", "other=1; postroom_language=ko", Language::Ko),
            ("ko", "postroom_language=en", Language::En),
            ("ko", "postroom_language=xx", Language::Ko),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            assert_eq!(of(&headers), language, "{accept:?} {cookie:?}");
        }
    }
}
