//! Every way the outside can be wrong: the mail server, the account, or the way there.

use serde::{Deserialize, Serialize};

use super::{AuthMethod, Fingerprint, Protocol, Timestamp};

/// Something is wrong with the mail server, the account or the way there: not with us, not with the form.
///
/// A variant holds what a person must see to believe it. `reply` is always the server's own words, made
/// printable, without our credentials. What to do about it is said by `remedy` on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    // ---- the way there -------------------------------------------------------------------------
    #[error("no server is known by the name {host}")]
    HostNotFound { host: String },
    #[error("{host} is known but has no address")]
    HostHasNoAddress { host: String },
    #[error("{host} is not a name a server can have")]
    HostNameInvalid { host: String },
    /// No name server could be asked: none answered in time, or none was reached.
    #[error("no name server could be asked for {host}")]
    DnsTimedOut { host: String },
    #[error("looking up {host} failed: {detail}")]
    DnsFailed { host: String, detail: String },
    /// The name server would not answer this machine (REFUSED): its rules are in the way, not the name.
    #[error("the name server refused to look up {host}")]
    DnsRefused { host: String },
    /// The SSRF guard: the operator's settings do not let users reach this address.
    #[error("{host} leads to {address}, where this Postroom may not connect")]
    AddressNotAllowed { host: String, address: String },
    #[error("{host} refuses connections on port {port}")]
    ConnectionRefused { host: String, port: u16 },
    #[error("{host} does not answer on port {port}")]
    ConnectTimedOut { host: String, port: u16 },
    /// The port is closed to everybody here: a server that is known to answer on it does not answer either, or it
    /// is port 25, which most networks close, and the host answers on its other ports.
    #[error("no connection gets out on port {port}, not to {host} and not to {}", .reference.as_deref().unwrap_or("anybody"))]
    PortBlocked {
        host: String,
        port: u16,
        /// The other server that was tried on the same port.
        reference: Option<String>,
    },
    /// The port is open to others from here, but this host does not answer on it.
    #[error("{host} does not answer on port {port}, though {reference} does")]
    NotListening {
        host: String,
        port: u16,
        /// The other server, which answered on the same port.
        reference: String,
        /// The usual ports of the protocol on which the host did answer.
        open: Vec<u16>,
    },
    #[error("there is no way to {host} from here")]
    Unreachable { host: String, port: u16 },
    /// This machine itself forbids the connection (EACCES, EPERM).
    #[error("this machine would not connect to {host}: {detail}")]
    ConnectDenied { host: String, port: u16, detail: String },
    /// This machine has no socket left for another connection (EMFILE, ENFILE, ENOBUFS).
    #[error("this machine had no socket left to connect to {host}: {detail}")]
    OutOfSockets { host: String, port: u16, detail: String },
    #[error("the connection broke{}", .reply.as_ref().map(|reply| format!(" after: {reply}")).unwrap_or_default())]
    ConnectionLost { reply: Option<String> },
    /// A step's or the whole check's deadline passed.
    #[error("the server did not answer within {seconds} s")]
    TimedOut { seconds: u64 },

    // ---- TLS -----------------------------------------------------------------------------------
    /// We began TLS and the server speaks clear text on this port.
    #[error("port {port} does not begin with TLS")]
    NotATlsPort { port: u16 },
    /// We waited for a clear greeting and the server waits for TLS.
    #[error("port {port} begins with TLS")]
    TlsFromTheStart { port: u16 },
    #[error("the server does not offer STARTTLS")]
    StartTlsNotOffered,
    #[error("the server refused STARTTLS: {reply}")]
    StartTlsRefused { reply: String },
    /// Bytes came in clear behind the answer to STARTTLS (CVE-2011-0411), or the server greeted with PREAUTH, after
    /// which nothing can be encrypted any more; that greeting is the reply.
    #[error("somebody put words in front of the encrypted part of the connection")]
    StartTlsInjected { reply: Option<String> },
    #[error("the certificate has expired")]
    CertificateExpired { not_after: Timestamp },
    #[error("the certificate is not valid yet")]
    CertificateNotYetValid { not_before: Timestamp },
    #[error("the certificate is for {}, not for {host}", .names.join(", "))]
    CertificateForOtherName { host: String, names: Vec<String> },
    #[error("nobody this Postroom trusts vouches for the certificate, issued by {issuer}")]
    CertificateUntrusted { issuer: String },
    #[error("the server vouches for itself")]
    CertificateSelfSigned { subject: String },
    /// A public authority issued it, and the server leaves out the certificates in between.
    #[error("the server does not send the certificates between its own and {issuer}'s root")]
    CertificateChainIncomplete { issuer: String },
    /// A device that opens encrypted connections put its own certificate in the server's place.
    #[error("the certificate was made on the way, by {issuer}")]
    CertificateInspected { issuer: String },
    /// No Subject Alternative Name (RFC 9525 6.3): only a common name, which nobody looks at any more.
    #[error("the certificate names no host, only {common_name} as its subject")]
    CertificateWithoutNames { common_name: String },
    #[error("the certificate is too weak: {weakness}")]
    CertificateTooWeak { weakness: Weakness },
    /// One certificate is trusted for this server, and it shows another one.
    #[error("the server shows another certificate than the one that is trusted: {found}, not {expected}")]
    PinnedCertificateChanged {
        expected: Fingerprint,
        found: Fingerprint,
        /// The usual authorities vouch for the new one.
        vouched_for: bool,
    },
    /// Revoked, wrong purpose, malformed.
    #[error("the certificate cannot be used: {detail}")]
    CertificateInvalid { detail: String },
    /// The alert `unrecognized_name` (RFC 6066 3).
    #[error("the server does not answer to the name {host}")]
    HostNotServed { host: String },
    #[error("the server wants a certificate from us")]
    ClientCertificateWanted,
    /// Nothing newer than TLS 1.1.
    #[error("the server's TLS is too old")]
    TlsTooOld,
    /// The server hears an old version, which Postroom does not speak: something on the way encrypts anew.
    #[error("the server hears an encryption that is too old: {reply}")]
    TlsDowngraded { reply: String },
    #[error("the server and Postroom share no cipher")]
    TlsNoSharedCipher,
    #[error("TLS failed: {detail}")]
    TlsFailed { detail: String },

    // ---- the first words -----------------------------------------------------------------------
    #[error("the server took the connection and said nothing")]
    NoGreeting,
    #[error("this is a {found} server, not {} ", .wanted.name())]
    WrongProtocol { wanted: Protocol, found: String, reply: String },
    #[error("this is not a mail server: {reply}")]
    NotAMailServer { reply: String },
    #[error("the server turned us away: {reply}")]
    TurnedAway { reply: String },
    #[error("the server does not like the name Postroom gives itself: {reply}")]
    EhloRefused { reply: String },

    // ---- signing in ----------------------------------------------------------------------------
    #[error("the server refused the user name or password: {reply}")]
    BadCredentials { reply: String },
    #[error("this account needs an application password: {reply}")]
    AppPasswordNeeded { reply: String },
    #[error("the server does not offer {} (it offers {})", .wanted.mechanism(), .offered.join(", "))]
    MethodNotOffered { wanted: AuthMethod, offered: Vec<String> },
    /// SMTP without AUTH at all: not a submission port, or only for known addresses.
    #[error("the server offers no way to sign in on this port")]
    SignInNotOffered,
    /// A sender was offered to a server that takes mail only from those who signed in.
    #[error("the server takes mail only after a sign-in: {reply}")]
    SignInRequired { reply: String },
    #[error("the server lets nobody sign in without TLS")]
    SignInNeedsTls { reply: Option<String> },
    #[error("IMAP is switched off for this account: {reply}")]
    ImapDisabled { reply: String },
    #[error("sending with SMTP AUTH is switched off: {reply}")]
    SmtpAuthDisabled { reply: String },
    /// Password sign-in has been retired for good (Exchange Online 5.7.30, "basic authentication is disabled").
    #[error("this provider no longer takes passwords: {reply}")]
    PasswordsRetired { reply: String },
    /// Conditional access, security defaults, "web login required".
    #[error("a rule of the organisation stopped the sign-in: {reply}")]
    BlockedByPolicy { reply: String },
    #[error("the provider wants a sign-in in a browser first: {reply}")]
    BrowserSignInNeeded { reply: String },
    #[error("the account is locked or switched off: {reply}")]
    AccountDisabled { reply: String },
    #[error("the password has expired: {reply}")]
    PasswordExpired { reply: String },
    #[error("the access token was refused: {reply}")]
    TokenRejected { reply: String },
    /// Exchange: the token is good, the mailbox behind it cannot be reached.
    #[error("signed in, but not connected to a mailbox: {reply}")]
    AuthenticatedButNotConnected { reply: String },
    #[error("signed in, but without a right to this mailbox: {reply}")]
    NotAuthorized { reply: String },
    #[error("the server cannot just now: {reply}")]
    TemporaryRefusal { reply: String },
    #[error("too many connections: {reply}")]
    TooManyConnections {
        reply: String,
        /// Nobody had signed in yet: it is the connections from our IP address that are counted.
        #[serde(default)]
        before_sign_in: bool,
    },
    #[error("too many attempts in a short time: {reply}")]
    RateLimited { reply: String },

    // ---- signing in at Microsoft or Google -----------------------------------------------------
    // `reply` is the provider's `error` and `error_description` (RFC 6749 4.1.2.1, 5.2), made printable.
    /// `access_denied`: somebody pressed Cancel.
    #[error("the sign-in was declined: {reply}")]
    ConsentDeclined { reply: String },
    /// An administrator of the organisation must allow the application first.
    #[error("an administrator must consent first: {reply}")]
    AdminConsentNeeded { reply: String },
    /// The box for mail was left unticked, or the provider gave less than was asked for.
    #[error("the sign-in did not include mail (it included {})", .granted.join(" "))]
    MailScopeMissing { granted: Vec<String> },
    #[error("the provider gave nothing to stay signed in with")]
    RefreshTokenMissing,
    #[error("expected {expected}, got {got}")]
    WrongAccount { expected: String, got: String },
    #[error("this account does not belong to the tenant: {reply}")]
    AccountNotInTenant { reply: String },
    /// Only certain people may use the application, and this one may not.
    #[error("this person may not use the application: {reply}")]
    AppNotAssigned { reply: String },
    /// The organisation's policy keeps this application out.
    #[error("the organisation does not let this application in: {reply}")]
    AppBlocked { reply: String },
    #[error("there is no mail service in this organisation: {reply}")]
    NoMailLicence { reply: String },
    /// Multi-factor authentication, or another thing only a browser can do.
    #[error("the provider wants somebody to sign in again: {reply}")]
    InteractionNeeded { reply: String },
    /// `invalid_grant`: revoked, expired, or the password was changed.
    #[error("the permission no longer holds: {reply}")]
    GrantRevoked { reply: String },
    /// Nobody has signed in for this mailbox yet.
    #[error("nobody has signed in yet")]
    NotSignedIn,
    /// The attempt is older than ten minutes, of another browser, or unknown.
    #[error("this sign-in is no longer open")]
    SignInExpired,
    /// The same answer of the provider came twice.
    #[error("this sign-in was used already")]
    SignInRepeated,
    /// The id token does not prove who signed in (OpenID Connect Core 3.1.3.7).
    #[error("the provider's statement cannot be believed: {detail}")]
    IdentityUnproven { detail: String },
    #[error("this machine's clock and the provider's differ: {detail}")]
    ClockDiffers { detail: String },
    #[error("there is no such tenant: {reply}")]
    TenantUnknown { reply: String },
    /// The application is for one tenant and was used for all.
    #[error("the application is for one tenant only: {reply}")]
    SingleTenantApp { reply: String },
    #[error("the provider does not know the client ID: {reply}")]
    ClientUnknown { reply: String },
    #[error("the client secret is wrong: {reply}")]
    ClientSecretWrong { reply: String },
    #[error("the client secret has expired: {reply}")]
    ClientSecretExpired { reply: String },
    /// Registered for a browser or a device, not for a web server.
    #[error("the application is of the wrong kind: {reply}")]
    ClientKindWrong { reply: String },
    #[error("the redirect URI {redirect_uri} is not registered: {reply}")]
    RedirectUriMismatch { redirect_uri: String, reply: String },
    /// The provider takes no redirect URI like this one.
    #[error("the provider cannot send anybody back to {redirect_uri}: {reply}")]
    PublicUrlUnsuitable { redirect_uri: String, reply: String },
    /// The registration lacks the right to mail.
    #[error("the application may not ask for mail: {reply}")]
    AppPermissionMissing { reply: String },
    #[error("the provider does not know what was asked for: {reply}")]
    ScopeRefused { reply: String },
    #[error("{host} cannot be reached: {detail}")]
    ProviderUnreachable { host: String, detail: String },
    /// 5xx, 429, `temporarily_unavailable`, or an answer that is none.
    #[error("{host} cannot just now: {reply}")]
    ProviderUnavailable { host: String, reply: String },
    #[error("the provider refused: {reply}")]
    ProviderRefused { reply: String },

    // ---- after signing in ----------------------------------------------------------------------
    #[error("there is no folder {folder}: {reply}")]
    FolderMissing { folder: String, reply: String },
    #[error("the folder {folder} may not be read: {reply}")]
    FolderRefused { folder: String, reply: String },
    /// No UIDVALIDITY, or UIDNOTSTICKY (RFC 9051 2.3.1.1, RFC 4315 2): a message cannot be known again tomorrow.
    #[error("the folder {folder} has no UIDs that last")]
    FolderUidsDoNotLast { folder: String, reply: Option<String> },
    #[error("the server will not send as {sender}: {reply}")]
    SenderRefused { sender: String, reply: String },
    #[error("the server will not deliver to {recipient}: {reply}")]
    RecipientRefused { recipient: String, reply: String },
    /// The server takes mail for its own people only, or only from those who signed in.
    #[error("the server will not pass mail on to {recipient}: {reply}")]
    RelayDenied { recipient: String, reply: String },
    /// An address with characters beyond ASCII, and a server without SMTPUTF8 (RFC 6531).
    #[error("the server cannot carry the address {address}")]
    InternationalAddressNotSupported { address: String },
    /// The message itself is unwelcome, whoever sends it to whom: its size, its content, a rule it breaks.
    #[error("the server will not take the message: {reply}")]
    MessageRefused { reply: String },
    #[error("the message is too large: {reply}")]
    MessageTooLarge { reply: String },
    /// A rule that the organisation itself made for its mail (Google signs such refusals with `gcdp`).
    #[error("a mail rule of the organisation refused the message: {reply}")]
    RefusedByMailRule { reply: String },
    /// SPF, DKIM or DMARC do not vouch for the sender's domain.
    #[error("nothing proves that the message comes from the sender's domain: {reply}")]
    SenderNotAuthenticated { reply: String },
    /// A list of unwelcome addresses has ours.
    #[error("this machine's address is on a block list: {reply}")]
    BlockListed { reply: String },
    #[error("as many messages as the provider allows have been sent: {reply}")]
    SendingLimitReached { reply: String },
    /// Exchange Online stops a sender that goes on making the same mistake.
    #[error("the provider holds the sender back after repeated errors: {reply}")]
    SenderThrottled { reply: String },
    /// Sending was taken away for suspicion of spam.
    #[error("the provider does not let the sender send any more: {reply}")]
    SenderBlocked { reply: String },
    #[error("there is no room left: {reply}")]
    MailboxFull { reply: String },
    #[error("the server refused a command: {reply}")]
    CommandRefused { reply: String },

    // ---- nonsense ------------------------------------------------------------------------------
    #[error("the server said something that is not {}: {line}", .protocol.name())]
    ProtocolNonsense { protocol: Protocol, line: String },
    #[error("the server sent more than {limit_bytes} bytes where a line was due")]
    TooMuchData { limit_bytes: usize },
}

