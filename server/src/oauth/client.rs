//! What goes to a provider and what comes back.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::{OAuthProvider, Problem, TrialStep};

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

/// How the provider's page is asked to behave.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The address to offer; empty for none.
    pub login_hint: String,
    pub prompt: Prompt,
}

/// The `prompt` parameter (OpenID Connect Core 3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prompt {
    /// Microsoft: choose the account. Google: choose and consent, without which there is no refresh token.
    #[default]
    Choose,
}

/// A sign-in that was begun: where to send the browser, and what must be kept until it comes back.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub url: Url,
    /// 256 random bits, base64url; only its hash is to be stored.
    pub state: SecretString,
    /// The PKCE code verifier (RFC 7636 4.1).
    pub verifier: SecretString,
    pub nonce: SecretString,
}

/// The query of the redirect back to us, nothing in it to be believed.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub code: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
    /// RFC 9207.
    pub iss: Option<String>,
}

/// What the token endpoint gave.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: SecretString,
    /// Seconds the access token lasts from now.
    pub expires_in: u64,
    /// A refresh without one keeps the old one (RFC 6749 6).
    pub refresh: Option<SecretString>,
    /// What was granted, as the provider said it.
    pub scopes: Vec<String>,
}

/// Who signed in, from a verified id token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    /// Microsoft: `tid` and `oid`, the stable key of a person in a tenant.
    pub tenant_id: Option<String>,
    pub object_id: Option<String>,
    /// `email`, else `preferred_username`, else `upn`: to show and to compare, no key.
    pub email: String,
    /// The provider says so (`email_verified`), or the address is from the tenant itself.
    pub name: String,
}

/// A code exchanged.
#[derive(Clone, Debug)]
pub struct Exchanged {
    pub tokens: Tokens,
    pub identity: Identity,
}

/// One thing [`Client::try_out`] looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    pub step: TrialStep,
    /// `None` where an earlier step failed first.
    pub result: Option<Result<(), Problem>>,
}

/// Speaks to the providers; made once and shared.
#[derive(Debug)]
pub struct Client {}
