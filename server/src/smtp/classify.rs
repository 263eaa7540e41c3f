//! Reads what SMTP servers say and names the problem; the only place of this protocol that looks at text.
//!
//! [`table`] holds one row for each thing servers are known to say. The first row that fits decides;
//! where none fits, the place and the reply's class do. Text is compared in lower case, as one line and
//! without web addresses, and never as a whole: wording changes, host names and ticket numbers differ.

mod table;

use super::reply::{EnhancedCode, Reply};
use crate::model::{AuthMethod, Problem, Protocol, Provider};
use table::{Codes, ROWS, Row, Verdict};

/// Where in the dialogue a reply was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Greeting,
    Ehlo,
    StartTls,
    SignIn,
    Mail,
    Rcpt,
    /// DATA, and the end of the message behind it.
    Message,
}

/// What is known around a refusal.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    pub provider: Provider,
    /// The way we are signing in.
    pub method: AuthMethod,
    /// The mechanisms the server offers.
    pub offered: &'a [String],
    pub sender: &'a str,
    /// True once the connection is encrypted.
    pub encrypted: bool,
    /// The reply as it may be shown.
    pub words: String,
}

/// The problem behind a refusal.
#[must_use]
pub fn problem(place: Place, reply: &Reply, scene: Scene<'_>) -> Problem {
    let verdict = known(place, reply, scene.provider).unwrap_or_else(|| by_class(place, reply));
    name(verdict, place, scene)
}

/// The problem behind a refused recipient; `None` where the refusal says nothing against the sender.
///
/// Greylisting, a full mailbox, a server under load: the recipient is our own address and nothing is
/// sent, so a recipient that cannot be served just now does not make the settings wrong.
#[must_use]
pub fn recipient_problem(reply: &Reply, scene: Scene<'_>) -> Option<Problem> {
    match known(Place::Rcpt, reply, scene.provider) {
        Some(Verdict::TemporaryRefusal | Verdict::MailboxFull) | None if reply.class() == 4 && reply.code != 421 => {
            None
        }
        Some(verdict) => Some(name(verdict, Place::Rcpt, scene)),
        None => Some(name(by_class(Place::Rcpt, reply), Place::Rcpt, scene)),
    }
}

/// What a first line that is no SMTP reply comes from; `quoted` is the line as it may be shown.
#[must_use]
pub fn foreign_greeting(line: &[u8], quoted: String) -> Problem {
    let other =
        |found: &str| Problem::WrongProtocol { wanted: Protocol::Smtp, found: found.to_owned(), reply: quoted.clone() };
    if line.starts_with(b"* ") {
        other("IMAP")
    } else if line.starts_with(b"+OK") || line.starts_with(b"-ERR") {
        other("POP3")
    } else {
        Problem::NotAMailServer { reply: quoted }
    }
}

/// True for a positive greeting of a service that is not SMTP: FTP says 220, NNTP says 200 or 201.
#[must_use]
pub fn greets_as_something_else(reply: &Reply) -> bool {
    let text = reply.text().to_lowercase();
    reply.code != 220 || (text.contains("ftp") && !text.contains("smtp"))
}

/// True when the server will not speak EHLO but may speak HELO.
#[must_use]
pub const fn knows_no_ehlo(reply: &Reply) -> bool {
    matches!(reply.code, 500 | 502)
}

/// True when a sign-in was refused only because it was put on one line.
#[must_use]
pub fn line_was_too_long(reply: &Reply) -> bool {
    let text = reply.text().to_lowercase();
    matches!(reply.code, 500 | 501) && (text.contains("too long") || text.contains("length"))
}

/// True when a server takes one command at a time, whatever it promised.
#[must_use]
pub fn chokes_on_groups(reply: &Reply) -> bool {
    let text = reply.text().to_lowercase();
    matches!(reply.code, 500 | 502) || text.contains("pipelin") || text.contains("synchroni")
}

/// What servers say and which kind of problem it stands for, in lower case.
pub fn vocabulary() -> impl Iterator<Item = (&'static str, String)> {
    ROWS.iter().map(|row| {
        let scene = Scene {
            provider: Provider::Other,
            method: AuthMethod::Plain,
            offered: &[],
            sender: "",
            encrypted: true,
            words: String::new(),
        };
        let codes = row.enhanced.iter().map(|(class, subject, detail)| format!("{class}.{subject}.{detail}"));
        let words = codes.chain(row.says.iter().map(|&word| word.to_owned())).collect::<Vec<_>>().join(" ");
        (name(row.verdict, Place::SignIn, scene).kind(), words)
    })
}

/// The first row that fits.
fn known(place: Place, reply: &Reply, provider: Provider) -> Option<Verdict> {
    let text = comparable(&reply.text());
    ROWS.iter().find(|row| row.fits(place, reply, provider, &text)).map(|row| row.verdict)
}

/// Lower case, one blank between words, web addresses left out.
fn comparable(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.contains("://")).collect();
    words.join(" ").to_lowercase()
}

