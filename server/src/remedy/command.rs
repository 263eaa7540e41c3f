//! The one command that shows or repairs a problem, where there is one.
//!
//! A command is copied and pasted by somebody who trusts this page: it holds nothing but host names
//! in their DNS form, numbers, and addresses in quotes. Where a name cannot be made safe there is no command.

use super::{Situation, quote};
use crate::model::{Problem, Protocol, Provider, Security};

/// What Exchange Online lets a mailbox send at most.
const LARGE_MESSAGE: &str = "150MB";

/// A line for a Unix shell, or for Exchange Online PowerShell where the repair is an Exchange setting.
pub(super) fn command(problem: &Problem, situation: &Situation) -> Option<String> {
    match problem {
        Problem::HostNotFound { .. }
        | Problem::HostHasNoAddress { .. }
        | Problem::DnsTimedOut { .. }
        | Problem::DnsFailed { .. }
        | Problem::DnsRefused { .. } => look_up(situation),
        Problem::ConnectionRefused { .. }
        | Problem::ConnectTimedOut { .. }
        | Problem::PortBlocked { .. }
        | Problem::NotListening { .. }
        | Problem::Unreachable { .. }
        | Problem::ConnectDenied { .. } => knock(situation),
        Problem::OutOfSockets { .. } => Some("ss -s".to_owned()),
        Problem::ConnectionLost { .. }
        | Problem::TimedOut { .. }
        | Problem::NoGreeting
        | Problem::NotAMailServer { .. }
        | Problem::StartTlsNotOffered
        | Problem::StartTlsRefused { .. }
        | Problem::HostNotServed { .. }
        | Problem::ClientCertificateWanted
        | Problem::TlsTooOld
        | Problem::TlsDowngraded { .. }
        | Problem::TlsNoSharedCipher
        | Problem::TlsFailed { .. }
        | Problem::TurnedAway { .. } => talk(situation, situation.security),
        // The other protection is tried: it shows that the port is right and the protection was not.
        Problem::NotATlsPort { .. } => talk(situation, Security::StartTls),
        Problem::TlsFromTheStart { .. } => talk(situation, Security::Tls),
        Problem::CertificateExpired { .. }
        | Problem::CertificateNotYetValid { .. }
        | Problem::CertificateForOtherName { .. }
        | Problem::CertificateUntrusted { .. }
        | Problem::CertificateSelfSigned { .. }
        | Problem::CertificateInspected { .. }
        | Problem::CertificateWithoutNames { .. }
        | Problem::CertificateTooWeak { .. }
        | Problem::CertificateInvalid { .. } => show_certificate(situation),
        Problem::CertificateChainIncomplete { .. } => show_chain(situation),
        Problem::PinnedCertificateChanged { .. } => show_fingerprint(situation),
        Problem::ImapDisabled { .. } => exchange(situation, "-ImapEnabled $true"),
        Problem::SmtpAuthDisabled { .. } | Problem::SignInRequired { .. } => {
            exchange(situation, "-SmtpClientAuthenticationDisabled $false")
        }
        Problem::AuthenticatedButNotConnected { .. } => {
            if is_personal_at_microsoft(situation) {
                None
            } else if is_own(situation) {
                set_cas_mailbox(situation, switch(situation))
            } else {
                permission(situation, Right::FullAccess)
            }
        }
        Problem::TokenRejected { .. } if situation.shared() => grant(situation, Right::FullAccess),
        Problem::TokenRejected { .. } if situation.oauth.is_some() => exchange(situation, switch(situation)),
        Problem::ProviderUnreachable { host, .. } => knock_at(host, 443),
        Problem::NotAuthorized { .. } => grant(situation, Right::FullAccess),
        Problem::SenderRefused { .. } => grant(situation, Right::SendAs),
        Problem::SenderBlocked { .. } => unblock(situation),
        Problem::MessageTooLarge { .. } => raise_size(situation),
        Problem::SenderNotAuthenticated { .. } => show_dmarc(situation),
        Problem::HostNameInvalid { .. }
        | Problem::AddressNotAllowed { .. }
        | Problem::StartTlsInjected { .. }
        | Problem::WrongProtocol { .. }
        | Problem::EhloRefused { .. }
        | Problem::BadCredentials { .. }
        | Problem::AppPasswordNeeded { .. }
        | Problem::MethodNotOffered { .. }
        | Problem::SignInNotOffered
        | Problem::SignInNeedsTls { .. }
        | Problem::PasswordsRetired { .. }
        | Problem::BlockedByPolicy { .. }
        | Problem::BrowserSignInNeeded { .. }
        | Problem::AccountDisabled { .. }
        | Problem::PasswordExpired { .. }
        | Problem::TokenRejected { .. }
        | Problem::TemporaryRefusal { .. }
        | Problem::TooManyConnections { .. }
        | Problem::RateLimited { .. }
        | Problem::FolderMissing { .. }
        | Problem::FolderRefused { .. }
        | Problem::FolderUidsDoNotLast { .. }
        | Problem::RecipientRefused { .. }
        | Problem::InternationalAddressNotSupported { .. }
        | Problem::RelayDenied { .. }
        | Problem::MessageRefused { .. }
        | Problem::RefusedByMailRule { .. }
        | Problem::BlockListed { .. }
        | Problem::SendingLimitReached { .. }
        | Problem::SenderThrottled { .. }
        | Problem::MailboxFull { .. }
        | Problem::CommandRefused { .. }
        | Problem::ProtocolNonsense { .. }
        | Problem::TooMuchData { .. }
        | Problem::ConsentDeclined { .. }
        | Problem::AdminConsentNeeded { .. }
        | Problem::MailScopeMissing { .. }
        | Problem::RefreshTokenMissing
        | Problem::WrongAccount { .. }
        | Problem::AccountNotInTenant { .. }
        | Problem::AppNotAssigned { .. }
        | Problem::AppBlocked { .. }
        | Problem::NoMailLicence { .. }
        | Problem::InteractionNeeded { .. }
        | Problem::GrantRevoked { .. }
        | Problem::NotSignedIn
        | Problem::SignInExpired
        | Problem::SignInRepeated
        | Problem::IdentityUnproven { .. }
        | Problem::ClockDiffers { .. }
        | Problem::TenantUnknown { .. }
        | Problem::SingleTenantApp { .. }
        | Problem::ClientUnknown { .. }
        | Problem::ClientSecretWrong { .. }
        | Problem::ClientSecretExpired { .. }
        | Problem::ClientKindWrong { .. }
        | Problem::RedirectUriMismatch { .. }
        | Problem::PublicUrlUnsuitable { .. }
        | Problem::AppPermissionMissing { .. }
        | Problem::ScopeRefused { .. }
        | Problem::ProviderUnavailable { .. }
        | Problem::ProviderRefused { .. } => None,
    }
}

