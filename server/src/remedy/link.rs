//! The page where a problem is repaired, at services whose pages stay where they are.

use super::{reply, scene::Scene};
use crate::model::{Problem, Protocol, Provider};

const MICROSOFT_ADMIN: &str = "https://admin.microsoft.com";
const MICROSOFT_EXCHANGE: &str = "https://admin.exchange.microsoft.com";
const MICROSOFT_DEFENDER: &str = "https://security.microsoft.com";
const MICROSOFT_RESTRICTED: &str = "https://security.microsoft.com/restrictedentities";
const ENTRA: &str = "entra.microsoft.com";
const ENTRA_APPLICATIONS: &str = "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade";
const GOOGLE_ADMIN: &str = "https://admin.google.com";
const GOOGLE_ADMIN_API_CONTROLS: &str = "https://admin.google.com/ac/owl";
const GOOGLE_CLIENTS: &str = "https://console.cloud.google.com/auth/clients";
const GOOGLE_AUDIENCE: &str = "https://console.cloud.google.com/auth/audience";
const GOOGLE_CONNECTIONS: &str = "https://myaccount.google.com/connections";
const GOOGLE_APP_PASSWORDS: &str = "https://myaccount.google.com/apppasswords";

/// An `https://` address, or `None` where no page is known to help.
pub(super) fn link(problem: &Problem, scene: &Scene) -> Option<String> {
    match problem {
        Problem::BadCredentials { .. } | Problem::AppPasswordNeeded { .. } | Problem::PasswordsRetired { .. } => {
            app_passwords(scene)
        }
        Problem::PasswordExpired { .. } => account(scene),
        Problem::ImapDisabled { .. } | Problem::SmtpAuthDisabled { .. } => mail_settings(scene),
        Problem::AuthenticatedButNotConnected { .. } | Problem::TokenRejected { .. } if scene.shared => {
            at_microsoft(scene, MICROSOFT_EXCHANGE)
        }
        Problem::AuthenticatedButNotConnected { .. } if scene.provider == Provider::Microsoft => mail_settings(scene),
        Problem::AuthenticatedButNotConnected { .. } => None,
        Problem::NotAuthorized { .. } => at_microsoft(scene, MICROSOFT_EXCHANGE),
        Problem::SenderRefused { .. } => at_microsoft(scene, MICROSOFT_EXCHANGE).or_else(|| webmail(scene)),
        Problem::BlockedByPolicy { .. } => policy(scene),
        Problem::AccountDisabled { reply } if reply::is_lockout(reply) => entra(scene).or_else(|| directory(scene)),
        Problem::AccountDisabled { .. } => directory(scene),
        Problem::BrowserSignInNeeded { .. } => match scene.provider {
            Provider::Google => Some("https://support.google.com/mail/accounts/answer/78754".to_owned()),
            _ => webmail(scene),
        },
        Problem::TokenRejected { reply } => {
            let settings = scene.oauth.and_then(|_| mail_settings(scene));
            entra_error(reply).or(settings)
        }
        Problem::MailScopeMissing { .. } | Problem::RefreshTokenMissing => {
            at_google(scene, GOOGLE_CONNECTIONS).or_else(|| applications(scene))
        }
        Problem::AdminConsentNeeded { reply } => consent(scene).or_else(|| entra_error(reply)),
        Problem::AppBlocked { .. } if scene.provider == Provider::Google && scene.personal => {
            Some(GOOGLE_AUDIENCE.to_owned())
        }
        Problem::AppBlocked { reply } => consent(scene).or_else(|| entra(scene)).or_else(|| entra_error(reply)),
        Problem::AppNotAssigned { reply } => {
            at_google(scene, GOOGLE_AUDIENCE).or_else(|| entra(scene)).or_else(|| entra_error(reply))
        }
        Problem::AccountNotInTenant { reply } => entra_error(reply).or_else(|| at_google(scene, GOOGLE_AUDIENCE)),
        Problem::NoMailLicence { reply } => directory_of_organisation(scene).or_else(|| entra_error(reply)),
        Problem::ConsentDeclined { reply }
        | Problem::InteractionNeeded { reply }
        | Problem::GrantRevoked { reply }
        | Problem::TenantUnknown { reply }
        | Problem::ProviderRefused { reply } => entra_error(reply),
        Problem::SingleTenantApp { reply }
        | Problem::ClientUnknown { reply }
        | Problem::ClientSecretWrong { reply }
        | Problem::ClientSecretExpired { reply }
        | Problem::ClientKindWrong { reply }
        | Problem::RedirectUriMismatch { reply, .. }
        | Problem::AppPermissionMissing { reply }
        | Problem::ScopeRefused { reply } => applications(scene).or_else(|| entra_error(reply)),
        Problem::PublicUrlUnsuitable { .. } => applications(scene),
        Problem::ProviderUnavailable { .. } => status(scene),
        Problem::FolderMissing { .. } | Problem::FolderUidsDoNotLast { .. } | Problem::MailboxFull { .. } => {
            webmail(scene)
        }
        Problem::MessageTooLarge { .. } => at_microsoft(scene, MICROSOFT_EXCHANGE),
        Problem::RefusedByMailRule { .. } => at_google(scene, GOOGLE_ADMIN),
        Problem::SenderNotAuthenticated { .. } => {
            at_microsoft(scene, MICROSOFT_DEFENDER).or_else(|| at_google(scene, GOOGLE_ADMIN))
        }
        Problem::SenderThrottled { .. } => at_microsoft(scene, MICROSOFT_ADMIN),
        Problem::SenderBlocked { .. } => at_microsoft(scene, MICROSOFT_RESTRICTED).or_else(|| directory(scene)),
        Problem::HostNotFound { .. }
        | Problem::HostHasNoAddress { .. }
        | Problem::HostNameInvalid { .. }
        | Problem::DnsTimedOut { .. }
        | Problem::DnsFailed { .. }
        | Problem::DnsRefused { .. }
        | Problem::AddressNotAllowed { .. }
        | Problem::ConnectionRefused { .. }
        | Problem::ConnectTimedOut { .. }
        | Problem::PortBlocked { .. }
        | Problem::NotListening { .. }
        | Problem::Unreachable { .. }
        | Problem::ConnectDenied { .. }
        | Problem::OutOfSockets { .. }
        | Problem::ConnectionLost { .. }
        | Problem::TimedOut { .. }
        | Problem::NotATlsPort { .. }
        | Problem::TlsFromTheStart { .. }
        | Problem::StartTlsNotOffered
        | Problem::StartTlsRefused { .. }
        | Problem::StartTlsInjected { .. }
        | Problem::CertificateExpired { .. }
        | Problem::CertificateNotYetValid { .. }
        | Problem::CertificateForOtherName { .. }
        | Problem::CertificateUntrusted { .. }
        | Problem::CertificateSelfSigned { .. }
        | Problem::CertificateChainIncomplete { .. }
        | Problem::CertificateInspected { .. }
        | Problem::CertificateWithoutNames { .. }
        | Problem::CertificateTooWeak { .. }
        | Problem::CertificateInvalid { .. }
        | Problem::PinnedCertificateChanged { .. }
        | Problem::HostNotServed { .. }
        | Problem::ClientCertificateWanted
        | Problem::TlsTooOld
        | Problem::TlsDowngraded { .. }
        | Problem::TlsNoSharedCipher
        | Problem::TlsFailed { .. }
        | Problem::NoGreeting
        | Problem::WrongProtocol { .. }
        | Problem::NotAMailServer { .. }
        | Problem::TurnedAway { .. }
        | Problem::EhloRefused { .. }
        | Problem::MethodNotOffered { .. }
        | Problem::SignInNotOffered
        | Problem::SignInRequired { .. }
        | Problem::SignInNeedsTls { .. }
        | Problem::TemporaryRefusal { .. }
        | Problem::TooManyConnections { .. }
        | Problem::RateLimited { .. }
        | Problem::FolderRefused { .. }
        | Problem::RecipientRefused { .. }
        | Problem::RelayDenied { .. }
        | Problem::InternationalAddressNotSupported { .. }
        | Problem::MessageRefused { .. }
        | Problem::BlockListed { .. }
        | Problem::SendingLimitReached { .. }
        | Problem::CommandRefused { .. }
        | Problem::ProtocolNonsense { .. }
        | Problem::TooMuchData { .. }
        | Problem::WrongAccount { .. }
        | Problem::NotSignedIn
        | Problem::SignInExpired
        | Problem::SignInRepeated
        | Problem::IdentityUnproven { .. }
        | Problem::ClockDiffers { .. }
        | Problem::ProviderUnreachable { .. } => None,
    }
}