/// Why a certificate is below today's measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Weakness {
    /// Signed with a broken hash such as SHA-1.
    #[error("signed with {algorithm}")]
    Signature { algorithm: String },
    /// An RSA key below 2048 bits, of the server or of whoever signed.
    #[error("an RSA key of {bits} bits")]
    Key { bits: usize },
    /// X.509 before version 3, which cannot name its host.
    #[error("X.509 version {version}")]
    Version { version: u32 },
}

/// The form field a problem points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Name,
    Address,
    Group,
    Company,
    /// The name of a workspace, on forms that also ask for a person's.
    Workspace,
    ServerType,
    Host,
    Port,
    Security,
    AuthMethod,
    Username,
    Password,
    Folder,
    /// Whom to trust: a certificate's fingerprint, or the PEM text of an authority.
    Pin,
    Authority,
    Code,
    PasswordAgain,
    /// The password that somebody has until now.
    CurrentPassword,
    /// The application at Microsoft or Google.
    ClientId,
    ClientSecret,
    Tenant,
    SecretExpiry,
    /// An identity provider, where people sign in to Postroom.
    Issuer,
    Scopes,
    Domains,
    DefaultRole,
    RoleClaim,
    RoleRules,
    /// Of a company.
    Domain,
    /// Nothing on the form would change it.
    None,
}

