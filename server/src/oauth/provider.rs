//! What a provider says of itself: its addresses and its keys, fetched when needed and kept for an hour.
//!
//! Everything it says is believed only as far as it fits the address it was asked at: the issuer must be below
//! that address, and every other address must be https.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{CoreClientAuthMethod, CoreJsonWebKey};
use openidconnect::http::StatusCode;
use openidconnect::{AdditionalProviderMetadata, AuthType, HttpResponse, JsonWebKeySet};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use url::Url;

use super::application::Application;
use super::classify::{self, Place, Scene};
use super::http::Http;
use super::issuer::Issuer;
use super::library::Metadata;
use super::memory::{KEPT, Memory};
use crate::model::Problem;

/// A provider as it described itself.
#[derive(Debug)]
pub(super) struct Provider {
    pub issuer: Issuer,
    pub authorize: Url,
    pub token: Url,
    pub revoke: Option<Url>,
    /// It always puts `iss` into its answers (RFC 9207 3).
    pub says_issuer: bool,
    /// How it wants to be told the client secret.
    pub auth_type: AuthType,
    jwks: Url,
    keys: tokio::sync::Mutex<Option<(Instant, Arc<Keys>)>>,
}

/// The keys a provider signs with.
#[derive(Debug)]
pub(super) struct Keys {
    pub set: JsonWebKeySet<CoreJsonWebKey>,
    /// Microsoft says of each key which issuer may use it.
    pub issuers: HashMap<String, Issuer>,
}

/// The providers that have been asked.
#[derive(Debug)]
pub(super) struct Providers(Memory<Provider, Problem>);

impl Default for Providers {
    fn default() -> Self {
        // Whoever tries again wants to know whether it works by now.
        Self(Memory::new(Duration::ZERO))
    }
}

/// What RFC 8414 and RFC 9207 add to OpenID Connect Discovery.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct More {
    revocation_endpoint: Option<Url>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

impl Providers {
    /// The provider of `application`, from memory or from itself.
    ///
    /// # Errors
    /// When it cannot be reached, knows no such tenant, or describes itself in a way that cannot be used.
    pub(super) async fn of(&self, application: &Application, http: &Http) -> Result<Arc<Provider>, Problem> {
        let url = application.discovery_url();
        let fetch = async || Provider::read(application, &http.get(&url).await?);
        self.0.of(&url, false, fetch).await
    }
}

impl Provider {
    fn read(application: &Application, response: &HttpResponse) -> Result<Self, Problem> {
        if response.status() != StatusCode::OK {
            return Err(classify::response_problem(response, Scene::of(application, Place::Metadata)));
        }
        let Ok(metadata) = serde_json::from_slice::<Metadata<More>>(response.body()) else {
            return Err(unusable(application, "its openid-configuration cannot be read"));
        };
        let more = metadata.additional_metadata();
        let issuer = Issuer::below(metadata.issuer().as_str(), application).ok_or_else(|| {
            unusable(application, &format!("its openid-configuration is of another issuer ({})", &**metadata.issuer()))
        })?;
        let token = metadata.token_endpoint().map(|token| token.url().clone());
        let token = token.ok_or_else(|| unusable(application, "its openid-configuration names no token endpoint"))?;
        let methods = metadata.token_endpoint_auth_methods_supported();
        let posts = methods.is_some_and(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretPost));
        let provider = Self {
            issuer,
            authorize: metadata.authorization_endpoint().url().clone(),
            token,
            revoke: more.revocation_endpoint.clone(),
            says_issuer: more.authorization_response_iss_parameter_supported,
            // The default is the header (OpenID Connect Discovery 3).
            auth_type: if posts { AuthType::RequestBody } else { AuthType::BasicAuth },
            jwks: metadata.jwks_uri().url().clone(),
            keys: tokio::sync::Mutex::default(),
        };
        let addresses = [&provider.authorize, &provider.token, &provider.jwks];
        if addresses.into_iter().chain(&provider.revoke).any(|address| address.scheme() != "https") {
            return Err(unusable(application, "its openid-configuration names addresses without TLS"));
        }
        Ok(provider)
    }

    /// The keys this provider signs with. `other_than` are those that did not do: they are fetched anew.
    ///
    /// # Errors
    /// When they cannot be fetched or read.
    pub(super) async fn keys(
        &self,
        application: &Application,
        http: &Http,
        other_than: Option<&Arc<Keys>>,
    ) -> Result<Arc<Keys>, Problem> {
        // Held while they are fetched: everybody who waits gets the same ones.
        let mut kept = self.keys.lock().await;
        if let Some((since, keys)) = &*kept
            && since.elapsed() < KEPT
            && !other_than.is_some_and(|other| Arc::ptr_eq(other, keys))
        {
            return Ok(Arc::clone(keys));
        }
        let response = http.get(&self.jwks).await?;
        if response.status() != StatusCode::OK {
            return Err(unusable(application, &format!("its keys are not there (HTTP {})", response.status())));
        }
        let keys = Keys::read(response.body()).ok_or_else(|| unusable(application, "its keys cannot be read"))?;
        let keys = Arc::new(keys);
        *kept = Some((Instant::now(), Arc::clone(&keys)));
        Ok(keys)
    }
}

impl Keys {
    fn read(body: &[u8]) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_slice(body).ok()?;
        let text = |key: &serde_json::Value, name: &str| key.get(name)?.as_str().map(str::to_owned);
        let listed = value.get("keys")?.as_array()?.iter();
        let issuers = listed.filter_map(|key| Some((text(key, "kid")?, Issuer(text(key, "issuer")?)))).collect();
        Some(Self { set: serde_json::from_value(value).ok()?, issuers })
    }
}

fn unusable(application: &Application, reply: &str) -> Problem {
    Problem::ProviderUnavailable {
        host: application.host().to_owned(),
        reply: crate::net::trace::printable(reply, 490),
    }
}
