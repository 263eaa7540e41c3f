//! The relay: where mail goes out that belongs to no mailbox's own server.

use leptos::prelude::*;
use postroom_server::model::Relay;

use super::{ApiError, drafts::TypedServer};
#[cfg(feature = "ssr")]
use super::{
    admin,
    live::{Whose, native::Check},
    situation,
    workspaces::done,
};
#[cfg(feature = "ssr")]
use crate::{i18n::language, web::Throttles};
#[cfg(feature = "ssr")]
use postroom_server::{
    Context, Error,
    model::{Direction, Problem, Protocol, Remedy, trust::without_private_keys},
    relay, remedy,
    users::Person,
};

/// The page of the relay.
#[cfg(feature = "ssr")]
const PAGE: &str = "/account/relay";

/// The relay as it stands, remedies of its report included.
#[server(endpoint = "relay")]
pub async fn load_relay() -> Result<Relay, ApiError> {
    let (ctx, admin) = admin().await?;
    let mut found = relay::details(&ctx, &admin).await?;
    if let (Some(report), Some(settings)) = (&mut found.report, &found.settings) {
        let address = settings.email.as_str();
        let situation = situation::of_server(&ctx, &admin, Protocol::Smtp, settings, address, None).await?;
        remedy::advise(report, &situation, language());
    }
    Ok(found)
}

/// Sets the relay, and checks it to the end where `check` is given: this is how pages without JavaScript check. Live
/// pages save and then watch with [`watch_check`](super::live::watch_check). `heal` takes over the best offer of the last
/// check first, `trust` the certificate that it was shown.
#[server(endpoint = "save_relay")]
pub async fn save_relay(
    outgoing: TypedServer,
    #[server(default)] check: Option<String>,
    #[server(default)] heal: Option<String>,
    #[server(default)] trust: Option<String>,
) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    let mut outgoing = outgoing;
    if heal.is_some()
        && let Some(report) = relay::details(&ctx, &admin).await?.report
        && let Some(offer) = report.offers.first()
    {
        outgoing.take(offer);
    }
    if trust.is_some() {
        outgoing.trust_offered();
    }
    outgoing.authority = without_private_keys(&outgoing.authority);
    let form = outgoing.form();
    let before = relay::details(&ctx, &admin).await?.form();
    let password = (!outgoing.password.is_empty()).then(|| outgoing.password.clone().into());
    let saved = relay::save(&ctx, &admin, &form, password).await;
    saved.map_err(|error| ApiError::from(error).with_typed(outgoing.pairs()))?;
    if check.is_some() {
        Check::prepare("", Whose::Relay, Direction::Outgoing).await?.run().await?;
        if form.settled(&before).pin_left_behind().is_some() {
            return done(PAGE, "pin_left");
        }
        leptos_axum::redirect(PAGE);
    }
    Ok(())
}

/// Takes the relay away.
#[server(endpoint = "remove_relay")]
pub async fn remove_relay() -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    relay::remove(&ctx, &admin).await?;
    done(PAGE, "relay_removed")
}

/// Sends a test mail through the relay.
#[server(endpoint = "send_relay_test")]
pub async fn send_relay_test(to: String) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.check(admin.user.id.0)?;
    let sent = relay::send_test(&ctx, &admin, &to, language()).await;
    sent.map_err(|error| ApiError::from(error).with_typed([("to", to.as_str())]))?;
    done(PAGE, "test_queued")
}

/// What to do about a problem of the relay with what `sender` sends; `None` where there is no relay any more.
#[cfg(feature = "ssr")]
pub(super) async fn advice(
    ctx: &Context,
    person: &Person,
    sender: &str,
    problem: &Problem,
) -> Result<Option<Box<Remedy>>, Error> {
    let Some(settings) = relay::settings(ctx, person).await? else { return Ok(None) };
    let situation = situation::of_server(ctx, person, Protocol::Smtp, &settings, sender, None).await?;
    Ok(Some(Box::new(remedy::remedy(problem, &situation, language()))))
}
