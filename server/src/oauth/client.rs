//! Speaks to the providers: begins sign-ins, exchanges codes, refreshes and revokes.
//!
//! Whatever fails is a [`Problem`] from which every secret that was sent has been struck out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreJsonWebKey, CoreRevocableToken};
use openidconnect::{
    AccessToken, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, JsonWebKeySet, LoginHint,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError,
    RevocationUrl, Scope, TokenResponse as _, TokenUrl,
};
use rand::Rng as _;
use rustls_pki_types::CertificateDer;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::application::Application;
use super::classify::{self, Place, Refusal, Scene};
use super::courier::{Courier, Wanted};
use super::grant::{BesideTokens, Exchanged, Tokens};
use super::http::{ClientError, Deadlines, Http};
use super::identity::{self, Claims, Doubt, Statement};
use super::library::{self, TokenError};
use super::provider::{Provider, Providers};
use super::scopes;
use super::sign_in::{Answer, Attempt};
use crate::model::{OAuthProvider, Problem, Timestamp};
use crate::net::masks::Masks;

/// What a token lasts when its provider does not say, in seconds: less than either of them gives.
const UNSAID_EXPIRY_SECONDS: u64 = 30 * 60;
/// The longest token that is taken, in bytes; mail servers take no longer lines.
const MAX_TOKEN_BYTES: usize = 32 * 1024;

/// Speaks to the providers; made once and shared.
#[derive(Debug)]
pub struct Client {
    pub(super) http: Http,
    pub(super) providers: Providers,
}

pub(super) type TokenAnswer = library::Tokens<Claims, BesideTokens>;
pub(super) type RelyingParty = library::RelyingParty<Claims, BesideTokens>;

impl Client {
    /// Trusts the same roots as connections to mail servers, and `extra_roots`.
    ///
    /// # Errors
    /// When an extra root is no certificate or the system's name servers cannot be read.
    pub fn new(extra_roots: &[CertificateDer<'static>]) -> Result<Self, ClientError> {
        Self::with_deadlines(extra_roots, Deadlines::default())
    }

    /// The same with other deadlines.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_deadlines(extra_roots: &[CertificateDer<'static>], deadlines: Deadlines) -> Result<Self, ClientError> {
        Ok(Self { http: Http::new(extra_roots, deadlines)?, providers: Providers::default() })
    }

    /// Begins a sign-in: authorization code flow with PKCE S256, state and nonce. The person chooses the account;
    /// `login_hint` is the one that is offered, empty for none.
    ///
    /// # Errors
    /// When the provider cannot be reached or does not know the tenant.
    pub async fn authorize(&self, application: &Application, login_hint: &str) -> Result<Attempt, Problem> {
        let provider = self.providers.of(application, &self.http).await?;
        let prompts: &[CoreAuthPrompt] = match application.provider {
            OAuthProvider::Microsoft => &[CoreAuthPrompt::SelectAccount],
            // Google gives a refresh token only when it has asked.
            OAuthProvider::Google => &[CoreAuthPrompt::SelectAccount, CoreAuthPrompt::Consent],
        };
        Ok(attempt(&relying_party(application, &provider)?, application, login_hint, prompts))
    }

    /// Turns what the browser brought back into tokens, and says who signed in.
    ///
    /// # Errors
    /// What the provider refused, and every reason not to believe it: see [`Problem`].
    pub async fn exchange(
        &self,
        application: &Application,
        answer: &Answer,
        verifier: &SecretString,
        nonce: &SecretString,
        now: Timestamp,
    ) -> Result<Exchanged, Problem> {
        let masks = masks(application);
        masks.add(verifier.expose_secret());
        masks.add(nonce.expose_secret());
        masks.add(answer.code.as_deref().unwrap_or_default());
        self.exchange_openly(application, answer, verifier, nonce, now)
            .await
            .map_err(|problem| masks.cover_problem(problem))
    }

    async fn exchange_openly(
        &self,
        application: &Application,
        answer: &Answer,
        verifier: &SecretString,
        nonce: &SecretString,
        now: Timestamp,
    ) -> Result<Exchanged, Problem> {
        if let Some(error) = answer.error.as_ref().filter(|error| !error.is_empty()) {
            let refusal = Refusal::new(error, answer.error_description.as_deref().unwrap_or_default());
            return Err(classify::problem(&refusal, Scene::of(application, Place::Answer)));
        }
        let provider = self.providers.of(application, &self.http).await?;
        judge_issuer(answer, &provider)?;
        let Some(code) = answer.code.clone().filter(|code| !code.is_empty()) else {
            let reply = "the answer holds neither a code nor an error".to_owned();
            return Err(Problem::ProviderRefused { reply });
        };
        let party = relying_party(application, &provider)?;
        let http = Courier::new(&self.http, Scene::of(application, Place::Code), Wanted::Tokens);
        let token = party
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
            .request_async(&http)
            .await
            .map_err(|error| token_problem(error, application))?;
        let statement = token.id_token().ok_or_else(|| Problem::IdentityUnproven {
            detail: "there is no statement of who signed in (no id token)".to_owned(),
        })?;
        let identity = self.prove(statement, application, &provider, nonce, now).await?;
        if answer.iss.as_ref().is_some_and(|iss| *iss != identity.issuer) {
            return Err(other_issuer());
        }
        let tokens = tokens(&token, application)?;
        scopes::judge(application.provider, &application.endpoints.mail_scopes, &tokens.scopes)?;
        if tokens.refresh.is_none() {
            return Err(Problem::RefreshTokenMissing);
        }
        Ok(Exchanged { tokens, identity })
    }

