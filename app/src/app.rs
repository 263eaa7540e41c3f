//! The document around every page, and which address shows which page.

use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    components::provide_toasts,
    i18n::{language, words},
    pages::{self, lazy},
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
                <Route path=path!("/") view=pages::HomePage ssr=SsrMode::Async />
                <Route path=path!("/setup") view={Lazy::<lazy::Setup>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view={Lazy::<lazy::SignIn>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in/code") view={Lazy::<lazy::SignInCode>::new()} ssr=SsrMode::Async />
                <Route path=path!("/forgotten") view={Lazy::<lazy::Forgotten>::new()} ssr=SsrMode::Async />
                <Route path=path!("/reset/:token") view={Lazy::<lazy::Reset>::new()} ssr=SsrMode::Async />
                <Route path=path!("/second-factor") view={Lazy::<lazy::SecondFactor>::new()} ssr=SsrMode::Async />
                <Route path=path!("/help/problems") view={Lazy::<lazy::Problems>::new()} ssr=SsrMode::Async />
                <Route path=path!("/help/problems/:kind") view={Lazy::<lazy::Problem>::new()} ssr=SsrMode::Async />
                <Route path=path!("/help/troubleshooting") view={Lazy::<lazy::Troubleshooting>::new()} ssr=SsrMode::Async />
                <Route path=path!("/renew/:token") view={Lazy::<lazy::Renew>::new()} ssr=SsrMode::Async />
                <Route path=path!("/activate/:token") view={Lazy::<lazy::Activate>::new()} ssr=SsrMode::Async />
                <Route path=path!("/invitation/:token") view={Lazy::<lazy::Invitation>::new()} ssr=SsrMode::Async />
                <Route path=path!("/consent/:outcome") view={Lazy::<lazy::Consent>::new()} ssr=SsrMode::Async />
                <Route path=path!("/gallery") view={Lazy::<lazy::Gallery>::new()} ssr=SsrMode::Async />
                <ParentRoute path=path!("/account") view={Lazy::<lazy::Frame>::new()} ssr=SsrMode::Async>
                    <Route path=path!("workspaces") view={Lazy::<lazy::Workspaces>::new()} />
                    <Route path=path!("workspaces/:workspace/archive") view={Lazy::<lazy::ArchiveWorkspace>::new()} />
                    <Route path=path!("audit") view={Lazy::<lazy::AuditLog>::new()} />
                    <Route path=path!("companies") view={Lazy::<lazy::Companies>::new()} />
                    <Route path=path!("me") view={Lazy::<lazy::OwnAccount>::new()} />
                    <Route path=path!("security") view={Lazy::<lazy::SignInSecurity>::new()} />
                    <Route path=path!("companies/:company") view={Lazy::<lazy::Company>::new()} />
                    <Route path=path!("forecast") view={Lazy::<lazy::Forecast>::new()} />
                    <Route path=path!("people") view={Lazy::<lazy::People>::new()} />
                    <Route path=path!("people/:person") view={Lazy::<lazy::Person>::new()} />
                    <Route path=path!("alerts") view={Lazy::<lazy::Alerts>::new()} />
                    <Route path=path!("sender-domains") view={Lazy::<lazy::SenderDomains>::new()} />
                    <Route path=path!("sender-domains/:domain") view={Lazy::<lazy::SenderDomain>::new()} />
                    <Route path=path!("relay") view={Lazy::<lazy::Relay>::new()} />
                    <Route path=path!("relay/:delivery/delete") view={Lazy::<lazy::ThrowAwayOwn>::new()} />
                    <Route path=path!("single-sign-on") view={Lazy::<lazy::SingleSignOn>::new()} />
                    <Route path=path!("single-sign-on/new") view={Lazy::<lazy::NewProvider>::new()} />
                    <Route path=path!("single-sign-on/:identity_provider") view={Lazy::<lazy::IdentityProvider>::new()} />
                    <Route path=path!("sign-in/:provider") view={Lazy::<lazy::Application>::new()} />
                </ParentRoute>
                <ParentRoute path=path!("/admin/:workspace") view={Lazy::<lazy::Frame>::new()} ssr=SsrMode::Async>
                    <Route path=path!("") view={Lazy::<lazy::Admin>::new()} />
                    <Route path=path!("groups") view={Lazy::<lazy::Groups>::new()} />
                    <Route path=path!("channels/email/mailboxes") view={Lazy::<lazy::Mailboxes>::new()} />
                    <Route path=path!("channels/email/mailboxes/new") view={Lazy::<lazy::NewMailbox>::new()} />
                    <Route path=path!("channels/email/mailboxes/:mailbox") view={Lazy::<lazy::Mailbox>::new()} />
                    <Route path=path!("channels/email/mailboxes/:mailbox/history") view={Lazy::<lazy::History>::new()} />
                    <Route path=path!("channels/email/mailboxes/:mailbox/link") view={Lazy::<lazy::OwnerLinks>::new()} />
                    <Route path=path!("channels/email/mailboxes/:mailbox/primary/:of") view={Lazy::<lazy::Primary>::new()} />
                    <Route path=path!("channels/email/mailboxes/:mailbox/delete") view={Lazy::<lazy::DeleteMailbox>::new()} />
                    <Route path=path!("channels/email/outbox") view={Lazy::<lazy::Outbox>::new()} />
                    <Route path=path!("channels/email/outbox/:delivery/delete") view={Lazy::<lazy::ThrowAway>::new()} />
                    <Route path=path!("channels/email/drafts/:draft/details") view={Lazy::<lazy::Details>::new()} />
                    <Route path=path!("channels/email/drafts/:draft/server") view={Lazy::<lazy::Server>::new()} />
                    <Route path=path!("channels/email/drafts/:draft/connect") view={Lazy::<lazy::Connect>::new()} />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