fn look_up(situation: &Situation) -> Option<String> {
    let host = quote::host(&situation.host)?;
    Some(format!("nslookup {}", host.argument()))
}

fn knock(situation: &Situation) -> Option<String> {
    knock_at(&situation.host, situation.port)
}

fn knock_at(host: &str, port: u16) -> Option<String> {
    let host = quote::host(host)?;
    Some(format!("nc -vz {} {port}", host.argument()))
}

/// Opens the connection by hand; without protection there is nothing for `openssl` to do.
fn talk(situation: &Situation, security: Security) -> Option<String> {
    match security {
        Security::Tls | Security::StartTls => s_client(situation, security),
        Security::None => knock(situation),
    }
}

/// Prints whom the certificate is for, who issued it and how long it is valid.
fn show_certificate(situation: &Situation) -> Option<String> {
    let s_client = s_client(situation, situation.security)?;
    Some(format!("{s_client} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName"))
}

/// Prints what a certificate is known by, to be compared with what Postroom was shown.
pub(super) fn show_fingerprint(situation: &Situation) -> Option<String> {
    let s_client = s_client(situation, situation.security)?;
    Some(format!("{s_client} </dev/null | openssl x509 -noout -fingerprint -sha256"))
}

/// Lists every certificate that the server sends.
fn show_chain(situation: &Situation) -> Option<String> {
    let s_client = s_client(situation, situation.security)?;
    Some(format!("{s_client} -showcerts </dev/null"))
}

