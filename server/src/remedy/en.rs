//! The remedies in English: calm, short, addressed to “you”.

mod access;
mod application;
mod mailbox;
mod oauth;
mod outgoing;
mod provider;
mod sign_in;
mod tls;
mod way;
mod welcome;

use super::{scene::Scene, words::Words};
use crate::model::Problem;

/// What is wrong, why, and what to do.
pub(super) fn words(problem: &Problem, scene: &Scene) -> Words {
    match problem {
        Problem::HostNotFound { .. } => way::host_not_found(scene),
        Problem::HostHasNoAddress { .. } => way::host_has_no_address(scene),
        Problem::HostNameInvalid { .. } => way::host_name_invalid(scene),
        Problem::DnsTimedOut { .. } => way::dns_timed_out(scene),
        Problem::DnsFailed { .. } => way::dns_failed(scene),
        Problem::DnsRefused { .. } => way::dns_refused(scene),
        Problem::AddressNotAllowed { address, .. } => way::address_not_allowed(scene, address),
        Problem::ConnectionRefused { port, .. } => way::connection_refused(scene, *port),
        Problem::ConnectTimedOut { port, .. } => way::connect_timed_out(scene, *port),
        Problem::PortBlocked { port, reference, .. } => way::port_blocked(scene, *port, reference.as_deref()),
        Problem::NotListening { port, reference, open, .. } => way::not_listening(scene, *port, reference, open),
        Problem::Unreachable { .. } => way::unreachable(scene),
        Problem::ConnectDenied { port, .. } => way::connect_denied(scene, *port),
        Problem::OutOfSockets { .. } => way::out_of_sockets(scene),
        Problem::ConnectionLost { .. } => way::connection_lost(scene),
        Problem::TimedOut { seconds } => way::timed_out(scene, *seconds),

        Problem::NotATlsPort { port } => tls::not_a_tls_port(scene, *port),
        Problem::TlsFromTheStart { port } => tls::tls_from_the_start(scene, *port),
        Problem::StartTlsNotOffered => tls::start_tls_not_offered(scene),
        Problem::StartTlsRefused { .. } => tls::start_tls_refused(scene),
        Problem::StartTlsInjected { reply: None } => tls::start_tls_injected(scene),
        Problem::StartTlsInjected { reply: Some(_) } => tls::signed_in_before_tls(scene),
        Problem::CertificateExpired { not_after } => tls::certificate_expired(scene, *not_after),
        Problem::CertificateNotYetValid { not_before } => tls::certificate_not_yet_valid(scene, *not_before),
        Problem::CertificateForOtherName { names, .. } => tls::certificate_for_other_name(scene, names),
        Problem::CertificateUntrusted { issuer } => tls::certificate_untrusted(scene, issuer),
        Problem::CertificateSelfSigned { .. } => tls::certificate_self_signed(scene),
        Problem::CertificateChainIncomplete { issuer } => tls::certificate_chain_incomplete(scene, issuer),
        Problem::CertificateInspected { issuer } => tls::certificate_inspected(scene, issuer),
        Problem::CertificateWithoutNames { common_name } => tls::certificate_without_names(scene, common_name),
        Problem::CertificateTooWeak { weakness } => tls::certificate_too_weak(scene, weakness),
        Problem::PinnedCertificateChanged { expected, found, vouched_for } => {
            tls::pinned_certificate_changed(scene, expected, found, *vouched_for)
        }
        Problem::CertificateInvalid { .. } => tls::certificate_invalid(scene),
        Problem::HostNotServed { .. } => tls::host_not_served(scene),
        Problem::ClientCertificateWanted => tls::client_certificate_wanted(scene),
        Problem::TlsTooOld => tls::tls_too_old(scene),
        Problem::TlsDowngraded { .. } => tls::tls_downgraded(scene),
        Problem::TlsNoSharedCipher => tls::tls_no_shared_cipher(scene),
        Problem::TlsFailed { .. } => tls::tls_failed(scene),

        Problem::NoGreeting => welcome::no_greeting(scene),
        Problem::WrongProtocol { found, .. } => welcome::wrong_protocol(scene, found),
        Problem::NotAMailServer { .. } => welcome::not_a_mail_server(scene),
        Problem::TurnedAway { .. } => welcome::turned_away(scene),
        Problem::EhloRefused { .. } => welcome::ehlo_refused(scene),

        Problem::BadCredentials { .. } => sign_in::bad_credentials(scene),
        Problem::AppPasswordNeeded { reply } => sign_in::app_password_needed(scene, reply),
        Problem::MethodNotOffered { wanted, offered } => sign_in::method_not_offered(scene, *wanted, offered),
        Problem::SignInNotOffered => sign_in::sign_in_not_offered(scene),
        Problem::SignInRequired { .. } => sign_in::sign_in_required(scene),
        Problem::SignInNeedsTls { .. } => sign_in::sign_in_needs_tls(scene),
        Problem::ImapDisabled { .. } => sign_in::imap_disabled(scene),
        Problem::SmtpAuthDisabled { .. } => sign_in::smtp_auth_disabled(scene),
        Problem::PasswordsRetired { .. } => sign_in::passwords_retired(scene),
        Problem::BlockedByPolicy { .. } => sign_in::blocked_by_policy(scene),
        Problem::BrowserSignInNeeded { .. } => sign_in::browser_sign_in_needed(scene),
        Problem::AccountDisabled { reply } => sign_in::account_disabled(scene, reply),
        Problem::PasswordExpired { .. } => sign_in::password_expired(scene),
        Problem::TokenRejected { .. } => access::token_rejected(scene),
        Problem::AuthenticatedButNotConnected { .. } => access::authenticated_but_not_connected(scene),
        Problem::NotAuthorized { .. } => access::not_authorized(scene),

        Problem::TemporaryRefusal { .. } => mailbox::temporary_refusal(scene),
        Problem::TooManyConnections { before_sign_in: true, .. } => mailbox::too_many_from_here(scene),
        Problem::TooManyConnections { before_sign_in: false, .. } => mailbox::too_many_connections(scene),
        Problem::RateLimited { reply } => mailbox::rate_limited(scene, reply),

        Problem::ConsentDeclined { .. } => oauth::consent_declined(scene),
        Problem::AdminConsentNeeded { .. } => oauth::admin_consent_needed(scene),
        Problem::MailScopeMissing { .. } => oauth::mail_scope_missing(scene),
        Problem::RefreshTokenMissing => oauth::refresh_token_missing(scene),
        Problem::WrongAccount { expected, got } => oauth::wrong_account(scene, expected, got),
        Problem::AccountNotInTenant { .. } => oauth::account_not_in_tenant(scene),
        Problem::AppNotAssigned { .. } => oauth::app_not_assigned(scene),
        Problem::AppBlocked { .. } => oauth::app_blocked(scene),
        Problem::NoMailLicence { .. } => oauth::no_mail_licence(scene),
        Problem::InteractionNeeded { .. } => oauth::interaction_needed(scene),
        Problem::GrantRevoked { .. } => oauth::grant_revoked(scene),
        Problem::NotSignedIn => oauth::not_signed_in(scene),
        Problem::SignInExpired => oauth::sign_in_expired(),
        Problem::SignInRepeated => oauth::sign_in_repeated(),
        Problem::IdentityUnproven { .. } => application::identity_unproven(scene),
        Problem::ClockDiffers { .. } => application::clock_differs(),
        Problem::TenantUnknown { .. } => application::tenant_unknown(scene),
        Problem::SingleTenantApp { reply } => application::single_tenant_app(scene, reply),
        Problem::ClientUnknown { .. } => application::client_unknown(scene),
        Problem::ClientSecretWrong { .. } => application::client_secret_wrong(scene),
        Problem::ClientSecretExpired { .. } => application::client_secret_expired(scene),
        Problem::ClientKindWrong { .. } => application::client_kind_wrong(scene),
        Problem::RedirectUriMismatch { redirect_uri, .. } => application::redirect_uri_mismatch(scene, redirect_uri),
        Problem::PublicUrlUnsuitable { redirect_uri, .. } => application::public_url_unsuitable(scene, redirect_uri),
        Problem::AppPermissionMissing { .. } => application::app_permission_missing(scene),
        Problem::ScopeRefused { .. } => application::scope_refused(scene),
        Problem::ProviderUnreachable { host, .. } => application::provider_unreachable(scene, host),
        Problem::ProviderUnavailable { host, .. } => application::provider_unavailable(scene, host),
        Problem::ProviderRefused { .. } => application::provider_refused(scene),

        Problem::FolderMissing { folder, .. } => mailbox::folder_missing(scene, folder),
        Problem::FolderRefused { folder, .. } => mailbox::folder_refused(scene, folder),
        Problem::FolderUidsDoNotLast { folder, .. } => mailbox::folder_uids_do_not_last(scene, folder),
        Problem::SenderRefused { sender, .. } => mailbox::sender_refused(scene, sender),
        Problem::RecipientRefused { recipient, .. } => mailbox::recipient_refused(scene, recipient),
        Problem::RelayDenied { recipient, .. } => outgoing::relay_denied(scene, recipient),
        Problem::InternationalAddressNotSupported { address } => mailbox::international_address(address),
        Problem::MessageRefused { .. } => outgoing::message_refused(scene),
        Problem::MessageTooLarge { .. } => outgoing::message_too_large(scene),
        Problem::RefusedByMailRule { .. } => outgoing::refused_by_mail_rule(scene),
        Problem::SenderNotAuthenticated { .. } => outgoing::sender_not_authenticated(scene),
        Problem::BlockListed { .. } => outgoing::block_listed(scene),
        Problem::SendingLimitReached { .. } => outgoing::sending_limit_reached(scene),
        Problem::SenderThrottled { .. } => outgoing::sender_throttled(scene),
        Problem::SenderBlocked { .. } => outgoing::sender_blocked(scene),
        Problem::MailboxFull { .. } => outgoing::mailbox_full(scene),
        Problem::CommandRefused { .. } => mailbox::command_refused(scene),
        Problem::ProtocolNonsense { .. } => mailbox::protocol_nonsense(scene),
        Problem::TooMuchData { limit_bytes } => mailbox::too_much_data(scene, *limit_bytes),
    }
}
