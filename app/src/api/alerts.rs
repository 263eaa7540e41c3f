//! Who is told by mail, and what was told.

use leptos::prelude::*;
use postroom_server::model::{EmailAddress, Recipient, Told, UserId};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{admin, workspaces::done};
#[cfg(feature = "ssr")]
use crate::i18n::language;
#[cfg(feature = "ssr")]
use postroom_server::{alerts, relay};

/// The page.
#[cfg(feature = "ssr")]
const PAGE: &str = "/account/alerts";

/// Everything the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertsShown {
    /// Every administrator.
    pub people: Vec<Recipient>,
    /// The reader's own address.
    pub own: EmailAddress,
    /// There is a way for alerts to go out.
    pub relay: bool,
    /// The newest first.
    pub told: Vec<Told>,
}

/// Who is told, and what was told.
#[server(name = LoadAlerts, endpoint = "load_alerts")]
pub async fn load_alerts() -> Result<AlertsShown, ApiError> {
    let (ctx, admin) = admin().await?;
    let people = alerts::recipients(&ctx, &admin).await?;
    let relay = relay::is_set(&ctx, &admin).await?;
    let told = alerts::told(&ctx, &admin, language()).await?;
    Ok(AlertsShown { people, own: admin.user.email.clone(), relay, told })
}

/// Chooses who is told: the administrators that are ticked, and nobody else.
#[server(endpoint = "choose_alert_recipients")]
pub async fn choose_alert_recipients(#[server(default)] users: Vec<UserId>) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    alerts::choose(&ctx, &admin, &users, language()).await?;
    done(PAGE, "settings_saved")
}

/// Sends whoever asks an alert that is none.
#[server(endpoint = "send_test_alert")]
pub async fn send_test_alert() -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    alerts::send_test(&ctx, &admin, language()).await?;
    done(PAGE, "test_queued")
}