fn s_client(situation: &Situation, security: Security) -> Option<String> {
    let host = quote::host(&situation.host)?;
    let mut line = format!("openssl s_client -connect {}", host.with_port(situation.port));
    // A server is named to TLS by its name only (RFC 6066, section 3).
    if let quote::Host::Name(name) = &host {
        line.push_str(" -servername ");
        line.push_str(name);
    }
    if security == Security::StartTls {
        line.push_str(match situation.protocol {
            Protocol::Imap => " -starttls imap",
            Protocol::Smtp => " -starttls smtp",
        });
    }
    Some(line)
}

/// A setting of the mailbox that only an organisation's Exchange has.
fn exchange(situation: &Situation, setting: &str) -> Option<String> {
    in_an_organisation(situation).then(|| set_cas_mailbox(situation, setting))?
}

fn in_an_organisation(situation: &Situation) -> bool {
    let scene = super::Scene::of(situation);
    scene.provider == Provider::Microsoft && !scene.personal
}

/// What opens a mailbox to this protocol.
const fn switch(situation: &Situation) -> &'static str {
    match situation.protocol {
        Protocol::Imap => "-ImapEnabled $true",
        Protocol::Smtp => "-SmtpClientAuthenticationDisabled $false",
    }
}

fn is_own(situation: &Situation) -> bool {
    super::Scene::of(situation).own
}

fn is_personal_at_microsoft(situation: &Situation) -> bool {
    let scene = super::Scene::of(situation);
    scene.provider == Provider::Microsoft && scene.personal
}

fn set_cas_mailbox(situation: &Situation, setting: &str) -> Option<String> {
    let address = quote::power_shell_address(&situation.address)?;
    Some(format!("Set-CASMailbox -Identity {address} {setting}"))
}

/// Lets a sender send again whom Exchange Online has stopped for spam.
fn unblock(situation: &Situation) -> Option<String> {
    let address = in_an_organisation(situation).then(|| quote::power_shell_address(&situation.address))??;
    Some(format!("Remove-BlockedSenderAddress -SenderAddress {address}"))
}

/// Lets a mailbox send larger messages.
fn raise_size(situation: &Situation) -> Option<String> {
    let address = in_an_organisation(situation).then(|| quote::power_shell_address(&situation.address))??;
    Some(format!("Set-Mailbox -Identity {address} -MaxSendSize {LARGE_MESSAGE}"))
}

/// Shows what receivers are told to do with messages of the sender's domain (RFC 7489 6.1).
fn show_dmarc(situation: &Situation) -> Option<String> {
    let (_, domain) = situation.address.rsplit_once('@')?;
    match quote::host(domain)? {
        quote::Host::Name(domain) => Some(format!("nslookup -type=txt _dmarc.{domain}")),
        quote::Host::Ip(_) => None,
    }
}

enum Right {
    FullAccess,
    SendAs,
}

/// Lets the account that signs in use a mailbox that is not its own, in an organisation at Microsoft.
fn grant(situation: &Situation, right: Right) -> Option<String> {
    let scene = super::Scene::of(situation);
    if scene.provider != Provider::Microsoft || scene.personal || scene.own {
        return None;
    }
    permission(situation, right)
}

fn permission(situation: &Situation, right: Right) -> Option<String> {
    let address = quote::power_shell_address(&situation.address)?;
    let username = quote::power_shell_address(situation.account())?;
    Some(match right {
        Right::FullAccess => {
            format!("Add-MailboxPermission -Identity {address} -User {username} -AccessRights FullAccess")
        }
        Right::SendAs => {
            format!("Add-RecipientPermission -Identity {address} -Trustee {username} -AccessRights SendAs")
        }
    })
}
