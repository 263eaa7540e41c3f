//! Reads what IMAP servers say when they refuse: the only place that branches on the text of a reply.
//!
//! A reply is laid beside a table, row by row, and the first row that fits decides. The table goes from the
//! certain to the vague: response codes with one meaning (RFC 5530), then phrases of known servers, then codes
//! that servers use for many things (Dovecot says `[UNAVAILABLE]` about too many connections, too), then plain
//! words. What fits no row is judged by its class, and a refused sign-in is told in the words of the provider:
//! where only application passwords work, a wrong password most likely is the account's own one.

mod rows;

use self::rows::{CERTAIN, ROWS, Row};
use super::response::{Condition, Status};
use crate::model::{AuthMethod, Problem, Provider};

/// Where in the conversation the reply was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Greeting,
    Capabilities,
    StartTls,
    SignIn,
    Folder,
    Idle,
}

/// What surrounds a reply.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub place: Place,
    pub provider: Provider,
    pub method: AuthMethod,
    /// The folder that was asked for.
    pub folder: &'a str,
}

/// The problem behind a refusal.
///
/// `remarks` are untagged words said on the way to it; they count where the refusal itself says nothing certain.
#[must_use]
pub fn classify(refusal: &Status, remarks: &[Status], scene: Scene<'_>) -> Problem {
    let certain = |status| deciding_row(status, CERTAIN, scene).map(|row| (row, status));
    let found = certain(refusal)
        .or_else(|| remarks.iter().rev().find_map(certain))
        .or_else(|| deciding_row(refusal, ROWS, scene).map(|row| (row, refusal)));
    let problem = match found {
        Some((row, status)) => (row.means)(scene, status.line.clone()),
        None => by_class(refusal, scene),
    };
    in_the_providers_words(problem, scene)
}

/// What servers say and which kind of problem it stands for, in lower case.
pub fn vocabulary() -> impl Iterator<Item = (&'static str, String)> {
    let scene = Scene { place: Place::SignIn, provider: Provider::Other, method: AuthMethod::Plain, folder: "" };
    CERTAIN.iter().chain(ROWS).map(move |row| ((row.means)(scene, String::new()).kind(), row.wording()))
}

fn deciding_row(status: &Status, rows: &'static [Row], scene: Scene<'_>) -> Option<&'static Row> {
    let line = normalised(&status.line);
    rows.iter().find(|row| row.fits(status, &line, scene))
}

/// What is left to say by the response's first word and by where it was said.
fn by_class(refusal: &Status, scene: Scene<'_>) -> Problem {
    let reply = refusal.line.clone();
    match (refusal.condition, scene.place) {
        (_, Place::Greeting) => Problem::TurnedAway { reply },
        (Condition::Bye, _) => Problem::ConnectionLost { reply: Some(reply) },
        (_, Place::StartTls) => Problem::StartTlsRefused { reply },
        (Condition::No, Place::SignIn) => Problem::BadCredentials { reply },
        (Condition::No, Place::Folder) => Problem::FolderRefused { folder: scene.folder.to_owned(), reply },
        _ => Problem::CommandRefused { reply },
    }
}

/// A refused user name or password means something more exact where the secret is a token, or where the provider
/// takes no ordinary passwords.
fn in_the_providers_words(problem: Problem, scene: Scene<'_>) -> Problem {
    use Provider::{
        Dooray, Fastmail, ICloud, Kakao, MailRu, Microsoft, Naver, NaverWorks, NetEase, TOnline, Tencent, Yahoo, Yandex,
    };
    match (problem, scene.provider) {
        (Problem::BadCredentials { reply }, _) if scene.method.uses_token() => Problem::TokenRejected { reply },
        (Problem::BadCredentials { reply }, Microsoft) => Problem::PasswordsRetired { reply },
        (
            Problem::BadCredentials { reply },
            Naver | NaverWorks | Kakao | Dooray | Yahoo | ICloud | Tencent | NetEase | Fastmail | Yandex | MailRu
            | TOnline,
        ) => Problem::AppPasswordNeeded { reply },
        (problem, _) => problem,
    }
}

/// Lower case, and one blank where there are several.
fn normalised(line: &str) -> String {
    line.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
