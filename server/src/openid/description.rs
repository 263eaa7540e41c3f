//! What a provider says of itself: its addresses and its keys, fetched when needed, once at a time, and kept for an
//! hour.
//!
//! Everything it says is believed only as far as it fits the issuer that an administrator typed.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{CoreClientAuthMethod, CoreJsonWebKey};
use openidconnect::http::StatusCode;
use openidconnect::{AdditionalProviderMetadata, AuthType, HttpResponse, JsonWebKeySet};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use url::Url;

use super::Fault;
use crate::model::ProviderTroubleKind;
use crate::oauth::http::Http;
use crate::oauth::library::Metadata;
use crate::oauth::memory::{KEPT, Memory};

/// How long it is remembered that a description could not be had: those who come at once wait once.
const FAILURE_KEPT: Duration = Duration::from_secs(5);
/// A key that is not known has the keys fetched anew, and not again so soon.
const KEYS_PAUSE: Duration = Duration::from_secs(30);

/// A provider as it described itself.
#[derive(Debug)]
pub(super) struct Provider {
    /// As it calls itself, which may differ from what was typed by a slash at the end.
    pub issuer: String,
    pub authorize: Url,
    pub token: Url,
    pub userinfo: Option<Url>,
    /// It always puts `iss` into its answers (RFC 9207 3).
    pub says_issuer: bool,
    /// How it takes the client secret, the way to try first in front.
    pub auth_types: Vec<AuthType>,
    jwks: Url,
    keys: tokio::sync::Mutex<KeptKeys>,
}

/// The keys a provider signs with.
pub(super) type Keys = JsonWebKeySet<CoreJsonWebKey>;

#[derive(Debug, Default)]
struct KeptKeys {
    known: Option<(Instant, Arc<Keys>)>,
    /// When they were last fetched because of a key that was not among them.
    renewed: Option<Instant>,
}

/// The providers that have been asked.
#[derive(Debug)]
pub(super) struct Providers(Memory<Provider, Fault>);

impl Default for Providers {
    fn default() -> Self {
        Self(Memory::new(FAILURE_KEPT))
    }
}

/// What RFC 9207 adds to OpenID Connect Discovery.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct More {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

impl Providers {
    /// The provider at `issuer`, from memory or from itself.
    ///
    /// # Errors
    /// When it cannot be reached, or describes itself in a way that cannot be used.
    pub(super) async fn of(&self, issuer: &Url, http: &Http) -> Result<Arc<Provider>, Fault> {
        self.0.of(issuer, false, async || Provider::fetch(issuer, http).await).await
    }

    /// The provider at `issuer`, from itself.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(super) async fn anew(&self, issuer: &Url, http: &Http) -> Result<Arc<Provider>, Fault> {
        self.0.of(issuer, true, async || Provider::fetch(issuer, http).await).await
    }
}

