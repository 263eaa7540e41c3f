//! Tries an application out without anybody signing in: wrong tenant, client id, redirect URI and client secret
//! are told apart.
//!
//! ```text
//! Provider  its description ─► Redirect  its page, prompt=none ─► Secret  a request for tokens that must fail
//! ```

use openidconnect::core::CoreAuthPrompt;
use openidconnect::http::header;
use openidconnect::{AuthorizationCode, HttpResponse, PkceCodeVerifier, Scope};
use url::Url;

use super::application::Application;
use super::classify::{self, Place, Refusal, Scene};
use super::client::{Client, attempt, masks, random, relying_party, token_problem};
use super::courier::{Courier, Wanted};
use super::provider::Provider;
use crate::model::{Problem, TrialStep};
use crate::net::trace::printable;

/// One thing [`Client::try_out`] looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    pub step: TrialStep,
    /// `None` where an earlier step failed first.
    pub result: Option<Result<(), Problem>>,
}

impl Client {
    /// Looks at everything that can be wrong with an application, in order; always all three steps.
    pub async fn try_out(&self, application: &Application) -> Vec<Trial> {
        let masks = masks(application);
        let shown = |result: Result<(), Problem>| result.map_err(|problem| masks.cover_problem(problem));
        let (mut redirect, mut secret) = (None, None);
        let provider = match self.providers.of(application, &self.http).await {
            Ok(provider) => {
                let result = self.try_redirect(application, &provider).await;
                if result.is_ok() {
                    secret = Some(shown(self.try_secret(application, &provider).await));
                }
                redirect = Some(shown(result));
                Ok(())
            }
            Err(problem) => Err(problem),
        };
        vec![
            Trial { step: TrialStep::Provider, result: Some(shown(provider)) },
            Trial { step: TrialStep::Redirect, result: redirect },
            Trial { step: TrialStep::Secret, result: secret },
        ]
    }

    /// A provider that knows the client and its redirect URI sends the browser back, if only to say that nobody
    /// is signed in; one that does not must keep it (RFC 6749 4.1.2.1).
    async fn try_redirect(&self, application: &Application, provider: &Provider) -> Result<(), Problem> {
        let party = relying_party(application, provider)?;
        let attempt = attempt(&party, application, "", &[CoreAuthPrompt::None]);
        let response = self.http.get(&attempt.url).await?;
        judge_redirect(&response, &attempt.url, &application.redirect_uri, Scene::of(application, Place::Page))
    }

    /// Asks for tokens in a way that cannot give any which matter: the refusal tells whether the secret is right.
    async fn try_secret(&self, application: &Application, provider: &Provider) -> Result<(), Problem> {
        let party = relying_party(application, provider)?;
        let http = Courier::new(&self.http, Scene::of(application, Place::Client), Wanted::Recognition);
        let answer = if application.has_own_tenant() {
            let request = party.exchange_client_credentials().add_scope(Scope::new(everything(application)));
            request.request_async(&http).await
        } else {
            let request = party.exchange_code(AuthorizationCode::new(random()));
            request.set_pkce_verifier(PkceCodeVerifier::new(random())).request_async(&http).await
        };
        match answer {
            Err(error) if !http.recognised() => Err(token_problem(error, application)),
            _ => Ok(()),
        }
    }
}

/// What the provider's page tells of a client and its redirect URI, asked at `from` for nobody in particular.
///
/// # Errors
/// When it does not know them.
pub(crate) fn judge_redirect(
    response: &HttpResponse,
    from: &Url,
    redirect_uri: &Url,
    scene: Scene<'_>,
) -> Result<(), Problem> {
    let location = location(response, from);
    if let Some(location) = &location
        && is_same_place(location, redirect_uri)
    {
        let Some(refusal) = refusal_in(location).filter(|refusal| !refusal.is_about_nobody_there()) else {
            return Ok(());
        };
        let problem = classify::problem(&refusal, scene);
        return if problem.is_about_application() { Err(problem) } else { Ok(()) };
    }
    let location = location.as_ref().map_or("", Url::as_str);
    if let Some(refusal) = Refusal::of_page(location, response.body()) {
        return Err(classify::problem(&refusal, scene));
    }
    Err(match classify::response_problem(response, scene) {
        problem @ Problem::ProviderUnavailable { .. } if response.status().is_server_error() => problem,
        _ => Problem::ProviderRefused {
            reply: printable(&format!("HTTP {}, and no way back to Postroom", response.status()), 490),
        },
    })
}

/// Where the browser is sent on to.
fn location(response: &HttpResponse, from: &Url) -> Option<Url> {
    let to = response.headers().get(header::LOCATION)?.to_str().ok()?;
    from.join(to).ok().filter(|_| response.status().is_redirection())
}

/// True where both are the same but for query and fragment.
fn is_same_place(one: &Url, other: &Url) -> bool {
    let bare = |url: &Url| {
        let mut url = url.clone();
        url.set_query(None);
        url.set_fragment(None);
        url
    };
    bare(one) == bare(other)
}

/// The error in the parameters the browser brings back.
fn refusal_in(location: &Url) -> Option<Refusal> {
    let value = |wanted: &str| location.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value);
    Some(Refusal::new(&value("error")?, &value("error_description").unwrap_or_default()))
}

/// The scope an application asks for in its own name: everything it was given at the mail service.
fn everything(application: &Application) -> String {
    let resource = application.endpoints.mail_scopes.first().and_then(|scope| scope.rsplit_once('/'));
    match resource.map(|(resource, _)| resource) {
        // Its name where no person is behind the request.
        Some("https://outlook.office.com") | None => "https://outlook.office365.com/.default".to_owned(),
        Some(resource) => format!("{resource}/.default"),
    }
}
