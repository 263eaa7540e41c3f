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
    use postroom_server::remedy::remedy;
    let (ctx, admin) = super::admin().await?;
    let mut troubles = Vec::new();
    for one in super::oauth::applications().await? {
        let Some(problem) = one.problem else { continue };
        let situation = super::situation::of_sign_in(&ctx, &admin, one.provider, None, "").await?;
        troubles.push(ApplicationTrouble {
            provider: one.provider,
            remedy: Box::new(remedy(&problem, &situation, crate::i18n::language())),
            reply: problem.reply().map(str::to_owned),
            since: one.problem_since,
            mailboxes: one.mailboxes,
        });
    }
    Ok(troubles)
}

/// How many days an application's client secret lasts: 0 on its last day, negative afterwards, `None` where nobody
/// knows. The server counts, so that the page is the same to the letter wherever it is drawn.
#[server(endpoint = "secret_days_left")]
pub async fn secret_days_left(provider: OAuthProvider) -> Result<Option<i64>, ApiError> {
    use postroom_server::{applications, forecast};
    let (ctx, admin) = super::admin().await?;
    let application = applications::get(&ctx, &admin, provider, None).await?;
    let ends = application.form.secret_expires_at().filter(|_| application.has_secret);
    Ok(ends.map(|ends| forecast::days_left(ends, ctx.clock.now())))
}