/// Where an application password is made.
fn app_passwords(scene: &Scene) -> Option<String> {
    match scene.provider {
        Provider::Google => Some(GOOGLE_APP_PASSWORDS.to_owned()),
        // Exchange Online has none; besides the sign-in on its own page, the mailbox has to be open to IMAP and SMTP.
        Provider::Microsoft => mail_settings(scene),
        _ => account(scene),
    }
}

/// Where the account's password and security are.
fn account(scene: &Scene) -> Option<String> {
    let link = match scene.provider {
        Provider::Microsoft if scene.personal => "https://account.microsoft.com",
        Provider::Microsoft => "https://myaccount.microsoft.com",
        Provider::Google => "https://myaccount.google.com",
        Provider::Naver => "https://nid.naver.com",
        Provider::Kakao => "https://accounts.kakao.com",
        Provider::YahooJapan => "https://account.edit.yahoo.co.jp",
        Provider::Yahoo if scene.is_aol() => "https://login.aol.com/account/security",
        Provider::Yahoo => "https://login.yahoo.com/account/security",
        Provider::ICloud => "https://account.apple.com",
        Provider::Zoho => return Some(format!("https://accounts.{}", zoho_region(&scene.host))),
        Provider::Yandex => "https://id.yandex.com",
        Provider::MailRu => "https://account.mail.ru",
        Provider::NaverWorks
        | Provider::Fastmail
        | Provider::Tencent
        | Provider::NetEase
        | Provider::Gmx
        | Provider::WebDe
        | Provider::TOnline
        | Provider::Dooray
        | Provider::Hiworks
        | Provider::Nate
        | Provider::Other => return webmail(scene),
    };
    Some(link.to_owned())
}

