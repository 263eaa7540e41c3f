//! What is wrong with the organisation's applications, told once for all mailboxes that rest on them.

use leptos::prelude::*;
use postroom_server::model::{OAuthProvider, Remedy, Timestamp};
use serde::{Deserialize, Serialize};

use super::ApiError;

/// An application that gives no more tokens, with its repair in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationTrouble {
    pub provider: OAuthProvider,
    pub remedy: Box<Remedy>,
    /// The provider's own words.
    pub reply: Option<String>,
    pub since: Option<Timestamp>,
    /// How many mailboxes wait for it.
    pub mailboxes: u32,
}

/// The applications that are broken; usually none.
#[server(endpoint = "application_troubles")]
pub async fn application_troubles() -> Result<Vec<ApplicationTrouble>, ApiError> {
    use postroom_server::{
        model::{Protocol, Security},
        remedy::{OAuthSituation, Situation, remedy},
    };
    let language = crate::i18n::language();
    // That somebody is signed in is asked there.
    let all = super::oauth::applications().await?;
    let broken = all.into_iter().filter_map(|one| {
        let problem = one.problem?;
        let situation = Situation {
            protocol: Protocol::Imap,
            host: String::new(),
            port: 0,
            security: Security::Tls,
            username: String::new(),
            address: String::new(),
            oauth: Some(OAuthSituation {
                provider: one.provider,
                person: String::new(),
                client_id: one.form.client_id,
                tenant: one.form.tenant,
                redirect_uri: one.redirect_uri,
            }),
        };
        Some(ApplicationTrouble {
            provider: one.provider,
            remedy: Box::new(remedy(&problem, &situation, language)),
            reply: problem.reply().map(str::to_owned),
            since: one.problem_since,
            mailboxes: one.mailboxes,
        })
    });
    Ok(broken.collect())
}
