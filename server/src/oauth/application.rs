//! The organisation's application at a provider, and where that provider is.
//!
//! Nothing here opens a connection: addresses and scopes follow from the settings alone.

use secrecy::SecretString;
use url::{Host, Url};

use crate::config::{HostPort, OAuthConfig};
use crate::model::{Cloud, OAuthProvider, PublicUrl};

/// The organisation's application, ready to be used. `secret` is never printed.
#[derive(Clone, Debug)]
pub struct Application {
    pub provider: OAuthProvider,
    pub client_id: String,
    pub client_secret: SecretString,
    /// Microsoft: what stands in the address (`common`, `organizations`, `consumers`, an id or a domain).
    /// Empty at Google.
    pub tenant: String,
    pub endpoints: Endpoints,
    pub redirect_uri: Url,
}

/// Where the provider is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Microsoft: the authority without tenant, `https://login.microsoftonline.com`; Google: the issuer.
    pub base: Url,
    /// The scopes that mean mail, without `openid` and the like.
    pub mail_scopes: Vec<String>,
}

impl Application {
    /// The provider's own name in problems: the host people sign in at.
    pub(super) fn host(&self) -> &str {
        self.endpoints.base.host_str().unwrap_or_default()
    }

    /// Everything a person is asked to allow: who they are, their mail, and that it lasts.
    ///
    /// Google knows no `offline_access`; it has a parameter of its own for that.
    pub(super) fn scopes(&self) -> Vec<String> {
        let lasting = match self.provider {
            OAuthProvider::Microsoft => Some("offline_access"),
            OAuthProvider::Google => None,
        };
        let identity = ["openid", "email", "profile"].into_iter().chain(lasting).map(str::to_owned);
        identity.chain(self.endpoints.mail_scopes.iter().cloned()).collect()
    }

    /// `path` below the provider's base; Microsoft's begins with the tenant.
    pub(super) fn below_base<'a>(&'a self, tenant: &'a str, path: &[&'a str]) -> Url {
        let mut url = self.endpoints.base.clone();
        // An https URL always has a path; a base without one is refused when it is asked for.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
            if self.provider == OAuthProvider::Microsoft {
                segments.push(tenant).push("v2.0");
            }
            segments.extend(path);
        }
        url
    }

    /// Where the provider describes itself (OpenID Connect Discovery 4).
    pub(super) fn discovery_url(&self) -> Url {
        self.below_base(&self.tenant, &[".well-known", "openid-configuration"])
    }

    /// True where the tenant is one organisation and no group of them.
    pub(super) fn has_own_tenant(&self) -> bool {
        self.provider == OAuthProvider::Microsoft
            && !matches!(self.tenant.to_ascii_lowercase().as_str(), "common" | "organizations" | "consumers")
    }
}

/// Where `provider` is: the cloud's own addresses, less what the operator's settings put in their place.
#[must_use]
pub fn endpoints(config: &OAuthConfig, provider: OAuthProvider, cloud: Cloud) -> Endpoints {
    match provider {
        OAuthProvider::Microsoft => {
            let (authority, resource) = match cloud {
                Cloud::Worldwide => ("https://login.microsoftonline.com", "https://outlook.office.com"),
                Cloud::UsGovernment => ("https://login.microsoftonline.us", "https://outlook.office365.us"),
                Cloud::China => ("https://login.partner.microsoftonline.cn", "https://partner.outlook.cn"),
            };
            let scopes = ["IMAP.AccessAsUser.All", "SMTP.Send"];
            Endpoints {
                base: config.microsoft.authority.clone().unwrap_or_else(|| own_address(authority)),
                mail_scopes: scopes.iter().map(|scope| format!("{resource}/{scope}")).collect(),
            }
        }
        OAuthProvider::Google => Endpoints {
            base: config.google.issuer.clone().unwrap_or_else(|| own_address("https://accounts.google.com")),
            mail_scopes: vec!["https://mail.google.com/".to_owned()],
        },
    }
}

#[expect(clippy::expect_used, reason = "the addresses are constants of this file, and a test reads every one")]
fn own_address(address: &str) -> Url {
    Url::parse(address).expect("a provider's own address is an address")
}

