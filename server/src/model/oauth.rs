//! Signing in with Microsoft or Google: the organisation's application there, and what somebody allowed it.
//!
//! *Application*: what is registered once at Entra or Google Cloud, with a client id and a client secret
//! (RFC 6749 2.2). *Grant*: what a person allowed that application, the ground a mailbox stands on.

use serde::{Deserialize, Serialize};

use super::{Field, Invalid, OwnerLinkId, Problem, Reason, Timestamp};

/// Where one can sign in for a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OAuthProvider {
    /// Microsoft 365 and Outlook.com.
    Microsoft,
    /// Gmail and Google Workspace.
    Google,
}

/// Which of Microsoft's separate worlds an organisation lives in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cloud {
    #[default]
    Worldwide,
    /// GCC High and DoD.
    UsGovernment,
    /// Operated by 21Vianet.
    China,
}

/// The application as it is typed. The client secret is not among it: it travels once, on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApplicationForm {
    pub client_id: String,
    /// Microsoft: a tenant id, one of its domains, or `common`, `organizations`, `consumers`; empty is `common`.
    pub tenant: String,
    pub cloud: Cloud,
    /// `YYYY-MM-DD`, the day the client secret ends; empty where it does not or nobody knows.
    pub secret_expires_on: String,
}

/// What is known of the organisation's application at one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationStatus {
    pub provider: OAuthProvider,
    pub form: ApplicationForm,
    pub has_secret: bool,
    /// Set by the operator of this machine: shown here and not changed here.
    pub configured: bool,
    /// What the provider must be told, exactly.
    pub redirect_uri: String,
    /// Whether the provider will take that.
    pub public_url: PublicUrl,
    /// What is wrong with the application itself, as the provider said when a token was due.
    pub problem: Option<Problem>,
    pub problem_since: Option<Timestamp>,
    /// How many mailboxes rest on it.
    pub mailboxes: u32,
}

/// Whether browsers can be sent back here by a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicUrl {
    Fits,
    /// Only https is taken, but for this very machine.
    NeedsHttps,
    /// Google: only names under a public top-level domain are taken, and no addresses.
    NeedsPublicName,
}

/// Who allowed us what, and whether it still holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantStatus {
    pub provider: OAuthProvider,
    /// Who signed in, as the provider names them: an address to show, no proof of anything.
    pub person: String,
    /// When somebody last signed in.
    pub authorised_at: Timestamp,
    /// When the provider last gave us new tokens.
    pub refreshed_at: Timestamp,
    /// Why the provider gives no more tokens until somebody signs in again.
    pub problem: Option<Problem>,
}

/// How far signing in has come for a draft, a mailbox or an owner's link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInState {
    pub grant: Option<GrantStatus>,
    /// Why the last attempt did not end in a grant; gone once one does.
    pub refused: Option<Problem>,
    /// An administrator of the provider was or must be asked.
    pub consent: Option<ConsentState>,
}

/// Waiting for an administrator's consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentState {
    /// The page at the provider where an administrator consents, for anybody to be sent to.
    pub url: String,
    pub asked_at: Timestamp,
    /// When the provider told us that consent was given.
    pub given_at: Option<Timestamp>,
}

/// A one-time link with which the owner of a mailbox signs in again, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerLink {
    pub id: OwnerLinkId,
    /// The name of whoever made it.
    pub created_by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub state: OwnerLinkState,
}

/// What became of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OwnerLinkState {
    Open,
    Used { at: Timestamp },
    Revoked,
    Expired,
}

/// What can be wrong with an application, in the order it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialStep {
    /// The provider answers and knows the tenant.
    Provider,
    /// The client id is known and the redirect URI registered.
    Redirect,
    /// The client secret is right.
    Secret,
}

impl OAuthProvider {
    /// Both, in the order they are shown.
    pub const BOTH: [Self; 2] = [Self::Microsoft, Self::Google];

    /// The provider's name in addresses of pages and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Microsoft => "microsoft",
            Self::Google => "google",
        }
    }

    /// The name as people know it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Microsoft => "Microsoft",
            Self::Google => "Google",
        }
    }
}

impl std::str::FromStr for OAuthProvider {
    type Err = UnknownProvider;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::BOTH.into_iter().find(|provider| provider.as_str() == text).ok_or(UnknownProvider)
    }
}

/// The text names no provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither microsoft nor google")]
pub struct UnknownProvider;

impl ApplicationForm {
    /// Longest client id or client secret, in characters.
    pub const MAX_CHARACTERS: usize = 500;

    /// What is wrong with the form; the same code looks at it in the browser and on the server.
    #[must_use]
    pub fn validate(&self, provider: OAuthProvider, has_secret: bool) -> Vec<Invalid> {
        let tenant = match provider {
            OAuthProvider::Microsoft => validate_tenant(self.tenant.trim()),
            OAuthProvider::Google => None,
        };
        let expiry = self.secret_expires_on.trim();
        [
            (Field::ClientId, validate_client_id(provider, self.client_id.trim())),
            (Field::Tenant, tenant),
            (Field::ClientSecret, (!has_secret).then_some(Reason::Empty)),
            (Field::SecretExpiry, (!expiry.is_empty() && parse_day(expiry).is_none()).then_some(Reason::NotADate)),
        ]
        .into_iter()
        .filter_map(|(field, reason)| reason.map(|reason| Invalid::new(field, reason)))
        .collect()
    }

