//! What servers are known to say, one row each; the first row that fits decides.
//!
//! Rows run from the particular to the general: a provider's own sentences, then sentences that many
//! servers share, then what a bare code means. An empty list in a row means *any*.

use super::Place::{self, Ehlo, Greeting, Mail, Message, Rcpt, SignIn, StartTls};
use crate::model::Provider::{
    self, Dooray, Fastmail, Google, ICloud, Kakao, MailRu, Naver, NetEase, TOnline, Tencent, Yahoo, Yandex,
};

/// A problem without its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    BadCredentials,
    AppPasswordNeeded,
    BrowserSignInNeeded,
    BlockedByPolicy,
    PasswordsRetired,
    PasswordExpired,
    AccountDisabled,
    SmtpAuthDisabled,
    MethodNotOffered,
    /// AUTH is not available: in clear that is for want of TLS, encrypted it is the wrong port.
    NoSignInHere,
    SignInNeedsTls,
    SignInRequired,
    RateLimited,
    TooManyConnections,
    TemporaryRefusal,
    TurnedAway,
    EhloRefused,
    StartTlsRefused,
    TlsDowngraded,
    SenderRefused,
    RecipientRefused,
    RelayDenied,
    InternationalAddress,
    MessageRefused,
    MessageTooLarge,
    RefusedByMailRule,
    SenderNotAuthenticated,
    BlockListed,
    SendingLimitReached,
    SenderThrottled,
    SenderBlocked,
    MailboxFull,
    CommandRefused,
}

/// Which reply codes a row is about.
#[derive(Clone, Copy, Debug)]
pub enum Codes {
    Any,
    Is(u16),
    /// 4 or 5.
    Class(u16),
}

/// One thing servers say.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub places: &'static [Place],
    pub codes: Codes,
    pub enhanced: &'static [(u16, u16, u16)],
    /// Lower-case words that must all be in the text.
    pub says: &'static [&'static str],
    pub providers: &'static [Provider],
    pub verdict: Verdict,
}

const fn row(
    places: &'static [Place],
    codes: Codes,
    enhanced: &'static [(u16, u16, u16)],
    says: &'static [&'static str],
    verdict: Verdict,
) -> Row {
    Row { places, codes, enhanced, says, providers: &[], verdict }
}

const fn at(providers: &'static [Provider], row: Row) -> Row {
    Row { providers, ..row }
}

const ANYWHERE: &[Place] = &[];
const AT_THE_DOOR: &[Place] = &[Greeting, Ehlo, StartTls];
const SIGN_IN: &[Place] = &[SignIn];
const AFTER_SIGN_IN: &[Place] = &[Mail, Rcpt, Message];
const UNWELCOME: &[Place] = &[Greeting, Ehlo, Mail, Rcpt, Message];
const NOT_SIGN_IN: &[Place] = &[Greeting, Ehlo, StartTls, Mail, Rcpt];
const PASSWORD_OF_ITS_OWN: &[Provider] =
    &[Naver, Kakao, Dooray, Yahoo, ICloud, Tencent, NetEase, Fastmail, Yandex, MailRu, TOnline];

use Codes::{Any, Class, Is};
use Verdict as V;

