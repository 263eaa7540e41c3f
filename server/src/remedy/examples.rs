//! One telling example of every problem, for the page that lists them all.

mod oauth;

use super::Situation;
use crate::model::{AuthMethod, Fingerprint, Problem, Protocol, Security, Timestamp, Weakness};

/// Every kind of problem once, in the order a check would meet them, each where it is typical.
#[must_use]
pub fn examples() -> Vec<(Problem, Situation)> {
    let host = || "mail.example.com".to_owned();
    let says = ToOwned::to_owned;
    let imap = || situation(Protocol::Imap, "mail.example.com");
    let smtp = || situation(Protocol::Smtp, "mail.example.com");
    let before_the_mailbox = vec![
        (Problem::HostNotFound { host: host() }, imap()),
        (Problem::HostHasNoAddress { host: host() }, imap()),
        (Problem::HostNameInvalid { host: "mail_example com".to_owned() }, imap()),
        (Problem::DnsTimedOut { host: host() }, imap()),
        (Problem::DnsFailed { host: host(), detail: "server failure".to_owned() }, imap()),
        (Problem::DnsRefused { host: host() }, imap()),
        (Problem::AddressNotAllowed { host: host(), address: "192.168.1.10".to_owned() }, imap()),
        (Problem::ConnectionRefused { host: host(), port: 993 }, imap()),
        (Problem::ConnectTimedOut { host: host(), port: 465 }, smtp()),
        (
            Problem::PortBlocked { host: host(), port: 587, reference: Some("smtp.gmail.com".to_owned()) },
            starttls(smtp()),
        ),
        (
            Problem::NotListening { host: host(), port: 587, reference: "smtp.gmail.com".to_owned(), open: vec![465] },
            starttls(smtp()),
        ),
        (Problem::Unreachable { host: host(), port: 993 }, imap()),
        (Problem::ConnectDenied { host: host(), port: 993, detail: "permission denied".to_owned() }, imap()),
        (
            Problem::OutOfSockets { host: host(), port: 993, detail: "Too many open files (os error 24)".to_owned() },
            imap(),
        ),
        (Problem::ConnectionLost { reply: None }, imap()),
        (Problem::TimedOut { seconds: 10 }, imap()),
        (Problem::NotATlsPort { port: 143 }, Situation { port: 143, ..imap() }),
        (Problem::TlsFromTheStart { port: 993 }, Situation { security: Security::StartTls, ..imap() }),
        (Problem::StartTlsNotOffered, starttls(imap())),
        (
            Problem::StartTlsRefused { reply: says("454 4.7.0 TLS not available due to local problem") },
            starttls(smtp()),
        ),
        (Problem::StartTlsInjected { reply: None }, starttls(smtp())),
        (Problem::CertificateExpired { not_after: Timestamp(1_793_491_200_000) }, imap()),
        (Problem::CertificateNotYetValid { not_before: Timestamp(1_795_392_000_000) }, imap()),
        (
            Problem::CertificateForOtherName {
                host: host(),
                names: vec!["server7.hosting.example".to_owned(), "*.hosting.example".to_owned()],
            },
            imap(),
        ),
        (Problem::CertificateUntrusted { issuer: "Example Corp Internal CA".to_owned() }, imap()),
        (Problem::CertificateSelfSigned { subject: "mail.example.com".to_owned() }, imap()),
        (Problem::CertificateChainIncomplete { issuer: "Let's Encrypt, R11".to_owned() }, imap()),
        (Problem::CertificateInspected { issuer: "Fortinet, FortiGate CA".to_owned() }, imap()),
        (Problem::CertificateWithoutNames { common_name: "mail.example.com".to_owned() }, imap()),
        (Problem::CertificateTooWeak { weakness: Weakness::Signature { algorithm: "SHA-1".to_owned() } }, imap()),
        (
            Problem::PinnedCertificateChanged {
                expected: Fingerprint::of(&[0x5e; 32]),
                found: Fingerprint::of(&[0xa7; 32]),
                vouched_for: false,
            },
            imap(),
        ),
        (Problem::CertificateInvalid { detail: "it has been revoked".to_owned() }, imap()),
        (Problem::HostNotServed { host: host() }, imap()),
        (Problem::ClientCertificateWanted, imap()),
        (Problem::TlsTooOld, imap()),
        (Problem::TlsDowngraded { reply: says("421 4.7.66 TLS 1.0 and 1.1 are not supported.") }, office365_smtp()),
        (Problem::TlsNoSharedCipher, imap()),
        (Problem::TlsFailed { detail: "unexpected end of the handshake".to_owned() }, imap()),
        (Problem::NoGreeting, starttls(imap())),
        (
            Problem::WrongProtocol {
                wanted: Protocol::Imap,
                found: "SMTP".to_owned(),
                reply: says("220 mail.example.com ESMTP Postfix"),
            },
            imap(),
        ),
        (Problem::NotAMailServer { reply: says("HTTP/1.1 400 Bad Request") }, imap()),
        (Problem::TurnedAway { reply: says("554 5.7.1 Service unavailable") }, smtp()),
        (
            Problem::EhloRefused { reply: says("504 5.5.2 Helo command rejected: need fully-qualified hostname") },
            smtp(),
        ),
        (Problem::BadCredentials { reply: says("[AUTHENTICATIONFAILED] Authentication failed.") }, imap()),
        (
            Problem::AppPasswordNeeded { reply: says("[ALERT] Application-specific password required (Failure)") },
            situation(Protocol::Imap, "imap.gmail.com"),
        ),
        (
            Problem::MethodNotOffered {
                wanted: AuthMethod::Plain,
                offered: vec!["LOGIN".to_owned(), "NTLM".to_owned()],
            },
            smtp(),
        ),
        (Problem::SignInNotOffered, Situation { port: 25, ..starttls(smtp()) }),
        (Problem::SignInRequired { reply: says("530 5.7.0 Authentication Required") }, smtp()),
        (
            Problem::SignInNeedsTls { reply: Some(says("[PRIVACYREQUIRED] Plaintext authentication disallowed")) },
            Situation { port: 143, security: Security::None, ..imap() },
        ),
        (
            Problem::ImapDisabled { reply: says("[ALERT] IMAP access is disabled for your domain. (Failure)") },
            situation(Protocol::Imap, "imap.gmail.com"),
        ),
        (
            Problem::SmtpAuthDisabled {
                reply: says(
                    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
                ),
            },
            office365_smtp(),
        ),
        (
            Problem::PasswordsRetired {
                reply: says("550 5.7.30 Basic authentication is not supported for Client Submission."),
            },
            office365_smtp(),
        ),
        (
            Problem::BlockedByPolicy {
                reply: says("535 5.7.139 Authentication unsuccessful, the request did not meet the criteria."),
            },
            office365_smtp(),
        ),
        (
            Problem::BrowserSignInNeeded { reply: says("[ALERT] Please log in via your web browser (Failure)") },
            situation(Protocol::Imap, "imap.gmail.com"),
        ),
        (Problem::AccountDisabled { reply: says("525 5.7.13 User account disabled") }, smtp()),
        (Problem::PasswordExpired { reply: says("[EXPIRED] Password expired") }, imap()),
        (Problem::TokenRejected { reply: says("AUTHENTICATE failed.") }, office365_imap()),
        (
            Problem::AuthenticatedButNotConnected { reply: says("User is authenticated but not connected.") },
            office365_imap(),
        ),
        (Problem::NotAuthorized { reply: says("[AUTHORIZATIONFAILED] Not authorized") }, agent(imap())),
        (Problem::TemporaryRefusal { reply: says("[UNAVAILABLE] Temporary System Problem") }, imap()),
        (
            Problem::TooManyConnections {
                reply: says("[LIMIT] Too many simultaneous connections."),
                before_sign_in: false,
            },
            imap(),
        ),
        (Problem::RateLimited { reply: says("454 4.7.0 Too many login attempts, please try again later") }, smtp()),
    ];
    let in_the_mailbox = vec![
        (Problem::FolderMissing { folder: "Support".to_owned(), reply: says("[NONEXISTENT] Unknown Mailbox") }, imap()),
        (Problem::FolderRefused { folder: "Support".to_owned(), reply: says("[NOPERM] Permission denied") }, imap()),
        (
            Problem::FolderUidsDoNotLast {
                folder: "Support".to_owned(),
                reply: Some(says("NO [UIDNOTSTICKY] Non-persistent UIDs")),
            },
            imap(),
        ),
        (
            Problem::SenderRefused {
                sender: "support@example.com".to_owned(),
                reply: says("553 5.7.1 Sender address rejected: not owned by user"),
            },
            agent(smtp()),
        ),
        (
            Problem::RecipientRefused {
                recipient: "support@example.com".to_owned(),
                reply: says("550 5.1.1 User unknown"),
            },
            smtp(),
        ),
        (
            Problem::InternationalAddressNotSupported { address: "büro@example.com".to_owned() },
            Situation { address: "büro@example.com".to_owned(), ..smtp() },
        ),
        (
            Problem::RelayDenied {
                recipient: "someone@example.net".to_owned(),
                reply: says("554 5.7.1 <someone@example.net>: Relay access denied"),
            },
            smtp(),
        ),
        (Problem::MessageRefused { reply: says("554 5.7.1 Message rejected by content filter") }, smtp()),
        (Problem::MessageTooLarge { reply: says("552 5.3.4 Message size exceeds fixed maximum message size") }, smtp()),
        (
            Problem::RefusedByMailRule { reply: says("550 5.7.1 Message rejected by the domain's rule. - gcdp") },
            situation(Protocol::Smtp, "smtp.gmail.com"),
        ),
        (
            Problem::SenderNotAuthenticated {
                reply: says("550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy."),
            },
            smtp(),
        ),
        (
            Problem::BlockListed {
                reply: says("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"),
            },
            smtp(),
        ),
        (
            Problem::SendingLimitReached { reply: says("550 5.4.5 Daily user sending limit exceeded.") },
            situation(Protocol::Smtp, "smtp.gmail.com"),
        ),
        (
            Problem::SenderThrottled {
                reply: says("550 5.2.253 Sender throttled due to continuous invalid license errors."),
            },
            office365_smtp(),
        ),
        (Problem::SenderBlocked { reply: says("550 5.1.8 Access denied, bad outbound sender") }, office365_smtp()),
        (Problem::MailboxFull { reply: says("552 5.2.2 Mailbox full") }, smtp()),
        (Problem::CommandRefused { reply: says("BAD Unknown command") }, imap()),
        (Problem::ProtocolNonsense { protocol: Protocol::Imap, line: says("<html><head>") }, imap()),
        (Problem::TooMuchData { limit_bytes: 65_536 }, imap()),
    ];
    before_the_mailbox.into_iter().chain(oauth::examples()).chain(in_the_mailbox).collect()
}

/// A mailbox of `example.com` at `host`, with TLS from the start.
fn situation(protocol: Protocol, host: &str) -> Situation {
    Situation {
        protocol,
        host: host.to_owned(),
        port: protocol.default_port(Security::Tls),
        security: Security::Tls,
        username: "support@example.com".to_owned(),
        address: "support@example.com".to_owned(),
        oauth: None,
    }
}

fn starttls(situation: Situation) -> Situation {
    Situation { port: situation.protocol.default_port(Security::StartTls), security: Security::StartTls, ..situation }
}

/// Somebody who signs in to a mailbox that is not their own.
fn agent(situation: Situation) -> Situation {
    Situation { username: "kim@example.com".to_owned(), ..situation }
}

fn office365_imap() -> Situation {
    situation(Protocol::Imap, "outlook.office365.com")
}

fn office365_smtp() -> Situation {
    starttls(situation(Protocol::Smtp, "smtp.office365.com"))
}