    /// What is wrong with a client secret that was typed.
    #[must_use]
    pub fn validate_secret(provider: OAuthProvider, secret: &str) -> Option<Invalid> {
        let reason = if secret.trim().is_empty() {
            Reason::Empty
        } else if secret.trim().chars().any(|c| c.is_control() || c.is_whitespace()) {
            Reason::ForbiddenCharacters
        } else if secret.chars().count() > Self::MAX_CHARACTERS {
            Reason::TooLong { max_characters: Self::MAX_CHARACTERS }
        } else if provider == OAuthProvider::Microsoft && is_guid(secret.trim()) {
            // Entra shows the id of a secret beside its value, and people take the wrong one.
            Reason::SecretId
        } else {
            return None;
        };
        Some(Invalid::new(Field::ClientSecret, reason))
    }

    /// The tenant that stands in addresses at Microsoft.
    #[must_use]
    pub fn tenant_or_common(&self) -> &str {
        match self.tenant.trim() {
            "" => "common",
            tenant => tenant,
        }
    }

    /// The moment the client secret ends: the beginning of its last day, UTC, so that warnings come early.
    #[must_use]
    pub fn secret_expires_at(&self) -> Option<Timestamp> {
        parse_day(self.secret_expires_on.trim())
    }
}

fn validate_client_id(provider: OAuthProvider, id: &str) -> Option<Reason> {
    let fits = match provider {
        OAuthProvider::Microsoft => is_guid(id),
        OAuthProvider::Google => {
            id.ends_with(".apps.googleusercontent.com")
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        }
    };
    if id.is_empty() {
        Some(Reason::Empty)
    } else if id.chars().count() > ApplicationForm::MAX_CHARACTERS {
        Some(Reason::TooLong { max_characters: ApplicationForm::MAX_CHARACTERS })
    } else {
        (!fits).then_some(Reason::NotAClientId)
    }
}

fn validate_tenant(tenant: &str) -> Option<Reason> {
    let named = tenant.is_empty() || matches!(tenant, "common" | "organizations" | "consumers") || is_guid(tenant);
    let domain = tenant.contains('.') && super::address::is_host_name(tenant);
    (!named && !domain).then_some(Reason::NotATenant)
}

/// True for a GUID as Microsoft writes tenants and applications.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// The beginning of a day written `YYYY-MM-DD` (RFC 3339 `full-date`), UTC.
fn parse_day(text: &str) -> Option<Timestamp> {
    let mut parts = text.split('-');
    let mut part = |digits: usize| {
        parts
            .next()
            .filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))?
            .parse::<u16>()
            .ok()
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() || year < 1970 {
        return None;
    }
    Timestamp::of_day(year.into(), month.try_into().ok()?, day.try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "6f0c5a3e-9d1b-4c67-8f0a-2b7d4e91c5aa";

    fn form(client_id: &str, tenant: &str, secret_expires_on: &str) -> ApplicationForm {
        let own = str::to_owned;
        ApplicationForm {
            client_id: own(client_id),
            tenant: own(tenant),
            cloud: Cloud::Worldwide,
            secret_expires_on: own(secret_expires_on),
        }
    }

    #[test]
    fn what_entra_and_google_show_is_taken() {
        for tenant in ["", "common", "organizations", "consumers", GUID, "contoso.onmicrosoft.com"] {
            assert_eq!(form(GUID, tenant, "2027-02-28").validate(OAuthProvider::Microsoft, true), [], "{tenant}");
        }
        let google = form("1234-abc.apps.googleusercontent.com", "", "");
        assert_eq!(google.validate(OAuthProvider::Google, true), []);
    }

    #[test]
    fn each_slip_is_named_at_its_field() {
        let found = form("my app", "con toso", "2027-02-29").validate(OAuthProvider::Microsoft, false);
        assert_eq!(
            found,
            [
                Invalid::new(Field::ClientId, Reason::NotAClientId),
                Invalid::new(Field::Tenant, Reason::NotATenant),
                Invalid::new(Field::ClientSecret, Reason::Empty),
                Invalid::new(Field::SecretExpiry, Reason::NotADate),
            ]
        );
        let tricky = form(GUID, "common/../x", "").validate(OAuthProvider::Microsoft, true);
        assert_eq!(tricky, [Invalid::new(Field::Tenant, Reason::NotATenant)]);
    }

    #[test]
    fn the_id_of_a_secret_is_told_from_its_value() {
        let secret_id = Invalid::new(Field::ClientSecret, Reason::SecretId);
        assert_eq!(ApplicationForm::validate_secret(OAuthProvider::Microsoft, GUID), Some(secret_id));
        assert_eq!(ApplicationForm::validate_secret(OAuthProvider::Microsoft, "abc8Q~xyz"), None);
    }

    #[test]
    fn days_are_read_as_calendars_count_them() {
        for (day, millis) in [("1970-01-01", 0), ("2000-02-29", 951_782_400_000), ("2026-11-23", 1_795_392_000_000)] {
            assert_eq!(parse_day(day), Some(Timestamp(millis)), "{day}");
        }
        for not in ["2026-13-01", "2026-00-10", "2026-1-1", "26-01-01", "2026-01-01-01", "2026-04-31", "1900-01-01"] {
            assert_eq!(parse_day(not), None, "{not}");
        }
    }
}
