//! Who can repair a problem.

use super::scene::Scene;
use crate::model::{Problem, Provider, Who};

/// The one person to turn to first.
pub(super) fn who(problem: &Problem, scene: &Scene) -> Who {
    match problem {
        // What is left at Microsoft 365, sending with a password or forwarding, is an administrator's to switch on.
        Problem::AppPasswordNeeded { .. } | Problem::PasswordsRetired { .. }
            if scene.provider == Provider::Microsoft && !scene.personal =>
        {
            Who::MailAdmin
        }

        Problem::HostNotFound { .. }
        | Problem::HostHasNoAddress { .. }
        | Problem::HostNameInvalid { .. }
        | Problem::ConnectionRefused { .. }
        | Problem::NotATlsPort { .. }
        | Problem::TlsFromTheStart { .. }
        | Problem::StartTlsNotOffered
        | Problem::CertificateForOtherName { .. }
        | Problem::NoGreeting
        | Problem::WrongProtocol { .. }
        | Problem::NotAMailServer { .. }
        | Problem::BadCredentials { .. }
        | Problem::AppPasswordNeeded { .. }
        | Problem::MethodNotOffered { .. }
        | Problem::SignInNotOffered
        | Problem::SignInNeedsTls { .. }
        | Problem::PasswordsRetired { .. }
        | Problem::BrowserSignInNeeded { .. }
        | Problem::PasswordExpired { .. }
        | Problem::TokenRejected { .. }
        | Problem::TooManyConnections { .. }
        | Problem::RateLimited { .. }
        | Problem::FolderMissing { .. }
        | Problem::RecipientRefused { .. }
        | Problem::InternationalAddressNotSupported { .. } => Who::You,

        Problem::DnsTimedOut { .. }
        | Problem::AddressNotAllowed { .. }
        | Problem::ConnectDenied { .. }
        | Problem::CertificateNotYetValid { .. }
        | Problem::EhloRefused { .. }
        | Problem::CommandRefused { .. } => Who::Postroom,

        Problem::ConnectTimedOut { .. } | Problem::Unreachable { .. } | Problem::StartTlsInjected => Who::Network,

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
        | Problem::NotAuthorized { .. }
        | Problem::FolderRefused { .. }
        | Problem::BlockedByPolicy { .. } => {
            if scene.personal {
                Who::You
            } else {
                Who::MailAdmin
            }
        }
        _ => Who::You,
    }
}