    /// Asks for the keys once more where the statement is signed with one that is not known yet.
    async fn prove(
        &self,
        statement: &Statement,
        application: &Application,
        provider: &Provider,
        nonce: &SecretString,
        now: Timestamp,
    ) -> Result<super::Identity, Problem> {
        let keys = provider.keys(application, &self.http, None).await?;
        let doubt = match identity::prove(statement, application, provider, &keys, nonce, now) {
            Ok(identity) => return Ok(identity),
            Err(Doubt::Problem(problem)) => return Err(problem),
            Err(Doubt::UnknownKey) => {
                let keys = provider.keys(application, &self.http, Some(&keys)).await?;
                identity::prove(statement, application, provider, &keys, nonce, now)
            }
        };
        doubt.map_err(|doubt| match doubt {
            Doubt::Problem(problem) => problem,
            Doubt::UnknownKey => Problem::IdentityUnproven {
                detail: "it is signed with a key that is none of the provider's".to_owned(),
            },
        })
    }

    /// New tokens for a refresh token.
    ///
    /// # Errors
    /// [`Problem::needs_sign_in`] tells those that only a person can repair from those that pass.
    pub async fn refresh(&self, application: &Application, refresh: &SecretString) -> Result<Tokens, Problem> {
        let masks = masks(application);
        masks.add(refresh.expose_secret());
        self.refresh_openly(application, refresh).await.map_err(|problem| masks.cover_problem(problem))
    }

    async fn refresh_openly(&self, application: &Application, refresh: &SecretString) -> Result<Tokens, Problem> {
        let provider = self.providers.of(application, &self.http).await?;
        let party = relying_party(application, &provider)?;
        let http = Courier::new(&self.http, Scene::of(application, Place::Refresh), Wanted::Tokens);
        let refresh = RefreshToken::new(refresh.expose_secret().to_owned());
        let request = party.exchange_refresh_token(&refresh);
        let request = match application.provider {
            // A token is for one resource there, and this says for which one.
            OAuthProvider::Microsoft => request.add_scopes(application.scopes().into_iter().map(Scope::new)),
            OAuthProvider::Google => request,
        };
        let token = request.request_async(&http).await.map_err(|error| token_problem(error, application))?;
        tokens(&token, application)
    }

    /// Makes the provider forget a refresh token (RFC 7009). `false` where it has no such endpoint: Microsoft.
    ///
    /// # Errors
    /// When the provider cannot be reached or refuses.
    pub async fn revoke(&self, application: &Application, token: &SecretString) -> Result<bool, Problem> {
        let masks = masks(application);
        masks.add(token.expose_secret());
        self.revoke_openly(application, token).await.map_err(|problem| masks.cover_problem(problem))
    }

    async fn revoke_openly(&self, application: &Application, token: &SecretString) -> Result<bool, Problem> {
        let provider = self.providers.of(application, &self.http).await?;
        let Some(revoke) = provider.revoke.clone() else { return Ok(false) };
        let party = relying_party(application, &provider)?.set_revocation_url(RevocationUrl::from_url(revoke));
        let http = Courier::new(&self.http, Scene::of(application, Place::Refresh), Wanted::Nothing);
        let token = CoreRevocableToken::RefreshToken(RefreshToken::new(token.expose_secret().to_owned()));
        let request = party.revoke_token(token).map_err(|_| not_readable(application))?;
        match request.request_async(&http).await {
            Ok(()) => Ok(true),
            Err(RequestTokenError::Request(problem)) => Err(problem),
            Err(_) => Err(not_readable(application)),
        }
    }

    /// The page where an administrator of Microsoft's consents for everybody; `None` at Google, which has none.
    ///
    /// # Errors
    /// None today; a provider that has to be asked for its address may not answer.
    #[expect(clippy::unused_async, reason = "whoever calls must be ready for a provider that is asked first")]
    pub async fn admin_consent_url(&self, application: &Application, state: &str) -> Result<Option<Url>, Problem> {
        if application.provider == OAuthProvider::Google {
            return Ok(None);
        }
        // Only a tenant has administrators; Microsoft finds out which one by who signs in.
        let tenant = if application.has_own_tenant() { application.tenant.as_str() } else { "organizations" };
        let mut url = application.below_base(tenant, &["adminconsent"]);
        url.query_pairs_mut()
            .append_pair("client_id", &application.client_id)
            .append_pair("scope", &application.scopes().join(" "))
            .append_pair("redirect_uri", application.redirect_uri.as_str())
            .append_pair("state", state);
        Ok(Some(url))
    }
}