/// Where IMAP and SMTP are switched on.
fn mail_settings(scene: &Scene) -> Option<String> {
    match scene.provider {
        Provider::Microsoft if !scene.personal => Some(MICROSOFT_ADMIN.to_owned()),
        Provider::Google if !scene.personal => Some(GOOGLE_ADMIN.to_owned()),
        _ => webmail(scene),
    }
}

/// Where the organisation's sign-in rules are.
fn policy(scene: &Scene) -> Option<String> {
    match scene.provider {
        // No rule can be bent to let a password in here; what helps is done in Postroom.
        Provider::Microsoft if scene.oauth.is_none() && (scene.personal || scene.protocol == Protocol::Imap) => None,
        Provider::Microsoft if !scene.personal => entra(scene),
        Provider::Google if !scene.personal => Some(GOOGLE_ADMIN.to_owned()),
        Provider::NaverWorks => Some("https://admin.worksmobile.com".to_owned()),
        _ => account(scene),
    }
}

/// Where accounts are unlocked.
fn directory(scene: &Scene) -> Option<String> {
    match scene.provider {
        Provider::Microsoft if !scene.personal => Some(MICROSOFT_ADMIN.to_owned()),
        Provider::Google if !scene.personal => Some(GOOGLE_ADMIN.to_owned()),
        Provider::NaverWorks => Some("https://admin.worksmobile.com".to_owned()),
        _ => account(scene),
    }
}