impl Row {
    fn fits(&self, place: Place, reply: &Reply, provider: Provider, text: &str) -> bool {
        let code_fits = match self.codes {
            Codes::Any => true,
            Codes::Is(code) => reply.code == code,
            Codes::Class(class) => reply.class() == class,
        };
        code_fits
            && (self.places.is_empty() || self.places.contains(&place))
            && (self.providers.is_empty() || self.providers.contains(&provider))
            && (self.enhanced.is_empty() || reply.enhanced.is_some_and(|code| is_one_of(code, self.enhanced)))
            && self.says.iter().all(|words| text.contains(words))
    }
}

fn is_one_of(code: EnhancedCode, wanted: &[(u16, u16, u16)]) -> bool {
    wanted.contains(&(code.class, code.subject, code.detail))
}

/// What a refusal means where no row fits.
const fn by_class(place: Place, reply: &Reply) -> Verdict {
    match (place, reply.class(), reply.code) {
        (Place::StartTls, _, 421) => Verdict::TemporaryRefusal,
        (Place::StartTls, ..) => Verdict::StartTlsRefused,
        (_, 4, _) => Verdict::TemporaryRefusal,
        (Place::Greeting, ..) => Verdict::TurnedAway,
        (Place::Ehlo, ..) => Verdict::EhloRefused,
        (Place::SignIn, _, 500..=503) => Verdict::CommandRefused,
        (Place::SignIn, _, 535 | 550 | 553 | 554) => Verdict::BadCredentials,
        (Place::Message, 5, _) | (Place::Mail, _, 552) => Verdict::MessageRefused,
        (Place::Mail, _, 501 | 550 | 551 | 553 | 554) => Verdict::SenderRefused,
        (Place::Rcpt, _, 501 | 550 | 551 | 552 | 553 | 554) => Verdict::RecipientRefused,
        _ => Verdict::CommandRefused,
    }
}

/// Puts the evidence into the problem.
fn name(verdict: Verdict, place: Place, scene: Scene<'_>) -> Problem {
    let Scene { method, offered, sender, encrypted, words: reply, .. } = scene;
    match verdict {
        Verdict::BadCredentials | Verdict::AppPasswordNeeded if method.uses_token() => Problem::TokenRejected { reply },
        Verdict::BadCredentials => Problem::BadCredentials { reply },
        Verdict::AppPasswordNeeded => Problem::AppPasswordNeeded { reply },
        Verdict::BrowserSignInNeeded => Problem::BrowserSignInNeeded { reply },
        Verdict::BlockedByPolicy => Problem::BlockedByPolicy { reply },
        Verdict::PasswordsRetired => Problem::PasswordsRetired { reply },
        Verdict::PasswordExpired => Problem::PasswordExpired { reply },
        Verdict::AccountDisabled => Problem::AccountDisabled { reply },
        Verdict::SmtpAuthDisabled => Problem::SmtpAuthDisabled { reply },
        Verdict::MethodNotOffered => Problem::MethodNotOffered { wanted: method, offered: offered.to_vec() },
        Verdict::NoSignInHere if encrypted => Problem::SignInNotOffered,
        Verdict::NoSignInHere | Verdict::SignInNeedsTls => Problem::SignInNeedsTls { reply: Some(reply) },
        Verdict::SignInRequired => Problem::SignInRequired { reply },
        Verdict::RateLimited => Problem::RateLimited { reply },
        Verdict::TooManyConnections => {
            let before_sign_in = matches!(place, Place::Greeting | Place::Ehlo | Place::StartTls);
            Problem::TooManyConnections { reply, before_sign_in }
        }
        Verdict::TemporaryRefusal => Problem::TemporaryRefusal { reply },
        Verdict::TurnedAway => Problem::TurnedAway { reply },
        Verdict::EhloRefused => Problem::EhloRefused { reply },
        Verdict::StartTlsRefused => Problem::StartTlsRefused { reply },
        Verdict::TlsDowngraded => Problem::TlsDowngraded { reply },
        Verdict::SenderRefused => Problem::SenderRefused { sender: sender.to_owned(), reply },
        Verdict::RecipientRefused => Problem::RecipientRefused { recipient: sender.to_owned(), reply },
        Verdict::RelayDenied => Problem::RelayDenied { recipient: sender.to_owned(), reply },
        Verdict::InternationalAddress => Problem::InternationalAddressNotSupported { address: sender.to_owned() },
        Verdict::MessageRefused => Problem::MessageRefused { reply },
        Verdict::MessageTooLarge => Problem::MessageTooLarge { reply },
        Verdict::RefusedByMailRule => Problem::RefusedByMailRule { reply },
        Verdict::SenderNotAuthenticated => Problem::SenderNotAuthenticated { reply },
        Verdict::BlockListed => Problem::BlockListed { reply },
        Verdict::SendingLimitReached => Problem::SendingLimitReached { reply },
        Verdict::SenderThrottled => Problem::SenderThrottled { reply },
        Verdict::SenderBlocked => Problem::SenderBlocked { reply },
        Verdict::MailboxFull => Problem::MailboxFull { reply },
        Verdict::CommandRefused => Problem::CommandRefused { reply },
    }
}

#[cfg(test)]
mod tests;
