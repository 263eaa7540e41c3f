//! The table behind [`classify`](super::classify): what servers say, and what it means.

use super::{Place, Scene};
use crate::{
    imap::response::Status,
    model::{Problem, Provider},
};

/// One known reply.
pub struct Row {
    /// Empty: anywhere.
    at: &'static [Place],
    /// Empty: everybody.
    from: &'static [Provider],
    /// Empty: any code or none.
    code: &'static str,
    /// Lower-case pieces that stand in the line in this order; empty: any text.
    pub words: &'static [&'static str],
    pub means: fn(Scene<'_>, String) -> Problem,
}

impl Row {
    /// What the row looks for.
    pub fn wording(&self) -> String {
        let code = (!self.code.is_empty()).then(|| format!("[{}]", self.code.to_lowercase()));
        code.into_iter().chain(self.words.iter().map(|&word| word.to_owned())).collect::<Vec<_>>().join(" ")
    }

    /// True when the row speaks of this reply. `line` is normalised.
    pub fn fits(&self, status: &Status, line: &str, scene: Scene<'_>) -> bool {
        (self.at.is_empty() || self.at.contains(&scene.place))
            && (self.from.is_empty() || self.from.contains(&scene.provider))
            && (self.code.is_empty() || status.has_code(self.code))
            && in_order(line, self.words)
    }
}

fn in_order(line: &str, words: &[&str]) -> bool {
    let mut rest = line;
    words.iter().all(|word| {
        let behind = rest.split_once(word).map(|(_, behind)| behind);
        rest = behind.unwrap_or_default();
        behind.is_some()
    })
}

const ANYWHERE: &[Place] = &[];
const GREETING: &[Place] = &[Place::Greeting];
const SIGN_IN: &[Place] = &[Place::SignIn];
const FOLDER: &[Place] = &[Place::Folder];
const INSIDE: &[Place] = &[Place::SignIn, Place::Folder];
const GOOGLE: &[Provider] = &[Provider::Google];
const MICROSOFT: &[Provider] = &[Provider::Microsoft];