/// Where the mailbox is read in a browser.
fn webmail(scene: &Scene) -> Option<String> {
    let host = scene.host.to_ascii_lowercase();
    let link = match scene.provider {
        Provider::Microsoft if scene.personal => "https://outlook.live.com",
        Provider::Microsoft => "https://outlook.office.com",
        Provider::Google => "https://mail.google.com",
        Provider::Naver => "https://mail.naver.com",
        Provider::NaverWorks => "https://mail.worksmobile.com",
        Provider::Kakao if host.ends_with("kakao.com") => "https://mail.kakao.com",
        Provider::Kakao => "https://mail.daum.net",
        Provider::YahooJapan => "https://mail.yahoo.co.jp",
        Provider::Yahoo if scene.is_aol() => "https://mail.aol.com",
        Provider::Yahoo => "https://mail.yahoo.com",
        Provider::ICloud => "https://www.icloud.com/mail",
        Provider::Zoho => return Some(format!("https://mail.{}", zoho_region(&host))),
        Provider::Fastmail => "https://app.fastmail.com",
        Provider::Yandex => "https://mail.yandex.com",
        Provider::Tencent if host.ends_with("exmail.qq.com") => "https://exmail.qq.com",
        Provider::Tencent => "https://mail.qq.com",
        Provider::NetEase if host.ends_with("126.com") => "https://mail.126.com",
        Provider::NetEase if host.ends_with("yeah.net") => "https://mail.yeah.net",
        Provider::NetEase => "https://mail.163.com",
        Provider::Gmx if host.ends_with("gmx.com") => "https://www.gmx.com",
        Provider::Gmx => "https://www.gmx.net",
        Provider::WebDe => "https://web.de",
        Provider::MailRu => "https://e.mail.ru",
        Provider::TOnline => "https://email.t-online.de",
        Provider::Dooray => "https://dooray.com",
        Provider::Hiworks => "https://www.hiworks.com",
        Provider::Nate => "https://mail3.nate.com",
        Provider::Other => return None,
    };
    Some(link.to_owned())
}

/// Zoho's accounts live in one region each, under that region's domain.
fn zoho_region(host: &str) -> &'static str {
    ["zoho.eu", "zoho.in", "zoho.jp", "zoho.com.au"]
        .into_iter()
        .find(|region| host.ends_with(region))
        .unwrap_or("zoho.com")
}

/// Where the organisation's application is kept; the national clouds' pages have other addresses.
fn applications(scene: &Scene) -> Option<String> {
    match scene.provider {
        Provider::Google => Some(GOOGLE_CLIENTS.to_owned()),
        Provider::Microsoft if scene.entra == ENTRA => Some(ENTRA_APPLICATIONS.to_owned()),
        _ => entra(scene),
    }
}

/// Where the organisation's people and rules are kept.
fn entra(scene: &Scene) -> Option<String> {
    (scene.provider == Provider::Microsoft).then(|| format!("https://{}", scene.entra))
}

/// Where an organisation's administrators let an application in.
fn consent(scene: &Scene) -> Option<String> {
    match scene.provider {
        Provider::Google => Some(GOOGLE_ADMIN_API_CONTROLS.to_owned()),
        _ => None,
    }
}

fn directory_of_organisation(scene: &Scene) -> Option<String> {
    if scene.personal {
        return webmail(scene);
    }
    at_microsoft(scene, MICROSOFT_ADMIN).or_else(|| at_google(scene, GOOGLE_ADMIN))
}

/// Where the service says how it is.
fn status(scene: &Scene) -> Option<String> {
    match scene.provider {
        Provider::Microsoft => Some("https://status.cloud.microsoft".to_owned()),
        Provider::Google => Some("https://www.google.com/appsstatus/dashboard/".to_owned()),
        _ => None,
    }
}

fn at_google(scene: &Scene, link: &str) -> Option<String> {
    (scene.provider == Provider::Google).then(|| link.to_owned())
}

fn at_microsoft(scene: &Scene, link: &str) -> Option<String> {
    (scene.provider == Provider::Microsoft && !scene.personal).then(|| link.to_owned())
}

/// Microsoft's own page about an error number such as `AADSTS700082`, where the reply holds one.
fn entra_error(reply: &str) -> Option<String> {
    Some(format!("https://login.microsoftonline.com/error?code={}", reply::entra_number(reply)?))
}