/// Every row, in the order they are tried.
pub const ROWS: &[Row] = &[
    // ---- anywhere: the whole connection is unwelcome -------------------------------------------
    row(ANYWHERE, Any, &[(4, 7, 66)], &[], V::TlsDowngraded),
    row(ANYWHERE, Any, &[], &["tls 1.0", "not supported"], V::TlsDowngraded),
    row(ANYWHERE, Any, &[], &["sender thread limit"], V::TooManyConnections),
    row(ANYWHERE, Any, &[], &["concurrent connections limit"], V::TooManyConnections),
    row(ANYWHERE, Any, &[], &["too many con"], V::TooManyConnections),
    row(ANYWHERE, Any, &[], &["too many simultaneous"], V::TooManyConnections),
    row(ANYWHERE, Any, &[], &["too many sessions"], V::TooManyConnections),
    row(ANYWHERE, Any, &[], &["maximum number of connections"], V::TooManyConnections),
    row(ANYWHERE, Any, &[], &["connection limit", "exceed"], V::TooManyConnections),
    row(ANYWHERE, Class(4), &[], &["rate limit"], V::RateLimited),
    row(ANYWHERE, Class(4), &[], &["too frequent"], V::RateLimited),
    // ---- Exchange Online -----------------------------------------------------------------------
    row(ANYWHERE, Any, &[(5, 7, 30)], &[], V::PasswordsRetired),
    row(SIGN_IN, Any, &[], &["basic authentication is not supported"], V::PasswordsRetired),
    row(SIGN_IN, Any, &[], &["smtpclientauthentication is disabled"], V::SmtpAuthDisabled),
    row(SIGN_IN, Any, &[(5, 7, 139)], &["basic authentication is disabled"], V::PasswordsRetired),
    row(SIGN_IN, Any, &[(5, 7, 139)], &["credentials were incorrect"], V::BadCredentials),
    row(SIGN_IN, Any, &[(5, 7, 139)], &[], V::BlockedByPolicy),
    // ---- Google --------------------------------------------------------------------------------
    row(SIGN_IN, Is(534), &[(5, 7, 14)], &[], V::BrowserSignInNeeded),
    at(&[Google], row(SIGN_IN, Is(534), &[(5, 7, 9)], &[], V::AppPasswordNeeded)),
    row(SIGN_IN, Any, &[], &["log in", "web browser"], V::BrowserSignInNeeded),
    // ---- signing in: sentences -----------------------------------------------------------------
    row(SIGN_IN, Any, &[], &["application-specific password"], V::AppPasswordNeeded),
    row(SIGN_IN, Any, &[], &["app-specific password"], V::AppPasswordNeeded),
    row(SIGN_IN, Any, &[], &["app password"], V::AppPasswordNeeded),
    row(SIGN_IN, Any, &[], &["application password"], V::AppPasswordNeeded),
    row(SIGN_IN, Any, &[], &["authorized code"], V::AppPasswordNeeded),
    row(SIGN_IN, Any, &[], &["authorization code"], V::AppPasswordNeeded),
    row(SIGN_IN, Any, &[], &["too many", "attempts"], V::RateLimited),
    row(SIGN_IN, Any, &[], &["too many", "failed"], V::RateLimited),
    row(SIGN_IN, Any, &[], &["too many", "failures"], V::RateLimited),
    row(SIGN_IN, Any, &[], &["user has no permission"], V::SmtpAuthDisabled),
    row(SIGN_IN, Any, &[], &["smtp", "disabled"], V::SmtpAuthDisabled),
    row(SIGN_IN, Any, &[], &["smtp", "not enabled"], V::SmtpAuthDisabled),
    row(SIGN_IN, Any, &[], &["not have access rights to this service"], V::SmtpAuthDisabled),
    row(SIGN_IN, Is(525), &[], &[], V::AccountDisabled),
    row(SIGN_IN, Any, &[(5, 7, 13)], &[], V::AccountDisabled),
    row(SIGN_IN, Any, &[], &["account", "disabled"], V::AccountDisabled),
    row(SIGN_IN, Any, &[], &["account", "locked"], V::AccountDisabled),
    row(SIGN_IN, Any, &[], &["account", "suspended"], V::AccountDisabled),
    row(SIGN_IN, Any, &[], &["password", "expired"], V::PasswordExpired),
    row(SIGN_IN, Any, &[(4, 7, 12)], &[], V::PasswordExpired),
    // ---- signing in: wrong way or wrong port ---------------------------------------------------
    row(ANYWHERE, Any, &[], &["starttls", "first"], V::SignInNeedsTls),
    row(SIGN_IN, Is(530), &[], &["tls"], V::SignInNeedsTls),
    row(SIGN_IN, Is(538), &[], &[], V::SignInNeedsTls),
    row(SIGN_IN, Any, &[(5, 7, 11)], &[], V::SignInNeedsTls),
    row(SIGN_IN, Any, &[], &["encryption required"], V::SignInNeedsTls),
    row(SIGN_IN, Is(503), &[], &["auth", "not "], V::NoSignInHere),
    row(SIGN_IN, Is(502), &[], &[], V::NoSignInHere),
    row(SIGN_IN, Is(504), &[], &[], V::MethodNotOffered),
    row(SIGN_IN, Any, &[(5, 7, 4)], &[], V::MethodNotOffered),
    row(SIGN_IN, Is(534), &[], &["too weak"], V::MethodNotOffered),
    // ---- signing in: a bare refusal where the password must be one made for programs -----------
    at(PASSWORD_OF_ITS_OWN, row(SIGN_IN, Is(535), &[], &[], V::AppPasswordNeeded)),
    // ---- our address's reputation --------------------------------------------------------------
    row(AFTER_SIGN_IN, Class(5), &[], &["bad outbound sender"], V::SenderBlocked),
    row(UNWELCOME, Class(5), &[], &["blocked using"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["client host", "blocked"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["blacklist"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["blocklist"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["block list"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["spamhaus"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["dnsbl"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &[" rbl"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["listed by"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["listed at"], V::BlockListed),
    // Words of an address stand beside these: people, links and folders are blocked and listed, too.
    row(UNWELCOME, Class(5), &[], &["spamcop"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["barracudacentral"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["banned sending ip"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["your ip", "blocked"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["ip address", "blocked"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["your host", "blocked"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["your ip", "is listed"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["ip address", "is listed"], V::BlockListed),
    row(UNWELCOME, Class(5), &[], &["host", "] is listed in"], V::BlockListed),
    // ---- at the door ---------------------------------------------------------------------------
    row(NOT_SIGN_IN, Any, &[], &["helo command rejected"], V::EhloRefused),
    // Exim, which often says it only about the recipient.
    row(NOT_SIGN_IN, Any, &[], &["invalid helo"], V::EhloRefused),
    row(NOT_SIGN_IN, Any, &[], &["invalid ehlo"], V::EhloRefused),
    // We spoke before it was our turn, or a proxy thinks so.
    row(&[Ehlo], Class(5), &[], &["synchroni"], V::CommandRefused),
    row(&[Ehlo], Class(5), &[], &["pipelining"], V::CommandRefused),
    row(&[Ehlo], Class(5), &[], &["blocked"], V::TurnedAway),
    row(&[Ehlo], Class(5), &[], &["service unavailable"], V::TurnedAway),
    row(AT_THE_DOOR, Class(5), &[], &["not allowed to connect"], V::TurnedAway),
    // ---- the sender ----------------------------------------------------------------------------
    row(AFTER_SIGN_IN, Any, &[], &["sendasdenied"], V::SenderRefused),
    row(AFTER_SIGN_IN, Any, &[(5, 2, 252), (5, 7, 60)], &[], V::SenderRefused),
    row(AFTER_SIGN_IN, Any, &[(5, 2, 251), (5, 2, 253), (5, 2, 254), (5, 2, 255)], &[], V::SenderThrottled),
    row(AFTER_SIGN_IN, Any, &[], &["sender throttled"], V::SenderThrottled),
    row(
        AFTER_SIGN_IN,
        Any,
        &[(5, 7, 501), (5, 7, 502), (5, 7, 503), (5, 7, 705), (5, 7, 708), (5, 7, 750)],
        &[],
        V::SenderBlocked,
    ),
    row(AFTER_SIGN_IN, Any, &[(5, 4, 5), (5, 1, 90), (5, 7, 232), (5, 7, 233)], &[], V::SendingLimitReached),
    row(AFTER_SIGN_IN, Any, &[], &["submissionquotaexceeded"], V::SendingLimitReached),
    row(AFTER_SIGN_IN, Any, &[], &["daily", "limit"], V::SendingLimitReached),
    row(AFTER_SIGN_IN, Any, &[], &["daily", "quota"], V::SendingLimitReached),
    row(AFTER_SIGN_IN, Any, &[], &["sending limit"], V::SendingLimitReached),
    row(AFTER_SIGN_IN, Any, &[], &["sending quota"], V::SendingLimitReached),
    row(AFTER_SIGN_IN, Any, &[], &["gcdp"], V::RefusedByMailRule),
    row(
        AFTER_SIGN_IN,
        Class(5),
        &[(5, 7, 20), (5, 7, 21), (5, 7, 22), (5, 7, 23), (5, 7, 26), (5, 7, 509), (5, 7, 515)],
        &[],
        V::SenderNotAuthenticated,
    ),
    row(AFTER_SIGN_IN, Class(5), &[], &["dmarc"], V::SenderNotAuthenticated),
    row(AFTER_SIGN_IN, Class(5), &[], &["spf", "fail"], V::SenderNotAuthenticated),
    row(AFTER_SIGN_IN, Any, &[(5, 6, 7)], &[], V::InternationalAddress),
    row(AFTER_SIGN_IN, Class(5), &[], &["smtputf8"], V::InternationalAddress),
    row(AFTER_SIGN_IN, Class(5), &[], &["non-ascii"], V::InternationalAddress),
    row(AFTER_SIGN_IN, Any, &[(5, 7, 57)], &[], V::SignInRequired),
    row(AFTER_SIGN_IN, Is(530), &[], &["auth"], V::SignInRequired),
    row(AFTER_SIGN_IN, Class(5), &[], &["authentication required"], V::SignInRequired),
    row(AFTER_SIGN_IN, Any, &[], &["relaying disallowed as"], V::SenderRefused),
    row(AFTER_SIGN_IN, Any, &[], &["sender address rejected"], V::SenderRefused),
    row(AFTER_SIGN_IN, Any, &[], &["sender", "not allowed"], V::SenderRefused),
    row(AFTER_SIGN_IN, Any, &[], &["not owned by user"], V::SenderRefused),
    row(AFTER_SIGN_IN, Class(5), &[(5, 1, 7), (5, 1, 8)], &[], V::SenderRefused),
    // ---- room and size -------------------------------------------------------------------------
    row(AFTER_SIGN_IN, Class(5), &[(5, 3, 4), (5, 2, 3)], &[], V::MessageTooLarge),
    row(AFTER_SIGN_IN, Class(5), &[], &["message size"], V::MessageTooLarge),
    row(AFTER_SIGN_IN, Class(5), &[], &["size limit"], V::MessageTooLarge),
    row(AFTER_SIGN_IN, Class(5), &[], &["too large"], V::MessageTooLarge),
    row(AFTER_SIGN_IN, Class(5), &[], &["too big"], V::MessageTooLarge),
    row(AFTER_SIGN_IN, Any, &[(5, 2, 2), (4, 2, 2)], &[], V::MailboxFull),
    row(AFTER_SIGN_IN, Any, &[], &["mailbox", "full"], V::MailboxFull),
    row(AFTER_SIGN_IN, Any, &[], &["quota", "exceeded"], V::MailboxFull),
    row(AFTER_SIGN_IN, Any, &[], &["over quota"], V::MailboxFull),
    // ---- the recipient -------------------------------------------------------------------------
    row(&[Rcpt], Any, &[], &["relay"], V::RelayDenied),
    row(&[Rcpt], Class(5), &[(5, 7, 64)], &[], V::RelayDenied),
    row(&[Rcpt], Class(5), &[(5, 1, 1)], &[], V::RecipientRefused),
    row(&[Rcpt], Class(4), &[], &["greylist"], V::TemporaryRefusal),
    // ---- what the message says -----------------------------------------------------------------
    row(AFTER_SIGN_IN, Class(5), &[], &["spam"], V::MessageRefused),
];
