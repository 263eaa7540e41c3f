//! The document around every page, and which address shows which page.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    PossibleRouteMatch, SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    components::provide_toasts,
    i18n::{language, words},
    pages::{
        self,
        lazy::{Administration, Beginning, Entrance, SettingUp, Visiting},
    },
    say,
};

/// The HTML document, rendered by the server only.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    #[cfg(feature = "ssr")]
    set_page_policy();
    let language = language();
    view! {
        <!DOCTYPE html>
        <html lang=language.tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href="/pkg/postroom.css" />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

#[cfg(feature = "ssr")]
fn set_page_policy() {
    use axum::http::{HeaderValue, header};
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(policy) = HeaderValue::from_str(&crate::web::headers::page_policy(&nonce))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// The title of the document. The framework sets it as text in the browser, and writes it as it stands on the server.
fn whole_title(page: &str, product: &str) -> String {
    let title = if page.is_empty() { product.to_owned() } else { format!("{page} · {product}") };
    #[cfg(feature = "ssr")]
    let title = crate::web::escape(&title);
    title
}

/// The address of a route, of one type for all: the router is made anew for every type of address.
type Address = Arc<dyn PossibleRouteMatch + Send + Sync>;

macro_rules! at {
    ($path:tt) => {{
        let address: Address = Arc::new(path!($path));
        address
    }};
}

/// Everything inside `<body>`, the same on the server and in the browser.
///
/// Every route is rendered [`SsrMode::Async`]: the page arrives whole, so that it works without JavaScript.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_toasts();
    let words = words();
    let title = say!(words, common.product);
    view! {
        // The name alone stands until a page has said what it is called, and between two pages.
        <Title text="" formatter=move |page: String| whole_title(&page, title) />
        <Router>
            <Routes fallback=pages::NotFoundPage>
                <Route path=at!("/") view=Administration::Home ssr=SsrMode::Async />
                <Route path=at!("/setup") view=Beginning::Setup ssr=SsrMode::Async />
                <Route path=at!("/sign-in") view=Entrance::SignIn ssr=SsrMode::Async />
                <Route path=at!("/sign-in/code") view=Visiting::SignInCode ssr=SsrMode::Async />
                <Route path=at!("/forgotten") view=Visiting::Forgotten ssr=SsrMode::Async />
                <Route path=at!("/reset/:token") view=Visiting::Reset ssr=SsrMode::Async />
                <Route path=at!("/second-factor") view=Beginning::SecondFactor ssr=SsrMode::Async />
                <Route path=at!("/help/problems") view=Administration::Problems ssr=SsrMode::Async />
                <Route path=at!("/help/problems/:kind") view=Administration::Problem ssr=SsrMode::Async />
                <Route path=at!("/help/troubleshooting") view=Administration::Troubleshooting ssr=SsrMode::Async />
                <Route path=at!("/renew/:token") view=Visiting::Renew ssr=SsrMode::Async />
                <Route path=at!("/activate/:token") view=Visiting::Activate ssr=SsrMode::Async />
                <Route path=at!("/invitation/:token") view=Visiting::Invitation ssr=SsrMode::Async />
                <Route path=at!("/consent/:outcome") view=Visiting::Consent ssr=SsrMode::Async />
                <Route path=at!("/gallery") view=Administration::Gallery ssr=SsrMode::Async />
                <ParentRoute path=at!("/account") view=Administration::Frame ssr=SsrMode::Async>
                    <Route path=at!("workspaces") view=Administration::Workspaces />
                    <Route path=at!("workspaces/:workspace/archive") view=Administration::ArchiveWorkspace />
                    <Route path=at!("audit") view=Administration::AuditLog />
                    <Route path=at!("companies") view=Administration::Companies />
                    <Route path=at!("me") view=Administration::OwnAccount />
                    <Route path=at!("security") view=Administration::SignInSecurity />
                    <Route path=at!("companies/:company") view=Administration::Company />
                    <Route path=at!("forecast") view=Administration::Forecast />
                    <Route path=at!("people") view=Administration::People />
                    <Route path=at!("people/:person") view=Administration::Person />
                    <Route path=at!("alerts") view=Administration::Alerts />
                    <Route path=at!("sender-domains") view=Administration::SenderDomains />
                    <Route path=at!("sender-domains/:domain") view=Administration::SenderDomain />
                    <Route path=at!("relay") view=Administration::Relay />
                    <Route path=at!("relay/:delivery/delete") view=Administration::ThrowAwayOwn />
                    <Route path=at!("single-sign-on") view=Administration::SingleSignOn />
                    <Route path=at!("single-sign-on/new") view=Administration::NewProvider />
                    <Route path=at!("single-sign-on/:identity_provider") view=Administration::IdentityProvider />
                    <Route path=at!("sign-in/:provider") view=Administration::Application />
                </ParentRoute>
                <ParentRoute path=at!("/admin/:workspace") view=Administration::Frame ssr=SsrMode::Async>
                    <Route path=at!("") view=Administration::Admin />
                    <Route path=at!("groups") view=Administration::Groups />
                    <Route path=at!("channels/email/mailboxes") view=Administration::Mailboxes />
                    <Route path=at!("channels/email/mailboxes/new") view=SettingUp::NewMailbox />
                    <Route path=at!("channels/email/mailboxes/:mailbox") view=Administration::Mailbox />
                    <Route path=at!("channels/email/mailboxes/:mailbox/history") view=Administration::History />
                    <Route path=at!("channels/email/mailboxes/:mailbox/link") view=Administration::OwnerLinks />
                    <Route path=at!("channels/email/mailboxes/:mailbox/primary/:of") view=Administration::Primary />
                    <Route path=at!("channels/email/mailboxes/:mailbox/delete") view=Administration::DeleteMailbox />
                    <Route path=at!("channels/email/outbox") view=Administration::Outbox />
                    <Route path=at!("channels/email/outbox/:delivery/delete") view=Administration::ThrowAway />
                    <Route path=at!("channels/email/drafts/:draft/details") view=SettingUp::Details />
                    <Route path=at!("channels/email/drafts/:draft/server") view=SettingUp::Server />
                    <Route path=at!("channels/email/drafts/:draft/connect") view=SettingUp::Connect />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