/// The IMAP and the SMTP server of `provider`; `personal` is an Outlook.com account and not an organisation's.
#[must_use]
pub fn mail_servers(
    config: &OAuthConfig,
    provider: OAuthProvider,
    cloud: Cloud,
    personal: bool,
) -> (HostPort, HostPort) {
    let (imap, smtp, smtp_port, set) = match (provider, cloud) {
        (OAuthProvider::Microsoft, _) if personal => {
            ("outlook.office365.com", "smtp-mail.outlook.com", 587, (&config.microsoft.imap, &config.microsoft.smtp))
        }
        (OAuthProvider::Microsoft, cloud) => {
            let (imap, smtp) = match cloud {
                Cloud::Worldwide => ("outlook.office365.com", "smtp.office365.com"),
                Cloud::UsGovernment => ("outlook.office365.us", "smtp.office365.us"),
                Cloud::China => ("partner.outlook.cn", "smtp.partner.outlook.cn"),
            };
            (imap, smtp, 587, (&config.microsoft.imap, &config.microsoft.smtp))
        }
        (OAuthProvider::Google, _) => {
            ("imap.gmail.com", "smtp.gmail.com", 465, (&config.google.imap, &config.google.smtp))
        }
    };
    let either = |set: &Option<HostPort>, host: &str, port: u16| {
        set.clone().unwrap_or_else(|| HostPort { host: host.to_owned(), port })
    };
    (either(set.0, imap, 993), either(set.1, smtp, smtp_port))
}

/// Whether `provider` will send browsers back to `redirect_uri`.
///
/// Microsoft takes every https address, Google only names below a public suffix; both take this very machine
/// without TLS, which is for trying things out.
#[must_use]
pub fn public_url(provider: OAuthProvider, redirect_uri: &Url) -> PublicUrl {
    let here = match redirect_uri.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let public_name = || match redirect_uri.host() {
        Some(Host::Domain(name)) => is_below_public_suffix(name),
        _ => false,
    };
    if here && matches!(redirect_uri.scheme(), "http" | "https") {
        PublicUrl::Fits
    } else if provider == OAuthProvider::Google && !public_name() {
        // Said first, since a certificate for the name that is there now would be of no use.
        PublicUrl::NeedsPublicName
    } else if redirect_uri.scheme() == "https" {
        PublicUrl::Fits
    } else {
        PublicUrl::NeedsHttps
    }
}