/// What every request of `application` may be quoted without.
pub(super) fn masks(application: &Application) -> Masks {
    let masks = Masks::default();
    masks.add(application.client_secret.expose_secret());
    masks
}

pub(super) fn relying_party(application: &Application, provider: &Provider) -> Result<RelyingParty, Problem> {
    let issuer = IssuerUrl::new(provider.issuer.0.clone()).map_err(|_| not_readable(application))?;
    // Keys are looked at apart from this, since they change.
    let party = openidconnect::Client::new(
        ClientId::new(application.client_id.clone()),
        issuer,
        JsonWebKeySet::<CoreJsonWebKey>::default(),
    );
    Ok(party
        .set_client_secret(ClientSecret::new(application.client_secret.expose_secret().to_owned()))
        .set_auth_uri(AuthUrl::from_url(provider.authorize.clone()))
        .set_token_uri(TokenUrl::from_url(provider.token.clone()))
        .set_redirect_uri(RedirectUrl::from_url(application.redirect_uri.clone()))
        .set_auth_type(provider.auth_type.clone()))
}

/// A new attempt with its own secrets.
pub(super) fn attempt(
    party: &RelyingParty,
    application: &Application,
    login_hint: &str,
    prompts: &[CoreAuthPrompt],
) -> Attempt {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut request = party
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(random()), || Nonce::new(random()))
        .set_pkce_challenge(challenge)
        // The library asks for `openid` by itself.
        .add_scopes(application.scopes().into_iter().filter(|scope| scope != "openid").map(Scope::new));
    for prompt in prompts {
        request = request.add_prompt(prompt.clone());
    }
    if application.provider == OAuthProvider::Google {
        request = request.add_extra_param("access_type", "offline").add_extra_param("include_granted_scopes", "true");
    }
    if !login_hint.trim().is_empty() {
        request = request.set_login_hint(LoginHint::new(login_hint.trim().to_owned()));
    }
    let (url, state, nonce) = request.url();
    Attempt {
        url,
        state: state.into_secret().into(),
        verifier: verifier.into_secret().into(),
        nonce: nonce.secret().to_owned().into(),
    }
}

/// 256 random bits, base64url.
pub(crate) fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 32]>())
}

/// The answer must come from the provider that was asked (RFC 9207 2.4).
fn judge_issuer(answer: &Answer, provider: &Provider) -> Result<(), Problem> {
    match &answer.iss {
        Some(iss) if !provider.issuer.may_be(iss) => Err(other_issuer()),
        None if provider.says_issuer => {
            Err(Problem::IdentityUnproven { detail: "the answer does not say who gave it (no iss)".to_owned() })
        }
        _ => Ok(()),
    }
}

fn other_issuer() -> Problem {
    Problem::IdentityUnproven { detail: "the answer came from another provider (its iss is wrong)".to_owned() }
}

/// The tokens of a response, if they can be used in a mail server's dialogue.
fn tokens(answer: &TokenAnswer, application: &Application) -> Result<Tokens, Problem> {
    let access: &AccessToken = answer.access_token();
    let refresh = answer.refresh_token().map(RefreshToken::secret);
    let sound = |token: &String| {
        // RFC 6749 A.12 and A.17; a control character would end the SASL response it stands in.
        !token.is_empty() && token.len() <= MAX_TOKEN_BYTES && token.bytes().all(|byte| matches!(byte, 0x20..=0x7e))
    };
    if !std::iter::once(access.secret()).chain(refresh).all(sound) {
        return Err(not_readable(application));
    }
    let scopes = match answer.scopes() {
        Some(scopes) => scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
        None => application.scopes(),
    };
    Ok(Tokens {
        access: access.secret().clone().into(),
        expires_in: answer.expires_in().map_or(UNSAID_EXPIRY_SECONDS, |duration| duration.as_secs()),
        refresh: refresh.map(|refresh| refresh.clone().into()),
        refresh_expires_in: match application.provider {
            OAuthProvider::Google => answer.extra_fields().extra_fields().refresh_token_expires_in,
            OAuthProvider::Microsoft => None,
        },
        scopes,
    })
}

pub(super) fn token_problem(error: TokenError, application: &Application) -> Problem {
    match error {
        RequestTokenError::Request(problem) => problem,
        // What could not be read may hold a token, so it is not quoted.
        _ => not_readable(application),
    }
}

fn not_readable(application: &Application) -> Problem {
    Problem::ProviderUnavailable {
        host: application.host().to_owned(),
        reply: "its answer to a request for tokens cannot be read".to_owned(),
    }
}
