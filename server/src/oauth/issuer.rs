//! Who may have issued a statement.
//!
//! Microsoft describes all its tenants at once and leaves a gap for the tenant's id in its issuer
//! (`https://login.microsoftonline.com/{tenantid}/v2.0`); what stands there is said by the id token's `tid`.

use super::application::Application;
use crate::model::OAuthProvider;

/// Where the tenant's id belongs.
const GAP: &str = "{tenantid}";

/// An issuer, or the pattern of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Issuer(pub String);

impl Issuer {
    /// The issuer a provider says it is, if it can be that one: at Google the configured one, at Microsoft one
    /// tenant's or all tenants' below the configured authority (OpenID Connect Discovery 4.3).
    pub(super) fn below(said: &str, application: &Application) -> Option<Self> {
        let base = application.endpoints.base.as_str().trim_end_matches('/');
        let fits = match application.provider {
            OAuthProvider::Google => said.trim_end_matches('/') == base,
            OAuthProvider::Microsoft => said
                .strip_prefix(base)
                .and_then(|rest| rest.strip_prefix('/')?.strip_suffix("/v2.0"))
                .is_some_and(|tenant| !tenant.is_empty() && !tenant.contains('/')),
        };
        fits.then(|| Self(said.to_owned()))
    }

    /// True where `said` is this issuer for the tenant `tenant_id`.
    pub(super) fn is(&self, said: &str, tenant_id: Option<&str>) -> bool {
        match (self.0.contains(GAP), tenant_id) {
            (true, Some(tenant_id)) => !tenant_id.is_empty() && self.0.replace(GAP, tenant_id) == said,
            (true, None) => false,
            (false, _) => self.0 == said,
        }
    }

    /// True where `said` is this issuer for some tenant.
    pub(super) fn may_be(&self, said: &str) -> bool {
        match self.0.split_once(GAP) {
            Some((before, behind)) => said
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(behind))
                .is_some_and(|tenant| !tenant.is_empty() && !tenant.contains('/')),
            None => self.0 == said,
        }
    }

    /// Microsoft: the only tenant this issuer speaks for; `None` where it speaks for many.
    pub(super) fn tenant(&self) -> Option<&str> {
        self.0.strip_suffix("/v2.0")?.rsplit('/').next().filter(|tenant| *tenant != GAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "6f0c5a3e-9d1b-4c67-8f0a-2b7d4e91c5aa";

    #[test]
    fn a_gap_is_filled_with_the_tenant_and_nothing_else() {
        let many = Issuer("https://login.example.org/{tenantid}/v2.0".to_owned());
        assert!(many.is(&format!("https://login.example.org/{TENANT}/v2.0"), Some(TENANT)));
        assert!(!many.is("https://login.example.org//v2.0", Some("")));
        assert!(!many.is(&format!("https://login.example.org/{TENANT}/v2.0"), Some("other")));
        assert!(!many.is(&format!("https://login.example.org/{TENANT}/v2.0"), None));
        assert!(many.may_be(&format!("https://login.example.org/{TENANT}/v2.0")));
        assert!(!many.may_be("https://login.example.com/x/v2.0"));
        assert!(!many.may_be("https://login.example.org/x/y/v2.0"));
        assert_eq!(many.tenant(), None);
    }

    #[test]
    fn an_issuer_without_a_gap_is_itself_alone() {
        let one = Issuer(format!("https://login.example.org/{TENANT}/v2.0"));
        assert!(one.is(&format!("https://login.example.org/{TENANT}/v2.0"), Some("whatever")));
        assert!(!one.may_be("https://login.example.org/other/v2.0"));
        assert_eq!(one.tenant(), Some(TENANT));
        assert!(Issuer("https://accounts.google.com".to_owned()).may_be("https://accounts.google.com"));
    }
}