impl Problem {
    /// A stable name in snake case: the `kind` of the JSON form and of `/help/problems/{kind}`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::HostNotFound { .. } => "host_not_found",
            Self::HostHasNoAddress { .. } => "host_has_no_address",
            Self::HostNameInvalid { .. } => "host_name_invalid",
            Self::DnsTimedOut { .. } => "dns_timed_out",
            Self::DnsFailed { .. } => "dns_failed",
            Self::DnsRefused { .. } => "dns_refused",
            Self::AddressNotAllowed { .. } => "address_not_allowed",
            Self::ConnectionRefused { .. } => "connection_refused",
            Self::ConnectTimedOut { .. } => "connect_timed_out",
            Self::PortBlocked { .. } => "port_blocked",
            Self::NotListening { .. } => "not_listening",
            Self::Unreachable { .. } => "unreachable",
            Self::ConnectDenied { .. } => "connect_denied",
            Self::OutOfSockets { .. } => "out_of_sockets",
            Self::ConnectionLost { .. } => "connection_lost",
            Self::TimedOut { .. } => "timed_out",
            Self::NotATlsPort { .. } => "not_a_tls_port",
            Self::TlsFromTheStart { .. } => "tls_from_the_start",
            Self::StartTlsNotOffered => "start_tls_not_offered",
            Self::StartTlsRefused { .. } => "start_tls_refused",
            Self::StartTlsInjected { .. } => "start_tls_injected",
            Self::CertificateExpired { .. } => "certificate_expired",
            Self::CertificateNotYetValid { .. } => "certificate_not_yet_valid",
            Self::CertificateForOtherName { .. } => "certificate_for_other_name",
            Self::CertificateUntrusted { .. } => "certificate_untrusted",
            Self::CertificateSelfSigned { .. } => "certificate_self_signed",
            Self::CertificateChainIncomplete { .. } => "certificate_chain_incomplete",
            Self::CertificateInspected { .. } => "certificate_inspected",
            Self::CertificateWithoutNames { .. } => "certificate_without_names",
            Self::CertificateTooWeak { .. } => "certificate_too_weak",
            Self::PinnedCertificateChanged { .. } => "pinned_certificate_changed",
            Self::CertificateInvalid { .. } => "certificate_invalid",
            Self::HostNotServed { .. } => "host_not_served",
            Self::ClientCertificateWanted => "client_certificate_wanted",
            Self::TlsTooOld => "tls_too_old",
            Self::TlsDowngraded { .. } => "tls_downgraded",
            Self::TlsNoSharedCipher => "tls_no_shared_cipher",
            Self::TlsFailed { .. } => "tls_failed",
            Self::NoGreeting => "no_greeting",
            Self::WrongProtocol { .. } => "wrong_protocol",
            Self::NotAMailServer { .. } => "not_a_mail_server",
            Self::TurnedAway { .. } => "turned_away",
            Self::EhloRefused { .. } => "ehlo_refused",
            Self::BadCredentials { .. } => "bad_credentials",
            Self::AppPasswordNeeded { .. } => "app_password_needed",
            Self::MethodNotOffered { .. } => "method_not_offered",
            Self::SignInNotOffered => "sign_in_not_offered",
            Self::SignInRequired { .. } => "sign_in_required",
            Self::SignInNeedsTls { .. } => "sign_in_needs_tls",
            Self::ImapDisabled { .. } => "imap_disabled",
            Self::SmtpAuthDisabled { .. } => "smtp_auth_disabled",
            Self::PasswordsRetired { .. } => "passwords_retired",
            Self::BlockedByPolicy { .. } => "blocked_by_policy",
            Self::BrowserSignInNeeded { .. } => "browser_sign_in_needed",
            Self::AccountDisabled { .. } => "account_disabled",
            Self::PasswordExpired { .. } => "password_expired",
            Self::TokenRejected { .. } => "token_rejected",
            Self::AuthenticatedButNotConnected { .. } => "authenticated_but_not_connected",
            Self::NotAuthorized { .. } => "not_authorized",
            Self::TemporaryRefusal { .. } => "temporary_refusal",
            Self::TooManyConnections { .. } => "too_many_connections",
            Self::RateLimited { .. } => "rate_limited",
            Self::ConsentDeclined { .. } => "consent_declined",
            Self::AdminConsentNeeded { .. } => "admin_consent_needed",
            Self::MailScopeMissing { .. } => "mail_scope_missing",
            Self::RefreshTokenMissing => "refresh_token_missing",
            Self::WrongAccount { .. } => "wrong_account",
            Self::AccountNotInTenant { .. } => "account_not_in_tenant",
            Self::AppNotAssigned { .. } => "app_not_assigned",
            Self::AppBlocked { .. } => "app_blocked",
            Self::NoMailLicence { .. } => "no_mail_licence",
            Self::InteractionNeeded { .. } => "interaction_needed",
            Self::GrantRevoked { .. } => "grant_revoked",
            Self::NotSignedIn => "not_signed_in",
            Self::SignInExpired => "sign_in_expired",
            Self::SignInRepeated => "sign_in_repeated",
            Self::IdentityUnproven { .. } => "identity_unproven",
            Self::ClockDiffers { .. } => "clock_differs",
            Self::TenantUnknown { .. } => "tenant_unknown",
            Self::SingleTenantApp { .. } => "single_tenant_app",
            Self::ClientUnknown { .. } => "client_unknown",
            Self::ClientSecretWrong { .. } => "client_secret_wrong",
            Self::ClientSecretExpired { .. } => "client_secret_expired",
            Self::ClientKindWrong { .. } => "client_kind_wrong",
            Self::RedirectUriMismatch { .. } => "redirect_uri_mismatch",
            Self::PublicUrlUnsuitable { .. } => "public_url_unsuitable",
            Self::AppPermissionMissing { .. } => "app_permission_missing",
            Self::ScopeRefused { .. } => "scope_refused",
            Self::ProviderUnreachable { .. } => "provider_unreachable",
            Self::ProviderUnavailable { .. } => "provider_unavailable",
            Self::ProviderRefused { .. } => "provider_refused",
            Self::FolderMissing { .. } => "folder_missing",
            Self::FolderRefused { .. } => "folder_refused",
            Self::FolderUidsDoNotLast { .. } => "folder_uids_do_not_last",
            Self::SenderRefused { .. } => "sender_refused",
            Self::RecipientRefused { .. } => "recipient_refused",
            Self::RelayDenied { .. } => "relay_denied",
            Self::InternationalAddressNotSupported { .. } => "international_address_not_supported",
            Self::MessageRefused { .. } => "message_refused",
            Self::MessageTooLarge { .. } => "message_too_large",
            Self::RefusedByMailRule { .. } => "refused_by_mail_rule",
            Self::SenderNotAuthenticated { .. } => "sender_not_authenticated",
            Self::BlockListed { .. } => "block_listed",
            Self::SendingLimitReached { .. } => "sending_limit_reached",
            Self::SenderThrottled { .. } => "sender_throttled",
            Self::SenderBlocked { .. } => "sender_blocked",
            Self::MailboxFull { .. } => "mailbox_full",
            Self::CommandRefused { .. } => "command_refused",
            Self::ProtocolNonsense { .. } => "protocol_nonsense",
            Self::TooMuchData { .. } => "too_much_data",
        }
    }

    /// The form field to mark.
    #[must_use]
    pub const fn field(&self) -> Field {
        match self {
            Self::HostNotFound { .. }
            | Self::HostHasNoAddress { .. }
            | Self::HostNameInvalid { .. }
            | Self::AddressNotAllowed { .. }
            | Self::Unreachable { .. }
            | Self::CertificateForOtherName { .. }
            | Self::HostNotServed { .. }
            | Self::NotAMailServer { .. }
            | Self::RelayDenied { .. }
            | Self::WrongProtocol { .. } => Field::Host,
            Self::ConnectionRefused { .. }
            | Self::ConnectTimedOut { .. }
            | Self::PortBlocked { .. }
            | Self::NotListening { .. }
            | Self::SignInNotOffered
            | Self::NoGreeting => Field::Port,
            Self::NotATlsPort { .. }
            | Self::TlsFromTheStart { .. }
            | Self::StartTlsNotOffered
            | Self::StartTlsRefused { .. }
            | Self::SignInNeedsTls { .. } => Field::Security,
            Self::MethodNotOffered { .. } | Self::SignInRequired { .. } => Field::AuthMethod,
            Self::BadCredentials { .. }
            | Self::AppPasswordNeeded { .. }
            | Self::PasswordExpired { .. }
            | Self::TokenRejected { .. } => Field::Password,
            Self::AuthenticatedButNotConnected { .. } | Self::NotAuthorized { .. } => Field::Username,
            Self::SenderRefused { .. }
            | Self::RecipientRefused { .. }
            | Self::InternationalAddressNotSupported { .. } => Field::Address,
            Self::FolderMissing { .. } | Self::FolderRefused { .. } | Self::FolderUidsDoNotLast { .. } => Field::Folder,
            Self::PinnedCertificateChanged { .. } => Field::Pin,
            Self::DnsTimedOut { .. }
            | Self::DnsFailed { .. }
            | Self::DnsRefused { .. }
            | Self::ConnectDenied { .. }
            | Self::OutOfSockets { .. }
            | Self::ConnectionLost { .. }
            | Self::TimedOut { .. }
            | Self::StartTlsInjected { .. }
            | Self::CertificateExpired { .. }
            | Self::CertificateNotYetValid { .. }
            | Self::CertificateUntrusted { .. }
            | Self::CertificateSelfSigned { .. }
            | Self::CertificateChainIncomplete { .. }
            | Self::CertificateInspected { .. }
            | Self::CertificateWithoutNames { .. }
            | Self::CertificateTooWeak { .. }
            | Self::CertificateInvalid { .. }
            | Self::ClientCertificateWanted
            | Self::TlsTooOld
            | Self::TlsDowngraded { .. }
            | Self::TlsNoSharedCipher
            | Self::TlsFailed { .. }
            | Self::TurnedAway { .. }
            | Self::EhloRefused { .. }
            | Self::ImapDisabled { .. }
            | Self::SmtpAuthDisabled { .. }
            | Self::PasswordsRetired { .. }
            | Self::BlockedByPolicy { .. }
            | Self::BrowserSignInNeeded { .. }
            | Self::AccountDisabled { .. }
            | Self::TemporaryRefusal { .. }
            | Self::TooManyConnections { .. }
            | Self::RateLimited { .. }
            | Self::ConsentDeclined { .. }
            | Self::AdminConsentNeeded { .. }
            | Self::MailScopeMissing { .. }
            | Self::RefreshTokenMissing
            | Self::WrongAccount { .. }
            | Self::AccountNotInTenant { .. }
            | Self::AppNotAssigned { .. }
            | Self::AppBlocked { .. }
            | Self::NoMailLicence { .. }
            | Self::InteractionNeeded { .. }
            | Self::GrantRevoked { .. }
            | Self::NotSignedIn
            | Self::SignInExpired
            | Self::SignInRepeated
            | Self::IdentityUnproven { .. }
            | Self::ClockDiffers { .. }
            | Self::TenantUnknown { .. }
            | Self::SingleTenantApp { .. }
            | Self::ClientUnknown { .. }
            | Self::ClientSecretWrong { .. }
            | Self::ClientSecretExpired { .. }
            | Self::ClientKindWrong { .. }
            | Self::RedirectUriMismatch { .. }
            | Self::PublicUrlUnsuitable { .. }
            | Self::AppPermissionMissing { .. }
            | Self::ScopeRefused { .. }
            | Self::ProviderUnreachable { .. }
            | Self::ProviderUnavailable { .. }
            | Self::ProviderRefused { .. }
            | Self::MessageRefused { .. }
            | Self::MessageTooLarge { .. }
            | Self::RefusedByMailRule { .. }
            | Self::SenderNotAuthenticated { .. }
            | Self::BlockListed { .. }
            | Self::SendingLimitReached { .. }
            | Self::SenderThrottled { .. }
            | Self::SenderBlocked { .. }
            | Self::MailboxFull { .. }
            | Self::CommandRefused { .. }
            | Self::ProtocolNonsense { .. }
            | Self::TooMuchData { .. } => Field::None,
        }
    }

    /// The server's own words, where it said any.
    #[must_use]
    pub fn reply(&self) -> Option<&str> {
        match self {
            Self::ConnectionLost { reply }
            | Self::StartTlsInjected { reply }
            | Self::SignInNeedsTls { reply }
            | Self::FolderUidsDoNotLast { reply, .. } => reply.as_deref(),
            Self::StartTlsRefused { reply }
            | Self::TlsDowngraded { reply }
            | Self::WrongProtocol { reply, .. }
            | Self::NotAMailServer { reply }
            | Self::TurnedAway { reply }
            | Self::EhloRefused { reply }
            | Self::BadCredentials { reply }
            | Self::AppPasswordNeeded { reply }
            | Self::SignInRequired { reply }
            | Self::ImapDisabled { reply }
            | Self::SmtpAuthDisabled { reply }
            | Self::PasswordsRetired { reply }
            | Self::BlockedByPolicy { reply }
            | Self::BrowserSignInNeeded { reply }
            | Self::AccountDisabled { reply }
            | Self::PasswordExpired { reply }
            | Self::TokenRejected { reply }
            | Self::AuthenticatedButNotConnected { reply }
            | Self::NotAuthorized { reply }
            | Self::TemporaryRefusal { reply }
            | Self::TooManyConnections { reply, .. }
            | Self::RateLimited { reply }
            | Self::ConsentDeclined { reply }
            | Self::AdminConsentNeeded { reply }
            | Self::AccountNotInTenant { reply }
            | Self::AppNotAssigned { reply }
            | Self::AppBlocked { reply }
            | Self::NoMailLicence { reply }
            | Self::InteractionNeeded { reply }
            | Self::GrantRevoked { reply }
            | Self::TenantUnknown { reply }
            | Self::SingleTenantApp { reply }
            | Self::ClientUnknown { reply }
            | Self::ClientSecretWrong { reply }
            | Self::ClientSecretExpired { reply }
            | Self::ClientKindWrong { reply }
            | Self::RedirectUriMismatch { reply, .. }
            | Self::PublicUrlUnsuitable { reply, .. }
            | Self::AppPermissionMissing { reply }
            | Self::ScopeRefused { reply }
            | Self::ProviderUnavailable { reply, .. }
            | Self::ProviderRefused { reply }
            | Self::FolderMissing { reply, .. }
            | Self::FolderRefused { reply, .. }
            | Self::SenderRefused { reply, .. }
            | Self::RecipientRefused { reply, .. }
            | Self::RelayDenied { reply, .. }
            | Self::MessageRefused { reply }
            | Self::MessageTooLarge { reply }
            | Self::RefusedByMailRule { reply }
            | Self::SenderNotAuthenticated { reply }
            | Self::BlockListed { reply }
            | Self::SendingLimitReached { reply }
            | Self::SenderThrottled { reply }
            | Self::SenderBlocked { reply }
            | Self::MailboxFull { reply }
            | Self::CommandRefused { reply } => Some(reply),
            Self::ProtocolNonsense { line, .. } => Some(line),
            _ => None,
        }
    }

    /// True where the organisation's application at the provider is at fault, and with it every mailbox that
    /// rests on it: told once, and repaired once.
    #[must_use]
    pub const fn is_about_application(&self) -> bool {
        matches!(
            self,
            Self::TenantUnknown { .. }
                | Self::SingleTenantApp { .. }
                | Self::ClientUnknown { .. }
                | Self::ClientSecretWrong { .. }
                | Self::ClientSecretExpired { .. }
                | Self::ClientKindWrong { .. }
                | Self::RedirectUriMismatch { .. }
                | Self::PublicUrlUnsuitable { .. }
                | Self::AppPermissionMissing { .. }
                | Self::ScopeRefused { .. }
        )
    }

    /// True where the server was reached and its certificate is what is not believed.
    #[must_use]
    pub const fn is_about_certificate(&self) -> bool {
        matches!(
            self,
            Self::CertificateExpired { .. }
                | Self::CertificateNotYetValid { .. }
                | Self::CertificateForOtherName { .. }
                | Self::CertificateUntrusted { .. }
                | Self::CertificateSelfSigned { .. }
                | Self::CertificateChainIncomplete { .. }
                | Self::CertificateInspected { .. }
                | Self::CertificateWithoutNames { .. }
                | Self::CertificateTooWeak { .. }
                | Self::CertificateInvalid { .. }
                | Self::PinnedCertificateChanged { .. }
        )
    }

    /// True where signing in again is what helps.
    #[must_use]
    pub const fn needs_sign_in(&self) -> bool {
        matches!(
            self,
            Self::GrantRevoked { .. }
                | Self::InteractionNeeded { .. }
                | Self::MailScopeMissing { .. }
                | Self::RefreshTokenMissing
                | Self::NotSignedIn
                | Self::TokenRejected { .. }
        )
    }

    /// True when trying again later cannot help: somebody has to act first.
    ///
    /// Network faults and temporary refusals are never a reason to ask a person to sign in again.
    #[must_use]
    pub const fn needs_person(&self) -> bool {
        !matches!(
            self,
            Self::DnsTimedOut { .. }
                | Self::DnsFailed { .. }
                | Self::DnsRefused { .. }
                | Self::ConnectionRefused { .. }
                | Self::ConnectTimedOut { .. }
                | Self::PortBlocked { .. }
                | Self::NotListening { .. }
                | Self::Unreachable { .. }
                | Self::ConnectDenied { .. }
                | Self::OutOfSockets { .. }
                | Self::ConnectionLost { .. }
                | Self::TimedOut { .. }
                | Self::TlsFailed { .. }
                | Self::NoGreeting
                | Self::TurnedAway { .. }
                | Self::TemporaryRefusal { .. }
                | Self::TooManyConnections { .. }
                | Self::RateLimited { .. }
                | Self::SendingLimitReached { .. }
                | Self::ProviderUnreachable { .. }
                | Self::ProviderUnavailable { .. }
        )
    }
}
