//! The document around every page, and which address shows which page.

use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    components::provide_toasts,
    i18n::{language, words},
    pages, say,
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
        <Title formatter=move |page: String| if page.is_empty() { title.to_owned() } else { format!("{page} · {title}") } />
        <Router>
            <Routes fallback=pages::NotFoundPage>
                <Route path=path!("/") view=pages::HomePage ssr=SsrMode::Async />
                <Route path=path!("/setup") view=pages::SetupPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=pages::SignInPage ssr=SsrMode::Async />
                <Route path=path!("/help/problems") view=pages::ProblemsPage ssr=SsrMode::Async />
                <Route path=path!("/help/problems/:kind") view=pages::ProblemsPage ssr=SsrMode::Async />
                <Route path=path!("/gallery") view=pages::GalleryPage ssr=SsrMode::Async />
                <ParentRoute path=path!("/account") view=pages::AdminFrame ssr=SsrMode::Async>
                    <Route path=path!("workspaces") view=pages::WorkspacesPage />
                    <Route path=path!("companies") view=pages::CompaniesPage />
                </ParentRoute>
                <ParentRoute path=path!("/admin/:workspace") view=pages::AdminFrame ssr=SsrMode::Async>
                    <Route path=path!("") view=pages::AdminPage />
                    <Route path=path!("groups") view=pages::GroupsPage />
                    <Route path=path!("channels/email/mailboxes") view=pages::MailboxesPage />
                    <Route path=path!("channels/email/mailboxes/new") view=pages::wizard::NewPage />
                    <Route path=path!("channels/email/mailboxes/:mailbox") view=pages::MailboxPage />
                    <Route path=path!("channels/email/mailboxes/:mailbox/delete") view=pages::DeleteMailboxPage />
                    <Route path=path!("channels/email/drafts/:draft/details") view=pages::wizard::DetailsPage />
                    <Route path=path!("channels/email/drafts/:draft/server") view=pages::wizard::ServerPage />
                    <Route path=path!("channels/email/drafts/:draft/connect") view=pages::wizard::ConnectPage />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