const fn code(at: &'static [Place], code: &'static str, means: fn(Scene<'_>, String) -> Problem) -> Row {
    Row { at, from: &[], code, words: &[], means }
}

const fn says(at: &'static [Place], words: &'static [&'static str], means: fn(Scene<'_>, String) -> Problem) -> Row {
    Row { at, from: &[], code: "", words, means }
}

const fn microsoft_says(words: &'static [&'static str], means: fn(Scene<'_>, String) -> Problem) -> Row {
    Row { at: ANYWHERE, from: MICROSOFT, code: "", words, means }
}

/// Replies that mean one thing wherever they turn up, in the refusal or in a remark before it.
pub static CERTAIN: &[Row] = &[
    // Response codes of RFC 5530 that have one meaning.
    code(ANYWHERE, "PRIVACYREQUIRED", sign_in_needs_tls),
    code(ANYWHERE, "EXPIRED", password_expired),
    code(ANYWHERE, "CONTACTADMIN", account_disabled),
    code(ANYWHERE, "AUTHORIZATIONFAILED", not_authorized),
    code(FOLDER, "NONEXISTENT", folder_missing),
    code(FOLDER, "TRYCREATE", folder_missing),
    code(FOLDER, "NOPERM", folder_refused),
    code(SIGN_IN, "NOPERM", not_authorized),
    code(ANYWHERE, "INUSE", temporary_refusal),
    // RFC 9051 has no such code; several servers do.
    code(ANYWHERE, "THROTTLED", rate_limited),
    // Google.
    code(ANYWHERE, "WEBALERT", browser_sign_in_needed),
    says(ANYWHERE, &["application-specific password required"], app_password_needed),
    says(ANYWHERE, &["log in via your web browser"], browser_sign_in_needed),
    says(ANYWHERE, &["web login required"], browser_sign_in_needed),
    says(ANYWHERE, &["exceeded command or bandwidth"], rate_limited),
    says(ANYWHERE, &["session expired"], session_expired),
    // Yandex says one thing about two causes; the provider's words are found for the first.
    says(SIGN_IN, &["invalid credentials or imap is disabled"], bad_credentials),
    // Google, Zoho and others; behind Yandex, which says it in passing.
    says(INSIDE, &["not enabled for imap"], imap_disabled),
    says(INSIDE, &["yet to enable imap"], imap_disabled),
    says(INSIDE, &["imap", "disabled"], imap_disabled),
    says(INSIDE, &["imap", "not enabled"], imap_disabled),
    // Microsoft.
    // An Exchange server of one's own has a name of one's own, and so has Microsoft 365 behind a gateway.
    says(ANYWHERE, &["user is authenticated but not connected"], authenticated_but_not_connected),
    microsoft_says(&["basicauthblocked"], passwords_retired),
    microsoft_says(&["basic authentication is disabled"], passwords_retired),
    microsoft_says(&["command error. 1"], temporary_refusal),
    says(ANYWHERE, &["request is throttled"], rate_limited),
    says(ANYWHERE, &["server unavailable"], temporary_refusal),
    says(ANYWHERE, &["security defaults"], blocked_by_policy),
    says(ANYWHERE, &["conditional access"], blocked_by_policy),
    // Tencent and NetEase.
    says(ANYWHERE, &["using authorized code to login"], app_password_needed),
    says(ANYWHERE, &["authorized code is incorrect"], app_password_needed),
    says(ANYWHERE, &["using weixin token"], app_password_needed),
    says(ANYWHERE, &["unsafe login"], browser_sign_in_needed),
    // Connection limits: Google, Dovecot, Courier, Cyrus.
    says(ANYWHERE, &["too many simultaneous connections"], too_many_connections),
    says(ANYWHERE, &["maximum number of connections"], too_many_connections),
    says(ANYWHERE, &["mail_max_userip_connections"], too_many_connections),
    says(ANYWHERE, &["too many connections"], too_many_connections),
    says(ANYWHERE, &["too many open connections"], too_many_connections),
    // Yahoo says `[LIMIT]` about it; others count sign-ins.
    says(ANYWHERE, &["rate limit"], rate_limited),
    says(ANYWHERE, &["too many login"], rate_limited),
    says(ANYWHERE, &["too many", "attempts"], rate_limited),
    says(ANYWHERE, &["too many", "failures"], rate_limited),
    // Trouble on their side.
    says(ANYWHERE, &["temporary system problem"], temporary_refusal),
    says(ANYWHERE, &["internal error occurred"], temporary_refusal),
    says(FOLDER, &["mailbox is locked"], temporary_refusal),
    says(FOLDER, &["exclusive"], temporary_refusal),
    // The account.
    says(SIGN_IN, &["plaintext authentication disallowed"], sign_in_needs_tls),
    says(SIGN_IN, &["plaintext authentication disabled"], sign_in_needs_tls),
    says(SIGN_IN, &["password", "expired"], password_expired),
    says(INSIDE, &["account", "disabled"], account_disabled),
    says(INSIDE, &["account", "suspended"], account_disabled),
    // Blocked as well: the one word ends in the other.
    says(INSIDE, &["account", "locked"], account_disabled),
];

/// Replies that count only in the refusal itself, and only where nothing certain was said.
pub static ROWS: &[Row] = &[
    // Response codes that servers use for more than one thing.
    code(ANYWHERE, "AUTHENTICATIONFAILED", bad_credentials),
    code(ANYWHERE, "LIMIT", too_many_connections),
    // Google says it of traffic, everybody else of room (RFC 5530).
    Row { at: ANYWHERE, from: GOOGLE, code: "OVERQUOTA", words: &[], means: rate_limited },
    code(ANYWHERE, "OVERQUOTA", mailbox_full),
    code(FOLDER, "CANNOT", folder_missing),
    code(ANYWHERE, "UNAVAILABLE", temporary_refusal),
    code(ANYWHERE, "SERVERBUG", temporary_refusal),
    // Plain words.
    says(ANYWHERE, &["temporar"], temporary_refusal),
    says(ANYWHERE, &["try again later"], temporary_refusal),
    says(ANYWHERE, &["system error"], temporary_refusal),
    says(GREETING, &["overload"], temporary_refusal),
    says(GREETING, &["busy"], temporary_refusal),
    says(FOLDER, &["doesn't exist"], folder_missing),
    says(FOLDER, &["does not exist"], folder_missing),
    says(FOLDER, &["unknown mailbox"], folder_missing),
    says(FOLDER, &["no such"], folder_missing),
    says(FOLDER, &["not found"], folder_missing),
    says(FOLDER, &["permission"], folder_refused),
    says(FOLDER, &["acl"], folder_refused),
    says(INSIDE, &["quota exceeded"], mailbox_full),
    says(INSIDE, &["over quota"], mailbox_full),
    // BAD says that the command was wrong; some servers say it about the password.
    says(SIGN_IN, &["invalid credentials"], bad_credentials),
    says(SIGN_IN, &["authenticate failed"], bad_credentials),
    says(SIGN_IN, &["authentication fail"], bad_credentials),
    says(SIGN_IN, &["login fail"], bad_credentials),
    says(SIGN_IN, &["login error"], bad_credentials),
    says(SIGN_IN, &["auth error"], bad_credentials),
    says(SIGN_IN, &["username error"], bad_credentials),
    says(SIGN_IN, &["password error"], bad_credentials),
    says(SIGN_IN, &["incorrect", "password"], bad_credentials),
    says(SIGN_IN, &["password", "incorrect"], bad_credentials),
    says(SIGN_IN, &["unsupported", "mechanism"], command_refused),
    says(SIGN_IN, &["mechanism", "not supported"], command_refused),
];

fn account_disabled(_: Scene<'_>, reply: String) -> Problem {
    Problem::AccountDisabled { reply }
}

fn app_password_needed(_: Scene<'_>, reply: String) -> Problem {
    Problem::AppPasswordNeeded { reply }
}

fn authenticated_but_not_connected(_: Scene<'_>, reply: String) -> Problem {
    Problem::AuthenticatedButNotConnected { reply }
}

fn bad_credentials(_: Scene<'_>, reply: String) -> Problem {
    Problem::BadCredentials { reply }
}

fn blocked_by_policy(_: Scene<'_>, reply: String) -> Problem {
    Problem::BlockedByPolicy { reply }
}

fn browser_sign_in_needed(_: Scene<'_>, reply: String) -> Problem {
    Problem::BrowserSignInNeeded { reply }
}

fn command_refused(_: Scene<'_>, reply: String) -> Problem {
    Problem::CommandRefused { reply }
}

fn folder_missing(scene: Scene<'_>, reply: String) -> Problem {
    Problem::FolderMissing { folder: scene.folder.to_owned(), reply }
}

fn folder_refused(scene: Scene<'_>, reply: String) -> Problem {
    Problem::FolderRefused { folder: scene.folder.to_owned(), reply }
}

fn imap_disabled(_: Scene<'_>, reply: String) -> Problem {
    Problem::ImapDisabled { reply }
}

fn mailbox_full(_: Scene<'_>, reply: String) -> Problem {
    Problem::MailboxFull { reply }
}

fn not_authorized(_: Scene<'_>, reply: String) -> Problem {
    Problem::NotAuthorized { reply }
}

fn password_expired(_: Scene<'_>, reply: String) -> Problem {
    Problem::PasswordExpired { reply }
}

fn passwords_retired(_: Scene<'_>, reply: String) -> Problem {
    Problem::PasswordsRetired { reply }
}

fn rate_limited(_: Scene<'_>, reply: String) -> Problem {
    Problem::RateLimited { reply }
}

/// The session lives as long as the token; with a password it is only over.
fn session_expired(scene: Scene<'_>, reply: String) -> Problem {
    if scene.method.uses_token() { Problem::TokenRejected { reply } } else { Problem::TemporaryRefusal { reply } }
}

fn sign_in_needs_tls(_: Scene<'_>, reply: String) -> Problem {
    Problem::SignInNeedsTls { reply: Some(reply) }
}

fn temporary_refusal(_: Scene<'_>, reply: String) -> Problem {
    Problem::TemporaryRefusal { reply }
}

fn too_many_connections(scene: Scene<'_>, reply: String) -> Problem {
    let before_sign_in = matches!(scene.place, Place::Greeting | Place::Capabilities | Place::StartTls);
    Problem::TooManyConnections { reply, before_sign_in }
}
