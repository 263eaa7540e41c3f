//! Tries a registration out without anybody signing in: another issuer, missing keys, a wrong redirect URI and a wrong
//! client are told apart.

use openidconnect::core::CoreAuthPrompt;
use openidconnect::{AuthType, AuthorizationCode, PkceCodeVerifier, RequestTokenError};

use super::description::Provider;
use super::{Client, Fault, Registration, attempt, masks, random, relying_party, scene, token_fault};
use crate::model::{ProviderStep, ProviderTrial};
use crate::oauth::classify::Place;
use crate::oauth::courier::{Courier, Wanted};
use crate::oauth::trial::judge_redirect;

impl Client {
    /// Looks at everything that can be wrong with a registration, in order; always all four steps.
    pub async fn try_out(&self, registration: &Registration) -> Vec<ProviderTrial> {
        let masks = masks(registration);
        let mut trials = Vec::with_capacity(4);
        // The provider is asked anew: whoever presses the button has just changed something.
        let provider = self.providers.anew(&registration.issuer, &self.http).await;
        let (found, mut goes_on) = match provider {
            Ok(provider) => (Some(provider), Ok(())),
            Err(fault) => (None, Err(fault)),
        };
        for step in [ProviderStep::Discovery, ProviderStep::Keys, ProviderStep::Redirect, ProviderStep::Client] {
            let result = match (step, &found) {
                (ProviderStep::Discovery, _) => Some(std::mem::replace(&mut goes_on, Ok(()))),
                (_, None) => None,
                // A step is looked at where the one before has passed.
                (_, Some(_)) if !trials.last().is_some_and(passed) => None,
                (ProviderStep::Keys, Some(provider)) => Some(provider.keys(&self.http).await.map(|_| ())),
                (ProviderStep::Redirect, Some(provider)) => Some(self.try_redirect(registration, provider).await),
                (ProviderStep::Client, Some(provider)) => Some(self.try_client(registration, provider).await),
            };
            let result = result.map(|result| result.map_err(|fault| fault.covered(&masks).as_trouble()));
            trials.push(ProviderTrial { step, result });
        }
        trials
    }

    /// A provider that knows the client and its redirect URI sends the browser back, if only to say that nobody is
    /// signed in; one that does not must keep it (RFC 6749 4.1.2.1).
    async fn try_redirect(&self, registration: &Registration, provider: &Provider) -> Result<(), Fault> {
        let party = relying_party(registration, provider, AuthType::BasicAuth)?;
        let attempt = attempt(&party, registration, &[CoreAuthPrompt::None]);
        let response = self.http.get(&attempt.url).await?;
        let scene = scene(registration, Place::Page);
        Ok(judge_redirect(&response, &attempt.url, &registration.redirect_uri, scene)?)
    }

    /// Asks for tokens with a code that is none: the refusal tells whether the client is right (RFC 6749 5.2).
    async fn try_client(&self, registration: &Registration, provider: &Provider) -> Result<(), Fault> {
        let mut refused = Err(Fault::unavailable("it takes no client secret"));
        for way in &provider.auth_types {
            let party = relying_party(registration, provider, way.clone())?;
            let courier = Courier::new(&self.http, scene(registration, Place::Client), Wanted::Recognition);
            let request = party.exchange_code(AuthorizationCode::new(random()));
            let answer = request.set_pkce_verifier(PkceCodeVerifier::new(random())).request_async(&courier).await;
            match answer {
                _ if courier.recognised() => return Ok(()),
                Ok(_) => return Ok(()),
                Err(error) => {
                    let about_client =
                        matches!(&error, RequestTokenError::Request(problem) if problem.is_about_application());
                    refused = Err(token_fault(error, registration));
                    if !about_client {
                        break;
                    }
                }
            }
        }
        refused
    }
}

fn passed(trial: &ProviderTrial) -> bool {
    matches!(trial.result, Some(Ok(())))
}
