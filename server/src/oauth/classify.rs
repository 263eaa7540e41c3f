//! Reads what providers say when they refuse: the only place that branches on their text.
//!
//! What the HTTP status calls temporary is temporary. Otherwise Microsoft's numbers choose the help text where
//! one is known, and `error` with `suberror` decides where none is: an unknown number never changes whether
//! somebody is asked to sign in again.
//!
//! ```text
//! Answer, token response, page ─► Refusal ─► temporary? ─► NUMBERS ─► WORDS ─► Problem
//! ```

mod page;
mod rows;

use openidconnect::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde_json::Value;

use self::rows::{NUMBERS, Numbered, Verdict, WORDS, Worded};
use super::application::Application;
use super::http::is_json;
use crate::{model::Problem, net::trace::printable};

/// The longest reply that is shown, in bytes.
const MAX_REPLY_BYTES: usize = 490;

/// Where the provider refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the redirect back to us.
    Answer,
    /// When a code was exchanged.
    Code,
    /// When a refresh token was used, or revoked.
    Refresh,
    /// When the application asked in its own name.
    Client,
    /// On the page people sign in at.
    Page,
    /// When it was asked to describe itself.
    Metadata,
}

/// What is known around a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub place: Place,
    pub host: &'a str,
    pub redirect_uri: &'a str,
}

impl<'a> Scene<'a> {
    /// What `application` asked for there.
    pub(super) fn of(application: &'a Application, place: Place) -> Self {
        Self { place, host: application.host(), redirect_uri: application.redirect_uri.as_str() }
    }
}

/// What the provider said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    error: String,
    suberror: String,
    description: String,
    /// Microsoft's numbers, the telling one first.
    numbers: Vec<u32>,
}

impl Refusal {
    /// What was said beside an `error`, Microsoft's numbers among it.
    #[must_use]
    pub fn new(error: &str, description: &str) -> Self {
        let description = description.split_whitespace().collect::<Vec<_>>().join(" ");
        let numbers = numbers_in(&description);
        Self { error: error.trim().to_owned(), suberror: String::new(), description, numbers }
    }

    /// The refusal in a body of JSON (RFC 6749 5.2); `None` where there is none.
    pub(super) fn of_json(body: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut refusal = match value.get("error")? {
            Value::String(error) => Self::new(error, &text(&value, "error_description")),
            // Google's other interfaces say `{"error": {"status": …, "message": …}}`.
            nested @ Value::Object(_) => Self::new(&text(nested, "status").to_lowercase(), &text(nested, "message")),
            _ => return None,
        };
        refusal.suberror = match text(&value, "suberror") {
            none if none.is_empty() => text(&value, "error_subtype"),
            suberror => suberror,
        };
        let listed = value.get("error_codes").and_then(Value::as_array).into_iter().flatten();
        for number in listed.filter_map(Value::as_u64).filter_map(|number| u32::try_from(number).ok()) {
            if !refusal.numbers.contains(&number) {
                refusal.numbers.push(number);
            }
        }
        Some(refusal)
    }

    /// The refusal on a page, or in the address a browser is sent on to; `None` where none is known.
    pub(super) fn of_page(location: &str, body: &[u8]) -> Option<Self> {
        page::refusal(location, body)
    }

    /// True where the provider says the grant is bad, and with that that the client is good.
    pub(super) fn is_about_grant(&self) -> bool {
        // 9002313: the request is malformed, which the made-up code is.
        self.error == "invalid_grant" || self.numbers.iter().any(|number| matches!(number, 70000 | 9_002_313))
    }

    /// True for what a provider says when nobody is signed in and nobody may be asked (OpenID Connect Core 3.1.2.6).
    pub(super) fn is_about_nobody_there(&self) -> bool {
        matches!(
            self.error.as_str(),
            "login_required" | "interaction_required" | "consent_required" | "account_selection_required"
        )
    }

    /// True for a token that holds no longer: what was to be revoked is gone already (RFC 7009 2.2).
    pub(super) fn is_about_dead_token(&self) -> bool {
        matches!(self.error.as_str(), "invalid_token" | "invalid_grant")
    }

    fn reply(&self) -> String {
        let parts = [&self.error, &self.suberror, &self.description];
        let parts: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        printable(&parts.join(": "), MAX_REPLY_BYTES)
    }
}

/// The problem behind a refusal.
#[must_use]
pub fn problem(refusal: &Refusal, scene: Scene<'_>) -> Problem {
    let by_number = || {
        let fits = |row: &&Numbered, number| row.numbers.contains(number) && is_there(row.places, scene.place);
        refusal.numbers.iter().find_map(|number| NUMBERS.iter().find(|row| fits(row, number))).map(|row| row.verdict)
    };
    let by_words = || WORDS.iter().find(|row| row.fits(refusal, scene.place)).map(|row| row.verdict);
    let verdict = if refusal.error == "temporarily_unavailable" {
        Verdict::Unavailable
    } else {
        by_number().or_else(by_words).unwrap_or(Verdict::Refused)
    };
    name(verdict, refusal.reply(), scene)
}

