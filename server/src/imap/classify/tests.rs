//! Real replies of real servers, and what each must be taken for.

use super::*;
use crate::imap::response::{Response, parse};

use AuthMethod::{OAuthBearer, Plain, XOAuth2};
use Place::{Capabilities, Folder, Greeting, Idle, SignIn, StartTls};

/// Host, where, method, the line, and the kind of problem.
type Sample = (&'static str, Place, AuthMethod, &'static str, &'static str);

const GOOGLE: &str = "imap.gmail.com";
const MICROSOFT: &str = "outlook.office365.com";
const OTHER: &str = "mail.example.com";

const SAMPLES: &[Sample] = &[
    // The greeting.
    (OTHER, Greeting, Plain, "* BYE Your address is banned", "turned_away"),
    (OTHER, Greeting, Plain, "* BYE Server is busy", "temporary_refusal"),
    (OTHER, Greeting, Plain, "* BYE system overloaded, sorry", "temporary_refusal"),
    (GOOGLE, Greeting, Plain, "* BYE [ALERT] Too many simultaneous connections. (Failure)", "too_many_connections"),
    (GOOGLE, Greeting, Plain, "* BYE Temporary System Error", "temporary_refusal"),
    (OTHER, Greeting, Plain, "* BYE Too many open connections from your address", "too_many_connections"),
    (OTHER, Greeting, Plain, "* BYE Please try again later", "temporary_refusal"),
    // Google.
    (GOOGLE, SignIn, Plain, "A1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "bad_credentials"),
    (GOOGLE, SignIn, XOAuth2, "A1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "token_rejected"),
    (GOOGLE, SignIn, Plain, "A1 NO [ALERT] Invalid credentials (Failure)", "bad_credentials"),
    (
        GOOGLE,
        SignIn,
        Plain,
        "A1 NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
        "app_password_needed",
    ),
    (
        GOOGLE,
        SignIn,
        Plain,
        "A1 NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
        "browser_sign_in_needed",
    ),
    (GOOGLE, SignIn, Plain, "A1 NO [WEBALERT https://accounts.google.com/x] no", "browser_sign_in_needed"),
    (GOOGLE, SignIn, Plain, "A1 NO Web login required.", "browser_sign_in_needed"),
    (
        GOOGLE,
        SignIn,
        Plain,
        "A1 NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable \
         your account for IMAP access. (Failure)",
        "imap_disabled",
    ),
    (
        GOOGLE,
        SignIn,
        XOAuth2,
        "A1 NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for \
         questions about this feature. (Failure)",
        "imap_disabled",
    ),
    (GOOGLE, SignIn, Plain, "A1 NO [ALERT] Too many simultaneous connections. (Failure)", "too_many_connections"),
    (GOOGLE, SignIn, Plain, "* BYE [OVERQUOTA] Account exceeded command or bandwidth limits.", "rate_limited"),
    (GOOGLE, SignIn, Plain, "A1 NO [OVERQUOTA] Not now", "rate_limited"),
    (GOOGLE, SignIn, Plain, "A1 NO [UNAVAILABLE] Temporary System Problem (Failure)", "temporary_refusal"),
    (GOOGLE, SignIn, Plain, "A1 NO System Error (Failure)", "temporary_refusal"),
    (GOOGLE, Idle, XOAuth2, "* BYE Session expired, please login again.", "token_rejected"),
    (GOOGLE, Idle, Plain, "* BYE Session expired, please login again.", "temporary_refusal"),
    // Microsoft.
    (MICROSOFT, SignIn, XOAuth2, "A1 NO AUTHENTICATE failed.", "token_rejected"),
    (MICROSOFT, SignIn, Plain, "A1 NO AUTHENTICATE failed.", "passwords_retired"),
    (MICROSOFT, SignIn, Plain, "A1 NO LOGIN failed.", "passwords_retired"),
    (
        MICROSOFT,
        SignIn,
        Plain,
        "A1 NO LOGIN failed. [Error=\"AuthFailed:LogonDenied-BasicAuthBlocked-<LogonFailed>\"]",
        "passwords_retired",
    ),
    (MICROSOFT, SignIn, Plain, "A1 NO Basic authentication is disabled.", "passwords_retired"),
    (MICROSOFT, Folder, XOAuth2, "A1 BAD User is authenticated but not connected.", "authenticated_but_not_connected"),
    (MICROSOFT, SignIn, XOAuth2, "A1 BAD User is authenticated but not connected.", "authenticated_but_not_connected"),
    // An Exchange server of one's own, whose name says nothing.
    (OTHER, Folder, Plain, "A1 BAD User is authenticated but not connected.", "authenticated_but_not_connected"),
    (
        MICROSOFT,
        Folder,
        XOAuth2,
        "A1 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds",
        "rate_limited",
    ),
    (MICROSOFT, Folder, XOAuth2, "A1 BAD Command Error. 12", "temporary_refusal"),
    (MICROSOFT, SignIn, XOAuth2, "A1 NO Server Unavailable. 15", "temporary_refusal"),
    (MICROSOFT, Folder, XOAuth2, "* BYE Connection closed. 14", "connection_lost"),
    (
        MICROSOFT,
        SignIn,
        Plain,
        "A1 NO user is locked by your organization's security defaults policy",
        "blocked_by_policy",
    ),
    (MICROSOFT, SignIn, XOAuth2, "A1 NO blocked by Conditional Access", "blocked_by_policy"),
    // Korea.
    ("imap.naver.com", SignIn, Plain, "A1 NO [AUTHENTICATIONFAILED] Authentication failed.", "app_password_needed"),
    ("imap.naver.com", SignIn, Plain, "A1 NO LOGIN failed", "app_password_needed"),
    ("imap.worksmobile.com", SignIn, Plain, "A1 NO LOGIN failed", "app_password_needed"),
    ("imap.daum.net", SignIn, Plain, "A1 NO LOGIN Login failed", "app_password_needed"),
    ("imap.kakao.com", SignIn, Plain, "A1 NO [AUTHENTICATIONFAILED] no", "app_password_needed"),
    // Yahoo, Apple, Yandex, Zoho, Fastmail.
    (
        "imap.mail.yahoo.com",
        SignIn,
        Plain,
        "A1 NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials",
        "app_password_needed",
    ),
    (
        "imap.mail.yahoo.co.jp",
        SignIn,
        Plain,
        "A1 NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials",
        "bad_credentials",
    ),
    ("imap.mail.yahoo.com", SignIn, Plain, "A1 NO [LIMIT] LOGIN Rate limit hit", "rate_limited"),
    ("imap.mail.me.com", SignIn, Plain, "A1 NO [AUTHENTICATIONFAILED] Authentication Failed", "app_password_needed"),
    (
        "imap.yandex.com",
        SignIn,
        Plain,
        "A1 NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled sc=x",
        "app_password_needed",
    ),
    (
        "imap.zoho.com",
        SignIn,
        Plain,
        "A1 NO [ALERT] You are yet to enable IMAP for your account. Please contact your administrator (Failure)",
        "imap_disabled",
    ),
    ("imap.fastmail.com", SignIn, Plain, "A1 NO [AUTHENTICATIONFAILED] Incorrect password", "app_password_needed"),
    // China.
    ("imap.qq.com", SignIn, Plain, "A1 NO Login fail. Please using authorized code to login.", "app_password_needed"),
    ("imap.qq.com", SignIn, Plain, "A1 NO Login fail. Authorized code is incorrect.", "app_password_needed"),
    ("imap.exmail.qq.com", SignIn, Plain, "A1 NO Login fail. Please using weixin token", "app_password_needed"),
    (
        "imap.163.com",
        Folder,
        Plain,
        "A1 NO EXAMINE Unsafe Login. Please contact kefu@188.com for help",
        "browser_sign_in_needed",
    ),
    ("imap.163.com", SignIn, Plain, "A1 NO LOGIN Login error password error", "app_password_needed"),
    ("imap.126.com", SignIn, Plain, "A1 NO LOGIN Login error user error", "app_password_needed"),
    (OTHER, SignIn, Plain, "A1 NO LOGIN Login error password error", "bad_credentials"),
    (OTHER, SignIn, Plain, "A1 BAD LOGIN auth error", "bad_credentials"),
    // Dovecot, Courier, Cyrus and everybody else, signing in.
    (OTHER, SignIn, Plain, "A1 NO [AUTHENTICATIONFAILED] Authentication failed.", "bad_credentials"),
    (OTHER, SignIn, OAuthBearer, "A1 NO [AUTHENTICATIONFAILED] Authentication failed.", "token_rejected"),
    (OTHER, SignIn, Plain, "A1 NO no", "bad_credentials"),
    (OTHER, SignIn, Plain, "A1 BAD Authentication failure", "bad_credentials"),
    (OTHER, SignIn, Plain, "A1 BAD Login failed", "bad_credentials"),
    (OTHER, SignIn, Plain, "A1 BAD AUTHENTICATE failed", "bad_credentials"),
    (OTHER, SignIn, Plain, "A1 BAD Invalid credentials", "bad_credentials"),
    (OTHER, SignIn, Plain, "A1 BAD username error", "bad_credentials"),
    (OTHER, SignIn, Plain, "A1 BAD password error", "bad_credentials"),
    (OTHER, SignIn, Plain, "A1 BAD incorrect user or password", "bad_credentials"),
    (OTHER, SignIn, Plain, "A1 BAD password is incorrect", "bad_credentials"),
    (OTHER, SignIn, Plain, "A1 BAD Invalid command syntax", "command_refused"),
    (OTHER, SignIn, Plain, "A1 NO Unsupported authentication mechanism.", "command_refused"),
    (OTHER, SignIn, Plain, "A1 NO Mechanism PLAIN not supported", "command_refused"),
    (
        OTHER,
        SignIn,
        Plain,
        "A1 NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
        "sign_in_needs_tls",
    ),
    (OTHER, SignIn, Plain, "A1 NO Plaintext authentication disallowed on non-secure connections", "sign_in_needs_tls"),
    (OTHER, SignIn, Plain, "A1 NO Plaintext authentication disabled.", "sign_in_needs_tls"),
    (OTHER, SignIn, Plain, "A1 NO [EXPIRED] That password isn't valid any more", "password_expired"),
    (OTHER, SignIn, Plain, "A1 NO [ALERT] Your password has expired", "password_expired"),
    (OTHER, SignIn, Plain, "A1 NO [CONTACTADMIN] Talk to us", "account_disabled"),
    (OTHER, SignIn, Plain, "A1 NO Account is disabled.", "account_disabled"),
    (OTHER, SignIn, Plain, "A1 NO This account has been suspended", "account_disabled"),
    (OTHER, SignIn, Plain, "A1 NO [ALERT] Account locked", "account_disabled"),
    (OTHER, SignIn, Plain, "A1 NO Your account is blocked", "account_disabled"),
    (OTHER, SignIn, Plain, "A1 NO [AUTHORIZATIONFAILED] No such authorization-ID", "not_authorized"),
    (OTHER, SignIn, Plain, "A1 NO [NOPERM] No", "not_authorized"),
    (OTHER, SignIn, Plain, "A1 NO IMAP is not enabled for this mailbox", "imap_disabled"),
    (
        OTHER,
        SignIn,
        Plain,
        "A1 NO [UNAVAILABLE] Temporary authentication failure. [mx:2026-11-23]",
        "temporary_refusal",
    ),
    (OTHER, SignIn, Plain, "A1 NO [UNAVAILABLE] Backend is away", "temporary_refusal"),
    (OTHER, SignIn, Plain, "A1 NO [SERVERBUG] This should not happen", "temporary_refusal"),
    (
        OTHER,
        SignIn,
        Plain,
        "A1 NO [UNAVAILABLE] Internal error occurred. Refer to server log for more information.",
        "temporary_refusal",
    ),
    (
        OTHER,
        SignIn,
        Plain,
        "A1 NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
        "too_many_connections",
    ),
    (OTHER, SignIn, Plain, "* BYE limit reached (mail_max_userip_connections=10)", "too_many_connections"),
    (OTHER, SignIn, Plain, "A1 NO [LIMIT] Enough", "too_many_connections"),
    (OTHER, SignIn, Plain, "A1 NO too many connections for this user", "too_many_connections"),
    (OTHER, SignIn, Plain, "A1 NO [THROTTLED] Slow down", "rate_limited"),
    (OTHER, SignIn, Plain, "A1 NO Too many login attempts, please wait", "rate_limited"),
    (OTHER, SignIn, Plain, "A1 NO Too many failed attempts", "rate_limited"),
    (OTHER, SignIn, Plain, "* BYE Too many authentication failures", "rate_limited"),
    (OTHER, SignIn, Plain, "* BYE Disconnected for inactivity", "connection_lost"),
    // The folder.
    (OTHER, Folder, Plain, "A1 NO [NONEXISTENT] Mailbox doesn't exist: Tickets", "folder_missing"),
    (OTHER, Folder, Plain, "A1 NO [TRYCREATE] No", "folder_missing"),
    (OTHER, Folder, Plain, "A1 NO Mailbox doesn't exist: Tickets", "folder_missing"),
    (MICROSOFT, Folder, XOAuth2, "A1 NO Tickets doesn't exist.", "folder_missing"),
    (OTHER, Folder, Plain, "A1 NO Mailbox does not exist", "folder_missing"),
    (GOOGLE, Folder, Plain, "A1 NO Unknown Mailbox: Tickets (Failure)", "folder_missing"),
    (OTHER, Folder, Plain, "A1 NO No such folder", "folder_missing"),
    (OTHER, Folder, Plain, "A1 NO Folder not found", "folder_missing"),
    (OTHER, Folder, Plain, "A1 NO [NOPERM] Permission denied", "folder_refused"),
    (OTHER, Folder, Plain, "A1 NO Permission denied", "folder_refused"),
    (OTHER, Folder, Plain, "A1 NO ACL forbids it", "folder_refused"),
    (OTHER, Folder, Plain, "A1 NO I would rather not", "folder_refused"),
    (OTHER, Folder, Plain, "A1 NO [INUSE] Mailbox in use", "temporary_refusal"),
    (OTHER, Folder, Plain, "A1 NO Mailbox is locked by another session", "temporary_refusal"),
    (OTHER, Folder, Plain, "A1 NO Can't get exclusive access", "temporary_refusal"),
    (OTHER, Folder, Plain, "A1 BAD What?", "command_refused"),
    (OTHER, Folder, Plain, "A1 NO [CANNOT] Invalid mailbox name: Tickets//", "folder_missing"),
    (OTHER, Folder, Plain, "A1 NO [OVERQUOTA] Out of room", "mailbox_full"),
    (OTHER, Folder, Plain, "A1 NO Quota exceeded (mailbox for user is full)", "mailbox_full"),
    (OTHER, SignIn, Plain, "A1 NO This account is over quota", "mailbox_full"),
    // Elsewhere.
    (OTHER, StartTls, Plain, "A1 BAD TLS is not configured", "start_tls_refused"),
    (OTHER, Capabilities, Plain, "A1 BAD Unknown command", "command_refused"),
];

fn status(line: &str) -> Status {
    match parse(line.as_bytes()) {
        Response::Status(status) => status,
        other => panic!("{line} was read as {other:?}"),
    }
}

fn scene(host: &str, place: Place, method: AuthMethod) -> Scene<'static> {
    Scene { place, provider: Provider::of_host(host), method, folder: "Tickets" }
}

#[test]
fn real_replies_are_taken_for_what_they_mean() {
    for &(host, place, method, line, kind) in SAMPLES {
        let problem = classify(&status(line), &[], scene(host, place, method));
        assert_eq!(problem.kind(), kind, "{host} {place:?} {line}");
        let words = line.split_once(' ').map(|(_, words)| words);
        assert_eq!(problem.reply(), words, "the server's own words are kept");
    }
}

#[test]
fn every_row_decides_about_a_real_reply() {
    for (name, rows) in [("CERTAIN", CERTAIN), ("ROWS", ROWS)] {
        for (at, row) in rows.iter().enumerate() {
            let decides = SAMPLES.iter().any(|&(host, place, method, line, _)| {
                let (status, scene) = (status(line), scene(host, place, method));
                let found = deciding_row(&status, CERTAIN, scene).or_else(|| deciding_row(&status, ROWS, scene));
                found.is_some_and(|found| std::ptr::eq(found, row))
            });
            assert!(decides, "no sample reaches row {at} of {name}: {:?}", row.words);
        }
    }
}

#[test]
fn a_remark_explains_a_refusal_that_says_nothing() {
    let remark = status("* NO [WEBALERT https://accounts.google.com/signin] Web login required.");
    let refusal = status("A2 NO [ALERT] Invalid credentials (Failure)");
    let problem = classify(&refusal, &[remark], scene(GOOGLE, SignIn, Plain));
    assert_eq!(
        problem,
        Problem::BrowserSignInNeeded {
            reply: "NO [WEBALERT https://accounts.google.com/signin] Web login required.".to_owned()
        }
    );
}

#[test]
fn spelling_and_blanks_change_nothing() {
    let problem = classify(
        &status("a1 no   [alert]  APPLICATION-SPECIFIC   password  REQUIRED"),
        &[],
        scene(GOOGLE, SignIn, Plain),
    );
    assert_eq!(problem.kind(), "app_password_needed");
}
