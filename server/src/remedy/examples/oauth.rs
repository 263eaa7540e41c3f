//! One telling example of every problem with a sign-in at Microsoft or Google.

use super::situation;
use crate::{
    model::{OAuthProvider, Problem, Protocol},
    remedy::{OAuthSituation, Situation},
};

/// Every kind once, in the order a sign-in would meet them.
pub(super) fn examples() -> Vec<(Problem, Situation)> {
    let says = ToOwned::to_owned;
    let person = || "kim@example.com".to_owned();
    let redirect_uri = || "https://desk.example.com/oauth/callback".to_owned();
    vec![
        (
            Problem::ConsentDeclined {
                reply: says("access_denied: AADSTS65004: User declined to consent to access the app."),
            },
            microsoft(""),
        ),
        (
            Problem::AdminConsentNeeded {
                reply: says("consent_required: AADSTS90094: The grant requires admin permission."),
            },
            microsoft(""),
        ),
        (Problem::MailScopeMissing { granted: vec![says("openid"), says("email"), says("profile")] }, google("")),
        (Problem::RefreshTokenMissing, google("")),
        (Problem::WrongAccount { expected: "support@example.com".to_owned(), got: person() }, microsoft("")),
        (
            Problem::AccountNotInTenant {
                reply: says("invalid_request: AADSTS50020: User account does not exist in tenant 'Example'."),
            },
            microsoft(""),
        ),
        (
            Problem::AppNotAssigned {
                reply: says("access_denied: AADSTS50105: The signed in user is not assigned to a role."),
            },
            microsoft("kim@example.com"),
        ),
        (
            Problem::AppBlocked { reply: says("admin_policy_enforced: Access is restricted by an administrator.") },
            google(""),
        ),
        (
            Problem::NoMailLicence {
                reply: says("invalid_client: AADSTS650052: The app needs access to a service not subscribed to."),
            },
            microsoft(""),
        ),
        (
            Problem::InteractionNeeded {
                reply: says("interaction_required: AADSTS50076: You must use multi-factor authentication."),
            },
            microsoft("support@example.com"),
        ),
        (
            Problem::GrantRevoked { reply: says("invalid_grant: Token has been expired or revoked.") },
            google("support@example.com"),
        ),
        (Problem::NotSignedIn, microsoft("")),
        (Problem::SignInExpired, microsoft("")),
        (Problem::SignInRepeated, microsoft("")),
        (Problem::IdentityUnproven { detail: "the nonce is another one".to_owned() }, microsoft("")),
        (Problem::ClockDiffers { detail: "issued 14 minutes from now".to_owned() }, microsoft("")),
        (
            Problem::TenantUnknown { reply: says("invalid_tenant: AADSTS90002: Tenant 'example' not found.") },
            microsoft(""),
        ),
        (
            Problem::SingleTenantApp {
                reply: says(
                    "invalid_request: AADSTS50194: Application is not configured as a multi-tenant application.",
                ),
            },
            everybody(microsoft("")),
        ),
        (
            Problem::ClientUnknown {
                reply: says("unauthorized_client: AADSTS700016: Application was not found in the directory."),
            },
            microsoft(""),
        ),
        (
            Problem::ClientSecretWrong {
                reply: says("invalid_client: AADSTS7000215: Invalid client secret provided."),
            },
            microsoft("support@example.com"),
        ),
        (
            Problem::ClientSecretExpired {
                reply: says("invalid_client: AADSTS7000222: The provided client secret keys are expired."),
            },
            microsoft("support@example.com"),
        ),
        (
            Problem::ClientKindWrong {
                reply: says("invalid_client: AADSTS700025: Client is public so neither secret should be presented."),
            },
            microsoft(""),
        ),
        (
            Problem::RedirectUriMismatch {
                redirect_uri: redirect_uri(),
                reply: says("invalid_request: AADSTS50011: The redirect URI does not match."),
            },
            microsoft(""),
        ),
        (
            Problem::PublicUrlUnsuitable {
                redirect_uri: "https://desk.example.internal/oauth/callback".to_owned(),
                reply: says("invalid_request: must end with a public top-level domain"),
            },
            google(""),
        ),
        (
            Problem::AppPermissionMissing {
                reply: says("invalid_resource: AADSTS650057: The resource is not listed in the requested permissions."),
            },
            microsoft(""),
        ),
        (
            Problem::ScopeRefused { reply: says("invalid_scope: AADSTS70011: The provided scope is not valid.") },
            microsoft(""),
        ),
        (
            Problem::ProviderUnreachable {
                host: "login.microsoftonline.com".to_owned(),
                detail: "connection timed out".to_owned(),
            },
            microsoft("support@example.com"),
        ),
        (
            Problem::ProviderUnavailable {
                host: "oauth2.googleapis.com".to_owned(),
                reply: says("503 Service Unavailable"),
            },
            google("support@example.com"),
        ),
        (
            Problem::ProviderRefused { reply: says("server_error: AADSTS90099: An error that nobody explains.") },
            microsoft(""),
        ),
    ]
}

/// A mailbox at Microsoft 365 that `person` signed in for; empty where nobody has.
fn microsoft(person: &str) -> Situation {
    signed_in(
        situation(Protocol::Imap, "outlook.office365.com"),
        OAuthSituation {
            provider: OAuthProvider::Microsoft,
            person: person.to_owned(),
            client_id: "6f0c5a3e-9d1b-4c67-8f0a-2b7d4e91c5aa".to_owned(),
            tenant: "example.onmicrosoft.com".to_owned(),
            redirect_uri: "https://desk.example.com/oauth/callback".to_owned(),
            by_link: false,
        },
    )
}

/// A mailbox at Google Workspace, as [`microsoft`].
fn google(person: &str) -> Situation {
    signed_in(
        situation(Protocol::Imap, "imap.gmail.com"),
        OAuthSituation {
            provider: OAuthProvider::Google,
            person: person.to_owned(),
            client_id: "1234-example.apps.googleusercontent.com".to_owned(),
            tenant: String::new(),
            redirect_uri: "https://desk.example.com/oauth/callback".to_owned(),
            by_link: false,
        },
    )
}

/// The same with an application for every organisation.
fn everybody(situation: Situation) -> Situation {
    let oauth = situation.oauth.map(|oauth| OAuthSituation { tenant: "common".to_owned(), ..oauth });
    Situation { oauth, ..situation }
}

fn signed_in(situation: Situation, oauth: OAuthSituation) -> Situation {
    Situation { oauth: Some(oauth), ..situation }
}
