//! Speaks to the identity providers people sign in at to come into Postroom: OpenID Connect Core 1.0 with Discovery,
//! the authorization code flow (RFC 6749) and PKCE (RFC 7636).
//!
//! ```text
//! Registration ─► Client::authorize ─► the provider's pages ─► Answer ─► Client::exchange ─► Person
//! ```
//!
//! Any provider will do that describes itself. This module knows no database; HTTP, and reading what providers say
//! when they refuse, it shares with `oauth`, which is about mailboxes. Tokens never leave it.

mod description;
mod fault;
mod statement;
mod trial;

use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreGenderClaim, CoreJsonWebKey};
use openidconnect::{
    AccessToken, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields,
    IssuerUrl, JsonWebKeySet, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, SubjectIdentifier, TokenResponse as _, TokenUrl, UserInfoClaims, UserInfoError,
    UserInfoUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use self::description::{Provider, Providers};
pub use self::fault::Fault;
use self::statement::Claims;
pub use self::statement::Person;
use crate::model::Timestamp;
use crate::net::{Dialer, masks::Masks};
use crate::oauth::classify::{Place, Refusal, Scene, problem};
use crate::oauth::courier::{Courier, Wanted};
use crate::oauth::http::Http;
use crate::oauth::library::{self, TokenError};
use crate::oauth::{Answer, Attempt, Deadlines, random};

/// Postroom as a provider knows it. `client_secret` is never printed.
#[derive(Clone, Debug)]
pub struct Registration {
    /// As an administrator typed it.
    pub issuer: Url,
    pub client_id: String,
    pub client_secret: SecretString,
    /// What is asked for; `openid` is asked for anyway.
    pub scopes: Vec<String>,
    pub redirect_uri: Url,
    /// A claim that is wanted besides who it is, for roles.
    pub claim: Option<String>,
}

/// Speaks to the identity providers; made once and shared.
#[derive(Debug)]
pub struct Client {
    http: Http,
    providers: Providers,
}

type Tokens = library::Tokens<Claims, EmptyExtraTokenFields>;
type RelyingParty = library::RelyingParty<Claims, EmptyExtraTokenFields>;

impl Client {
    /// Reaches what users may make this machine reach, and trusts the same roots as connections to mail servers.
    #[must_use]
    pub fn new(dialer: &Dialer) -> Self {
        Self { http: Http::guarded(dialer, Deadlines::default()), providers: Providers::default() }
    }

    /// True for an issuer that may be asked: over TLS, or on this very machine where users may reach that.
    #[must_use]
    pub fn takes(&self, issuer: &Url) -> bool {
        self.http.takes(issuer)
    }

    /// Begins a sign-in: authorization code flow with PKCE S256, state and nonce.
    ///
    /// # Errors
    /// When the provider cannot be reached or is not who it should be.
    pub async fn authorize(&self, registration: &Registration) -> Result<Attempt, Fault> {
        let provider = self.providers.of(&registration.issuer, &self.http).await?;
        Ok(attempt(&relying_party(registration, &provider, AuthType::BasicAuth)?, registration, &[]))
    }

    /// Turns what the browser brought back into who signed in.
    ///
    /// # Errors
    /// What the provider refused, and every reason not to believe it.
    pub async fn exchange(
        &self,
        registration: &Registration,
        answer: &Answer,
        verifier: &SecretString,
        nonce: &SecretString,
        now: Timestamp,
    ) -> Result<Person, Fault> {
        let masks = masks(registration);
        masks.add(verifier.expose_secret());
        masks.add(nonce.expose_secret());
        masks.add(answer.code.as_deref().unwrap_or_default());
        self.exchange_openly(registration, answer, verifier, nonce, now).await.map_err(|fault| fault.covered(&masks))
    }

    async fn exchange_openly(
        &self,
        registration: &Registration,
        answer: &Answer,
        verifier: &SecretString,
        nonce: &SecretString,
        now: Timestamp,
    ) -> Result<Person, Fault> {
        let provider = self.providers.of(&registration.issuer, &self.http).await?;
        judge_issuer(answer, &provider)?;
        if let Some(error) = answer.error.as_ref().filter(|error| !error.is_empty()) {
            let refusal = Refusal::new(error, answer.error_description.as_deref().unwrap_or_default());
            return Err(problem(&refusal, scene(registration, Place::Answer)).into());
        }
        let Some(code) = answer.code.as_ref().filter(|code| !code.is_empty()) else {
            return Err(Fault::unproven("the answer holds neither a code nor an error"));
        };
        let tokens = self.redeem(registration, &provider, code, verifier).await?;
        let statement =
            tokens.id_token().ok_or_else(|| Fault::unproven("there is no statement of who signed in (no id token)"))?;
        let mut person = self.prove(statement, registration, &provider, nonce, now).await?;
        if person.lacks(registration.claim.as_deref()) {
            self.complete(&mut person, registration, &provider, tokens.access_token()).await?;
        }
        Ok(person)
    }

    /// Trades the code for tokens, with the client secret told in the way that the provider takes.
    async fn redeem(
        &self,
        registration: &Registration,
        provider: &Provider,
        code: &str,
        verifier: &SecretString,
    ) -> Result<Tokens, Fault> {
        let mut ways = provider.auth_types.iter().peekable();
        loop {
            let way = ways.next().cloned().unwrap_or(AuthType::BasicAuth);
            let party = relying_party(registration, provider, way)?;
            let courier = Courier::new(&self.http, scene(registration, Place::Code), Wanted::Tokens);
            let answer = party
                .exchange_code(AuthorizationCode::new(code.to_owned()))
                .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
                .request_async(&courier)
                .await;
            match answer {
                Ok(tokens) => return Ok(tokens),
                // A client that is not recognised has spent no code: it may have to be told in another way.
                Err(RequestTokenError::Request(problem)) if problem.is_about_application() && ways.peek().is_some() => {
                }
                Err(error) => return Err(token_fault(error, registration)),
            }
        }
    }

    /// Asks for the keys once more where the statement is signed with one that is not known yet.
    async fn prove(
        &self,
        statement: &statement::Statement,
        registration: &Registration,
        provider: &Provider,
        nonce: &SecretString,
        now: Timestamp,
    ) -> Result<Person, Fault> {
        let keys = provider.keys(&self.http).await?;
        let prove = |keys: &_| statement::prove(statement, registration, provider, keys, nonce, now);
        match prove(&keys) {
            Err(statement::Doubt::UnknownKey) => {}
            known => return known.map_err(Into::into),
        }
        let newer = provider.newer_keys(&self.http, &keys).await?;
        prove(&newer).map_err(Into::into)
    }

    /// Fills in what the statement leaves out and the provider tells about this person when asked (Core 5.3).
    async fn complete(
        &self,
        person: &mut Person,
        registration: &Registration,
        provider: &Provider,
        token: &AccessToken,
    ) -> Result<(), Fault> {
        let Some(userinfo) = provider.userinfo.clone() else { return Ok(()) };
        let party = relying_party(registration, provider, AuthType::BasicAuth)?;
        let party = party.set_user_info_url(UserInfoUrl::from_url(userinfo));
        let request = party.user_info(token.clone(), Some(SubjectIdentifier::new(person.subject.clone())));
        let courier = Courier::new(&self.http, scene(registration, Place::Code), Wanted::Tokens);
        let told: Result<UserInfoClaims<Claims, CoreGenderClaim>, _> = request.request_async(&courier).await;
        match told {
            Ok(claims) => {
                person.learn(&claims);
                Ok(())
            }
            Err(UserInfoError::Request(problem)) => Err(problem.into()),
            Err(UserInfoError::ClaimsVerification(_)) => {
                Err(Fault::unproven("what the provider tells about this person is about somebody else"))
            }
            Err(_) => Err(Fault::unavailable("what it tells about this person cannot be read")),
        }
    }
}

/// What every request may be quoted without.
fn masks(registration: &Registration) -> Masks {
    let masks = Masks::default();
    masks.add(registration.client_secret.expose_secret());
    masks
}

fn scene(registration: &Registration, place: Place) -> Scene<'_> {
    let host = registration.issuer.host_str().unwrap_or_default();
    Scene { place, host, redirect_uri: registration.redirect_uri.as_str() }
}

