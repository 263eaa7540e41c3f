//! The frame of pages for people who are not signed in.

use leptos::prelude::*;

use crate::components::{Brand, LanguageSwitch, Page, PageWidth};

/// A narrow page with the brand and the languages above it.
#[component]
pub fn Outside(children: Children) -> impl IntoView {
    view! {
        <Page width=PageWidth::Card>
            <div class="outside-head">
                <Brand href="/" />
                <LanguageSwitch />
            </div>
            {children()}
        </Page>
    }
}
