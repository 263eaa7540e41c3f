//! Who can repair a problem.

use super::scene::Scene;
use crate::model::{Problem, Provider, Who};

/// The one person to turn to first.
pub(super) fn who(problem: &Problem, scene: &Scene) -> Who {
    match problem {
        // A rule against passwords does not concern a sign-in on Microsoft's own page.
        Problem::BlockedByPolicy { .. } if scene.provider == Provider::Microsoft && scene.oauth.is_none() => Who::You,

        // The token is fresh: what is closed is the mailbox, to be opened where its settings are.
        Problem::TokenRejected { .. } if scene.oauth.is_some() => mail_admin(scene),

        // Test users are a matter of the application.
        Problem::AppNotAssigned { .. } if scene.provider == Provider::Google => Who::Postroom,
        Problem::AppBlocked { .. } if scene.provider == Provider::Google && scene.personal => Who::Postroom,

        Problem::HostNotFound { .. }
        | Problem::HostHasNoAddress { .. }
        | Problem::HostNameInvalid { .. }
        | Problem::ConnectionRefused { .. }
        | Problem::NotListening { .. }
        | Problem::NotATlsPort { .. }
        | Problem::TlsFromTheStart { .. }
        | Problem::StartTlsNotOffered
        | Problem::CertificateForOtherName { .. }
        | Problem::PinnedCertificateChanged { .. }
        | Problem::HostNotServed { .. }
        | Problem::NoGreeting
        | Problem::WrongProtocol { .. }
        | Problem::NotAMailServer { .. }
        | Problem::BadCredentials { .. }
        | Problem::AppPasswordNeeded { .. }
        | Problem::MethodNotOffered { .. }
        | Problem::SignInNotOffered
        | Problem::SignInRequired { .. }
        | Problem::SignInNeedsTls { .. }
        | Problem::PasswordsRetired { .. }
        | Problem::BrowserSignInNeeded { .. }
        | Problem::PasswordExpired { .. }
        | Problem::TokenRejected { .. }
        | Problem::TooManyConnections { .. }
        | Problem::RateLimited { .. }
        | Problem::FolderMissing { .. }
        | Problem::FolderUidsDoNotLast { .. }
        | Problem::RecipientRefused { .. }
        | Problem::RelayDenied { .. }
        | Problem::MessageTooLarge { .. }
        | Problem::SendingLimitReached { .. }
        | Problem::MailboxFull { .. }
        | Problem::InternationalAddressNotSupported { .. }
        | Problem::ConsentDeclined { .. }
        | Problem::MailScopeMissing { .. }
        | Problem::RefreshTokenMissing
        | Problem::WrongAccount { .. }
        | Problem::AccountNotInTenant { .. }
        | Problem::InteractionNeeded { .. }
        | Problem::GrantRevoked { .. }
        | Problem::NotSignedIn
        | Problem::SignInExpired
        | Problem::SignInRepeated
        | Problem::ProviderRefused { .. } => Who::You,

        Problem::DnsTimedOut { .. }
        | Problem::DnsRefused { .. }
        | Problem::AddressNotAllowed { .. }
        | Problem::ConnectDenied { .. }
        | Problem::OutOfSockets { .. }
        | Problem::CertificateNotYetValid { .. }
        | Problem::EhloRefused { .. }
        | Problem::MessageRefused { .. }
        | Problem::CommandRefused { .. }
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
        | Problem::ScopeRefused { .. } => Who::Postroom,

        Problem::ConnectTimedOut { .. }
        | Problem::PortBlocked { .. }
        | Problem::Unreachable { .. }
        | Problem::StartTlsInjected { .. }
        | Problem::TlsDowngraded { .. }
        | Problem::CertificateInspected { .. }
        | Problem::BlockListed { .. }
        | Problem::ProviderUnreachable { .. } => Who::Network,

        Problem::ProviderUnavailable { .. } => Who::Provider,

        // The big services keep their certificates and protocols in order: what looks broken there was
        // changed on the way.
        Problem::CertificateUntrusted { .. } | Problem::CertificateSelfSigned { .. } | Problem::TlsFailed { .. } => {
            if scene.provider == Provider::Other {
                Who::MailAdmin
            } else {
                Who::Network
            }
        }

        Problem::DnsFailed { .. }
        | Problem::ConnectionLost { .. }
        | Problem::TimedOut { .. }
        | Problem::StartTlsRefused { .. }
        | Problem::CertificateExpired { .. }
        | Problem::CertificateChainIncomplete { .. }
        | Problem::CertificateWithoutNames { .. }
        | Problem::CertificateTooWeak { .. }
        | Problem::CertificateInvalid { .. }
        | Problem::ClientCertificateWanted
        | Problem::TlsTooOld
        | Problem::TlsNoSharedCipher
        | Problem::TurnedAway { .. }
        | Problem::TemporaryRefusal { .. }
        | Problem::ProtocolNonsense { .. }
        | Problem::TooMuchData { .. } => {
            if scene.provider == Provider::Other {
                Who::MailAdmin
            } else {
                Who::Provider
            }
        }

        // Gmail lets people add addresses to their own account.
        Problem::SenderRefused { .. } if scene.provider == Provider::Google => Who::You,

        Problem::ImapDisabled { .. }
        | Problem::SmtpAuthDisabled { .. }
        | Problem::AccountDisabled { .. }
        | Problem::AuthenticatedButNotConnected { .. }
        | Problem::SenderRefused { .. }
        | Problem::RefusedByMailRule { .. }
        | Problem::SenderNotAuthenticated { .. }
        | Problem::SenderThrottled { .. }
        | Problem::SenderBlocked { .. }
        | Problem::NotAuthorized { .. }
        | Problem::FolderRefused { .. }
        | Problem::BlockedByPolicy { .. }
        | Problem::AdminConsentNeeded { .. }
        | Problem::AppNotAssigned { .. }
        | Problem::AppBlocked { .. }
        | Problem::NoMailLicence { .. } => mail_admin(scene),
    }
}

/// Private accounts have no administrator but their owner.
const fn mail_admin(scene: &Scene) -> Who {
    if scene.personal { Who::You } else { Who::MailAdmin }
}