fn relying_party(registration: &Registration, provider: &Provider, way: AuthType) -> Result<RelyingParty, Fault> {
    let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|_| Fault::unavailable("its issuer is no address"))?;
    // Keys are looked at apart from this, since they change.
    let party = openidconnect::Client::new(
        ClientId::new(registration.client_id.clone()),
        issuer,
        JsonWebKeySet::<CoreJsonWebKey>::default(),
    );
    Ok(party
        .set_client_secret(ClientSecret::new(registration.client_secret.expose_secret().to_owned()))
        .set_auth_uri(AuthUrl::from_url(provider.authorize.clone()))
        .set_token_uri(TokenUrl::from_url(provider.token.clone()))
        .set_redirect_uri(RedirectUrl::from_url(registration.redirect_uri.clone()))
        .set_auth_type(way))
}

/// A new attempt with its own secrets.
fn attempt(party: &RelyingParty, registration: &Registration, prompts: &[CoreAuthPrompt]) -> Attempt {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut request = party
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(random()), || Nonce::new(random()))
        .set_pkce_challenge(challenge)
        // The library asks for `openid` by itself.
        .add_scopes(registration.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new));
    for prompt in prompts {
        request = request.add_prompt(prompt.clone());
    }
    let (url, state, nonce) = request.url();
    Attempt {
        url,
        state: state.into_secret().into(),
        verifier: verifier.into_secret().into(),
        nonce: nonce.secret().to_owned().into(),
    }
}

/// The answer must come from the provider that was asked (RFC 9207 2.4).
fn judge_issuer(answer: &Answer, provider: &Provider) -> Result<(), Fault> {
    match &answer.iss {
        Some(iss) if *iss != provider.issuer => {
            Err(Fault::unproven("the answer came from another provider (its iss is wrong)"))
        }
        None if provider.says_issuer => Err(Fault::unproven("the answer does not say who gave it (no iss)")),
        _ => Ok(()),
    }
}

fn token_fault(error: TokenError, registration: &Registration) -> Fault {
    match error {
        RequestTokenError::Request(problem) => problem.into(),
        // What could not be read may hold a token, so it is not quoted.
        _ => Fault::unavailable(&format!(
            "{}: its answer to a request for tokens cannot be read",
            registration.issuer.host_str().unwrap_or_default()
        )),
    }
}
