//! Where on the way to a working mailbox a problem happens: the chapters of the help.

use crate::model::Problem;

/// A part of the way, in the order one walks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// From the name to a connection.
    Way,
    /// Encryption and certificates.
    Tls,
    /// The server's first words.
    FirstWords,
    /// The mail server and the account.
    SignIn,
    /// Consent and permissions at Microsoft or Google.
    Provider,
    /// Folders, senders, messages.
    Mail,
}

impl Stage {
    /// In order.
    pub const ALL: [Self; 6] = [Self::Way, Self::Tls, Self::FirstWords, Self::SignIn, Self::Provider, Self::Mail];

    /// A stable name in snake case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Way => "way",
            Self::Tls => "tls",
            Self::FirstWords => "first_words",
            Self::SignIn => "sign_in",
            Self::Provider => "provider",
            Self::Mail => "mail",
        }
    }

    /// The part that a problem belongs to.
    #[must_use]
    pub const fn of(problem: &Problem) -> Self {
        match problem {
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
            | Problem::TimedOut { .. } => Self::Way,
            Problem::NotATlsPort { .. }
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
            | Problem::TlsFailed { .. } => Self::Tls,
            Problem::NoGreeting
            | Problem::WrongProtocol { .. }
            | Problem::NotAMailServer { .. }
            | Problem::TurnedAway { .. }
            | Problem::EhloRefused { .. }
            | Problem::CommandRefused { .. }
            | Problem::ProtocolNonsense { .. }
            | Problem::TooMuchData { .. } => Self::FirstWords,
            Problem::BadCredentials { .. }
            | Problem::AppPasswordNeeded { .. }
            | Problem::MethodNotOffered { .. }
            | Problem::SignInNotOffered
            | Problem::SignInRequired { .. }
            | Problem::SignInNeedsTls { .. }
            | Problem::ImapDisabled { .. }
            | Problem::SmtpAuthDisabled { .. }
            | Problem::PasswordsRetired { .. }
            | Problem::BlockedByPolicy { .. }
            | Problem::BrowserSignInNeeded { .. }
            | Problem::AccountDisabled { .. }
            | Problem::PasswordExpired { .. }
            | Problem::TokenRejected { .. }
            | Problem::AuthenticatedButNotConnected { .. }
            | Problem::NotAuthorized { .. }
            | Problem::TemporaryRefusal { .. }
            | Problem::TooManyConnections { .. }
            | Problem::RateLimited { .. } => Self::SignIn,
            Problem::ConsentDeclined { .. }
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
            | Problem::ProviderUnreachable { .. }
            | Problem::ProviderUnavailable { .. }
            | Problem::ProviderRefused { .. } => Self::Provider,
            Problem::FolderMissing { .. }
            | Problem::FolderRefused { .. }
            | Problem::FolderUidsDoNotLast { .. }
            | Problem::SenderRefused { .. }
            | Problem::RecipientRefused { .. }
            | Problem::RelayDenied { .. }
            | Problem::InternationalAddressNotSupported { .. }
            | Problem::MessageRefused { .. }
            | Problem::MessageTooLarge { .. }
            | Problem::RefusedByMailRule { .. }
            | Problem::SenderNotAuthenticated { .. }
            | Problem::BlockListed { .. }
            | Problem::SendingLimitReached { .. }
            | Problem::SenderThrottled { .. }
            | Problem::SenderBlocked { .. }
            | Problem::MailboxFull { .. } => Self::Mail,
        }
    }
}