/// True for `desk.example.com`, not for `com`, `desk.corp` or a bare word.
fn is_below_public_suffix(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    psl::domain(name.as_bytes()).is_some_and(|domain| domain.suffix().is_known())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{GoogleConfig, MicrosoftConfig};

    const CLOUDS: [Cloud; 3] = [Cloud::Worldwide, Cloud::UsGovernment, Cloud::China];

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn server(host: &str, port: u16) -> HostPort {
        HostPort { host: host.to_owned(), port }
    }

    #[test]
    fn each_cloud_has_its_own_doors() {
        let found = CLOUDS.map(|cloud| endpoints(&OAuthConfig::default(), OAuthProvider::Microsoft, cloud));
        assert_eq!(
            found.map(|at| (at.base.to_string(), at.mail_scopes.join(" "))),
            [
                (
                    "https://login.microsoftonline.com/",
                    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
                ),
                (
                    "https://login.microsoftonline.us/",
                    "https://outlook.office365.us/IMAP.AccessAsUser.All https://outlook.office365.us/SMTP.Send"
                ),
                (
                    "https://login.partner.microsoftonline.cn/",
                    "https://partner.outlook.cn/IMAP.AccessAsUser.All https://partner.outlook.cn/SMTP.Send"
                ),
            ]
            .map(|(base, scopes)| (base.to_owned(), scopes.to_owned()))
        );
        let google = endpoints(&OAuthConfig::default(), OAuthProvider::Google, Cloud::Worldwide);
        assert_eq!(
            (google.base.as_str(), google.mail_scopes.as_slice()),
            ("https://accounts.google.com/", ["https://mail.google.com/".to_owned()].as_slice())
        );
    }

    #[test]
    fn the_operators_settings_come_before_the_clouds_own() {
        let config = OAuthConfig {
            microsoft: MicrosoftConfig {
                authority: Some(url("https://login.example.org/entra")),
                imap: Some(server("imap.example.org", 1993)),
                ..MicrosoftConfig::default()
            },
            google: GoogleConfig { issuer: Some(url("https://accounts.example.org")), ..GoogleConfig::default() },
        };
        let microsoft = endpoints(&config, OAuthProvider::Microsoft, Cloud::UsGovernment);
        assert_eq!(microsoft.base, url("https://login.example.org/entra"));
        assert_eq!(microsoft.mail_scopes.first().unwrap(), "https://outlook.office365.us/IMAP.AccessAsUser.All");
        assert_eq!(
            mail_servers(&config, OAuthProvider::Microsoft, Cloud::UsGovernment, false),
            (server("imap.example.org", 1993), server("smtp.office365.us", 587))
        );
        let google = endpoints(&config, OAuthProvider::Google, Cloud::Worldwide);
        assert_eq!(google.base, url("https://accounts.example.org"));
    }

    #[test]
    fn personal_accounts_send_through_a_server_of_their_own() {
        let config = OAuthConfig::default();
        let smtp_of = |provider, cloud, personal| mail_servers(&config, provider, cloud, personal).1;
        let microsoft = OAuthProvider::Microsoft;
        assert_eq!(smtp_of(microsoft, Cloud::Worldwide, true), server("smtp-mail.outlook.com", 587));
        assert_eq!(smtp_of(microsoft, Cloud::Worldwide, false), server("smtp.office365.com", 587));
        assert_eq!(smtp_of(microsoft, Cloud::China, false), server("smtp.partner.outlook.cn", 587));
        assert_eq!(smtp_of(OAuthProvider::Google, Cloud::Worldwide, false), server("smtp.gmail.com", 465));
    }

    #[test]
    fn a_tenant_is_a_part_of_the_path_whatever_it_holds() {
        let application = Application {
            provider: OAuthProvider::Microsoft,
            client_id: String::new(),
            client_secret: SecretString::default(),
            tenant: "a/../b?c".to_owned(),
            endpoints: endpoints(&OAuthConfig::default(), OAuthProvider::Microsoft, Cloud::Worldwide),
            redirect_uri: url("https://desk.example.org/oauth/callback"),
        };
        assert_eq!(
            application.discovery_url().as_str(),
            "https://login.microsoftonline.com/a%2F..%2Fb%3Fc/v2.0/.well-known/openid-configuration"
        );
    }

    #[test]
    fn google_sends_browsers_to_public_names_only() {
        let fits = |address: &str| public_url(OAuthProvider::Google, &url(address));
        for good in [
            "https://desk.example.com/oauth/callback",
            "https://desk.example.co.kr/oauth/callback",
            "https://desk.xn--3e0b707e/oauth/callback",
            "http://localhost:3000/oauth/callback",
            "http://127.0.0.1:3000/oauth/callback",
            "http://[::1]:3000/oauth/callback",
        ] {
            assert_eq!(fits(good), PublicUrl::Fits, "{good}");
        }
        for no_name in [
            "https://desk.corp.local/",
            "https://desk/",
            "https://com/",
            "https://co.kr/",
            "https://203.0.113.7/",
            "https://[2001:db8::7]/",
            "http://desk.internal/",
        ] {
            assert_eq!(fits(no_name), PublicUrl::NeedsPublicName, "{no_name}");
        }
        assert_eq!(fits("http://desk.example.com/"), PublicUrl::NeedsHttps);
    }

    #[test]
    fn microsoft_takes_every_https_address_and_this_machine() {
        let fits = |address: &str| public_url(OAuthProvider::Microsoft, &url(address));
        for good in ["https://desk.corp.local/", "https://10.0.0.7/", "http://localhost:3000/", "http://[::1]/"] {
            assert_eq!(fits(good), PublicUrl::Fits, "{good}");
        }
        for bad in ["http://desk.example.com/", "http://10.0.0.7/", "http://localhost.example.com/"] {
            assert_eq!(fits(bad), PublicUrl::NeedsHttps, "{bad}");
        }
    }
}