impl Provider {
    async fn fetch(issuer: &Url, http: &Http) -> Result<Self, Fault> {
        let base = issuer.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}/.well-known/openid-configuration"))
            .map_err(|_| Fault::provider(ProviderTroubleKind::NotAProvider, "the issuer is no address"))?;
        Self::read(base, &http.get(&url).await?, http)
    }

    fn read(base: &str, response: &HttpResponse, http: &Http) -> Result<Self, Fault> {
        let no_provider = |detail: &str| Fault::provider(ProviderTroubleKind::NotAProvider, detail);
        let status = response.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Fault::unavailable(&format!("HTTP {status}")));
        } else if status != StatusCode::OK {
            return Err(no_provider(&format!("HTTP {status}")));
        }
        let Ok(metadata) = serde_json::from_slice::<Metadata<More>>(response.body()) else {
            return Err(no_provider("its openid-configuration cannot be read"));
        };
        let issuer = metadata.issuer().as_str().to_owned();
        // Two ways of writing one address are the same issuer but for a slash at the end (Discovery 4.3).
        if issuer.trim_end_matches('/') != base {
            return Err(Fault::provider(ProviderTroubleKind::OtherIssuer, &issuer));
        }
        let token = metadata.token_endpoint().map(|token| token.url().clone());
        let provider = Self {
            issuer,
            authorize: metadata.authorization_endpoint().url().clone(),
            token: token.ok_or_else(|| no_provider("its openid-configuration names no token endpoint"))?,
            userinfo: metadata.userinfo_endpoint().map(|userinfo| userinfo.url().clone()),
            says_issuer: metadata.additional_metadata().authorization_response_iss_parameter_supported,
            auth_types: auth_types(metadata.token_endpoint_auth_methods_supported().map(Vec::as_slice)),
            jwks: metadata.jwks_uri().url().clone(),
            keys: tokio::sync::Mutex::default(),
        };
        let addresses = [&provider.authorize, &provider.token, &provider.jwks].into_iter().chain(&provider.userinfo);
        if let Some(bad) = addresses.into_iter().find(|address| !http.takes(address)) {
            return Err(no_provider(&format!("its openid-configuration names an address without TLS: {bad}")));
        }
        Ok(provider)
    }

    /// The keys this provider signs with.
    ///
    /// # Errors
    /// When they cannot be fetched or read.
    pub(super) async fn keys(&self, http: &Http) -> Result<Arc<Keys>, Fault> {
        // Held while they are fetched: everybody who waits gets the same ones.
        let mut kept = self.keys.lock().await;
        match &kept.known {
            Some((since, keys)) if since.elapsed() < KEPT => Ok(Arc::clone(keys)),
            _ => self.fetch_keys(&mut kept, http).await,
        }
    }

    /// Other keys than `known`, one of which was missing. They are fetched anew once, and not again for a while: what
    /// made-up keys would cost the provider is bounded.
    ///
    /// # Errors
    /// As [`Self::keys`].
    pub(super) async fn newer_keys(&self, http: &Http, known: &Arc<Keys>) -> Result<Arc<Keys>, Fault> {
        let mut kept = self.keys.lock().await;
        if let Some((_, keys)) = &kept.known
            && (!Arc::ptr_eq(keys, known) || kept.renewed.is_some_and(|renewed| renewed.elapsed() < KEYS_PAUSE))
        {
            return Ok(Arc::clone(keys));
        }
        kept.renewed = Some(Instant::now());
        self.fetch_keys(&mut kept, http).await
    }

    async fn fetch_keys(&self, kept: &mut KeptKeys, http: &Http) -> Result<Arc<Keys>, Fault> {
        let no_keys = |detail: &str| Fault::provider(ProviderTroubleKind::NoKeys, detail);
        let response = http.get(&self.jwks).await?;
        if response.status() != StatusCode::OK {
            return Err(no_keys(&format!("HTTP {}", response.status())));
        }
        let keys: Keys = serde_json::from_slice(response.body()).map_err(|_| no_keys("its keys cannot be read"))?;
        if keys.keys().is_empty() {
            return Err(no_keys("there is no key that could be used"));
        }
        let keys = Arc::new(keys);
        kept.known = Some((Instant::now(), Arc::clone(&keys)));
        Ok(keys)
    }
}

/// The header is the default (Discovery 3). Providers name both ways and may hold a single client to one of them.
fn auth_types(methods: Option<&[CoreClientAuthMethod]>) -> Vec<AuthType> {
    let known = [
        (CoreClientAuthMethod::ClientSecretBasic, AuthType::BasicAuth),
        (CoreClientAuthMethod::ClientSecretPost, AuthType::RequestBody),
    ];
    let named = known.into_iter().filter(|(method, _)| methods.is_some_and(|methods| methods.contains(method)));
    let named: Vec<AuthType> = named.map(|(_, auth_type)| auth_type).collect();
    if named.is_empty() { vec![AuthType::BasicAuth] } else { named }
}