/// The problem behind an answer that is not what was asked for.
///
/// Its body is quoted only where it is a refusal: anything else may hold what must not be shown.
#[must_use]
pub fn response_problem(response: &HttpResponse, scene: Scene<'_>) -> Problem {
    let status = response.status();
    let refusal = Refusal::of_json(response.body());
    let temporary =
        status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    match refusal {
        Some(refusal) if !temporary => problem(&refusal, scene),
        refusal => {
            let said = refusal.map(|refusal| refusal.reply()).into_iter();
            let parts: Vec<String> = std::iter::once(in_short(response)).chain(said).collect();
            Problem::ProviderUnavailable {
                host: scene.host.to_owned(),
                reply: printable(&parts.join(": "), MAX_REPLY_BYTES),
            }
        }
    }
}

/// An answer as its status and headers describe it.
fn in_short(response: &HttpResponse) -> String {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let mut short = format!("HTTP {}", response.status());
    if response.status().is_redirection()
        && let Some(to) = text(header::LOCATION)
    {
        // What stands behind the path may be meant for somebody else.
        let place = to.split(['?', '#']).next().unwrap_or_default();
        short.push_str(&format!(", to {place}"));
    }
    if let Some(after) = text(header::RETRY_AFTER) {
        short.push_str(&format!(", Retry-After: {after}"));
    }
    if !is_json(response) {
        let kind = text(header::CONTENT_TYPE).unwrap_or("nothing said of its kind");
        short.push_str(&format!(", no JSON ({kind})"));
    }
    short
}

impl Worded {
    fn fits(&self, refusal: &Refusal, place: Place) -> bool {
        let description = refusal.description.to_lowercase();
        (self.errors.is_empty() || self.errors.contains(&refusal.error.as_str()))
            && (self.suberrors.is_empty() || self.suberrors.contains(&refusal.suberror.as_str()))
            && is_there(self.places, place)
            && self.says.iter().all(|words| description.contains(words))
    }
}

fn is_there(places: &[Place], place: Place) -> bool {
    places.is_empty() || places.contains(&place)
}

/// The numbers behind `AADSTS`, in the order they stand.
fn numbers_in(text: &str) -> Vec<u32> {
    let behind = text.split("AADSTS").skip(1);
    let digits = behind.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    digits.filter_map(|digits| digits.parse().ok()).collect()
}

/// What providers say and which kind of problem it stands for, in lower case.
pub(crate) fn vocabulary() -> impl Iterator<Item = (&'static str, String)> {
    let scene = Scene { place: Place::Page, host: "", redirect_uri: "" };
    let kind = move |verdict| name(verdict, String::new(), scene).kind();
    let numbers = NUMBERS
        .iter()
        .flat_map(move |row| row.numbers.iter().map(move |number| (kind(row.verdict), format!("aadsts{number}"))));
    let words = WORDS.iter().map(move |row| {
        let words = row.errors.iter().chain(row.suberrors).chain(row.says);
        (kind(row.verdict), words.copied().collect::<Vec<_>>().join(" "))
    });
    numbers.chain(words)
}

/// Puts the evidence into the problem.
fn name(verdict: Verdict, reply: String, scene: Scene<'_>) -> Problem {
    let redirect_uri = scene.redirect_uri.to_owned();
    match verdict {
        Verdict::ConsentDeclined => Problem::ConsentDeclined { reply },
        Verdict::AdminConsentNeeded => Problem::AdminConsentNeeded { reply },
        Verdict::AccountNotInTenant => Problem::AccountNotInTenant { reply },
        Verdict::AppNotAssigned => Problem::AppNotAssigned { reply },
        Verdict::AppBlocked => Problem::AppBlocked { reply },
        Verdict::NoMailLicence => Problem::NoMailLicence { reply },
        Verdict::InteractionNeeded => Problem::InteractionNeeded { reply },
        Verdict::GrantRevoked => Problem::GrantRevoked { reply },
        Verdict::SignInExpired => Problem::SignInExpired,
        Verdict::SignInRepeated => Problem::SignInRepeated,
        Verdict::TenantUnknown => Problem::TenantUnknown { reply },
        Verdict::SingleTenantApp => Problem::SingleTenantApp { reply },
        Verdict::ClientUnknown => Problem::ClientUnknown { reply },
        Verdict::ClientSecretWrong => Problem::ClientSecretWrong { reply },
        Verdict::ClientSecretExpired => Problem::ClientSecretExpired { reply },
        Verdict::ClientKindWrong => Problem::ClientKindWrong { reply },
        Verdict::RedirectUriMismatch => Problem::RedirectUriMismatch { redirect_uri, reply },
        Verdict::PublicUrlUnsuitable => Problem::PublicUrlUnsuitable { redirect_uri, reply },
        Verdict::AppPermissionMissing => Problem::AppPermissionMissing { reply },
        Verdict::ScopeRefused => Problem::ScopeRefused { reply },
        Verdict::BlockedByPolicy => Problem::BlockedByPolicy { reply },
        Verdict::AccountDisabled => Problem::AccountDisabled { reply },
        Verdict::PasswordExpired => Problem::PasswordExpired { reply },
        Verdict::BadCredentials => Problem::BadCredentials { reply },
        Verdict::RateLimited => Problem::RateLimited { reply },
        Verdict::Unavailable => Problem::ProviderUnavailable { host: scene.host.to_owned(), reply },
        Verdict::Refused => Problem::ProviderRefused { reply },
    }
}

#[cfg(test)]
mod tests;
